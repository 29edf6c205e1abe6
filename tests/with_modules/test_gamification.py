from odoo.tests import Form

from ..ranking import test_milestone


class TestGamification(test_milestone.TestBadges):
    """With Odoo's gamification, its badges are granted from our figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.medal = cls.env["gamification.badge"].create(
            {"name": "Medal", "rule_auth": "nobody"}
        )

    def granted(self):
        return self.env["gamification.badge.user"].search(
            [("badge_id", "=", self.medal.id)]
        )

    def test_granted_once(self):
        self.by_plan.gamification_badge = str(self.medal.id)
        self.award()
        self.assertEqual(self.granted().user_id, self.manager_a)
        self.company.sales_manager_kpi_awarded_until = False
        self.award()
        self.assertEqual(len(self.granted()), 1)
        self.assertFalse(self.granted().challenge_id)

    def test_who_was_archived_gets_none(self):
        self.by_plan.gamification_badge = str(self.medal.id)
        self.manager_a.active = False
        self.assertIn((self.by_plan, self.manager_a), self.award())
        self.assertFalse(self.granted())

    def test_a_badge_that_is_gone(self):
        self.by_plan.gamification_badge = str(self.medal.id)
        self.medal.unlink()
        self.assertEqual(len(self.award()), 2)

    def test_chosen_in_the_form(self):
        with Form(self.by_plan.with_user(self.admin)) as form:
            form.gamification_badge = str(self.medal.id)
        self.assertEqual(self.by_plan.gamification_badge, str(self.medal.id))
