from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.categories import at_level, find_overlap, nearest
from ..engine.proposal import TOTAL, propose
from ..models.sales_plan_states import OPEN_STATES, VALID_STATES
from .sales_plan_season_mixin import SEASON_CHOICES

MAX_MONTHS = 36
# Another choice makes another proposal.
CHOICES = frozenset(
    {
        "plan_ids",
        "branch_id",
        "period_id",
        "method",
        "months",
        "growth",
        "source",
        "split",
        "level",
        "categ_ids",
        "with_total",
        "step",
        *SEASON_CHOICES,
    }
)


class SalesPlanProposal(models.TransientModel):
    """Plan amounts out of real history, looked at before they are taken over."""

    _name = "sales.plan.proposal"
    _description = "Plan Proposal"
    _inherit = ["sales.plan.history.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_ids = fields.Many2many(
        comodel_name="sales.plan",
        string="Plans",
        check_company=True,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        check_company=True,
        help="Propose for all managers of this branch; drafts are made for those who "
        "have none.",
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'open')]",
    )
    method = fields.Selection(
        selection=[
            ("last_year", "Same month last year"),
            ("average", "Average of the last full months"),
            ("season", "Season profile"),
            ("year", "Year target × distribution"),
        ],
        required=True,
        default="last_year",
    )
    months = fields.Integer(string="Number of Months", default=3)
    growth = fields.Float(help="Added to the history, or taken off below zero.")
    source = fields.Selection(
        selection=[
            ("credited", "What was credited to the manager"),
            ("owned", "The customers the manager owns now"),
        ],
        string="History",
        required=True,
        default="credited",
    )
    split = fields.Selection(
        selection=[
            ("level", "Category level"),
            ("chosen", "Chosen categories"),
            ("total", "Total only"),
        ],
        string="Lines By",
        required=True,
        default="level",
    )
    level = fields.Integer(
        string="Category Level",
        default=1,
        help="1 for the top categories. What stands above the level is in the total.",
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category", string="Product Categories"
    )
    with_total = fields.Boolean(
        string="Total Line",
        default=True,
        help="Without a total, the plan speaks of its categories only.",
    )
    step = fields.Float(
        string="Round To",
        default=10.0,
        help="Amounts become multiples of this; 0 for no rounding.",
    )
    line_ids = fields.One2many(
        comodel_name="sales.plan.proposal.line",
        inverse_name="proposal_id",
        string="Lines",
    )
    message = fields.Text(readonly=True)

    @api.model
    def default_get(self, fields_list):
        """Propose for the plans the wizard was opened on, if any."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "sales.plan":
            plans = self.env["sales.plan"].browse(self.env.context.get("active_ids"))
            values["plan_ids"] = [Command.set(plans.ids)]
            values["company_id"] = plans[:1].company_id.id or self.env.company.id
        return values

    @api.onchange(*CHOICES)
    def _onchange_choice(self):
        """What was looked at is not what would be taken over any more."""
        self.line_ids = [Command.clear()]
        self.message = False

    def write(self, vals):
        if not CHOICES.isdisjoint(vals) and "line_ids" not in vals:
            vals = {**vals, "line_ids": [Command.clear()], "message": False}
        return super().write(vals)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_propose(self):
        """Compute the preview; nothing is written to a plan yet.

        :raises UserError: where the choices make no proposal possible, or a plan is
            not the acting user's to change
        """
        self.ensure_one()
        self._check_choices()
        targets, skipped = self._targets()
        vals_list, without = self._prepare_lines(targets)
        self.line_ids = [Command.clear(), *map(Command.create, vals_list)]
        self.message = self._explain(targets, without, skipped)
        return self._reopen()

    def action_apply(self):
        """Replace the lines of the plans by the preview.

        :raises UserError: without a preview, or where a plan may not be changed
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Compute the proposal first."))
        plans = self.env["sales.plan"]
        for (user, plan), lines in self.line_ids.grouped(
            lambda line: (line.user_id, line.plan_id)
        ).items():
            plans |= self._apply_to(user, plan, lines)
        if self.plan_ids:
            return {"type": "ir.actions.act_window_close"}
        return self.env["sales.plan.reason"]._open(plans)

    def _apply_to(self, user, plan, lines):
        vals_list = [line._prepare_plan_line_vals() for line in lines]
        if plan:
            plan.write({"line_ids": self._replace(plan._main_lines(), vals_list)})
            return plan
        return self.env["sales.plan"].create(
            {
                "user_id": user.id,
                "period_id": self.period_id.id,
                "company_id": self.company_id.id,
                "basis": self.company_id.sales_manager_kpi_plan_basis,
                "line_ids": [Command.create(vals) for vals in vals_list],
            }
        )

    def _replace(self, lines, vals_list):
        """Commands that make ``lines`` what is proposed; the same target stays."""
        old = {(line.dimension, line.categ_id.id): line for line in lines}
        commands = []
        for vals in vals_list:
            line = old.pop((vals["dimension"], vals["categ_id"]), None)
            commands.append(
                Command.update(line.id, vals) if line else Command.create(vals)
            )
        return [*(Command.delete(line.id) for line in old.values()), *commands]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Propose from history"),
        }

    # ------------------------------------------------------------------
    # For whom
    # ------------------------------------------------------------------

    def _check_choices(self):
        if self.method in ("average", "season") and not (
            1 <= self.months <= MAX_MONTHS
        ):
            raise ValidationError(
                self.env._(
                    "Choose between 1 and %(most)s months of history.",
                    most=MAX_MONTHS,
                )
            )
        if self.growth < -1 or self.step < 0:
            raise ValidationError(
                self.env._("Growth is at least −100 %, and the rounding not negative.")
            )
        if self.split == "level" and self.level < 1:
            raise ValidationError(self.env._("The top category level is 1."))
        if self.split == "chosen":
            self._check_categories()
        self._check_season()
        if not self.plan_ids and not (self.branch_id and self.period_id):
            raise ValidationError(
                self.env._("Choose a branch and a month to propose for.")
            )

    def _check_categories(self):
        if not self.categ_ids:
            raise ValidationError(
                self.env._("Choose the product categories to propose for.")
            )
        overlap = find_overlap([(c, c.parent_path) for c in self.categ_ids])
        if overlap:
            raise ValidationError(
                self.env._(
                    "%(parent)s includes %(child)s. Choose one of the two.",
                    parent=overlap[0].display_name,
                    child=overlap[1].display_name,
                )
            )

    def _targets(self):
        """Whom to propose for.

        :return: ``([(user, plan or empty, period, basis)], skipped plans)``
        """
        if self.plan_ids:
            self.plan_ids.check_access("write")
            self.plan_ids._check_editable()
            return [
                (plan.user_id, plan, plan.period_id, plan.basis)
                for plan in self.plan_ids
            ], self.plan_ids.browse()
        return self._branch_targets()

    def _branch_targets(self):
        Plan = self.env["sales.plan"]
        if not Plan._may_judge_for(self.branch_id):
            raise UserError(
                self.env._(
                    "Only the director of %(branch)s proposes for all its managers.",
                    branch=self.branch_id.display_name,
                )
            )
        users = self._branch_users() - self.env.user
        # sudo: a plan in another branch takes the manager's month all the same
        plans = Plan.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("period_id", "=", self.period_id.id),
                ("state", "in", OPEN_STATES + VALID_STATES),
            ]
        )
        skipped = plans.filtered(
            lambda p: (
                p.state in VALID_STATES
                or p.state == "submitted"
                or p.branch_id != self.branch_id
            )
        )
        by_user = {p.user_id: p.sudo(self.env.su) for p in plans - skipped}
        basis = self.company_id.sales_manager_kpi_plan_basis
        targets = [
            (user, by_user.get(user, Plan), self.period_id, basis)
            for user in users - skipped.user_id
        ]
        return [
            (user, plan, period, plan.basis or basis)
            for user, plan, period, basis in targets
        ], skipped

    def _branch_users(self):
        """Active users whose plan of the month belongs to the branch."""
        # sudo: the director's own branch; colleagues may be archived by now
        users = self.branch_id.sudo().member_ids.user_id.filtered("active").sudo(False)
        homes = self.env["sales.plan"]._home_branches(users, self.period_id)
        return users.filtered(
            lambda user: homes.get((user.id, self.period_id.id)) == self.branch_id
        )

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _prepare_lines(self, targets):
        """Values of the preview, and the names of managers without history."""
        history = self._history_by_target(targets)
        units = self._year_targets(targets, history) if self.method == "year" else {}
        vals_list, without = [], []
        for user, plan, period, basis in targets:
            amounts = history.get((user.id, period, basis), {})
            base = self._base_by_category(amounts)
            proposed = self._proposed(base, units.get((user.id, period, basis)))
            if not proposed:
                without.append(user.name)
            for category_id, amount in proposed.items():
                vals_list.append(
                    {
                        "user_id": user.id,
                        "plan_id": plan.id,
                        "dimension": "total" if category_id is TOTAL else "category",
                        "categ_id": category_id or False,
                        "base_amount": base.get(category_id, 0.0),
                        "proposed_amount": amount,
                    }
                )
        return vals_list, without

    def _proposed(self, base, units):
        """``{category id or TOTAL: amount}``; ``units`` where the year gives them."""
        if self.method != "year":
            return propose(base, 1 + self.growth, self.step)
        parts = self._divide_month(units or 0, base)
        return {key: self._from_units(part) for key, part in parts.items()}

    def _base_by_category(self, amounts):
        base = {TOTAL: sum(amounts.values())}
        if not amounts:
            return {}
        for category, amount in amounts.items():
            key = self._line_category(category.parent_path)
            if key:
                base[key] = base.get(key, 0.0) + amount
        if not self.with_total and self.split != "total":
            del base[TOTAL]
        return base

    def _line_category(self, parent_path):
        if self.split == "level":
            return at_level(parent_path, self.level)
        if self.split == "chosen":
            return nearest(parent_path, set(self.categ_ids.ids))
        return None

    def _explain(self, targets, without, skipped):
        parts = self._explain_season(targets)
        if without:
            parts.append(
                self.env._("No history for: %(names)s.", names=", ".join(without))
            )
        if skipped:
            parts.append(
                self.env._(
                    "Planned already: %(names)s.",
                    names=", ".join(skipped.user_id.mapped("name")),
                )
            )
        replaced = self.line_ids.plan_id.filtered("line_ids")
        if replaced:
            parts.append(
                self.env._(
                    "Lines that will be replaced: %(names)s.",
                    names=", ".join(replaced.mapped("display_name")),
                )
            )
        return "\n".join(parts) or False
