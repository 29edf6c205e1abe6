import uuid

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..common import COMMERCIAL, DIRECTOR, MANAGER


@tagged("standard", "post_install", "-at_install")
class TestVoiceCollision(TransactionCase):
    """One proposal, decided by two in transactions that really commit."""

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
        proposals = self._env(self.cr_0, manager.id)["sales.proposal"]
        proposal = proposals.create({"subject": mark, "description": mark})
        self.proposal_id = proposal.id
        proposal.action_submit()
        self.cr_0.commit()

    def _remove_world(self):
        """Proposals and their steps are kept: only SQL takes them away again."""
        for cr in self.cursors:
            cr.rollback()
        env = self._env(self.cr_0)
        proposal = env["sales.proposal"].browse(self.proposal_id)
        proposal.activity_ids.unlink()
        proposal.message_ids.unlink()
        for table, column in (
            ("sales_proposal_step", "document_id"),
            ("sales_proposal", "id"),
        ):
            self.cr_0.execute(
                SQL(
                    "DELETE FROM %s WHERE %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self.proposal_id,
                )
            )
        env.invalidate_all(flush=False)
        ids = [user.id for user in self.users]
        users = env["res.users"].browse(ids)
        env["resource.resource"].search([("user_id", "in", ids)]).unlink()
        env["sales.branch"].browse(self.branch.id).unlink()
        partners = users.partner_id
        users.unlink()
        partners.unlink()
        self.cr_0.commit()

    def _proposal(self, cr, user):
        return self._env(cr, user.id)["sales.proposal"].browse(self.proposal_id)

    def test_two_decide_at_once(self):
        """The second neither overwrites nor waits for the first."""
        __, director, commercial = self.users
        self._proposal(self.cr_1, director)._decide("accepted", "Yes")
        with mute_logger("odoo.sql_db"), self.assertRaises(UserError):
            self._proposal(self.cr_2, commercial)._decide("declined", "No")
        self.cr_1.commit()
        self.cr_2.rollback()
        with self.assertRaises(UserError):
            self._proposal(self.cr_2, commercial)._decide("declined", "No")
        self.cr_2.rollback()
        proposal = self._env(self.cr_0)["sales.proposal"].browse(self.proposal_id)
        self.assertEqual(proposal.state, "accepted")
        self.assertEqual(proposal.step_ids.mapped("step"), ["submit", "accepted"])
