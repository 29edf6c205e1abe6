from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import OrganisationCommon
from .common import TradeBonusWorld

NORMS = (
    ("manager", {"max_bonus_percent": 2}),
    ("branch_director", {"max_bonus_percent": 4}),
)


class AgreementCommon(TradeBonusWorld, OrganisationCommon):
    pass


class TestAuthority(AgreementCommon):
    def test_within_the_norm_the_manager_agrees_alone(self):
        self.make_norms(*NORMS)
        agreement = self.make_agreement(self.prepare_term((0, 1), (1000, 2)))
        agreement.action_submit()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(
            agreement.decision_ids.mapped("decision"), ["submit", "activate"]
        )

    def test_beyond_it_the_director_is_asked(self):
        self.make_norms(*NORMS)
        agreement = self.make_agreement()
        agreement.action_submit()
        self.assertEqual(agreement.state, "to_approve")
        self.assertEqual(agreement.role, "branch_director")
        self.assertEqual(agreement.activity_ids.user_id, self.director)
        with self.assertRaises(AccessError):
            agreement.action_approve()
        with self.assertRaises(AccessError):
            agreement.with_user(self.other_director).action_approve()
        agreement.with_user(self.director).action_approve()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.activated_by_id, self.director)
        self.assertFalse(agreement.activity_ids)

    def test_beyond_the_director_a_commercial_director_is_asked(self):
        self.make_norms(*NORMS)
        agreement = self.make_agreement(self.prepare_term((0, 5)))
        agreement.action_submit()
        self.assertEqual(agreement.role, "commercial_director")
        self.assertIn(self.commercial, agreement.approver_ids)
        with self.assertRaises(AccessError):
            agreement.with_user(self.director).action_approve()

    def test_rates_of_all_terms_count_together(self):
        self.make_norms(*NORMS)
        term = self.prepare_term((0, 2))
        agreement = self.make_agreement(term, {**term, "name": "Twice"})
        agreement.action_submit()
        self.assertEqual(agreement.role, "branch_director")

    def test_money_needs_a_cap_and_the_period_counts(self):
        line = {"max_bonus_percent": 2, "bonus_period": "quarter"}
        self.make_norms(("manager", {**line, "max_bonus_amount": 100}))
        for term, state in (
            (self.prepare_term((0, 2)), "to_approve"),
            (self.prepare_term((0, 2), cap=100), "active"),
            (self.prepare_term((0, 2), cap=101), "to_approve"),
            (self.prepare_term((10, 100), method="fixed"), "active"),
            (self.prepare_term((0, 2), cap=100, period="year"), "to_approve"),
        ):
            with self.subTest(term=term):
                customer = self.make_customer("New", self.manager_a)
                agreement = self.make_agreement(term, partners=customer)
                agreement.action_submit()
                self.assertEqual(agreement.state, state)

    def test_a_class_has_norms_of_its_own(self):
        best = self.env["customer.class"].create(
            {"name": "Best", "code": "A", "company_id": self.company.id}
        )
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "class_id": best.id,
                "date_from": "2020-01-01",
            }
        )
        line = {"max_bonus_percent": 4, "class_id": best.id}
        self.make_norms(("manager", line), *NORMS)
        agreement = self.make_agreement()
        agreement.action_submit()
        self.assertEqual(agreement.state, "active")
        other = self.make_agreement(partners=self.make_customer("B", self.manager_a))
        other.action_submit()
        self.assertEqual(other.state, "to_approve")

    def test_without_policy_a_commercial_director_decides(self):
        agreement = self.make_agreement()
        agreement.action_submit()
        self.assertEqual(agreement.role, "commercial_director")
        with self.assertRaises(AccessError):
            agreement.with_user(self.director).action_approve()
        agreement.with_user(self.commercial).action_approve()
        self.assertEqual(agreement.state, "active")

    def test_nobody_approves_their_own(self):
        agreement = self.make_agreement(user=self.commercial)
        agreement.action_submit()
        self.assertEqual(agreement.state, "to_approve")
        with self.assertRaises(AccessError):
            agreement.action_approve()
        agreement.with_user(self.admin).action_approve()
        self.assertEqual(agreement.state, "active")

    def test_a_no_has_a_reason_that_stays(self):
        agreement = self.make_agreement()
        agreement.action_submit()
        boss = agreement.with_user(self.commercial)
        with self.assertRaises(UserError):
            boss.reject(" ")
        boss.reject("Too much")
        self.assertEqual(agreement.state, "draft")
        decision = agreement.decision_ids[-1]
        self.assertEqual(
            (decision.decision, decision.comment, decision.user_id),
            ("reject", "Too much", self.commercial),
        )
        for user in (self.manager_a, self.admin):
            with self.assertRaises(AccessError):
                decision.with_user(user).write({"comment": "X"})
            with self.assertRaises(AccessError):
                decision.with_user(user).unlink()

    def test_state_is_written_by_buttons_only(self):
        agreement = self.make_agreement()
        for user in (self.manager_a, self.admin):
            with self.assertRaises(AccessError):
                agreement.with_user(user).write({"state": "active"})
        with self.assertRaises(AccessError):
            self.make_agreement(state="active")


class TestAgreement(AgreementCommon):
    def test_what_was_agreed_does_not_change(self):
        agreement = self.make_active()
        term = agreement.term_ids
        for record, values in (
            (agreement, {"date_to": "2027-12-31"}),
            (agreement, {"payout": "ewallet"}),
            (agreement, {"term_ids": [Command.create(self.prepare_term())]}),
            (term, {"cap": 5}),
            (term.tier_ids[0], {"rate": 50}),
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                record.with_user(self.admin).write(values)
        with self.assertRaises(UserError):
            term.tier_ids[0].with_user(self.admin).unlink()
        with self.assertRaises(UserError):
            agreement.with_user(self.admin).unlink()
        agreement.portal_visible = True

    def test_a_new_version_replaces_it_from_its_first_day(self):
        agreement = self.make_active()
        action = agreement.action_new_version()
        version = agreement.browse(action["res_id"])
        self.assertEqual((version.version, version.state), (2, "draft"))
        version.write({"date_from": "2026-07-01", "contract": b"Mg=="})
        version.action_submit()
        version.with_user(self.commercial).action_approve()
        self.assertEqual(version.state, "active")
        self.assertEqual(str(agreement.date_to), "2026-06-30")
        self.assertEqual(agreement.decision_ids[-1].decision, "replace")

    def test_bad_input(self):
        term = self.prepare_term()
        empty = {**term, "tier_ids": []}
        for terms, values, words in (
            ([empty], {}, "has no tiers"),
            ([self.prepare_term((0, 5), (10, 4))], {}, "in order"),
            ([self.prepare_term((0, 101))], {}, "100 %"),
            ([self.prepare_term(method="per_unit")], {}, "which unit"),
            (
                [self.prepare_term(method="growth", growth_base="amount")],
                {},
                "which amount",
            ),
            ([term], {"product_id": False}, "credit note"),
            ([term], {"contract": False}, "contract"),
            ([term], {"partner_ids": []}, "customers"),
        ):
            with self.subTest(words=words):
                agreement = self.make_agreement(*terms, **values)
                with self.assertRaisesRegex(UserError, words):
                    agreement.action_submit()
                self.assertEqual(agreement.state, "draft")
        agreement = self.make_agreement()
        agreement.term_ids.unlink()
        with self.assertRaisesRegex(UserError, "no terms"):
            agreement.action_submit()

    def test_a_currency_without_rate(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "x"})
        agreement = self.make_agreement(currency_id=currency.id)
        with self.assertRaisesRegex(UserError, "has no rate"):
            agreement.action_submit()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2025-12-31", "rate": 2}
        )
        agreement.action_submit()
        self.assertEqual(agreement.state, "to_approve")

    @mute_logger("odoo.sql_db")
    def test_tiers_that_the_database_refuses(self):
        for tiers in (((-1, 1),), ((0, -1),), ((5, 1), (5, 2))):
            with (
                self.subTest(tiers=tiers),
                self.assertRaises(Exception) as caught,
                self.env.cr.savepoint(),
            ):
                self.make_agreement(self.prepare_term(*tiers))
                self.env.flush_all()
            self.assertIn("IntegrityError", str(type(caught.exception).__mro__))

    def test_contacts_are_no_customers(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            self.make_agreement(partners=contact)

    def test_the_same_volume_is_not_rewarded_twice(self):
        first = self.make_active(allow_double=True)
        second = self.make_agreement(name="Other")
        second.action_submit()
        with self.assertRaisesRegex(ValidationError, "same customer"):
            second.with_user(self.commercial).action_approve()
        second.action_return()
        second.allow_double = True
        second.action_submit()
        second.with_user(self.commercial).action_approve()
        self.assertEqual((first.state, second.state), ("active", "active"))

    def test_suspended_resumed_cancelled(self):
        agreement = self.make_active()
        agreement.suspend("He does not pay")
        self.assertEqual(agreement.state, "suspended")
        with self.assertRaises(AccessError):
            agreement.action_resume()
        agreement.with_user(self.director).action_resume()
        self.assertEqual(agreement.state, "active")
        with self.assertRaises(AccessError):
            agreement.cancel("Mistake")
        agreement.with_user(self.director).cancel("Mistake")
        self.assertEqual(agreement.state, "cancelled")

    def test_the_formula_says_the_customers_own_figures(self):
        agreement = self.make_agreement(
            self.prepare_term(
                (5000, 2),
                (20000, 4),
                cap=900,
                limit_overdue=True,
                max_overdue_days=30,
                method="stepped",
            )
        )
        for words in ("5,000.00", "4 %", "900.00", "30 days overdue", "300.00"):
            self.assertIn(words, agreement.formula_text)


class TestRights(AgreementCommon):
    def test_each_role(self):
        agreement = self.make_active()
        draft = self.make_agreement(user=self.manager_b, partners=self.customer_b)
        for user, own, other in (
            (self.manager_a, True, False),
            (self.manager_b, False, True),
            (self.director, True, False),
            (self.other_director, False, True),
            (self.commercial, True, True),
            (self.admin, True, True),
        ):
            for record, sees in ((agreement, own), (draft, other)):
                with self.subTest(user=user.login, record=record.name):
                    for row in (record, record.term_ids, record.term_ids.tier_ids):
                        found = row.with_user(user).search([("id", "in", row.ids)])
                        self.assertEqual(bool(found), sees)
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                agreement.with_user(user).read(["name"])

    def test_other_companies(self):
        agreement = self.make_active()
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_admin", companies=company
        )
        self.assertFalse(
            agreement.with_user(stranger).search([("id", "=", agreement.id)])
        )

    @classmethod
    def _make_world(cls):
        super()._make_world()
        cls.customer_b = cls.make_customer("Customer B", cls.manager_b)
