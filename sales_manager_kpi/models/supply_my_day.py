from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .sales_my_day import asked, source
from .supply_request import WAITING
from .supply_request_flow import ANSWER_ACTIVITY, APPROVE_ACTIVITY, TOLD_ACTIVITY


class SalesMyDay(models.AbstractModel):
    """Requests for goods: to approve, to answer, and answered since yesterday."""

    # Supply has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "supply": source(
                self.env._("Requests to answer"), "supply.request", "fa-inbox"
            ),
            "answered": source(
                self.env._("Requests answered"), "supply.request", "fa-reply"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "tell_by_phone": {
                "name": self.env._("Told the customer"),
                "icon": "fa-phone",
                "asks": [asked("note", self.env._("What was said or agreed"), "text")],
            },
        }

    @api.model
    def _asking_types(self):
        asked_for = [ANSWER_ACTIVITY, APPROVE_ACTIVITY, TOLD_ACTIVITY]
        return [*super()._asking_types(), *asked_for]

    def _wanted_supply(self, day):
        requests = self.env["supply.request"]
        supervisor = self._has_role("supply_supervisor")
        if not supervisor and not self._has_role("branch_director"):
            return requests, Domain.FALSE
        people = [self.env.uid, *self._principals("supply")]
        heads = [self.env.uid, *self._principals("direction")]
        wanted = Domain("state", "=", "to_approve") & Domain(
            "branch_id.director_id", "in", heads
        )
        if supervisor:
            wanted |= Domain("state", "in", WAITING) & (
                Domain("department_id.supervisor_id", "in", people)
                | Domain("supervisor_id", "in", people)
                | Domain("escalated_at", "!=", False)
                & Domain("department_id.escalation_user_id", "=", self.env.uid)
            )
        return requests, Domain("company_id", "=", day.company.id) & wanted

    def _items_supply(self, day):
        """What waits for the reader's answer, or for approval as a director."""
        requests = self._wanted("supply", day, order="due_at, id")
        return [
            self._item(
                "supply",
                request,
                self.env._("To approve")
                if request.state == "to_approve"
                else self.env._("To answer"),
                detail=self._request_words(request),
                partner_id=request.partner_id.id,
                due=request.due_at or request.need_by,
                # sudo: who supervises the department of a request that is read
                for_id=self._for(
                    request.sudo().department_id.supervisor_id, scope="supply"
                ),
            )
            for request in requests
            if request.can_approve or request.can_answer
        ]

    def _wanted_answered(self, day):
        return self.env["supply.request"], self._if_role(
            "manager",
            self._mine("user_id")
            & Domain("answered_at", ">=", day.start - timedelta(days=1))
            & Domain("answered_at", "<", day.stop),
        )

    def _items_answered(self, day):
        """What the reader asked for and was answered since yesterday."""
        requests = self._wanted("answered", day, order="answered_at desc, id")
        return [
            self._item(
                "answered",
                request,
                self.env._("Answered: pass it on"),
                detail=self._request_words(request),
                partner_id=request.partner_id.id,
                for_id=self._for(request.user_id),
                actions=[
                    *(["tell_by_phone"] if request.partner_id else []),
                    *("plan", "later", "open"),
                ],
            )
            for request in requests
        ]

    def _request_words(self, request):
        return self.env._(
            "%(number)s, %(count)s products",
            number=request.name,
            count=request.line_count,
        )

    def _act_tell_by_phone(self, record, values):
        """A call in which the customer hears the answer."""
        return self._act_log_contact(record, {**values, "kind": "call"})
