from psycopg2.errors import IntegrityError, SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger


@tagged("standard", "post_install", "-at_install")
class TestSettlementCollision(BaseCase):
    """Two people settle the same period at once, each in their own transaction."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "Twice"}).id
            agreement = env["trade.bonus.agreement"].create(
                {
                    "name": "Twice",
                    "partner_ids": [Command.set([self.partner_id])],
                    "date_from": "2024-01-01",
                    "date_to": "2024-12-31",
                    "state": "active",
                    "payout": "ewallet",
                    "term_ids": [
                        Command.create(
                            {
                                "name": "Year",
                                "period": "year",
                                "tier_ids": [Command.create({"rate": 1})],
                            }
                        )
                    ],
                }
            )
            agreement._make_periods()
            agreement.period_ids.write({"state": "approved"})
            self.agreement_id = agreement.id
            self.period_id = agreement.period_ids.id
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            for table in ("settlement_line", "settlement", "agreement"):
                column = "id" if table == "agreement" else "agreement_id"
                cr.execute(
                    f"DELETE FROM trade_bonus_{table} WHERE {column} = %s",  # noqa: S608
                    [self.agreement_id],
                )
            cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner_id])

    def period(self, cr):
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        return env["trade.bonus.period"].browse(self.period_id)

    def test_two_settle_at_once(self):
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            self.period(cr_1).action_settle()
            cr_1.commit()
            # Odoo tries the second request again after this error, on fresh data.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.period(cr_2).action_settle()
            cr_2.rollback()
            with self.assertRaisesRegex(UserError, "is settled"):
                self.period(cr_2).action_settle()
            cr_2.rollback()
        with self.registry.cursor() as cr:
            self.assertEqual(len(self.period(cr).settlement_line_ids), 1)

    def test_the_database_refuses_a_second_one(self):
        with self.registry.cursor() as cr:
            period = self.period(cr)
            period.action_settle()
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                period.settlement_line_ids.copy()
                cr.flush()
            cr.rollback()
