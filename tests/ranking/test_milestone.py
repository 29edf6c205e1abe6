from odoo import Command, fields
from odoo.exceptions import AccessError

from .common import RankingCommon


class TestMilestones(RankingCommon):
    def find_milestones(self, company=None):
        before = self.env["sales.milestone"].search([])
        self.env["sales.milestone"]._find_of_company(company or self.company)
        self.env.flush_all()
        return self.env["sales.milestone"].search([]) - before

    def of(self, found, user):
        return sorted((row.kind, row.percent) for row in found if row.user_id == user)

    def test_inert_until_asked(self):
        self.assertNotIn(
            self.company, self.env["sales.milestone"]._celebrating_companies()
        )

    def test_parts_of_the_plan(self):
        """Once for each level, whatever comes afterwards; the own levels go before."""
        self.company.sales_manager_kpi_milestones = "own"
        found = self.find_milestones()
        self.assertEqual(self.of(found, self.manager_b), [("plan", 50), ("plan", 80)])
        self.assertEqual(self.of(found, self.manager_a), [])
        self.assertFalse(self.find_milestones())
        invoice = self.make_invoice(self.other_customer, 100, self.today)
        self.assertEqual(
            self.of(self.find_milestones(), self.manager_b), [("plan", 100)]
        )
        invoice._reverse_moves([{"invoice_date": self.today}]).action_post()
        self.make_invoice(self.other_customer, 100, self.today)
        self.assertFalse(self.find_milestones())
        self.env["sales.milestone.level"].create(
            {"percent": 40, "company_id": self.company.id}
        )
        found = self.find_milestones()
        self.assertEqual(self.of(found, self.manager_a), [("plan", 40)])

    def test_told_once_in_one_message(self):
        self.company.sales_manager_kpi_milestones = "own"
        Message = self.env["mail.message"]
        domain = [("partner_ids", "in", self.manager_b.partner_id.ids)]
        before = Message.search_count(domain)
        self.find_milestones()
        message = Message.search(domain, limit=1)
        self.assertEqual(Message.search_count(domain), before + 1)
        self.assertIn("50 % of the plan", message.body)
        self.assertIn("80 % of the plan", message.body)
        self.find_milestones()
        self.assertEqual(Message.search_count(domain), before + 1)

    def test_who_was_archived_is_not_told(self):
        self.company.sales_manager_kpi_milestones = "own"
        domain = [("partner_ids", "in", self.manager_b.partner_id.ids)]
        before = self.env["mail.message"].search_count(domain)
        self.manager_b.active = False
        self.assertTrue(self.find_milestones())
        self.assertEqual(self.env["mail.message"].search_count(domain), before)

    def test_lost_customer_won_back(self):
        """By who owns the customer on that day; colleagues do not learn who it was."""
        self.company.sales_manager_kpi_milestones = "company"
        lost = self.make_customer("Prodigal", self.manager_c)
        self.env["customer.assignment"].search(
            [("partner_id", "=", lost.id)]
        ).date_from = "2020-01-01"
        long_ago = fields.Date.subtract(self.today, months=14)
        self.make_invoice(lost, 10, long_ago)
        self.assertFalse(self.find_milestones().filtered("partner_id"))
        self.make_invoice(lost, 10, self.today)
        [row] = self.find_milestones()
        self.assertEqual(
            (row.kind, row.user_id, row.partner_id), ("won_back", self.manager_c, lost)
        )
        for user, known in (
            (self.manager_c, True),
            (self.director, True),
            (self.manager_a, False),
            (self.manager_b, False),
        ):
            data, _rows = self.rows(user, branch_id=False)
            words = [m["name"] for m in data["milestones"] if "lost" in m["name"]]
            self.assertEqual(len(words), 1)
            self.assertEqual("Prodigal" in words[0], known)

    def test_best_month_ever(self):
        """Among at least three earlier ones, when the month is over."""
        self.company.sales_manager_kpi_milestones = "own"
        self.company.sales_manager_kpi_award_days = 0
        for months, price in ((2, 30), (3, 20), (4, 10), (1, 500)):
            day = fields.Date.subtract(self.last_month, months=months - 1)
            self.make_invoice(self.my_customer, price, day)
        for months in (1, 2):
            day = fields.Date.subtract(self.last_month, months=months - 1)
            self.make_invoice(self.other_customer, 10 * months, day)
        found = self.find_milestones().filtered(lambda row: row.kind == "best_month")
        self.assertEqual(found.user_id, self.manager_a)
        self.assertEqual(found.date_from, self.last_month.replace(day=1))
        self.assertFalse(self.find_milestones())
        self.assertEqual(self.company.sales_manager_kpi_awarded_until, found.date_from)

    def test_who_sees_them(self):
        self.company.sales_manager_kpi_milestones = "own"
        self.find_milestones()
        Milestone = self.env["sales.milestone"]
        for user, count in (
            (self.manager_b, 2),
            (self.other_director, 2),
            (self.commercial, 2),
            (self.manager_a, 0),
            (self.director, 0),
        ):
            self.assertEqual(Milestone.with_user(user).search_count([]), count)
            data, _rows = self.rows(user, branch_id=False)
            self.assertEqual(len(data["milestones"]), count, user.login)
        self.company.sales_manager_kpi_milestones = "branch"
        self.assertFalse(self.rows(self.manager_a)[0]["milestones"])
        self.other_branch.member_ids = [
            Command.create({"user_id": self.plain.id, "date_from": "2020-01-01"})
        ]
        self.plain.group_ids |= self.env.ref("sales_manager_kpi.group_manager")
        self.assertEqual(len(self.rows(self.plain)[0]["milestones"]), 2)
        self.company.sales_manager_kpi_milestones = "company"
        self.assertEqual(len(self.rows(self.manager_a)[0]["milestones"]), 2)
        self.assertFalse(Milestone.with_user(self.manager_a).search([]))

    def test_rows_stay(self):
        self.company.sales_manager_kpi_milestones = "own"
        row = self.find_milestones()[0]
        for user in (row.user_id, self.commercial, self.admin):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"percent": 100})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()

    def test_cron(self):
        self.company.sales_manager_kpi_milestones = "own"
        with self.enter_registry_test_mode():
            self.env.ref("sales_manager_kpi.ir_cron_milestones").method_direct_trigger()
        self.assertEqual(
            self.env["sales.milestone"].search_count(
                [("user_id", "=", self.manager_b.id)]
            ),
            2,
        )


class TestBadges(RankingCommon):
    """The month before: manager_a reached 110 of 100, manager_b 50 of 100."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.past = cls.env["sales.period"]._for_date(cls.company, cls.last_month)
        cls.make_plan(cls.manager_a, 100, period_id=cls.past.id)
        cls.make_plan(cls.manager_b, 100, period_id=cls.past.id)
        cls.make_invoice(cls.my_customer, 110, cls.last_month)
        cls.make_invoice(cls.other_customer, 50, cls.last_month)
        year_before = fields.Date.subtract(cls.last_month, years=1)
        cls.make_invoice(cls.other_customer, 40, year_before)
        cls.company.write(
            {"sales_manager_kpi_badges": True, "sales_manager_kpi_award_days": 0}
        )
        cls.Badge = cls.env["sales.ranking.badge"]
        cls.by_plan = cls.env.ref("sales_manager_kpi.sales_badge_rule_plan")
        cls.by_growth = cls.env.ref("sales_manager_kpi.sales_badge_rule_growth")

    def award(self):
        self.env["sales.milestone"]._find_of_company(self.company)
        self.env.flush_all()
        return self.won()

    def won(self):
        return {
            (badge.rule_id, badge.user_id)
            for badge in self.Badge.search([("period_id", "=", self.past.id)])
        }

    def test_winners(self):
        self.assertEqual(
            self.award(),
            {(self.by_plan, self.manager_a), (self.by_growth, self.manager_b)},
        )
        data, _rows = self.rows(self.manager_a, date=str(self.last_month))
        badges = data["badges"][self.manager_a.id]
        self.assertEqual([badge["name"] for badge in badges], ["Planner of the month"])
        self.assertNotIn(self.manager_b.id, data["badges"])

    def test_once_a_month(self):
        won = self.award()
        self.assertEqual(self.award(), won)
        self.company.sales_manager_kpi_awarded_until = False
        self.assertEqual(self.award(), won)
        self.assertEqual(self.Badge.search_count([]), 2)

    def test_not_before_the_days_are_over(self):
        self.company.sales_manager_kpi_award_days = 90
        self.assertFalse(self.award())
        self.env.cr.execute(
            "UPDATE sales_period SET state = 'closed' WHERE id = %s", [self.past.id]
        )
        self.env.invalidate_all()
        self.assertTrue(self.award())

    def test_too_little_is_no_win(self):
        self.by_plan.at_least = 120
        self.by_growth.at_least = 26
        self.assertFalse(self.award())

    def test_a_winner_in_each_branch(self):
        self.by_plan.write({"scope": "branch", "at_least": 50})
        won = {user for rule, user in self.award() if rule == self.by_plan}
        self.assertEqual(won, {self.manager_a, self.manager_b})

    def test_by_what_the_criteria_measure(self):
        """Deliveries without a justified claim, and orders first time right."""
        clean = self.env.ref("sales_manager_kpi.sales_badge_rule_no_claims")
        right = self.env.ref("sales_manager_kpi.sales_badge_rule_first_time_right")
        Criterion = type(self.env["evaluation.criterion"])
        a, b, c = self.manager_a.id, self.manager_b.id, self.manager_c.id
        self.patch(
            Criterion,
            "_measure_claims_justified",
            lambda *args: {
                a: (0.0, 0.02, 0.0, 0),
                b: (1.0, 0.02, 50.0, 1),
                c: (0.0, None, None, 0),
            },
        )
        self.patch(
            Criterion,
            "_measure_registration_first_time_right",
            lambda *args: {
                a: (1, 1, 1.0, 1),
                b: (9, 9, 1.0, 9),
                c: (0, None, None, 0),
            },
        )
        won = self.award()
        self.assertEqual(
            {user for rule, user in won if rule == clean}, {self.manager_a}
        )
        self.assertEqual(
            {user for rule, user in won if rule == right},
            {self.manager_a, self.manager_b},
        )

    def test_measures_by_their_real_names(self):
        rules = self.env["sales.badge.rule"].search([])
        people = self.env["sales.ranking.figures"]._ranked_people(
            self.company, self.past.date_from, self.past.date_to
        )
        for rule in rules:
            self.assertEqual(set(rule._figures(self.past, people)), set(people))

    def test_readers(self):
        self.award()
        for user, count in (
            (self.manager_a, 1),
            (self.director, 1),
            (self.commercial, 2),
            (self.manager_c, 0),
        ):
            self.assertEqual(self.Badge.with_user(user).search_count([]), count)
        self.publish("places", "company")
        data, _rows = self.rows(
            self.manager_c, date=str(self.last_month), branch_id=False
        )
        self.assertEqual(set(data["badges"]), {self.manager_a.id, self.manager_b.id})

    def test_without_gamification(self):
        """A badge of it that was chosen once does no harm when it is gone."""
        installed = "gamification.badge" in self.env
        self.assertEqual(self.by_plan.has_gamification, installed)
        self.assertEqual(bool(self.by_plan._selection_gamification_badge()), installed)
        # as it stays when the module is uninstalled
        self.env.cr.execute("UPDATE sales_badge_rule SET gamification_badge = '-7'")
        self.env.invalidate_all()
        self.assertEqual(len(self.award()), 2)
        self.open_form(self.by_plan.with_user(self.admin))

    def test_months_are_caught_up(self):
        """A cron that stood still for two months judges both."""
        self.company.sales_manager_kpi_awarded_until = fields.Date.subtract(
            self.past.date_from, months=2
        )
        due = self.env["sales.milestone"]._due_periods(self.company, self.today)
        self.assertEqual(len(due), 2)
        self.assertEqual(due[-1:], self.past)
