from odoo import fields

from .common import ClaimCommon

LOAN_DAYS = 3


class TestSeams(ClaimCommon):
    """Claims as other areas see them: contacts, the card, what passes to a deputy."""

    def contacts(self, claim):
        return self.env["customer.contact"].search(
            [("source_key", "=", f"customer.claim,{claim.id}")]
        )

    def test_taken_down_is_a_contact(self):
        claim = self.make_claim()
        row = self.contacts(claim)
        self.assertEqual((row.kind, row.user_id), ("claim", self.manager_a))
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(row.action_open_origin()["res_id"], claim.id)
        claim.action_review()
        self.assertEqual(self.contacts(claim), row)

    def test_a_mail_is_none_before_it_is_taken_up(self):
        claim = (
            self.env["customer.claim"]
            .create(
                {"subject": "Torn", "order_id": self.order.id, "source": "mail"},
            )
            .with_user(self.manager_a)
        )
        self.assertFalse(self.contacts(claim))
        claim.action_review()
        self.assertEqual(self.contacts(claim).user_id, self.manager_a)

    def test_on_the_card(self):
        claim = self.make_claim()
        figure = self.env["customer.figure"].search(
            [("partner_id", "=", self.customer.id)]
        )
        mine = figure.with_user(self.manager_a)
        self.assertEqual(mine._claims_count(), 1)
        self.assertIn(("Open claims", 1), mine._card_rows())
        self.step(claim, "withdraw")
        self.assertEqual(mine._claims_count(), 0)
        self.make_claim(review=True, user=self.manager_a)
        self.assertEqual(mine._claims_count(), 1)
        self.assertEqual(figure.with_user(self.manager_b)._claims_count(), 0)

    def test_handed_over(self):
        """Open claims and promises of an absent manager, and how they stand."""
        claim = self.make_claim(claimed_amount=50)
        withdrawn = self.make_claim()
        self.step(withdrawn, "withdraw")
        promise = (
            self.env["payment.promise"]
            .with_user(self.manager_a)
            .create(
                {
                    "partner_id": self.customer.id,
                    "amount": 100,
                    "promised_on": fields.Date.add(fields.Date.today(), days=LOAN_DAYS),
                }
            )
        )
        row = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id})
        )
        row.action_appoint()
        items = row.item_ids.grouped("kind")
        item = items["claim"]
        self.assertEqual((item.res_model, item.res_id), (claim._name, claim.id))
        self.assertEqual((item.status, item.date_due), ("claim_new", claim.due_on))
        self.assertEqual((item.amount, item.partner_id), (50, self.customer))
        promised = items["promise"]
        self.assertEqual((promised.res_id, promised.amount), (promise.id, 100))
        self.assertEqual(
            (promised.status, promised.date_due), ("to_pay", promise.promised_on)
        )
        self.assertNotIn("finding", items)
        mine = item.with_user(self.manager_b)
        self.assertEqual(mine.action_open_record()["res_id"], claim.id)
        claim.with_user(self.manager_b).action_review()
        promise.with_user(self.manager_b).action_withdraw()
        row.item_ids.invalidate_recordset(["status", "is_open"])
        self.assertEqual((item.status, item.is_open), ("claim_review", True))
        self.assertEqual(
            (promised.status, promised.is_open), ("promise_withdrawn", False)
        )
        self.step(claim, "withdraw")
        item.invalidate_recordset(["status", "is_open"])
        self.assertEqual((item.status, item.is_open), ("claim_withdrawn", False))
