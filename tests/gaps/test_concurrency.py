import uuid
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import Command, api, fields
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("standard", "post_install", "-at_install")
class TestTwoSweeps(TransactionCase):
    """Two transactions that really commit; everything made here is removed again."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        self.env_0 = self._env(self.cr_0)
        self._make_world()
        self.addCleanup(self._remove_world)

    def _env(self, cr):
        context = {"tracking_disable": True, "mail_activity_quick_update": True}
        return api.Environment(cr, api.SUPERUSER_ID, context)

    def _make_world(self):
        mark, env = uuid.uuid4().hex[:8], self.env_0
        company = env.company
        self.gaps_from = company.sales_manager_kpi_gaps_from
        company.sales_manager_kpi_gaps_from = "2020-01-01"
        user = new_test_user(env, mark, groups="sales_manager_kpi.group_manager")
        branch = env["sales.branch"].create(
            {
                "code": mark,
                "name": mark,
                "tz": "UTC",
                "member_ids": [
                    Command.create({"user_id": user.id, "date_from": "2020-01-01"})
                ],
            }
        )
        customer = env["res.partner"].create({"name": mark, "user_id": user.id})
        customer.customer_assignment_ids.date_from = "2020-01-01"
        activity = env["mail.activity"].create(
            {
                "res_model_id": env["ir.model"]._get_id("res.partner"),
                "res_id": customer.id,
                "summary": mark,
                "date_deadline": fields.Date.today() - timedelta(days=14),
                "user_id": user.id,
            }
        )
        self.reference = f"mail.activity,{activity.id},{activity.date_deadline}"
        rows = env["service.gap.sweep"].search([]) or env["service.gap.sweep"].create(
            {"company_id": company.id}
        )
        resources = env["resource.resource"].search([("user_id", "=", user.id)])
        made = (rows, activity, customer, branch.member_ids, branch, resources, user)
        partner = user.partner_id
        self.ids = [(records._name, records.ids) for records in (*made, partner)]
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self.env_0
        env.invalidate_all()
        env.company.sales_manager_kpi_gaps_from = self.gaps_from
        self._gaps(env).unlink()
        for model, ids in self.ids:
            env[model].browse(ids).exists().unlink()
        self.cr_0.commit()

    def _gaps(self, env):
        return env["service.gap"].search([("reference", "=", self.reference)])

    def _sweep(self, cr):
        env = self._env(cr)
        batches = list(env["service.gap.sweep"]._sweep(env.company))
        env.flush_all()
        return batches

    def test_two_runs_at_once_find_a_gap_once(self):
        self.cr_2.execute("SELECT 1 FROM service_gap")  # its view of the world
        self.assertTrue(self._sweep(self.cr_1))
        self.assertFalse(self._sweep(self.cr_2), "somebody else is at it")
        self.cr_1.commit()
        # what it saw is stale: the job is tried again, and then finds it known
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._sweep(self.cr_2)
        self.cr_2.rollback()
        self._sweep(self.cr_2)
        gap = self._gaps(self._env(self.cr_2))
        self.assertEqual((len(gap), gap.state), (1, "open"))
        self.assertEqual(len(gap.day_ids), len(set(gap.day_ids.mapped("date"))))
