from odoo import api, models

PLACES = ("size", "growth")


class SalesMyMonth(models.AbstractModel):
    """The reader's own place among the others, beside the figures of the month."""

    # What the ranking adds has a file of its own.
    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def get_place(self, period_date=None):
        """The reader's own place in the rankings of a month; see `sales.ranking`.

        Nothing more than the ranking shows to the same reader, and of the reader
        alone: nobody has a place of somebody else here.

        :param period_date: a day of the month (ISO string); the running one if none
        :return: False where the reader is not ranked; else ``places`` (``place`` is
            None without a base, ``of`` who is ranked), ``badges``, ``milestones`` and
            the ``levels`` of the plan, reached or not
        :raise AccessError: to who is no sales manager
        :raise UserError: for a day that there is not
        """
        self._check_group()
        Ranking = self.env["sales.ranking"]
        found = [Ranking.get_data("month", by, period_date) for by in PLACES]
        rows = [self._own_row(data) for data in found]
        if not any(rows):
            return False
        data = found[0]
        mine = [row for row in data["milestones"] if row["is_me"]]
        return {
            "period": data["period"]["date"],
            "currency_id": data["currency_id"],
            "places": [
                {
                    "by": by,
                    "place": row["place"],
                    "value": row["value"],
                    "of": data["ranked"],
                }
                for by, row, data in zip(PLACES, rows, found, strict=True)
                if row
            ],
            "branch": self._ranked_branch(data),
            "badges": data["badges"].get(self.env.uid, []),
            "milestones": [
                {"id": row["id"], "name": row["name"], "icon": row["icon"]}
                for row in mine
            ],
            "levels": self._milestone_levels(data["period"]["date"]),
        }

    def _own_row(self, data):
        return next((row for row in data["rows"] if row["is_me"]), None)

    def _ranked_branch(self, data):
        names = {branch["id"]: branch["name"] for branch in data["branches"]}
        return names.get(data["branch_id"], False)

    def _milestone_levels(self, first):
        """``[{percent, reached}]`` of the plan, as far as the company keeps them."""
        company = self.env.company
        # sudo: what the company makes of milestones is for everybody to know
        if company.sudo().sales_manager_kpi_milestones == "off":
            return []
        # sudo: the reader's own
        reached = (
            self.env["sales.milestone"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "=", self.env.uid),
                    ("date_from", "=", first),
                    ("kind", "=", "plan"),
                ]
            )
            .mapped("percent")
        )
        return [
            {"percent": percent, "reached": percent in reached}
            for percent in self.env["sales.milestone.level"]._percents(company)
        ]
