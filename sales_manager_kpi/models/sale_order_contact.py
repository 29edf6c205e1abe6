from odoo import fields, models


class SaleOrder(models.Model):
    """A customer who orders has been spoken to."""

    # The customer base has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _action_confirm(self):
        result = super()._action_confirm()
        self.env["customer.contact"]._log([order._prepare_contact() for order in self])
        return result

    def _prepare_contact(self):
        """By who confirms, or who sells where the customer did it in the portal."""
        user = self.env.user
        by_us = user._is_internal() and not user._is_superuser()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": (user if by_us else self.user_id).id,
            "kind": "order",
            "at": fields.Datetime.now(),
            "res_model": self._name,
            "res_id": self.id,
            "source_key": f"{self._name},{self.id}",
        }


class ShowroomLoan(models.Model):
    """A customer who takes samples along has been spoken to."""

    # The customer base has files of its own.
    _inherit = "showroom.loan"  # pylint: disable=consider-merging-classes-inherited

    def _hand_out(self):
        result = super()._hand_out()
        self.env["customer.contact"]._log(
            [
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "user_id": self.user_id.id,
                    "kind": "loan",
                    "at": self.out_at,
                    "res_model": self._name,
                    "res_id": self.id,
                    "source_key": f"{self._name},{self.id}",
                }
            ]
        )
        return result
