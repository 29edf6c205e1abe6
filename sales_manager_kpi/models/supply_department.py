from datetime import timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

SUPERVISOR = "sales_manager_kpi.group_supply_supervisor"
COMMERCIAL = "sales_manager_kpi.group_commercial_director"
FAR = timedelta(days=120)  # how far ahead working hours are looked for


class SupplyDepartment(models.Model):
    """Who answers for what the branches lack: Regional Policy, Production.

    The supervisor answers, or who stands in for them; where nobody of these may, who
    requests are escalated to, and after them the commercial directors.
    """

    _name = "supply.department"
    _description = "Supply Department"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="The first department that answers for a branch is asked."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection=[("regional", "Regional policy"), ("production", "Production")],
        required=True,
        default="regional",
        tracking=True,
        help="Production is asked for what is manufactured, regional policy for the "
        "rest.",
    )
    supervisor_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Answers the requests. Somebody who stands in for them answers as well.",
    )
    escalation_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Head",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is asked when the supervisor does not answer in time, or may not. "
        "Empty: the commercial directors.",
    )
    resource_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Calendar",
        check_company=True,
        default=lambda self: self.env.company.resource_calendar_id,
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: (
            self.env.company.partner_id.tz or self.env.user.tz or "UTC"
        ),
    )
    answer_hours = fields.Float(
        string="Answers Within (hours)",
        required=True,
        default=8.0,
        tracking=True,
        help="Working hours from asking to answering, by the working calendar.",
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        check_company=True,
        help="Whom it answers to. Empty: all branches of the company.",
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        check_company=True,
        help="Where it supplies from. Empty: the supplying warehouse of the branch.",
    )
    request_count = fields.Integer(
        string="To Answer", compute="_compute_request_count", compute_sudo=False
    )

    _answer_hours_positive = models.Constraint(
        "CHECK (answer_hours > 0)",
        "A department answers within more than zero working hours.",
    )

    def _compute_request_count(self):
        counts = dict(
            self.env["supply.request"]._read_group(
                [
                    ("department_id", "in", self.ids),
                    ("state", "in", ("submitted", "in_review")),
                ],
                ["department_id"],
                ["__count"],
            )
        )
        for department in self:
            department.request_count = counts.get(department._origin, 0)

    @api.constrains("supervisor_id", "escalation_user_id", "company_id")
    def _check_people(self):
        for department in self.sudo():  # sudo: groups and companies of colleagues
            for user, groups in (
                (department.supervisor_id, (SUPERVISOR,)),
                (department.escalation_user_id, (SUPERVISOR, COMMERCIAL)),
            ):
                if user and (
                    department.company_id not in user.company_ids
                    or not any(user.has_group(group) for group in groups)
                ):
                    raise ValidationError(
                        self.env._(
                            "%(user)s cannot answer for %(department)s. Make them a "
                            "supply supervisor with access to %(company)s first.",
                            user=user.name,
                            department=department.name,
                            company=department.company_id.name,
                        )
                    )

    def action_open_requests(self):
        """Open the requests that wait for an answer of this department."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.supply_request_action"
        )
        action["domain"] = [("department_id", "=", self.id)]
        action["context"] = {"search_default_waiting": 1}
        return action

    @api.model
    @tools.ormcache()
    def _exist(self):
        """Whether there are departments at all; cached, for the inert case."""
        # sudo: only the fact that there is one
        return bool(
            self.sudo().with_context(active_test=False).search_count([], limit=1)
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    # ------------------------------------------------------------------
    # Who answers, and until when
    # ------------------------------------------------------------------

    @api.model
    def _answering(self, branch):
        """The departments that answer for ``branch``, the first to be asked first."""
        # sudo: who answers for a branch, whoever asks
        return (
            self.sudo()
            .search(
                [
                    ("company_id", "=", branch.company_id.id),
                    "|",
                    ("branch_ids", "=", False),
                    ("branch_ids", "in", branch.ids),
                ]
            )
            .sudo(False)
        )

    @api.model
    def _answering_for(self, branch, products):
        """``{product: department}`` of who is asked for what; none without any.

        Production for what is manufactured, as far as there is such a department.
        """
        departments = self._answering(branch).sudo()  # sudo: see _answering
        by_kind = {}
        for department in departments:
            by_kind.setdefault(department.kind, department)
        first = departments[:1]
        return {
            product: by_kind.get(
                "production" if product in made else "regional", first
            ).sudo(False)
            for made in [self._manufactured(products)]
            for product in products
        }

    @api.model
    def _manufactured(self, products):
        """Those of ``products`` with a route that manufactures."""
        # sudo: only whether they are made here, whoever asks for goods
        made = products.sudo().filtered(
            lambda product: (
                "manufacture"
                in (
                    product.route_ids | product.categ_id.total_route_ids
                ).rule_ids.mapped("action")
            )
        )
        return made.sudo(False)

    def _due_at(self, moment):
        """When the working hours to answer, from ``moment`` (naive UTC), have passed.

        By the calendar of the department in its own time zone, without holidays. A
        calendar without hours gives the clock's.
        """
        self.ensure_one()
        department = self.sudo()  # sudo: its hours
        clocks = self.env["service.gap.time"]._clocks(
            department.company_id, department, moment, moment + FAR
        )
        hours = department.answer_hours
        return clocks[self.id].after(moment, hours) or moment + timedelta(hours=hours)

    def _local_date(self, moment):
        """The day of ``moment`` (naive UTC) in the department's time zone."""
        zone = pytz.timezone(self.tz or "UTC")
        return pytz.utc.localize(moment).astimezone(zone).date()

    def _supervisors(self):
        """The supervisor and who stands in for them now."""
        self.ensure_one()
        # sudo: who supervises is no secret
        supervisor = self.sudo().supervisor_id
        company = self.sudo().company_id  # sudo: as above
        return (supervisor | supervisor._deputies("supply", company)).sudo(False)

    def _heads(self):
        """Whom to ask when no supervisor answers."""
        self.ensure_one()
        department = self.sudo()  # sudo: see _supervisors
        head = department.escalation_user_id.filtered("active")
        if head:
            return head.sudo(False)
        directors, admins = self.env["sales.plan"]._company_approvers(
            department.company_id
        )
        return directors or admins
