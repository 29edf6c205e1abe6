import importlib.util
from pathlib import Path

from odoo.tests import freeze_time

from odoo.addons import sales_manager_kpi

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestPlanMigration(PlanCommon):
    def migrate(self):
        folder = Path(sales_manager_kpi.__file__).parent / "migrations"
        path = folder / "19.0.2.0.0" / "post-plan.py"
        spec = importlib.util.spec_from_file_location("post_plan", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_plans_of_before(self):
        draft = self.make_plan(self.manager_b, total=300)
        plan = self.approve(self.make_plan(lines=[(self.linen, 400)]))
        self.env.flush_all()
        both = (draft + plan).ids
        self.cr.execute("ALTER TABLE sales_plan_line ALTER measure DROP NOT NULL")
        self.cr.execute(
            "UPDATE sales_plan_line SET measure = NULL, is_main = NULL, "
            "proposed_amount = NULL, is_countered = NULL WHERE plan_id = ANY(%s)",
            [both],
        )
        self.cr.execute(
            "UPDATE sales_plan SET day_from = NULL, day_to = NULL, "
            "negotiation_round = NULL WHERE id = ANY(%s)",
            [both],
        )
        for __ in range(2):  # twice is once
            self.migrate()
            self.assertEqual(set((draft + plan).line_ids.mapped("measure")), {"amount"})
            self.assertTrue(all((draft + plan).line_ids.mapped("is_main")))
            self.assertEqual(plan.day_from, self.march.date_from)
            self.assertEqual(plan.day_to, self.march.date_to)
            self.assertEqual((draft + plan).mapped("negotiation_round"), [0, 1])
            lines = plan.line_ids
            self.assertEqual(
                lines.mapped("proposed_amount"), lines.mapped("target_amount")
            )
            self.assertFalse(any(draft.line_ids.mapped("proposed_amount")))
        self.assertEqual(plan.fulfilment, 0.0)
