from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.rolls import cut, longest, take


class StockHold(models.Model):
    """Reserves goods, and hands them to the order: always locked before it is read."""

    # The area of supply has files of its own.
    _inherit = "stock.hold"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @api.model
    def _lock_quants(self, products, locations):
        """Lock what there is of ``products`` below ``locations``; see `_lock_goods`."""
        self._lock_goods(
            products,
            SQL(
                """
                EXISTS (
                    SELECT 1
                      FROM stock_location above
                     WHERE above.id = ANY(%s)
                       AND place.parent_path LIKE above.parent_path || '%%')
                """,
                locations.ids,
            ),
        )

    @api.model
    def _lock_goods(self, products, where):
        """Lock the quants of ``products`` at some places, in the order of ids.

        Whoever comes second waits, and then learns that the world has changed: Odoo
        tries a request again after that error, a job has to do so itself. Core's own
        lock would skip what is locked, and give the same goods twice.

        :param SQL where: which places, by the alias ``place`` of their locations
        :raise psycopg2.errors.SerializationFailure: where somebody else was first
        """
        Quant = self.env["stock.quant"]
        Quant.flush_model()
        self.env.execute_query(
            SQL(
                """
                SELECT quant.id
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE quant.product_id = ANY(%s)
                   AND %s
              ORDER BY quant.id
                   FOR UPDATE OF quant
                """,
                products.ids,
                where,
            )
        )
        Quant.invalidate_model()

    # ------------------------------------------------------------------
    # Reserve
    # ------------------------------------------------------------------

    def _reserve(self):
        """Reserve these drafts, each in whole; in sudo.

        :raise UserError: where less is free, or no roll is long enough for a cut
        """
        stocks = self.warehouse_id.lot_stock_id
        self._lock_quants(self.product_id, stocks)
        self._expire_others(self.product_id, self.warehouse_id)
        for hold in self:
            pieces = hold._choose(hold._free_rolls())
            move = hold.env["stock.move"].create(hold._prepare_move())
            _reserve_pieces(move, pieces)
            move._recompute_state()
            lots = hold.lot_ids.union(*(lot for (__, lot, *__), __ in pieces))
            hold.write(
                {
                    "move_id": move.id,
                    "state": "active",
                    "held_qty": hold.product_qty,
                    "lot_ids": [Command.set(lots.ids)],
                }
            )

    def _prepare_move(self):
        """A move that reserves, but that no transfer carries out."""
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": self.product_qty,
            "location_id": self.warehouse_id.lot_stock_id.id,
            "location_dest_id": self.branch_id._hold_location().id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.name,
            "procure_method": "make_to_stock",
            # without a transfer nobody else confirms it, nor does the scheduler
            "state": "confirmed",
        }

    def _free_rolls(self):
        """``[((location, lot, package, owner), free)]`` as the warehouse takes them."""
        return self.product_id._free_pieces(self.warehouse_id.lot_stock_id)

    def _choose(self, rolls):
        """Which of ``rolls`` are held: ``[(key, quantity)]``, in sum the hold."""
        product, need = self.product_id, self.product_qty
        step = 10 ** -self.env["decimal.precision"].precision_get("Product Unit")
        if self.lot_ids:
            rolls = [roll for roll in rolls if roll[0][1] in self.lot_ids]
        whole = product.tracking == "lot" and not len(self.lot_ids) > 1
        pieces, missing = cut(need, rolls, step) if whole else take(need, rolls, step)
        if missing and whole and not product.product_tmpl_id._is_cut_whole():
            pieces, missing = take(need, rolls, step)
        if missing:
            free = sum(free for __, free in rolls)
            raise UserError(
                self._words_of_rolls(rolls)
                if whole and product.uom_id.compare(free, need) >= 0
                else self._words_of_shortage(free)
            )
        return pieces

    def _words_of_shortage(self, free):
        return self.env._(
            "Only %(free)s %(unit)s of %(product)s are free in %(warehouse)s, "
            "%(need)s were to be held. Hold less, or ask for the rest.",
            free=self.product_id.uom_id.round(free),
            need=self.product_qty,
            unit=self.product_id.uom_id.name,
            product=self.product_id.display_name,
            warehouse=self.warehouse_id.name,
        )

    def _words_of_rolls(self, rolls):
        return self.env._(
            "No single roll of %(product)s has %(need)s %(unit)s free; the longest has "
            "%(longest)s: %(rolls)s. Hold less, or choose the rolls yourself.",
            product=self.product_id.display_name,
            need=self.product_qty,
            unit=self.product_id.uom_id.name,
            longest=self.product_id.uom_id.round(longest(rolls)),
            rolls=", ".join(
                f"{lot.name} {self.product_id.uom_id.round(free)}"
                for (__, lot, *__), free in rolls
            ),
        )

    # ------------------------------------------------------------------
    # Hand over to the order
    # ------------------------------------------------------------------

    def _let_go(self):
        """Free these goods for the orders that are confirmed in this transaction.

        They are free before core looks for goods, else core would order again what is
        held already; the lock keeps everybody else away meanwhile.

        :return: ``{hold: [((location, lot, package, owner), quantity)]}``
        """
        kept = {
            hold: [
                (_key(line), line.quantity_product_uom)
                for line in hold.move_id.move_line_ids
            ]
            for hold in self
        }
        self._close("consumed")
        return kept

    def _give_to_orders(self, kept):
        """Reserve what was let go for the moves that the confirmation has made.

        :param kept: see `_let_go`
        """
        moves = {hold: hold._moves_to_supply() for hold in self}
        every = self._rival_moves().union(*moves.values())
        reserved = every.filtered("quantity")
        every._do_unreserve()
        for hold, pieces in kept.items():
            given = _reserve_pieces(moves[hold], pieces)
            if pieces and not given:
                hold._not_from_here()
        every._recompute_state()
        every.filtered(
            lambda move: move in reserved or move._should_assign_at_confirm()
        )._action_assign()

    def _moves_to_supply(self):
        """The moves of the order line that take goods out of the branch's stock."""
        return self.order_line_id._moves_from(self.warehouse_id.lot_stock_id).filtered(
            lambda move: move.product_id == self.product_id
        )

    def _rival_moves(self):
        """Moves of the same orders that may have taken what was held for a line."""
        lines = self.order_id.order_line.filtered(
            lambda line: line.product_id in self.product_id
        )
        return lines._moves_from(self.warehouse_id.lot_stock_id)

    def _not_from_here(self):
        """The order takes its goods from elsewhere: what was held is free again."""
        reason = self.env._("The order does not take its goods from this stock.")
        self.write({"state": "released", "release_reason": reason})


def _key(line):
    return line.location_id, line.lot_id, line.package_id, line.owner_id


def _reserve_pieces(moves, pieces):
    """Reserve exactly these pieces for ``moves``, as far as they need; what was got."""
    got = 0.0
    for (location, lot, package, owner), quantity in pieces:
        for move in moves:
            lack = move.product_qty - sum(
                move.move_line_ids.mapped("quantity_product_uom")
            )
            part = min(quantity, lack)
            if move.product_id.uom_id.compare(part, 0) <= 0:
                continue
            taken = move._update_reserved_quantity(
                part, location, lot, package, owner, strict=True
            )
            quantity -= taken
            got += taken
    return got
