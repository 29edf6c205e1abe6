from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sales_my_day import asked, source
from .stock_hold import LIVE


class SalesMyDay(models.AbstractModel):
    """Holds of goods that end today."""

    # Holds have files of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "holds": source(
                self.env._("Holds that end"), "stock.hold", "fa-hand-paper-o"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "extend": {"name": self.env._("Extend"), "icon": "fa-step-forward"},
            "release": {
                "name": self.env._("Release"),
                "icon": "fa-unlock",
                "asks": [asked("reason", self.env._("Why"), "text")],
            },
        }

    @api.model
    def _evening_counted(self):
        return {
            **super()._evening_counted(),
            "holds": (
                *("stock.hold", "ended_by_id", "ended_at"),
                Domain("state", "=", "released"),
            ),
        }

    def _wanted_holds(self, day):
        return self.env["stock.hold"], self._if_role(
            "manager",
            self._mine("user_id")
            & Domain("state", "in", LIVE)
            & Domain("until_at", "<", day.stop),
        )

    def _items_holds(self, day):
        """What is held until some time of the day, at the price of the quotation."""
        holds = self._wanted("holds", day, order="until_at, id")
        # sudo: price and names of the line that the hold, which is the reader's, is for
        holds.sudo().mapped("order_line_id.price_reduce_taxexcl")
        return [self._hold_item(hold, day) for hold in holds]

    def _hold_item(self, hold, day):
        line = hold.sudo().order_line_id  # sudo: see _items_holds
        amount = line.price_reduce_taxexcl * hold.product_uom_qty
        words = self.env._(
            "%(quantity)s %(unit)s of %(product)s until %(time)s",
            quantity=f"{hold.product_uom_qty:g}",
            unit=line.product_uom_id.name,
            product=line.product_id.display_name,
            time=day.local(hold.until_at).strftime("%H:%M"),
        )
        return self._item(
            "holds",
            hold,
            self.env._("Hold ends"),
            detail=words,
            partner_id=hold.partner_id.id,
            due=hold.until_at,
            amount=self._in_company_currency(amount, line.currency_id, day),
            for_id=self._for(hold.user_id),
            actions=["extend", "release", "log_contact", "open"],
        )

    def _act_extend(self, record, values):
        record.action_extend()

    def _act_release(self, record, values):
        reason = values.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Write down why the goods are not held any more.")
            )
        record._release(reason.strip())
