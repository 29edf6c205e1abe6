from odoo import fields, models

VERDICTS = [
    ("within", "Within the norms"),
    ("approved", "Outside, approved"),
    ("before", "From before the norms"),
    ("outside", "Outside, approved by nobody"),
]
JUDGED = ("within", "approved", "outside")


class SaleOrder(models.Model):
    """Keeps what the norms said of an order when it was confirmed or changed."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    discount_verdict = fields.Selection(
        selection=VERDICTS,
        copy=False,
        readonly=True,
        help="What the norms said at confirmation, or when prices changed later; empty "
        "where no policy held.",
    )
    discount_verdict_date = fields.Date(
        copy=False, readonly=True, help="The day of the confirmation, in the branch."
    )

    _discount_verdict_idx = models.Index(
        "(credited_user_id, discount_verdict_date) WHERE discount_verdict IS NOT NULL"
    )

    def _trace_prices(self, event, request=None):
        result = super()._trace_prices(event, request)
        if event == "confirm":
            self.filtered(lambda order: order._discount_policy())._store_verdict(True)
        elif event == "post_edit":
            self.filtered("discount_verdict")._store_verdict(False)
        return result

    def _store_verdict(self, is_new):
        for order in self:
            verdict = order._verdict_of(order._judge_once())
            values = {"discount_verdict": verdict}
            if is_new:
                values["discount_verdict_date"] = order._discount_day()
            if verdict != order.discount_verdict or is_new:
                # sudo: a stamp is the system's, whoever confirms
                order.sudo().write(values)

    def _verdict_of(self, judgement):
        if judgement.verdict.within:
            return "within"
        if self._granting_request(judgement):
            return "approved"
        if self.discount_verdict == "before" or self._is_before_policy():
            return "before"
        return "outside"
