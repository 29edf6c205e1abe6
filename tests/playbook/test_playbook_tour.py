from odoo.tests import HttpCase

from .common import PlaybookCommon


class TestPlaybookTour(PlaybookCommon, HttpCase):
    def test_worked_on_the_lead(self):
        """Checked, ticked with a note, and an objection noted."""
        objection = self.env["sales.objection"].create(
            {
                "name": "Tour objection",
                "answer_ids": [(0, 0, {"text": "Tour answer"})],
            }
        )
        self.start_tour(
            f"/odoo/action-crm.crm_lead_action_pipeline/{self.lead.id}",
            "sales_playbook",
            login="manager_a",
        )
        mark = self.lead.playbook_mark_ids
        self.assertEqual((mark.step_id, mark.note), (self.steps["Circle"], "Asked"))
        self.assertEqual(mark.user_id, self.manager_a)
        use = self.lead.objection_use_ids
        self.assertEqual(use.answer_id, objection.answer_ids)
