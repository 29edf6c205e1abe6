from odoo import api, fields, models

from .supply_ladder_batch import ladder_batch


class StockMove(models.Model):
    """Goods that come down the ladder of an order line."""

    # The area of supply has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    stranded_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Was On Its Way For",
        index="btree_not_null",
        copy=True,
        readonly=True,
        ondelete="set null",
        help="The order line the goods had left for when it was called off. They come "
        "to the branch all the same, for anybody.",
    )

    def _ladder_lines(self):
        """The order lines whose ladders these moves are rungs of."""
        direct = self.sale_line_id
        others = self.filtered(lambda move: not move.sale_line_id)
        if not others:
            return direct
        others._rollup_move_dests_fetch()
        return direct | self.browse(others._rollup_move_dests()).sale_line_id

    def _in_ladder_batch(self, act):
        """``act()``, after which the ladders of these moves are put right."""
        if not self.env["sales.branch"]._ladder():
            return act()
        with ladder_batch(self.env) as batch:
            batch.add_moves(self)
            result = act()
            if isinstance(result, models.BaseModel):
                batch.add_moves(result)
            return result

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        act = super()._action_confirm
        return self._in_ladder_batch(
            lambda: act(merge=merge, merge_into=merge_into, create_proc=create_proc)
        )

    def _action_assign(self, force_qty=False):
        act = super()._action_assign
        return self._in_ladder_batch(lambda: act(force_qty=force_qty))

    def _do_unreserve(self):
        return self._in_ladder_batch(super()._do_unreserve)

    def _action_cancel(self):
        # the chain is cut by cancelling: whose goods it were is asked before
        if self.env["sales.branch"]._ladder():
            with ladder_batch(self.env) as batch:
                batch.add(self._ladder_lines())
                return super()._action_cancel()
        return super()._action_cancel()

    def _action_done(self, cancel_backorder=False):
        act = super()._action_done
        return self._in_ladder_batch(lambda: act(cancel_backorder=cancel_backorder))

    def _prepare_procurement_qty(self):
        """Of what an order needs less, the centre is asked back what has not left.

        Core calls back all of it, and so lets the branch send its own goods away.
        """
        quantities = super()._prepare_procurement_qty()
        if not self.env["sales.branch"]._ladder():
            return quantities
        return [
            max(quantity, -move._still_to_ship()) if quantity < 0 else quantity
            for move, quantity in zip(self, quantities, strict=True)
        ]

    def _still_to_ship(self):
        """What other warehouses have still to send for this need, in its unit.

        Without limit where no ladder is.
        """
        line = self.sale_line_id
        found = self.env["sales.branch"]._ladder().get(self.location_id.warehouse_id.id)
        if not found or not line._has_ladder() or not self._is_short_at_branch(found):
            return float("inf")
        facts, _legs = self.env["sale.order.source"]._facts(line.sudo())  # sudo: goods
        # sudo: the keys are in sudo
        left = sum(lane.reserved + lane.asked for lane in facts[line.sudo()].lanes)
        return line.product_id.uom_id._compute_quantity(
            line._from_steps(left), self.product_uom, rounding_method="HALF-UP"
        )

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        """What is received for a line called off is told apart."""
        return [*super()._prepare_merge_moves_distinct_fields(), "stranded_line_id"]

    def _prepare_procurement_values(self):
        """What a branch lacks is asked of the warehouse that supplies it.

        Without the route the rule of vendor receipts would meet the need, silently.
        """
        values = super()._prepare_procurement_values()
        ladders = self.env["sales.branch"]._ladder()
        found = ladders and ladders.get(self.location_id.warehouse_id.id)
        if found and not values.get("route_ids") and self._is_short_at_branch(found):
            branch = self.env["sales.branch"].browse(found[0])
            route = branch._resupply_routes()[:1]
            # named only where core would not find it alone: core looks for rules of
            # the routes that a move names first, for each move and each step
            if self._own_routes() != route:
                values["route_ids"] = route
        return values

    def _own_routes(self):
        return self.product_id.route_ids | self.product_id.categ_id.total_route_ids

    def _is_short_at_branch(self, found):
        _branch_id, mode, stock_id = found
        return (
            mode == "automatic"
            and self.location_id.id == stock_id
            and self.rule_id.procure_method == "mts_else_mto"
        )


class StockPicking(models.Model):
    """A transfer moves many goods at once; their ladders are put right once."""

    _inherit = "stock.picking"

    def button_validate(self):
        if not self.env["sales.branch"]._ladder():
            return super().button_validate()
        with ladder_batch(self.env):
            return super().button_validate()
