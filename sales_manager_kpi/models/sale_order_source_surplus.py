from odoo import fields, models

from ..engine.sourcing import left_over


class SaleOrderSource(models.Model):
    """What comes for lines that were ordered more of before."""

    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    def _keep_surplus(self, lines, facts):
        """Let these lines say what comes to the branch and is not for them.

        :param facts: ``{line: Facts}`` of those that were confirmed
        """
        for line in lines:
            over = left_over(facts[line]) if line.state == "sale" else []
            steps = sum(
                rung.quantity
                for rung in over
                if rung.state == "in_transit" or line._is_asked_for_branch(rung)
            )
            quantity = line._from_steps(steps)
            if line.product_id.uom_id.compare(quantity, line.supply_surplus_qty):
                line.supply_surplus_qty = quantity


class SaleOrder(models.Model):
    """Orders that need less than was granted for them."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _give_back_surplus(self):
        """Offer back what was granted for more than these orders need now.

        What has left already comes to the branch, for anybody.
        """
        # sudo: goods follow the order, whoever changes it
        lines = self.sudo().order_line.filtered(
            lambda line: line.state == "sale" and line._has_ladder()
        )
        for line, over in lines._left_over().items():
            line._give_back(over)

    def _settle_found_goods(self):
        """Granted, never ordered, and there all the same: nobody waits for it."""
        # sudo: as above
        lines = self.sudo().order_line.filtered(
            lambda line: (
                line._has_ladder()
                and "answered" in line.supply_line_ids.mapped("state")
            )
        )
        for line, over in lines._left_over().items():
            for rung in over:
                asked = line._asked_of(rung)
                if asked.state == "answered" and not asked.ordered_qty:
                    asked._grant_less(line._from_steps(rung.quantity))


class SaleOrderLine(models.Model):
    """Lines that need less than was granted for them."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    supply_surplus_qty = fields.Float(
        string="Comes All the Same",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="On its way for more than is ordered now, in the product's unit. It stays "
        "at the branch, for anybody.",
    )

    def _left_over(self):
        """``{line: rungs}`` of what is granted and not needed; see `left_over`."""
        if not self:
            return {}
        facts, _legs = self.env["sale.order.source"]._facts(self)
        return {line: left_over(facts[line]) for line in self}

    def _asked_of(self, rung):
        return self.env["supply.request.line"].browse(rung.place.request_id or None)

    def _is_asked_for_branch(self, rung):
        """Whether a request brings it to the branch by a transfer of its own."""
        asked = self._asked_of(rung)
        return bool(asked and asked.ordered_qty and not asked.origin_move_id)

    def _give_back(self, over):
        """Call off what has not left of these rungs, and say what comes anyway.

        Where Odoo's rules ask for goods they call off transfers by themselves.
        """
        by_hand = self._ladder_branch().supply_mode == "approval"
        moves = self.move_ids
        for rung in reversed(over):
            quantity = self._from_steps(rung.quantity)
            asked = self._asked_of(rung)
            if asked:
                asked._give_back(quantity)
            elif by_hand and rung.state != "in_transit":
                first = moves._first_legs(rung.place.warehouse_id)
                first._send_less(quantity)

    def write(self, vals):
        """What is ordered less of is offered back, as far as it has not left."""
        before = {}
        if "product_uom_qty" in vals and self.env["sales.branch"]._ladder():
            before = {line: line.product_uom_qty for line in self}
        result = super().write(vals)
        less = self.filtered(
            lambda line: line in before and line.product_uom_qty < before[line]
        )
        orders = less.order_id.filtered(lambda order: order.state == "sale")
        if orders:
            orders._give_back_surplus()
            less._say_surplus()
        return result

    def _say_surplus(self):
        for line in self.sudo():  # sudo: as above
            if line.supply_surplus_qty:
                line.order_id._message_log(body=line._surplus_words())

    def _surplus_words(self):
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s are on their way already. They come "
            "to %(branch)s all the same, and stay there for anybody.",
            quantity=self._plain_quantity(self.supply_surplus_qty),
            unit=self.product_id.uom_id.name,
            product=self.product_id.display_name,
            branch=self._ladder_branch().display_name,
        )
