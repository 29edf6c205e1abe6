import uuid
from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

PAY = "base.group_user,sales_manager_kpi.group_pay"


@tagged("standard", "post_install", "-at_install")
class TestTwoPayers(TransactionCase):
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
        users = [
            new_test_user(
                env, f"paid_{mark}", groups="sales_manager_kpi.group_manager"
            ),
            new_test_user(env, f"payer_1_{mark}", groups=PAY),
            new_test_user(env, f"payer_2_{mark}", groups=PAY),
        ]
        self.ids = [user.id for user in users]
        self.scheme_id = (
            env["bonus.scheme"]
            .create(
                {
                    "name": mark,
                    "code": mark,
                    "date_from": "2031-01-01",
                    "user_ids": [Command.set(self.ids[:1])],
                    "component_ids": [
                        Command.create(
                            {
                                "name": "Fixed",
                                "code": "fixed",
                                "kind": "fixed",
                                "amount": 100.0,
                            }
                        )
                    ],
                }
            )
            .id
        )
        env["bonus.scheme"].browse(self.scheme_id).action_activate()
        self.period_id = env["sales.period"]._for_date(env.company, date(2031, 1, 1)).id
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self.env_0
        env.invalidate_all()
        for query in (
            "DELETE FROM bonus_statement WHERE period_id = %s",
            "DELETE FROM sales_period WHERE id = %s",
        ):
            self.cr_0.execute(query, [self.period_id])
        self.cr_0.execute("DELETE FROM bonus_scheme WHERE id = %s", [self.scheme_id])
        env.invalidate_all()
        env["resource.resource"].search([("user_id", "in", self.ids)]).unlink()
        users = env["res.users"].browse(self.ids)
        partners = users.partner_id
        users.unlink()
        partners.unlink()
        self.cr_0.commit()

    def _compute(self, cr):
        env = self._env(cr)
        statements = env["bonus.statement"]._compute_period(
            env["sales.period"].browse(self.period_id),
            env["res.users"].browse(self.ids[:1]),
        )
        env.flush_all()
        return statements

    def test_computed_twice_at_once(self):
        """The second run is served again, and there is one statement with one line."""
        self.cr_2.execute("SELECT 1")  # its snapshot is older
        self._compute(self.cr_1)
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._compute(self.cr_2)
        self.cr_2.rollback()
        statement = self._compute(self.cr_2)
        self.assertEqual(len(statement), 1)
        self.assertEqual(statement.line_ids.mapped("amount"), [100.0])

    def test_approved_while_it_is_computed(self):
        """What was approved in the meantime is not overwritten."""
        statement_id = self._compute(self.cr_0).id
        self.cr_0.execute(
            "UPDATE sales_period SET state = 'closed' WHERE id = %s", [self.period_id]
        )
        self.cr_0.execute(
            "UPDATE bonus_statement SET state = 'sent' WHERE id = %s", [statement_id]
        )
        self.cr_0.commit()
        first, second = (
            self._env(cr)["bonus.statement"].with_user(user).browse(statement_id)
            for cr, user in ((self.cr_1, self.ids[1]), (self.cr_2, self.ids[2]))
        )
        self.assertEqual(second.state, "sent")
        first.action_approve()
        first.env.flush_all()
        with self.assertRaisesRegex(UserError, "Somebody else is deciding"):
            second.action_approve()
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._compute(self.cr_2)
        self.cr_2.rollback()
        self._compute(self.cr_2)
        again = self._env(self.cr_2)["bonus.statement"].browse(statement_id)
        self.assertEqual(
            (again.state, again.approved_by_id.id), ("approved", self.ids[1])
        )
