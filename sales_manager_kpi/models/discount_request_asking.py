from odoo import api, fields, models
from odoo.exceptions import UserError


class DiscountRequest(models.Model):
    """Keeps what was asked for as it was then: the figures, the findings, the lines."""

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _ask(self, order, reason, note):
        """Ask whoever has the authority about ``order`` as it is now.

        :raise UserError: where it is within the norms, or nobody's authority covers it
        """
        policy = order._discount_policy()
        judgement = policy and order._discount_judgement(policy)
        if not policy or judgement.verdict.within:
            raise UserError(
                self.env._(
                    "%(order)s is within the norms. Confirm it.", order=order.name
                )
            )
        if policy.mode != "ask" or not judgement.covering_role:
            raise UserError(order._discount_message(policy, judgement))
        # sudo: a request is written by the system, in the name of who asks
        request = self.sudo().create(
            self._prepare_request(order, policy, judgement, reason, note)
        )
        request._decide("ask", comment=note)
        request._call_approvers(request._approvers(request.role))
        order.message_post(body=self.env._("Approval asked for: %s", note or ""))
        return request.sudo(False)

    @api.model
    def _prepare_request(self, order, policy, judgement, reason, note):
        figures = judgement.figures
        acting = self.env.user
        principal = order.user_id if order.is_acted_for else self.env["res.users"]
        return {
            "name": order.name,
            "order_id": order.id,
            "company_id": order.company_id.id,
            "currency_id": order.currency_id.id,
            "policy_id": policy.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "branch_id": order._discount_branch().id,
            "user_id": order.user_id.id,
            "requested_by_id": acting.id,
            "acting_for_id": principal.id,
            "reason_id": reason.id,
            "note": note,
            "role": judgement.covering_role,
            "fingerprint": order._discount_fingerprint(),
            "findings": "\n".join(order._finding_words(judgement.verdict.findings)),
            "norm_amount": figures.norm_amount,
            "manual_amount": figures.manual_amount,
            "manual_percent": figures.manual_percent or 0.0,
            "payment_days": figures.payment_days,
            "payment_percent": figures.payment_percent,
            "pricelist_id": order.pricelist_id.id,
            "line_ids": [
                fields.Command.create(vals)
                for vals in self._prepare_lines(order, judgement)
            ],
        }

    @api.model
    def _prepare_lines(self, order, judgement):
        lines = {line.id: line for line in order.order_line}
        found = judgement.verdict.by_line()
        for figures in judgement.figures.lines:
            line = lines[figures.key]
            yield {
                "order_line_id": line.id,
                "product_id": line.product_id.id,
                "product_uom_id": line.product_uom_id.id,
                "quantity": figures.quantity,
                "list_price": figures.list_price,
                "norm_price": figures.norm_price,
                "asked_price": figures.final_price,
                "approved_price": figures.final_price,
                "percent": figures.manual_percent or 0.0,
                "margin_percent": figures.margin_percent or 0.0,
                "is_costed": figures.unit_cost is not None,
                "untaxed_rate": figures.untaxed_rate,
                "findings": "; ".join(order._finding_words(found.get(line.id, ()))),
            }
