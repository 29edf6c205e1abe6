from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time

from .common import ClosingCommon


@freeze_time("2026-02-10 12:00:00")
class TestCockpit(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])

    def points(self, period=None):
        period = (period or self.january).with_user(self.commercial)
        period.action_check()
        return {point.code: point for point in period.point_ids}

    def test_screens_open(self):
        for user in (self.commercial, self.admin):
            period = self.january.with_user(user)
            action = period.action_open_closing()
            self.assertIn(
                self.january, self.env["sales.period"].search(action["domain"])
            )
            period.action_open_cockpit()
            view = self.env.ref("sales_manager_kpi.sales_period_view_form_closing")
            period.get_views([(view.id, "form")])
            self.open_form(period)
            self.assertEqual((period.counted, period.difference), (150.0, 0.0))
        views = [(False, kind) for kind in ("list", "form", "pivot", "search")]
        for user in (self.manager_a, self.director, self.commercial):
            self.env["sales.fact.line"].with_user(user).get_views(views)

    def test_a_manager_reads_the_month_as_before(self):
        self.close(self.january)
        self.january.with_user(self.manager_a).read()
        self.open_form(self.january.with_user(self.manager_a))

    def test_every_point_of_the_checklist(self):
        self.assertFalse(
            [code for code, point in self.points().items() if point.count], "all fine"
        )
        self.make_document([(self.thread, 1.0)], partner_id=self.orphan.id)
        self.make_invoice(date="2026-01-20", post=False)
        self.env["sales.plan"].create(
            {"user_id": self.manager_a.id, "period_id": self.january.id}
        )
        points = self.points()
        blocking = {code for code, point in points.items() if point.state == "1_blocks"}
        self.assertEqual(blocking, {"drafts", "owners", "plans"})
        action = points["owners"].action_open()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.partner_id, self.orphan)
        with self.assertRaisesRegex(UserError, "Drafts of customer invoices"):
            self.close(self.january)
        self.assertEqual(self.january.state, "open")

    def test_an_administrator_closes_all_the_same(self):
        self.make_invoice(date="2026-01-20", post=False)
        values = {
            "period_id": self.january.id,
            "kind": "close",
            "reason": "The draft is a proforma",
        }
        Reason = self.env["sales.period.reason"]
        with self.assertRaises(AccessError):
            Reason.with_user(self.commercial).create(values)
        Reason.with_user(self.admin).create(values).action_confirm()
        self.assertEqual(self.january.state, "closed")
        begun = self.january.decision_ids.filtered(lambda row: row.step == "begin")
        self.assertEqual((begun.reason, begun.user_id), (values["reason"], self.admin))
        # what did not end yet is closed for no reason at all
        with self.assertRaisesRegex(UserError, "not ended"):
            self.february.with_user(self.admin)._close_anyway("Just so")

    def test_history_is_never_closed(self):
        december = self.month("2025-12-01")
        with self.assertRaisesRegex(UserError, "lies before"):
            december.with_user(self.admin)._close_anyway("Just so")
        self.close(self.january)
        with self.assertRaisesRegex(UserError, "stays the first"):
            self.company.sales_manager_kpi_first_managed_month = "2025-12-01"

    def test_reopening(self):
        self.close(self.january)
        for reason, user, message in (
            ("Why not", self.commercial, "administrator"),
            (" ", self.admin, "Say why"),
        ):
            with self.assertRaisesRegex((UserError, AccessError), message):
                self.january.with_user(user)._reopen(reason)
        with freeze_time("2026-03-02"):
            self.close(self.february)
        with self.assertRaisesRegex(UserError, "begin with 2026-02"):
            self.january.with_user(self.admin)._reopen("Forgotten")
        wizard = self.env["sales.period.reason"].with_user(self.admin)
        wizard.create(
            {"period_id": self.february.id, "kind": "reopen", "reason": "Forgotten"}
        ).action_confirm()
        self.assertEqual(self.february.state, "open")
        self.january.with_user(self.admin)._reopen("Forgotten")
        self.assertEqual(
            self.january.decision_ids.mapped("step"), ["reopen", "close", "begin"]
        )

    def test_broken_seal_shows(self):
        self.close(self.january)
        period = self.january.with_user(self.commercial)
        self.assertEqual(period.action_verify()["params"]["type"], "success")
        self.env.cr.execute(
            "UPDATE sales_fact_line SET amount = amount + 1 WHERE id = %s",
            [self.lines(self.january)[0].id],
        )
        self.assertEqual(period.action_verify()["params"]["type"], "danger")

    def test_lists_behind_the_figures(self):
        self.close(self.january)
        self.invoice.button_draft()
        period = self.january.with_user(self.commercial)
        action = period.action_book_late()
        late = self.Line.search(action["domain"])
        self.assertEqual(sum(late.mapped("amount")), -150.0)
        period.invalidate_recordset()
        self.assertEqual((period.frozen_amount, period.late_amount), (150.0, -150.0))
        february = self.february.with_user(self.commercial)
        self.assertEqual(february.booked_amount, -150.0)
        booked = self.Line.search(february.action_open_booked()["domain"])
        self.assertEqual(booked, late)
        frozen = self.Line.search(period.action_open_frozen()["domain"])
        self.assertEqual(sum(frozen.mapped("amount")), 150.0)

    def test_claims_of_the_month_by_the_clock_of_the_company(self):
        """A claim told in the night belongs to the month that it was there."""
        self.company.partner_id.tz = "Asia/Tokyo"  # nine hours ahead
        self.env.registry.clear_cache()
        claim = self.env["customer.claim"].create(
            {"subject": "Wrong colour", "partner_id": self.customer.id}
        )
        for moment, is_of_january in (
            ("2025-12-31 14:59:59", False),
            ("2025-12-31 15:00:00", True),
            ("2026-01-31 14:59:59", True),
            ("2026-01-31 15:00:00", False),
        ):
            self.env.cr.execute(
                "UPDATE customer_claim SET opened_at = %s WHERE id = %s",
                [moment, claim.id],
            )
            claim.invalidate_recordset()
            with self.subTest(moment):
                point = self.points()["claims"]
                self.assertEqual(point.count, int(is_of_january))


@freeze_time("2026-02-10 12:00:00")
class TestRights(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_document([(cls.cloth, 100.0)])
        cls.make_document([(cls.thread, 70.0)], partner_id=cls.customer_b.id)
        cls.close(cls.january)

    def rpc(self, user, model, method, *args, **kwargs):
        model = self.env[model].with_user(user)
        return call_kw(model, method, args, kwargs)

    def test_who_reads_what(self):
        def amounts(user):
            rows = self.rpc(user, "sales.fact.line", "search_read", [], ["amount"])
            return sorted(row["amount"] for row in rows)

        self.assertEqual(amounts(self.manager_a), [100.0])
        self.assertEqual(amounts(self.manager_b), [70.0])
        self.assertEqual(amounts(self.director), [100.0])
        self.assertEqual(amounts(self.other_director), [70.0])
        self.assertEqual(amounts(self.commercial), [70.0, 100.0])
        with self.assertRaises(AccessError):
            amounts(self.plain)
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", company
        )
        self.assertEqual(amounts(stranger), [])

    def test_cost_is_for_those_who_see_costs(self):
        for names in (["cost"], ["margin"]):
            with self.assertRaises(AccessError):
                self.rpc(self.commercial, "sales.fact.line", "search_read", [], names)
        with self.assertRaises(AccessError):
            self.rpc(
                self.commercial,
                "sales.fact.line",
                "formatted_read_group",
                [],
                [],
                ["cost:sum"],
            )
        self.commercial.group_ids |= self.env.ref("sales_manager_kpi.group_cost")
        rows = self.rpc(self.commercial, "sales.fact.line", "search_read", [], ["cost"])
        self.assertEqual(sorted(row["cost"] for row in rows), [0.0, 60.0])

    def test_nobody_writes_rows(self):
        row = self.lines(self.january)[:1]
        for user in (self.manager_a, self.commercial, self.admin):
            for method, args in (
                ("write", [row.ids, {"amount": 1.0}]),
                ("unlink", [row.ids]),
                ("create", [{"kind": "frozen", "period_id": self.january.id}]),
            ):
                with self.assertRaises(AccessError):
                    self.rpc(user, "sales.fact.line", method, *args)

    def test_nobody_writes_steps(self):
        for values in (
            {"state": "open"},
            {"close_hash": "x"},
            {"frozen_bases": "order"},
        ):
            with self.assertRaises(UserError):
                self.rpc(self.admin, "sales.period", "write", self.january.ids, values)
        with self.assertRaises(UserError):
            self.rpc(
                self.admin,
                "sales.period",
                "create",
                {"date_from": "2030-01-01", "frozen_bases": "order"},
            )
        with self.assertRaises(UserError):
            self.rpc(self.admin, "sales.period", "unlink", self.january.ids)
        for method in ("_close", "_reopen", "_step"):
            with self.assertRaises(AccessError):
                self.rpc(self.admin, "sales.period", method, self.january.ids)

    def test_buttons_are_for_directors_of_the_company(self):
        for user in (self.manager_a, self.director, self.plain):
            for method in (
                "action_close",
                "action_check",
                "action_simulate",
                "action_verify",
                "action_book_late",
                "action_reopen",
                "action_close_anyway",
            ):
                with self.assertRaises(AccessError):
                    self.rpc(user, "sales.period", method, self.january.ids)
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", company
        )
        for method in ("action_close", "action_check", "action_verify"):
            with self.assertRaises(AccessError):
                self.rpc(stranger, "sales.period", method, self.january.ids)
