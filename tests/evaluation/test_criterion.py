from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import EvaluationCommon


class TestCriterion(EvaluationCommon):
    """Curves and targets, and what they refuse."""

    def set_curve(self, *points, curve="interpolated", **values):
        self.criterion.write(
            {
                "curve": curve,
                "point_ids": [
                    Command.clear(),
                    *(
                        Command.create({"value": value, "score": score})
                        for value, score in points
                    ),
                ],
                **values,
            }
        )
        self.env.cr.flush()

    def score_of(self, price, target=1000):
        self.make_plan(self.manager_a, target)
        self.make_invoice(price=price, date=self.today)
        self.compute()
        return self.card_of(self.manager_a)

    def test_points_in_between(self):
        self.set_curve((0.8, 50), (1, 100), (1.2, 140))
        card = self.score_of(900)
        self.assertEqual(card.score, 75)
        self.assertEqual(card.line_ids.value, 0.9, "the value stays what it is")

    def test_steps(self):
        self.set_curve((0.8, 50), (0.9, 80), curve="stepped", score_floor=10)
        self.assertEqual(self.score_of(899.99).score, 50)

    def test_floor(self):
        self.set_curve((0.8, 50), (0.9, 80), curve="stepped", score_floor=10)
        self.assertEqual(self.score_of(1).score, 10)

    def test_points_out_of_order(self):
        with self.assertRaisesRegex(ValidationError, "out of order"):
            self.set_curve((0.8, 100), (1, 50))
        self.set_curve((0.8, 100), (1, 50), direction="lower")
        with self.assertRaisesRegex(ValidationError, "out of order"):
            self.criterion.direction = "higher"

    def test_point_written_by_rpc(self):
        """A point changed on its own is judged when the call ends."""
        self.set_curve((0.8, 50), (1, 100))
        with self.assertRaisesRegex(ValidationError, "out of order"):
            self.criterion.point_ids[0].score = 120
            self.env.cr.flush()

    def test_points_move_together(self):
        self.set_curve((0.8, 50), (1, 100))
        first, second = self.criterion.point_ids
        self.criterion.point_ids = [
            Command.update(first.id, {"score": 120}),
            Command.update(second.id, {"score": 130}),
        ]
        self.env.cr.flush()
        self.assertEqual(self.criterion.point_ids.mapped("score"), [120, 130])

    def test_too_few_points(self):
        with self.assertRaisesRegex(ValidationError, "at least 2 points"):
            self.set_curve((0.8, 50))
        with self.assertRaisesRegex(ValidationError, "at least 1 points"):
            self.set_curve(curve="stepped")

    def test_points_within_bounds(self):
        for points in [((0.8, -1), (1, 100)), ((0.8, 50), (1, 151))]:
            with self.assertRaisesRegex(ValidationError, "scores lie between"):
                self.set_curve(*points)

    @mute_logger("odoo.sql_db")
    def test_double_value_and_bounds(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.set_curve((0.8, 50), (0.8, 60))
        for values in [
            {"score_floor": 101},
            {"score_floor": -1},
            {"score_cap": 90},
            {"target_source": "constant", "target_value": 0},
        ]:
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.criterion.write(values)
                self.env.flush_all()

    def test_fixed_target(self):
        """0.72 of the plan, held against 0.9: 80 %."""
        self.criterion.write({"target_source": "constant", "target_value": 0.9})
        card = self.score_of(720)
        line = card.line_ids
        self.assertEqual((line.value, line.target, line.score), (0.72, 0.9, 80))
        self.assertEqual(line.target_display, "90.0 %")

    def test_fixed_target_where_lower_is_better(self):
        self.criterion.write(
            {"target_source": "constant", "target_value": 0.5, "direction": "lower"}
        )
        self.assertEqual(self.score_of(600).score, 80)

    def test_last_year(self):
        """Without a plan last year there is no base, never a zero."""
        self.criterion.target_source = "last_year"
        card = self.score_of(500)
        self.assertFalse(card.has_score)
        self.assertEqual(card.line_ids.value_display, "n/a")
        self.assertFalse(card.line_ids.has_target)

    def test_plan_target_takes_amounts(self):
        with self.assertRaisesRegex(ValidationError, "not an amount"):
            self.criterion.target_source = "plan"

    def test_amount_against_the_plan(self):
        criterion = self.criterion.create(
            {
                "name": "Fair turnover",
                "code": "fair",
                "measure": "manual",
                "unit": "amount",
                "target_source": "plan",
            }
        )
        self.env["evaluation.scheme"].create(
            {
                "name": "Fair",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"criterion_id": criterion.id, "weight": 100})
                ],
            }
        )
        self.make_plan(self.manager_a, 1000)
        self.env["evaluation.manual.value"].with_user(self.commercial).create(
            {
                "criterion_id": criterion.id,
                "user_id": self.manager_a.id,
                "period_id": self.period.id,
                "value": 1200,
                "note": "Fair in Paris",
            }
        )
        self.assertEqual(self.card_of(self.manager_a).score, 120)

    def test_preview_is_the_curve(self):
        self.set_curve((0.8, 50), (1, 100))
        points = {p["x"]: p["y"] for p in self.criterion.curve_preview["points"]}
        self.assertEqual((points[0.8], points[1]), (50, 100))
        self.assertEqual(min(points.values()), 50)
        self.assertTrue(self.criterion.curve_preview["share"])

    def test_copy_takes_the_points(self):
        self.set_curve((0.8, 50), (1, 100))
        copy = self.criterion.copy()
        self.assertEqual(copy.point_ids.mapped("score"), [50, 100])

    def test_only_the_administrator(self):
        self.set_curve((0.8, 50), (1, 100))
        point = self.criterion.point_ids[0]
        job = self.env["evaluation.job"].create({"name": "Key accounts"})
        for user in (self.manager_a, self.director, self.commercial):
            for record in (point, job):
                record = record.with_user(user)
                self.assertTrue(record.display_name)
                name = "score" if record == point else "name"
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.write({name: 60})
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        record.create({})
        point.with_user(self.admin).score = 60
        with self.assertRaises(AccessError):
            point.with_user(self.plain).read(["score"])

    def test_form_opens(self):
        self.set_curve((0.8, 50), (1, 100))
        for user in (self.manager_a, self.admin):
            self.open_form(self.criterion.with_user(user))


class TestJobs(EvaluationCommon):
    def make_scheme(self, criterion=None, **values):
        return self.env["evaluation.scheme"].create(
            {
                "name": "Scheme",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"criterion_id": self.criterion.id, "weight": 100})
                ],
                **values,
            }
        )

    def test_a_job_of_its_own(self):
        job = self.env["evaluation.job"].create({"name": "Key accounts"})
        general = self.make_scheme()
        special = self.make_scheme(job_ids=job.ids)
        branch = self.make_scheme(branch_ids=self.branch.ids)
        self.compute()
        self.assertEqual(self.card_of(self.manager_a).scheme_id, branch)
        self.assertEqual(self.card_of(self.manager_b).scheme_id, general)
        self.branch.member_ids.job_id = job
        self.compute()
        self.assertEqual(self.card_of(self.manager_a).scheme_id, special)
        with self.assertRaisesRegex(ValidationError, "branches and jobs"):
            self.make_scheme(job_ids=job.ids)

    def test_archived_scheme(self):
        """It judges nobody from then on; what it judged stays, also every night."""
        own = self.make_scheme()
        self.compute()
        card = self.card_of(self.manager_a)
        before = card.computed_on
        self.env["evaluation.scheme"].search([]).action_archive()
        self.compute()
        self.env["evaluation.run"]._pending(self.period)
        self.assertTrue(card.exists())
        self.assertEqual((card.scheme_id, card.computed_on), (own, before))

    def test_gate(self):
        scheme = self.make_scheme()
        scheme.line_ids.gate_score = 70
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=600, date=self.today)
        self.compute()
        card = self.card_of(self.manager_a)
        self.assertTrue(card.gate_closed)
        self.assertFalse(card.gate_message, "the month may still open it")
        card.invalidate_recordset()
        with freeze_time(f"{self.period.date_to + timedelta(days=2)} 10:00:00"):
            self.assertIn("60.00 is below 70.00", card.gate_message)
        self.make_invoice(price=100, date=self.today)
        self.compute()
        self.assertFalse(card.gate_closed)
        self.assertFalse(self.card_of(self.manager_b).gate_closed, "n/a closes none")

    @mute_logger("odoo.sql_db")
    def test_gate_range(self):
        scheme = self.make_scheme()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            scheme.line_ids.gate_score = -1
            self.env.flush_all()
