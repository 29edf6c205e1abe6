from odoo import fields, models

MODELS = ("res.partner", "crm.lead", "sale.order")


class SalesAssignmentLinks(models.AbstractModel):
    """Documents that assignments may be about."""

    _name = "sales.assignment.links"
    _description = "Assignments about This"

    sales_assignment_count = fields.Integer(
        string="Assignments",
        compute="_compute_sales_assignment_count",
        groups="sales_manager_kpi.group_manager",
    )

    def _compute_sales_assignment_count(self):
        keys = {f"{self._name},{record._origin.id}": record for record in self}
        counts = dict(
            self.env["sales.assignment"]._read_group(
                [("document", "in", list(keys))], ["document"], ["__count"]
            )
        )
        for key, record in keys.items():
            record.sales_assignment_count = counts.get(key, 0)

    def action_open_sales_assignments(self):
        """Open the assignments about this that the reader may see."""
        self.ensure_one()
        reference = f"{self._name},{self.id}"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assignments"),
            "res_model": "sales.assignment",
            "domain": [("document", "=", reference)],
            "views": [(False, "list"), (False, "form")],
            "context": {"default_document": reference},
        }


class ResPartner(models.Model):
    # Assignments have a file of their own.
    _name = "res.partner"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["res.partner", "sales.assignment.links"]


class CrmLead(models.Model):
    # Assignments have a file of their own.
    _name = "crm.lead"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["crm.lead", "sales.assignment.links"]


class SaleOrder(models.Model):
    # Assignments have a file of their own.
    _name = "sale.order"  # pylint: disable=consider-merging-classes-inherited
    _inherit = ["sale.order", "sales.assignment.links"]
