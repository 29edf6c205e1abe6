from psycopg2.errors import SerializationFailure

from odoo import api, fields
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import mute_logger

from .common import DiscountCommon

NORMS = (
    {
        "role": "manager",
        "max_line_percent": 20,
        "limit_purse": True,
        "max_month_amount": 25,
    },
    {"role": "branch_director", "max_line_percent": 30},
)


class TestPurse(DiscountCommon):
    def test_month(self):
        self.make_policy(*NORMS)
        orders = self.env["sale.order"]
        for _number in range(2):
            orders |= self.make_quotation((self.cloth, 1, {"discount": 15}))
        first, second = orders
        first.with_user(self.manager_a).action_confirm()
        self.assertEqual(first.state, "sale")
        action = second.with_user(self.manager_a).action_confirm()
        self.assertEqual(action["res_model"], "discount.ask")
        error = second.with_user(self.manager_a)._discount_error()
        self.assertIn("Given away this month", error)
        judgement = second.with_user(self.manager_a)._discount_judgement()
        self.assertEqual(judgement.covering_role, "branch_director")
        # what was spent on the order itself is not spent twice
        first.order_line.with_user(self.manager_a).write({"discount": 16})
        first._action_cancel()
        second.with_user(self.manager_a).action_confirm()
        self.assertEqual(second.state, "sale")

    def test_what_is_approved_is_not_out_of_the_purse(self):
        self.make_policy(*NORMS)
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        self.asked(order).with_user(self.director).action_approve()
        order.order_line.discount = 16
        self.assertTrue(order.with_user(self.manager_a)._discount_error())
        order.order_line.discount = 14
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        # so that the purse is still full
        other = self.make_quotation((self.cloth, 1, {"discount": 20}))
        other.with_user(self.manager_a).action_confirm()
        self.assertEqual(other.state, "sale")


@tagged("standard", "post_install", "-at_install")
class TestTwoAtOnce(BaseCase):
    def test_second_begins_again(self):
        """Of two transactions only one spends; Odoo tries the other again."""
        from odoo.modules.registry import Registry

        registry = Registry(get_db_name())
        day = fields.Date.to_date("2001-02-03")

        def opened(cursor):
            env = api.Environment(cursor, api.SUPERUSER_ID, {})
            env["discount.purse"]._open(env.company, env.user, day)

        def clean():
            with registry.cursor() as cursor:
                cursor.execute("DELETE FROM discount_purse WHERE month = '2001-02-01'")

        self.addCleanup(clean)
        for _first_and_later_in_the_month in range(2):
            with registry.cursor() as one, registry.cursor() as other:
                other.execute("SELECT 1 FROM res_users LIMIT 1")
                opened(one)
                one.commit()
                with mute_logger("odoo.sql_db"):
                    with self.assertRaises(SerializationFailure):
                        opened(other)
                other.rollback()
                opened(other)
                other.rollback()
