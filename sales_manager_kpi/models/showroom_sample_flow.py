from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

REPLACEABLE = ("on_display",)
ENDABLE = ("draft", "on_display", "to_replace")
OUTCOMES = {"stock": "withdrawn", "scrap": "consumed", "lost": "lost"}
SELL_GROUP = "sales_manager_kpi.group_sell_display"


class ShowroomSample(models.Model):
    """The life of a sample: made, shown, replaced, and gone; goods follow.

    Public steps check who takes them and where the sample stands, and go on as the
    system.
    """

    # The steps have a file of their own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Made and shown
    # ------------------------------------------------------------------

    def action_make(self):
        """Open the choice of the roll; all samples are of one product and branch.

        :raise UserError: for samples that were made, or of several products
        """
        self._check_keeping()
        self._check_state("draft")
        if len(self.product_id) != 1 or len(self.branch_id) != 1:
            raise UserError(
                self.env._("Make samples of one product in one branch at a time.")
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_make_action"
        )
        action["context"] = {
            "default_sample_ids": self.ids,
            "default_branch_id": self.branch_id.id,
            "default_product_id": self.product_id.id,
            "default_sample_type_id": self.sample_type_id[:1].id,
            "default_count": len(self),
        }
        return action

    def _make(self, location, lot=None):
        """Take the goods of these drafts and put them on display.

        :param location: where the goods lie, or above it
        :param lot: the roll to take them from, if chosen
        :raise AccessError: for who does not work in the branch
        :raise UserError: where less is free, or they were made already
        """
        self._check_keeping()
        self._check_state("draft")
        secret = self.sudo()  # sudo: stock moves, for who keeps the showroom
        # sudo: as above
        secret._take_goods(location.sudo(), lot and lot.sudo())
        secret._put_on_display()
        secret.write({"made_by_id": self.env.uid})

    def _put_on_display(self):
        """As of today; in sudo."""
        for branch, samples in self.grouped("branch_id").items():
            today = branch._local_today()
            samples.write(
                {"state": "on_display", "received_on": today, "last_check_on": today}
            )

    # ------------------------------------------------------------------
    # To replace, and back
    # ------------------------------------------------------------------

    def action_replace(self):
        """Mark for replacement: as worn, or as the condition says.

        :raise AccessError: for who does not work in the branch
        """
        self._check_keeping()
        self._check_state(*REPLACEABLE)
        for sample in self:
            sample._mark_to_replace("damaged" if sample.condition == "d" else "worn")
        return True

    def action_redisplay(self):
        """Show again what was marked for replacement, sold, or thought to be lost.

        A piece that had left the showroom comes back out of the branch's stock.

        :raise UserError: where it was used up or withdrawn, or the piece is not free
        """
        self._check_keeping()
        self._check_state("to_replace", "lost", "sold")
        # sudo: pieces move, for who keeps the showroom
        for sample in self.sudo():
            sample._bring_back()
        self.sudo().write(  # sudo: as above
            {
                "state": "on_display",
                "replace_reason": False,
                "ended_on": False,
                "end_reason": False,
                "sold_line_id": False,
            }
        )
        return True

    def _bring_back(self):
        """The piece lies in the showroom again; in sudo."""
        if not self.is_stock_tracked or self.state == "to_replace":
            return
        branch = self.branch_id
        lost = self.state == "lost"
        source = (
            branch._showroom_location("sample") if lost else branch._stock_of_showroom()
        )
        place = source
        if not lost:
            self.env["stock.hold"]._lock_quants(self.product_id, source)
            place, __ = self._choose_roll(source, self.lot_id, self.product_qty)
        self._move_goods(
            self.product_qty,
            place,
            branch._showroom_location("showroom"),
            self.lot_id,
            self.env._("Shown again"),
        )

    def _mark_to_replace(self, reason):
        """In words of ``replace_reason``; whoever finds it."""
        # sudo: the state of a sample is written by the system
        self.sudo().write({"state": "to_replace", "replace_reason": reason})

    @api.model
    def _cron_mark(self):
        """Every night: what has become too old, or is not sold any more."""
        shown = [("state", "=", "on_display")]
        gone = self.sudo().search(  # sudo: a job
            [
                *shown,
                "|",
                ("product_id.active", "=", False),
                ("product_id.sale_ok", "=", False),
            ]
        )
        gone._mark_to_replace("discontinued")
        aging = self.sudo()._read_group(  # sudo: a job
            [*shown, ("replace_by", "!=", False)], ["company_id"]
        )
        for [company] in aging:
            today = self.env["sales.branch"]._company_local_date(company)
            # sudo: a job
            self.sudo().search(
                [*shown, ("company_id", "=", company.id), ("replace_by", "<", today)]
            )._mark_to_replace("aged")

    # ------------------------------------------------------------------
    # Gone
    # ------------------------------------------------------------------

    def action_end(self):
        """Open the choice how these samples leave the showroom."""
        self._check_keeping()
        self._check_state(*ENDABLE)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_end_action"
        )
        action["context"] = {"default_sample_ids": self.ids}
        return action

    def _end(self, outcome, reason):
        """Take these out of the showroom.

        :param outcome: ``stock`` for a piece that is for sale again, ``scrap`` for
            what is thrown away, ``lost`` for what cannot be found
        :raise UserError: for a sample that is gone, or back to stock what was cut off
        """
        self._check_keeping()
        self._check_state(*ENDABLE, *(["on_loan"] if outcome == "lost" else []))
        cut = self.filtered(lambda sample: not sample.is_stock_tracked)
        if outcome == "stock" and cut:
            raise UserError(
                self.env._(
                    "%s was cut off and cannot go back into stock. Throw it away, or "
                    "keep it.",
                    cut[0].display_name,
                )
            )
        for sample in self.sudo():  # sudo: pieces move, for who keeps the showroom
            sample._give_piece_back(sample._end_location(outcome), reason)
            sample._close(OUTCOMES[outcome], reason)

    def _end_location(self, outcome):
        branch = self.branch_id
        if outcome == "stock":
            return branch._stock_of_showroom()
        return branch._showroom_location("sample")

    def _close(self, state, reason):
        """In sudo."""
        self.write(
            {
                "state": state,
                "ended_on": self.branch_id._local_today(),
                "end_reason": reason,
            }
        )
        self.activity_unlink([])

    # ------------------------------------------------------------------
    # Sold
    # ------------------------------------------------------------------

    sold_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Sold On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_sell(self):
        """Open the choice of the customer for a piece on display.

        :raise AccessError: without the right to sell display pieces
        """
        self.ensure_one()
        self._check_may_sell()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_sell_action"
        )
        action["context"] = {"default_sample_id": self.id}
        return action

    def _check_may_sell(self):
        if not self.env.user.has_group(SELL_GROUP):
            raise AccessError(
                self.env._(
                    "Selling display pieces needs a right of its own. Ask the director "
                    "of the branch."
                )
            )
        self._check_keeping()
        self._check_state("on_display", "to_replace")
        if not self.is_stock_tracked:
            raise UserError(
                self.env._(
                    "%s was cut off: it is no stock that could be sold.",
                    self.display_name,
                )
            )

    def _sell(self, order):
        """Bring the piece into stock and put it on ``order``, held for it.

        :param order: a quotation the user may write, that ships from the branch
        :return: the order line
        :raise UserError: where the order ships from elsewhere
        """
        self.ensure_one()
        self._check_may_sell()
        order.check_access("write")
        stock = self.branch_id._stock_of_showroom()
        if order.warehouse_id.lot_stock_id != stock or order.state not in (
            "draft",
            "sent",
        ):
            raise UserError(
                self.env._(
                    "Sell the piece on a quotation that ships from %s, where it "
                    "stands.",
                    stock.warehouse_id.name,
                )
            )
        secret = self.sudo()  # sudo: the piece moves, for who may sell it
        secret._give_piece_back(stock, self.env._("Sold"))
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.product_id.id,
                "product_uom_qty": self.product_qty,
                "product_uom_id": self.product_id.uom_id.id,
            }
        )
        line._hold(self.product_qty, self.lot_id)
        secret._close("sold", order.name)
        secret.sold_line_id = line
        return line

    # ------------------------------------------------------------------
    # Where it stands
    # ------------------------------------------------------------------

    def _check_state(self, *states):
        """
        :raise UserError: for a sample that is in none of these states
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for sample in self:
            if sample.state not in states:
                raise UserError(
                    self.env._(
                        "%(sample)s is %(state)s; this is for samples that are "
                        "%(wanted)s.",
                        sample=sample.display_name,
                        state=labels[sample.state].lower(),
                        wanted=", ".join(labels[state].lower() for state in states),
                    )
                )
