from odoo import Command, fields

from ..common import MANAGER
from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestSources(DiscountCommon):
    """The steps of a price say from when to when, and by whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": 5,
                "date_start": "2020-03-01 00:00:00",
                "date_end": "2090-05-31 21:59:59",
            }
        )

    def steps(self, order, user=None):
        line = order.order_line[:1].with_user(user or self.manager_a)
        explained = line.get_discount_steps()[line.id]
        return {step["code"]: step["sources"] for step in explained["steps"]}

    def granted(self, order, user=None):
        [source] = self.steps(order, user)["manual"]
        return source["label"]

    def promote(self, order, **values):
        self.env["loyalty.program"].create(
            {
                "name": "Autumn",
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"discount": 10})],
                **values,
            }
        )
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[0], coupon)

    def test_dates_of_the_rule_are_kept(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {}))
        [rule] = self.steps(order)["norm"]
        self.assertIn("Norm: 5", rule["label"])
        # the last second of May in Amsterdam is the 31st, whatever UTC says
        self.assertEqual(rule["validity"], "03/01/2020 to 05/31/2090")
        order.with_user(self.manager_a).action_confirm()
        self.rule.write({"date_start": False, "date_end": False})
        self.assertEqual(self.steps(order)["norm"], [rule])

    def test_explained_in_the_trace(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {"discount": 9}))
        order.with_user(self.manager_a).action_confirm()
        trace = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        for user in (self.manager_a, self.director):
            [shown] = self.open_form(trace.with_user(user))
            first, rule, hand, net, left = shown["explanation"].split("\n")
            self.assertIn("100.00", first)
            self.assertIn("(03/01/2020 to 05/31/2090)", rule)
            self.assertIn("4.00 → ", hand)
            self.assertTrue(hand.endswith("within own authority"))
            self.assertIn("91.00", net)
            self.assertIn("91.00", left)

    def test_one_date_or_none(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {}))
        self.rule.date_end = False
        [rule] = self.steps(order)["norm"]
        self.assertEqual(rule["validity"], "from 03/01/2020")
        self.rule.write({"date_start": False, "date_end": "2090-05-31 21:59:59"})
        [rule] = self.steps(order)["norm"]
        self.assertEqual(rule["validity"], "until 05/31/2090")
        self.rule.date_end = False
        [rule] = self.steps(order)["norm"]
        self.assertEqual(rule["validity"], "")

    def test_promotion(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {}))
        today = fields.Date.today()
        self.promote(order, date_from="2020-09-01", date_to="2090-11-30")
        self.promote(
            order,
            name="One more",
            reward_ids=[
                Command.create(
                    {
                        "reward_type": "product",
                        "reward_product_id": self.cloth.id,
                        "reward_product_qty": 1,
                    }
                )
            ],
        )
        self.assertEqual(len(order.order_line.reward_id.program_id), 2)
        [source] = self.steps(order)["promotion"]
        self.assertEqual(
            source, {"label": "Autumn", "validity": "09/01/2020 to 11/30/2090"}
        )
        order.with_user(self.manager_a).action_confirm()
        order.order_line.reward_id.program_id.date_to = today
        [source] = self.steps(order)["promotion"]
        self.assertEqual(source["validity"], "09/01/2020 to 11/30/2090")

    def test_own_authority(self):
        """Whoever looks: it is the salesperson's, as long as nobody else said yes."""
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 9}))
        words = f"{self.manager_a.name}, within own authority"
        for user in (self.manager_a, self.env.user):
            self.assertEqual(self.granted(order, user), words)
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.granted(order, self.director), words)

    def test_granted(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_quotation((self.cloth, 2, {"discount": 20}))
        self.assertIn("approved by nobody", self.granted(order))
        self.asked(order).with_user(self.director).action_approve()
        words = f"Granted by {self.director.name}"
        self.assertEqual(self.granted(order), words)
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.granted(order), words)
        self.director.sudo().name = "Renamed"
        self.assertEqual(self.granted(order), words)

    def test_granted_on_the_whole_order(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {}))
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.05,
            }
        ).action_apply_discount()
        [source] = self.steps(order)["order"]
        self.assertIn("within own authority", source["label"])

    def test_approved_by_nobody(self):
        """A policy that only warns lets pass what nobody has granted."""
        self.make_policy(TEN, mode="warn")
        order = self.make_quotation((self.cloth, 2, {"discount": 50}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(
            self.granted(order), f"{self.manager_a.name}, approved by nobody"
        )

    def test_deputies(self):
        self.make_policy(TEN)
        deputy = self.make_user("deputy", MANAGER)
        self.branch.member_ids = [
            Command.create({"user_id": deputy.id, "date_from": "2020-01-01"})
        ]
        today = fields.Date.today()
        rows = self.env["sales.substitution"].with_user(self.director)
        rows.with_company(self.company).create(
            {
                "principal_id": self.manager_a.id,
                "deputy_id": deputy.id,
                "date_from": today,
                "date_to": fields.Date.add(today, days=3),
            }
        ).action_appoint()
        order = self.make_quotation((self.cloth, 2, {"discount": 9}))
        order = order.with_user(deputy)
        self.assertTrue(order.is_acted_for)
        words = f"{self.manager_a.name}, within own authority"
        self.assertEqual(self.granted(order, deputy), words, "only reading")
        order.action_confirm()
        words = f"{deputy.name} for {self.manager_a.name}, within own authority"
        self.assertEqual(self.granted(order, self.manager_a), words)

    def test_traces_from_before_sources(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 2, {"discount": 9}))
        order.with_user(self.manager_a).action_confirm()
        trace = (
            self.env["sale.price.trace"].sudo().search([("order_id", "=", order.id)])
        )
        trace.steps = [
            {"code": "manual", "label": "Ann", "amount": -9.0, "price": 91.0},
            {"code": "net", "label": "", "amount": 0.0, "price": 91.0},
        ]
        self.assertEqual(self.granted(order), "Ann")
        self.assertEqual(self.steps(order)["net"], [])
