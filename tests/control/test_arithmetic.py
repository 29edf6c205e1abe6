from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .common import ControlCommon

CENTS = st.integers(-20000, 20000).filter(bool)


def oracle(items, today):
    """(overdue, next due) of ``[(cents, due day)]``, one cent's debt after the other.

    Credits pay the oldest debts first, whatever the day of the credit.
    """
    credit = -sum(cents for cents, _day in items if cents < 0)
    overdue, next_due = 0, None
    for cents, day in sorted((i for i in items if i[0] > 0), key=lambda item: item[1]):
        covered = min(credit, cents)
        credit -= covered
        left = cents - covered
        if left and next_due is None:
            next_due = day
        if left and day < today:
            overdue += left
    return overdue, next_due


class TestOverdueArithmetic(ControlCommon):
    """Overdue amounts of orders and customers against the plainest way to count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.sell(quantity=10)
        cls.documents = [
            cls.invoice_line(move_type)
            for move_type in ("out_invoice", "out_refund")
            for _number in range(4)
        ]
        cls.settle()

    @classmethod
    def invoice_line(cls, move_type):
        """A posted document of the order; its due line is written by each example."""
        move = cls.make_invoice(move_type=move_type)
        move.invoice_line_ids.sale_line_ids = cls.order.order_line
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(st.tuples(CENTS, st.integers(-40, 40)), max_size=8).filter(
            lambda items: (
                sum(cents > 0 for cents, _ in items) <= 4
                and sum(cents < 0 for cents, _ in items) <= 4
            )
        )
    )
    def test_as_counted_one_by_one(self, items):
        items = [(cents, self.today + timedelta(days=day)) for cents, day in items]
        self.write_dues(items)
        self.env["sale.order.control"]._reconcile_batch(self.order.id - 1)
        row = self.control(self.order)
        overdue, next_due = oracle(items, self.today)
        self.assertAlmostEqual(row.overdue_amount, overdue / 100, places=2)
        self.assertEqual(row.next_due_on or None, next_due)
        days = (self.today - next_due).days if overdue else 0
        self.assertEqual(row.overdue_days, days)
        found = self.customer._overdue(self.company).get(self.customer.id, (0, 0))
        self.assertAlmostEqual(found[0], overdue / 100, places=2)
        self.assertEqual(found[1], days)

    def write_dues(self, items):
        debts, credits = self.documents[:4], self.documents[4:]
        left = {line.id: (0, self.today) for line in self.documents}
        for number, item in enumerate(i for i in items if i[0] > 0):
            left[debts[number].id] = item
        for number, item in enumerate(i for i in items if i[0] < 0):
            left[credits[number].id] = item
        self.env.flush_all()
        for line_id, (cents, day) in left.items():
            self.env.cr.execute(
                "UPDATE account_move_line SET amount_residual = %s, date_maturity = %s,"
                " amount_residual_currency = %s, reconciled = %s WHERE id = %s",
                (cents / 100, day, cents / 100, not cents, line_id),
            )
        self.env.invalidate_all()
