from odoo import fields, models, tools


class CustomerFigure(models.Model):
    """The contract in force, on the card of a customer."""

    # The area of contracts has files of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _contract_words(self):
        """Its number and last day; None without one that the reader may see."""
        found = self.env["sales.contract"]._for_customer(
            self.company_id, self.partner_id, fields.Datetime.now()
        )
        contract = self.env["sales.contract"].browse(found.id if found else [])
        if not contract._filtered_access("read"):
            return super()._contract_words()
        return self.env._(
            "%(contract)s, until %(day)s",
            contract=contract.name,
            day=tools.format_date(self.env, contract.date_to),
        )
