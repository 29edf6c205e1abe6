"""A long order with discounts, under an active policy, and without the addon.

The same flow as `order_flow`, of 30 lines with a price list of percentages, formulas
and fixed prices. Each has a discount that its norm allows: every line is compared with
its norm, explained, and has a concession to keep.
"""

import sys

from benchmarks.activation import GROUPS, users
from benchmarks.odoo_process import environment
from benchmarks.order_flow import SALESMAN, Budget, Flow, compare, customer_of
from tools.paths import ROOT, cache

GOVERNED = Budget("order of 30 lines under norms", 1.08, 8)
# Limits of lines for each role; of managers on whole orders and for a group of goods.
NORMS = (
    {"role": "manager", "max_line_percent": 10, "limit_order": True}
    | {"max_order_percent": 8, "limit_margin": True, "min_margin_percent": 5},
    {"role": "branch_director", "max_line_percent": 20},
    {"role": "commercial_director", "max_line_percent": 40},
)
CATEGORY_NORM = {"role": "manager", "max_line_percent": 12}


class GovernedFlow(Flow):
    """Lines with a discount, which a manager may give."""

    lines = 30
    line_values = {"product_uom_qty": 5, "discount": 5}

    @staticmethod
    def prepare(database):
        """Give the customer a price list of its own. Commits."""
        with environment(database, cache() / "data", ROOT) as env:
            user = users(env, SALESMAN)
            company = user.company_id
            customer = customer_of(env, user.id).with_company(company)
            customer.property_product_pricelist = _pricelist(env, company)
            env.cr.commit()

    @staticmethod
    def activate(database):
        """Give people their roles, and let a policy hold. Commits."""
        with environment(database, cache() / "data", ROOT) as env:
            for login, group in GROUPS.items():
                users(env, login).group_ids |= env.ref(group)
            policy = _policy(env)
            policy.action_submit()
            policy.action_activate()
            env.cr.commit()


def _pricelist(env, company):
    from odoo.fields import Command

    half = env["product.product"].search(
        [("is_storable", "=", True), ("sale_ok", "=", True)],
        order="id",
        limit=GovernedFlow.lines // 2,
    )
    rules = [
        {"applied_on": "1_product", "product_tmpl_id": product.product_tmpl_id.id}
        | {"compute_price": "fixed", "fixed_price": product.list_price}
        for product in half[:5]
    ]
    rules += [
        {"applied_on": "1_product", "product_tmpl_id": product.product_tmpl_id.id}
        | {"compute_price": "percentage", "percent_price": 2}
        for product in half[5:]
    ]
    rules.append({"compute_price": "formula", "price_discount": 1})
    return env["product.pricelist"].create(
        {
            "name": "Of this customer",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "item_ids": [Command.create(rule) for rule in rules],
        }
    )


def _policy(env):
    from odoo.fields import Command

    category = env["product.category"].search(
        [("name", "=like", "Fabric group %")], order="id", limit=1
    )
    norms = (*NORMS, {**CATEGORY_NORM, "categ_id": category.id})
    return env["discount.policy"].create(
        {
            "name": "Norms",
            "company_id": 1,
            "date_from": "2020-01-01",
            "four_eyes": False,
            "line_ids": [Command.create(norm) for norm in norms],
        }
    )


def main(argv):
    """Measure on two copies of the plain scale database named in argv."""
    return compare(argv, GovernedFlow, GOVERNED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
