from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import PAY, PayCommon

OWN = {"kind": "own_deals", "rate_percent": 2.0}


class TestSchemeOfTwo(PayCommon):
    """Who asks for two people gets them: one submits a scheme, another activates it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sales_manager_kpi_scheme_four_eyes = True
        cls.second = cls.make_user("second", PAY)

    def test_on_from_the_start(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertTrue(company.sales_manager_kpi_scheme_four_eyes)
        self.assertFalse(company.sales_manager_kpi_salary_four_eyes)

    def test_one_submits_another_activates(self):
        scheme = self.make_scheme(OWN, activate=False)
        with self.assertRaisesRegex(UserError, "submit"):
            scheme.with_user(self.second).action_activate()
        scheme.action_submit()
        self.assertEqual(
            (scheme.state, scheme.submitted_by_id), ("to_approve", self.paymaster)
        )
        self.assertFalse(self.Run._compute(self.period), "it pays nobody yet")
        # what waits stays as it was submitted
        with self.assertRaisesRegex(UserError, "waits"):
            scheme.component_ids.rate_percent = 9
        for vals in ({"submitted_by_id": self.second.id}, {"state": "active"}):
            with self.assertRaises(UserError):
                scheme.write(vals)
        with self.assertRaisesRegex(AccessError, "yourself"):
            scheme.action_activate()
        with self.assertRaises(AccessError):
            scheme.with_user(self.admin).action_activate()
        scheme.with_user(self.second).action_activate()
        self.assertEqual(scheme.state, "active")
        self.make_invoice(price=1000, date=self.today)
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 20.0})
        # back to draft, changed, and it takes two again
        scheme.action_draft()
        self.assertFalse(scheme.submitted_by_id)
        scheme.with_user(self.second).component_ids.rate_percent = 3
        scheme.with_user(self.second).action_submit()
        with self.assertRaises(AccessError):
            scheme.with_user(self.second).action_activate()
        scheme.with_user(self.paymaster).action_draft()
        self.assertEqual(scheme.state, "draft")

    def test_nobody_activates_what_pays_them_by_name(self):
        self.second.sudo().company_ids |= self.company
        scheme = self.make_scheme(
            OWN, activate=False, user_ids=[Command.set(self.second.ids)]
        )
        scheme.action_submit()
        with self.assertRaisesRegex(AccessError, "by name"):
            scheme.with_user(self.second).action_activate()

    def test_nor_where_one_person_is_enough(self):
        """One person activates a scheme, but not what pays them by name."""
        self.company.sales_manager_kpi_scheme_four_eyes = False
        for user in (self.second, self.manager_a):
            user.sudo().company_ids |= self.company
        own = self.make_scheme(
            OWN, activate=False, user_ids=[Command.set(self.second.ids)]
        ).with_user(self.second)
        self.assertFalse(own.can_activate)
        with self.assertRaisesRegex(AccessError, "by name"):
            own.action_activate()
        own.action_submit()
        with self.assertRaisesRegex(AccessError, "by name"):
            own.action_activate()
        self.assertEqual(own.state, "to_approve")
        self.assertTrue(own.with_user(self.paymaster).can_activate)
        own.with_user(self.paymaster).action_activate()
        other = self.make_scheme(
            OWN,
            activate=False,
            code="other",
            user_ids=[Command.set(self.manager_a.ids)],
        ).with_user(self.second)
        other.action_submit()
        self.assertTrue(other.can_activate)
        other.action_activate()
        self.assertEqual(other.state, "active")

    def test_created_as_submitted(self):
        with self.assertRaises(UserError):
            self.make_scheme(OWN, activate=False, submitted_by_id=self.second.id)
        with self.assertRaises(UserError):
            self.make_scheme(OWN, activate=False, state="to_approve")
