import random

from odoo import fields

from .settling import SettlingCommon

MONTHS = 4
# sold (also dated back), credit note, draft again, given to somebody else, cancelled
DEEDS = "sssbbccdoz"
PAYING = f"{DEEDS}pppp"
OWED = ("not_paid", "partial")


class TestSettledInTheEnd(SettlingCommon):
    """Whatever happens late: in the end everybody got what the documents say.

    What happens is thrown by a die, the same for the same number. More lives than these
    were lived when the test was written.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme_of(
            cls,
            {"code": "deals", "rate_percent": 2.0, "hold_percent": 50.0},
            {"code": "each", "kind": "new_customers", "amount": 50.0},
            {"code": "share", "kind": "new_customers", "rate_percent": 10.0},
            {
                "code": "team",
                "kind": "team_override",
                "rate_percent": 1.0,
                "hold_percent": 30.0,
            },
            users=cls.manager_a | cls.manager_b | cls.director | cls.other_director,
        )
        cls.managers = cls.manager_a, cls.manager_b
        cls.heads = cls.director, cls.other_director
        cls.customers = [
            cls.make_customer(f"{number} Ltd", cls.managers[number % 2])
            for number in range(4)
        ]
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"

    def test_first_life(self):
        self.assertEqual(self.lived_through(36), self.expected())

    def test_second_life(self):
        self.assertEqual(self.lived_through(40), self.expected())

    def test_third_life(self):
        self.assertEqual(self.lived_through(212), self.expected())

    def test_fourth_life(self):
        self.assertEqual(self.lived_through(222), self.expected())

    def test_life_with_payments(self):
        self.assertEqual(self.lived_through(304, PAYING), self.expected())

    def test_life_with_payments_and_drafts(self):
        self.assertEqual(self.lived_through(314, PAYING), self.expected())

    def day(self, month, number):
        return fields.Date.to_date(f"2026-{month:02d}-{number:02d}")

    def something_happens(self, month, dice, invoices, deeds):
        day = self.day(month, dice.randint(1, 28))
        posted = [one for one in invoices if one.state == "posted"]
        deed = dice.choice(deeds if posted else "s")
        price = 10.0 * dice.randint(1, 90)
        if deed in "sb":
            if deed == "b":  # dated back
                day = self.day(dice.randint(1, month), day.day)
            customer = dice.choice(self.customers)
            invoices.append(
                self.make_document(
                    [(self.cloth, price)], date=day, partner_id=customer.id
                )
            )
            return
        invoice = dice.choice(posted)
        if deed == "c" and invoice.invoice_date <= day:
            price = min(price, invoice.amount_untaxed)
            self.give_back(invoice, day, (self.cloth, price))
        elif deed == "d":
            invoice.button_draft()
        elif deed == "p":
            if invoice.payment_state == "not_paid" and invoice.invoice_date <= day:
                self.register(invoice, day)
        elif deed == "z":
            invoice.button_draft()
            invoice.button_cancel()
        elif deed == "o":
            other = dice.choice(self.managers)
            branch = self.branch if other == self.manager_a else self.other_branch
            moves = invoice | invoice.reversal_move_ids
            moves._store_credit(
                dict.fromkeys(moves.ids, (other.id, branch.id, "owner"))
            )

    def all_pay(self, invoices, day):
        for invoice in invoices:
            if invoice.state == "posted" and invoice.payment_state in OWED:
                self.register(invoice, day)

    def expected(self):
        """``{user: amount}`` by the documents as they stand, all months at once."""
        Fact = self.env["sales.fact.report"]
        days = self.day(1, 1), self.day(12, 31)
        new = Fact._new_customers(self.company, *days, live=True)
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        found = {user: 50.0 * len(new.get(user.id, ())) for user in self.managers}
        found.update(dict.fromkeys(self.heads, 0.0))
        for move in moves:
            amount = move.amount_untaxed_signed
            user = move.credited_user_id
            found[user] += 0.02 * amount
            first = new.get(user.id, {}).get(move.commercial_partner_id.id)
            home = (move.reversed_entry_id or move).invoice_date
            if first and first.month == home.month:
                found[user] += 0.1 * amount
            for head in self.heads:
                if move.credited_branch_id.director_id == head and user != head:
                    found[head] += 0.01 * amount
        return {user.login: round(amount, 2) for user, amount in found.items()}

    def lived_through(self, seed, deeds=DEEDS):
        people = *self.managers, *self.heads
        dice, invoices, paid = random.Random(seed), [], dict.fromkeys(people, 0.0)
        for month in range(1, MONTHS + 2):
            for _deed in range(dice.randint(3, 9) if month <= MONTHS else 0):
                self.something_happens(month, dice, invoices, deeds)
            if month > MONTHS:
                self.all_pay(invoices, self.day(month, 2))
            self.env.flush_all()
            self.env.invalidate_all()
            for one in self.pay_month(self.month(f"2026-{month:02d}-01"), *people):
                paid[one.user_id] += one.variable - one.held + one.released
        return {user.login: round(amount, 2) for user, amount in paid.items()}
