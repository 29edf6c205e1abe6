from odoo import api, models


class BonusStatementReport(models.AbstractModel):
    """Pay on paper: who took whose out is written down, as of other exports."""

    _name = "report.sales_manager_kpi.report_bonus_statement"
    _description = "Pay Statement on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        statements = self.env["bonus.statement"].browse(docids)
        statements.check_access("read")
        if not self.env.su:  # what the system mails goes to its person alone
            statements._log_paper()
        return {
            "doc_ids": docids,
            "doc_model": statements._name,
            "docs": statements,
        }
