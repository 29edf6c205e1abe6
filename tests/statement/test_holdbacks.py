from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.sales_manager_kpi.engine.pay_month import (
    canonical,
    month_salary,
    seal,
)

from .common import StatementCommon

CENTS = st.decimals(0, 10**5, places=2)


@tagged("standard", "post_install", "-at_install")
class TestHoldbacks(StatementCommon):
    """Half of it waits until the customer has paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        payer = cls.scheme.with_user(cls.payer)
        payer.action_draft()
        payer.component_ids.write(
            {
                "hold_percent": 50.0,
                "decay_ids": [
                    Command.create({"days_late": 1, "kept_percent": 80.0}),
                ],
            }
        )
        payer.action_activate()

    def pay(self, invoice, day):
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create({"payment_date": day})._create_payments()

    def test_held_and_released(self):
        term = self.env.ref("account.account_payment_term_30days")
        on_time = self.make_document(
            [(self.cloth, 10000.0)], invoice_payment_term_id=term.id
        )
        late = self.make_document(
            [(self.cloth, 20000.0)], invoice_payment_term_id=term.id
        )
        self.close_month(self.january)
        january = self.locked()
        self.assertRecordValues(
            january, [{"variable": 600.0, "held": 300.0, "payable": 300.0}]
        )
        self.assertRecordValues(
            january.holdback_ids.sorted("amount"),
            [
                {"move_id": on_time.id, "amount": 100.0, "remaining": 100.0},
                {"move_id": late.id, "amount": 200.0, "remaining": 200.0},
            ],
        )
        self.pay(on_time, "2026-02-10")
        self.pay(late, "2026-02-20")
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        # due on 14 February: the second is late, of 200 remain 160
        self.assertRecordValues(february, [{"released": 260.0, "payable": 260.0}])
        self.assertEqual(
            sorted(february.release_ids.mapped("lost")),
            [0.0, 40.0],
        )
        self.assertIn("160", february.release_ids.sorted("lost")[-1].trace_text)
        self.Statement._compute_period(self.february)
        self.assertEqual(february.released, 260.0)
        self.locked(period=self.february)
        january.holdback_ids.invalidate_recordset()
        self.assertEqual(sum(january.holdback_ids.mapped("remaining")), 0.0)
        self.assertFalse((january | february)._verify())
        march = self.month("2026-03-01")
        self.close_month(march)
        self.assertFalse(self.statement(self.manager_a, march).released)
        february.with_user(self.payer)._reverse("Again")
        # computed anew by that, and released by the statement that follows
        self.assertEqual(self.statement(self.manager_a, self.february).released, 260.0)

    def test_nobody_waits_for_a_cancelled_invoice(self):
        """What it brought is taken back in whole, so what was held of it is let go."""
        invoice = self.make_document([(self.cloth, 10000.0)])
        self.close_month(self.january)
        january = self.locked()
        self.assertRecordValues(january, [{"variable": 200.0, "held": 100.0}])
        invoice.button_draft()
        invoice.button_cancel()
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        self.assertRecordValues(
            february, [{"variable": -200.0, "released": 100.0, "carry_out": -100.0}]
        )
        # nothing was sold in the end, and nothing is paid for it
        self.assertEqual(january.payable + february.carry_out, 0.0)

    def test_given_back_in_part_and_paid_late(self):
        """A delay takes nothing of what the credit note has taken already."""
        term = self.env.ref("account.account_payment_term_30days")
        invoice = self.make_document(
            [(self.cloth, 10000.0)], invoice_payment_term_id=term.id
        )
        self.close_month(self.january)
        self.assertRecordValues(self.locked(), [{"variable": 200.0, "held": 100.0}])
        note = self.make_document(
            [(self.cloth, 4000.0)],
            "out_refund",
            "2026-02-05",
            reversed_entry_id=invoice.id,
        )
        (invoice | note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self.pay(invoice, "2026-02-20")
        self.close_month(self.february)
        february = self.statement(self.manager_a, self.february)
        # 40 of the 100 went with the credit note's -80; 80 % of the other 60 remain
        self.assertRecordValues(february, [{"variable": -80.0, "released": 88.0}])
        self.assertEqual(february.release_ids.lost, 12.0)
        self.locked(period=self.february)
        self.assertFalse(february._verify())


@tagged("standard", "post_install", "-at_install")
class TestMonthSalary(BaseCase):
    first, last = date(2026, 4, 1), date(2026, 4, 30)

    @given(CENTS)
    def test_whole_month(self, amount):
        """In whatever pieces a salary is written down, a month of it is the same."""
        pieces = [(date(2026, 4, day), None, amount) for day in (1, 7, 20)]
        for rows in ([(date(2020, 1, 1), None, amount)], pieces, pieces[::-1]):
            self.assertEqual(month_salary(rows, self.first, self.last), amount)

    @given(CENTS, CENTS, st.integers(1, 30))
    def test_lies_between(self, one, other, day):
        rows = [(date(2026, 1, 1), None, one), (date(2026, 4, day), None, other)]
        salary = month_salary(rows, self.first, self.last)
        self.assertTrue(min(one, other) <= salary <= max(one, other))

    def test_edges(self):
        leaver = [(date(2026, 1, 1), date(2026, 4, 10), Decimal(3000))]
        self.assertEqual(month_salary(leaver, self.first, self.last), Decimal(1000))
        self.assertEqual(month_salary([], self.first, self.last), 0)
        later = [(date(2026, 5, 1), None, Decimal(9))]
        self.assertEqual(month_salary(later, self.first, self.last), 0)

    @given(st.dictionaries(st.text(max_size=5), CENTS))
    def test_one_spelling(self, values):
        again = dict(reversed(list(values.items())))
        scaled = {key: value * Decimal("1.000") for key, value in again.items()}
        self.assertEqual(canonical(values), canonical(scaled))
        self.assertEqual(seal(values), seal(scaled))
        self.assertNotEqual(seal({**values, "new": Decimal(1)}), seal(values))
