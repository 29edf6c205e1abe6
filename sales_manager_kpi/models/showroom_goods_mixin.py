from odoo import Command, models
from odoo.exceptions import UserError


class ShowroomGoodsMixin(models.AbstractModel):
    """Documents of a showroom that move goods by Odoo's own moves, at once.

    The model has ``product_id`` and ``company_id``; its moves name it, and never a sale
    order or a transfer.
    """

    _name = "showroom.goods.mixin"
    _description = "Goods Moved by a Showroom"

    def _goods_words(self):
        """What the goods are for, in a sentence: "A swatch of velvet"."""
        raise NotImplementedError

    def _goods_origin(self, words):
        """The origin of a move."""
        raise NotImplementedError

    def _goods_link(self):
        """Values by which a move names this document."""
        raise NotImplementedError

    def _choose_roll(self, location, lot, quantity):
        """The place and roll that has ``quantity`` free: the smallest that has.

        :param quantity: in the product unit
        :return: ``(stock.location, stock.lot)``
        :raise UserError: where none has
        """
        return self._cut_from(self._free_rolls(location), lot, quantity)

    def _free_rolls(self, location):
        """``[[free, place, roll]]`` of the product; none of packages or owners."""
        return [
            [free, place, roll]
            for (place, roll, package, owner), free in (
                self.product_id._free_pieces(location)
            )
            if not package and not owner
        ]

    def _cut_from(self, rolls, lot, quantity):
        """Take ``quantity`` off the smallest of ``rolls`` that has it.

        :param rolls: see `_free_rolls`; what is taken is no longer free in it
        :param lot: the roll to take it from, if chosen
        :return: ``(stock.location, stock.lot)``
        :raise UserError: where none has it
        """
        unit = self.product_id.uom_id
        rolls = [roll for roll in rolls if not lot or roll[2] == lot]
        fit = [roll for roll in rolls if unit.compare(roll[0], quantity) >= 0]
        if not fit:
            raise UserError(self._words_too_short(rolls, lot, quantity))
        chosen = min(fit, key=lambda roll: (roll[0], roll[2].id))
        chosen[0] = unit.round(chosen[0] - quantity)
        return chosen[1], chosen[2]

    def _words_too_short(self, pieces, lot, quantity):
        words = {
            "goods": self._goods_words(),
            "need": f"{quantity:g}",
            "unit": self.product_id.uom_id.name,
            "free": f"{max((free for free, *__ in pieces), default=0.0):g}",
            "roll": lot.name if lot else "",
        }
        if lot:
            return self.env._(
                "%(goods)s takes %(need)s %(unit)s, and roll %(roll)s has %(free)s "
                "free. Choose another roll.",
                **words,
            )
        return self.env._(
            "%(goods)s takes %(need)s %(unit)s, and at most %(free)s are free in one "
            "place of the stock. Ask for goods.",
            **words,
        )

    def _move_goods(self, quantity, source, destination, lot, words):
        """Move goods of this document now; in sudo.

        No transfer and no reference: a move that names an order would show up on it.

        :param quantity: in the product unit
        :param words: what for, kept as the origin of the move
        :return: the ``stock.move``, done
        """
        move = self.env["stock.move"].create(
            self._prepare_goods_move(quantity, source, destination, lot, words)
        )
        move._action_done()
        return move

    def _prepare_goods_move(self, quantity, source, destination, lot, words):
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
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": source.id,
            "location_dest_id": destination.id,
            "company_id": self.company_id.id,
            "origin": self._goods_origin(words),
            "state": "confirmed",
            "picked": True,
            "move_line_ids": [Command.create(line)],
            **self._goods_link(),
        }
