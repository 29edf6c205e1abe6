from odoo import api, fields, models

from .stock_hold import LIVE

# how a hold stands, in the words of the list
STATUS = {
    "draft": "draft",
    "active": "held",
    "partial": "shrunk",
    "consumed": "ordered",
    "expired": "expired",
    "released": "released",
}


class SalesHandoverSources(models.AbstractModel):
    """Goods held for customers are work that passes: they are ordered or given back."""

    # The area of supply has files of its own.
    _inherit = "sales.handover.sources"  # pylint: disable=consider-merging-classes-inherited

    def _handover_sources(self):
        return {**super()._handover_sources(), "hold": self._handover_holds}

    def _handover_holds(self):
        """Holds that reserve goods, due on the day they end."""
        if not self.env["sales.branch"]._hold_locations():
            return []
        pairs = self._handover_open(
            "stock.hold",
            [("state", "in", LIVE), ("until_at", ">", fields.Datetime.now())],
            "orders",
            ["user_id"],
            "partner_id.commercial_partner_id",
            "company_id",
        )
        return [
            one._handover_vals(
                "hold",
                hold,
                name=hold._handover_words(),
                partner_id=hold.partner_id.id,
                date_due=hold.branch_id._local_date(hold.until_at),
                status_start=STATUS[hold.state],
            )
            for one, hold in pairs
        ]


class SalesHandoverStatus(models.AbstractModel):
    """How handed-over holds stand."""

    # The area of supply has files of its own.
    _inherit = "sales.handover.status"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _selection_status(self):
        return [
            *super()._selection_status(),
            ("held", self.env._("Held")),
            ("shrunk", self.env._("Shrunk")),
            ("expired", self.env._("Expired")),
            ("released", self.env._("Released")),
        ]

    @api.model
    def _done_statuses(self):
        return {*super()._done_statuses(), "expired", "released"}

    @api.model
    def _status_methods(self):
        return {**super()._status_methods(), "hold": self._status_holds}

    @api.model
    def _status_holds(self, items):
        return {
            hold.id: (STATUS[hold.state], hold.order_id.name or "")
            for hold in self._documents(items)
        }


class SalesHandoverItem(models.Model):
    """Holds are a kind of open work."""

    # The area of supply has files of its own.
    _inherit = "sales.handover.item"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[("hold", "Held goods"), ("other",)],
        ondelete={"hold": "cascade"},
    )


class StockHold(models.Model):
    """Holds in the words of a handover list."""

    # The area of supply has files of its own.
    _inherit = "stock.hold"  # pylint: disable=consider-merging-classes-inherited

    def _handover_words(self):
        return self.env._(
            "%(hold)s: %(quantity)s %(unit)s of %(product)s",
            hold=self.name,
            quantity=f"{self.product_uom_qty:g}",
            unit=self.product_uom_id.name,
            product=self.product_id.display_name,
        )
