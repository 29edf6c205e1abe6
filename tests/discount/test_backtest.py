from unittest.mock import patch

from odoo.exceptions import AccessError

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
