from odoo import api, fields, models
from odoo.tools import format_date

from ..engine import playbook as engine

MANAGER = "sales_manager_kpi.group_manager"


class CrmLead(models.Model):
    """The strip of steps on a lead, and what is clicked there."""

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    playbook_progress = fields.Float(
        string="Progress",
        compute="_compute_playbook_board",
        groups=MANAGER,
        help="Steps done per step, 0 to 1.",
    )
    playbook_board = fields.Json(
        compute="_compute_playbook_board",
        groups=MANAGER,
        export_string_translation=False,
    )

    @api.depends("playbook_id", "playbook_mark_ids", "playbook_check_ids")
    @api.depends_context("lang", "uid")
    def _compute_playbook_board(self):
        self.playbook_progress, self.playbook_board = 0.0, False
        # sudo: names of steps and of who did them, for who may read the lead
        leads = self.sudo().filtered("playbook_id")
        if not leads:
            return
        steps = leads.playbook_id.step_ids
        writable = self._filtered_access("write")
        late = leads._late_steps()
        for lead in leads:
            own = lead.playbook_id.step_ids & steps
            marks = {mark.step_id: mark for mark in lead.playbook_mark_ids}
            states = engine.standing(
                lead._playbook_steps()
                if lead.playbook_id.active
                else lead._old_steps(),
                {step.id for step in marks},
            )
            done = [step for step in own if step in marks]
            record = lead.sudo(False)
            record.playbook_progress = len(done) / len(own) if own else 0.0
            record.playbook_board = {
                "name": lead.playbook_id.name,
                "done": len(done),
                "all": len(own),
                "open": lead.active and lead.playbook_id.active and record in writable,
                "steps": [
                    lead._step_card(
                        step, states[step.id], marks.get(step), late.get((lead, step))
                    )
                    for step in own
                ],
            }

    def _old_steps(self):
        """Steps of an archived playbook, as the engine reads them."""
        return [
            engine.Step(step.id, step.proof, tuple(step.prerequisite_ids.ids))
            for step in self.playbook_id.step_ids
        ]

    def _step_card(self, step, state, mark, late):
        labels = dict(step._fields["proof"]._description_selection(self.env))
        card = {
            "id": step.id,
            "name": step.name,
            "description": step.description or "",
            "state": state,
            "proof": labels[step.proof],
            "by_hand": step.by_hand,
            "late": bool(late),
            "checks": [
                {
                    "id": check.id,
                    "name": check.name,
                    "required": check.is_required,
                    "done": check in self.playbook_check_ids,
                }
                for check in step.check_ids
            ],
        }
        if mark:
            card |= {
                "mark_id": mark.id,
                "has_proof": bool(mark.res_id),
                "proof": labels[mark.kind],
                "on": format_date(self.env, mark.date),
                "by": mark.user_id.name or "",
                "for": mark.acting_for_id.name or "",
                "note": mark.note or "",
            }
        return card

    def _late_steps(self):
        """``{(lead, step): True}`` of next steps that take longer than expected."""
        waiting = {}
        for lead in self.filtered(lambda row: row.active and row.playbook_step_id):
            step, marks = lead.playbook_step_id, lead.playbook_mark_ids
            if step.expected_days:
                done = {mark.step_id.id: mark.at for mark in marks}
                reached = engine.reached_at(
                    engine.Step(step.id, step.proof, tuple(step.prerequisite_ids.ids)),
                    lead._playbook_steps(),
                    done,
                    lead._playbook_start(),
                )
                if reached:
                    row = (step, fields.Datetime.now(), reached, None)
                    waiting[lead] = [row]
        if not waiting:
            return {}
        leads = self.browse([lead.id for lead in waiting])
        worked = leads._worked_between(waiting, leads._lead_branches())
        return {
            (lead, step): True
            for lead, ((step, now, reached, __),) in waiting.items()
            if worked[lead](reached, now) > step.expected_days
        }

    # ------------------------------------------------------------------
    # Clicked
    # ------------------------------------------------------------------

    def action_playbook_check(self, check_id, done=True):
        """Tick an item of the checklist, or untick it.

        :param check_id: id of a `sales.playbook.check` of this lead's playbook
        :raise AccessError: for who may not work on the lead
        """
        self.ensure_one()
        self.check_access("write")
        check = self.env["sales.playbook.check"].browse(check_id).exists()
        if check.step_id.playbook_id == self.playbook_id:
            command = fields.Command.link if done else fields.Command.unlink
            self.write({"playbook_check_ids": [command(check.id)]})
        return True

    def action_playbook_tick(self, step_id):
        """Ask when and how a step was done, to tick it by hand.

        :param step_id: id of a `sales.playbook.step` of this lead's playbook
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Step done"),
            "res_model": "sales.playbook.tick",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id, "default_step_id": step_id},
        }

    def action_log_objection(self):
        """Note an objection of the customer, and what was answered."""
        self.ensure_one()
        return self.env["sales.objection"]._log_action(lead=self)

    def action_open_objections(self):
        """Open the objections that came up with this lead."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_objection_use_action"
        )
        return {**action, "domain": [("lead_id", "=", self.id)], "context": {}}
