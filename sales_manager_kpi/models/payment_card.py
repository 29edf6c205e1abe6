from odoo import models, tools


class CustomerFigure(models.Model):
    """What is overdue, on the card of a customer."""

    # Control has files of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _overdue_amount(self):
        """In words, in the currency of the company, as payment limits count it."""
        overdue = self.partner_id._overdue(self.company_id)
        amount, _days = overdue.get(self.partner_id.id, (0.0, 0))
        return tools.format_amount(self.env, amount, self.company_id.currency_id)
