from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.instants import HOURS, clock, instant
from ..models.sales_absence_cover import DIRECTOR_DUTIES, MEMBER_DUTIES


class SalesSubstitutionAppoint(models.TransientModel):
    """Name who stands in for what an absence leaves uncovered, and appoint at once."""

    _name = "sales.substitution.appoint"
    _description = "Appoint a Substitute"
    _inherit = ["sales.deputy.suggestion"]

    absence_id = fields.Many2one(
        comodel_name="sales.absence", required=True, readonly=True
    )
    principal_id = fields.Many2one(related="absence_id.user_id")
    company_id = fields.Many2one(related="absence_id.company_id")
    branch_id = fields.Many2one(related="absence_id.branch_id")
    deputy_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_deputy_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id), "
        "('id', '!=', principal_id)]",
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_period",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    hour_from = fields.Float(
        compute="_compute_period", store=True, readonly=False, compute_sudo=False
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_period",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    hour_to = fields.Float(
        compute="_compute_period", store=True, readonly=False, compute_sudo=False
    )
    has_both = fields.Boolean(
        compute="_compute_has_both", export_string_translation=False
    )
    for_customers = fields.Boolean(
        string="Customers, orders, invoices and leads",
        compute="_compute_duties",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    for_direction = fields.Boolean(
        string="Direction of the branch",
        compute="_compute_duties",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    note = fields.Html(help="What the deputy should know.")

    # ------------------------------------------------------------------
    # What is prefilled
    # ------------------------------------------------------------------

    def _open_gap(self):
        """The first uncovered stretch to come, as naive UTC instants.

        From the end of the deputy before, or the beginning of the absence, until the
        next deputy, or its end; nights and weekends between belong to it.
        """
        absence = self.absence_id
        if not absence:
            return None
        Cover = self.env["sales.absence.cover"]
        gap = Cover._of(absence)[absence.id].gap(fields.Datetime.now())
        if not gap:
            return None
        spans = [
            (row.start_at, row.stop_at)
            for row in self._others()
            if row.start_at and set(row._scopes()) & set(Cover._duties(absence))
        ]
        before = [stop for __, stop in spans if stop <= gap[0]]
        after = [start for start, __ in spans if start >= gap[1]]
        return (
            max([absence.start_at, *before]),
            min([absence.stop_at, *after]),
        )

    def _others(self):
        """Other substitutions of the absence; standing by ones are in nobody's way."""
        absence = self.absence_id
        return self.env["sales.absence.cover"]._substitutions(absence)[absence.id]

    @api.depends("absence_id")
    def _compute_period(self):
        for wizard in self:
            gap, tz = wizard._open_gap(), wizard._tz()
            first, last = (
                gap and clock(gap[0], tz),
                gap and clock(gap[1], tz, late=True),
            )
            wizard.date_from, wizard.hour_from = first or (False, 0.0)
            wizard.date_to, wizard.hour_to = last or (False, HOURS)

    def _tz(self):
        # sudo: time zones
        branch, company = self.branch_id.sudo(), self.company_id.sudo()
        return branch.tz or company.partner_id.tz or "UTC"

    @api.depends("absence_id", "date_from", "date_to")
    def _compute_duties(self):
        for wizard in self:
            absence = wizard.absence_id
            duties = wizard._missing_duties()
            wizard.for_customers = not absence or bool(duties & set(MEMBER_DUTIES))
            wizard.for_direction = bool(duties & set(DIRECTOR_DUTIES))

    @api.depends("absence_id")
    def _compute_has_both(self):
        for wizard in self:
            absence = wizard.absence_id
            wizard.has_both = absence.is_member and absence.is_director

    def _missing_duties(self):
        """Areas of which nobody has been appointed for these days."""
        self.ensure_one()
        if not (self.absence_id and self.date_from and self.date_to):
            return set()
        duties = set(self.env["sales.absence.cover"]._duties(self.absence_id))
        start, stop = self._period()
        for row in self._others():
            if row.start_at and row.start_at < stop and start < row.stop_at:
                duties -= row._scopes()
        return duties

    def _period(self):
        """The instants of the dates, as naive UTC."""
        tz = self._tz()
        return (
            instant(self.date_from, self.hour_from, tz),
            instant(self.date_to, self.hour_to, tz, late=True),
        )

    # ------------------------------------------------------------------
    # Appointing
    # ------------------------------------------------------------------

    def action_appoint(self):
        """Appoint the deputy for the days and areas of the dialog.

        :raise AccessError: for who may not decide about this person
        :raise UserError: without a deputy, or where they cannot stand in
        """
        self.ensure_one()
        if not self.absence_id._decides():
            raise AccessError(
                self.env._(
                    "The director of the branch of %s, or the commercial director, "
                    "names who stands in.",
                    self.principal_id.name,
                )
            )
        if not self.deputy_id:
            raise UserError(self.env._("Choose who stands in."))
        if not self.date_from or not self.date_to:
            raise UserError(self.env._("Say from when to when."))
        row = self.env["sales.substitution"].create(self._prepare_substitution_vals())
        row.action_appoint()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s, appointed.", row.display_name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_substitution_vals(self):
        Substitution = self.env["sales.substitution"]
        scopes = self._scopes_to_give()
        return {
            "company_id": self.company_id.id,
            "principal_id": self.principal_id.id,
            "deputy_id": self.deputy_id.id,
            "date_from": self.date_from,
            "hour_from": self.hour_from,
            "date_to": self.date_to,
            "hour_to": self.hour_to,
            "note": self.note,
            **{
                name: name.removeprefix("scope_") in scopes
                for name in Substitution._scope_fields()
            },
        }

    def _scopes_to_give(self):
        """The areas ticked; for who has no duties of a branch, all they work in."""
        absence = self.absence_id
        if not absence.is_member and not absence.is_director:
            groups = self.env["sales.substitution"]._scope_groups()
            principal = self.principal_id.sudo()  # sudo: groups of a colleague
            return {
                area for area, group in groups.items() if principal.has_group(group)
            }
        # both unticked or nothing missing: all duties, so that the reason is told
        duties = set(self.env["sales.absence.cover"]._duties(absence))
        missing = self._missing_duties() or duties
        if not self.for_customers:
            missing -= set(MEMBER_DUTIES)
        if not self.for_direction:
            missing -= set(DIRECTOR_DUTIES)
        return missing
