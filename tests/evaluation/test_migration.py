from importlib.util import module_from_spec, spec_from_file_location

from odoo.modules import get_module_path

from .common import EvaluationCommon


class TestMigration(EvaluationCommon):
    def test_scorecards_of_before(self):
        """What was kept by the first version counts as it was computed."""
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=700, date=self.today)
        self.compute()
        cards = self.card_of(self.manager_a) | self.card_of(self.manager_b)
        self.env.flush_all()
        self.env.cr.execute("UPDATE evaluation_scorecard SET final_score = NULL")
        self.env.cr.execute(
            "UPDATE evaluation_scorecard_line SET final_score = NULL,"
            " final_weighted = NULL, unit = NULL"
        )
        self.env.invalidate_all()
        self.migrate()
        card, other = cards
        self.assertEqual((card.final_score, card.state), (70, "computed"))
        line = card.line_ids
        self.assertEqual((line.final_score, line.final_weighted), (70, 70))
        self.assertEqual(line.unit, "percent")
        self.assertEqual(line.value_display, "70.0 %")
        self.assertFalse(other.has_score)
        self.migrate()
        self.assertEqual(card.final_score, 70, "twice is once")

    def test_curve_of_before(self):
        """A criterion of before keeps its straight line, floor and target."""
        self.assertEqual(self.criterion.curve, "linear")
        self.assertEqual(self.criterion.target_source, "none")
        self.assertEqual(
            (self.criterion.score_floor, self.criterion.score_cap), (0, 150)
        )

    def migrate(self):
        path = get_module_path("sales_manager_kpi")
        path = f"{path}/migrations/19.0.2.0.0/post-evaluation.py"
        spec = spec_from_file_location("post_evaluation", path)
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
