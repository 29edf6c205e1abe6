from odoo import api, fields, models
from odoo.exceptions import UserError

ASKED = [
    ("looking", "Just looking"),
    ("quotation", "A quotation or an order, made elsewhere"),
    ("other", "Other"),
]


class BranchVisitEnd(models.TransientModel):
    """What came of a visit that no document tells of."""

    _name = "branch.visit.end"
    _description = "End a Visit"

    visit_id = fields.Many2one(
        comodel_name="branch.visit", required=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        related="visit_id.commercial_partner_id", related_sudo=False
    )
    outcome = fields.Selection(selection=ASKED, required=True, default="looking")
    reason = fields.Char()
    order_id = fields.Many2one(
        comodel_name="sale.order",
        domain="[('partner_id', 'child_of', commercial_partner_id), "
        "('state', '!=', 'cancel')]",
    )

    @api.onchange("outcome")
    def _onchange_outcome(self):
        if self.outcome != "quotation":
            self.order_id = False

    def action_confirm(self):
        """The visit is over.

        :raise UserError: without a reason or an order where there must be one, or for
            an order of somebody else
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if self.outcome == "other" and not reason:
            raise UserError(self.env._("Say what came of the visit."))
        outcome = self.outcome
        if outcome == "quotation":
            self._link_order()
            outcome = self.visit_id._outcome_by_documents()
        self.visit_id._finish(outcome, reason or False)
        return {"type": "ir.actions.act_window_close"}

    def _link_order(self):
        order, visit = self.order_id, self.visit_id
        customer = visit.commercial_partner_id
        if not order or order.state == "cancel":
            raise UserError(self.env._("Choose the quotation or the order."))
        if not customer or order.partner_id.commercial_partner_id != customer:
            raise UserError(self.env._("Choose an order of the customer who came by."))
        if order.branch_visit_id and order.branch_visit_id != visit:
            raise UserError(self.env._("%s came of another visit already.", order.name))
        order.branch_visit_id = visit
