from odoo import models

from .bonus_component import FACT_KINDS
from .res_company import PLAN_BASIS
from .sales_period_check import WARNS


class SalesPeriod(models.Model):
    """What pay asks of a month that is closed. Where no scheme holds, nothing."""

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    def _bases_to_freeze(self):
        """Those that people are paid by as well."""
        bases = super()._bases_to_freeze()
        schemes = self.env["bonus.scheme"]._in_force(self.company_id, self.date_from)
        paid = set(
            schemes.component_ids.filtered(lambda c: c.kind in FACT_KINDS).mapped(
                "basis"
            )
        )
        return [basis for basis, _label in PLAN_BASIS if basis in {*bases, *paid}]

    def _closing_checks(self):
        return [*super()._closing_checks(), *self._pay_checks()]

    def _pay_checks(self):
        if not self.env["bonus.scheme"]._in_force(self.company_id, self.date_from):
            return []
        # sudo: who is paid by nothing, and which rates are missing, hinders whoever
        # asks; the names are those of colleagues
        run = self.env["bonus.run"].sudo()
        unpaid, rates = run._without_scheme(self), run._missing_rates(self)
        return [
            self._point(
                "schemes",
                self.env._("People of branches without a pay scheme"),
                len(unpaid),
                "res.users",
                [("id", "in", unpaid.ids)],
                severity=WARNS,
            ),
            self._point(
                "rates",
                self.env._("Currencies of invoices without a rate"),
                len(rates),
                "res.currency",
                [("id", "in", rates.ids)],
                is_final=True,  # nothing can be computed
            ),
        ]
