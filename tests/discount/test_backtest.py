from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons.sales_manager_kpi.models.discount_policy_line import ROLE_NAMES

from ..common import COMMERCIAL
from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
THIRTY = {"role": "commercial_director", "max_line_percent": 30}
MODULE = "odoo.addons.sales_manager_kpi.models.discount_backtest"


class TestBacktest(DiscountCommon):
    def test_what_would_have_happened(self):
        for discount in (5, 10, 15, 25, 50):
            order = self.make_quotation((self.cloth, 1, {"discount": discount}))
            order.action_confirm()
        policy = self.make_policy(TEN, TWENTY, THIRTY, activate=False)
        action = policy.with_user(self.commercial).action_backtest()
        test = self.env["discount.backtest"].browse(action["res_id"])
        test = test.with_user(self.commercial)
        with patch(f"{MODULE}.BATCH", 2), patch(f"{MODULE}.SECONDS", -1):
            test.action_run()
            self.assertEqual(test.state, "running")
            self.assertLess(test.order_count, 5)
            while test.state == "running":
                test.sudo()._go_on()
        lines = test.line_ids.filtered(lambda line: line.user_id == self.manager_a)
        counts = {line.outcome: line.order_count for line in lines}
        self.assertEqual(
            counts,
            {
                "within": 2,
                "branch_director": 1,
                "commercial_director": 1,
                "nobody": 1,
            },
        )
        asked = lines.filtered(lambda line: line.outcome == "branch_director")
        self.assertAlmostEqual(asked.amount, 15)
        self.assertEqual((test.asked_count, test.blocked_count), (2, 1))
        self.assertGreater(test.asked_per_day, 0)
        self.open_form(test)
        with self.assertRaises(AccessError):
            test.write({"months": 6})
        with self.assertRaises(AccessError):
            test.create({"policy_id": policy.id, "state": "done"})
        with self.assertRaises(AccessError):
            test.with_user(self.manager_a).action_run()

    def test_outcomes_in_words(self):
        """One label for every role that may be asked, in the reader's language."""
        field = self.env["discount.backtest.line"]._fields["outcome"]
        labels = dict(field._description_selection(self.env))
        self.assertEqual(list(labels), ["within", *ROLE_NAMES[1:], "nobody"])
        self.env["res.lang"]._activate_lang("nl_NL")
        dutch = self.env(context={"lang": "nl_NL"})
        selection = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "discount.backtest.line"),
                ("field_id.name", "=", "outcome"),
                ("value", "=", "branch_director"),
            ]
        )
        self.assertEqual(selection.name, "Asks: branch director")
        selection.with_env(dutch).name = "Vraagt: vestigingsdirecteur"
        labels = dict(field._description_selection(dutch))
        self.assertEqual(labels["branch_director"], "Vraagt: vestigingsdirecteur")

    def test_screens(self):
        order = self.make_quotation((self.cloth, 1, {"discount": 15}))
        order.action_confirm()
        policy = self.make_policy(TEN, TWENTY, activate=False)
        tests = self.env["discount.backtest"].with_user(self.commercial)
        with Form(tests) as form:
            form.policy_id = policy
            form.months = 1
        test = form.record
        test.action_run()
        menu = self.env.ref("sales_manager_kpi.discount_backtest_menu")
        for user in (self.commercial, self.admin):
            self.assertIn(menu.id, menu.with_user(user)._visible_menu_ids())
            self.open_form(test.with_user(user))
            rows = test.with_user(user).formatted_read_group(
                [("id", "=", test.id)], ["policy_id", "state"], ["__count"]
            )
            self.assertEqual(rows[0]["state"], "done")
            action = test.with_user(user).action_open_lines()
            lines = self.env[action["res_model"]].with_user(user)
            [[manager, outcome, count]] = lines._read_group(
                action["domain"], ["user_id", "outcome"], ["order_count:sum"]
            )
            self.assertEqual(manager, self.manager_a)
            self.assertEqual((outcome, count), ("branch_director", 1))
            self.assertEqual(lines.search(action["domain"]).policy_id, policy)
        for user in (self.manager_a, self.director):
            self.assertNotIn(menu.id, menu.with_user(user)._visible_menu_ids())
            with self.assertRaises(AccessError):
                test.with_user(user).read(["order_count"])
            with self.assertRaises(AccessError):
                lines.with_user(user).search([])

    def test_other_company(self):
        policy = self.make_policy(TEN, activate=False)
        test = self.env["discount.backtest"].create({"policy_id": policy.id})
        company = self.setup_other_company()["company"]
        stranger = self.make_user("stranger", COMMERCIAL, companies=company)
        self.assertFalse(test.with_user(stranger).search([("id", "=", test.id)]))
