import uuid

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..common import COMMERCIAL, DIRECTOR, MANAGER


@tagged("standard", "post_install", "-at_install")
class TestClaimCollision(TransactionCase):
    """One claim, judged by two in transactions that really commit."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        self.addCleanup(self._remove_world)
        self._make_world()

    def _env(self, cr, user=None):
        context = {"tracking_disable": True}
        return api.Environment(cr, user or api.SUPERUSER_ID, context)

    def _make_world(self):
        mark, env = uuid.uuid4().hex[:5], self._env(self.cr_0)
        self.users = [
            new_test_user(env, f"{mark}{number}", groups=groups)
            for number, groups in enumerate((MANAGER, DIRECTOR, COMMERCIAL))
        ]
        manager, director, __ = self.users
        self.branch = env["sales.branch"].create(
            {
                "code": mark,
                "name": mark,
                "tz": "UTC",
                "director_id": director.id,
                "member_ids": [
                    Command.create({"user_id": manager.id, "date_from": "2020-01-01"})
                ],
            }
        )
        self.customer = env["res.partner"].create(
            {"name": mark, "is_company": True, "user_id": manager.id}
        )
        claims = self._env(self.cr_0, manager.id)["customer.claim"]
        claim = claims.create({"subject": mark, "partner_id": self.customer.id})
        self.claim_id = claim.id
        claim.action_review()
        self.cr_0.commit()

    def _remove_world(self):
        """Claims and contacts are kept: only SQL takes them away again."""
        for cr in self.cursors:
            cr.rollback()
        env = self._env(self.cr_0)
        claim = env["customer.claim"].browse(self.claim_id)
        claim.activity_ids.unlink()
        claim.message_ids.unlink()
        for table, column, record in (
            ("customer_claim_effect", "claim_id", claim),
            ("customer_claim_decision", "claim_id", claim),
            ("customer_claim", "id", claim),
            ("customer_contact_due", "partner_id", self.customer),
            ("customer_contact", "partner_id", self.customer),
            ("customer_figure", "partner_id", self.customer),
            ("customer_assignment", "partner_id", self.customer),
        ):
            self.cr_0.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    record.id,
                )
            )
        env.invalidate_all(flush=False)
        ids = [user.id for user in self.users]
        users = env["res.users"].browse(ids)
        env["resource.resource"].search([("user_id", "in", ids)]).unlink()
        env["sales.branch"].browse(self.branch.id).unlink()
        partners = users.partner_id | env["res.partner"].browse(self.customer.id)
        users.unlink()
        partners.unlink()
        self.cr_0.commit()
        env.registry.clear_cache()

    def _decide(self, cr, user, verdict):
        claim = self._env(cr, user.id)["customer.claim"].browse(self.claim_id)
        claim._decide({"verdict": verdict, "note": "Looked at it.", "remedy": "none"})
        cr.flush()

    def test_the_second_hears_of_the_first(self):
        __, director, commercial = self.users
        self.cr_2.execute("SELECT 1 FROM customer_claim LIMIT 1")  # it has begun
        self._decide(self.cr_1, director, "not_justified")
        self.cr_2.execute("SAVEPOINT waiting")
        self.cr_2.execute("SET LOCAL lock_timeout = '100ms'")
        with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
            self._decide(self.cr_2, commercial, "justified")
        self.cr_2.execute("ROLLBACK TO SAVEPOINT waiting")
        self.cr_1.commit()
        # what it read is old by now: Odoo tries such a call again by itself
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._decide(self.cr_2, commercial, "justified")
        self.cr_2.rollback()
        with self.assertRaises(UserError):
            self._decide(self.cr_2, commercial, "justified")
        self.cr_2.rollback()
        claim = self._env(self.cr_0)["customer.claim"].browse(self.claim_id)
        self.assertEqual(claim.decision_ids.mapped("verdict"), ["not_justified"])
        self.assertEqual(claim.decided_by_id.id, director.id)
