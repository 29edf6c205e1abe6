from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import Command, api, fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from ..common import MANAGER

CORE_RULE = "odoo.addons.stock.models.stock_rule.StockRule"


@tagged("standard", "post_install", "-at_install")
class TestCollision(BaseCase):
    """Trap 6: the same goods are wanted twice, each in a transaction of its own."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env.ref("base.main_company")
            self.company_id = company.id
            env = env(context={"allowed_company_ids": company.ids})
            users = [
                new_test_user(env, login=login, groups=MANAGER)
                for login in ("hold_first", "hold_second")
            ]
            self.user_ids = [user.id for user in users]
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", company.id)], limit=1
            )
            branch = env["sales.branch"].create(
                {
                    "name": "Twice",
                    "code": "TWICE",
                    "tz": "UTC",
                    "warehouse_id": warehouse.id,
                    "member_ids": [
                        Command.create({"user_id": user.id, "date_from": "2020-01-01"})
                        for user in users
                    ],
                }
            )
            branch._hold_location()
            product = env["product.product"].create(
                {"name": "Ten", "type": "consu", "is_storable": True}
            )
            env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 10
            )
            customer = env["res.partner"].create({"name": "Twice"})
            orders = env["sale.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "user_id": user.id,
                        "warehouse_id": warehouse.id,
                        "order_line": [
                            Command.create(
                                {"product_id": product.id, "product_uom_qty": 10}
                            )
                        ],
                    }
                    for user in users
                ]
            )
            self.order_ids = orders.ids
            self.branch_id = branch.id
            self.product_id = product.id
            self.customer_id = customer.id
        self.addCleanup(self.clean)

    def clean(self):
        """What was committed goes again."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            product = env["product.product"].browse(self.product_id)
            ours = [("product_id", "=", product.id)]
            orders = env["sale.order"].browse(self.order_ids)
            orders._action_cancel()
            env["stock.hold"].search(ours).write({"state": "draft"})
            env["stock.hold"].search(ours).unlink()
            moves = env["stock.move"].search(ours)
            pickings = moves.picking_id
            moves.unlink()
            pickings.unlink()
            orders.unlink()
            env["stock.quant"].search(ours).unlink()
            users = env["res.users"].browse(self.user_ids)
            env["resource.resource"].search([("user_id", "in", users.ids)]).unlink()
            branch = env["sales.branch"].browse(self.branch_id)
            location = branch.hold_location_id
            branch.unlink()
            root = location.location_id
            location.unlink()
            if not root.child_ids:
                root.unlink()
            env.registry.clear_cache()
            partners = users.partner_id | env["res.partner"].browse(self.customer_id)
            env["customer.assignment"].search(
                [("partner_id", "in", partners.ids)]
            ).unlink()
            users.unlink()
            partners.unlink()
            product.unlink()

    def order(self, cr, number):
        env = api.Environment(
            cr, self.user_ids[number], {"allowed_company_ids": [self.company_id]}
        )
        return env["sale.order"].browse(self.order_ids[number])

    def held(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            quants = env["stock.quant"].search([("product_id", "=", self.product_id)])
            return sum(quants.mapped("reserved_quantity"))

    def collide(self, first, second):
        """Run ``second`` in a transaction that began before ``first`` committed.

        It waits as long as the other one is at work, then it is to be tried again.
        """
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            first(self.order(cr_1, 0))
            cr_1.flush()
            cr_2.execute("SAVEPOINT waiting")
            cr_2.execute("SET LOCAL lock_timeout = '100ms'")
            with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                second(self.order(cr_2, 1))
            cr_2.execute("ROLLBACK TO SAVEPOINT waiting")
            self.order(cr_2, 1).env.transaction.clear()
            cr_1.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second(self.order(cr_2, 1))
            cr_2.rollback()
            return self.again(cr_2, second)

    def again(self, cr, second):
        """What Odoo does with a request that failed so: the same on fresh data."""
        try:
            second(self.order(cr, 1))
            cr.commit()
        except UserError as error:
            cr.rollback()
            return str(error)
        return None

    @staticmethod
    def hold(order):
        order.order_line._hold(10)
        order.env.flush_all()

    @staticmethod
    def confirm(order):
        order.action_confirm()
        order.env.flush_all()

    def test_two_hold_the_same_goods(self):
        self.assertIn("Only 0", self.collide(self.hold, self.hold))
        self.assertEqual(self.held(), 10)

    def test_order_against_hold(self):
        """An order that would reserve waits for who is just holding, and gets none."""
        self.assertIsNone(self.collide(self.hold, self.confirm))
        self.assertEqual(self.held(), 10)
        with self.registry.cursor() as cr:
            moves = self.order(cr, 1).sudo().order_line.move_ids
            self.assertEqual(sum(moves.mapped("quantity")), 0)

    def test_hold_against_order(self):
        self.assertIn("Only 0", self.collide(self.confirm, self.hold))
        self.assertEqual(self.held(), 10)

    def test_consumed_while_a_competitor_waits(self):
        """What is held goes to its order in one piece, whoever waits for it."""
        with self.registry.cursor() as cr:
            self.hold(self.order(cr, 0))
            cr.commit()
        self.assertIn("Only 0", self.collide(self.confirm, self.hold))
        with self.registry.cursor() as cr:
            moves = self.order(cr, 0).sudo().order_line.move_ids
            self.assertEqual(sum(moves.mapped("quantity")), 10)
        self.assertEqual(self.held(), 10)

    def test_scheduler_tries_again(self):
        """Core's job comes second to somebody at work, and is done all the same."""
        runs = []

        def run(rule, **_options):
            runs.append(rule.env.cr)
            rule.env.cr.execute("SELECT 1 FROM res_users LIMIT 1")
            if len(runs) == 1:
                self.change_stock(12)
            product = rule.env["product.product"].browse(self.product_id)
            branch = rule.env["sales.branch"].browse(self.branch_id)
            rule.env["stock.hold"]._lock_quants(
                product, branch.warehouse_id.lot_stock_id
            )

        with (
            self.registry.cursor() as cr,
            patch(f"{CORE_RULE}._run_scheduler_tasks", run),
            mute_logger("odoo.sql_db"),
        ):
            Rule = api.Environment(cr, api.SUPERUSER_ID, {})["stock.rule"]
            Rule._run_scheduler_tasks(use_new_cursor=True)
            self.assertEqual(len(runs), 2)
            cr.rollback()
            runs.clear()
            with self.assertRaises(SerializationFailure):
                Rule._run_scheduler_tasks()  # a request, which Odoo tries again
            self.assertEqual(len(runs), 1)
            cr.rollback()

    def change_stock(self, quantity):
        with self.registry.cursor() as cr:
            Quant = api.Environment(cr, api.SUPERUSER_ID, {})["stock.quant"]
            Quant.search([("product_id", "=", self.product_id)]).quantity = quantity

    def test_first_projections_of_a_line_at_once(self):
        """Both found no sources of the line: the second is told to look again."""
        with self.registry.cursor() as cr:
            self.confirm(self.order(cr, 0))
        self.set_mode("approval")
        self.addCleanup(self.set_mode, None)
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            self.project(cr_1)
            cr_2.execute("SAVEPOINT waiting")
            cr_2.execute("SET LOCAL lock_timeout = '100ms'")
            with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                self.project(cr_2)
            cr_2.execute("ROLLBACK TO SAVEPOINT waiting")
            cr_1.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
                self.project(cr_2)
            cr_2.rollback()
            self.project(cr_2)
            cr_2.commit()
        with self.registry.cursor() as cr:
            sources = self.order(cr, 0).sudo().supply_source_ids
            self.assertEqual(sum(sources.mapped("quantity")), 10)

    def project(self, cr):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        lines = env["sale.order"].browse(self.order_ids[0]).order_line
        env["sale.order.source"]._project(lines)
        env.flush_all()

    def set_mode(self, mode):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE sales_branch SET supply_mode = %s WHERE id = %s",
                (mode, self.branch_id),
            )
        self.registry.clear_cache()

    def test_job_tries_again(self):
        """A hold that somebody uses just now is given back by the job all the same."""
        with self.registry.cursor() as cr:
            self.hold(self.order(cr, 0))
            hold = self.order(cr, 0).sudo().stock_hold_ids
            hold.until_at = fields.Datetime.now() - timedelta(minutes=1)
            hold_id = hold.id
            cr.commit()
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            job = api.Environment(cr_2, api.SUPERUSER_ID, {})["stock.hold"]
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            other = api.Environment(cr_1, api.SUPERUSER_ID, {})["stock.quant"]
            quant = other.search([("product_id", "=", self.product_id)])
            quant.quantity = 12
            cr_1.commit()
            with mute_logger("odoo.sql_db"):
                job._expire_one(hold_id)
            cr_2.commit()
        with self.registry.cursor() as cr:
            hold = api.Environment(cr, api.SUPERUSER_ID, {})["stock.hold"].browse(
                hold_id
            )
            self.assertEqual(hold.state, "expired")
        self.assertEqual(self.held(), 0)
