from collections import defaultdict
from decimal import Decimal

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from .settling import SettlingCommon

RATES = {1: 2.0, 2: 3.0, 3: 5.0}
STEPS = ("sale", "part", "whole", "swap", "undo")


class TestNetsToTheFinalState(SettlingCommon):
    """Three months of sales, credit notes and changed owners, each at another rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for month in (2, 3):
            payer = cls.scheme.with_user(cls.payer)
            revised = payer.browse(payer.action_revise()["res_id"])
            revised.date_from = f"2026-0{month}-01"
            revised.component_ids.rate_percent = RATES[month]
            revised.action_activate()
            cls.scheme = revised
        cls.people = cls.manager_a | cls.manager_b
        # every month pays both, so that each has a rate
        for month in RATES:
            for customer in (cls.customer, cls.customer_b):
                cls.make_document(
                    [(cls.cloth, 5000.0)],
                    date=f"2026-0{month}-02",
                    partner_id=customer.id,
                )

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 3),
                st.sampled_from(STEPS),
                st.integers(0, 3),
                st.integers(1, 9),
            ),
            min_size=2,
            max_size=8,
        )
    )
    # sold, owned by somebody else afterwards, given back in two months
    @example(
        [(1, "sale", 0, 7), (2, "part", 0, 3), (3, "swap", 0, 1), (3, "whole", 0, 1)]
    )
    # a credit note of a closed month that is undone later
    @example([(1, "sale", 0, 9), (2, "part", 0, 3), (3, "undo", 0, 1)])
    def test_any_order(self, steps):
        with self.env.cr.savepoint() as savepoint:
            self.sold, self.notes = [], []
            for month in (1, 2, 3, 4):
                for _month, name, number, hundreds in sorted(
                    (one for one in steps if one[0] == month), key=lambda one: one[0]
                ):
                    getattr(self, f"step_{name}")(month, number, 100.0 * hundreds)
                self.env.flush_all()
                self.env.invalidate_all()
                self.close_month(self.month(f"2026-0{month}-01"))
            self.assertEqual(self.paid(), self.expected())
            savepoint.rollback()
            self.env.transaction.clear()

    def test_a_full_refund_nets_to_zero(self):
        self.sold, self.notes = [], []
        self.step_sale(1, 0, 777.77)
        self.close_month(self.january)
        self.step_part(2, 0, 333.33)
        self.close_month(self.february)
        self.step_whole(3, 0, 0.0)
        self.close_month(self.march)
        self.assertEqual(
            self.paid(), {"manager_a": Decimal(500), "manager_b": Decimal(500)}
        )

    def paid(self):
        """What all months paid, with what they took back."""
        paid = defaultdict(Decimal)
        for statement in self.Statement.search([("user_id", "in", self.people.ids)]):
            paid[statement.user_id.login] += Decimal(str(statement.variable))
        return dict(paid)

    def expected(self):
        """What is live in the end, each at the rate of the month that sold it."""
        expected = defaultdict(Decimal)
        Fact = self.env["sales.fact.report"].sudo()
        self.env.flush_all()
        Fact.invalidate_model()
        for fact in Fact.search(
            [
                ("company_id", "=", self.company.id),
                ("basis", "=", "invoice"),
                ("status", "=", "counted"),
                ("date", ">=", "2026-01-01"),
            ]
        ):
            origin = fact.move_id.reversed_entry_id or fact.move_id
            rate = Decimal(str(RATES[origin.invoice_date.month]))
            amount = Decimal(str(round(fact.amount, 2)))
            expected[fact.user_id.login] += amount * rate / 100
        return dict(expected)

    # ------------------------------------------------------------------
    # Steps; what cannot be done now does nothing
    # ------------------------------------------------------------------

    def pick(self, number):
        return self.sold[number % len(self.sold)] if self.sold else None

    def left_of(self, invoice):
        notes = [note for note in self.notes if note.state == "posted"]
        own = [note for note in notes if note.reversed_entry_id == invoice]
        return round(
            invoice.amount_untaxed - sum(note.amount_untaxed for note in own), 2
        )

    def step_sale(self, month, number, amount):
        customer = self.customer_b if number % 2 else self.customer
        self.sold.append(
            self.make_document(
                [(self.cloth, amount)],
                date=f"2026-0{month}-10",
                partner_id=customer.id,
            )
        )

    def step_part(self, month, number, amount):
        invoice = self.pick(number)
        if invoice and self.left_of(invoice):
            amount = min(amount, self.left_of(invoice))
            self.notes.append(
                self.give_back(invoice, f"2026-0{month}-20", (self.cloth, amount))
            )

    def step_whole(self, month, number, _amount):
        invoice = self.pick(number)
        if invoice:
            self.step_part(month, number, self.left_of(invoice))

    def step_swap(self, _month, number, _amount):
        invoice = self.pick(number)
        if invoice:
            other = self.people - invoice.credited_user_id
            branch = self.branch if other == self.manager_a else self.other_branch
            invoice._store_credit({invoice.id: (other.id, branch.id, "owner")})

    def step_undo(self, _month, number, _amount):
        posted = [note for note in self.notes if note.state == "posted"]
        if posted:
            posted[number % len(posted)].button_draft()
