from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..engine.instants import instant
from .stock_hold import LIVE

FAR = timedelta(days=400)  # how far ahead the days to cover are looked for


class SupplyStocking(models.AbstractModel):
    """What a branch sold, has and waits for, per product: one query per source.

    All quantities are in the product's unit, ``{product id: quantity}`` without
    products of none. The demand is the branch's own: Odoo's replenishment looks at
    the whole company.
    """

    _name = "supply.stocking"
    _description = "Figures for Stocking a Branch"

    @api.model
    def _figures(self, branch, since, until, product_ids=None):
        """The sources of a suggestion, by name.

        :param since: the moment the history begins, ``until`` it ends; naive UTC
        :param product_ids: only these; all that the branch sold or lacked if None
        """
        # sudo: sums of goods in the branch's warehouse, none of their documents
        Secret = self.sudo()
        warehouse = branch.sudo().warehouse_id  # sudo: where the branch keeps goods
        sold = Secret._sold(warehouse, since, until, product_ids)
        unmet = Secret._unmet_quantities(branch, since, until, product_ids)
        ids = sorted(set(sold) | set(unmet) | set(product_ids or ()))
        on_hand, reserved = Secret._stock(warehouse, ids)
        products = self.env["product.product"].browse(ids)
        return {
            "ids": ids,
            "sold": sold,
            "unmet": unmet,
            "on_hand": on_hand,
            "free": {i: on_hand.get(i, 0.0) - reserved.get(i, 0.0) for i in ids},
            "held": Secret._held_quantities(products, warehouse),
            "in_transit": Secret._in_transit(warehouse, ids),
            "open": Secret._open_orders(warehouse, ids),
        }

    @api.model
    def _sold(self, warehouse, since, until, product_ids=None):
        """Delivered to customers less what came back, of this warehouse alone."""
        place = Domain("location_id", "child_of", warehouse.view_location_id.id)
        back = Domain("location_dest_id", "child_of", warehouse.view_location_id.id)
        period = Domain(
            [("state", "=", "done"), ("date", ">=", since), ("date", "<", until)]
        )
        if product_ids is not None:
            period &= Domain("product_id", "in", product_ids)
        sold = defaultdict(float)
        for domain, sign in (
            (place & Domain("location_dest_id.usage", "=", "customer"), 1),
            (back & Domain("location_id.usage", "=", "customer"), -1),
        ):
            for product, quantity in self.env["stock.move.line"]._read_group(
                period & domain, ["product_id"], ["quantity_product_uom:sum"]
            ):
                if product.is_storable and product.active:
                    sold[product.id] += sign * quantity
        return dict(sold)

    @api.model
    def _stock(self, warehouse, ids):
        """On hand and reserved where the branch sells from."""
        rows = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", ids),
                ("location_id", "child_of", warehouse.lot_stock_id.id),
                ("location_id.usage", "=", "internal"),
            ],
            ["product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        on_hand = {product.id: quantity for product, quantity, __ in rows}
        return on_hand, {product.id: reserved for product, __, reserved in rows}

    @api.model
    def _in_transit(self, warehouse, ids):
        """What is coming in from outside the warehouse, left already or not."""
        inside = warehouse.view_location_id.id
        return self._demand(
            Domain("location_dest_id", "child_of", inside)
            & ~Domain("location_id", "child_of", inside),
            ids,
        )

    @api.model
    def _open_orders(self, warehouse, ids):
        """What customers ordered from the warehouse and have not got yet."""
        return self._demand(
            Domain("location_id", "child_of", warehouse.view_location_id.id)
            & Domain("location_dest_id.usage", "=", "customer"),
            ids,
        )

    @api.model
    def _demand(self, domain, ids):
        open_moves = Domain("state", "not in", ("draft", "done", "cancel"))
        rows = self.env["stock.move"]._read_group(
            open_moves & domain & Domain("product_id", "in", ids),
            ["product_id"],
            ["product_qty:sum"],
        )
        return {product.id: quantity for product, quantity in rows}

    @api.model
    def _unmet_quantities(self, branch, since, until, product_ids=None):
        """What orders of the branch asked for and departments did not grant.

        Other areas that refuse goods extend this.
        """
        domain = Domain(
            [
                ("branch_id", "=", branch.id),
                ("kind", "=", "shortage"),
                ("verdict", "in", ("partial", "rejected")),
                ("answered_at", ">=", since),
                ("answered_at", "<", until),
            ]
        )
        if product_ids is not None:
            domain &= Domain("product_id", "in", product_ids)
        rows = self.env["supply.request.line"]._read_group(
            domain, ["product_id"], ["asked_qty:sum", "granted_qty:sum"]
        )
        return {product.id: asked - granted for product, asked, granted in rows}

    @api.model
    def _held_quantities(self, products, warehouse):
        """What is held for customers there, ``{product id: quantity}``.

        Held goods are reserved, so that they are not free either.
        """
        if not self.env["sales.branch"]._hold_locations():
            return {}
        rows = self.env["stock.hold"]._read_group(
            [
                ("warehouse_id", "=", warehouse.id),
                ("product_id", "in", products.ids),
                ("state", "in", LIVE),
            ],
            ["product_id"],
            ["held_qty:sum"],
        )
        return {product.id: held for product, held in rows}

    # ------------------------------------------------------------------
    # Multiples, seasons and days
    # ------------------------------------------------------------------

    @api.model
    def _multiples(self, products, warehouse):
        """``{product id: roll or pack in the product's unit}``.

        What the branch's reordering rule says, else the first packaging of the
        product, else one where it is counted in pieces.
        """
        # sudo: reordering rules are the warehouse's, and so is where they hold
        place = warehouse.sudo().lot_stock_id.id
        rules = (
            self.env["stock.warehouse.orderpoint"]
            # sudo: as above
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("location_id", "=", place),
                    ("replenishment_uom_id", "!=", False),
                ]
            )
        )
        units = {rule.product_id.id: rule.replenishment_uom_id for rule in rules}
        multiples = {}
        piece = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        for product in products.sudo():  # sudo: packagings of the products
            unit = units.get(product.id) or product.uom_ids[:1]
            if (
                unit
                and unit != product.uom_id
                and unit._has_common_reference(product.uom_id)
            ):
                multiples[product.id] = unit._compute_quantity(
                    1.0, product.uom_id, rounding_method="HALF-UP"
                )
            elif piece and product.uom_id._has_common_reference(piece):
                multiples[product.id] = 1.0  # nobody sends half a piece
        return multiples

    @api.model
    def _seasons(self, company, products):
        """``{product id: twelve weights}`` of the profile that speaks of a product."""
        # sudo: how a year is spread, whoever asks for stock
        profiles = (
            self.env["sales.season.profile"]
            .sudo()
            .search([("company_id", "=", company.id)])
        )
        weights = {}
        for product in products if profiles else ():
            for profile in profiles:
                paths = tuple(profile.categ_ids.mapped("parent_path"))
                own = product.categ_id.parent_path or ""
                if not paths or own.startswith(paths):
                    weights[product.id] = profile._weights()
                    break
        return weights

    @api.model
    def _clock(self, branch, start, stop):
        company = branch.sudo().company_id  # sudo: its hours
        return self.env["service.gap.time"]._clocks(company, branch, start, stop)[
            branch.id
        ]

    @api.model
    def _days(self, branch, today, weeks, lead, cover):
        """The days of a suggestion: of the history, and of the stock to come.

        :return: ``(since, until, days of history, days to cover)``; working days of
            the branch, all days where its calendar has none
        """
        first = today - timedelta(weeks=weeks)
        since, until = (instant(day, 0, branch.tz or "UTC") for day in (first, today))
        clock = self._clock(branch, since, until + FAR)
        days = clock.all_days() or [
            first + timedelta(days=number) for number in range(7 * weeks + FAR.days)
        ]
        history = [day for day in days if first <= day < today]
        ahead = [day for day in days if day >= today][lead : lead + cover]
        return since, until, history, ahead


def months(days):
    """The month numbers of days, for the season."""
    return [day.month for day in days]
