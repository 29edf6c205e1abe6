from odoo import Command, http
from odoo.tests import HttpCase, new_test_user

from .common import TEN, TWENTY, OfferCommon


class TestOfferTour(OfferCommon, HttpCase):
    def test_from_what_was_bought_to_a_quotation(self):
        self.make_policy(TEN, TWENTY)
        self.sell(self.silk, 7)
        self.start_tour("/odoo/sales-offers", "sales_offer", login="manager_a")
        offer = self.env["sales.offer"].search([])
        self.assertEqual((offer.state, offer.line_ids.price_unit), ("sent", 47))
        self.assertEqual(offer.order_ids.order_line.price_unit, 47)


class TestOfferPortal(OfferCommon, HttpCase):
    """What customers see in the portal, and what nobody else does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.make_customer("Rival", cls.manager_a)
        cls.buyer = cls.make_portal_user("buyer", cls.customer)
        cls.stranger = cls.make_portal_user("stranger", cls.rival)
        cls.make_policy(TEN, TWENTY)
        cls.offer = cls.make_sent((cls.silk, 2, {"typed_price": 47}))
        cls.draft = cls.make_offer((cls.cloth, 1, {}))

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

    def post(self, offer, user=None, **values):
        self.env.flush_all()
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(
            f"/my/offers/{offer.id}/interest",
            data={"csrf_token": http.Request.csrf_token(self), **values},
            allow_redirects=False,
        )

    def test_interest(self):
        self.start_tour("/my/offers", "sales_offer_portal", login="buyer")
        self.assertTrue(self.offer.interest_at)
        self.assertEqual(self.offer.activity_ids.user_id, self.manager_a)
        self.assertIn("Friday", self.offer.message_ids[0].body)
        self.post(self.offer, self.buyer)
        self.assertEqual(len(self.offer.activity_ids), 1)

    def test_own_offers_only(self):
        own = self.get(f"/my/offers/{self.offer.id}", self.buyer)
        self.assertEqual(own.status_code, 200)
        self.assertIn("47.00", own.text)
        # neither how low it may go, nor what the norm is called, nor the cost
        for secret in ("42.30", "45.00", "Norms", "30.00"):
            self.assertNotIn(secret, own.text)
        pdf = f"/my/offers/{self.offer.id}?report_type=html"
        self.assertIn("47.00", self.get(pdf, self.buyer).text)
        for offer, user in (
            (self.offer, self.stranger),
            (self.offer, None),
            (self.draft, self.buyer),
        ):
            token = f"?access_token={'x' * 36}"
            for end in ("", "?report_type=pdf", token):
                answer = self.get(f"/my/offers/{offer.id}{end}", user)
                self.assertIn(answer.status_code, (302, 303), (offer, user, end))
            self.assertIn(self.post(offer, user).status_code, (302, 303))
            self.assertFalse(offer.interest_at)
        self.draft.sudo()._portal_ensure_token()
        url = f"/my/offers/{self.draft.id}?access_token={self.draft.access_token}"
        self.assertIn(self.get(url).status_code, (302, 303))
        listed = self.get("/my/offers", self.stranger).text
        self.assertNotIn(self.offer.name, listed)
        listed = self.get("/my/offers", self.buyer).text
        self.assertIn(self.offer.name, listed)
        self.assertNotIn(self.draft.name, listed)
        # by the key of the mail, without a log-in
        self.offer.sudo()._portal_ensure_token()
        url = f"/my/offers/{self.offer.id}?access_token={self.offer.access_token}"
        self.assertEqual(self.get(url).status_code, 200)
        url = f"/sales_manager_kpi/offer/{self.offer.id}.xlsx"
        self.assertEqual(self.get(url, self.buyer).status_code, 404)
        self.assertEqual(self.get(url, self.manager_b).status_code, 404)
        self.assertEqual(self.get(url, self.manager_a).status_code, 200)

    def test_what_is_over_takes_no_interest(self):
        self.offer.sudo().validity_date = "2020-01-01"
        answer = self.post(self.offer, self.buyer)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("is over", answer.text)
        self.assertFalse(self.offer.interest_at)
