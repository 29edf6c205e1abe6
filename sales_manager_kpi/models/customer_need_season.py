from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.need_season import in_season, next_start, starting_months

AHEAD = 30  # days before a season in which it is prepared
ASKED = 90  # days before a season in which a quotation already was for it
PER_RANGE = 30  # products of one range, at the most


class CustomerNeed(models.Model):
    """When a need is due, and which products answer it."""

    # The season has a file of its own.
    _inherit = "customer.need"  # pylint: disable=consider-merging-classes-inherited

    is_in_season = fields.Boolean(
        string="In Season",
        compute="_compute_in_season",
        search="_search_is_in_season",
        help="All year round is always in season.",
    )
    season_starts_on = fields.Date(
        string="Season Begins", compute="_compute_in_season", help="The next time."
    )
    is_due = fields.Boolean(
        string="To Be Offered",
        compute="_compute_is_due",
        search="_search_is_due",
        help="The season begins within 30 days, and nothing of it was ordered or "
        "quoted in the last 90 days before it.",
    )

    @api.depends("season_from", "season_to")
    @api.depends_context("company")
    def _compute_in_season(self):
        today = self._season_today()
        for need in self:
            season = int(need.season_from or 0), int(need.season_to or 0)
            need.is_in_season = in_season(*season, today)
            need.season_starts_on = next_start(*season, today)

    @api.model
    def _search_is_in_season(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = self._in_season_domain(self._season_today())
        return Domain.OR(now if asked else ~now for asked in value)

    @api.model
    def _in_season_domain(self, day):
        """Needs in season on ``day``."""
        return Domain("season_months", "like", f",{day.month},")

    @api.depends("season_from", "season_to", "product_id", "categ_id", "partner_id")
    @api.depends_context("company")
    def _compute_is_due(self):
        due = self._due_ids(self.ids) if self.ids else set()
        for need in self:
            need.is_due = need._origin.id in due

    @api.model
    def _search_is_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain("id", "in", list(self._due_ids()))
        return Domain.OR(due if asked else ~due for asked in value)

    @api.model
    def _season_today(self):
        return self.env["sales.branch"]._company_local_date(self.env.company)

    @api.model
    def _due_ids(self, ids=None, day=None, ahead=AHEAD):
        """Ids of needs whose season begins soon, and of which nothing was quoted.

        In one query, over orders and sent offers of whoever sells: only that there is
        one is told.

        :param ids: of these needs alone, where given
        :param ahead: days from ``day``, today where not given, in which it begins
        """
        day = day or self._season_today()
        starting = starting_months(day, ahead)
        if not starting:
            return set()
        Order = self.env["sale.order"]
        Order.flush_model(["partner_id", "company_id", "state", "date_order"])
        self.env["sale.order.line"].flush_model(["order_id", "product_id"])
        self.env["sales.offer"].flush_model(
            ["commercial_partner_id", "company_id", "sent_on"]
        )
        self.env["sales.offer.line"].flush_model(["offer_id", "product_id"])
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT need.id
                  FROM customer_need need
             LEFT JOIN product_category range ON range.id = need.categ_id
                 WHERE need.active
                   AND need.company_id IN %(companies)s
                   AND need.season_from IN %(starting)s
                   AND %(asked)s
                   AND NOT EXISTS (
                       SELECT 1
                         FROM sale_order_line line
                         JOIN sale_order sale ON sale.id = line.order_id
                         JOIN res_partner buyer ON buyer.id = sale.partner_id
                         JOIN product_product variant ON variant.id = line.product_id
                         JOIN product_template goods
                              ON goods.id = variant.product_tmpl_id
                    LEFT JOIN product_category part ON part.id = goods.categ_id
                        WHERE buyer.commercial_partner_id = need.partner_id
                          AND sale.company_id = need.company_id
                          AND sale.state <> 'cancel'
                          AND sale.date_order >= %(since)s
                          AND (variant.id = need.product_id
                               OR part.parent_path LIKE range.parent_path || '%%')
                   )
                   AND NOT EXISTS (
                       SELECT 1
                         FROM sales_offer_line line
                         JOIN sales_offer offer ON offer.id = line.offer_id
                         JOIN product_product variant ON variant.id = line.product_id
                         JOIN product_template goods
                              ON goods.id = variant.product_tmpl_id
                    LEFT JOIN product_category part ON part.id = goods.categ_id
                        WHERE offer.commercial_partner_id = need.partner_id
                          AND offer.company_id = need.company_id
                          AND offer.sent_on >= %(since)s
                          AND (variant.id = need.product_id
                               OR part.parent_path LIKE range.parent_path || '%%')
                   )
                """,
                companies=tuple(self.env.companies.ids) or (0,),
                starting=tuple(str(month) for month in starting),
                asked=SQL("need.id IN %s", tuple(ids)) if ids else SQL("TRUE"),
                since=fields.Date.to_string(day - timedelta(days=ASKED)),
            )
        )
        return {need_id for (need_id,) in rows}

    # ------------------------------------------------------------------
    # For offers and the day of a manager
    # ------------------------------------------------------------------

    @api.model
    def _needed_products(self, partners, day=None, ahead=AHEAD):
        """``{partner: product.product}`` in season on ``day``, or soon after.

        As the user may see needs and products, in the current company; of a range its
        products for sale, up to 30. In three queries, however many partners.

        :param partners: any contacts of customers; each is answered for its company
        """
        day = day or self._season_today()
        season = self._in_season_domain(day)
        if starting := starting_months(day, ahead):
            season |= Domain("season_from", "in", [str(month) for month in starting])
        needs = self.search(
            season
            & Domain("partner_id", "in", partners.commercial_partner_id.ids)
            & Domain("company_id", "=", self.env.company.id)
        )
        by_range = self._products_of_ranges(needs.categ_id)
        Product = self.env["product.product"]
        found = {}
        for need in needs:
            goods = need.product_id or by_range[need.categ_id]
            goods = goods.filtered(lambda product: product.active and product.sale_ok)
            customer = need.partner_id
            found[customer] = found.get(customer, Product) | goods
        return {
            partner: found.get(partner.commercial_partner_id, Product)
            for partner in partners
        }

    @api.model
    def _products_of_ranges(self, ranges):
        """``{category: products for sale in it}``, in one query for all."""
        Product = self.env["product.product"]
        products = Product
        if ranges:
            products = Product.search(
                Domain("categ_id", "child_of", ranges.ids)
                & Domain("sale_ok", "=", True)
                & Domain("company_id", "in", [False, self.env.company.id])
            )
        return {
            one: products.filtered(
                lambda product, path=one.parent_path: (
                    product.categ_id.parent_path or ""
                ).startswith(path)
            )[:PER_RANGE]
            for one in ranges
        }
