from odoo import Command
from odoo.tests import tagged

from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class SettlingCommon(StatementCommon):
    """January is paid, February settles what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.march = cls.month("2026-03-01")
        cls.clients = cls.env["customer.class"].create({"name": "A", "code": "A"})

    def scheme_of(self, *components, users=None):
        """Pays by ``components`` alone, named by their codes."""
        payer = self.scheme.with_user(self.payer)
        payer.action_draft()
        payer.component_ids = [
            Command.clear(),
            *(
                Command.create({"name": values["code"], **values})
                for values in components
            ),
        ]
        if users:
            payer.user_ids = users
        payer.action_activate()

    def revise(self, rate, start="2026-02-01"):
        """The next version of the scheme, of another rate."""
        payer = self.scheme.with_user(self.payer)
        revised = payer.browse(payer.action_revise()["res_id"])
        revised.date_from = start
        revised.component_ids.rate_percent = rate
        revised.action_activate()
        return revised

    def pay_month(self, month, *users):
        """Close it and lock its statements; whether they verify is asked as well."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.close_month(month)
        statements = self.Statement.browse()
        for user in users or (self.manager_a,):
            statements |= self.locked(user, month)
        self.assertFalse(statements._verify())
        return statements

    def settled(self, statement):
        """``{(code, month): (base, amount)}`` of lines of earlier months.

        What is behind a line adds up to its base.
        """
        found = {}
        for line in statement.line_ids.filtered("origin_period_id"):
            key = line.code, line.origin_period_id.date_from.month
            self.assertNotIn(key, found)
            found[key] = (line.base, line.amount)
            if line.fact_model:
                self.assert_evidence(line)
        return found

    def assert_evidence(self, line):
        """What is behind a line adds up to its base.

        Behind a customer who is new no more is what is taken away.
        """
        action = line.action_open_evidence()
        facts = self.env[action["res_model"]].sudo().search(action["domain"])
        amount = sum(facts.mapped("amount"))
        if line.kind == "new_customers" and line.base < 0 < amount:
            amount = -amount
        self.assertAlmostEqual(amount, line.base)

    def member(self, customer, start="2026-01-01", end=False):
        return self.env["customer.class.member"].create(
            {
                "partner_id": customer.id,
                "class_id": self.clients.id,
                "company_id": self.company.id,
                "date_from": start,
                "date_to": end,
            }
        )

    def give_back(self, invoice, day, *lines):
        """A credit note of ``lines``, of all of it where there are none."""
        if lines:
            return self.make_document(
                lines,
                "out_refund",
                day,
                reversed_entry_id=invoice.id,
                partner_id=invoice.partner_id.id,
            )
        note = invoice._reverse_moves([{"invoice_date": day}])
        note.action_post()
        return note

    def register(self, invoice, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": day})._create_payments()
