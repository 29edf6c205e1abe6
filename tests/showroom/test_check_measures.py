from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from odoo import Command

from .test_check import CheckCommon

CODES = ("completeness", "stale")


class TestCheckMeasures(CheckCommon):
    """Both measures, and each of them again from its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_showroom_{code}")
            for code in CODES
        }
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))
        with freeze_time("2026-03-02 10:00:00"):
            cls.cards = [cls.make_card() for __ in range(3)]
            cls.lamp_card = cls.make_card(cls.lamp)

    def check_on(self, moment, **conditions):
        """A check at ``moment``; what has no condition is missing."""
        with freeze_time(moment):
            check = self.start(self.director)
            for name, sample in self.named().items():
                line = self.line(check, sample)
                condition = conditions.get(name)
                if line and condition:
                    line.answer({"condition": condition})
            check.action_finish_rest()
        return check

    def named(self):
        return dict(zip("abc", self.cards, strict=True), lamp=self.lamp_card)

    def measured(self, code, user):
        criterion = self.criteria[code]
        users = self.manager_a | self.manager_b | user
        found = criterion._measure(self.period, users)[user.id]
        evidence = criterion._evidences(self.period, users)[user.id]
        records = {
            kind: self.env[model].with_user(user).search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        self.assertAlmostEqual(criterion._numerator(records["numerator"]), found[0])
        self.assertEqual(len(records["numerator"]), found[3])
        if code == "stale":
            self.assertEqual(len(records["denominator"]), found[1] or 0)
        return found[:3]

    def test_measures(self):
        for code in CODES:
            self.assertEqual(self.measured(code, self.manager_a), (0, None, None))
        self.check_on("2026-03-10 10:00:00", a="a", b="b", lamp="a")
        self.assertEqual(self.measured("completeness", self.manager_a), (4.0, 4.0, 1.0))
        self.assertEqual(self.measured("stale", self.manager_a), (0, 3, 0.0))
        self.check_on("2026-03-20 10:00:00", a="a", b="d", lamp="b")
        self.assertEqual(
            self.measured("completeness", self.manager_a), (5.0, 8.0, 0.625)
        )
        self.assertEqual(self.measured("stale", self.manager_a), (1, 6, 1 / 6))
        self.check_on("2026-04-02 10:00:00", a="a")
        self.assertEqual(self.measured("stale", self.manager_a), (1, 6, 1 / 6))
        for code in CODES:
            self.assertEqual(self.measured(code, self.manager_b), (0, None, None))

    def test_evidence_shows_in_its_own_lines(self):
        """The figures a check keeps are those of its lines, summed up again."""
        check = self.check_on("2026-03-10 10:00:00", a="c", b="a", c="a", lamp="a")
        groups = {}
        for line in check.line_ids:
            key = line.product_id, line.sample_type_id
            present, *__ = groups.get(key, (0,))
            groups[key] = present + line.present_qty, line.min_qty, line.weight
        there = sum(w for present, least, w in groups.values() if present >= least)
        self.assertEqual(check.satisfied_weight, there)
        self.assertEqual(check.due_weight, sum(w for *__, w in groups.values()))

    def test_where_somebody_worked_that_day(self):
        """A check counts for who belonged to the branch on its day."""
        mover = self.make_user("mover", "sales_manager_kpi.group_manager")
        for branch, first, last in (
            (self.branch, "2026-01-01", "2026-03-15"),
            (self.other_branch, "2026-03-16", False),
        ):
            branch.member_ids = [
                Command.create(
                    {"user_id": mover.id, "date_from": first, "date_to": last}
                )
            ]
        self.check_on("2026-03-10 10:00:00", a="a", b="a", lamp="a")
        self.check_on("2026-03-20 10:00:00")
        self.assertEqual(self.measured("completeness", mover), (4.0, 4.0, 1.0))
        self.assertEqual(self.measured("completeness", self.manager_a), (4.0, 8.0, 0.5))

    def test_cancelled_and_open_count_nowhere(self):
        with freeze_time("2026-03-10 10:00:00"):
            self.start().action_cancel()
            self.start()
        for code in CODES:
            self.assertEqual(self.measured(code, self.manager_a), (0, None, None))
