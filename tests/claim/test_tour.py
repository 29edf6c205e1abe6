import base64

from odoo import Command, http
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from .common import ClaimCommon

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestClaimTour(ClaimCommon, HttpCase):
    def test_opened_and_decided(self):
        """From the order to the claim, and to the verdict of the director."""
        self.start_tour(
            f"/odoo/action-sale.action_orders/{self.order.id}",
            "sales_claim_open",
            login="manager_a",
        )
        claim = self.env["customer.claim"].search([])
        self.assertEqual(
            (claim.state, claim.partner_id, claim.fault_area),
            ("review", self.customer, "manager"),
        )
        self.start_tour(
            f"/odoo/customer-claims/{claim.id}", "sales_claim_decide", login="director"
        )
        self.assertEqual((claim.state, claim.verdict), ("closed", "partly"))
        self.assertEqual(claim.decided_by_id, self.director)
        self.assertTrue(claim.counts)


class TestClaimPortal(ClaimCommon, HttpCase):
    """What customers open and see in the portal, and what nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.make_portal_user("buyer", cls.customer)
        cls.stranger = cls.make_portal_user("stranger", cls.rival)
        cls.claim = cls.make_claim(subject="Faded cloth", description="Two rolls")

    @classmethod
    def make_portal_user(cls, login, customer):
        """A contact of ``customer`` with a log-in."""
        user = new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = customer
        return user

    def get(self, url, user=None):
        self.env.flush_all()
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(url, allow_redirects=False)

    def post(self, user=None, files=(), order=None, **values):
        order = order or self.order
        self.env.flush_all()
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(
            f"/my/orders/{order.id}/claim",
            data={"csrf_token": http.Request.csrf_token(self), **values},
            files=[("photos", one) for one in files] or None,
            allow_redirects=False,
        )

    def test_the_customer_sees_their_own(self):
        self.make_claim(user=self.manager_b, order_id=False, partner_id=self.rival.id)
        answer = self.get("/my/claims", self.buyer)
        self.assertIn("Faded cloth", answer.text)
        self.assertNotIn("Wrong colour", answer.text)
        self.assertNotIn("Faded cloth", self.get("/my/claims", self.stranger).text)
        self.claim.action_review()
        self.decide(self.claim, note="They were old", remedy="goodwill")
        page = self.get(f"/my/claims/{self.claim.id}", self.buyer)
        self.assertEqual(page.status_code, 200)
        for words in ("Two rolls", "They were old", "Justified", self.order.name):
            self.assertIn(words, page.text)
        for secret in ("manager_a", "director", "100"):
            self.assertNotIn(f">{secret}<", page.text)
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["customer_claim_count"]}
        )
        self.assertEqual(answer["customer_claim_count"], 1)

    @mute_logger(*RULES)
    def test_nobody_else_does(self):
        for user in (self.stranger, None):
            for query in ("", "?report_type=pdf", "?access_token=foo"):
                answer = self.get(f"/my/claims/{self.claim.id}{query}", user)
                self.assertEqual(answer.status_code, 303, (user, query))
            answer = self.get(f"/my/orders/{self.order.id}/claim", user)
            self.assertEqual(answer.status_code, 303)
            answer = self.post(user, subject="Not mine")
            self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", self.get("/my/claims").headers["Location"])
        self.assertEqual(self.env["customer.claim"].search_count([]), 1)
        answer = self.get(f"/my/claims/{self.claim.id + 1000}", self.buyer)
        self.assertEqual(answer.status_code, 303)

    def test_colleagues_by_their_rights(self):
        self.assertEqual(
            self.get(f"/my/claims/{self.claim.id}", self.manager_a).status_code, 200
        )
        with mute_logger(*RULES):
            answer = self.get(f"/my/claims/{self.claim.id}", self.manager_b)
        self.assertEqual(answer.status_code, 303)

    def test_the_key_opens_one_claim(self):
        other = self.make_claim()
        self.claim._portal_ensure_token()
        token = self.claim.access_token
        page = self.get(f"/my/claims/{self.claim.id}?access_token={token}")
        self.assertEqual(page.status_code, 200)
        page = self.get(f"/my/claims/{other.id}?access_token={token}")
        self.assertEqual(page.status_code, 303)

    def test_opened_from_an_order(self):
        form = self.get(f"/my/orders/{self.order.id}/claim", self.buyer)
        self.assertEqual(form.status_code, 200)
        kind = self.env.ref("sales_manager_kpi.customer_claim_kind_quality")
        answer = self.post(
            self.buyer,
            files=[("roll.png", PIXEL, "image/png")],
            subject="A hole",
            description="In the middle",
            kind_id=str(kind.id),
            picking_id=str(self.delivery.id),
        )
        self.assertEqual(answer.status_code, 303)
        claim = self.env["customer.claim"].search([("subject", "=", "A hole")])
        self.assertIn(f"/my/claims/{claim.id}", answer.headers["Location"])
        self.assertEqual(claim.source, "portal")
        self.assertEqual(claim.partner_id, self.buyer.partner_id)
        self.assertEqual(claim.opened_by_id, self.buyer)
        self.assertEqual((claim.kind_id, claim.picking_id), (kind, self.delivery))
        self.assertEqual(claim.user_id, self.manager_a)
        self.assertEqual(claim.responsible_user_id, self.manager_a)
        self.assertEqual(claim._photos().name, "roll.png")
        said = claim.message_ids.filtered("attachment_ids")
        self.assertEqual(said.author_id, self.buyer.partner_id)
        self.assertIn(self.buyer.partner_id, claim.message_partner_ids)
        self.assertEqual(claim.activity_ids.user_id, self.manager_a)
        self.assertIn("A hole", self.get(answer.headers["Location"], self.buyer).text)

    def test_bad_input(self):
        draft = self.make_cloth_order(self.customer)
        draft.state = "sent"
        other = self.deliver(self.make_cloth_order(self.customer))
        before = self.env["customer.claim"].search_count([])
        for values in (
            {"subject": " "},
            {"subject": "Draft", "order": draft},
            {"subject": "Script", "files": [("a.html", b"<script/>", "image/png")]},
            {"subject": "Many", "files": [("a.png", PIXEL, "image/png")] * 11},
        ):
            answer = self.post(self.buyer, **values)
            self.assertEqual(answer.status_code, 200, values["subject"])
            self.assertIn("alert-danger", answer.text)
        answer = self.post(self.buyer, subject="Else", picking_id=str(other.id))
        self.assertEqual(answer.status_code, 404)
        self.post(self.buyer, subject="Kind", kind_id="999999")
        found = self.env["customer.claim"].search([("subject", "=", "Kind")])
        self.assertFalse(found.kind_id)
        self.assertEqual(self.env["customer.claim"].search_count([]), before + 1)

    def test_not_without_end(self):
        """One order gets no more than ten claims that wait."""
        for __ in range(9):
            self.make_claim()
        answer = self.post(self.buyer, subject="Again")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("alert-danger", answer.text)

    def test_links_on_the_order(self):
        page = self.get(f"/my/orders/{self.order.id}", self.buyer)
        self.assertIn(f"/my/orders/{self.order.id}/claim", page.text)
        self.assertIn(f"picking_id={self.delivery.id}", page.text)

    def test_act(self):
        """The act holds the photos, and not who is responsible."""
        self.env["ir.attachment"].create(
            {
                "name": "roll.png",
                "raw": PIXEL,
                "res_model": "customer.claim",
                "res_id": self.claim.id,
            }
        )
        self.claim.action_review()
        self.decide(self.claim)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "sales_manager_kpi.customer_claim_report", self.claim.ids
            )[0]
            .decode()
        )
        for words in (
            self.claim.name,
            "Faded cloth",
            "data:image/png",
            "another colour",
        ):
            self.assertIn(words, html)
        self.assertNotIn("manager_a", html)
        pdf = self.get(f"/my/claims/{self.claim.id}?report_type=pdf", self.buyer)
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
