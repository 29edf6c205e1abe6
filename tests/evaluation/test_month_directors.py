from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError

from .test_manual import ManualCommon

KEPT = (
    "evaluation.scorecard",
    "evaluation.scorecard.line",
    "evaluation.evidence",
    "evaluation.correction",
    "evaluation.manual.value",
)


class TestMonthDirectors(ManualCommon):
    """A manager moved in mid-month: both directors read the month, one judges it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enter_figure()
        cls.card.with_user(cls.director).action_start()
        line = cls.card.line_ids.filtered(lambda row: row.criterion_id == cls.criterion)
        scores = {line.criterion_id.id: (85, "A big order came a day late")}
        cls.card.with_user(cls.director).assess(scores)
        cls.last_day = cls.period.date_from + timedelta(days=9)
        cls.third_director = cls.make_user(
            "third_director", "sales_manager_kpi.group_branch_director"
        )
        cls.make_branch("GNT", "Gent", cls.third_director, cls.env["res.users"])
        cls.readers = (*cls.everybody, cls.third_director)

    @classmethod
    def enter_figure(cls):
        cls.Value.with_user(cls.director).create(
            {
                "criterion_id": cls.manual.id,
                "user_id": cls.manager_a.id,
                "period_id": cls.period.id,
                "value": 0.9,
                "note": "Checked on the 28th",
            }
        )

    def move(self, day=None, branch=None):
        """Manager A works in another branch from ``day`` on."""
        day = day or self.last_day + timedelta(days=1)
        self.branch.member_ids.filtered(
            lambda member: member.user_id == self.manager_a
        ).date_to = day - timedelta(days=1)
        return self.env["sales.branch.member"].create(
            {
                "branch_id": (branch or self.other_branch).id,
                "user_id": self.manager_a.id,
                "date_from": day,
            }
        )

    def rows(self, model):
        """What is kept of manager A's month in ``model``."""
        line = {"evaluation.evidence": "line_id.scorecard_id"}.get(model)
        path = line or "scorecard_id"
        domain = {
            "evaluation.scorecard": [("id", "=", self.card.id)],
            "evaluation.manual.value": [("user_id", "=", self.manager_a.id)],
        }.get(model, [(path, "=", self.card.id)])
        return self.env[model].search(domain)

    def seers(self, model):
        """Logins of those who find every row and may read it, and of nobody else."""
        rows, found = self.rows(model), set()
        self.assertTrue(rows, model)
        for user in self.readers:
            self.env.invalidate_all()
            own = rows.with_user(user)
            if not own.browse().has_access("read"):
                continue
            seen = own.search([("id", "in", rows.ids)])
            self.assertEqual(seen, own._filtered_access("read"), user.login)
            self.assertIn(seen, (own, own.browse()), f"{model}: whole or not at all")
            if seen:
                found.add(user.login)
        return found

    def test_before_the_move(self):
        heads = {"manager_a", "director", "commercial", "kpi_admin"}
        for model in KEPT:
            self.assertEqual(self.seers(model), heads, model)

    def test_both_directors_read(self):
        self.move()
        heads = {"manager_a", "director", "other_director", "commercial", "kpi_admin"}
        for model in KEPT:
            self.assertEqual(self.seers(model), heads, model)

    def test_only_of_the_month_of_the_move(self):
        """Who comes on the first of the next month was not there in this one."""
        self.move(day=self.period.date_to + timedelta(days=1))
        for model in KEPT:
            self.assertNotIn("other_director", self.seers(model), model)

    def test_on_the_last_day_of_the_month(self):
        self.move(day=self.period.date_to)
        for model in KEPT:
            self.assertIn("other_director", self.seers(model), model)

    def test_a_membership_corrected_is_a_right_corrected(self):
        member = self.move()
        self.assertIn("other_director", self.seers("evaluation.scorecard"))
        member.date_from += relativedelta(months=1)
        self.assertNotIn("other_director", self.seers("evaluation.scorecard"))
        member.date_from -= relativedelta(months=1)
        self.other_branch.director_id = self.third_director
        seers = self.seers("evaluation.scorecard")
        self.assertNotIn("other_director", seers)
        self.assertIn("third_director", seers)

    def test_without_the_role_nothing(self):
        """A director on the branch alone, without the group, reads nothing."""
        self.move()
        self.other_branch.director_id = self.manager_b
        for model in KEPT:
            self.assertNotIn("manager_b", self.seers(model), model)

    def test_the_whole_form_opens(self):
        self.move()
        card = self.card.with_user(self.other_director)
        [values] = self.open_form(card)
        self.assertEqual(values["id"], self.card.id)
        self.assertEqual(len(card.line_ids), 2)
        self.assertTrue(card.get_comparison()["criteria"])
        action = card.line_ids.evidence_ids[0].action_open()
        self.assertTrue(action["res_model"])

    def test_reading_is_not_judging(self):
        self.move()
        card = self.card.with_user(self.other_director)
        buttons = ("start", "assess", "hand_in", "return", "agree", "reopen")
        for name in buttons:
            self.assertFalse(card[f"can_{name}"], name)
        with self.assertRaises(UserError):
            card.assess({self.criterion.id: (10, "Mine")})
        with self.assertRaises(UserError):
            card.action_agree()
        with self.assertRaises(AccessError):
            self.enter(self.other_director)
        self.assertEqual(self.card.activity_ids.user_id, self.director)

    def test_nobody_writes(self):
        self.move()
        for model in KEPT:
            row = self.rows(model)[:1].with_user(self.other_director)
            for operation in ("write", "unlink"):
                self.assertFalse(row.has_access(operation), f"{model} {operation}")

    def test_the_rule_is_part_of_the_query(self):
        self.move()
        Card = self.Scorecard.with_user(self.other_director)
        Card.search([])
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = Card.search([("period_id", "=", self.period.id)])
        self.assertEqual(found.user_id, self.manager_a | self.manager_b)
