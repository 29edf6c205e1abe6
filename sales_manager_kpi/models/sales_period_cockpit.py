from odoo import api, fields, models
from odoo.fields import Domain

from .sales_period_check import BLOCKS
from .sales_period_close import ADMIN, COMMERCIAL


class SalesPeriod(models.Model):
    """The screen on which a month is closed: what is open, what adds up, what came."""

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    currency_id = fields.Many2one(related="company_id.currency_id")
    point_ids = fields.One2many(
        comodel_name="sales.period.point",
        inverse_name="period_id",
        string="Checklist",
        readonly=True,
        groups=COMMERCIAL,
    )
    has_blockers = fields.Boolean(compute="_compute_has_blockers", groups=COMMERCIAL)
    counted = fields.Monetary(
        compute="_compute_book",
        groups=COMMERCIAL,
        help="Facts that count for a manager, by invoice date.",
    )
    unassigned = fields.Monetary(
        compute="_compute_book", groups=COMMERCIAL, help="Facts that nobody owns yet."
    )
    excluded = fields.Monetary(
        compute="_compute_book",
        groups=COMMERCIAL,
        help="Facts that do not count, each with its reason.",
    )
    ledger = fields.Monetary(
        compute="_compute_book",
        groups=COMMERCIAL,
        help="Posted items on income accounts, by accounting date.",
    )
    difference = fields.Monetary(
        compute="_compute_book",
        groups=COMMERCIAL,
        help="Counted, unassigned and excluded less the ledger: zero.",
    )
    frozen_amount = fields.Monetary(
        string="Frozen",
        compute="_compute_frozen_amount",
        groups=COMMERCIAL,
        help="What counted for managers when the month was closed, by invoices.",
    )
    late_amount = fields.Monetary(
        string="Late since",
        compute="_compute_frozen_amount",
        groups=COMMERCIAL,
        help="What changed in it since, settled in later months.",
    )
    late_count = fields.Integer(compute="_compute_frozen_amount", groups=COMMERCIAL)
    booked_amount = fields.Monetary(
        string="From Before",
        compute="_compute_frozen_amount",
        groups=COMMERCIAL,
        help="What changed in earlier months and is settled in this one.",
    )
    booked_count = fields.Integer(compute="_compute_frozen_amount", groups=COMMERCIAL)

    @api.depends("point_ids.state")
    def _compute_has_blockers(self):
        for period in self:
            period.has_blockers = "1_blocks" in period.point_ids.mapped("state")

    @api.depends("company_id", "date_from")
    def _compute_book(self):
        companies = (
            self.company_id if self.env.su else self.company_id & self.env.companies
        )
        # sudo: the reader is a commercial director of the company, whatever else they
        # may read in accounting
        rows = (
            self.env["sales.reconciliation"]
            .sudo()
            .search(
                [
                    ("company_id", "in", companies.ids),
                    ("month", "in", self.mapped("date_from")),
                ]
            )
        )
        by_month = {(row.company_id, row.month): row for row in rows}
        for period in self:
            row = by_month.get((period.company_id, period.date_from), rows.browse())
            period.counted = row.counted
            period.unassigned = row.unassigned
            period.excluded = row.excluded
            period.ledger = row.ledger
            period.difference = row.difference

    @api.depends("state")
    def _compute_frozen_amount(self):
        Line = self.env["sales.fact.line"]
        shown = Domain("basis", "=", "invoice") & Domain("status", "=", "counted")
        kinds = Line._read_group(
            shown & Domain("period_id", "in", self.ids),
            ["period_id", "kind"],
            ["amount:sum", "__count"],
        )
        belonging = {
            (period, kind): (amount, count) for period, kind, amount, count in kinds
        }
        booked = {
            period: (amount, count)
            for period, amount, count in Line._read_group(
                shown
                & Domain("booked_period_id", "in", self.ids)
                & Domain("kind", "!=", "frozen"),
                ["booked_period_id"],
                ["amount:sum", "__count"],
            )
        }
        for period in self:
            period.frozen_amount = belonging.get((period, "frozen"), (0, 0))[0]
            late = belonging.get((period, "late"), (0, 0))
            period.late_amount, period.late_count = late
            period.booked_amount, period.booked_count = booked.get(period, (0, 0))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model
    def action_open_closing(self):
        """Open the months that are closed here, the one that is due on top."""
        self._check_closer(COMMERCIAL)
        Branch = self.env["sales.branch"]
        domains = []
        for company in self.env.companies:
            # sudo: from which month on a company closes is no secret
            first = company.sudo().sales_manager_kpi_first_managed_month
            if first:
                today = Branch._company_local_date(company)
                self._months_between(company, first, today)
                domains.append(
                    Domain("company_id", "=", company.id)
                    & Domain("date_from", ">=", fields.Date.to_string(first))
                    & Domain("date_from", "<=", fields.Date.to_string(today))
                )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_manager_kpi.sales_period_action_closing"
        )
        return {**action, "domain": list(Domain.OR(domains))}

    def action_open_cockpit(self):
        """Check the month and open its screen."""
        self.ensure_one()
        self.action_check()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Closing"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                [
                    self.env.ref("sales_manager_kpi.sales_period_view_form_closing").id,
                    "form",
                ]
            ],
        }

    def action_check(self):
        """Look at every point of the checklist again.

        :raise AccessError: for who is not commercial director or administrator
        """
        self.ensure_one()
        self.check_access("read")
        self._check_closer(COMMERCIAL)
        Point = self.env["sales.period.point"]
        Point.search([("period_id", "=", self.id)]).unlink()
        rows = self._closing_checks() if self.state == "open" else []
        # what is fine and has no documents to look at is no news
        rows = [row for row in rows if row["count"] or row.get("res_model")]
        Point.create(
            [
                {
                    "period_id": self.id,
                    "code": row["code"],
                    "name": row["name"],
                    "state": _state(row),
                    "count": row["count"],
                    "res_model": row.get("res_model") or False,
                    "domain": repr(row.get("domain") or []),
                    "is_final": bool(row.get("is_final")),
                }
                for row in rows
            ]
        )
        return True

    def action_simulate(self):
        """Open what would be frozen now: the live facts of the month, by manager."""
        self.ensure_one()
        self._check_closer(COMMERCIAL)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_manager_kpi.sales_fact_report_action"
        )
        _model, domain = self._facts_source()
        return {**action, "domain": domain, "context": {"group_by": ["status"]}}

    def action_verify(self):
        """Say whether the frozen rows are still those that were sealed."""
        self.ensure_one()
        self.check_access("read")
        self._check_closer(COMMERCIAL)
        # sudo: the seal is over all rows, also those the reader may not read
        is_whole = self.env["sales.fact.line"].sudo()._seal(self) == self.close_hash
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_whole else "danger",
                "sticky": not is_whole,
                "message": self.env._("The frozen rows are as they were sealed.")
                if is_whole
                else self.env._(
                    "The frozen rows are not those that were sealed. Somebody changed "
                    "the database; reopen the month or restore them."
                ),
            },
        }

    def action_book_late(self):
        """Compare the closed months of the company with their documents now."""
        self.ensure_one()
        self.check_access("read")
        self._check_closer(COMMERCIAL)
        self.env["sales.fact.line"]._book_late(self.company_id)
        return self.action_open_late()

    def action_open_frozen(self):
        """Open the frozen rows of the month."""
        return self._open_lines([("period_id", "=", self.id), ("kind", "=", "frozen")])

    def action_open_late(self):
        """Open what changed in the month since it was closed."""
        return self._open_lines([("period_id", "=", self.id), ("kind", "!=", "frozen")])

    def action_open_booked(self):
        """Open what changed in earlier months and is settled in this one."""
        return self._open_lines(
            [("booked_period_id", "=", self.id), ("kind", "!=", "frozen")]
        )

    def _open_lines(self, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_manager_kpi.sales_fact_line_action"
        )
        return {**action, "domain": domain, "context": {}}

    def action_close_anyway(self):
        """Ask an administrator why open points do not hinder."""
        return self._ask_reason("close", ADMIN)

    def action_reopen(self):
        """Ask an administrator why the month is reopened."""
        return self._ask_reason("reopen", ADMIN)

    def _ask_reason(self, kind, group):
        self.ensure_one()
        self._check_closer(group)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_manager_kpi.sales_period_reason_action"
        )
        context = {"default_period_id": self.id, "default_kind": kind}
        return {**action, "context": context}


def _state(row):
    if not row["count"]:
        return "3_fine"
    return "1_blocks" if row["severity"] == BLOCKS else "2_warns"
