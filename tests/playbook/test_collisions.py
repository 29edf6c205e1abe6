import uuid

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("standard", "post_install", "-at_install")
class TestTwoAtOnce(TransactionCase):
    """Two transactions that really commit; everything made here is removed again."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        mark, env = uuid.uuid4().hex[:8], self._env(self.cr_0)
        self.user = new_test_user(
            env, f"seller_{mark}", groups="sales_manager_kpi.group_commercial_director"
        )
        self.playbook = env["sales.playbook"].create(
            {
                "name": mark,
                "step_ids": [Command.create({"name": "One", "proof": "hand"})],
            }
        )
        self.lead = env["crm.lead"].create(
            {"name": mark, "user_id": self.user.id, "playbook_id": self.playbook.id}
        )
        self.lists = env["sales.prospect.list"].create(
            [{"name": f"{mark} {n}", "kind": "rows"} for n in (1, 2)]
        )
        self.mark = mark
        self.cr_0.commit()
        self.addCleanup(self._remove)

    def _env(self, cr):
        context = {"tracking_disable": True}
        return api.Environment(cr, api.SUPERUSER_ID, context)

    def _remove(self):
        for cr in self.cursors:
            cr.rollback()
        env = self._env(self.cr_0)
        env["sales.prospect.list"].browse(self.lists.ids).prospect_ids.write(
            {"lead_id": False}
        )
        env["sales.prospect.list"].browse(self.lists.ids).unlink()
        leads = env["crm.lead"].search([("name", "ilike", self.mark)])
        leads.playbook_mark_ids.unlink()
        leads.unlink()
        env["sales.playbook"].browse(self.playbook.id).unlink()
        user = env["res.users"].browse(self.user.id)
        partner = user.partner_id
        user.unlink()
        partner.unlink()
        self.cr_0.commit()

    def _tick(self, cr):
        env = self._env(cr)
        lead = env["crm.lead"].browse(self.lead.id)
        env["sales.playbook.tick"].create(
            {
                "lead_id": lead.id,
                "step_id": self.playbook.step_ids.id,
                "note": "Done",
            }
        ).action_confirm()
        env.flush_all()

    def test_a_step_is_ticked_once(self):
        """The second begins again, and is told that it is done."""
        self.cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
        self._tick(self.cr_1)
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._tick(self.cr_2)
        self.cr_2.rollback()
        lead = self._env(self.cr_2)["crm.lead"].browse(self.lead.id)
        self.assertEqual(len(lead.playbook_mark_ids), 1)

    def _enter(self, cr, number):
        env = self._env(cr)
        row = env["sales.prospect"].create(
            {
                "list_id": self.lists[number].id,
                "name": f"Twin {self.mark}",
                "email": f"{self.mark}@twin.example",
                "user_id": self.user.id,
            }
        )
        env.flush_all()
        return row

    def test_two_lists_with_the_same_prospect(self):
        """The second import begins again, and finds it; a lead is made once."""
        self.cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
        row = self._enter(self.cr_1, 0)
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._enter(self.cr_2, 1)
        self.cr_2.rollback()
        twin = self._enter(self.cr_2, 1)
        self.assertEqual(twin.duplicate_prospect_id.id, row.id)
        self.cr_2.commit()
        # both convert the first at once
        self.cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
        self._env(self.cr_1)["sales.prospect"].browse(row.id).action_convert()
        self.cr_1.commit()
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self._env(self.cr_2)["sales.prospect"].browse(row.id).action_convert()
        self.cr_2.rollback()
        leads = self._env(self.cr_2)["crm.lead"].search(
            [("email_from", "=", f"{self.mark}@twin.example")]
        )
        self.assertEqual(len(leads), 1)
        self.cr_2.rollback()
