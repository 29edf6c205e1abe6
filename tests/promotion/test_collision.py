from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

SELLER = "sales_team.group_sale_salesman_all_leads"


@tagged("standard", "post_install", "-at_install")
class TestCollision(BaseCase):
    """T33: two confirmations against what is left, each in its own transaction."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.company_id = env.ref("base.main_company").id
            env = env(context={"allowed_company_ids": [self.company_id]})
            users = [
                new_test_user(env, login=login, groups=SELLER)
                for login in ("promote_first", "promote_second")
            ]
            self.user_ids = [user.id for user in users]
            customer = env["res.partner"].create({"name": "Two at once"})
            product = env["product.product"].create(
                {"name": "Talk", "type": "service", "list_price": 100, "taxes_id": []}
            )
            self.program_id = self.make_program(env).id
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "user_id": user.id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": product.id,
                                    "product_uom_qty": 10,
                                    "price_unit": 100,
                                    "tax_ids": [],
                                }
                            )
                        ],
                    }
                    for user in users
                ]
            )
            for order in orders:
                order._update_programs_and_rewards()
                for coupon, reward in order._get_claimable_rewards().items():
                    if coupon.program_id.id == self.program_id:
                        order._apply_program_reward(reward, coupon)
            self.order_ids = orders.ids
            self.customer_id, self.product_id = customer.id, product.id
        self.addCleanup(self.clean)

    def make_program(self, env):
        program = env["loyalty.program"].create(
            {
                "name": "One and a half",
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": self.company_id,
                "is_governed": True,
                "goal": "Two at once",
                "limit_budget": True,
                "budget_amount": 150,
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"discount": 10})],
            }
        )
        program.action_submit_promotion()
        program.action_approve_promotion()
        return program

    def clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            orders = env["sale.order"].browse(self.order_ids)
            orders._action_cancel()
            env["promotion.use"].search([("program_id", "=", self.program_id)]).unlink()
            orders.unlink()
            program = env["loyalty.program"].browse(self.program_id)
            program.active = False
            products = program.with_context(
                active_test=False
            ).reward_ids.discount_line_product_id
            env["loyalty.card"].search([("program_id", "=", self.program_id)]).unlink()
            program.unlink()
            (products | env["product.product"].browse(self.product_id)).unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id | env["res.partner"].browse(self.customer_id)
            users.unlink()
            env["customer.assignment"].search(
                [("partner_id", "in", partners.ids)]
            ).unlink()
            partners.unlink()

    def order(self, cr, number):
        env = api.Environment(
            cr, self.user_ids[number], {"allowed_company_ids": [self.company_id]}
        )
        return env["sale.order"].browse(self.order_ids[number])

    def test_two_confirm_at_once(self):
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            self.order(cr_1, 0).action_confirm()
            cr_1.flush()
            # not skipped: the second one waits for the first
            cr_2.execute("SAVEPOINT waiting")
            cr_2.execute("SET LOCAL lock_timeout = '100ms'")
            with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                self.order(cr_2, 1)._hold_promotions()
            cr_2.execute("ROLLBACK TO SAVEPOINT waiting")
            cr_1.commit()
            # Odoo tries the second request again after this error, on fresh data.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.order(cr_2, 1).action_confirm()
            cr_2.rollback()
            with self.assertRaisesRegex(UserError, r"50.00.* is left"):
                self.order(cr_2, 1).action_confirm()
            cr_2.rollback()
            self.order(cr_2, 1).sudo()._validate_order()
            cr_2.commit()
        with self.registry.cursor() as cr:
            orders = [self.order(cr, number) for number in (0, 1)]
            self.assertEqual([order.state for order in orders], ["sale", "sale"])
            self.assertEqual([o.amount_untaxed for o in orders], [900, 1000])
            program = orders[0].sudo().order_line.reward_id.program_id
            self.assertEqual(program.budget_ids.used_amount, 100)
            self.assertEqual(program.promotion_use_ids.mapped("amount"), [100])
