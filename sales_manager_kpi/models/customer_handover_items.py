from odoo import api, fields, models

from .sales_handover_list import ACCEPT_ACTIVITY


class CustomerHandoverItems(models.AbstractModel):
    """The part of ``customer.handover`` that lists what is open with the customers."""

    _name = "customer.handover.items"
    _inherit = ["sales.handover.list"]
    _description = "Open Work of a Customer Handover"
    _handover_inverse = "handover_id"

    item_ids = fields.One2many(
        comodel_name="sales.handover.item",
        inverse_name="handover_id",
        string="Handover List",
        copy=False,
    )

    def _handover_in_scope(self, scope):
        return self

    @api.model
    def _handover_key(self, line):
        return (line.company_id.id, line.partner_id.id)

    def _handover_index(self):
        by_customer = self.line_ids.grouped(self._handover_key)
        return {key: lines.handover_id for key, lines in by_customer.items()}

    def _handover_paths(self, owners, customer):
        return [customer]

    def _handover_givers(self):
        lines = self.line_ids
        return self.from_user_id | lines.old_user_id | lines.partner_id.user_id

    def _handover_taker(self):
        return self.to_user_id

    def _handover_takes(self, record):
        return True

    def _is_acceptable(self):
        return self.state in ("scheduled", "running", "done")

    def _is_list_closed(self):
        return self.state == "cancelled"

    def _list_open_work(self):
        """List what is open before anything moves, and ask the new owner to accept."""
        self._take_snapshot()
        for handover in self.sudo():  # sudo: asks the new owner
            handover._ask(
                ACCEPT_ACTIVITY,
                handover.to_user_id,
                max(handover.date_from, handover._handover_today()),
            )

    def _forget_acceptance(self):
        """Nothing is handed over, so nothing is asked."""
        self.sudo().activity_unlink([ACCEPT_ACTIVITY])  # sudo: the system's question

    def _document_name(self):
        name = self.env._("Handover %(name)s", name=self.display_name)
        return name.replace("/", "-")
