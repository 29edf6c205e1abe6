from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.portal.controllers.portal import CustomerPortal

from .test_period import PeriodCommon

PORTAL = "base.group_portal"
RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestPortal(HttpCase, PeriodCommon):
    """What customers find in the portal, and what nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.make_customer("Rival", cls.manager_a)
        cls.buyer = cls.make_portal_user("buyer", cls.customer)
        cls.rival_buyer = cls.make_portal_user("rival_buyer", cls.rival)
        cls.stranger = cls.make_portal_user(
            "stranger", cls.make_customer("Stranger", cls.manager_a)
        )

    @classmethod
    def make_portal_user(cls, login, customer):
        """A contact of ``customer`` with a log-in."""
        user = new_test_user(
            cls.env,
            login=login,
            groups=PORTAL,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = customer
        return user

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-05-08 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self.agreement = self.make_active(
            partners=self.customer | self.rival,
            portal_visible=True,
            allow_double=True,
            note="<p>Do not tell</p>",
        )
        self.invoice("2026-05-01", 7600)
        self.invoice("2026-05-01", 8888, customer=self.rival)
        self.period = self.agreement.period_ids.filtered(
            lambda row: row.partner_id == self.customer
        )[:1]

    def get(self, url, user=None):
        self.env.flush_all()
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(url, allow_redirects=False)

    def page(self, user=None, agreement=None, query=""):
        agreement = agreement or self.agreement
        return self.get(f"/my/trade-bonuses/{agreement.id}{query}", user)

    def test_the_customer_sees_their_own(self):
        for url in ("/my/trade-bonuses", f"/my/trade-bonuses/{self.agreement.id}"):
            answer = self.get(url, self.buyer)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(self.agreement.name, answer.text)
            self.assertIn("12,400.00", answer.text)
            for secret in ("Rival", "Do not tell", "8,888.00", "11,112.00"):
                self.assertNotIn(secret, answer.text)
        answer = self.page(self.rival_buyer)
        self.assertIn("8,888.00", answer.text)
        self.assertNotIn("7,600.00", answer.text)

    def test_the_home_page_counts(self):
        self.authenticate("buyer", "buyer")
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["trade_bonus_count"]}
        )
        self.assertEqual(answer["trade_bonus_count"], 1)
        self.authenticate("stranger", "stranger")
        answer = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["trade_bonus_count"]}
        )
        self.assertEqual(answer["trade_bonus_count"], 0)
        self.assertIn("/my/trade-bonuses", self.get("/my/home", self.buyer).text)

    def test_pages_of_the_list(self):
        self.patch(CustomerPortal, "_items_per_page", 1)
        self.make_active(
            name="Earlier",
            date_from="2025-01-01",
            date_to="2025-12-31",
            portal_visible=True,
        )
        first = self.get("/my/trade-bonuses", self.buyer).text
        second = self.get("/my/trade-bonuses/page/2", self.buyer).text
        self.assertIn(self.agreement.name, first)
        self.assertNotIn("Earlier", first)
        self.assertIn("Earlier", second)
        self.assertNotIn(self.agreement.name, second)
        beyond = self.get("/my/trade-bonuses/page/7", self.buyer)
        self.assertEqual(beyond.status_code, 200)

    @mute_logger(*RULES)
    def test_nobody_else_does(self):
        for user in (self.stranger, None):
            for query in ("", "?report_type=pdf", "?access_token=foo"):
                answer = self.page(user, query=query)
                self.assertEqual(answer.status_code, 303, (user, query))
        self.assertNotIn(
            self.agreement.name, self.get("/my/trade-bonuses", self.stranger).text
        )
        answer = self.get("/my/trade-bonuses", None)
        self.assertIn("/web/login", answer.headers["Location"])
        answer = self.get(f"/my/trade-bonuses/{self.agreement.id + 1000}", self.buyer)
        self.assertEqual(answer.status_code, 303)

    def test_the_key_opens_one_customer_only(self):
        self.period._portal_ensure_token()
        query = f"?access_token={self.period.access_token}"
        answer = self.page(None, query=query)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("7,600.00", answer.text)
        self.assertNotIn("8,888.00", answer.text)
        other = self.make_active(name="Second", portal_visible=True, allow_double=True)
        self.assertEqual(self.page(None, other, query).status_code, 303)

    def test_drafts_and_what_is_not_published(self):
        draft = self.make_agreement(name="Draft", portal_visible=True)
        token = self.period._portal_ensure_token()
        self.assertEqual(self.page(self.buyer, draft).status_code, 303)
        self.assertNotIn("Draft", self.get("/my/trade-bonuses", self.buyer).text)
        for change in (
            {"portal_visible": False},
            {"portal_visible": True, "state": "cancelled"},
        ):
            self.agreement.sudo().write(change)
            for query in ("", f"?access_token={token}"):
                self.assertEqual(self.page(self.buyer, query=query).status_code, 303)
            self.assertFalse(
                self.env["trade.bonus.period"].with_user(self.buyer).search([])
            )

    def test_what_is_suspended_says_so(self):
        """It is there with its state; nothing is told of what it would bring."""
        closed = self.make_active(
            name="Earlier",
            date_from="2025-01-01",
            date_to="2025-12-31",
            portal_visible=True,
        )
        closed.sudo().state = "closed"
        agreement = self.agreement.with_user(self.manager_a)
        agreement.suspend("Their contract is under review")
        listed = self.get("/my/trade-bonuses", self.buyer).text
        page = self.page(self.buyer).text
        for text in (listed, page):
            self.assertIn(self.agreement.name, text)
            self.assertIn("uspended", text)
            for figure in ("7,600.00", "12,400.00", "days left"):
                self.assertNotIn(figure, text)
        self.assertIn("Ended", listed)
        self.assertEqual(self.page(self.rival_buyer).status_code, 200)
        self.assertEqual(self.page(self.stranger).status_code, 303)
        printed = self.page(self.buyer, query="?report_type=html").text
        self.assertIn("no bonus can be expected", printed)
        self.assertNotIn("under review", printed + listed + page)
        agreement.with_user(self.director).action_resume()
        self.assertIn("12,400.00", self.page(self.buyer).text)

    def test_what_has_ended_stays(self):
        self.agreement.sudo().state = "closed"
        self.assertIn("7,600.00", self.page(self.buyer).text)
        self.assertEqual(
            self.period.with_user(self.buyer).sudo().agreement_id, self.agreement
        )

    def test_download(self):
        answer = self.page(self.buyer, query="?report_type=html")
        self.assertIn("7,600.00", answer.text)
        self.assertNotIn("8,888.00", answer.text)
        answer = self.page(self.buyer, query="?report_type=pdf&download=true")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        answer = self.page(self.buyer, query="?report_type=exe")
        self.assertIn("text/html", answer.headers["Content-Type"])

    @mute_logger(*RULES)
    def test_calls_of_a_portal_user(self):
        Period = self.env["trade.bonus.period"].with_user(self.buyer)
        seen = Period.search([])
        self.assertEqual(seen.sudo().partner_id, self.customer)
        self.assertEqual(seen.sudo().agreement_id, self.agreement)
        for name in ("payable", "expected", "base_line_ids", "calculated_by_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                seen.read([name])
        stranger = self.period.with_user(self.stranger)
        with self.assertRaises(AccessError):
            stranger.read(["date_from"])
        for model in ("agreement", "term", "tier", "base.line", "settlement"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[f"trade.bonus.{model}"].with_user(self.buyer).search([])
        for action in ("calculate", "approve", "settle", "reopen"):
            with (
                self.subTest(action=action),
                self.assertRaises(UserError),
            ):
                getattr(seen[:1], f"action_{action}")()
        with self.assertRaises(AccessError):
            seen.write({"state": "approved"})

    def test_preview_of_the_manager(self):
        url = self.period.with_user(self.manager_a).action_preview_statement()["url"]
        answer = self.get(url, self.manager_a)
        self.assertIn("7,600.00", answer.text)
        self.agreement.portal_visible = False
        with self.assertRaisesRegex(UserError, "shown to the customer"):
            self.period.with_user(self.manager_a).action_preview_statement()

    def test_no_button_to_a_page_that_is_not_there(self):
        for published in (True, False):
            self.agreement.portal_visible = published
            groups = self.period._notify_get_recipients_groups(
                self.env["mail.message"], "Period"
            )
            (options,) = (row[2] for row in groups if row[0] == "portal_customer")
            self.assertEqual(bool(options.get("has_button_access")), published)
