from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .discount_authority_mixin import ANSWER_ACTIVITY, APPROVE_ACTIVITY
from .evaluation_dispute import OPEN as DISPUTED
from .evaluation_dispute_flow import DECIDE_ACTIVITY
from .sales_my_day import source
from .sales_plan_activity_mixin import APPROVE_ACTIVITY as PLAN_ACTIVITY

ANSWERED = ("approved", "countered", "rejected")


class SalesMyDay(models.AbstractModel):
    """What waits for the reader's decision, and what was decided for the reader."""

    # Decisions have a file of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "discounts": source(
                self.env._("Discounts to decide"), "discount.request", "fa-tags"
            ),
            "plans": source(
                self.env._("Plans to approve"), "sales.plan", "fa-line-chart"
            ),
            "disputes": source(
                self.env._("Disputes to decide"),
                "evaluation.dispute",
                "fa-balance-scale",
            ),
            "decided": source(
                self.env._("Discounts decided"), "discount.request", "fa-reply"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "approve": {"name": self.env._("Approve"), "icon": "fa-thumbs-o-up"},
        }

    @api.model
    def _asking_types(self):
        return [
            *super()._asking_types(),
            *(APPROVE_ACTIVITY, ANSWER_ACTIVITY, PLAN_ACTIVITY, DECIDE_ACTIVITY),
        ]

    @api.model
    def _to_decide(self, director):
        """Of branches that the reader directs now, or asked of the reader by name."""
        heads = [self.env.uid, *self._principals("direction")]
        return Domain("company_id", "=", self.env.company.id) & (
            Domain(director, "in", heads)
            | Domain("activity_ids.user_id", "=", self.env.uid)
        )

    def _wanted_discounts(self, day):
        return self.env["discount.request"], self._if_role(
            "branch_director",
            Domain("state", "=", "pending")
            & (
                self._to_decide("branch_id.director_id")
                | Domain("company_id", "=", day.company.id)
                & Domain("approver_ids", "in", self.env.uid)
            ),
        )

    def _items_discounts(self, day):
        """Requests that the reader may decide; worth the order at its norm price."""
        requests = self._wanted("discounts", day, order="deadline, id")
        return [
            self._item(
                "discounts",
                request,
                self.env._("%s %% to decide", f"{request.manual_percent:g}"),
                detail=" · ".join(
                    filter(
                        None,
                        [
                            request.name,
                            request.requested_by_id.name,
                            request.reason_id.name,
                            request.note,
                        ],
                    )
                ),
                partner_id=request.partner_id.id,
                due=request.deadline,
                amount=self._in_company_currency(
                    request.norm_amount, request.currency_id, day
                ),
                for_id=request._acting_for(self.env.user).id,
                actions=["approve", "open", "plan", "later"],
            )
            for request in requests
            if request.can_decide
        ]

    def _wanted_decided(self, day):
        since = day.start - timedelta(days=1)
        return self.env["discount.request"], self._if_role(
            "manager",
            self._mine("requested_by_id", "user_id")
            & Domain("state", "in", ANSWERED)
            & Domain(
                "decision_ids",
                "any",
                [
                    ("decision", "in", ("approve", "counter", "reject")),
                    ("create_date", ">=", since),
                    ("create_date", "<", day.stop),
                ],
            ),
        )

    def _items_decided(self, day):
        """Answers to what the reader asked, since yesterday."""
        requests = self._wanted("decided", day)
        states = dict(
            self.env["discount.request"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        return [
            self._item(
                "decided",
                request,
                self.env._("Discount: %s", states[request.state]),
                detail=request.order_id.name,
                partner_id=request.partner_id.id,
                amount=self._in_company_currency(
                    request.norm_amount, request.currency_id, day
                ),
                for_id=self._for(request.requested_by_id, request.user_id),
                actions=["log_contact", "plan", "later", "open"],
            )
            for request in requests
        ]

    def _wanted_plans(self, day):
        return self.env["sales.plan"], self._if_role(
            "branch_director",
            Domain("state", "=", "submitted")
            & self._to_decide("branch_id.director_id"),
        )

    def _items_plans(self, day):
        """Plans that were handed in to the reader; worth their target."""
        plans = self._wanted("plans", day, order="date_from, id")
        return [
            self._item(
                "plans",
                plan,
                self.env._("Plan to approve"),
                detail=plan.display_name,
                due=plan.date_from,
                amount=plan.target_amount,
                actions=["open", "approve", "plan", "later"],
            )
            for plan in plans
            if plan.can_approve
        ]

    def _wanted_disputes(self, day):
        disputes = self.env["evaluation.dispute"]
        if not (self._has_role("branch_director") or self._has_role("pay")):
            return disputes, Domain.FALSE
        return disputes, Domain("state", "in", DISPUTED) & (
            self._to_decide("branch_id.director_id")
            | Domain("company_id", "=", day.company.id) & Domain("is_pay", "=", True)
        )

    def _items_disputes(self, day):
        """Objections to results and pay that the reader decides."""
        disputes = self._wanted("disputes", day, order="opened_at, id")
        return [
            self._item(
                "disputes",
                dispute,
                self.env._("Dispute to decide"),
                detail=f"{dispute.name} {dispute.user_id.name}",
                amount=dispute.claimed_amount or None,
                actions=["open", "plan", "later"],
            )
            for dispute in disputes
            if dispute.can_decide
        ]

    def _act_approve(self, record, values):
        """Agree as it was asked; the document says whether the reader may."""
        return record.action_approve()
