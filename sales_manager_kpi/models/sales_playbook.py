from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..engine.playbook import Step


class SalesPlaybook(models.Model):
    """How a lead is worked, step by step, as the company wants it done."""

    _name = "sales.playbook"
    _description = "Playbook"
    _inherit = ["sales.cached.mixin", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="New leads get an active playbook; steps are ticked in active ones only.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    team_ids = fields.Many2many(
        comodel_name="crm.team",
        string="Sales Teams",
        check_company=True,
        help="For leads of these teams; without teams and branches, for all leads.",
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        check_company=True,
        help="For leads of managers who work in these branches.",
    )
    description = fields.Html(translate=True)
    step_ids = fields.One2many(
        comodel_name="sales.playbook.step",
        inverse_name="playbook_id",
        string="Steps",
        copy=True,
    )
    lead_count = fields.Integer(string="Open Leads", compute="_compute_lead_count")

    def _compute_lead_count(self):
        rows = self.env["crm.lead"]._read_group(
            [("playbook_id", "in", self.ids)], ["playbook_id"], ["__count"]
        )
        counts = {playbook.id: count for playbook, count in rows}
        for playbook in self:
            playbook.lead_count = counts.get(playbook.id, 0)

    @api.constrains("active", "step_ids")
    def _check_has_steps(self):
        for playbook in self:
            if playbook.active and not playbook.step_ids:
                raise ValidationError(
                    self.env._(
                        "%s has no steps. Add steps before it is activated.",
                        playbook.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: leads of others use it as well
        if (
            self.env["sales.playbook.mark"]
            .sudo()
            .search_count([("playbook_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("Leads were worked by this playbook. Archive it instead.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for playbook, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", playbook.name)
            vals["active"] = False
        return vals_list

    def copy(self, default=None):
        """Copies are archived, and their steps wait for each other."""
        copies = super().copy(default=default)
        for playbook, new in zip(self, copies, strict=True):
            pairs = zip(playbook.step_ids.sorted(), new.step_ids.sorted(), strict=True)
            twins = {old.id: twin for old, twin in pairs}
            for old_id, twin in twins.items():
                before = playbook.step_ids.browse(old_id).prerequisite_ids
                twin.prerequisite_ids = [twins[one.id].id for one in before]
        return copies

    def action_open_leads(self):
        """Open the leads that are worked by this playbook."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        return {**action, "domain": [("playbook_id", "=", self.id)], "context": {}}

    # ------------------------------------------------------------------
    # Looked up
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _in_use(self):
        """``((id, company id, team ids, branch ids), …)`` of active ones; cached.

        The one look-up that leads pay for where there is no playbook.
        """
        # sudo: a lead gets its playbook whoever makes it
        return tuple(
            (
                row.id,
                row.company_id.id,
                frozenset(row.team_ids.ids),
                frozenset(row.branch_ids.ids),
            )
            for row in self.sudo().search([])
        )

    @api.model
    @tools.ormcache("playbook_id")
    def _steps_of(self, playbook_id):
        """The active steps of a playbook as `engine.playbook.Step`; cached."""
        # sudo: see _in_use
        steps = self.env["sales.playbook.step"].sudo()
        return tuple(
            Step(
                step.id, step.proof, tuple(step.prerequisite_ids.ids), step.stage_id.id
            )
            for step in steps.search([("playbook_id", "=", playbook_id)])
        )

    @api.model
    def _kinds_in_use(self):
        """Kinds of proof that steps of active playbooks ask for; from the cache."""
        return {step.proof for row in self._in_use() for step in self._steps_of(row[0])}

    @api.model
    def _choose(self, company, team, branch):
        """The id of the playbook of a new lead, or False.

        One that names the team comes before one that names the branch, and that
        before one for everybody.
        """
        best, rank = False, 0
        for playbook_id, company_id, teams, branches in self._in_use():
            if company_id and company_id != company.id:
                continue
            fits = (
                3
                if team.id in teams
                else 2
                if branch.id in branches
                else 1
                if not teams and not branches
                else 0
            )
            if fits > rank:
                best, rank = playbook_id, fits
        return best
