from odoo import api, fields, models


class ShowroomSample(models.Model):
    """The goods of samples: moved by Odoo's own moves, never on a sale order.

    Every move is made here, locked before it is read as all goods are (see
    ``stock.hold``), and names its sample.
    """

    # The goods of samples have a file of their own.
    _name = "showroom.sample"
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = ["showroom.sample", "showroom.goods.mixin"]

    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="showroom_sample_id",
        string="Moves",
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
        rolls = {
            product: samples[0]._free_rolls(location)
            for product, samples in goods.grouped("product_id").items()
        }
        prepared = [
            sample._prepare_taking(rolls[sample.product_id], lot) for sample in goods
        ]
        moves = self.env["stock.move"].create(prepared)
        moves._action_done()
        for sample, move in zip(goods, moves, strict=True):
            roll = move.move_line_ids.lot_id
            sample.write(
                {
                    "product_qty": move.product_qty,
                    "lot_id": roll.id,
                    "dye_lot": sample.dye_lot or roll.name,
                    "origin_move_id": move.id,
                    "cost": 0.0 if sample.is_stock_tracked else abs(move.value),
                }
            )

    def _prepare_taking(self, rolls, lot):
        """The move of what one sample takes off ``rolls``; see `_free_rolls`."""
        quantity = self.sample_type_id._goods_for(self.product_id)
        place, roll = self._cut_from(rolls, lot, quantity)
        return self._prepare_goods_move(
            quantity, place, self._made_location(), roll, self.env._("Sample")
        )

    def _made_location(self):
        """Where its goods go: a piece to the showroom, what is cut off out of stock."""
        branch = self.branch_id
        return branch._showroom_location(
            "showroom" if self.is_stock_tracked else "sample"
        )

    def _goods_words(self):
        return self.env._(
            "A %(type)s of %(product)s",
            type=self.sample_type_id.name,
            product=self.product_id.display_name,
        )

    def _goods_origin(self, words):
        return f"{words} {self.barcode}"

    def _goods_link(self):
        return {"showroom_sample_id": self.id}

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

    @api.model
    def _give_all_back(self):
        """Every piece goes back into the stock of its branch; when uninstalled.

        What is shown lies outside every warehouse, and nobody would find it there.
        """
        # sudo: the addon goes, whoever removes it
        samples = self.sudo().search(
            [
                ("state", "in", ("on_display", "on_loan", "to_replace")),
                ("product_qty", ">", 0),
                ("branch_id.warehouse_id", "!=", False),
            ]
        )
        for sample in samples.filtered("is_stock_tracked"):
            sample._give_piece_back(
                sample.branch_id._stock_of_showroom(), self.env._("Uninstalled")
            )
        # sudo: as above
        branches = self.env["sales.branch"].sudo().with_context(active_test=False)
        found = branches.search([("showroom_location_id", "!=", False)])
        places = found.showroom_location_id | found.loan_location_id
        # goods that somebody put there stay to be found
        used = self.env["stock.quant"].search([("location_id", "in", places.ids)])
        (places - used.filtered("quantity").location_id).active = False


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
