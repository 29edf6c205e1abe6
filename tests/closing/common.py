from datetime import date

from odoo.tests import tagged

from ..facts.common import FactsCommon
from ..kept import kept


@kept
@tagged("standard", "post_install", "-at_install")
class ClosingCommon(FactsCommon):
    """January 2026 of a company that closes its months from then on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sales_manager_kpi_first_managed_month = "2026-01-01"
        cls.january = cls.month("2026-01-01")
        cls.february = cls.month("2026-02-01")
        cls.Line = cls.env["sales.fact.line"]

    @classmethod
    def month(cls, day):
        return cls.env["sales.period"]._for_date(cls.company, date.fromisoformat(day))

    @classmethod
    def close(cls, period, user=None):
        period.with_user(user or cls.commercial).action_close()
        period.invalidate_recordset()
        return period

    def book(self):
        self.env["sales.fact.report"].invalidate_model()
        return self.Line._book_late(self.company)

    def lines(self, period, kind=None):
        domain = [("period_id", "=", period.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.Line.search(domain, order="id")

    def assert_is_live(self, period):
        """Frozen and late rows together are the live ones, whatever one looks at."""
        keys = ["basis", "status", "user_id", "branch_id", "partner_id", "categ_id"]
        sums = [f"{name}:sum" for name in self.Line._figures]
        Fact = self.env["sales.fact.report"].sudo()
        Fact.invalidate_model()
        live = Fact._read_group(
            [
                ("company_id", "=", self.company.id),
                ("basis", "in", period.frozen_bases.split(",")),
                ("date", ">=", period.date_from),
                ("date", "<=", period.date_to),
            ],
            keys,
            [*sums, "__count"],
        )
        kept = self.Line.sudo()._read_group(
            [("period_id", "=", period.id), ("kind", "!=", "adjustment")],
            keys,
            [*sums, "line_count:sum"],
        )
        self.assertEqual(_plain(live), _plain(kept))


def _plain(rows):
    depth = 6
    plain = {
        tuple(getattr(key, "id", key) for key in row[:depth]): tuple(
            round(value or 0.0, 6) for value in row[depth:]
        )
        for row in rows
    }
    return {key: values for key, values in plain.items() if any(values)}
