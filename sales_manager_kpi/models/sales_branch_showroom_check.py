from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError

from ..engine.instants import instant

FAR = timedelta(days=60)  # longer than any works council closes a branch


class SalesBranch(models.Model):
    """How often a showroom is checked, and the check that comes next."""

    # The area of checks has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    showroom_check_every_days = fields.Integer(
        string="Check the Showroom Every (days)",
        tracking=True,
        help="The next check is planned so many days after the last, on a working day. "
        "0: checks are not planned.",
    )
    showroom_check_id = fields.Many2one(
        comodel_name="showroom.check",
        string="Next Check",
        compute="_compute_showroom_check_id",
        groups="sales_manager_kpi.group_manager",
        help="The one in progress, else the first that is planned.",
    )
    showroom_check_state = fields.Char(
        string="Status of the Next Check",
        compute="_compute_showroom_check_id",
        export_string_translation=False,
        groups="sales_manager_kpi.group_manager",
    )
    showroom_check_on = fields.Date(
        string="Day of the Next Check",
        compute="_compute_showroom_check_id",
        groups="sales_manager_kpi.group_manager",
    )

    _check_days_not_negative = models.Constraint(
        "CHECK (showroom_check_every_days >= 0)",
        "The days between checks of a showroom are 0 or more.",
    )

    def _compute_showroom_check_id(self):
        checks = self._open_checks()
        for branch in self:
            check = checks.get(branch._origin)
            branch.showroom_check_id = check
            branch.showroom_check_state = check and check.state
            branch.showroom_check_on = check and check.planned_on

    def _open_checks(self):
        """``{branch: the check in progress, else the first planned}``, in one query."""
        found = {}
        for check in self.env["showroom.check"].search(
            [
                ("branch_id", "in", self.ids),
                ("state", "in", ("planned", "in_progress")),
            ],
            order="state, planned_on, id",  # "in progress" sorts before "planned"
        ):
            found.setdefault(check.branch_id, check)
        return found

    def action_check_showroom(self):
        """Go on with the check in progress, or begin one: the planned, else a new one.

        :raise AccessError: for who does not work in the branch
        """
        self.ensure_one()
        if not self.is_kept:
            raise AccessError(
                self.env._(
                    "The showroom of %s is kept by those who work there. Ask one "
                    "of them, or its director.",
                    self.display_name,
                )
            )
        Check = self.env["showroom.check"]
        check = self._open_checks().get(self) or Check.create(
            {"branch_id": self.id, "planned_on": self._local_today()}
        )
        return (
            check.action_open()
            if check.state == "in_progress"
            else check.action_start()
        )

    def action_open_showroom_checks(self):
        """Open the checks of this branch."""
        return self._open_showroom("showroom_check_action", {})

    # ------------------------------------------------------------------
    # Planned
    # ------------------------------------------------------------------

    def _plan_check(self):
        """Plan the next check where checks are planned and none is open; in sudo."""
        planned = self.filtered(
            lambda branch: (
                branch.active
                and branch.has_showroom
                and branch.showroom_check_every_days
            )
        )
        todo = planned - planned.browse().union(*planned._open_checks())
        last = todo._last_check_days()
        return self.env["showroom.check"].create(
            [
                {"branch_id": branch.id, "planned_on": branch._next_check_day(last)}
                for branch in todo
            ]
        )

    def _last_check_days(self):
        """``{branch: day of its last finished check}``, in one query."""
        return dict(
            self.env["showroom.check"]._read_group(
                [("branch_id", "in", self.ids), ("state", "=", "done")],
                ["branch_id"],
                ["done_on:max"],
            )
        )

    def _next_check_day(self, last):
        """The working day on which the next check is due, never a past one.

        :param last: ``{branch: day of the last check}``
        """
        today = self._local_today()
        day = last.get(self)
        if day:
            day += timedelta(days=self.showroom_check_every_days)
        return self._working_day(max(day or today, today))

    def _working_day(self, day):
        """``day``, or the next one on which the branch works.

        A branch whose calendar has no hours takes the days as they come.
        """
        self.ensure_one()
        branch = self.sudo()  # sudo: hours and time zone of the branch
        start = instant(day, 0, branch.tz)
        clock = self.env["service.gap.time"]._clocks(
            branch.company_id, branch, start, start + FAR
        )[branch.id]
        end = clock.end_of_day(day)
        return clock.local_day(end) if end else day
