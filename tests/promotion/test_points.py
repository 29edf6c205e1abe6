from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import PromotionCommon


class TestPoints(PromotionCommon):
    """P12: a salesperson wrote 999 points, and a coupon took 500 to 50."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "sales_team.group_sale_salesman")
        cls.program = cls.make_program(
            "90 %",
            approve=False,
            is_governed=False,
            program_type="coupons",
            trigger="with_code",
            applies_on="current",
            rule_ids=[Command.clear()],
            reward={"discount": 90, "required_points": 500},
        )
        cls.coupon = cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "partner_id": cls.customer.id, "points": 1}
        )

    def test_probe(self):
        """As it was reproduced, on plain core programmes and without any policy."""
        theirs = self.coupon.with_user(self.seller)
        wizard = self.env["loyalty.card.update.balance"].with_user(self.seller)
        new = {"card_id": self.coupon.id, "new_balance": 999, "description": "x"}
        for change in (
            lambda: theirs.write({"points": 999}),
            lambda: theirs.write({"points": 0}),
            lambda: wizard.create(new).action_update_card_point(),
            theirs.action_loyalty_update_balance,
            lambda: theirs.with_context(moving_points=True).write({"points": 999}),
        ):
            with self.assertRaisesRegex(AccessError, "Points on a card"):
                change()
        self.assertEqual(self.coupon.points, 1)
        self.assertFalse(self.coupon.history_ids)
        order = self.make_quotation((self.cloth, 5, {}), user=self.seller)
        status = order.with_user(self.seller)._try_apply_code(self.coupon.code)
        self.assertIn("error", status)
        theirs.expiration_date = "2030-01-01"

    def test_who_may(self):
        plain = self.env["loyalty.card.update.balance"]
        for user in (self.admin, self.director):
            before = self.coupon.points
            plain.with_user(user).create(
                {
                    "card_id": self.coupon.id,
                    "new_balance": before + 5,
                    "description": "Gift",
                }
            ).action_update_card_point()
            self.assertEqual(self.coupon.points, before + 5, user.login)
        head = self.make_user("head", "sales_team.group_sale_manager")
        self.coupon.with_user(head).points = 3
        self.coupon.with_user(self.seller).sudo().points = 4
        self.assertEqual(self.coupon.points, 4)

    def loyalty(self):
        return self.make_program(
            "Card",
            approve=False,
            is_governed=False,
            program_type="loyalty",
            applies_on="both",
            rule={"reward_point_mode": "order", "reward_point_amount": 7},
            reward={"discount": 10, "required_points": 5},
        )

    def test_orders_go_on(self):
        """Earned, spent, given back and spent again, all by a salesperson."""
        card = self.env["loyalty.card"].create(
            {
                "program_id": self.loyalty().id,
                "partner_id": self.customer.id,
                "points": 20,
            }
        )
        order = self.make_quotation((self.cloth, 10, {}), user=self.seller)
        theirs = self.claim(order.with_user(self.seller))
        theirs.action_confirm()
        self.assertEqual(order.amount_total, 900)
        self.assertEqual(card.points, 20 + 7 - 5)
        with self.assertRaises(AccessError):
            card.with_user(self.seller).points = 999
        reward = self.rewards(theirs)
        with self.assertRaises(AccessError):
            reward.points_cost = -999
        theirs._update_programs_and_rewards()
        self.assertEqual(card.points, 20 + 7 - 5)
        order.with_user(self.admin)._action_cancel()
        self.assertEqual(card.points, 20)

    def test_an_error_inside_ends_nothing(self):
        """The guard holds again once a confirmation has failed."""
        order = self.make_quotation((self.cloth, 10, {}), user=self.seller)
        order.order_line.product_id = False
        with self.assertRaises(UserError):
            order.with_user(self.seller).action_confirm()
        with self.assertRaises(AccessError):
            self.coupon.with_user(self.seller).points = 999
