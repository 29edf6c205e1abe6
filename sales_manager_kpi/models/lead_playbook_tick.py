from bisect import bisect_right
from collections import defaultdict

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import playbook as engine


class CrmLead(models.Model):
    """What is done is kept as marks, and the lead moves on."""

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Marks
    # ------------------------------------------------------------------

    def _tick(self, found, done, renew=False):
        """Keep what was found as marks, and move the leads on; in sudo.

        :param found: ``{lead: [(Step, at, reached, Proof)]}``; a proof without a model
            is a tick by hand, with the note in its place
        """
        ticked = self.browse([lead.id for lead in found])
        marks = ticked._add_marks(found) if ticked else None
        by_vals = defaultdict(self.browse)
        for lead in self if renew else ticked:
            rows = found.get(lead, ())
            steps = lead._playbook_steps()
            now = {*done[lead.id], *(step.id for step, *__ in rows)}
            vals = {"playbook_step_id": _next(steps, now)}
            if stage := lead._stage_after(rows):
                vals["stage_id"] = stage.id
            by_vals[tuple(vals.items())] |= lead
        for vals, leads in by_vals.items():
            leads.write(dict(vals))
        return marks

    def _add_marks(self, found):
        branches = self._lead_branches()
        worked = self._worked_between(found, branches)
        vals_list = []
        for lead, rows in found.items():
            company = lead._playbook_company()
            for step, at, reached, proof in rows:
                by_hand = not proof.model
                vals_list.append(
                    {
                        "lead_id": lead.id,
                        "step_id": step.id,
                        "playbook_id": lead.playbook_id.id,
                        "company_id": company.id,
                        "at": at,
                        "date": _day(at, branches[lead], company, self.env),
                        "reached_at": reached,
                        "days": worked[lead](reached, at),
                        "user_id": proof.user_id,
                        "acting_for_id": lead._for_whom(proof.user_id, company),
                        "manager_id": lead.user_id.id,
                        "branch_id": branches[lead].id,
                        "kind": "hand" if by_hand else step.proof,
                        "res_model": proof.model,
                        "res_id": False if by_hand else proof.res_id,
                        "note": proof.res_id if by_hand else False,
                    }
                )
        return self.env["sales.playbook.mark"]._add(vals_list)

    def _for_whom(self, user_id, company):
        """The manager for whom ``user_id`` stands in, where it is a deputy."""
        manager = self.user_id
        if not user_id or not manager or user_id == manager.id:
            return False
        user = self.env["res.users"].browse(user_id)
        acting = self.env["sales.substitution"]._acting(self._substitution_scope, user)
        return manager.id if manager.id in acting.get(company.id, ()) else False

    def _worked_between(self, found, branches):
        """``{lead: working days between two moments}``, a few queries for all."""
        moments = [row[i] for rows in found.values() for row in rows for i in (1, 2)]
        places = {
            (branches[lead].sudo(False), lead._playbook_company()) for lead in found
        }
        days = self.env["sales.working.days"]._of_branches(
            places, min(moments).date(), max(moments).date()
        )
        return {
            lead: self._counter(days, branches[lead], lead._playbook_company())
            for lead in found
        }

    @api.model
    def _counter(self, days, branch, company):
        own = days[branch.sudo(False), company]

        def count(start, stop):
            first, last = (_day(m, branch, company, self.env) for m in (start, stop))
            return max(0, bisect_right(own, last) - bisect_right(own, first))

        return count

    def _stage_after(self, rows):
        """The stage of the last of these steps, if the lead may move there."""
        stage = self.stage_id.browse(
            [step.stage_id for step, *__ in rows if step.stage_id]
        ).sorted()[-1:]
        if (
            self.type != "opportunity"
            or self.won_status != "pending"
            or not self.active
            or (stage.team_ids and self.team_id not in stage.team_ids)
            or (stage.sequence, stage.id) <= (self.stage_id.sequence, self.stage_id.id)
        ):
            return stage.browse()
        return stage

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _tick_by_hand(self, step, at, note):
        """Tick a step in the name of the user, and what follows from it.

        :raise AccessError: for who may not work on the lead
        :raise UserError: where the step cannot be done now, or not by hand
        """
        self.ensure_one()
        self.check_access("write")
        lead = self.sudo()  # sudo: marks are the system's, for who may write the lead
        done, __ = lead._done_so_far()
        done = done[lead.id]
        steps = lead._playbook_steps()
        row = next((one for one in steps if one.id == step.id), None)
        lead._check_tick(step, row, done, at, note)
        reached = engine.reached_at(row, steps, done, lead._playbook_start())
        proof = engine.Proof(at, self.env.uid, False, note)
        marks = lead._tick({lead: [(row, at, reached, proof)]}, {lead.id: done})
        lead._prove_steps()
        return marks

    def _check_tick(self, step, row, done, at, note):
        steps = self._playbook_steps()
        if not row or not self.active:
            raise UserError(self.env._("This step is not of this lead."))
        if step.id in done:
            raise UserError(self.env._("%s is done already.", step.name))
        if not step.by_hand:
            raise UserError(
                self.env._(
                    "%(step)s is ticked by itself: %(proof)s.",
                    step=step.name,
                    proof=dict(step._fields["proof"]._description_selection(self.env))[
                        step.proof
                    ],
                )
            )
        reached = engine.reached_at(row, steps, done, self._playbook_start())
        if reached is None:
            known = {one.id for one in steps} - set(done)
            missing = step.prerequisite_ids.filtered(lambda one: one.id in known)
            raise UserError(
                self.env._(
                    "%(step)s comes after %(missing)s. Do that first.",
                    step=step.name,
                    missing=", ".join(missing.mapped("name")),
                )
            )
        if not reached <= at <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "%(step)s could come since %(moment)s: give a moment from then "
                    "until now.",
                    step=step.name,
                    moment=fields.Datetime.context_timestamp(self, reached).strftime(
                        "%Y-%m-%d %H:%M"
                    ),
                )
            )
        todo = step.check_ids.filtered("is_required") - self.playbook_check_ids
        if todo:
            raise UserError(
                self.env._("Check first: %s.", ", ".join(todo.mapped("name")))
            )
        if not (note or "").strip():
            raise UserError(self.env._("Say in a note how it was done."))


def _next(steps, done):
    """The first step that can come, or False."""
    states = engine.standing(steps, done)
    return next((s.id for s in steps if states[s.id] == engine.NEXT), False)


def _day(moment, branch, company, env):
    """The day of a naive UTC moment where the branch is, else the company."""
    if not branch:
        return env["sales.branch"]._company_local_date(company, moment)
    zone = pytz.timezone(branch.tz or "UTC")
    return pytz.utc.localize(moment).astimezone(zone).date()
