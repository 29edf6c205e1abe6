from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .common import ClosingCommon


@freeze_time("2026-02-10 12:00:00")
class TestSignal(ClosingCommon):
    def signals(self, user=None):
        Signal = self.env["sales.signal"].with_user(user or self.commercial)
        Signal.invalidate_model()
        return Signal.search([("company_id", "=", self.company.id)])

    def refund(self, move, amount, day, **values):
        return self.make_document(
            [(self.thread, amount)],
            "out_refund",
            date=day,
            reversed_entry_id=move.id,
            partner_id=move.partner_id.id,
            **values,
        )

    def test_sold_at_month_end_and_credited_after_it(self):
        early = self.make_document([(self.thread, 70.0)], date="2026-01-26")
        late = self.make_document([(self.thread, 90.0)], date="2026-01-27")
        for move in (early, late):
            self.refund(move, 40.0, "2026-02-03")
            self.refund(move, 10.0, "2026-02-04")
        self.refund(late, 1.0, "2026-01-29")  # within the month: no spike
        signal = self.signals()
        self.assertEqual((signal.kind, signal.move_id), ("returned", late))
        self.assertEqual((signal.amount, signal.user_id), (-50.0, self.manager_a))
        self.assertEqual(signal.action_open_document()["res_id"], late.id)

    def test_confirmed_again_in_another_month(self):
        with freeze_time("2026-01-15"):
            same, other = (self.make_sale([(self.thread, 40.0)]) for __ in range(2))
            for order in (same, other):
                order._action_cancel()
                order.action_draft()
            same.action_confirm()
        other.action_confirm()
        signal = self.signals()
        self.assertEqual((signal.kind, signal.order_id), ("confirmed_again", other))
        self.assertEqual(signal.amount, 40.0)

    def test_handed_over_in_the_last_days(self):
        with freeze_time("2026-01-30"):
            self.customer.user_id = self.manager_b
        with freeze_time("2026-02-10"):
            self.customer_b.user_id = self.manager_a
        signal = self.signals()
        self.assertEqual(
            (signal.kind, signal.partner_id, signal.user_id, signal.other_user_id),
            ("handed_over", self.customer, self.manager_b, self.manager_a),
        )
        self.assertEqual(signal, self.signals(self.other_director))
        self.assertFalse(self.signals(self.director), "of the other branch")

    def test_credit_note_for_somebody_else(self):
        move = self.make_document([(self.thread, 70.0)])
        back = self.refund(move, 30.0, "2026-01-20")
        self.assertFalse(self.signals())
        back._store_credit(
            {back.id: (self.manager_b.id, self.other_branch.id, "owner")}
        )
        signal = self.signals()
        self.assertEqual(
            (signal.kind, signal.user_id, signal.other_user_id),
            ("credited_elsewhere", self.manager_a, self.manager_b),
        )

    def test_for_directors(self):
        for user in (self.manager_a, self.plain):
            with self.assertRaises(AccessError):
                self.signals(user)
        Signal = self.env["sales.signal"].with_user(self.director)
        Signal.get_views([(False, kind) for kind in ("list", "pivot", "search")])
