from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

COMMERCIAL = "sales_manager_kpi.group_commercial_director"


class CustomerFigure(models.Model):
    """What a customer bought by year and month, whoever was credited for it.

    Facts are read by who is credited. Who serves a customer today has to know what it
    bought before: its turnover, but neither who sold it nor with which margin.
    """

    # The history has a file of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    history = fields.Html(compute="_compute_history", string="Turnover by Month")

    @api.depends("partner_id", "branch_id", "refreshed_on")
    @api.depends_context("uid", "lang")
    def _compute_history(self):
        found = self._history_amounts()
        for figure in self:
            years = found.get(figure, {})
            figure.history = years and self.env["ir.qweb"]._render(
                "sales_manager_kpi.customer_figure_history",
                figure._history_table(years),
            )

    def _history_amounts(self):
        """``{figure: {year: {month: [turnover, of which returns]}}}``, in one query.

        Untaxed, in company currency, by invoice date; what the user was not credited
        for as well. In the branch of the customer, and what no branch has got;
        for commercial directors, in all.

        :raise AccessError: for customers whose figures the user may not read
        """
        self.check_access("read")
        by_customer = {
            (figure.partner_id.id, figure.company_id.id): figure for figure in self
        }
        # sudo: of customers whose figures the user may read, added up by month: no
        # document, no seller and no margin leaves this method
        rows = (
            self.env["sales.fact.report"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("basis", "=", "invoice"),
                    ("is_excluded", "=", False),
                ],
                ["partner_id", "company_id", "branch_id", "date:month", "is_return"],
                ["amount:sum"],
            )
        )
        everywhere = self.env.user.has_group(COMMERCIAL)
        found = {}
        for partner, company, branch, month, is_return, amount in rows:
            figure = by_customer.get((partner.id, company.id))
            if not figure or not (
                everywhere or not branch or branch.id == figure.branch_id.id
            ):
                continue
            years = found.setdefault(figure, defaultdict(dict))
            cell = years[month.year].setdefault(month.month, [0.0, 0.0])
            cell[0] += amount
            cell[1] += amount if is_return else 0.0
        return found

    def _history_table(self, years):
        """What the template shows: a row a year, the last one first."""
        names = [
            format_date(self.env, date(2000, month, 1), date_format="MMM")
            for month in range(1, 13)
        ]
        return {
            "currency": self.currency_id.name,
            "branch": False
            if self.env.user.has_group(COMMERCIAL)
            else self.branch_id.display_name,
            "months": names,
            "rows": [
                {
                    "year": year,
                    "months": [
                        self._whole(years[year][month][0])
                        if month in years[year]
                        else ""
                        for month in range(1, 13)
                    ],
                    "total": self._whole(sum(cell[0] for cell in years[year].values())),
                    "returned": self._whole(
                        -sum(cell[1] for cell in years[year].values())
                    ),
                }
                for year in sorted(years, reverse=True)
            ],
        }

    def _whole(self, amount):
        return formatLang(self.env, amount, digits=0)
