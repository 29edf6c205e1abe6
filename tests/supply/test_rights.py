from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .common import SupplyCommon

MANAGER = "sales_manager_kpi.group_manager"
SUPPLY = "sales_manager_kpi.group_supply_supervisor"


class TestRights(SupplyCommon):
    """Every role by RPC: what it sees, what it may say, what it may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_supervisor = cls.make_user("other_supervisor", SUPPLY)
        cls.production = cls.make_department(
            "Production", cls.other_supervisor, kind="production", sequence=20
        )
        cls.request = cls.make_request((cls.cloth, 10))
        cls.line = cls.request.line_ids
        cls.draft = cls.make_request((cls.felt, 3), submit=False)

    def sees(self, user):
        return self.env["supply.request"].with_user(user).search([])

    def stand_in(self, principal, deputy, **scopes):
        now = fields.Datetime.now()
        row = self.env["sales.substitution"].create(
            {
                "company_id": self.company.id,
                "principal_id": principal.id,
                "deputy_id": deputy.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=5),
                "scope_orders": False,
                "scope_invoices": False,
                "scope_leads": False,
                **scopes,
            }
        )
        row.with_user(self.commercial).action_appoint()
        row.invalidate_recordset()
        return row

    def test_who_sees_what(self):
        both = self.request | self.draft
        for user, expected in (
            (self.manager_a, both),
            (self.manager_b, both.browse()),
            (self.director, both),
            (self.other_director, both.browse()),
            (self.commercial, both),
            (self.admin, both),
            (self.supervisor, self.request),
            (self.head, self.request),
            (self.other_supervisor, both.browse()),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.sees(user), expected)
                lines = self.env["supply.request.line"].with_user(user).search([])
                self.assertEqual(lines, expected.line_ids)
                decisions = self.env["supply.decision"].with_user(user).search([])
                self.assertEqual(decisions, expected.decision_ids)
        with self.assertRaises(AccessError):
            self.sees(self.plain)

    def test_managers_do_not_answer(self):
        for user in (self.manager_a, self.director):
            line = self.line.with_user(user)
            for values in (
                {"granted_qty": 10},
                {"verdict": "granted"},
                {"promised_date": self.tomorrow},
                {"reason": "Mine"},
                {"route_id": self.store.resupply_route_ids.id},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        line.write(values)
                    with self.assertRaises(AccessError):
                        self.request.with_user(user).write(
                            {"line_ids": [Command.update(line.id, values)]}
                        )
            for method in ("action_answer", "action_grant", "action_run"):
                with self.assertRaises(AccessError):
                    getattr(line, method)()
            with self.assertRaises(AccessError):
                line.change_answer({"verdict": "granted", "granted_qty": 10})

    def test_supervisors_do_not_change_what_was_asked(self):
        line = self.line.with_user(self.supervisor)
        request = self.request.with_user(self.supervisor)
        for record, values in (
            (line, {"product_uom_qty": 1}),
            (line, {"product_id": self.felt.id}),
            (line, {"note": "Other"}),
            (request, {"need_by": self.tomorrow}),
            (request, {"branch_id": self.other_branch.id}),
            (request, {"department_id": self.production.id}),
            (request, {"line_ids": [Command.create({"product_id": self.felt.id})]}),
            (request, {"line_ids": [Command.delete(line.id)]}),
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.write(values)
        with self.assertRaises(AccessError):
            request.create({"branch_id": self.branch.id})
        request.write({"line_ids": [Command.update(line.id, {"granted_qty": 4})]})
        self.assertEqual(self.line.granted_qty, 4)

    def test_system_fields_stay_closed(self):
        for user in (self.manager_a, self.supervisor, self.admin):
            for values in (
                {"state": "done"},
                {"due_at": False},
                {"answered_at": fields.Datetime.now()},
                {"supervisor_id": user.id},
                {"user_id": user.id},
                {"name": "X"},
                {"is_answered_in_time": True},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        self.request.with_user(user).write(values)
            for values in (
                {"state": "done"},
                {"arrived_qty": 10},
                {"is_promise_kept": True},
                {"accuracy": 1},
                {"first_promised_date": "2030-01-01"},
                {"answered_by_id": user.id},
                {"ordered_qty": 0},
                {"suggested_qty": 0},
                {"origin_move_id": False},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(AccessError):
                        self.line.with_user(user).write(values)

    def test_what_was_submitted_stays(self):
        for record, values in (
            (self.line, {"product_uom_qty": 1}),
            (self.request, {"need_by": self.tomorrow}),
        ):
            with self.assertRaises(UserError):
                record.with_user(self.manager_a).write(values)
        with self.assertRaises(UserError):
            self.line.with_user(self.manager_a).unlink()
        with self.assertRaises(UserError):
            self.line.create(
                {"request_id": self.request.id, "product_id": self.felt.id}
            )
        self.draft.line_ids.product_uom_qty = 4
        self.draft.unlink()

    def test_others_answers_are_not_theirs(self):
        line = self.line.with_user(self.other_supervisor)
        with self.assertRaises(AccessError):
            line.write({"granted_qty": 1})
        with self.assertRaises(AccessError):
            line.action_answer()
        with self.assertRaises(AccessError):
            self.request.with_user(self.other_director).action_cancel()
        with self.assertRaises(AccessError):
            self.request.with_user(self.supervisor).action_cancel()
        self.answer(self.line, user=self.commercial)
        self.assertEqual(self.line.answered_by_id, self.commercial)

    def test_only_administrators_make_departments(self):
        for user in (self.manager_a, self.commercial, self.supervisor):
            with self.assertRaises(AccessError):
                self.regional.with_user(user).answer_hours = 99
        self.regional.with_user(self.admin).answer_hours = 4

    def test_supervisors_read_what_they_need_and_no_prices(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        request = self.make_request(
            (self.cloth, 2), kind="shortage", order_id=order.id
        ).with_user(self.supervisor)
        self.assertEqual(request.partner_id, self.customer)
        views = request.get_views([(False, "form"), (False, "list")])
        self.assertIn("line_ids", views["models"]["supply.request"]["fields"])
        name = {"fields": {"display_name": {}}}
        data = request.web_read(
            {
                "name": {},
                "order_id": name,
                "partner_id": name,
                "branch_id": name,
                "department_id": name,
                "can_answer": {},
                "line_ids": {
                    "fields": {"product_id": name, "uom_id": name, "asked_qty": {}}
                },
            }
        )[0]
        self.assertEqual(data["order_id"]["display_name"], order.name)
        self.assertEqual(data["partner_id"]["display_name"], self.customer.name)
        self.assertTrue(data["can_answer"])
        with self.assertRaises(AccessError):
            order.with_user(self.supervisor).read(["amount_total"])
        with self.assertRaises(AccessError):
            request.line_ids.move_ids  # noqa: B018

    def test_who_stands_in_answers_and_is_named(self):
        deputy = self.make_user("deputy", SUPPLY)
        self.assertFalse(self.sees(deputy))
        row = self.stand_in(self.supervisor, deputy, scope_supply=True)
        self.assertEqual(self.sees(deputy), self.request)
        later = self.make_request((self.felt, 1))
        self.assertEqual(later.sudo().activity_ids.user_id, self.supervisor | deputy)
        self.answer(self.line, user=deputy)
        self.assertEqual(self.line.answered_by_id, deputy)
        self.assertEqual(self.line.acting_for_id, self.supervisor)
        decision = self.line.decision_ids[:1]
        self.assertEqual(decision.acting_for_id, self.supervisor)
        row.with_user(self.commercial).action_revoke()
        self.assertFalse(self.sees(deputy))

    def test_a_deputy_does_not_answer_for_the_one_they_stand_in_for(self):
        both = self.make_user("both", f"{MANAGER},{SUPPLY}")
        deputy = self.make_user("deputy", f"{MANAGER},{SUPPLY}")
        self.regional.supervisor_id = both
        own = self.make_request((self.cloth, 2), user=both)
        self.stand_in(both, deputy, scope_supply=True)
        with self.assertRaises(AccessError):
            self.answer(own.line_ids, user=deputy)
        # nor what they ask themselves
        own = self.make_request((self.cloth, 2), user=deputy)
        self.assertEqual(own.sudo().activity_ids.user_id, both)
        with self.assertRaises(AccessError):
            self.answer(own.line_ids, user=deputy)

    def test_a_managers_deputy_asks_and_withdraws(self):
        deputy = self.make_user("deputy", MANAGER)
        self.stand_in(self.manager_a, deputy, scope_orders=True)
        self.assertEqual(self.sees(deputy), self.request | self.draft)
        draft = self.draft.with_user(deputy)
        draft.need_by = self.tomorrow
        draft.action_submit()
        self.assertEqual(draft.decision_ids[-1:].acting_for_id, self.manager_a)
        self.request.with_user(deputy).action_cancel()
        self.assertEqual(self.request.state, "cancelled")


class TestTwoCompanies(SupplyCommon):
    """Nothing of one company is asked, answered or seen in the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = cls.make_user(
            "stranger", f"{MANAGER},{SUPPLY}", cls.other_company
        )
        cls.abroad = cls.make_user(
            "abroad", "sales_manager_kpi.group_commercial_director", cls.other_company
        )

    def test_companies_stay_apart(self):
        request = self.make_request((self.cloth, 1))
        for user in (self.stranger, self.abroad):
            self.assertFalse(self.env["supply.request"].with_user(user).search([]))
            with self.assertRaises(AccessError):
                request.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.answer(request.line_ids, user=user)
        with self.assertRaises(UserError):
            self.env["supply.department"].create(
                {
                    "name": "Abroad",
                    "company_id": self.other_company.id,
                    "supervisor_id": self.stranger.id,
                    "resource_calendar_id": False,
                    "branch_ids": [Command.link(self.branch.id)],
                }
            )

    def test_a_branch_is_answered_in_its_company(self):
        Department = self.env["supply.department"]
        Department.create(
            {
                "name": "Abroad",
                "company_id": self.other_company.id,
                "supervisor_id": self.stranger.id,
                "resource_calendar_id": False,
                "sequence": 1,
            }
        )
        self.assertEqual(Department._answering(self.branch), self.regional)
        with self.assertRaises(UserError):
            self.make_request(
                (self.cloth, 1), department_id=Department.search([], limit=1).id
            )
