from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import ClaimCommon

MAIL = """Return-Path: <{sender}>
To: {to}
From: Buyer <{sender}>
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Date: Fri, 6 Mar 2026 10:00:00 +0100
Message-ID: <{number}@example.com>
{extra}
{body}
"""


class TestMail(ClaimCommon):
    """Mails to the address for claims open one; answers stay with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create({"name": "lakenhal.example"})
        cls.company.alias_domain_id = cls.domain
        cls.settings = cls.env["res.config.settings"].create(
            {"sales_manager_kpi_claim_alias_name": "claims"}
        )
        cls.settings.execute()
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Buyer", "email": "buyer@a.example", "parent_id": cls.customer.id}
        )

    def receive(
        self, number=1, sender="buyer@a.example", extra="", body="Two rolls faded"
    ):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            found = self.env["mail.thread"].message_process(
                False,
                MAIL.format(
                    sender=sender,
                    to="claims@lakenhal.example",
                    subject="Faded cloth",
                    number=number,
                    extra=extra,
                    body=body,
                ),
            )
        return self.env["customer.claim"].browse(found)

    def test_settings(self):
        alias = self.company.sales_manager_kpi_claim_alias_id
        self.assertEqual(alias.alias_full_name, "claims@lakenhal.example")
        again = self.env["res.config.settings"].create({})
        self.assertEqual(again.sales_manager_kpi_claim_alias_name, "claims")
        again.sales_manager_kpi_claim_alias_name = "wrong"
        again.execute()
        self.assertEqual(alias.alias_name, "wrong")
        again.sales_manager_kpi_claim_alias_name = False
        again.execute()
        self.assertFalse(alias.exists())

    def test_mail_of_a_customer(self):
        claim = self.receive()
        self.assertTrue(claim.name.startswith("CL/"))
        self.assertEqual(claim.subject, "Faded cloth")
        self.assertEqual(claim.description, "Two rolls faded")
        self.assertEqual(claim.partner_id, self.buyer)
        self.assertEqual(claim.commercial_partner_id, self.customer)
        self.assertEqual(claim.source, "mail")
        self.assertEqual(claim.user_id, self.manager_a)
        self.assertEqual(claim.company_id, self.company)
        self.assertFalse(claim.opened_by_id)
        self.assertTrue(claim.due_at)
        self.assertEqual(claim.activity_ids.user_id, self.manager_a)
        said = len(claim.message_ids)
        again = self.receive(
            2, extra="In-Reply-To: <1@example.com>", body="And a third"
        )
        self.assertEqual(again, claim)
        self.assertEqual(len(claim.message_ids), said + 1)
        claim.with_user(self.manager_a).action_review()
        self.decide(claim, responsible_user_id=False, fault_area="production")
        told = claim.message_ids.filtered(lambda row: "Verdict" in row.body)
        self.assertIn(self.buyer, told.notified_partner_ids)

    def test_mail_of_somebody(self):
        """An unknown sender opens a claim of nobody, to be given a customer first."""
        claim = self.receive(sender="unknown@nowhere.example")
        self.assertFalse(claim.partner_id)
        self.assertIn("unknown@nowhere.example", claim.email_from)
        with self.assertRaises(AccessError):
            claim.with_user(self.manager_a).action_review()
        with self.assertRaises(UserError):
            claim.with_user(self.commercial).action_review()
        claim.with_user(self.commercial).partner_id = self.customer
        self.assertEqual(claim.user_id, self.manager_a)
        claim.with_user(self.manager_a).action_review()
        self.assertEqual(claim.state, "review")
        self.assertIn(self.customer, claim.message_partner_ids)

    def test_mail_of_a_colleague(self):
        """A colleague who passes a mail on is no customer."""
        self.manager_b.email = "colleague@lakenhal.example"
        claim = self.receive(sender="colleague@lakenhal.example")
        self.assertFalse(claim.partner_id)
