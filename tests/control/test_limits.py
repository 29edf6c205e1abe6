from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from ..common import DIRECTOR
from .common import ControlCommon


class TestPaymentLimits(ControlCommon):
    """Late customers wait, at confirmation and at shipment, until somebody releases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids |= cls.env.ref("sales_team.group_sale_salesman")

    def limit(self, **values):
        return self.env["payment.limit"].create(
            {
                "company_id": self.company.id,
                "mode": "hold",
                "max_days": 10,
                "min_amount": 50,
                **values,
            }
        )

    def owe(self, days=20, **values):
        return self.bill(self.sell(**values), days_late=days)

    def tomorrow(self):
        return fields.Datetime.now() + timedelta(days=1)

    def test_without_limit_nothing_waits(self):
        self.owe()
        self.ship(self.sell())

    def test_held_at_confirmation(self):
        self.limit()
        self.sell()
        self.owe(days=10)
        self.sell()
        self.owe(days=11)
        order = self.sell(confirm=False)
        with self.assertRaisesRegex(UserError, "for 11 days"):
            order.with_user(self.manager_a).action_confirm()
        self.assertTrue(order.with_user(self.manager_a).payment_is_held)
        self.assertFalse(order.with_user(self.manager_a).payment_may_release)
        self.assertTrue(order.with_user(self.director).payment_may_release)
        with self.assertRaisesRegex(UserError, "release"):
            order.with_user(self.manager_a).write({"state": "sale"})

    def test_nothing_waits_once_all_has_left(self):
        self.limit()
        order = self.sell()
        self.ship(order)
        self.owe(days=11)
        late = self.sell(confirm=False)
        self.env.invalidate_all()
        self.assertFalse(order.with_user(self.manager_a).payment_is_held)
        self.assertTrue(late.with_user(self.manager_a).payment_is_held)

    def test_small_amounts_pass(self):
        self.limit(min_amount=100)
        self.owe()
        self.sell()

    def test_credit_notes_and_money_on_account_count(self):
        self.limit()
        invoice = self.owe()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 60,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.assertEqual(
            self.customer._overdue(self.company)[self.customer.id], (40, 20)
        )
        self.assertTrue(invoice.amount_residual)
        self.sell()

    def test_warning_is_written_down(self):
        self.limit(mode="warn")
        self.owe()
        order = self.sell(confirm=False)
        self.assertTrue(order.with_user(self.manager_a).payment_warning)
        order.with_user(self.manager_a).action_confirm()
        self.assertIn("beyond the payment limit", str(order.message_ids.mapped("body")))
        picking = self.ship(order)
        self.assertIn(
            "beyond the payment limit", str(picking.message_ids.mapped("body"))
        )

    def test_class_has_its_own(self):
        vip = self.env["customer.class"].create(
            {"code": "VIP", "name": "Friends", "company_id": self.company.id}
        )
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "class_id": vip.id,
                "date_from": "2020-01-01",
            }
        )
        self.limit()
        self.owe()
        order = self.sell(confirm=False)
        with self.assertRaises(UserError):
            order.action_confirm()
        self.limit(class_id=vip.id, max_days=60)
        order.action_confirm()

    def test_credit_limit_of_odoo(self):
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 250
        self.limit()
        order = self.sell(quantity=2)
        other = self.sell(confirm=False)
        with self.assertRaisesRegex(UserError, "credit limit"):
            other.with_user(self.manager_a).action_confirm()
        self.ship(order)

    def test_confirmed_together(self):
        """Each sees what those before it in the same call will owe."""
        self.company.account_use_credit_limit = True
        self.customer.with_company(self.company).credit_limit = 250
        limit = self.limit()
        first, second, third = (self.sell(confirm=False) for __ in range(3))
        other = self.make_customer("Other", self.manager_a)
        theirs = self.sell(customer=other, confirm=False)
        orders = (first | theirs | second | third).with_user(self.manager_a)
        with (
            self.assertRaisesRegex(UserError, f"{third.name}.*300.00 would be owed"),
            self.env.cr.savepoint(),
        ):
            orders.action_confirm()
        self.env.invalidate_all(flush=False)
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        (first | theirs | second).with_user(self.manager_a).action_confirm()
        with self.assertRaisesRegex(UserError, "300.00 would be owed"):
            third.with_user(self.manager_a).action_confirm()
        limit.mode = "warn"
        third.with_user(self.manager_a).action_confirm()
        warned = self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", (orders | third).ids),
                ("body", "ilike", "would be owed"),
            ]
        )
        self.assertEqual(warned.mapped("res_id"), third.ids)
        self.assertIn("300.00 would be owed", warned.body)

    def test_goods_wait_at_the_door(self):
        order = self.sell()
        self.limit()
        self.owe()
        with self.assertRaisesRegex(UserError, "wait for"):
            self.ship(order)
        with self.assertRaises(UserError):
            self.ship(order, user=self.env.ref("base.user_root"))

    def test_copy_is_no_way_around(self):
        order = self.sell()
        self.limit()
        self.owe()
        order.with_user(self.director).release_payment("paid cash", self.tomorrow())
        copy = order.copy()
        with self.assertRaises(UserError):
            copy.with_user(self.manager_a).action_confirm()
        self.ship(order)

    def direct(self, destination):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customer.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": 1,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 1, "picked": True})
        return picking.with_user(self.clerk)

    def test_direct_pickings_wait_and_internal_ones_do_not(self):
        self.limit()
        self.owe()
        customers = self.env.ref("stock.stock_location_customers")
        with self.assertRaises(UserError):
            self.direct(customers).button_validate()
        with self.assertRaises(UserError):
            self.direct(customers).sudo()._action_done()
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        internal = self.direct(shelf)
        internal.button_validate()
        self.assertEqual(internal.state, "done")

    def test_returns_come_back(self):
        order = self.sell()
        picking = self.ship(order)
        self.limit()
        self.owe()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertEqual(back.state, "done")

    def test_released_and_expired(self):
        self.limit()
        self.owe()
        order = self.sell(confirm=False)
        for user in (self.manager_a, self.other_director, self.manager_b):
            with self.assertRaises(AccessError):
                order.with_user(user).release_payment("please", self.tomorrow())
        directed = order.with_user(self.director)
        with self.assertRaises(UserError):
            directed.release_payment("", self.tomorrow())
        with self.assertRaises(UserError):
            directed.release_payment("late", fields.Datetime.now())
        wizard = (
            self.env["payment.release.ask"]
            .with_user(self.director)
            .create({"order_id": order.id, "reason": "bank confirmed"})
        )
        wizard.action_confirm()
        release = order.payment_release_ids
        self.assertEqual(release.released_by_id, self.director)
        self.assertIn("is overdue", release.problem)
        with freeze_time(release.until_at + timedelta(minutes=1)):
            with self.assertRaises(UserError):
                order.with_user(self.manager_a).action_confirm()
        order.with_user(self.manager_a).action_confirm()
        with freeze_time(release.until_at + timedelta(minutes=1)):
            with self.assertRaises(UserError):
                self.ship(order)
        self.ship(order)
        with self.assertRaises(AccessError):
            release.with_user(self.director).write({"until_at": self.tomorrow()})
        with self.assertRaises(AccessError):
            self.env["payment.release"].with_user(self.commercial).create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "reason": "by hand",
                    "until_at": self.tomorrow(),
                    "released_by_id": self.commercial.id,
                }
            )

    def test_whole_customer(self):
        self.limit()
        self.owe()
        order, other = self.sell(confirm=False), self.sell(confirm=False)
        order.with_user(self.commercial).release_payment(
            "agreed", self.tomorrow(), whole_customer=True
        )
        other.with_user(self.manager_a).action_confirm()

    def test_released_by_a_deputy(self):
        """Who stands in for the director lets pass, in the director's name."""
        deputy = self.make_user("deputy_director", DIRECTOR)
        self.stand_in(self.director, deputy, scope_direction=True)
        self.limit()
        self.owe()
        order = self.sell(confirm=False)
        with self.assertRaises(AccessError):  # it is the principal's own order
            own = self.make_user("own_deputy", DIRECTOR)
            self.stand_in(self.manager_a, own)
            order.with_user(own).release_payment("mine", self.tomorrow())
        release = order.with_user(deputy).release_payment("agreed", self.tomorrow())
        self.assertEqual(release.released_by_id, deputy)
        self.assertEqual(release.acting_for_id, self.director)
        order.with_user(self.manager_a).action_confirm()

    def test_own_matter(self):
        """Directors with customers of their own do not release them either."""
        self.limit()
        own = self.make_customer("Own", self.director)
        self.owe(customer=own, user_id=self.director.id)
        order = self.sell(customer=own, confirm=False, user_id=self.director.id)
        with self.assertRaises(AccessError):
            order.with_user(self.director).release_payment("mine", self.tomorrow())
        order.with_user(self.commercial).release_payment("checked", self.tomorrow())

    def test_signed_on_the_portal_waits(self):
        self.limit()
        self.owe()
        order = self.sell(confirm=False)
        order._validate_order()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.activity_ids.user_id, self.manager_a)

    def test_only_administrators_write_limits(self):
        with self.assertRaises(AccessError):
            self.env["payment.limit"].with_user(self.commercial).create({})
        limit = self.env["payment.limit"].with_user(self.admin).create({})
        self.assertEqual(limit.mode, "warn")

    def test_other_company_has_other_debts(self):
        self.limit()
        other = self.setup_other_company(name="Other")["company"]
        self.assertFalse(self.customer._overdue(other))
        self.owe()
        self.assertFalse(self.customer._overdue(other))
        self.assertFalse(self.env["payment.limit"]._limits(other.id))
