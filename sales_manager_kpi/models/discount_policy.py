from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.norms import Policy

SYSTEM_FIELDS = {
    "state",
    "version",
    "previous_id",
    "submitted_by_id",
    "activated_by_id",
    "activated_at",
}


class DiscountPolicy(models.Model):
    """The norms of a company: who may give which discount, to whom, on what.

    A version is written as a draft, submitted, and activated by somebody else; from
    then on it stands. A new version replaces it from its first day. What the norm price
    of an order is says its price list; a policy says how far one may go below it.
    """

    _name = "discount.policy"
    _description = "Discount Policy"
    _inherit = ["sales.own.matter.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        check_company=True,
        help="Where it holds; empty for all branches without a policy of their own.",
    )
    date_from = fields.Date(
        required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(tracking=True, help="The last day; empty while it lasts.")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("active", "Active"),
            ("retired", "Retired"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="discount.policy",
        string="Previous Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    mode = fields.Selection(
        selection=[
            ("off", "Off"),
            ("warn", "Warn"),
            ("ask", "Ask for approval"),
            ("block", "Block"),
        ],
        required=True,
        default="ask",
        tracking=True,
        help="What happens when an order leaves the norm. Off: nothing, and nothing is "
        "recorded; so one branch is left out of the norms of the others. Warn: it is "
        "recorded, and who goes on is named on the order. Ask: whoever has the "
        "authority approves. Block: nobody does; the price must change.",
    )
    resolution = fields.Selection(
        selection=[
            ("most_specific", "The most specific line counts"),
            ("strictest", "The strictest of all matching lines counts"),
        ],
        required=True,
        default="most_specific",
        tracking=True,
        help="Which of several matching lines says the limit.",
    )
    check_unpriced = fields.Boolean(
        string="Products Without Price",
        default=True,
        help="A product that no price list and no sales price gives a price to needs "
        "approval.",
    )
    four_eyes = fields.Boolean(
        default=True,
        tracking=True,
        help="Nobody approves what they asked for or what they stand in for.",
    )
    sla_hours = fields.Float(
        string="Answer Within (Hours)",
        default=4.0,
        help="Working hours of the branch; then the next level is asked too.",
    )
    approval_days = fields.Integer(
        string="Approval Holds (Days)",
        default=14,
        help="How long an approval may be used.",
    )
    quantity_floor_percent = fields.Float(
        string="Quantity to Keep (%)",
        digits="Discount",
        default=100.0,
        help="How much of the quantity approved must stay for the approval to hold. "
        "100: all of it. 80: a fifth may be cut. 0: the quantity does not matter.",
    )
    line_ids = fields.One2many(
        comodel_name="discount.policy.line",
        inverse_name="policy_id",
        string="Norms",
        copy=True,
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    activated_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    activated_at = fields.Datetime(readonly=True, copy=False)
    note = fields.Html()

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A policy cannot end before it begins. Correct its dates.",
    )
    _sla_positive = models.Constraint(
        "CHECK (sla_hours > 0 AND sla_hours <= 1000)",
        "The time to answer lies between 0 and 1000 working hours.",
    )
    _approval_days_positive = models.Constraint(
        "CHECK (approval_days > 0)", "An approval holds for one day at least."
    )
    _quantity_floor_percent_range = models.Constraint(
        "CHECK (quantity_floor_percent BETWEEN 0 AND 100)",
        "The quantity to keep lies between 0 and 100 % of what was approved.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(name)s (version %(version)s)",
                name=policy.name,
                version=policy.version,
            )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        if not self.env.su and any(policy.state != "draft" for policy in policies):
            raise AccessError(
                self.env._("A policy begins as a draft. Submit it afterwards.")
            )
        return policies

    def write(self, vals):
        if not self.env.su:
            if not SYSTEM_FIELDS.isdisjoint(vals):
                raise AccessError(
                    self.env._("Use the buttons to submit, activate or retire.")
                )
            self._check_draft()
        result = super().write(vals)
        if not {"state", "date_from", "date_to"}.isdisjoint(vals):
            self._forget_active()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(policy.state in ("active", "retired") for policy in self):
            raise UserError(self.env._("A policy that was in force is kept."))

    def _check_draft(self):
        if any(policy.state != "draft" for policy in self):
            raise UserError(
                self.env._(
                    "A policy that was submitted does not change. "
                    "Return it to draft, or make a new version."
                )
            )

    # ------------------------------------------------------------------
    # Draft → to approve → active → retired
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask somebody else to activate these drafts.

        :raise UserError: where there are no lines
        """
        for policy in self:
            policy._check_draft()
            if not policy.line_ids:
                raise UserError(
                    self.env._(
                        "%(policy)s has no lines, so that it would forbid nothing. "
                        "Add at least one norm.",
                        policy=policy.name,
                    )
                )
        # sudo: the state is the system's to write
        self.sudo().write({"state": "to_approve", "submitted_by_id": self.env.uid})

    def action_return(self):
        """Back to draft, to be corrected."""
        if any(policy.state != "to_approve" for policy in self):
            raise UserError(self.env._("Only what was submitted is returned."))
        # sudo: the state is the system's to write
        self.sudo().write({"state": "draft"})

    def action_activate(self):
        """Let these policies hold; versions they replace end the day before.

        :raise AccessError: for who submitted it
        :raise ValidationError: where another active policy holds for the same branches
        """
        self._check_activator()
        for policy in self:
            policy._replace_previous()
        # sudo: the state is the system's to write
        self.sudo().write(
            {
                "state": "active",
                "activated_by_id": self.env.uid,
                "activated_at": fields.Datetime.now(),
            }
        )
        self._check_alone()
        self._forget_active()
        self._after_activated()

    def _check_activator(self):
        if not self.env.su and not self.env.user.has_group(
            "sales_manager_kpi.group_commercial_director"
        ):
            raise AccessError(
                self.env._("A commercial director activates discount policies.")
            )
        for policy in self:
            if policy.state != "to_approve":
                raise UserError(self.env._("Only what was submitted is activated."))
            if policy.four_eyes and policy._is_own_matter(self.env.user):
                raise AccessError(
                    self.env._(
                        "You submitted %(policy)s yourself, or stand in for who did. "
                        "Somebody else activates it.",
                        policy=policy.name,
                    )
                )

    def _own_people(self):
        return self.submitted_by_id

    def _replace_previous(self):
        previous = self.previous_id
        if previous.state != "active":
            return
        if previous.date_from >= self.date_from:
            values = {"state": "retired"}
        else:
            values = {"date_to": fields.Date.subtract(self.date_from, days=1)}
        # sudo: what was in force is the system's to end
        previous.sudo().write(values)

    def _check_alone(self):
        """One active policy for a branch and a day, whoever activates another one."""
        self._collide_with_others()
        others = self.sudo().search(  # sudo: also those the activator does not see
            [("company_id", "in", self.company_id.ids), ("state", "=", "active")]
        )
        for policy in self:
            for other in others - policy:
                if policy._collides(other):
                    raise ValidationError(
                        self.env._(
                            "%(other)s holds for the same branches and days. "
                            "Retire it, or make this one its next version.",
                            other=other.display_name,
                        )
                    )

    def _collide_with_others(self):
        """Let activations at the same time fail here, where Odoo tries them again.

        A lock alone is not enough: who waited for it would still not see what the
        other one has activated.
        """
        self.env.execute_query(
            SQL(
                "UPDATE res_company SET write_date = write_date WHERE id IN %s"
                " RETURNING id",
                tuple(self.company_id.ids),
            )
        )

    def _collides(self, other):
        if self.company_id != other.company_id:
            return False
        if bool(self.branch_ids) != bool(other.branch_ids):
            return False  # a branch's own policy goes before the one for all
        if self.branch_ids and not self.branch_ids & other.branch_ids:
            return False
        return (not other.date_to or self.date_from <= other.date_to) and (
            not self.date_to or other.date_from <= self.date_to
        )

    def _after_activated(self):
        """Called once policies are active; other files of this area add to it."""

    def action_retire(self):
        """End these policies; what they decided stays.

        :raise AccessError: for who is no commercial director
        """
        if not self.env.su and not self.env.user.has_group(
            "sales_manager_kpi.group_commercial_director"
        ):
            raise AccessError(
                self.env._("A commercial director retires discount policies.")
            )
        if any(policy.state != "active" for policy in self):
            raise UserError(self.env._("Only an active policy is retired."))
        # sudo: the state is the system's to write
        self.sudo().write({"state": "retired"})

    def action_new_version(self):
        """Open a draft that replaces this policy once it is activated."""
        self.ensure_one()
        version = self.copy({"date_from": fields.Date.context_today(self)})
        # sudo: the chain of versions is the system's to write
        version.sudo().write(
            {"previous_id": self.id, "version": self.version + 1, "date_to": False}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Which holds
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache("company.id")
    def _policies(self, company):
        """The active policies of a company, as `engine.norms.Policy`; cached.

        What is active does not change, so that nothing of it is read again.
        """
        # sudo: norms bind everybody
        policies = self.sudo().search(
            Domain("company_id", "=", company.id) & Domain("state", "=", "active")
        )
        return tuple(policy._plain() for policy in policies)

    def _plain(self):
        return Policy(
            id=self.id,
            mode=self.mode,
            resolution=self.resolution,
            check_unpriced=self.check_unpriced,
            date_from=self.date_from,
            date_to=self.date_to or None,
            branch_ids=frozenset(self.branch_ids.ids),
            norms=tuple(line._norm() for line in self.line_ids),
        )

    @api.model
    def _forget_active(self):
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
