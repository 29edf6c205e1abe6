from dataclasses import replace

from odoo import models

from .sale_order_discount_gate import checked_of

EDITED = "discount_edited"


class Edited:
    """Which lines of confirmed orders a person has just changed; see `Checked`.

    :param past: nobody changes anything, and norms that were not traced are computed
    """

    def __init__(self, lines, past=False):
        self.ids = frozenset(lines.ids)
        self.judged = {}
        self.past = past
        # a discount on the whole order falls on lines that were not touched, too
        self.discount = any(line._is_order_discount() for line in lines)


class SaleOrder(models.Model):
    """Orders that were there before: norms bind what is changed, not what stands."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _is_discount_granted(self, judgement):
        return super()._is_discount_granted(judgement) or self._is_before_policy()

    def _is_before_policy(self):
        """Whether the quotation is as it was when the policy was activated.

        A new version frees nothing that the version before it would not have let pass.
        """
        policy = self._discount_policy()
        # sudo: who confirms need not read what was found at activation
        row = self.env["discount.activation.item"].sudo()
        fingerprint = policy and self._discount_fingerprint()
        while policy:
            row = row.search(
                [("order_id", "=", self.id), ("policy_id", "=", policy.id)], limit=1
            )
            if row.fingerprint != fingerprint:
                return False
            previous = row.policy_id.previous_id
            if not previous.activated_at or previous.mode in ("off", "warn"):
                return True
            policy = previous._plain()
            # sudo: norms and costs are compared, and not shown
            if self.sudo()._discount_judgement(policy).verdict.within:
                return True
        return False

    def _judge_once(self):
        """Check, trace and verdict of one edit share the judgement."""
        edited = self._edited()
        if edited is None or checked_of(self.env):
            return super()._judge_once()
        key = self.id, self._discount_fingerprint()
        if key not in edited.judged:
            edited.judged[key] = super()._judge_once()
        return edited.judged[key]

    def _norm_rules(self, products, moment):
        """Once in a confirmation: what is traced are the rules that were judged by."""
        checked = checked_of(self.env)
        if not checked:
            return super()._norm_rules(products, moment)
        key = self.id, frozenset(products.ids)
        if key not in checked.rules:
            checked.rules[key] = super()._norm_rules(products, moment)
        return checked.rules[key]

    def _edited(self):
        """The `Edited` of this call; no client can send one."""
        edited = self.env.context.get(EDITED)
        return edited if isinstance(edited, Edited) else None

    def _concession_figures(self):
        """Of a confirmed order that is changed: what stands keeps its norm.

        Its trace says it. An order from before the norms has none: then what stands
        deviates from nothing, and so do its payment terms and price list.
        """
        edited = self._edited()
        if edited is None or self.state != "sale":
            return super()._concession_figures()
        traces = self._last_traces()
        whole = super()._concession_figures()
        lines = {line.id: line for line in self.order_line}
        frozen = tuple(
            lines[figures.key]._frozen_figures(
                figures, traces.get(figures.key), edited, bool(traces) or edited.past
            )
            for figures in whole.lines
        )
        if traces or edited.past:
            return replace(whole, lines=frozen)
        return replace(
            whole,
            lines=frozen,
            foreign_pricelist=False,
            payment_percent=0.0,
            payment_days=0,
        )

    def _last_traces(self):
        """``{line id: its last trace since it was confirmed}``, in one query."""
        return self.env["sale.price.trace"]._agreed(self.order_line)


class SaleOrderLine(models.Model):
    """Lines nobody touched keep the norm they were judged by."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def unlink(self):
        # what is left was not changed
        self = self.with_context(**{EDITED: Edited(self.browse())})
        return super().unlink()

    def _check_discount_after_edit(self):
        if self.order_id._edited() is None:
            self = self.with_context(**{EDITED: Edited(self)})
        return super()._check_discount_after_edit()

    def _frozen_figures(self, figures, trace, edited, traced):
        """``figures`` with the norm of when the line last was agreed.

        :param trace: its last trace, if it has one
        :param traced: whether the order was confirmed under norms
        """
        if trace and self._is_as_traced(trace):
            return replace(
                figures, list_price=trace.list_price, norm_price=trace.norm_price
            )
        if traced or self.id in edited.ids:
            return figures
        return replace(
            figures,
            norm_price=figures.net_price if edited.discount else figures.final_price,
        )

    def _is_as_traced(self, trace):
        """Whether what the price depends on is as it was."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return (
            trace.product_id == self.product_id
            and trace.product_uom_id == self.product_uom_id
            and round(trace.quantity - self.product_uom_qty, digits) == 0
            and round(trace.net_price - self._net_price(), 6) == 0
        )
