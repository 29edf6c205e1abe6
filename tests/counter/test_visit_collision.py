import uuid

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..common import MANAGER


@tagged("standard", "post_install", "-at_install")
class TestServeCollision(TransactionCase):
    """Two colleagues press Serve, in transactions that really commit."""

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
        self.user_ids = [
            new_test_user(env, f"{mark}{number}", groups=MANAGER).id
            for number in range(2)
        ]
        self.branch_id = (
            env["sales.branch"]
            .create(
                {
                    "code": mark,
                    "name": mark,
                    "tz": "UTC",
                    "member_ids": [
                        Command.create({"user_id": user, "date_from": "2020-01-01"})
                        for user in self.user_ids
                    ],
                }
            )
            .id
        )
        visits = self._env(self.cr_0, self.user_ids[0])["branch.visit"]
        self.visit_id = visits.create({"branch_id": self.branch_id}).id
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self._env(self.cr_0)
        env["mail.message"].search(
            [("model", "=", "branch.visit"), ("res_id", "=", self.visit_id)]
        ).unlink()
        self.cr_0.execute(SQL("DELETE FROM branch_visit WHERE id = %s", self.visit_id))
        env.invalidate_all(flush=False)
        users = env["res.users"].browse(self.user_ids)
        env["resource.resource"].search([("user_id", "in", users.ids)]).unlink()
        env["sales.branch"].browse(self.branch_id).unlink()
        partners = users.partner_id
        users.unlink()
        partners.unlink()
        self.cr_0.commit()
        env.registry.clear_cache()

    def _serve(self, cr, user_id):
        self._env(cr, user_id)["branch.visit"].browse(self.visit_id).action_serve()
        cr.flush()

    def test_one_gets_it(self):
        first, second = self.user_ids
        self.cr_2.execute("SELECT 1 FROM branch_visit LIMIT 1")  # it has begun
        self._serve(self.cr_1, first)
        with self.assertRaisesRegex(UserError, "colleague is taking care"):
            self._serve(self.cr_2, second)
        self.cr_1.commit()
        # what it read is old by now: Odoo tries such a call again by itself
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._serve(self.cr_2, second)
        self.cr_2.rollback()
        with self.assertRaisesRegex(UserError, "is being served by"):
            self._serve(self.cr_2, second)
        self.cr_2.rollback()
        visit = self._env(self.cr_0)["branch.visit"].browse(self.visit_id)
        self.assertEqual(visit.served_by_id.id, first)
