import csv
import io

from odoo import models
from odoo.exceptions import UserError

from .bonus_statement import FIXED

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class BonusStatement(models.Model):
    """Handing approved pay over to payroll."""

    # Payroll has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    def action_export_payroll(self):
        """Download these statements as a CSV file for payroll; it is logged.

        :raise UserError: where one is not approved
        """
        self._check_payer()
        self._check_state(*FIXED)
        if not self:
            raise UserError(self.env._("Choose the statements first."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/sales_manager_kpi/payroll?ids={','.join(map(str, self.ids))}",
            "target": "download",
        }

    def _prepare_payroll_vals(self):
        """What payroll is told of this statement, by column; modules add theirs.

        Amounts are in company currency, without thousands separators.
        """
        self.ensure_one()
        return {
            "login": self.user_id.login,
            "name": self.user_id.name,
            "company": self.company_id.name,
            "branch": self.branch_id.code or "",
            "month": self.period_id.name,
            "status": self.state,
            "salary": self._payroll_amount(self.salary),
            "earned": self._payroll_amount(self.variable),
            "held": self._payroll_amount(self.held),
            "released": self._payroll_amount(self.released),
            "carried_in": self._payroll_amount(self.carry_in),
            "carried_out": self._payroll_amount(self.carry_out),
            "paid_before": self._payroll_amount(self.paid_before),
            "payable": self._payroll_amount(self.payable),
            "currency": self.currency_id.name,
            "reference": f"{self._name},{self.id}",
        }

    def _payroll_amount(self, amount):
        return f"{amount:.{self.currency_id.decimal_places}f}"

    def _payroll_csv(self):
        """The file, as text; what was taken is kept in the export log."""
        self._check_payer()
        self._check_state(*FIXED)
        rows = [statement._prepare_payroll_vals() for statement in self]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(
            {name: _harmless(name, value) for name, value in row.items()}
            for row in rows
        )
        self._log_taken(columns)
        return out.getvalue()

    def _log_paper(self):
        """Keep who printed these; each reads their own without that."""
        others = self.filtered(lambda one: one.user_id != self.env.user)
        if others:
            others._log_taken(["pdf"])

    def _log_taken(self, columns):
        # sudo: nobody may write the log, and every export does
        self.env["sales.export.log"].sudo().create(
            {
                "user_id": self.env.uid,
                "res_model": self._name,
                "domain": f"[('id', 'in', {self.ids[:1000]})]",
                "field_names": ", ".join(columns),
                "record_count": len(self),
            }
        )


def _harmless(name, value):
    """A name that a spreadsheet would calculate is shown as it is written."""
    text = str(value)
    if name in ("login", "name", "company", "branch") and text.startswith(FORMULA):
        return f"'{text}"
    return text
