import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_hold import LIVE
from .supply_retry import tried_again

_logger = logging.getLogger(__name__)
SHRUNK = "sales_manager_kpi.mail_activity_type_hold_shrunk"
BATCH = 200


class StockHold(models.Model):
    """Extends and ends holds: released, expired, lowered, or shrunk by a count."""

    # The area of supply has files of its own.
    _inherit = "stock.hold"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Extend and release
    # ------------------------------------------------------------------

    def action_extend(self):
        """Hold these for as many working days again, as often as the rank allows.

        :raise UserError: for a hold that has ended, or was extended often enough
        """
        self.check_access("write")
        self._check_live()
        for hold in self.sudo():  # sudo: the system writes holds, access was checked
            if hold.extension_count >= hold._extensions_of(self.env.user):
                raise UserError(hold._words_of_extensions())
            days = hold.company_id.sales_manager_kpi_hold_days or 1
            hold.write(
                {
                    "until_at": hold.branch_id._hold_end(hold.until_at, days),
                    "extension_count": hold.extension_count + 1,
                }
            )

    def _extensions_of(self, user):
        """How often a hold may have been extended when ``user`` extends it."""
        company = self.company_id
        director = self.branch_id._is_directed_by(user) or user.has_group(
            "sales_manager_kpi.group_commercial_director"
        )
        if director:
            return company.sales_manager_kpi_hold_extensions_director
        return company.sales_manager_kpi_hold_extensions

    def _words_of_extensions(self):
        return self.env._(
            "Hold %(hold)s was extended %(count)s times, you may not extend it again. "
            "Ask the director of the branch, or release it.",
            hold=self.name,
            count=self.extension_count,
        )

    def _check_live(self):
        for hold in self:
            if hold.state not in LIVE or hold._is_over():
                raise UserError(
                    self.env._(
                        "Hold %s has ended. Hold the goods again on the quotation.",
                        hold.name,
                    )
                )

    def action_release(self):
        """Ask for the reason, then give these goods back."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release"),
            "res_model": "stock.hold.release",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_hold_ids": self.ids},
        }

    def _release(self, reason):
        """Give these goods back, for who may write them.

        :raise AccessError: where one is not the user's to release
        :raise UserError: where one has ended already
        """
        self.check_access("write")
        ended = self.filtered(lambda hold: hold.state not in LIVE)
        if ended:
            raise UserError(
                self.env._(
                    "These holds have ended already: %s",
                    ", ".join(ended.mapped("name")),
                )
            )
        # sudo: the system writes holds, access was checked
        self.sudo()._close("released", reason)

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _close(self, state, reason=False):
        """End these holds, and take their moves back; in sudo.

        The state comes first: what is freed then is no loss to tell anybody.

        :raise psycopg2.errors.SerializationFailure: where somebody else was first
        """
        self._lock_quants(self.product_id, self.warehouse_id.lot_stock_id)
        moves = self.move_id.filtered(lambda m: m.state not in ("done", "cancel"))
        self.write(
            {
                "state": state,
                "held_qty": 0.0,
                "release_reason": reason,
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )
        self.activity_unlink([SHRUNK])
        moves._action_cancel()

    def _expire(self):
        """End these, whose time is over, and tell their managers; in sudo."""
        if self:
            self._close("expired")
        for hold in self:
            hold._tell(
                self.env._("Hold %s has expired", hold.name),
                self.env._(
                    "%(quantity)s %(unit)s of %(product)s are not held for "
                    "%(customer)s any more.",
                    quantity=hold.product_uom_qty,
                    unit=hold.product_uom_id.name,
                    product=hold.product_id.display_name,
                    customer=hold.partner_id.display_name,
                ),
            )

    def _expire_others(self, products, warehouses):
        """Whoever wants goods ends the holds of them whose time is over; in sudo."""
        self._live(
            ("product_id", "in", products.ids),
            ("warehouse_id", "in", warehouses.ids),
            ("until_at", "<=", fields.Datetime.now()),
        )._expire()

    def _tell(self, subject, body):
        partner = self.user_id.partner_id
        if partner:
            self.message_notify(partner_ids=partner.ids, subject=subject, body=body)

    @api.model
    def _cron_expire(self):
        """Give back what is held past its time.

        A job is not tried again after a collision with somebody at work, so that is
        done here; what still collides is left for the next run.
        """
        domain = [("state", "in", LIVE), ("until_at", "<=", fields.Datetime.now())]
        due = self.search(domain, limit=BATCH, order="until_at, id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=self.search_count(domain))
        for hold_id in due.ids:
            self._expire_one(hold_id)
            if not Cron._commit_progress(1):
                break

    def _expire_one(self, hold_id):
        due = ("id", "=", hold_id), ("until_at", "<=", fields.Datetime.now())
        if not tried_again(self.env, lambda: self._live(*due)._expire()):
            _logger.info("Hold %s is in use, it is given back later", hold_id)

    # ------------------------------------------------------------------
    # Less than was held
    # ------------------------------------------------------------------

    def _fit_into(self, line):
        """Lower what is more than ``line`` has; the latest first. In sudo."""
        if not self:
            return
        left = line._stock_quantity(line.product_uom_qty)
        parts = {}
        for hold in self.sorted("id"):
            parts[hold] = min(hold.product_qty, max(0.0, left))
            left -= parts[hold]
        for hold in self.sorted("id", reverse=True):
            if hold.stock_uom_id.compare(parts[hold], hold.product_qty) < 0:
                hold._lower_to(parts[hold])

    def _lower_to(self, quantity):
        """Hold ``quantity`` of the product's unit at most; nothing ends the hold.

        What is asked and held is written first, so that it is no loss to tell.
        """
        self.ensure_one()
        uom = self.product_id.uom_id
        if uom.compare(quantity, 0) <= 0:
            self._close("released", self.env._("The order line needs it no more."))
            return
        self._lock_quants(self.product_id, self.warehouse_id.lot_stock_id)
        held = min(self.held_qty, quantity)
        self.write(
            {
                "product_uom_qty": uom._compute_quantity(
                    quantity, self.product_uom_id, rounding_method="HALF-UP"
                ),
                "product_qty": quantity,
                "held_qty": held,
                "state": "active" if uom.compare(held, quantity) == 0 else "partial",
            }
        )
        self._free_surplus(held)
        self.move_id.product_uom_qty = quantity

    def _free_surplus(self, held):
        lines = self.move_id.move_line_ids.sorted("id", reverse=True)
        surplus = sum(lines.mapped("quantity_product_uom")) - held
        for line in lines:
            if self.product_id.uom_id.compare(surplus, 0) <= 0:
                break
            part = min(surplus, line.quantity_product_uom)
            surplus -= part
            if self.product_id.uom_id.compare(part, line.quantity_product_uom) == 0:
                line.unlink()
            else:
                # lines of holds are in the product's own unit, like their moves
                line.quantity -= part

    @api.model
    def _follow_moves(self, move_ids):
        """Lines of these moves have changed, for whatever reason: so do their holds."""
        for hold in self._live(("move_id", "in", move_ids)):
            hold._follow_stock()

    def _follow_stock(self):
        """Keep what is held now, and tell the manager of a loss."""
        uom = self.product_id.uom_id
        reserved = sum(self.move_id.move_line_ids.mapped("quantity_product_uom"))
        reserved = min(reserved, self.product_qty)
        if uom.compare(reserved, self.held_qty) == 0:
            return
        is_whole = uom.compare(reserved, self.product_qty) == 0
        self.write({"held_qty": reserved, "state": "active" if is_whole else "partial"})
        self.activity_unlink([SHRUNK])
        if not is_whole:
            self._warn_of_loss()

    def _warn_of_loss(self):
        if not self.user_id:
            return
        self.activity_schedule(
            SHRUNK,
            user_id=self.user_id.id,
            note=self.env._(
                "%(held)s of %(asked)s %(unit)s of %(product)s are left for "
                "%(customer)s. Hold other goods, or tell the customer.",
                held=self.held_qty,
                asked=self.product_qty,
                unit=self.product_id.uom_id.name,
                product=self.product_id.display_name,
                customer=self.partner_id.display_name,
            ),
        )

    @api.model
    def _give_all_back(self):
        """The addon is going: Odoo's stock is free again, and no location is left."""
        holds = self._live()
        moves = holds.move_id
        holds._close("released")
        moves.filtered(lambda move: move.state == "cancel").unlink()
        locations = self.env["stock.location"].browse(
            self.env["sales.branch"]._hold_locations()
        )
        # goods that somebody put there stay to be found
        used = self.env["stock.quant"].search([("location_id", "in", locations.ids)])
        (locations - used.location_id).active = False
