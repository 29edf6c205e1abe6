from odoo import Command, fields, models
from odoo.exceptions import UserError


class ShowroomSample(models.Model):
    """The goods of samples: moved by Odoo's own moves, never on a sale order.

    Every move is made here, locked before it is read as all goods are (see
    ``stock.hold``), and names its sample.
    """

    # The goods of samples have a file of their own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="showroom_sample_id",
        readonly=True,
        groups="stock.group_stock_user",
    )

    def _take_goods(self, location, lot=None):
        """Cut these drafts off, or move them as they are, out of ``location``.

        In sudo, for who was checked.

        :param location: where the goods lie, or above it
        :param lot: the roll to take them from; chosen where none is given
        :raise UserError: where less is free, or the roll is too short
        """
        goods = self.filtered("sample_type_id.cut_qty")
        self.env["stock.hold"]._lock_quants(goods.product_id, location)
        for sample in goods:
            quantity = sample.sample_type_id._goods_for(sample.product_id)
            place, roll = sample._choose_roll(location, lot, quantity)
            move = sample._move_goods(
                quantity, place, sample._made_location(), roll, self.env._("Sample")
            )
            sample.write(
                {
                    "product_qty": quantity,
                    "lot_id": roll.id,
                    "dye_lot": sample.dye_lot or roll.name,
                    "origin_move_id": move.id,
                    "cost": 0.0 if sample.is_stock_tracked else abs(move.value),
                }
            )

    def _made_location(self):
        """Where its goods go: a piece to the showroom, what is cut off out of stock."""
        branch = self.branch_id
        return branch._showroom_location(
            "showroom" if self.is_stock_tracked else "sample"
        )

    def _choose_roll(self, location, lot, quantity):
        """The place and roll that has ``quantity`` free: the smallest that has.

        :return: ``(stock.location, stock.lot)``
        :raise UserError: where none has
        """
        product = self.product_id
        pieces = [
            (free, place, roll)
            for (place, roll, package, owner), free in product._free_pieces(location)
            if not package and not owner and (not lot or roll == lot)
        ]
        fit = [
            piece for piece in pieces if product.uom_id.compare(piece[0], quantity) >= 0
        ]
        if not fit:
            raise UserError(self._words_too_short(pieces, lot, quantity))
        __, place, roll = min(fit, key=lambda piece: (piece[0], piece[1].id))
        return place, roll

    def _words_too_short(self, pieces, lot, quantity):
        words = {
            "type": self.sample_type_id.name,
            "product": self.product_id.display_name,
            "need": f"{quantity:g}",
            "unit": self.product_id.uom_id.name,
            "free": f"{max((free for free, *__ in pieces), default=0.0):g}",
            "roll": lot.name if lot else "",
        }
        if lot:
            return self.env._(
                "A %(type)s of %(product)s takes %(need)s %(unit)s, and roll %(roll)s "
                "has %(free)s free. Choose another roll.",
                **words,
            )
        return self.env._(
            "A %(type)s of %(product)s takes %(need)s %(unit)s, and at most %(free)s "
            "are free in one place of the stock. Ask for goods.",
            **words,
        )

    def _move_goods(self, quantity, source, destination, lot, words):
        """Move goods of this sample now; in sudo.

        No transfer and no reference: a move that names an order would show up on it.

        :param quantity: in the product unit
        :param words: what for, kept as the origin of the move
        :return: the ``stock.move``, done
        """
        self.ensure_one()
        line = {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": quantity,
            "lot_id": lot.id if lot else False,
            "location_id": source.id,
            "location_dest_id": destination.id,
            "company_id": self.company_id.id,
            "picked": True,
        }
        move = self.env["stock.move"].create(
            {
                "product_id": self.product_id.id,
                "product_uom": self.product_id.uom_id.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "company_id": self.company_id.id,
                "origin": f"{words} {self.barcode}",
                "showroom_sample_id": self.id,
                "state": "confirmed",
                "picked": True,
                "move_line_ids": [Command.create(line)],
            }
        )
        move._action_done()
        return move

    def _give_piece_back(self, destination, words):
        """Move a piece out of the showroom's locations to ``destination``; in sudo.

        Nothing where the sample was cut off: its goods are gone already.

        :return: the move, or none
        """
        self.ensure_one()
        if not self.is_stock_tracked or not self.product_qty:
            return self.env["stock.move"]
        source = self.branch_id._showroom_location(
            "loan" if self.state == "on_loan" else "showroom"
        )
        return self._move_goods(
            self.product_qty, source, destination, self.lot_id, words
        )


class StockMove(models.Model):
    """Moves that make samples, or move them."""

    # The area of the showroom has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    showroom_sample_id = fields.Many2one(
        comodel_name="showroom.sample",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
