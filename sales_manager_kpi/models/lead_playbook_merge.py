from odoo import fields, models


class CrmLead(models.Model):
    """What was done on leads that are merged was done on the one that stays."""

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: what was done is the system's, whoever may merge the leads
        self.sudo()._take_over_marks(opportunities.sudo())
        return result

    def _take_over_marks(self, opportunities):
        """Of a step that was done on several, the earliest mark stays."""
        opportunities.objection_use_ids.write({"lead_id": self.id})
        # sudo: merged by who may
        Prospect = self.env["sales.prospect"].sudo()
        Prospect.search([("lead_id", "in", opportunities.ids)]).write(
            {"lead_id": self.id}
        )
        # sudo: as above; the offers made on them are of the one that stays
        offers = self.env["sales.offer"].sudo().with_context(active_test=False)
        offers.search([("lead_id", "in", opportunities.ids)]).lead_id = self.id
        marks = (self | opportunities).playbook_mark_ids.sorted(lambda m: (m.at, m.id))
        kept = {}
        for mark in marks:
            kept.setdefault(mark.step_id.id, mark)
        kept = marks.browse([mark.id for mark in kept.values()])
        (marks - kept).unlink()
        moved = kept.filtered(lambda mark: mark.lead_id != self)
        moved.write({"lead_id": self.id})
        playbook = self.playbook_id or opportunities.playbook_id[:1]
        if playbook:
            checks = opportunities.playbook_check_ids
            self.write(
                {
                    "playbook_id": playbook.id,
                    "playbook_check_ids": [
                        fields.Command.link(check.id) for check in checks
                    ],
                }
            )
