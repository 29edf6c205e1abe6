import uuid

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

TABLES = (
    ("sales_plan", "branch_id"),
    ("sales_branch_member", "branch_id"),
    ("sales_branch", "id"),
)


@tagged("standard", "post_install", "-at_install")
class TestPlanConcurrency(TransactionCase):
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
        self.users = [
            new_test_user(env, f"{name}_{mark}", groups=f"sales_manager_kpi.{group}")
            for name, group in (
                ("concurrent_manager", "group_manager"),
                ("concurrent_director", "group_commercial_director"),
            )
        ]
        self.manager_id, self.director_id = (user.id for user in self.users)
        branch = env["sales.branch"].create(
            {
                "code": mark,
                "name": mark,
                "tz": "UTC",
                "member_ids": [
                    Command.create(
                        {"user_id": self.manager_id, "date_from": "2020-01-01"}
                    )
                ],
            }
        )
        self.branch_id = branch.id
        day = env["sales.period"]._fields["date_from"].to_date("2035-05-01")
        self.period_id = env["sales.period"]._for_date(env.company, day).id
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env, ids = self.env_0, [user.id for user in self.users]
        partners = env["res.users"].browse(ids).partner_id
        plans = env["sales.plan"].search([("branch_id", "=", self.branch_id)])
        for model in ("mail.activity", "mail.message"):
            name = "res_model" if model == "mail.activity" else "model"
            env[model].with_context(active_test=False).search(
                [(name, "=", "sales.plan"), ("res_id", "in", plans.ids)]
            ).unlink()
        env["mail.followers"].search(
            [("res_model", "=", "sales.plan"), ("res_id", "in", plans.ids)]
        ).unlink()
        env.flush_all()
        for table, column in TABLES:
            self.cr_0.execute(
                f"DELETE FROM {table} WHERE {column} = %s", [self.branch_id]
            )
        self.cr_0.execute("DELETE FROM sales_period WHERE id = %s", [self.period_id])
        env.invalidate_all()
        env["resource.resource"].search([("user_id", "in", ids)]).unlink()
        env["res.users"].browse(ids).unlink()
        partners.unlink()
        self.cr_0.commit()

    def _plans(self, cr, user_id):
        return self._env(cr)["sales.plan"].with_user(user_id)

    def _make_plan(self, cr):
        return self._plans(cr, self.manager_id).create(
            {
                "period_id": self.period_id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 5})
                ],
            }
        )

    def test_two_drafts_at_once(self):
        self._plans(self.cr_2, self.manager_id).search([])  # the second's snapshot
        self._make_plan(self.cr_1)
        self.cr_1.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "sales_plan_open_uniq") as caught,
        ):
            self._make_plan(self.cr_2)
        message = self.env["sales.plan"]._sql_error_to_message(caught.exception)
        self.assertIn("already has a plan in preparation", message)

    def test_two_approvals_at_once(self):
        plan = self._make_plan(self.cr_1)
        plan.action_submit()
        self.cr_1.commit()
        first = self._plans(self.cr_1, self.director_id).browse(plan.id)
        second = self._plans(self.cr_2, self.director_id).browse(plan.id)
        self.assertEqual(second.state, "submitted")
        first.action_approve()
        self.env_flush(first)
        # while the first is at it, the second is told so at once
        with self.assertRaisesRegex(UserError, "Somebody else is deciding"):
            second.action_approve()
        self.cr_1.commit()
        # afterwards its snapshot is stale: Odoo retries, and then the state says no
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            second.action_approve()
        self.cr_2.rollback()
        second.env.transaction.reset()
        with self.assertRaisesRegex(UserError, "it is approved"):
            second.action_approve()

    def test_two_valid_plans_at_once(self):
        """Whatever happens above, the database takes one valid plan only."""
        plan = self._make_plan(self.cr_1)
        plan.action_submit()
        self._plans(self.cr_1, self.director_id).browse(plan.id).action_approve()
        draft = plan.revise("More")
        self.cr_1.commit()
        self.cr_2.execute("SELECT 1")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "sales_plan_valid_uniq") as caught,
        ):
            self.cr_2.execute(
                "UPDATE sales_plan SET state = 'approved' WHERE id = %s", [draft.id]
            )
        message = self.env["sales.plan"]._sql_error_to_message(caught.exception)
        self.assertIn("already has an approved plan", message)

    def test_the_same_target_at_once(self):
        """Two windows on one plan add the same line: the second is told so."""
        plan = self._make_plan(self.cr_1)
        self.cr_1.commit()
        vals = {"dimension": "total", "measure": "collected", "target_amount": 5}
        vals["plan_id"] = plan.id
        lines = [
            self._plans(cr, self.manager_id).env["sales.plan.line"]
            for cr in (self.cr_1, self.cr_2)
        ]
        lines[1].search([])  # the second's snapshot
        lines[0].create(vals)
        self.cr_1.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "target_uniq") as caught,
        ):
            lines[1].create(vals)
        message = lines[0]._sql_error_to_message(caught.exception)
        self.assertIn("stands twice", message)

    def env_flush(self, records):
        records.env.flush_all()
