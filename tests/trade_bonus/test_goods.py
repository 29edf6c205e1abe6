from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .test_period import PeriodCommon


class TestFreeGoods(PeriodCommon):
    @classmethod
    def _make_world(cls):
        super()._make_world()
        cls.goods = cls.env["product.product"].create(
            {"name": "Cushion", "type": "consu", "list_price": 30.0}
        )
        cls.goods.taxes_id = [Command.clear()]

    def settled(self, **values):
        agreement = self.make_active(
            self.prepare_term((0, 10)),
            payout="goods",
            goods_product_id=self.goods.id,
            **values,
        )
        period = self.approve(self.calculate(agreement.period_ids[0]))
        period.with_user(self.manager_a).action_settle()
        period = period.with_user(self.env.user)
        return period, period.settlement_line_ids.settlement_id

    def test_goods_worth_the_bonus_in_whole_units(self):
        self.invoice("2026-02-01", 1000)
        period, settlement = self.settled()
        order = settlement.order_id
        line = order.order_line
        # 100 at 30 each is 3.33 units
        self.assertEqual((line.product_id, line.product_uom_qty), (self.goods, 4))
        self.assertEqual((line.price_unit, line.discount), (30, 100))
        self.assertEqual((order.state, order.amount_untaxed), ("draft", 0))
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.user_id, self.manager_a)
        self.assertFalse(settlement.move_id)
        self.assertEqual(period.state, "settled")
        self.assertFalse(order.copy().trade_bonus_settlement_id)

    def test_what_was_approved_stays(self):
        self.invoice("2026-02-01", 1000)
        order = self.settled()[1].order_id.with_user(self.manager_a)
        new = {"order_id": order.id, "product_id": self.product.id}
        for change in (
            lambda: order.order_line.write({"product_uom_qty": 40}),
            lambda: order.order_line.create(new),
            lambda: order.order_line.unlink(),
            lambda: order.write({"trade_bonus_settlement_id": False}),
            lambda: order.create(
                {
                    "partner_id": self.customer.id,
                    "trade_bonus_settlement_id": order.trade_bonus_settlement_id.id,
                }
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()

    def test_it_feeds_no_base_and_needs_no_discount_request(self):
        self.make_norms(("manager", {"max_bonus_percent": 50.0}))
        self.invoice("2026-02-01", 1000)
        order = self.settled()[1].order_id
        self.assertFalse(order.order_line._is_governed())
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        ordered = self.make_active(
            self.prepare_term((0, 10), basis="order", net_of_discounts=False),
            date_from="2027-01-01",
            date_to="2027-12-31",
        )
        with freeze_time("2027-07-05 10:00:00"):
            self.calculate(ordered.period_ids[:2])
        period = ordered.period_ids[1]
        self.assertEqual(period.base, 0)
        self.assertEqual(period.base_line_ids.reason, "bonus_note")

    def test_cancelling_restores_and_what_is_cancelled_is_not_given(self):
        self.invoice("2026-02-01", 1000)
        period, settlement = self.settled()
        settlement.with_user(self.director).action_cancel()
        self.assertEqual((settlement.state, period.state), ("cancelled", "approved"))
        order = settlement.order_id
        self.assertEqual(order.state, "cancel")
        order.action_draft()
        with self.assertRaisesRegex(ValidationError, "was cancelled"):
            order.action_confirm()
        period.with_user(self.manager_a).action_settle()
        self.assertEqual(period.state, "settled")

    def test_cancelling_the_order_cancels_the_settlement(self):
        self.invoice("2026-02-01", 1000)
        period, settlement = self.settled()
        settlement.order_id._action_cancel()
        self.assertEqual((settlement.state, period.state), ("cancelled", "approved"))

    def test_delivered_goods_are_taken_back_first(self):
        self.invoice("2026-02-01", 1000)
        _period, settlement = self.settled()
        order = settlement.order_id
        order.action_confirm()
        order.order_line.qty_delivered = 1
        with self.assertRaisesRegex(UserError, "were delivered"):
            settlement.with_user(self.director).action_cancel()
        self.assertEqual(settlement.state, "done")

    def test_what_is_taken_back_is_money(self):
        invoice = self.invoice("2026-02-01", 1000)
        period, _settlement = self.settled()
        self.refund(invoice, "2026-04-10")
        second = self.approve(self.calculate(period.agreement_id.period_ids[1]))
        second.with_user(self.manager_a).action_settle()
        settlement = second.settlement_line_ids.settlement_id
        self.assertEqual(settlement.move_id.amount_untaxed, 100)
        self.assertFalse(settlement.order_id)

    def test_goods_without_a_price_and_agreements_without_goods(self):
        self.invoice("2026-02-01", 1000)
        self.goods.list_price = 0
        with self.assertRaisesRegex(UserError, "has no price"):
            self.settled()
        draft = self.make_agreement(payout="goods", allow_double=True)
        with self.assertRaisesRegex(UserError, "choose the goods"):
            draft.action_submit()
