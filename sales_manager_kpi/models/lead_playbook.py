from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine import playbook as engine

MANAGER = "sales_manager_kpi.group_manager"


class CrmLead(models.Model):
    """A lead is worked by a playbook; what happens ticks its steps."""

    # The playbook has files of its own.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    playbook_id = fields.Many2one(
        comodel_name="sales.playbook",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('company_id', 'in', [False, company_id])]",
        groups=MANAGER,
        help="How the lead is worked; chosen by team and branch when it is made.",
    )
    playbook_step_id = fields.Many2one(
        comodel_name="sales.playbook.step",
        string="Next Step",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=MANAGER,
    )
    playbook_mark_ids = fields.One2many(
        comodel_name="sales.playbook.mark",
        inverse_name="lead_id",
        string="Steps Done",
        readonly=True,
        copy=False,
        groups=MANAGER,
    )
    playbook_check_ids = fields.Many2many(
        comodel_name="sales.playbook.check",
        relation="crm_lead_playbook_check_rel",
        column1="lead_id",
        column2="check_id",
        string="Checked",
        copy=False,
        groups=MANAGER,
    )

    # ------------------------------------------------------------------
    # Which playbook
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context gives no next step, which follows from marks."""
        names = [name for name in fields_list if name != "playbook_step_id"]
        return super().default_get(names)

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("playbook_step_id") for vals in vals_list):
            self._refuse_step()
        leads = super().create(vals_list)
        if any(vals.get("playbook_id") for vals in vals_list):
            leads._check_playbook()
        if self.env["sales.playbook"]._in_use():
            # sudo: a lead gets its playbook whoever makes it
            leads.sudo()._begin_playbooks()
        return leads

    def write(self, vals):
        if "playbook_step_id" in vals:
            self._refuse_step()
        result = super().write(vals)
        if vals.get("playbook_id"):
            self._check_playbook()
        if ("playbook_id" in vals or "partner_id" in vals) and self.env[
            "sales.playbook"
        ]._in_use():
            # sudo: what happened ticks steps, whoever changed the lead
            leads = self.sudo().filtered("playbook_id")
            leads._prove_steps(renew="playbook_id" in vals)
        return result

    def _refuse_step(self):
        """
        :raise AccessError: for everybody: the step follows from what was done
        """
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "The next step follows from the steps that are done. Tick them, or "
                    "choose another playbook."
                )
            )

    def _check_playbook(self):
        """
        :raise ValidationError: for the playbook of another company
        """
        for lead in self if not self.env.su else ():
            # sudo: whose playbook it is, also where the user may not open it
            company = lead.sudo().playbook_id.company_id
            if company and company != lead._playbook_company():
                raise ValidationError(
                    self.env._(
                        "%(lead)s is not worked in the company of this playbook. "
                        "Choose another one.",
                        lead=lead.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked(self):
        """What was done and said stays, for statistics and scorecards."""
        # sudo: also what a colleague did
        secret = self.sudo().with_context(active_test=False)
        about = [("lead_id", "in", self.ids)]
        Mark, Use = secret.env["sales.playbook.mark"], secret.env["sales.objection.use"]
        worked = Mark.search(about, limit=1) or Use.search(about, limit=1)
        if worked:
            raise UserError(
                self.env._(
                    "Steps or objections of “%s” were noted, and are kept. Mark the "
                    "lead as lost, or archive it.",
                    worked.lead_id.name,
                )
            )

    def _begin_playbooks(self):
        """Choose for those that have none, and begin; in sudo."""
        branches = self._lead_branches()
        by_playbook = defaultdict(self.browse)
        for lead in self:
            playbook_id = lead.playbook_id.id or self.env["sales.playbook"]._choose(
                lead._playbook_company(), lead.team_id, branches[lead]
            )
            if playbook_id:
                by_playbook[playbook_id] |= lead
        for playbook_id, leads in by_playbook.items():
            leads.write({"playbook_id": playbook_id})

    def _playbook_company(self):
        """The company in which the lead is worked."""
        self.ensure_one()
        return (
            self.company_id
            or self.team_id.company_id
            or self.user_id.company_id
            or self.env.company
        )

    def _playbook_start(self):
        """When the lead was made, in whole seconds as other moments are."""
        return self.create_date.replace(microsecond=0)

    def _lead_branches(self):
        """``{lead: branch of its manager today}``, one query for each company."""
        Branch = self.env["sales.branch"]
        found = {}
        for company, leads in self.grouped(lambda r: r._playbook_company()).items():
            today = Branch._company_local_date(company)
            by_user = Branch._branch_by_user(leads.user_id, company, today)
            for lead in leads:
                # sudo: its hours and time zone
                branch = by_user.get(lead.user_id.id, Branch).sudo()
                found[lead] = branch
        return found

    # ------------------------------------------------------------------
    # What happens ticks steps
    # ------------------------------------------------------------------

    @api.model
    def _follow_playbooks(self, kinds, leads=None, customers=None):
        """Something happened that may prove steps: look at the leads it is about.

        Nothing but a cached look-up where no active playbook asks for it.

        :param kinds: kinds of proof (see ``sales.playbook.step._proof_kinds``)
        :param leads: these, and those of ``customers`` (commercial partners)
        """
        Playbook = self.env["sales.playbook"]
        if not Playbook._in_use() or Playbook._kinds_in_use().isdisjoint(kinds):
            return
        asked = Domain("id", "in", leads.ids if leads else [])
        if customers:
            asked |= Domain("partner_id.commercial_partner_id", "in", customers.ids)
        ids = [row[0] for row in Playbook._in_use()]
        # sudo: what happened ticks steps, whoever did it
        self.sudo().search(asked & Domain("playbook_id", "in", ids))._prove_steps()

    def _prove_steps(self, renew=False):
        """Tick what is proven by now; in sudo, set-based.

        :param renew: the playbook may be another one: look for the next step anyway
        """
        in_use = {row[0] for row in self.env["sales.playbook"]._in_use()}
        leads = self.filtered(lambda lead: lead.playbook_id.id in in_use)
        if not leads:
            return
        done, used = leads._done_so_far()
        proofs = leads._find_proofs(done, used)
        found = {
            lead: rows
            for lead in leads
            if (rows := lead._proven(done[lead.id], used[lead.id], proofs))
        }
        leads._tick(found, done, renew)

    def _done_so_far(self):
        """``{lead id: {step id: moment}}``, and the proofs that ticked; one query."""
        done, used = defaultdict(dict), defaultdict(set)
        rows = self.env["sales.playbook.mark"].search_fetch(
            [("lead_id", "in", self.ids)],
            ["lead_id", "step_id", "at", "kind", "res_model", "res_id"],
        )
        for row in rows:
            done[row.lead_id.id][row.step_id.id] = row.at
            if row.res_id:
                used[row.lead_id.id].add((row.kind, row.res_model, row.res_id))
        return done, used

    def _find_proofs(self, done, used):
        """``{kind: {lead id: [Proof, …]}}`` of kinds that may tick something now.

        A kind is asked for when a step of it can come, given what was found before.
        """
        Step = self.env["sales.playbook.step"]
        kinds, proofs = Step._proof_kinds(), {}
        while True:
            asked = {
                step.proof
                for lead in self
                for step in lead._open_steps(done[lead.id], used[lead.id], proofs)
            }
            asked = sorted((asked & kinds.keys()) - proofs.keys())
            if not asked:
                return proofs
            for kind in asked:  # a query or two for each kind, whatever the leads
                proofs[kind] = getattr(Step, kinds[kind][0])(self)

    def _open_steps(self, done, used, proofs):
        """Steps that can come once everything found so far has ticked its step."""
        steps = self._playbook_steps()
        ticked = set(done) | {row[0].id for row in self._proven(done, used, proofs)}
        states = engine.standing(steps, ticked)
        return [step for step in steps if states[step.id] == engine.NEXT]

    def _proven(self, done, used, proofs):
        kinds = self.env["sales.playbook.step"]._proof_kinds()
        own = {kind: by_lead.get(self.id, ()) for kind, by_lead in proofs.items()}
        lasting = {kind for kind, (__, lasts) in kinds.items() if lasts}
        return engine.prove(
            self._playbook_steps(), done, own, used, lasting, self._playbook_start()
        )

    def _playbook_steps(self):
        return self.env["sales.playbook"]._steps_of(self.playbook_id.id)
