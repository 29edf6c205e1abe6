from odoo import api, fields, models
from odoo.fields import Domain

DATES = ("date_start", "date_end")


class RulesByProduct:
    """Rules of one price list in core's order, found by product and moment."""

    def __init__(self, rules):
        self.found = {}
        for place, rule in enumerate(rules):
            key = rule.product_id.id, rule.product_tmpl_id.id
            row = place, rule.id, rule.date_start, rule.date_end
            self.found.setdefault((key[0], 0) if key[0] else key, []).append(row)

    def at(self, products, moment):
        """Ids of the rules that may hold for these products at ``moment``."""
        keys = {(False, False)}
        keys.update((product.id, 0) for product in products)
        keys.update((False, product.product_tmpl_id.id) for product in products)
        rows = sorted(row for key in keys for row in self.found.get(key, ()))
        return [
            id_
            for _place, id_, first, last in rows
            if (not first or first <= moment) and (not last or moment <= last)
        ]


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """The class's price list goes before that of the country.

        A list of the customer's own goes before both.
        """
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not self.env["customer.class"]._pricelists(self.env.company.id):
            return result
        if not self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        ):
            return result
        partners = self.env["res.partner"].browse(partner_ids)
        result.update(
            {
                partner.id: pricelist
                for partner, pricelist in partners._class_pricelists().items()
                if not partner._own_pricelist()
            }
        )
        return result

    def _rules_by_product(self, products):
        """``{price list id: RulesByProduct}`` for ``products``, in one query.

        By core's own conditions, but for the dates, which differ from order to order.
        """
        now = fields.Datetime.now()
        domain = Domain.OR(
            Domain(
                pricelist._get_applicable_rules_domain(products, now)
            ).map_conditions(_whenever)
            for pricelist in self
        )
        # as core does with lists that are archived
        rules = self.env["product.pricelist.item"].with_context(active_test=False)
        return {
            pricelist.id: RulesByProduct(own)
            for pricelist, own in rules.search(domain).grouped("pricelist_id").items()
        }


def _whenever(condition):
    return Domain.TRUE if condition.field_expr in DATES else condition
