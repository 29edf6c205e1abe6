from odoo import fields, models

TOLD = "control_told"
TEMPLATE = "sales_manager_kpi.mail_template_order_shipment"


class SaleOrderControl(models.Model):
    """The customer is told when the goods come."""

    # Telling has a file of its own.
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    def action_tell_customer(self):
        """Open the mail about the shipment of this order, ready to send."""
        self.ensure_one()
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.order_id.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
                "force_email": True,
                TOLD: True,
            },
        }

    def _mark_told(self):
        # sudo: when the customer was told is written by the system
        self.sudo().write(
            {"told_at": fields.Datetime.now(), "told_by_id": self.env.uid}
        )

    def action_open_lines(self):
        """Open the lines of this order with their days."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sale_order_control_line_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.order_id.id)],
            "context": {},
        }


class SaleOrder(models.Model):
    # Control has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self.env.context.get(TOLD):
            # sudo: the row of an order that the sender may write on
            self.sudo().control_ids.sudo(False)._mark_told()
        return message
