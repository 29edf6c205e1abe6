from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ..engine.allocation import largest_remainder, to_units
from .sales_plan_states import OPEN_STATES, VALID_STATES, is_negative

WEIGHT_UNIT = Decimal("0.01")


class SalesBranchPlanShare(models.Model):
    """The part of a branch plan that one manager is to sell."""

    _name = "sales.branch.plan.share"
    _description = "Share of a Branch Plan"
    _inherit = ["sales.plan.derived.mixin"]
    _order = "branch_plan_id, amount desc, id"
    _rec_name = "user_id"

    branch_plan_id = fields.Many2one(
        comodel_name="sales.branch.plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="branch_plan_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="branch_plan_id.currency_id")
    split_method = fields.Selection(related="branch_plan_id.split_method")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    weight = fields.Float(
        string="In Proportion",
        digits=(16, 2),
        aggregator=None,
        help="What the share rests on: an amount, a number of customers, or what you "
        "type, for instance 40, 30 and 30, or 2 and 1.",
    )
    share = fields.Float(compute="_compute_amount", store=True, aggregator=None)
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        help="The part of the target; the parts add up to it, to the cent.",
    )
    plan_id = fields.Many2one(
        comodel_name="sales.plan",
        string="Plan of the Manager",
        compute="_compute_plan",
    )
    plan_state = fields.Selection(
        selection=lambda self: (
            self.env["sales.plan"]._fields["state"]._description_selection(self.env)
        ),
        string="Status",
        compute="_compute_plan",
    )
    plan_amount = fields.Monetary(string="Planned", compute="_compute_plan")
    difference = fields.Monetary(
        compute="_compute_plan", help="Planned less the share: below zero is missing."
    )

    _user_uniq = models.UniqueIndex(
        "(branch_plan_id, user_id)",
        "A manager has one share of a branch plan. Change that share.",
    )
    _weight_positive = models.Constraint(
        "CHECK (COALESCE(weight, 0) >= 0)",
        "A share cannot be negative. Enter zero or more.",
    )

    @api.depends(
        "weight",
        "branch_plan_id.share_ids.weight",
        "branch_plan_id.target_amount",
        "branch_plan_id.currency_id",
    )
    def _compute_amount(self):
        for plan in self.branch_plan_id:
            shares = plan.share_ids.sorted(lambda s: s._origin.id or 0)
            weights = [to_units(str(share.weight), WEIGHT_UNIT) for share in shares]
            whole = sum(weights)
            parts = [0] * len(shares)
            rounding = Decimal(str(plan.currency_id.rounding or 0.01))
            if whole > 0 and min(weights) >= 0:
                total = to_units(str(plan.target_amount or 0.0), rounding)
                parts = largest_remainder(total, weights)
            for share, weight, part in zip(shares, weights, parts, strict=True):
                if share not in self:
                    continue  # computed by itself; a write would be refused
                share.share = weight / whole if whole else 0.0
                share.amount = float(part * rounding)
        for share in self.filtered(lambda s: not s.branch_plan_id):
            share.share = share.amount = 0.0

    @api.depends("user_id", "amount", "branch_plan_id.period_id")
    def _compute_plan(self):
        for branch_plan, shares in self.grouped("branch_plan_id").items():
            plans = shares._plan_by_user() if branch_plan._may_judge() else {}
            for share in shares:
                plan = plans.get(share.user_id.id) or self.env["sales.plan"]
                if plan.branch_id != branch_plan.branch_id:
                    plan = plan.browse()  # another branch's figures are its own
                share.plan_id = plan.sudo(self.env.su)
                share.plan_state = plan.state
                share.plan_amount = plan.target_amount
                share.difference = plan.target_amount - share.amount if plan else 0.0

    def _plan_by_user(self):
        """``{user id: plan}`` of the month, what is agreed before what is prepared."""
        # sudo: a plan in another branch takes the manager's month all the same
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("period_id", "in", self.branch_plan_id.period_id.ids),
                    ("state", "in", OPEN_STATES + VALID_STATES),
                ],
                ["user_id", "branch_id", "state", "target_amount"],
            )
        )
        # who moves in the month has a plan of each branch, for its days alone
        branches = self.branch_plan_id.branch_id
        plans = plans.filtered(lambda p: p.branch_id in branches or p._is_whole_month())
        result = {}
        # what is planned in this very branch comes first, and of that what is agreed
        for plan in plans.sorted(
            lambda p: (
                p.branch_id in branches,
                p.state in VALID_STATES,
            )
        ):
            result[plan.user_id.id] = plan
        return result

    @api.constrains("user_id", "branch_plan_id")
    def _check_user(self):
        for share in self:
            # sudo: which companies a colleague may enter
            user = share.user_id.sudo()
            if not user.active or share.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s is archived or has no access to %(company)s. Take "
                        "the share away, or restore the user.",
                        user=user.name,
                        company=share.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_weights(vals_list)
        self._check_derived({name for vals in vals_list for name in vals})
        own = self._without_derived_defaults()
        shares = super(SalesBranchPlanShare, own).create(vals_list)
        return shares.with_env(self.env)

    def write(self, vals):
        self._check_weights([vals])
        self._check_derived(vals)
        return super().write(vals)

    def _check_weights(self, vals_list):
        """Said in words before the database says it."""
        if any(is_negative(vals.get("weight")) for vals in vals_list):
            raise ValidationError(
                self.env._("A share cannot be negative. Enter zero or more.")
            )

    def _prepare_plan_vals(self):
        return {
            "user_id": self.user_id.id,
            "period_id": self.branch_plan_id.period_id.id,
            "company_id": self.company_id.id,
            "branch_id": self.branch_plan_id.branch_id.id,
            "basis": self.branch_plan_id.basis,
            "line_ids": [
                Command.create({"dimension": "total", "target_amount": self.amount})
            ],
        }

    def _put_total(self, plan):
        """Make the share the total of ``plan``."""
        total = plan._main_lines().filtered(lambda line: line.dimension == "total")
        vals = {"dimension": "total", "target_amount": self.amount}
        command = Command.update(total.id, vals) if total else Command.create(vals)
        plan.write({"line_ids": [command]})
