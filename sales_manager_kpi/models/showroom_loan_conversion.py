from odoo import Command, api, fields, models
from odoo.fields import Domain


class ShowroomLoanLine(models.Model):
    """The orders that followed a loan: looked up every night, and when asked for."""

    # What loans lead to has a file of its own.
    _inherit = "showroom.loan.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_find_orders(self):
        """Every night: of what was lent as long ago as an order may follow."""
        Branch = self.env["sales.branch"]
        for (company,) in self._read_group([("lent_on", "!=", False)], ["company_id"]):
            days = company.sales_manager_kpi_loan_conversion_days + 1
            first = fields.Date.subtract(Branch._company_local_date(company), days=days)
            self.search(
                [("company_id", "=", company.id), ("lent_on", ">=", first)]
            )._find_orders()

    def _find_orders(self):
        """Keep the orders that followed these loans; as many queries for any number.

        Of the customer's company, with the product in any variant, confirmed after
        lending and within the days of the settings. What is cancelled is forgotten.
        """
        # sudo: whether an order followed, whoever may read it
        lines = self.sudo().filtered("loan_id.out_at")
        if not lines:
            return
        found = lines._orders_of_customers()
        for line in lines:
            orders = found[line.id]
            if orders != line.order_ids:
                line.write({"order_ids": [Command.set(orders.ids)]})
            if bool(orders) != line.is_converted:
                line.is_converted = bool(orders)

    def _orders_of_customers(self):
        """``{line id: sale.order}`` within the days of each line; in sudo."""
        loans = self.loan_id
        rows = self.env["sale.order.line"]._read_group(
            Domain("order_id.state", "=", "sale")
            & Domain("product_uom_qty", ">", 0)
            & Domain("company_id", "in", loans.company_id.ids)
            & Domain("order_id.date_order", ">=", min(loans.mapped("out_at")))
            & Domain(
                "order_id.partner_id.commercial_partner_id",
                "in",
                loans.commercial_partner_id.ids,
            )
            & Domain(
                "product_id.product_tmpl_id", "in", self.product_id.product_tmpl_id.ids
            ),
            ["order_id", "product_id"],
        )
        bought = {}
        for order, product in rows:
            key = (
                order.company_id,
                order.partner_id.commercial_partner_id,
                product.product_tmpl_id,
            )
            bought[key] = bought.get(key, order) | order
        return {line.id: line._within_days(bought) for line in self}

    def _within_days(self, bought):
        loan, company = self.loan_id, self.company_id
        key = company, loan.commercial_partner_id, self.product_id.product_tmpl_id
        last = fields.Datetime.add(
            loan.out_at, days=company.sales_manager_kpi_loan_conversion_days
        )
        orders = bought.get(key, self.env["sale.order"])
        return orders.filtered(lambda order: loan.out_at <= order.date_order <= last)
