from odoo import Command
from odoo.exceptions import UserError

from .common import PromotionCommon


class TestGroup(PromotionCommon):
    """An order gets one programme of a group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["promotion.group"].create({"name": "Autumn"})

    def member(self, name, discount, mode="percent", **values):
        return self.make_program(
            name,
            reward={"discount": discount, "discount_mode": mode},
            exclusive_group_id=self.group.id,
            **values,
        )

    def specific(self, name, discount, **values):
        """On products: core lets these add up, also with each other."""
        return self.make_program(
            name,
            reward={
                "discount": discount,
                "discount_applicability": "specific",
                "discount_product_ids": [Command.set(self.cloth.ids)],
            },
            exclusive_group_id=self.group.id,
            **values,
        )

    def programs(self, order):
        return self.rewards(order).reward_id.program_id

    def claimable(self, order):
        order._update_programs_and_rewards()
        coupons = order._get_claimable_rewards()
        return self.env["loyalty.program"].union(*(c.program_id for c in coupons))

    def test_core_adds_them_up(self):
        self.make_program(
            "A",
            reward={"discount": 10, "discount_applicability": "specific"},
        )
        self.make_program(
            "B",
            reward={"discount": 20, "discount_applicability": "specific"},
        )
        self.assertEqual(len(self.programs(self.rewarded())), 2)

    def test_the_best_for_the_customer(self):
        self.specific("Ten", 10)
        best = self.specific("Twenty", 20)
        self.specific("Fifteen", 15)
        order = self.make_quotation((self.cloth, 10, {}))
        self.assertEqual(self.claimable(order), best)
        self.claim(order)
        self.assertEqual(order.amount_total, 800)
        self.assertFalse(self.claimable(order))

    def test_a_better_one_takes_its_place(self):
        """10.5 % beats 10 % although the order is cheaper by the 10 % already."""
        less = self.specific("Ten", 10)
        order = self.rewarded()
        more = self.specific("Ten and a half", 10.5)
        self.assertEqual(self.claimable(order), more)
        self.claim(order)
        self.assertEqual(self.programs(order), more)
        self.assertAlmostEqual(order.amount_total, 895)
        coupon = order.coupon_point_ids.coupon_id.filtered(
            lambda card: card.program_id == less
        )
        with self.assertRaisesRegex(UserError, "does not go together with Ten and"):
            order._apply_program_reward(less.reward_ids, coupon)
        self.assertEqual(self.programs(order), more)

    def test_amounts_and_gifts_are_compared(self):
        self.specific("Twenty", 20)
        gift = self.make_program(
            "Three free",
            reward={
                "reward_type": "product",
                "reward_product_id": self.cloth.id,
                "reward_product_qty": 3,
            },
            exclusive_group_id=self.group.id,
        )
        self.assertEqual(self.programs(self.rewarded()), gift)
        big = self.rewarded((self.cloth, 20, {}))
        self.assertEqual(self.programs(big).name, "Twenty")

    def test_the_first_by_sequence(self):
        self.group.combination = "first"
        second = self.specific("Twenty", 20, sequence=2)
        order = self.rewarded()
        self.assertEqual(self.programs(order), second)
        first = self.specific("Ten", 10, sequence=1)
        self.assertEqual(self.claimable(order), first)
        self.claim(order)
        self.assertEqual(self.programs(order), first)
        self.assertFalse(self.claimable(order))
        self.assertEqual(self.programs(self.rewarded()), first)

    def test_codes(self):
        self.specific("Twenty", 20)
        self.specific(
            "Code",
            10,
            program_type="promo_code",
            trigger="with_code",
            rule_ids=[
                Command.clear(),
                Command.create({"mode": "with_code", "code": "TEN"}),
            ],
        )
        order = self.rewarded().with_user(self.manager_a)
        status = order._try_apply_code("TEN")
        self.assertIn("counts before it", status["error"])
        self.assertFalse(order.code_enabled_rule_ids)
        self.assertEqual(order.amount_total, 800)
        alone = self.make_quotation((self.cloth, 10, {})).with_user(self.manager_a)
        self.assertNotIn("error", alone._try_apply_code("TEN"))

    def test_what_came_together_by_a_change(self):
        first, second = self.specific("Ten", 10), self.specific("Twenty", 20)
        second.sudo().exclusive_group_id = False
        order = self.rewarded()
        self.assertEqual(self.programs(order), first | second)
        second.sudo().exclusive_group_id = self.group
        order.action_confirm()
        self.assertEqual(self.programs(order), second)
        self.assertEqual(self.uses(first, second).program_id, second)

    def test_refused_after_making_way(self):
        """What is refused leaves the other reward where it was."""
        self.specific("Ten", 10)
        order = self.rewarded()
        more = self.specific("Twenty", 20, limit_budget=True, budget_amount=100)
        order._update_programs_and_rewards()
        [(coupon, reward)] = order._get_claimable_rewards().items()
        self.assertEqual(reward.program_id, more)
        result = order.sudo()._apply_program_reward(reward, coupon)
        self.assertIn("no longer fits", result["error"])
        self.assertEqual(order.amount_total, 900)


class TestManualLines(PromotionCommon):
    """What a person has discounted gets nothing more."""

    def manual(self, **reward):
        self.make_program(reward={"discount": 10, **reward}, exclude_manual_lines=True)

    def test_of_the_whole_order(self):
        self.manual()
        order = self.rewarded(
            (self.cloth, 5, {}), (self.make_product("Silk", 100.0), 5, {"discount": 5})
        )
        self.assertAlmostEqual(order.amount_total, 500 + 475 - 50)

    def test_of_products_and_of_the_cheapest(self):
        silk = self.make_product("Silk", 50.0)
        for applicability, taken in (("specific", 50), ("cheapest", 10)):
            self.manual(discount_applicability=applicability)
            order = self.rewarded((self.cloth, 5, {}), (silk, 10, {"price_unit": 45.0}))
            self.assertAlmostEqual(order.amount_total, 500 + 450 - taken)
            self.env["loyalty.program"].search([]).active = False

    def test_in_amounts_and_quantities_to_reach(self):
        self.make_program(
            rule={"minimum_amount": 600, "minimum_qty": 6}, exclude_manual_lines=True
        )
        self.assertFalse(
            self.rewards(
                self.rewarded((self.cloth, 5, {}), (self.cloth, 5, {"discount": 1}))
            )
        )
        self.assertTrue(
            self.rewards(
                self.rewarded((self.cloth, 6, {}), (self.cloth, 5, {"discount": 1}))
            )
        )

    def test_price_lists_are_no_hand(self):
        self.pricelist.item_ids = [
            Command.create({"compute_price": "percentage", "percent_price": 20})
        ]
        self.manual()
        order = self.rewarded()
        self.assertEqual(order.order_line[0].discount, 20)
        self.assertAlmostEqual(order.amount_total, 720)

    def test_others_take_them(self):
        self.make_program()
        order = self.rewarded((self.cloth, 10, {"discount": 50}))
        self.assertAlmostEqual(order.amount_total, 450)
