from odoo import models

from ..engine.categories import path_ids
from ..engine.concession import LineFigures
from ..engine.norms import limits_of


class SaleOrderLine(models.Model):
    """Compares the price of a line with the norm.

    The norm is what core's own price lists give for the customer; nothing is priced
    here. All prices are per the line's unit, in the order's currency and in the tax
    frame of ``price_unit``.
    """

    # The area of discounts has files of its own.
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _is_governed(self):
        """Whether a norm says what this line may cost: goods and services sold."""
        self.ensure_one()
        return bool(
            self.product_id
            and not self.display_type
            and not self._is_down_payment()
            and not self._is_charged_cost()
            and not self._is_promotion()
            and self.product_type != "combo"
            and not self._is_order_discount()
        )

    def _is_down_payment(self):
        """Core's down payments lie on the order with no quantity; a flag is typed."""
        return self.is_downpayment and not self.product_uom_qty

    def _is_charged_cost(self):
        """Costs of delivery or expenses, as the products say and not only a flag."""
        if self.is_expense and self.product_id.expense_policy != "no":
            return True
        return (
            "is_delivery" in self._fields
            and self.is_delivery
            and self.product_id == self.order_id.carrier_id.product_id
        )

    def _is_order_discount(self):
        """Whether the line takes something off the document, by a person's hand."""
        self.ensure_one()
        if self.display_type or self._is_down_payment() or self._is_promotion():
            return False
        if self.price_unit * self.product_uom_qty < 0:
            return True
        # goods that only bear the name of a reward are goods
        return not self.reward_id and bool(
            self._is_global_discount() or (self.product_id and self._is_discount_line())
        )

    def _net_price(self):
        return self.price_unit * (1 - (self.discount or 0.0) / 100)

    def _in_price_frame(self, price):
        """``price``, as price lists give it, with the taxes that ``price_unit`` has."""
        fiscal_position = self.order_id.fiscal_position_id
        taxes = self.env["account.tax"]
        if not fiscal_position or not taxes._any_included(self.company_id):
            return price
        line = self.with_company(self.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            price,
            product_taxes=line.product_id.taxes_id._filter_taxes_by_company(
                line.company_id
            ),
            fiscal_position=fiscal_position,
        )

    def _norm_rule(self, rules):
        """The first of ``rules`` that holds for this line, as core chooses it.

        Core searches the rules for every quantity; here they are searched once.
        """
        product, uom = self.product_id, self.product_uom_id
        quantity = self.product_uom_qty or 1.0
        if uom != product.uom_id:
            quantity = uom._compute_quantity(
                quantity, product.uom_id, raise_if_failure=False
            )
        for rule in rules:
            if rule._is_applicable_for(product, quantity):
                return rule
        return rules.browse()

    def _price_by(self, rule, moment):
        """What ``rule`` (none: the sales price) gives for this line."""
        price = rule._compute_price(
            product=self.product_id.with_context(**self._get_product_price_context()),
            **{**self._get_pricelist_kwargs(), "date": moment},
        )
        return self._in_price_frame(price)

    def _norm_prices(self, rules, moment):
        """List price, norm price and the rule behind the norm.

        A part of a combo has the price that core divides the combo's into.
        """
        if self.combo_item_id:
            price = self._in_price_frame(self._get_combo_item_display_price())
            return price, price, rules.browse()
        rule = self._norm_rule(rules)
        list_price = self._price_by(rules.browse(), moment)
        return list_price, self._price_by(rule, moment) if rule else list_price, rule

    def _concession_figures(self, rules, moment):
        """What this governed line gives away; see ``engine.concession``."""
        list_price, norm, _rule = self._norm_prices(rules, moment)
        return LineFigures(
            key=self._figures_key(),
            quantity=self.product_uom_qty,
            list_price=list_price,
            norm_price=norm,
            net_price=self._net_price(),
            unit_cost=self._known_cost(),
            step=self._rounding_step(norm),
            untaxed_rate=self._untaxed_rate(),
        )

    def _figures_key(self):
        """What a line is called in figures; also one that is not saved yet."""
        return self.id

    def _known_cost(self):
        # sudo: the cost is compared with a limit, not shown
        return self.sudo().purchase_price or None

    def _rounding_step(self, norm):
        """What a discount of two digits, or the currency, cannot express anyway."""
        precision = self.env["decimal.precision"].precision_get("Discount")
        percent_step = 0.5 * 10**-precision / 100
        return max(
            self.currency_id.rounding, abs(norm * self.product_uom_qty) * percent_step
        )

    def _untaxed_rate(self):
        """Untaxed amount per amount in the frame of the price."""
        if not self.env["account.tax"]._any_included(self.company_id):
            return 1.0
        gross = self._net_price() * self.product_uom_qty
        if not gross or not any(self.tax_ids.mapped("price_include")):
            return 1.0
        return self.price_subtotal / gross

    def _floor_rate(self):
        """What a floor, in company currency and product unit, is multiplied by."""
        rate = self.order_id.currency_rate or 1.0
        per_unit = self.product_id.uom_id._compute_price(1.0, self.product_uom_id)
        return rate * per_unit / (self._untaxed_rate() or 1.0)

    def _limits_by(self, norms, resolution):
        """The `Limits` of those of ``norms`` that hold for the line's product."""
        product = self.product_id
        categories = set(path_ids(product.categ_id.parent_path))
        tags = ()
        if any(norm.tag_id for norm in norms):
            tags = set(product.all_product_tag_ids.ids)
        own = [
            norm
            for norm in norms
            if norm.is_on(product.product_tmpl_id.id, categories, tags)
        ]
        floored = any(norm.limits.floor_price is not None for norm in own)
        return limits_of(own, resolution, self._floor_rate() if floored else 1.0)
