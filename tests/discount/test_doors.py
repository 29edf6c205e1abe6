from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestDoors(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)

    def beyond(self, **values):
        return self.make_quotation((self.cloth, 2, {"discount": 15}), **values)

    def pay(self, order):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": order.name,
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def todo(self, order):
        return order.activity_ids.filtered(lambda a: a.user_id == self.manager_a)

    def test_payment_waits(self):
        """T19: money was taken; nothing fails, the salesperson is told."""
        order = self.beyond(state="sent")
        confirmed = self.pay(order)._check_amount_and_confirm_order()
        self.assertFalse(confirmed)
        self.assertEqual(order.state, "sent")
        self.assertEqual(len(self.todo(order)), 1)
        self.assertIn("15.00 %", " ".join(order.message_ids.mapped("body")))

    def test_shop_cart_waits(self):
        """The door that shops use: paid, or nothing to pay, the order waits."""
        cart = self.beyond(state="draft", user_id=False)
        visitor = self.env.ref("base.public_user")
        tx = self.pay(cart).with_user(visitor).sudo()
        self.assertFalse(tx._check_amount_and_confirm_order())
        self.assertEqual(cart.state, "draft")
        cart.with_user(visitor).sudo()._validate_order()
        self.assertEqual(cart.state, "draft")
        self.assertIn("15.00 %", " ".join(cart.message_ids.mapped("body")))
        cart.order_line.discount = 0
        self.assertEqual(tx._check_amount_and_confirm_order(), cart)
        self.assertEqual(cart.state, "sale")

    def test_payment_of_a_norm_order(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 10}), state="sent")
        confirmed = self.pay(order)._check_amount_and_confirm_order()
        self.assertEqual(confirmed, order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.todo(order))

    def test_signed_in_the_portal(self):
        order = self.beyond(state="sent", require_signature=True)
        public = order.with_user(self.env.ref("base.public_user")).sudo()
        self.assertFalse(public._has_to_be_signed())
        self.assertFalse(public._has_to_be_paid())
        self.assertFalse(public._can_be_edited_on_portal())
        public._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(len(self.todo(order)), 1)
        order.order_line.discount = 10
        self.assertTrue(public._has_to_be_signed())
        self.assertTrue(public._can_be_edited_on_portal())
        public._validate_order()
        self.assertEqual(order.state, "sale")

    def test_public_has_no_authority_of_its_own(self):
        """T19: portal and jobs are judged by the salesperson's authority."""
        order = self.make_quotation(
            (self.cloth, 2, {"discount": 15}), user=self.director
        )
        public = order.with_user(self.env.ref("base.public_user")).sudo()
        self.assertFalse(public._discount_error())
        self.assertTrue(order.with_user(self.manager_a)._discount_error())
        order.user_id = self.manager_a
        self.assertTrue(public._discount_error())

    def test_composer_opened_in_time(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 10}))
        theirs = order.with_user(self.manager_a)
        theirs.action_quotation_send()
        order.order_line.discount = 15
        with self.assertRaises(UserError):
            theirs.with_context(mark_so_as_sent=True).message_post(body="Offer")
        self.assertEqual(order.state, "draft")
        theirs.message_post(body="A note is none")
        order.order_line.discount = 10
        theirs.with_context(mark_so_as_sent=True).message_post(body="Offer")
        self.assertEqual(order.state, "sent")

    def schedule(self, order, body):
        """The offer, planned by the salesperson as the composer does."""
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.manager_a)
            .with_context(mark_so_as_sent=True)
            .create(
                {
                    "body": body,
                    "composition_mode": "comment",
                    "model": order._name,
                    "partner_ids": [Command.set(order.partner_id.ids)],
                    "res_ids": str(order.ids),
                    "scheduled_date": str(fields.Datetime.now() + timedelta(hours=2)),
                    "subject": "Offer",
                }
            )
        )
        composer.action_schedule_message()
        return self.env["mail.scheduled.message"].search([("res_id", "=", order.id)])

    def test_planned_in_time(self):
        """What counts is the moment at which the planned offer leaves."""
        self.customer.email = "customer@example.com"
        kept, spoilt = (
            self.make_quotation((self.cloth, 2, {"discount": 10})) for _two in range(2)
        )
        for order in (kept, spoilt):
            self.assertTrue(self.schedule(order, "Your price"))
        spoilt.order_line.discount = 15
        later = fields.Datetime.now() + timedelta(hours=3)
        with freeze_time(later), mute_logger("odoo.addons.mail.models"):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertEqual((kept.state, spoilt.state), ("sent", "draft"))
        self.assertTrue(self.told(kept, "Your price"))
        self.assertFalse(self.told(spoilt, "Your price"))
        notice = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.manager_a.partner_id.ids)], limit=1
        )
        self.assertIn("could not be sent", notice.subject)

    def told(self, order, body):
        return order.message_ids.filtered(lambda message: body in message.body)

    def test_planned_and_sent_at_once(self):
        self.customer.email = "customer@example.com"
        order = self.make_quotation((self.cloth, 2, {"discount": 10}))
        message = self.schedule(order, "Your price").with_user(self.manager_a)
        order.order_line.discount = 15
        with self.assertRaises(UserError):
            message.post_message()
        self.assertEqual(order.state, "draft")
        self.assertFalse(self.told(order, "Your price"))

    def test_paper_says_it(self):
        order = self.beyond()
        self.assertIn("Not approved", self.printed(order))
        order.order_line.discount = 0
        self.assertNotIn("Not approved", self.printed(order))

    def printed(self, order):
        html, __ = self.env["ir.actions.report"]._render_qweb_html(
            "sale.action_report_saleorder", order.ids
        )
        return html.decode()

    def test_copy_of_old_prices(self):
        """T7: a copy is judged by today's norm, and says where its prices are old."""
        order = self.make_quotation((self.cloth, 2, {}))
        self.cloth.list_price = 80
        dear = order.copy()
        self.assertAlmostEqual(dear.order_line.price_unit, 100)
        self.assertIn("today's norm", dear.message_ids[0].preview)
        self.cloth.list_price = 200
        cheap = order.copy()
        self.assertIn("50.00 %", cheap.with_user(self.manager_a)._discount_error())
        self.cloth.list_price = 100
        same = order.copy()
        self.assertNotIn("today's norm", " ".join(same.message_ids.mapped("body")))

    def test_copy_of_a_manual_discount(self):
        order = self.beyond()
        self.assertTrue(order.copy().with_user(self.manager_a)._discount_error())


class TestPoints(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"reward_point_mode": "order"})],
                "reward_ids": [
                    Command.create({"discount": 10, "required_points": 1000})
                ],
            }
        )
        cls.card = cls.env["loyalty.card"].create(
            {
                "program_id": cls.program.id,
                "partner_id": cls.customer.id,
                "points": 5,
            }
        )

    def test_points_by_hand(self):
        """T9: a salesperson adds no points, whether norms are in force or not."""
        theirs = self.card.with_user(self.manager_a)
        with self.assertRaises(AccessError):
            theirs.points = 6
        self.make_policy(TEN)
        with self.assertRaises(AccessError):
            theirs.points = 999
        wizard = self.env["loyalty.card.update.balance"].with_user(self.manager_a)
        with self.assertRaises(AccessError):
            wizard.create(
                {"card_id": self.card.id, "new_balance": 999, "description": "x"}
            ).action_update_card_point()
        with self.assertRaises(AccessError):
            # what a client may send is no pass
            theirs.with_context(discount_checked=True).points = 999
        self.card.with_user(self.director).points = 7
        self.assertEqual(self.card.points, 7)

    def test_orders_move_points(self):
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 1, {}))
        theirs = order.with_user(self.manager_a)
        theirs._update_programs_and_rewards()
        theirs.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.card.points, 6)
        # core lets salespeople cancel no order that gave points
        seller = self.make_user("seller", "sales_team.group_sale_manager")
        order.with_user(seller)._action_cancel()
        self.assertEqual(self.card.points, 5)
