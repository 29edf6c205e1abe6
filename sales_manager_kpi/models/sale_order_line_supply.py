from odoo import api, fields, models
from odoo.tools import format_date

from .supply_ladder_batch import ladder_batch


class SaleOrderLine(models.Model):
    """Lines whose goods come down the ladder of their branch."""

    # The area of supply has files of its own.
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    supply_source_ids = fields.One2many(
        comodel_name="sale.order.source",
        inverse_name="order_line_id",
        string="Sources",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    supply_ladder = fields.Json(
        string="Where From",
        compute="_compute_supply_ladder",
        compute_sudo=True,
        help="Where the goods of the line come from: planned on a quotation, as it is "
        "on an order.",
    )

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "warehouse_id",
        "state",
        "supply_source_ids.state",
        "supply_source_ids.quantity",
        "supply_source_ids.promised_at",
        "supply_surplus_qty",
    )
    def _compute_supply_ladder(self):
        lines = self.filtered(lambda line: line._has_ladder())
        (self - lines).supply_ladder = False
        quotations = lines.filtered(lambda line: line.state in ("draft", "sent"))
        Source = self.env["sale.order.source"]
        planned = Source._quotation_rungs(quotations)
        for line in lines:
            rungs = planned.get(line)
            if rungs is None:
                rungs = [source._rung() for source in line.supply_source_ids]
            words = [line._rung_words(rung) for rung in rungs]
            line.supply_ladder = words + line._surplus_rungs()

    def _rung_words(self, rung):
        """What the strip shows of one rung."""
        Source = self.env["sale.order.source"]
        words = Source._fields["state"]._description_selection(self.env)
        quantity = self._from_steps(rung.quantity)
        day = rung.promised and self._ladder_branch()._local_date(rung.promised)
        return {
            "kind": rung.place.kind,
            "state": rung.state,
            "name": self._place_words(rung.place),
            "quantity": self._quantity_words(quantity),
            "when": format_date(self.env, day, date_format="EEEE d MMMM")
            if day
            else "",
            "day": format_date(self.env, day, date_format="d MMM") if day else "",
            "state_words": dict(words)[rung.state],
        }

    def _surplus_rungs(self):
        """What comes and is not for the line: shown behind its sources."""
        if not self.supply_surplus_qty:
            return []
        return [
            {
                "kind": "surplus",
                "state": "surplus",
                "name": self.env._("not for this order"),
                "quantity": self._quantity_words(self.supply_surplus_qty),
                "when": "",
                "day": "",
                "state_words": self.env._("comes all the same, stays at the branch"),
            }
        ]

    def _quantity_words(self, quantity):
        return f"{self._plain_quantity(quantity)} {self.product_id.uom_id.name}"

    def _day_words(self, day, form):
        return format_date(self.env, day, date_format=form) if day else ""

    def _place_words(self, place):
        Source = self.env["sale.order.source"]
        kinds = dict(Source._fields["kind"]._description_selection(self.env))
        if place.kind in ("central", "other_branch"):
            return self.env["stock.warehouse"].browse(place.warehouse_id).name
        return kinds[place.kind]

    def _plain_quantity(self, quantity):
        return f"{quantity:.3f}".rstrip("0").rstrip(".")

    # ------------------------------------------------------------------
    # Which lines, and in what unit
    # ------------------------------------------------------------------

    def _ladder_branch(self):
        """The branch set up for the ladder that this line is sold from, or none."""
        self.ensure_one()
        # sudo: how a warehouse is supplied, for whoever sells from it
        return self.env["sales.branch"].sudo()._ladder_branch(self.warehouse_id)

    def _has_ladder(self):
        """Whether goods of this line come down a ladder: kept in memory, no query.

        Not those of kits and dropshipped lines, see `_bypasses_branch`.
        """
        self.ensure_one()
        ladders = self.env["sales.branch"]._ladder()
        return bool(
            ladders
            and self.warehouse_id.id in ladders
            and not self.display_type
            and not self.is_expense
            and self.product_id.is_storable
            and not self._bypasses_branch()
        )

    def _to_steps(self, quantity, unit=None):
        """``quantity`` of ``unit`` (the product's, if none) in whole steps of it.

        The step is what the product's unit is rounded to. A unit of another kind
        counts as nothing: core would convert it to a number that means nothing.
        """
        self.ensure_one()
        own = self.product_id.uom_id
        if unit and unit != own:
            if not unit._has_common_reference(own):
                return 0
            quantity = unit._compute_quantity(quantity, own, rounding_method="HALF-UP")
        return round(quantity / own.rounding)

    def _from_steps(self, steps):
        """Whole steps as a quantity of the product's unit."""
        self.ensure_one()
        return self.product_id.uom_id.round(steps * self.product_id.uom_id.rounding)

    def _ladder_steps(self):
        return self._to_steps(self.product_uom_qty, self.product_uom_id)

    def _action_launch_stock_rule(self, **kwargs):
        """Confirmed, added or changed: whatever asks for goods changes the ladder."""
        if not self.env["sales.branch"]._ladder():
            return super()._action_launch_stock_rule(**kwargs)
        with ladder_batch(self.env) as batch:
            batch.add(self)
            return super()._action_launch_stock_rule(**kwargs)
