import os
import signal
import uuid
from datetime import date
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api, modules, sql_db
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_manager_kpi.report.sales_fact_query import COLUMNS, select_list

ROWS = 3


@tagged("standard", "post_install", "-at_install")
@freeze_time("2024-05-10 12:00:00")
class TestAtOnce(TransactionCase):
    """Transactions that really commit; everything made here is removed again."""

    def setUp(self):
        super().setUp()
        self.amount = 10.0
        facts = property(lambda report: self._sql_facts())
        self.patch(self.registry["sales.fact.report"], "_table_query", facts)
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        env = self.env_0 = self._env(self.cr_0)
        self.user_id = new_test_user(
            env, uuid.uuid4().hex, groups="sales_manager_kpi.group_commercial_director"
        ).id
        self.company_id = env.company.id
        self.currency_id = env.company.currency_id.id
        env.company.sales_manager_kpi_first_managed_month = "2024-04-01"
        month = env["sales.period"]._for_date(env.company, date(2024, 4, 1))
        self.period_id = month.id
        self.cr_0.commit()
        self.addCleanup(self._remove_world)

    def _env(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self.env_0
        env.transaction.reset()
        for table in ("sales_fact_line", "sales_period_decision"):
            self.cr_0.execute(f"DELETE FROM {table}")
        self.cr_0.execute("DELETE FROM sales_period WHERE date_from < '2025-01-01'")
        self.cr_0.execute(
            "UPDATE res_company SET sales_manager_kpi_first_managed_month = NULL"
        )
        env.invalidate_all()
        user = env["res.users"].browse(self.user_id)
        partner = user.partner_id
        user.unlink()
        partner.unlink()
        self.cr_0.commit()

    def _sql_facts(self):
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s",
                select_list(
                    COLUMNS,
                    {
                        "id": SQL("%s", number * 256),
                        "basis": SQL("'invoice'"),
                        "status": SQL("'excluded'"),
                        "reason": SQL("'other_line'"),
                        "is_excluded": SQL("TRUE"),
                        "date": SQL("'2024-04-10'"),
                        "moment": SQL("'2024-04-10'"),
                        "company_id": SQL("%s", self.company_id),
                        "currency_id": SQL("%s", self.currency_id),
                        "amount": SQL("%s", self.amount),
                    },
                ),
            )
            for number in range(1, ROWS + 1)
        )

    def _period(self, env, user_id=None):
        Period = env["sales.period"]
        return Period.with_user(user_id or api.SUPERUSER_ID).browse(self.period_id)

    def _rows(self, kind="frozen"):
        self.cr_0.rollback()
        self.env_0.transaction.reset()
        return self.env_0["sales.fact.line"].search_count(
            [("period_id", "=", self.period_id), ("kind", "=", kind)]
        )

    def test_two_closers(self):
        first = self._period(self._env(self.cr_1), self.user_id)
        second = self._period(self._env(self.cr_2), self.user_id)
        self.assertEqual((first.state, second.state), ("open", "open"))
        first.action_close()
        first.env.flush_all()
        # while the first is at it, the second is told so at once
        with self.assertRaisesRegex(UserError, "Somebody else is closing"):
            second.action_close()
        self.cr_1.commit()
        # afterwards its snapshot is stale: Odoo serves it again, and it is closed
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            second.action_close()
        self.cr_2.rollback()
        second.env.transaction.reset()
        second.action_close()
        self.assertEqual(second.state, "closed")
        self.cr_2.commit()
        self.assertEqual(self._rows(), ROWS)

    def test_two_compare(self):
        self._period(self.env_0).action_close()
        self.cr_0.commit()
        first, second = self._env(self.cr_1), self._env(self.cr_2)
        self.amount = 11.0
        lines = [env["sales.fact.line"] for env in (first, second)]
        self.assertEqual(self._period(second).state, "closed")  # its snapshot
        self.assertEqual(len(lines[0]._book_late(first.company)), ROWS)
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            lines[1]._book_late(second.company)
        self.cr_2.rollback()
        second.transaction.reset()
        self.assertFalse(lines[1]._book_late(second.company))
        self.cr_2.commit()
        self.assertEqual(self._rows("late"), ROWS)

    # ------------------------------------------------------------------
    # Killed
    # ------------------------------------------------------------------

    def _die_in(self, model, method):
        """Close the month in a process that is killed -9 when it gets to ``method``."""
        pid = os.fork()
        if not pid:
            try:
                sql_db._Pool = None  # the connections are the parent's
                modules.module.current_test = None
                cr = sql_db.db_connect(self.env.cr.dbname).cursor()
                die = lambda *args: os.kill(os.getpid(), signal.SIGKILL)  # noqa: E731
                patch.object(self.registry[model], method, die).start()
                self._period(self._env(cr)).action_close()
                cr.commit()
            finally:
                os._exit(1)
        __, status = os.waitpid(pid, 0)
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)

    def _state(self):
        self.cr_0.rollback()
        self.env_0.transaction.reset()
        period = self._period(self.env_0)
        return period.state, self._rows(), period.close_hash or ""

    def test_killed_at_any_moment(self):
        """Open with nothing kept, or being closed with everything."""
        for model, method in (
            ("sales.fact.line", "_freeze"),
            ("sales.fact.line", "_seal"),
            ("sales.period", "_keep_progress"),
        ):
            self._die_in(model, method)
            self.assertEqual(self._state(), ("open", 0, ""), method)
        self._die_in("sales.period", "_after_close")
        state, rows, seal = self._state()
        self.assertEqual((state, rows), ("closing", ROWS))
        self.amount = 99.0  # what is sold meanwhile is late
        self._die_in("sales.period", "_after_close")
        self.assertEqual(self._state(), (state, rows, seal))
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 1
        ):
            self.env_0["sales.period"]._cron_go_on()
        self.cr_0.commit()
        self.assertEqual(self._state(), ("closed", ROWS, seal))
        steps = self._period(self.env_0).decision_ids.mapped("step")
        self.assertEqual(sorted(steps), ["begin", "close"])
