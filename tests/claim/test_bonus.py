from datetime import date

from freezegun import freeze_time

from .common import ClaimCommon


class TestBonus(ClaimCommon):
    """Trade bonuses that ask for it know of claims found unjustified and open."""

    def open_on(self, day, partners=None):
        guard = self.env["trade.bonus.guard"]
        return guard._open_claims(partners or self.customer, day, self.company)

    def test_open_claims(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        with freeze_time("2026-03-10 10:00:00"):
            claim = self.make_claim(review=True)
            self.decide(self.make_claim(review=True))  # justified: none of these
            self.make_claim(review=True)  # not judged yet
            self.decide(claim, verdict="not_justified")
        partners = self.customer | contact | self.rival
        self.assertEqual(
            self.open_on(date(2026, 3, 10), partners),
            {self.customer.id: 1, contact.id: 1, self.rival.id: 0},
        )
        self.assertEqual(self.open_on(date(2026, 3, 9)), {self.customer.id: 0})
        with freeze_time("2026-03-12 10:00:00"):
            claim.action_close()
        self.assertEqual(self.open_on(date(2026, 3, 11)), {self.customer.id: 1})
        self.assertEqual(self.open_on(date(2026, 3, 12)), {self.customer.id: 0})
        with freeze_time("2026-03-16 10:00:00"):
            self.step(claim, "appeal", side="customer")
            self.decide(claim, self.commercial)
        self.assertEqual(self.open_on(date(2026, 3, 16)), {self.customer.id: 0})
        other = self.env["res.company"].create({"name": "Elsewhere"})
        guard = self.env["trade.bonus.guard"]
        self.assertEqual(
            guard._open_claims(self.customer, date(2026, 3, 11), other),
            {self.customer.id: 0},
        )
