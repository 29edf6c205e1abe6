from dateutil.relativedelta import relativedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError

HISTORY_MONTHS = 3
TURNOVER_MONTHS = 12


class SalesBranchPlanSplitMixin(models.AbstractModel):
    """The part of ``sales.branch.plan`` that divides the target over the managers."""

    _name = "sales.branch.plan.split.mixin"
    _description = "Dividing a Branch Plan"

    split_method = fields.Selection(
        selection=[
            ("equal", "Equal shares"),
            ("typed", "Typed shares"),
            ("last_year", "Same month of last year"),
            ("average", "Last three full months"),
            ("customers", "Number of customers owned"),
            ("turnover", "Turnover of customers owned, twelve months"),
        ],
        string="Divide By",
        required=True,
        default="last_year",
        help="What the shares of the managers rest on.",
    )

    def action_split(self):
        """Divide the target over the managers of the month by the chosen method."""
        for plan in self:
            users = plan._users()
            weights = plan._weights(users)
            kept = plan.share_ids.filtered(lambda s, users=users: s.user_id in users)
            plan.write(
                {
                    "share_ids": [
                        *(Command.delete(s.id) for s in plan.share_ids - kept),
                        *(
                            Command.update(s.id, {"weight": weights[s.user_id.id]})
                            for s in kept
                        ),
                        *(
                            Command.create(
                                {"user_id": user.id, "weight": weights[user.id]}
                            )
                            for user in users - kept.user_id
                        ),
                    ]
                }
            )
        return True

    def _users(self):
        """The managers whose plan of the month belongs to the branch."""
        # sudo: members of the branch; colleagues may be archived by now
        users = self.branch_id.sudo().member_ids.user_id.filtered("active").sudo(False)
        homes = self.env["sales.plan"]._home_branches(users, self.period_id)
        users = users.filtered(
            lambda user: homes.get((user.id, self.period_id.id)) == self.branch_id
        )
        if not users:
            raise UserError(
                self.env._(
                    "Nobody belongs to %(branch)s in %(month)s. Add members to the "
                    "branch first.",
                    branch=self.branch_id.display_name,
                    month=self.period_id.display_name,
                )
            )
        return users.sorted("name")

    def _weights(self, users):
        """``{user id: what the share of the user rests on}``."""
        if self.split_method == "equal":
            return dict.fromkeys(users.ids, 1.0)
        if self.split_method == "typed":
            typed = {share.user_id.id: share.weight for share in self.share_ids}
            return {user.id: typed.get(user.id, 0.0) for user in users}
        found = getattr(self, f"_weights_{self.split_method}")(users)
        # who returned more than was bought has no share, rather than a negative one
        weights = {user.id: max(found.get(user.id) or 0.0, 0.0) for user in users}
        if not any(weights.values()):
            raise UserError(
                self.env._(
                    "There is nothing to divide %(plan)s by: no manager has history. "
                    "Choose another way to divide.",
                    plan=self.display_name,
                )
            )
        return weights

    def _weights_last_year(self, users):
        first = self.date_from - relativedelta(years=1)
        return self._credited(users, first, first + relativedelta(day=31))

    def _weights_average(self, users):
        last = self._history_end()
        first = last + relativedelta(days=1) - relativedelta(months=HISTORY_MONTHS)
        return self._credited(users, first, last)

    def _weights_customers(self, users):
        owners = self._owner_by_customer(users)
        return {user.id: list(owners.values()).count(user.id) for user in users}

    def _weights_turnover(self, users):
        """What the customers bought whom each owns now, whoever sold it."""
        owners = self._owner_by_customer(users)
        last = self._history_end()
        first = last + relativedelta(days=1) - relativedelta(months=TURNOVER_MONTHS)
        bought = self.env["sales.fact.report"]._facts_by(
            self.company_id,
            first,
            last,
            basis=self.basis,
            groupby=("partner_id",),
            domain=[("partner_id", "in", list(owners))],
        )
        weights = dict.fromkeys(users.ids, 0.0)
        for partner_id, amount in bought.items():
            weights[owners[partner_id]] += amount
        return weights

    def _owner_by_customer(self, users):
        """``{partner id: user id}`` of the customers owned now."""
        # sudo: how many customers a manager of the own branch has, and which
        rows = (
            self.env["customer.assignment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("user_id", "in", users.ids),
                    ("date_to", "=", False),
                ],
                ["partner_id", "user_id"],
            )
        )
        return {partner.id: user.id for partner, user in rows}

    def _history_end(self):
        """The last day of the last full month before the plan's."""
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        return min(self.date_from, today.replace(day=1)) - relativedelta(days=1)

    def _credited(self, users, first, last):
        return self.env["sales.fact.report"]._facts_by(
            self.company_id, first, last, basis=self.basis, users=users
        )
