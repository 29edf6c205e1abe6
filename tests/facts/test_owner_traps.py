from freezegun import freeze_time

from .test_delivery_facts import DeliveryCommon
from .test_payment_facts import PaymentCommon

BASES = ("order", "delivery", "invoice", "payment")


class TestOwnerTraps(DeliveryCommon, PaymentCommon):
    """Whose a fact is, on every basis, when owners and salespersons change."""

    def sell(self, day):
        with freeze_time(f"{day} 10:00:00"):
            return self.make_sale([(self.cloth, 100)])

    def finish(self, order):
        """Deliver, invoice and pay it, in this order."""
        self.deliver(order, "2026-01-20 10:00:00")
        invoice = self.invoice_order(order, "2026-01-25")
        self.pay(invoice)
        return invoice

    def owners(self, order, invoice):
        """``{basis: (owner, branch, amount)}`` of what counted."""
        result = {}
        for basis in BASES:
            document = order if basis in ("order", "delivery") else invoice
            fact = self.facts(document, basis, status="counted")
            result[basis] = (fact.user_id, fact.branch_id, fact.amount)
        return result

    def assert_owner(self, order, invoice, user, branch):
        expected = dict.fromkeys(BASES, (user, branch, 100.0))
        self.assertEqual(self.owners(order, invoice), expected)

    def test_salesperson_edited_afterwards(self):
        """Trap 2: also on a locked order and on a posted invoice."""
        order = self.sell("2026-01-05")
        invoice = self.finish(order)
        order.action_lock()
        order.user_id = self.manager_b
        invoice.invoice_user_id = self.manager_b
        self.assert_owner(order, invoice, self.manager_a, self.branch)

    def test_customer_handed_over(self):
        """Trap 3: what was ordered before stays, whenever it is delivered and paid."""
        before = self.sell("2026-01-05")
        with freeze_time("2026-01-10 10:00:00"):
            self.customer.user_id = self.manager_b
        after = self.sell("2026-01-12")
        first, second = self.finish(before), self.finish(after)
        self.assert_owner(before, first, self.manager_a, self.branch)
        self.assert_owner(after, second, self.manager_b, self.other_branch)

    def test_manager_changes_branch(self):
        """Trap 19: the branch of the day of the event, not that of today."""
        before = self.sell("2026-01-05")
        member = self.branch.member_ids.filtered(
            lambda row: row.user_id == self.manager_a
        )
        member.date_to = "2026-01-09"
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.other_branch.id,
                "user_id": self.manager_a.id,
                "date_from": "2026-01-10",
            }
        )
        after = self.sell("2026-01-12")
        first, second = self.finish(before), self.finish(after)
        self.assert_owner(before, first, self.manager_a, self.branch)
        self.assert_owner(after, second, self.manager_a, self.other_branch)

    def test_returns_after_leaving(self):
        """Trap 20: who left bears what comes back."""
        invoice = self.make_document([(self.cloth, 100)])
        self.manager_a.active = False
        self.branch.member_ids.date_to = "2026-01-31"
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-10"}])
        refund.action_post()
        self.assertRecordValues(
            self.facts(refund),
            [{"user_id": self.manager_a.id, "status": "counted", "amount": -100.0}],
        )

    def test_lines_are_not_counted_for_documents(self):
        """Trap 9: three lines of 800 that are paid are 800, not three payments."""
        invoice = self.make_document(
            [(self.cloth, 500), (self.cloth, 200), (self.thread, 100)]
        )
        self.pay(invoice)
        for basis in ("invoice", "payment"):
            self.assertEqual(self.counted(invoice, basis), 800, basis)
