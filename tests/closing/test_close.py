from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import ClosingCommon


@freeze_time("2026-02-10 12:00:00")
class TestClose(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])

    def test_rows_are_the_live_ones(self):
        self.close(self.january)
        self.assertEqual(self.january.state, "closed")
        self.assertEqual(self.january.frozen_count, len(self.lines(self.january)))
        self.assertEqual(self.january.close_uid, self.commercial)
        self.assert_is_live(self.january)
        line = self.lines(self.january)[:1]
        self.assertEqual(line.document_name, self.invoice.name)
        self.assertEqual(line.booked_period_id, self.january)

    def test_closing_twice_is_closing_once(self):
        self.close(self.january)
        seal, rows = self.january.close_hash, self.lines(self.january)
        self.close(self.january, self.admin)
        self.assertEqual(self.january.close_uid, self.commercial)
        self.assertEqual(self.january.close_hash, seal)
        self.assertEqual(self.lines(self.january), rows)
        self.assertEqual(self.Line._seal(self.january), seal)

    def test_queries_do_not_grow_with_the_rows(self):
        self.close(self.january)  # whatever is read once and for all
        self.january.with_user(self.admin)._reopen("Once more")

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.january.with_user(self.admin)._close()
            self.env.flush_all()
            count = self.env.cr.sql_log_count - before
            rows = self.january.frozen_count
            self.january.with_user(self.admin)._reopen("Once more")
            return rows, count

        few = queries()
        for __ in range(5):
            self.make_document([(self.cloth, 1.0), (self.thread, 2.0)])
        many = queries()
        self.assertGreater(many[0], few[0])
        self.assertLessEqual(many[1], few[1])

    def test_bases_in_use(self):
        self.assertEqual(self.january._bases_to_freeze(), ["invoice"])
        self.company.sales_manager_kpi_plan_basis = "payment"
        self.assertEqual(self.january._bases_to_freeze(), ["invoice", "payment"])
        self.close(self.january)
        model, __ = self.january._facts_source("order")
        self.assertEqual(model._name, "sales.fact.report")

    def test_after_close_goes_on(self):
        """What follows fails: frozen, and closed when it is asked again."""
        Period = self.registry["sales.period"]
        error = UserError("Not today")
        with (
            patch.object(Period, "_after_close", side_effect=error),
            self.assertRaisesRegex(UserError, "Not today"),
        ):
            self.january._take_closing_turn()
            self.january._begin_closing()
            self.january._finish_closing()
        self.assertEqual(self.january.state, "closing")
        rows, seal = self.lines(self.january), self.january.close_hash
        self.assertTrue(rows)
        model, __ = self.january._facts_source()
        self.assertEqual(model._name, "sales.fact.line")
        with self.enter_registry_test_mode():
            self.env.ref("sales_manager_kpi.ir_cron_closing").method_direct_trigger()
        self.january.invalidate_recordset()
        self.assertEqual(self.january.state, "closed")
        self.assertEqual(
            (self.lines(self.january), self.january.close_hash), (rows, seal)
        )

    def test_every_night(self):
        self.close(self.january)
        self.invoice.button_draft()
        with self.enter_registry_test_mode():
            self.env.ref("sales_manager_kpi.ir_cron_late").method_direct_trigger()
        rows = self.lines(self.january, "late")
        self.assertEqual(set(rows.mapped("cause")), {"reset"})

    def test_companies_are_closed_apart(self):
        other = self.env["res.company"].create(
            {"name": "Other", "sales_manager_kpi_first_managed_month": "2026-01-01"}
        )
        theirs = self.env["sales.period"]._for_date(other, self.january.date_from)
        theirs.sudo()._close()
        self.assertEqual((theirs.state, theirs.frozen_count), ("closed", 0))
        self.assertEqual(self.january.state, "open")
        self.close(self.january)
        both = self.company + other
        Fact = self.env["sales.fact.report"].with_context(allowed_company_ids=both.ids)
        days = self.january.date_from, self.february.date_to
        domain = [
            ("company_id", "in", both.ids),
            ("basis", "=", "invoice"),
            ("date", ">=", days[0]),
            ("date", "<=", days[1]),
        ]
        self.make_document([(self.thread, 5.0)], date="2026-02-02")
        rows = Fact._group_facts(
            domain, ["company_id"], ["amount:sum", "__count"], both, days
        )
        self.assertEqual(rows, [(self.company, 155.0, 3)])

    def test_by_whom(self):
        for user in (self.manager_a, self.director, self.plain):
            with self.assertRaises(AccessError):
                self.close(self.january, user)

    def test_only_after_the_earlier_one(self):
        with freeze_time("2026-03-02"), self.assertRaisesRegex(UserError, "Earlier"):
            self.close(self.february)


@freeze_time("2026-02-10 12:00:00")
class TestReading(ClosingCommon):
    """A closed number stays, whatever happens to the documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["sales.plan"].create(
            {
                "user_id": cls.manager_a.id,
                "period_id": cls.january.id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 1000.0})
                ],
            }
        )
        cls.plan.with_user(cls.manager_a).action_submit()
        cls.plan.with_user(cls.commercial).action_approve()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])
        cls.later = cls.make_document([(cls.cloth, 30.0)], date="2026-02-02")

    def figures(self):
        """January, February, and both together, each on another way."""
        self.env.invalidate_all()
        Fact = self.env["sales.fact.report"]
        user = self.manager_a
        by_category = Fact._facts_by(
            self.company,
            self.january.date_from,
            self.february.date_to,
            groupby=("categ_id",),
            measures=("amount", "quantity"),
        )
        model, domain = self.january._facts_source()
        measured = self.env["evaluation.criterion"]._measure_plan_fulfilment(
            self.january, user
        )[user.id]
        return {
            "january": Fact._facts_by(
                self.company, self.january.date_from, self.january.date_to
            ).get(user.id),
            "february": Fact._facts_by(
                self.company, self.february.date_from, self.february.date_to
            ).get(user.id),
            "both": by_category.get(self.fabrics.id),
            "plan": self.plan.fact_amount,
            "measure": measured[0],
            "report": self.reported(),
            "source": sum(model.search(domain).mapped("amount")),
        }

    def reported(self):
        """Plan against fact."""
        Report = self.env["sales.plan.report"].with_user(self.commercial)
        [(amount,)] = Report._read_group(
            [("period_id", "=", self.january.id), ("kind", "=", "fact")],
            [],
            ["fact_amount:sum"],
        )
        return amount

    def test_a_closed_number_stays(self):
        before = self.figures()
        self.assertEqual(
            before,
            {
                "january": 150.0,
                "february": 30.0,
                "both": (180.0, 3.0),
                "plan": 150.0,
                "measure": 150.0,
                "report": 150.0,
                "source": 150.0,
            },
        )
        self.close(self.january)
        self.assertEqual(self.figures(), before)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.later.button_draft()
        self.later.invoice_line_ids.price_unit = 35.0
        self.later.action_post()
        self.book()
        after = self.figures()
        self.assertEqual(after.pop("both"), (185.0, 3.0))
        self.assertEqual(after.pop("february"), 35.0)
        self.assertEqual(after, {key: before[key] for key in after})

    def test_evidence_is_the_frozen_rows(self):
        self.close(self.january)
        Criterion = self.env["evaluation.criterion"]
        self.invoice.button_draft()
        model, domain = Criterion._evidence_plan_fulfilment(
            self.january, self.manager_a
        )
        self.assertEqual(model, "sales.fact.line")
        records = self.env[model].search(domain)
        self.assertEqual(Criterion._numerator_plan_fulfilment(records), 150.0)
        self.assertEqual(len(records), 2)

    def test_evidence_kept_before_the_closing_leads_to_frozen_rows(self):
        Criterion = self.env["evaluation.criterion"]
        model, domain = Criterion._evidence_plan_fulfilment(
            self.january, self.manager_a
        )
        self.assertEqual(model, "sales.fact.report")
        self.close(self.january)
        card = self.env["evaluation.scorecard"].new({"period_id": self.january.id})
        line = self.env["evaluation.scorecard.line"].new({"scorecard_id": card.id})
        evidence = self.env["evaluation.evidence"].new(
            {"res_model": model, "domain": repr(domain), "line_id": line.id}
        )
        evidence.line_id.scorecard_id = card
        model, domain = evidence._source()
        self.assertEqual(model, "sales.fact.line")
        self.invoice.button_draft()
        self.assertEqual(sum(self.env[model].search(domain).mapped("amount")), 150.0)

    def test_live_again_when_reopened(self):
        self.close(self.january)
        self.invoice.button_draft()
        self.book()
        self.january.with_user(self.admin)._reopen("A credit note was forgotten")
        self.assertEqual(self.january.state, "open")
        self.assertFalse(self.lines(self.january))
        self.assertIsNone(self.figures()["january"])
        self.assertEqual(self.january.decision_ids[:1].step, "reopen")
        self.invoice.action_post()
        self.close(self.january)
        self.assertEqual(self.figures()["january"], 150.0)
        self.assert_is_live(self.january)
