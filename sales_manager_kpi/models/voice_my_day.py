from odoo import api, fields, models
from odoo.fields import Domain

from .sales_assignment import WAITING
from .sales_assignment_flow import JUDGE, TASK
from .sales_draft_decision_flow import READ
from .sales_my_day import asked, source
from .sales_proposal_flow import DECIDE

SOON = 7  # days ahead in which a deadline is shown


class SalesMyDay(models.AbstractModel):
    """Assignments, draft decisions to read, and proposals to answer."""

    # The voice upwards has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "assignments": source(
                self.env._("Assignments"), "sales.assignment", "fa-tasks"
            ),
            "readings": source(
                self.env._("Draft decisions to read"),
                "sales.draft.decision",
                "fa-pencil-square-o",
            ),
            "proposals": source(
                self.env._("Proposals to answer"), "sales.proposal", "fa-lightbulb-o"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "report": {
                "name": self.env._("Report"),
                "icon": "fa-check",
                "asks": [asked("result", self.env._("What came of it?"), "text")],
            },
        }

    @api.model
    def _asking_types(self):
        return [*super()._asking_types(), TASK, JUDGE, READ, DECIDE]

    @api.model
    def _evening_counted(self):
        return {
            **super()._evening_counted(),
            "proposals": (
                *("sales.proposal", "user_id", "submitted_at"),
                Domain("state", "!=", "draft"),
            ),
            "answers": (
                *("sales.proposal", "decided_by_id", "decided_at"),
                Domain.TRUE,
            ),
            "assignments": (
                *("sales.assignment", "reported_by_id", "reported_at"),
                Domain("state", "in", ("done", "accepted")),
            ),
        }

    def _wanted_assignments(self, day):
        until = fields.Date.add(day.date, days=SOON)
        wanted = (
            self._mine("user_id")
            & Domain("state", "in", WAITING)
            & Domain("deadline", "<=", until)
        )
        if self._has_role("branch_director"):
            wanted |= Domain("state", "=", "done") & (
                self._to_decide("branch_id.director_id") | self._mine("head_id")
            )
        return self.env["sales.assignment"], self._if_role("manager", wanted)

    def _items_assignments(self, day):
        """To report within a week, and reported ones that the reader judges."""
        rows = self._wanted("assignments", day, order="deadline, id")
        return [
            self._item(
                "assignments",
                row,
                self.env._("Assignment to report")
                if row.state in WAITING
                else self.env._("Assignment to judge"),
                detail=row.display_name,
                due=row.deadline,
                for_id=self._for(row.user_id) if row.state in WAITING else False,
                actions=[
                    *(["report"] if row.state in WAITING else []),
                    *("open", "plan", "later"),
                ],
            )
            for row in rows
            if row.state in WAITING or row.can_judge
        ]

    def _wanted_readings(self, day):
        return self.env["sales.draft.decision.addressee"], self._if_role(
            "manager",
            Domain("user_id", "=", self.env.uid)
            & Domain("company_id", "=", day.company.id)
            & Domain("is_signed", "=", False)
            & Domain("is_void", "=", False)
            & Domain("decision_id.state", "=", "open"),
        )

    def _items_readings(self, day):
        """What the reader has not signed yet; nobody signs for somebody else."""
        names = ["decision_id", "version", "due_on"]
        rows = self._wanted("readings", day, names, order="due_on, id")
        return [
            self._item(
                "readings",
                row.decision_id,
                self.env._("Draft decision to read"),
                detail=row.decision_id.name,
                due=row.due_on,
                actions=["open", "plan"],
            )
            for row in rows
            if row.version == row.decision_id.version
        ]

    def _wanted_proposals(self, day):
        return self.env["sales.proposal"], self._if_role(
            "branch_director",
            Domain("company_id", "=", day.company.id)
            & Domain("state", "=", "submitted"),
        )

    def _items_proposals(self, day):
        """Those that wait for the reader's answer."""
        rows = self._wanted("proposals", day, order="due_at, id")
        return [
            self._item(
                "proposals",
                row,
                self.env._("Proposal to answer"),
                detail=row.display_name,
                due=row.due_at,
                actions=["open", "plan", "later"],
            )
            for row in rows
            if row.can_decide
        ]

    def _act_report(self, record, values):
        """Report an assignment; it says itself who may, and asks for a result."""
        result = values.get("result")
        record._report(result if isinstance(result, str) else "")
