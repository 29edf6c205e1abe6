from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine.instants import HOURS, instant
from .customer_claim import OPEN as OPEN_CLAIMS
from .sales_plan_states import OPEN_STATES

BLOCKS, WARNS = "blocks", "warns"


class SalesPeriod(models.Model):
    """What must be put right before a month is closed."""

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    def _closing_checks(self):
        """What stands in the way of closing this month, and what is good to know.

        Other areas add theirs. Points without a count are fine.

        :return: dicts with ``code``, ``name``, ``severity`` (``blocks`` or ``warns``),
            ``count``, ``res_model`` and ``domain`` of the documents (both optional);
            ``is_final`` for what no reason helps over
        """
        self.ensure_one()
        return [
            *self._calendar_checks(),
            *self._ledger_checks(),
            *self._people_checks(),
        ]

    def _check_closable(self, reason=None):
        """
        :param reason: an administrator's, why points that block do not hinder
        :raise UserError: naming every point that does
        """
        points = [
            row
            for row in self._closing_checks()
            if row["count"]
            and row["severity"] == BLOCKS
            and (row.get("is_final") or not reason)
        ]
        if points:
            raise UserError(
                self.env._(
                    "%(month)s cannot be closed yet:\n%(points)s",
                    month=self.display_name,
                    points="\n".join(
                        f"– {row['name']} ({row['count']})"
                        if row.get("res_model")
                        else f"– {row['name']}"
                        for row in points
                    ),
                )
            )

    # ------------------------------------------------------------------
    # The calendar
    # ------------------------------------------------------------------

    def _calendar_checks(self):
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        before = self._earlier_open()
        return [
            self._point(
                "history",
                self.env._(
                    "The month lies before the first one that is closed here. It is "
                    "set in the settings of Sales management."
                ),
                not self.is_managed,
                is_final=True,
            ),
            self._point(
                "running",
                self.env._("The month has not ended"),
                today <= self.date_to,
                is_final=True,
            ),
            self._point(
                "previous",
                self.env._("Earlier months are not closed"),
                len(before),
                "sales.period",
                [("id", "in", before.ids)],
                is_final=True,
            ),
        ]

    def _earlier_open(self):
        """Managed months before this one that are not closed, also where no row is."""
        # sudo: an earlier month hinders whoever asks
        company = self.company_id.sudo()
        first = company.sales_manager_kpi_first_managed_month
        if not first or first >= self.date_from:
            return self.browse()
        last = self.date_from - relativedelta(days=1)
        periods = self._months_between(company, first, last)
        return periods.filtered(lambda period: period.state != "closed")

    def _point(
        self, code, name, count, res_model=False, domain=None, severity=BLOCKS, **values
    ):
        return {
            "code": code,
            "name": name,
            "severity": severity,
            "count": int(count),
            "res_model": res_model,
            "domain": domain or [],
            **values,
        }

    def _counted(self, code, name, res_model, domain, severity=BLOCKS):
        """A point with as many documents as ``domain`` finds."""
        # sudo: what stands in the way does so whoever asks; who opens the list sees
        # what they may see
        count = self.env[res_model].sudo().search_count(domain)
        return self._point(code, name, count, res_model, domain, severity)

    # ------------------------------------------------------------------
    # Documents and facts
    # ------------------------------------------------------------------

    def _ledger_checks(self):
        company = ("company_id", "=", self.company_id.id)
        days = [
            ("date", ">=", self.date_from.isoformat()),
            ("date", "<=", self.date_to.isoformat()),
        ]
        drafts = [
            company,
            ("state", "=", "draft"),
            ("move_type", "in", ["out_invoice", "out_refund", "out_receipt"]),
            ("invoice_date", ">=", self.date_from.isoformat()),
            ("invoice_date", "<=", self.date_to.isoformat()),
        ]
        facts = [company, ("basis", "=", "invoice"), *days]
        needs_owner = Domain("status", "=", "unassigned") | Domain(
            "reason", "=", "needs_owner"
        )
        return [
            self._point(
                "ledger",
                self.env._("Facts and income accounts do not add up"),
                self._difference() != 0,
                "sales.reconciliation",
                [company, ("month", "=", self.date_from.isoformat())],
                is_final=True,
            ),
            self._counted(
                "drafts",
                self.env._("Drafts of customer invoices dated in the month"),
                "account.move",
                drafts,
            ),
            self._counted(
                "owners",
                self.env._("Invoiced without an owner"),
                "sales.fact.report",
                facts + list(needs_owner),
            ),
        ]

    def _difference(self):
        """What facts and income accounts differ by in this month: 0."""
        # sudo: everything adds up, or not, whoever asks
        row = (
            self.env["sales.reconciliation"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("month", "=", self.date_from),
                ]
            )
        )
        return self.company_id.currency_id.round(sum(row.mapped("difference")))

    # ------------------------------------------------------------------
    # Plans, absences, claims, scorecards
    # ------------------------------------------------------------------

    def _people_checks(self):
        month = ("period_id", "=", self.id)
        day_from, day_to = self.date_from.isoformat(), self.date_to.isoformat()
        company = ("company_id", "=", self.company_id.id)
        zone = self.env["sales.branch"]._company_tz(self.company_id)
        start = instant(self.date_from, 0, zone)
        stop = instant(self.date_to, HOURS, zone)
        return [
            self._counted(
                "plans",
                self.env._("Plans that are not approved"),
                "sales.plan",
                [month, ("state", "in", list(OPEN_STATES))],
            ),
            self._counted(
                "substitutions",
                self.env._("Substitutions that nobody has decided about"),
                "sales.substitution",
                [
                    company,
                    ("state", "=", "draft"),
                    ("date_from", "<=", day_to),
                    ("date_to", ">=", day_from),
                ],
            ),
            self._counted(
                "claims",
                self.env._("Claims of the month that are not decided"),
                "customer.claim",
                [
                    company,
                    ("state", "in", list(OPEN_CLAIMS)),
                    ("opened_at", ">=", fields.Datetime.to_string(start)),
                    ("opened_at", "<", fields.Datetime.to_string(stop)),
                ],
            ),
            self._counted(
                "scorecards",
                self.env._("Scorecards that are not agreed"),
                "evaluation.scorecard",
                [month, ("state", "!=", "agreed")],
            ),
        ]
