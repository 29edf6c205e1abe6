from odoo import models

LAST = 8  # contacts on the card


class CustomerFigure(models.Model):
    """The customer on paper, and what later areas know about it."""

    # The card has a file of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _claims_count(self):
        """Open claims of this customer; None where nothing is known of claims."""

    def _overdue_amount(self):
        """What is overdue of this customer; None where payment is not controlled."""

    def _contract_words(self):
        """The contract in force, in words; None where there are no contracts."""

    def _card_values(self):
        """What the card shows beside the fields, as the reader may see it."""
        self.ensure_one()
        partner = self.partner_id
        return {
            "sees_cost": self.env.user.has_group("sales_manager_kpi.group_cost"),
            "rows": self._card_rows(),
            "persons": partner.child_ids.filtered(lambda p: p.type == "contact"),
            "contacts": self.contact_ids[:LAST],
            "owners": self.env["customer.assignment"].search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", self.company_id.id),
                ]
            ),
        }

    def _card_rows(self):
        """``[(label, value)]`` of other areas, those that know something."""
        rows = [
            (self.env._("Contract"), self._contract_words()),
            (self.env._("Open claims"), self._claims_count()),
            (self.env._("Overdue"), self._overdue_amount()),
        ]
        return [row for row in rows if row[1] is not None]
