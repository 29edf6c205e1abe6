from odoo import api, fields, models

CONDITION_FIELDS = {
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
}


class PromotionUse(models.Model):
    """Whether the order had what the programme asks for, kept with what it got."""

    # The area of promotions has files of its own.
    _inherit = "promotion.use"  # pylint: disable=consider-merging-classes-inherited

    conditions_met = fields.Boolean(
        compute="_compute_conditions_met",
        help="Whether the order, as it stands, has what the programme asks for: the "
        "amount, the quantity, the products, the code. Of what was taken back: as it "
        "stood last.",
    )
    unmet_condition = fields.Char(
        string="Condition Not Met", readonly=True, help="In words; empty if all are."
    )

    @api.depends("unmet_condition")
    def _compute_conditions_met(self):
        for use in self:
            use.conditions_met = not use.unmet_condition


class SaleOrder(models.Model):
    """Judges the conditions of programmes again when a confirmed order changes.

    Core judges them until the confirmation, and lets the reward stay afterwards.
    """

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _promotion_vals(self, state, live):
        result = super()._promotion_vals(state, live)
        unmet = self._unmet_conditions(result)
        for program, vals in result.items():
            vals["unmet_condition"] = unmet.get(program, False)
        return result

    def _unmet_conditions(self, programs):
        """``{program: what the order does not have, in words}``, by core's own check.

        A coupon of another order says itself that it was earned.
        """
        # sudo: keys as they came; what a programme asks for, whoever sells
        own = self.env["loyalty.program"].sudo().union(*programs)
        own = own.filtered(lambda program: program.applies_on == "current")
        if not own:
            return {}
        order = self.sudo()  # sudo: rules of programmes, whoever changes the order
        found = order._program_check_compute_points(own)
        lines = order._promotion_lines()
        return {
            program: words
            for program in own
            if (words := self._unmet_words(found[program], lines[program]))
        }

    def _unmet_words(self, checked, lines):
        """What core found of a programme, against what its ``lines`` cost."""
        if "error" in checked:
            return checked["error"]
        earned, cost = sum(checked["points"]), sum(lines.mapped("points_cost"))
        if earned >= cost:
            return False
        return self.env._(
            "The order earns %(earned)g of the %(cost)g points of its reward.",
            earned=earned,
            cost=cost,
        )

    def _are_uses(self, live, wanted):
        return super()._are_uses(live, wanted) and all(
            use.unmet_condition == wanted[use.program_id]["unmet_condition"]
            for use in live
        )


class SaleOrderLine(models.Model):
    """Goods of a confirmed order with a reward change, and so may its conditions."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._follow_conditions()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not CONDITION_FIELDS.isdisjoint(vals):
            self._follow_conditions()
        return result

    def _follow_conditions(self):
        """What was given stays; only whether it is still earned is judged again."""
        if not self.env["loyalty.program"]._governed():
            return
        orders = self.filtered(
            lambda line: line.state == "sale" and not line.reward_id
        ).order_id
        orders = orders.filtered(lambda order: order.order_line.reward_id)
        orders._recount_promotions()
