from ast import literal_eval

from odoo import Command, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.promotions import Limits, Promotion, refusal_of

SYSTEM_FIELDS = {
    "approval_state",
    "submitted_by_id",
    "approver_id",
    "approved_at",
    "stopped_by_id",
    "stopped_at",
    "budget_ids",
    "promotion_use_ids",
    "promotion_decision_ids",
}
# What a programme may change once it was submitted: nothing it was approved for.
FREE_FIELDS = {
    "active",
    "sequence",
    "portal_visible",
    "portal_point_name",
    "communication_plan_ids",
    "mail_template_id",
    "message_follower_ids",
    "message_ids",
    "activity_ids",
}


class LoyaltyProgram(models.Model):
    """A promotion programme with a goal, an owner, an approval, a scope and a budget.

    All of it only where ``is_governed`` is switched on: other programmes stay as core
    has them. A governed programme counts for no order before somebody else has
    approved it.
    """

    _name = "loyalty.program"
    _inherit = ["loyalty.program", "mail.thread", "mail.activity.mixin"]

    is_governed = fields.Boolean(
        string="Needs Approval",
        tracking=True,
        help="The programme has a goal, a scope and a budget, and gives nothing before "
        "somebody else has approved it. It stays so once it was approved.",
    )
    approval_state = fields.Selection(
        string="Approval",
        selection=[
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("approved", "Approved"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    goal = fields.Char(
        tracking=True, help="What it is to bring, as: 40 customers try the new range."
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Programme Owner",
        default=lambda self: self.env.user,
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Who answers for it. Somebody else approves it.",
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    approver_id = fields.Many2one(
        comodel_name="res.users", string="Approved By", readonly=True, copy=False
    )
    approved_at = fields.Datetime(string="Approved On", readonly=True, copy=False)
    stopped_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    stopped_at = fields.Datetime(string="Stopped On", readonly=True, copy=False)
    promotion_decision_ids = fields.One2many(
        comodel_name="promotion.decision",
        inverse_name="program_id",
        string="Decisions",
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    # Scope
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        string="Branches",
        groups="sales_manager_kpi.group_manager",
        help="For orders of managers of these branches; empty for all.",
    )
    customer_class_ids = fields.Many2many(
        comodel_name="customer.class",
        string="Customer Classes",
        groups="sales_manager_kpi.group_manager",
        help="For customers who are of these classes on the day of the order; empty "
        "for all.",
    )
    customer_domain = fields.Char(
        string="Customers",
        help="For customers this filter finds, contacts by their company; empty for "
        "all.",
    )

    # Limits
    limit_budget = fields.Boolean(
        string="Limits the Budget",
        help="What orders and offers that stand get from it is counted, and no more "
        "is given than the budget.",
    )
    budget_amount = fields.Monetary(
        string="Budget",
        currency_field="currency_id",
        tracking=True,
        help="Untaxed, in the currency of the programme; gifts count at their price.",
    )
    limit_customer_amount = fields.Boolean(string="Limits a Customer's Amount")
    customer_max_amount = fields.Monetary(
        string="A Customer at Most",
        currency_field="currency_id",
        help="Untaxed, in the currency of the programme, for a company with all its "
        "contacts.",
    )
    limit_customer_orders = fields.Boolean(string="Limits a Customer's Orders")
    customer_max_orders = fields.Integer(
        string="Orders of a Customer", default=1, help="On how many orders at most."
    )
    limit_margin = fields.Boolean(string="Limits the Margin")
    min_margin_percent = fields.Float(
        string="Lowest Margin (%)",
        help="The margin of the order, reward included, does not fall below it.",
    )

    # With other concessions
    exclusive_group_id = fields.Many2one(
        comodel_name="promotion.group",
        index="btree_not_null",
        ondelete="restrict",
        help="An order gets at most one of the programmes of a group.",
    )
    exclude_manual_lines = fields.Boolean(
        string="Not on Manual Discounts",
        help="Lines on which somebody went below the price list neither count for the "
        "programme nor get a discount from it.",
    )
    keep_offers = fields.Boolean(
        string="Sent Offers Stand",
        default=True,
        help="When the programme is stopped, quotations that were sent keep the reward "
        "as long as they are valid. Others lose it either way.",
    )

    budget_ids = fields.One2many(
        comodel_name="loyalty.program.budget",
        string="Budget Rows",
        inverse_name="program_id",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    promotion_use_ids = fields.One2many(
        comodel_name="promotion.use",
        inverse_name="program_id",
        string="Uses",
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    _budget_positive = models.Constraint(
        "CHECK (budget_amount >= 0 AND customer_max_amount >= 0)",
        "A budget, and what a customer gets at most, cannot be negative.",
    )
    _customer_orders_positive = models.Constraint(
        "CHECK (NOT limit_customer_orders OR customer_max_orders > 0)",
        "A customer may use the programme on one order at least. Switch the limit off "
        "for as many as they like.",
    )
    _margin_percent_range = models.Constraint(
        "CHECK (min_margin_percent >= -100 AND min_margin_percent < 100)",
        "The lowest margin lies between -100 and 100 percent.",
    )

    # ------------------------------------------------------------------
    # What may be written
    # ------------------------------------------------------------------

    @api.constrains("is_governed", "program_type")
    def _check_no_payment_program(self):
        for program in self:
            if program.is_governed and program.is_payment_program:
                raise ValidationError(
                    self.env._(
                        "%(program)s is a means of payment, not a promotion. Switch "
                        "“Needs Approval” off.",
                        program=program.name,
                    )
                )

    @api.constrains("company_id", "branch_ids", "customer_class_ids")
    def _check_scope_company(self):
        for program in self:
            # sudo: the companies of the scope, also those the author does not see
            scope = program.sudo()
            companies = (
                scope.branch_ids.company_id | scope.customer_class_ids.company_id
            )
            if program.company_id and companies - program.company_id:
                raise ValidationError(
                    self.env._(
                        "%(program)s is of %(company)s: choose branches and customer "
                        "classes of that company.",
                        program=program.name,
                        company=program.company_id.name,
                    )
                )

    @api.constrains("customer_domain")
    def _check_customer_domain(self):
        Partner = self.env["res.partner"]
        for program in self.filtered("customer_domain"):
            try:
                Partner.search_count(program._customers(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError, AttributeError):
                raise ValidationError(
                    self.env._(
                        "The filter of customers of %(program)s is not understood. "
                        "Choose it anew, or empty it for all customers.",
                        program=program.name,
                    )
                ) from None

    def _customers(self):
        """The domain of the customers it is for.

        :raise ValueError: where it is none
        """
        return Domain(literal_eval(self.customer_domain or "[]"))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_drafts([vals.get("approval_state") for vals in vals_list])
        programs = super().create(vals_list)
        self._check_drafts(programs.mapped("approval_state"))  # a context has defaults
        programs._follow_governed()
        return programs

    @api.model
    def _check_drafts(self, states):
        if not self.env.su and not {None, "draft"}.issuperset(states):
            raise AccessError(
                self.env._("A programme begins as a draft. Submit it afterwards.")
            )

    def write(self, vals):
        programs = self
        if not self.env.su:
            self._check_write(vals)
            if "active" in vals and all(self.mapped("is_governed")):
                self.check_access("write")
                programs = self.sudo()  # sudo: core archives products of rewards too
        result = super(LoyaltyProgram, programs).write(vals)
        if "is_governed" in vals or any(self.mapped("is_governed")):
            self._follow_governed()
        return result

    def _check_write(self, vals):
        if not SYSTEM_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._("Use the buttons to submit, approve or stop a programme.")
            )
        if not FREE_FIELDS.issuperset(vals):
            self._check_open()

    def _check_open(self):
        """Raise where a programme was submitted: its terms are what is approved."""
        for program in self:
            if program.is_governed and program.approval_state != "draft":
                raise UserError(
                    self.env._(
                        "%(program)s was submitted, so that its terms do not change. "
                        "Stop it, or return it to draft.",
                        program=program.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: uses of any company keep their programme
        if (
            self.env["promotion.use"]
            .sudo()
            .search_count([("program_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("A programme that was used is kept. Archive it instead.")
            )

    def unlink(self):
        governed = any(self.mapped("is_governed"))
        result = super().unlink()
        if governed:
            self._forget_governed()
        return result

    def _follow_governed(self):
        """Give each governed programme its budget row, and tell orders of it."""
        self._forget_governed()
        missing = self.sudo().filtered(  # sudo: the row is the system's
            lambda program: program.is_governed and not program.budget_ids
        )
        missing.write({"budget_ids": [Command.create({})]})

    # ------------------------------------------------------------------
    # What orders ask
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _governed(self):
        """All governed programmes, archived ones too, ``{id: Promotion}``; cached.

        Most companies have none, and then nothing is asked of the database.
        """
        # sudo: what a programme is for does not depend on who asks
        programs = self.sudo().with_context(active_test=False)
        found = programs.search([("is_governed", "=", True)])
        return {program.id: program._plain() for program in found}

    def _plain(self):
        group = self.exclusive_group_id
        return Promotion(
            id=self.id,
            state=self.approval_state if self.active else "archived",
            branch_ids=frozenset(self.branch_ids.ids),
            class_ids=frozenset(self.customer_class_ids.ids),
            customer_domain=self.customer_domain or "",
            group_id=group.id or 0,
            by_sequence=group.combination == "first",
            sequence=self.sequence,
            spares_manual=self.exclude_manual_lines,
            keeps_offers=self.keep_offers,
        )

    @api.model
    def _forget_governed(self):
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _limits(self):
        """`engine.promotions.Limits` of this programme."""
        return Limits(
            budget=self.budget_amount if self.limit_budget else None,
            orders=self.max_usage if self.limit_usage else None,
            customer_amount=(
                self.customer_max_amount if self.limit_customer_amount else None
            ),
            customer_orders=(
                self.customer_max_orders if self.limit_customer_orders else None
            ),
            margin=self.min_margin_percent if self.limit_margin else None,
        )

    def _are_counted(self):
        """Those of which only so much may be given: their budget row is locked."""
        return self.filtered(
            lambda p: (
                p.limit_budget
                or p.limit_usage
                or p.limit_customer_amount
                or p.limit_customer_orders
            )
        )

    def _refusal(self, taken, amount, margin):
        """`engine.promotions.Refusal` of ``amount``, or None where it may be given.

        :param taken: `engine.promotions.Taken`, in the currency of the programme
        :param margin: percent of the order with the reward, None without a base
        """
        step = self.currency_id.rounding or 0.01
        return refusal_of(self._limits(), taken, amount, margin, step)
