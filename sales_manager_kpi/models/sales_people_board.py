from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

FARTHEST = 10  # years


class SalesPeopleBoard(models.AbstractModel):
    """People by days or months: who may look, at which dates, of which branches.

    A screen gives the dates in ``_dates``, its people in ``_people`` and what it shows
    of them in ``_shown``, in the same few queries for any number of people.
    """

    _name = "sales.people.board"
    _description = "Board of People"
    _board_step = relativedelta()  # what the arrows move by

    @api.model
    def get_data(self, first=None, branch_id=None):
        """People of whom the reader may see, and what there is to say of each date.

        :param first: a day to begin with; the running week or months if not given
        :param branch_id: only people of this branch
        :raise AccessError: to who is no sales manager
        :raise UserError: for dates that are too far away
        """
        self._check_reader()
        # sudo: settings and time zone of the company that the reader works in
        company = self.env.company.sudo()
        today = self.env["sales.branch"]._company_local_date(company)
        dates = self._dates(first, today)
        people = self._people(company, dates)
        branches = {row["branch_id"]: row["branch"] for row in people}
        if branch_id:
            people = [row for row in people if row["branch_id"] == branch_id]
        return {
            "first": fields.Date.to_string(dates[0]),
            "previous": fields.Date.to_string(dates[0] - self._board_step),
            "next": fields.Date.to_string(dates[0] + self._board_step),
            "branches": [
                {"id": key, "name": name}
                for key, name in sorted(branches.items(), key=lambda item: item[1])
            ],
            "branch_id": branch_id or False,
            **self._shown(company, people, dates, today),
        }

    def _check_reader(self):
        if not self.env.user.has_group("sales_manager_kpi.group_manager"):
            raise AccessError(
                self.env._(
                    "This screen is for sales managers. Ask an administrator for the "
                    "role."
                )
            )

    def _dates(self, first, today):
        """The dates of the columns, from about ``first`` (today if None) on."""
        raise NotImplementedError

    def _people(self, company, dates):
        """``[{"user_id", "name", "branch_id", "branch", ...}]``, a row for a spell."""
        raise NotImplementedError

    def _shown(self, company, people, dates, today):
        """What the screen shows beside the dates and the branches."""
        raise NotImplementedError

    def _first_day(self, first, today):
        """``first`` as a date, however the client wrote it; None for nothing usable."""
        try:
            first = fields.Date.to_date(first)
        except (TypeError, ValueError):
            return None
        if first and abs(first.year - today.year) > FARTHEST:
            raise UserError(
                self.env._("Choose a day of the last or the next ten years.")
            )
        return first or None

    def _flush_people(self):
        """Before members, branches and names are read by SQL."""
        for name, fnames in (
            (
                "sales.branch.member",
                ["user_id", "branch_id", "company_id", "date_from", "date_to"],
            ),
            ("sales.branch", ["name", "director_id", "tz", "resource_calendar_id"]),
            ("res.users", ["active", "partner_id"]),
            ("res.partner", ["name"]),
        ):
            self.env[name].flush_model(fnames)
