from odoo.tests import HttpCase

from .common import VoiceCommon


class TestVoiceTour(VoiceCommon, HttpCase):
    """The main path on screen: propose, decide, give and report, read and sign."""

    def test_manager_and_director(self):
        assignment = self.give(subject="Call lost customers")
        self.write_decision(name="Opening hours")
        self.env.flush_all()
        self.start_tour("/odoo", "voice_manager", login="manager_a")
        proposal = self.env["sales.proposal"].search([("subject", "=", "Label rolls")])
        self.assertEqual(
            (proposal.state, proposal.user_id), ("submitted", self.manager_a)
        )
        self.assertEqual(assignment.result, "Twelve called")
        reading = self.env["sales.draft.decision.reading"].search([])
        self.assertEqual((reading.user_id, reading.comment), (self.manager_a, "Fine"))
        self.start_tour("/odoo", "voice_director", login="director")
        self.assertEqual((proposal.state, proposal.answer), ("accepted", "Good idea"))
