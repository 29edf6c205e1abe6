from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..common import COMMERCIAL, DIRECTOR, MANAGER
from .common import ClaimCommon


class TestRights(ClaimCommon):
    """Who sees what, in each role; and another company, another currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.claim = cls.make_claim(review=True)
        cls.decide(cls.claim)
        cls.theirs = cls.make_claim(
            user=cls.manager_b, order_id=False, partner_id=cls.rival.id
        )

    def seen(self, user, model="customer.claim"):
        rows = self.env[model].with_user(user).with_company(self.company)
        return rows.search([]).sudo()

    def test_roles(self):
        both = self.claim | self.theirs
        for user, expected in (
            (self.manager_a, self.claim),
            (self.manager_b, self.theirs),
            (self.colleague, self.claim.browse()),
            (self.director, self.claim),
            (self.other_director, self.theirs),
            (self.commercial, both),
            (self.admin, both),
        ):
            self.assertEqual(self.seen(user), expected, user.login)
            decisions = self.seen(user, "customer.claim.decision")
            self.assertEqual(decisions, expected.decision_ids, user.login)
            effects = self.seen(user, "customer.claim.effect")
            self.assertEqual(effects.claim_id, self.claim & expected, user.login)
        for user in (self.plain, self.supervisor):
            for model in ("customer.claim", "customer.claim.decision"):
                with self.assertRaises(AccessError):
                    self.seen(user, model)

    def test_judged_manager_reads(self):
        """Who is responsible sees claims of customers that are somebody else's now."""
        self.customer.user_id = self.manager_b
        claim = self.make_claim(user=self.commercial)
        self.assertEqual(claim.responsible_user_id, self.manager_a)
        self.assertIn(claim.sudo(), self.seen(self.manager_a))
        with self.assertRaises(AccessError):
            claim.with_user(self.manager_a).write({"description": "Not me"})
        claim.with_user(self.manager_b).write({"description": "Him"})
        claim.with_user(self.manager_a).read(["responsible_user_id", "can_work"])

    def test_deputy(self):
        deputy = self.make_user("stand_in", MANAGER)
        self.assertFalse(self.seen(deputy))
        row = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": deputy.id})
        )
        row.action_appoint()
        self.assertEqual(self.seen(deputy), self.claim)
        self.assertEqual(
            self.seen(deputy, "customer.claim.decision").claim_id, self.claim
        )
        row.action_revoke()
        self.assertFalse(self.seen(deputy))

    def test_portal_user_has_no_rights(self):
        user = new_test_user(self.env, login="buyer", groups="base.group_portal")
        user.partner_id.parent_id = self.customer
        for model in (
            "customer.claim",
            "customer.claim.decision",
            "customer.claim.effect",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_forms_open(self):
        """Buttons on core's forms, counted by what the reader may see."""
        for user, count in (
            (self.manager_a, 1),
            (self.director, 1),
            (self.commercial, 1),
        ):
            order = self.order.with_user(user)
            self.assertEqual(order.claim_count, count)
            self.assertEqual(self.customer.with_user(user).claim_count, count)
            action = order.action_open_claims()
            self.assertEqual(
                self.env["customer.claim"].with_user(user).search(action["domain"]),
                self.claim,
            )
        with self.assertRaises(AccessError):
            self.order.with_user(self.plain).read(["claim_count"])
        self.assertEqual(
            self.order.action_claim()["context"],
            {
                "default_order_id": self.order.id,
                "default_company_id": self.company.id,
            },
        )

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user("elsewhere", COMMERCIAL, other)
        self.assertFalse(self.env["customer.claim"].with_user(stranger).search([]))
        claims = self.env["customer.claim"].with_user(stranger).with_company(other)
        customer = self.make_customer("Both", False)
        claim = claims.create({"subject": "Late", "partner_id": customer.id})
        self.assertEqual(claim.company_id, other)
        self.assertFalse(claim.branch_id)
        for user in (self.commercial, self.director):
            self.assertNotIn(claim.sudo(), self.seen(user))
            self.assertFalse(claim.with_user(user)._may_decide(user))
        self.env.user.company_ids |= other
        with self.assertRaises(UserError):
            self.env["customer.claim"].with_company(other).create(
                {
                    "subject": "Mixed",
                    "partner_id": self.customer.id,
                    "order_id": self.order.id,
                    "company_id": other.id,
                }
            ).flush_recordset()

    def test_currency(self):
        """Amounts stay in the currency of the order, and add up in the company's."""
        foreign = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 2.0,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )
        order = self.make_cloth_order(self.customer, pricelist_id=pricelist.id)
        claim = self.make_claim(order_id=order.id, claimed_amount=100.0, review=True)
        self.assertEqual(claim.currency_id, foreign)
        self.assertEqual(claim.claimed_company_amount, 50.0)
        decision = self.decide(claim, accepted_amount=30.0)
        self.assertEqual(decision.currency_id, foreign)
        self.assertEqual(claim.accepted_company_amount, 15.0)
        self.assertEqual(decision.accepted_company_amount, 15.0)

    def test_kinds(self):
        kind = self.env.ref("sales_manager_kpi.customer_claim_kind_late")
        for user in (self.manager_a, self.commercial):
            with self.assertRaises(AccessError):
                kind.with_user(user).hours = 1
        kind.with_user(self.admin).hours = 1
        self.assertEqual(kind.hours, 1)

    def test_wizards(self):
        """A director of elsewhere decides nothing, whatever the wizard says."""
        waiting = self.make_claim(review=True)
        Decide = self.env["customer.claim.decide"].with_user(self.other_director)
        told = {"claim_id": waiting.id, "verdict": "justified", "note": "?"}
        told |= {"fault_area": "price", "severity": "minor"}
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.fail(Decide.create(told).read(["claim_id", "claimed_amount"]))
        spec = {"claim_id": {}, "claimed_amount": {}, "appeal_reason": {}}
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.fail(Decide.onchange(told, ["claim_id"], spec))
        for user in (self.other_director, self.make_user("none", DIRECTOR)):
            with self.assertRaises(AccessError):
                self.decide(waiting, user)
        with self.assertRaises(AccessError):
            self.step(waiting, "withdraw", self.manager_b)
        deciding = self.env["customer.claim.decide"].with_user(self.director)
        wizard = deciding.create(
            {"claim_id": waiting.id, "verdict": "justified", "note": "Yes"}
        )
        with self.assertRaises(AccessError):  # nobody else's wizard
            wizard.with_user(self.commercial).read(["note"])
        self.assertEqual(wizard.responsible_user_id, self.manager_a)
        self.assertEqual(wizard.responsible_share, 1.0)
        with self.assertRaises(AccessError):
            self.claim.with_user(self.manager_a).decision_ids.create(
                {"claim_id": self.claim.id, "verdict": "not_justified", "note": "No"}
            )
