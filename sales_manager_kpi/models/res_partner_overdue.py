from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What customers owe that is past its day, and promised to pay."""

    # Control has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    payment_overdue_amount = fields.Monetary(
        string="Overdue Now",
        compute="_compute_payment_overdue",
        currency_field="currency_id",
        groups="sales_manager_kpi.group_manager",
        help="Due before today and not paid, less open credit notes and money on "
        "account, in the currency of the company one works in.",
    )
    payment_overdue_days = fields.Integer(
        string="Oldest Day Overdue",
        compute="_compute_payment_overdue",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends_context("company")
    def _compute_payment_overdue(self):
        overdue = self.commercial_partner_id._overdue(self.env.company)
        for partner in self:
            amount, days = overdue.get(partner.commercial_partner_id.id, (0.0, 0))
            partner.payment_overdue_amount = amount
            partner.payment_overdue_days = days

    def _overdue(self, company):
        """What these customers owe past its day, in one query.

        Open credit notes and money on account cover the oldest amounts first. Whoever
        asks is told no more than these sums.

        :return: ``{commercial partner id: (amount in company currency, days)}``
        """
        if not self.ids:
            return {}
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH items AS (
                    SELECT partner.commercial_partner_id AS partner_id, line.id,
                           COALESCE(line.date_maturity, line.date) AS due_on,
                           line.amount_residual AS residual
                      FROM res_partner partner
                      JOIN account_move_line line ON line.partner_id = partner.id
                       AND line.company_id = %(company)s
                       AND line.parent_state = 'posted'
                       AND line.reconciled IS NOT TRUE
                       AND line.amount_residual <> 0
                      JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                     WHERE partner.commercial_partner_id = ANY(%(partners)s)
                ),
                running AS (
                    SELECT partner_id, due_on, residual,
                           SUM(residual) OVER (PARTITION BY partner_id
                                               ORDER BY due_on, id)
                           + COALESCE((SELECT SUM(residual) FROM items credit
                                        WHERE credit.partner_id = items.partner_id
                                          AND credit.residual < 0), 0) AS uncovered
                      FROM items WHERE residual > 0
                )
                SELECT partner_id, SUM(LEAST(residual, uncovered)), MIN(due_on)
                  FROM running
                 WHERE uncovered > 0.00001 AND due_on < %(today)s
              GROUP BY partner_id
                """,
                company=company.id,
                partners=self.ids,
                today=(today := self.env["sales.branch"]._company_local_date(company)),
            )
        )
        return {
            partner_id: (float(amount), (today - due_on).days)
            for partner_id, amount, due_on in rows
        }

    def action_open_payment_overdue(self):
        """Open what this customer has to pay, and when."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sale_order_control_action_payment"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }
