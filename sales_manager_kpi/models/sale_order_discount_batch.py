from bisect import bisect_right
from functools import cached_property

from odoo import fields, models

BATCH = "discount_batch"


class Batch:
    """What orders of one company are judged by, looked up for all of them at once.

    Each look-up is made when it is first needed; no client can send one.
    """

    def __init__(self, orders):
        self.orders = orders.sudo()  # sudo: norms bind also what one does not see

    @cached_property
    def day(self):
        """Today where the company is."""
        return self.orders.env["sales.branch"]._company_local_date(self.company)

    @property
    def company(self):
        """The company of all these orders."""
        return self.orders.company_id

    @cached_property
    def branches(self):
        """``{user id: branch}`` of those who sell, and of who asks."""
        env = self.orders.env
        users = self.orders.user_id | env.user
        return env["sales.branch"]._branch_by_user(users, self.company, self.day)

    @cached_property
    def classes(self):
        """``{commercial partner id: class}`` of the customers."""
        return self.orders.env["customer.class.member"]._classes_at(
            self.orders.partner_id, self.company, self.day
        )

    @cached_property
    def rules(self):
        """``{price list: RulesByProduct}`` of all that is the norm for somebody."""
        pricelists = self.orders.env["product.pricelist"].union(
            *(order._norm_pricelist() for order in self.orders)
        )
        return pricelists._rules_by_product(self.orders.order_line.product_id)

    @cached_property
    def traces(self):
        """``{order id: {line id: its last trace since the order was confirmed}}``."""
        # sudo: the system's memory of prices, whoever judges
        rows = self.orders.env["sale.price.trace"].sudo()
        rows = rows.search_fetch(
            [
                ("order_id", "in", self.orders.ids),
                ("event", "in", ("confirm", "post_edit")),
                ("order_line_id", "!=", False),
            ],
            [
                *("order_id", "order_line_id", "product_id", "product_uom_id"),
                *("quantity", "net_price", "list_price", "norm_price"),
            ],
            order="id",
        )
        found = {}
        for row in rows:
            found.setdefault(row.order_id.id, {})[row.order_line_id.id] = row
        return found

    @cached_property
    def given(self):
        """``{user id: given away this month}``; see ``discount.purse``."""
        env = self.orders.env
        users = self.orders.user_id | env.user
        return env["discount.purse"]._given_by_user(self.company, users, self.day)

    @cached_property
    def _rates(self):
        """``{(currency id, of this company): [(day, rate)]}``, oldest first."""
        # sudo: rates are no secret
        rows = self.orders.env["res.currency.rate"].sudo()
        rows = rows.search_fetch(
            [("company_id", "in", (False, self.company.root_id.id))],
            ["currency_id", "company_id", "name", "rate"],
            order="name",
        )
        found = {}
        for row in rows:
            key = row.currency_id.id, bool(row.company_id)
            found.setdefault(key, []).append((row.name, row.rate))
        return found

    def rate(self, currency_id, day):
        """The rate that core finds: the company's own, the last one until ``day``.

        The first one after it where there was none yet; 1 without any.
        """
        both = [self._rates.get((currency_id, own), ()) for own in (True, False)]
        for rows in both:
            place = bisect_right(rows, day, key=lambda row: row[0])
            if place:
                return rows[place - 1][1]
        return next((rows[0][1] for rows in both if rows), 1.0)


def batch_of(env):
    """The `Batch` of this call, if there is one."""
    batch = env.context.get(BATCH)
    return batch if isinstance(batch, Batch) else None


class SaleOrder(models.Model):
    """Many orders are judged with as many queries as one."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _in_batch(self):
        """These orders of one company, to be judged one after the other."""
        return self.with_context(**{BATCH: Batch(self)})

    def _discount_branch(self):
        batch = batch_of(self.env)
        if not batch:
            return super()._discount_branch()
        user = self.user_id or self.env.user
        return batch.branches.get(user.id, self.env["sales.branch"])

    def _customer_class(self):
        batch = batch_of(self.env)
        if not batch:
            return super()._customer_class()
        customer = self.partner_id.commercial_partner_id
        return batch.classes.get(customer.id, self.env["customer.class"])

    def _norm_rules(self, products, moment):
        batch = batch_of(self.env)
        if not batch:
            return super()._norm_rules(products, moment)
        pricelist = self._norm_pricelist()
        rules = self.env["product.pricelist.item"]
        found = batch.rules.get(pricelist.id)
        return rules.browse(found.at(products, moment)) if found else rules

    def _last_traces(self):
        batch = batch_of(self.env)
        return batch.traces.get(self.id, {}) if batch else super()._last_traces()

    def _given_before(self):
        batch = batch_of(self.env)
        if not batch:
            return super()._given_before()
        return batch.given.get((self.user_id or self.env.user).id, 0.0)


class ResCurrency(models.Model):
    """Rates of the days of many orders, in one query."""

    _inherit = "res.currency"

    def _get_rates(self, company, date):
        batch = batch_of(self.env)
        if not batch or batch.company.root_id != company.root_id:
            return super()._get_rates(company, date)
        day = fields.Date.to_date(date)
        return {id_: batch.rate(id_, day) for id_ in self.ids}
