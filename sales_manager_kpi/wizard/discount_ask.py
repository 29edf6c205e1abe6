from odoo import api, fields, models
from odoo.exceptions import UserError


class DiscountAsk(models.TransientModel):
    """Asks for approval of an order that leaves the norms."""

    _name = "discount.ask"
    _description = "Ask for Approval of a Discount"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("order_id",)

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    findings = fields.Text(compute="_compute_findings", string="Outside the norm")
    role = fields.Char(compute="_compute_findings", string="Decided by")
    reason_id = fields.Many2one(
        comodel_name="discount.reason",
        required=True,
        domain="[('company_id', 'in', [False, company_id])]",
    )
    needs_evidence = fields.Boolean(related="reason_id.needs_evidence")
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Evidence")
    note = fields.Text(string="Why", required=True)

    @api.depends("order_id")
    def _compute_findings(self):
        roles = dict(
            self.env["discount.request"]
            ._fields["role"]
            ._description_selection(self.env)
        )
        for wizard in self:
            order = wizard.order_id
            policy = order and order._discount_policy()
            judgement = policy and order._discount_judgement(policy)
            found = judgement.verdict.findings if judgement else ()
            words = order._finding_words(found)
            if found:
                words += order._lost_approval_words(judgement)
            wizard.findings = "\n".join(words)
            wizard.role = roles.get(judgement and judgement.covering_role)

    def action_ask(self):
        """Ask, and open the request.

        :raise UserError: where the reason needs a document and none is attached
        """
        self.ensure_one()
        self.order_id.check_access("write")
        if self.needs_evidence and not self.attachment_ids:
            raise UserError(
                self.env._(
                    "“%(reason)s” needs evidence. Attach a document.",
                    reason=self.reason_id.name,
                )
            )
        request = self.env["discount.request"]._ask(
            self.order_id, self.reason_id, self.note
        )
        self._hand_over_evidence(request)
        return {
            "type": "ir.actions.act_window",
            "res_model": request._name,
            "res_id": request.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _hand_over_evidence(self, request):
        """Files uploaded here follow ``request``; those of other records are copied."""
        values = {"res_model": request._name, "res_id": request.id}
        uploaded = self.attachment_ids.filtered(
            lambda file: file.create_uid == self.env.user and not file.res_id
        )
        # sudo: what the person has uploaded for this request
        uploaded.sudo().write(values)
        for file in self.attachment_ids - uploaded:
            file.copy(values)
