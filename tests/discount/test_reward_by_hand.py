"""A reward that is typed on a line over RPC is a discount by hand."""

from odoo import Command
from odoo.exceptions import UserError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestRewardByHand(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tenth = cls.make_program("A tenth", {"discount": 10})
        cls.free = cls.make_program(
            "2 + 1",
            {
                "reward_type": "product",
                "reward_product_id": cls.cloth.id,
                "reward_product_qty": 1,
            },
            minimum_qty=2,
        )
        cls.card = cls.env["loyalty.card"].create(
            {"program_id": cls.tenth.id, "points": 100}
        )
        cls.make_policy(TEN, TWENTY)

    @classmethod
    def make_program(cls, name, reward, **rule):
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": "promo_code",
                "trigger": "with_code",
                "applies_on": "current",
                "company_id": cls.company.id,
                "rule_ids": [
                    Command.create({"mode": "with_code", "code": name, **rule})
                ],
                "reward_ids": [Command.create(reward)],
            }
        )

    def order(self, code=None):
        """Ten of cloth, as the manager sees it, with the reward of ``code``."""
        order = self.make_quotation((self.cloth, 10, {})).with_user(self.manager_a)
        if code:
            status = order._try_apply_code(code)
            for card, rewards in status.items():
                order._apply_program_reward(rewards, card)
        return order

    def reward_of(self, order):
        return order.order_line.filtered("reward_id")

    def values(self, program, **more):
        """Of a line that bears the name of a reward."""
        return {
            "product_id": program.reward_ids.discount_line_product_id.id
            or self.cloth.id,
            "reward_id": program.reward_ids.id,
            "name": program.name,
            "product_uom_qty": 1,
            **more,
        }

    def check_stopped(self, order, words):
        self.assertIn(words, order._discount_error() or "")
        self.check_refused(words, order, {"state": "sale"})
        self.assertEqual(order.state, "draft")

    def check_refused(self, words, record, values):
        with self.assertRaises(UserError) as raised:
            record.write(values)
        self.assertIn(words, str(raised.exception))

    def test_applied(self):
        """What a programme really gives is nobody's discount, at any door."""
        for code in ("A tenth", "2 + 1"):
            with self.subTest(code=code):
                order = self.order(code)
                self.assertTrue(self.reward_of(order)._is_promotion())
                self.assertFalse(order._discount_error())
                order.action_confirm()
                self.assertEqual(order.state, "sale")
                self.assertTrue(self.reward_of(order))
                order.order_line[0].write({"discount": 5})
                kinds = self.env["discount.concession"].search(
                    [("order_id", "=", order.id), ("reversal_of_id", "=", False)]
                )
                self.assertNotIn("order", kinds.mapped("kind"))

    def test_typed_on_goods(self):
        """Written on a line of goods whose price was typed."""
        order = self.order()
        order.order_line.write(
            {"price_unit": 30, "reward_id": self.tenth.reward_ids.id}
        )
        self.check_stopped(order, "Cloth: 70.00 % below the norm")

    def test_typed_with_a_card(self):
        """A card that is not on the order does not help; nor one of another."""
        order = self.order()
        reward = self.tenth.reward_ids
        order.order_line.write(
            {"price_unit": 30, "reward_id": reward.id, "coupon_id": self.card.id}
        )
        self.check_stopped(order, "Cloth: 70.00 % below the norm")
        order.order_line.write({"reward_id": self.free.reward_ids.id})
        order.write({"applied_coupon_ids": [Command.link(self.card.id)]})
        self.check_stopped(order, "Cloth: 70.00 % below the norm")

    def test_gift_typed(self):
        order = self.order()
        order.order_line = [
            Command.create(
                {
                    "product_id": self.cloth.id,
                    "name": "Free",
                    "discount": 100,
                    "reward_id": self.free.reward_ids.id,
                }
            )
        ]
        self.check_stopped(order, "Cloth")

    def test_discount_typed(self):
        """A negative line is a discount on the whole, whatever its name."""
        order = self.order()
        order.order_line = [
            Command.create(self.values(self.tenth, price_unit=-500)),
        ]
        self.assertEqual(order.order_line[1].price_unit, -500)
        self.check_stopped(order, "50.00 % below the norm")

    def test_on_a_confirmed_order(self):
        order = self.order()
        order.action_confirm()
        line = order.order_line
        with self.assertRaises(UserError):
            line.write({"price_unit": 30, "reward_id": self.tenth.reward_ids.id})
        for values in (
            self.values(self.tenth, price_unit=-500),
            self.values(self.tenth, price_unit=-500, coupon_id=self.card.id),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                line.create({"order_id": order.id, **values})

    def test_raised_on_a_confirmed_order(self):
        """A true reward gives what its programme says, not what is typed later."""
        order = self.order("A tenth")
        order.action_confirm()
        line = self.reward_of(order)
        self.assertAlmostEqual(line.price_unit, -100)
        for values in ({"price_unit": -300}, {"product_uom_qty": 3}):
            with self.subTest(values=values):
                self.check_refused("below the norm", line, values)
        # nor are its points had again
        self.check_refused("Points on a card", line, {"points_cost": 0})
        line.write({"price_unit": -90})
        # goods may be cut before the reward is computed anew
        order.order_line[0].write({"product_uom_qty": 8})
        self.assertEqual(order.state, "sale")

    def test_more_goods_on_a_confirmed_order(self):
        order = self.order("2 + 1")
        order.action_confirm()
        line = self.reward_of(order)
        more = line.product_uom_qty + 1
        self.check_refused("Cloth", line, {"product_uom_qty": more})

    def test_computed_anew_on_a_confirmed_order(self):
        """Core's own work on rewards is no edit by hand."""
        order = self.order("A tenth")
        order.action_confirm()
        order.order_line[0].write({"product_uom_qty": 20})
        order._update_programs_and_rewards()
        self.assertAlmostEqual(self.reward_of(order).price_unit, -200)
        self.assertEqual(order.state, "sale")
