from odoo import fields, models


class CustomerClass(models.Model):
    """How often customers of a class are spoken to."""

    # The customer base has files of its own.
    _inherit = "customer.class"  # pylint: disable=consider-merging-classes-inherited

    contact_every_days = fields.Integer(
        string="Contact Every",
        tracking=True,
        help="Working days of the branch within which a customer of this class is "
        "spoken to. 0: nobody is asked to.",
    )

    _contact_every_days_range = models.Constraint(
        "CHECK (contact_every_days BETWEEN 0 AND 750)",
        "Customers are spoken to every 1 to 750 working days; 0: not asked.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "contact_every_days" in vals:
            # sudo: figures are the system's
            figures = self.env["customer.figure"].sudo()
            figures.search([("class_id", "in", self.ids)])._renew_contacts()
        return result
