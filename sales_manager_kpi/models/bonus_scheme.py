from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("active", "Active"),
    ("retired", "Retired"),
]


class BonusScheme(models.Model):
    """What managers are paid for, for whom and from which month on.

    Versions of a scheme share its code: each holds until the day before the next one
    begins. Only active ones pay, and only drafts change: what somebody was paid by
    stays as it was, a change is a new version.
    """

    _name = "bonus.scheme"
    _description = "Pay Scheme"
    _inherit = ["sales.own.matter.mixin", "mail.thread"]
    _order = "company_id, code, date_from desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        tracking=True,
        help="The same for all versions of a scheme, as “managers”.",
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        string="Status",
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="Somebody else activates it.",
    )
    four_eyes = fields.Boolean(
        compute="_compute_four_eyes",
        help="Whether the company wants two people for a scheme.",
    )
    can_activate = fields.Boolean(compute="_compute_can_activate")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    version = fields.Integer(readonly=True, default=1, copy=False)
    version_of_id = fields.Many2one(
        comodel_name="bonus.scheme",
        string="Made From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        tracking=True,
        help="The first month it pays, by its first day.",
    )
    date_to = fields.Date(
        string="To",
        readonly=True,
        copy=False,
        tracking=True,
        help="The last day: before the next version begins, or when it was retired. "
        "Empty while it lasts.",
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        check_company=True,
        help="Leave empty for all branches without a scheme of their own.",
    )
    job_ids = fields.Many2many(
        comodel_name="evaluation.job",
        string="Jobs",
        help="Leave empty for all jobs without a scheme of their own.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="People",
        domain="[('share', '=', False)]",
        help="Only these people. It goes before schemes for their job or branch.",
    )
    component_ids = fields.One2many(
        comodel_name="bonus.component",
        inverse_name="scheme_id",
        string="Components",
        copy=True,
    )
    carry_negative = fields.Boolean(
        string="Carry a Negative Month Forward",
        default=True,
        help="What returns took back beyond the month is settled with the next one. "
        "Otherwise it is forgotten.",
    )
    carry_limit = fields.Monetary(
        string="At Most",
        help="So much is carried forward at most; the rest is forgotten. 0: all of it.",
    )
    note = fields.Html(string="Explanation", translate=True)
    summary = fields.Text(string="In Words", compute="_compute_summary")

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from - 1)",
        "A scheme cannot end before it begins. Correct its dates.",
    )
    _first_of_month = models.Constraint(
        "CHECK (EXTRACT(day FROM date_from) = 1)",
        "Pay is made by month: begin the scheme on the first day of one.",
    )
    _carry_limit_positive = models.Constraint(
        "CHECK (carry_limit >= 0)", "What is carried forward at most is not negative."
    )
    _code_from_uniq = models.UniqueIndex(
        "(company_id, code, date_from) WHERE state = 'active'",
        "Another version of this scheme begins on the same day. Choose another month.",
    )

    @api.depends("name", "version", "date_from")
    def _compute_display_name(self):
        for scheme in self:
            scheme.display_name = (
                f"{scheme.name} ({format_date(self.env, scheme.date_from)})"
                if scheme.date_from
                else scheme.name
            )

    @api.depends("company_id.sales_manager_kpi_scheme_four_eyes")
    def _compute_four_eyes(self):
        for scheme in self:
            # sudo: how many people it takes is no secret
            company = scheme.company_id.sudo()
            scheme.four_eyes = company.sales_manager_kpi_scheme_four_eyes

    @api.depends("state", "submitted_by_id", "user_ids", "four_eyes")
    @api.depends_context("uid")
    def _compute_can_activate(self):
        for scheme in self:
            waits = scheme.state == "to_approve" or (
                scheme.state == "draft" and not scheme.four_eyes
            )
            scheme.can_activate = waits and not scheme._is_own_matter(self.env.user)

    @api.depends("component_ids.summary", "component_ids.name")
    @api.depends_context("lang")
    def _compute_summary(self):
        for scheme in self:
            scheme.summary = "\n".join(
                f"{component.name}: {component.summary}"
                for component in scheme.component_ids
            )

    @api.model_create_multi
    def create(self, vals_list):
        schemes = super().create(vals_list)
        if any(scheme.state != "draft" or scheme.submitted_by_id for scheme in schemes):
            raise UserError(self.env._("A new scheme is a draft. Activate it then."))
        return schemes

    def write(self, vals):
        if not self.env.su:
            self._refuse_steps(vals)
        if not vals.keys() <= self._always_open():
            self._check_open_to_change()
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # also of the company it was moved to
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_open_to_change()

    @api.model
    def _always_open(self):
        """Names of fields that change nobody's pay, and those that steps write."""
        return {
            *("name", "note", "active", "state", "date_to", "version"),
            *("version_of_id", "submitted_by_id"),
            "component_ids",  # components check themselves
            *(name for name in self._fields if name.startswith("message_")),
        }

    @api.model
    def _refuse_steps(self, vals):
        steps = {"state", "date_to", "version", "version_of_id", "submitted_by_id"}
        if steps & vals.keys():
            raise UserError(
                self.env._("Use the buttons of the scheme to activate or retire it.")
            )
        if vals.get("active") is False and "active" in self.mapped("state"):
            raise UserError(
                self.env._("An active scheme pays people. Retire it before archiving.")
            )

    def _check_open_to_change(self):
        """
        :raise UserError: where one of these is not a draft
        """
        for scheme in self:
            if scheme.state == "to_approve":
                raise UserError(
                    self.env._(
                        "“%(scheme)s” waits for approval. Take it back to draft first.",
                        scheme=scheme.display_name,
                    )
                )
            if scheme.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(scheme)s” is not a draft, people may have been paid by "
                        "it. Revise it: the new version holds from a month of your "
                        "choice.",
                        scheme=scheme.display_name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for scheme, vals in zip(self, vals_list, strict=True):
            if "code" not in (default or {}):
                vals.update(
                    name=self.env._("%s (copy)", scheme.name),
                    code=self._free_code(scheme),
                )
        return vals_list

    @api.model
    def _free_code(self, scheme):
        """A code for a scheme of its own: a copy is no version."""
        # sudo: a code taken by a scheme the writer does not see is taken
        taken = set(
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", scheme.company_id.id),
                    ("code", "=like", scheme.code + "%"),
                ]
            )
            .mapped("code")
        )
        number = 2
        while f"{scheme.code}-{number}" in taken:
            number += 1
        return f"{scheme.code}-{number}"
