from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ..models.sales_offer_line import SOURCES

MOST = 60  # a longer offer is read by nobody


class SalesOfferFill(models.TransientModel):
    """Proposes products for an offer, each with the reason; somebody chooses."""

    _name = "sales.offer.fill"
    _description = "Fill an Offer"

    offer_id = fields.Many2one(
        comodel_name="sales.offer", required=True, readonly=True, ondelete="cascade"
    )
    source = fields.Selection(selection=SOURCES, required=True, default="bought")
    categ_ids = fields.Many2many(comodel_name="product.category", string="Categories")
    product_ids = fields.Many2many(
        comodel_name="product.product",
        string="Products",
        domain=[("sale_ok", "=", True), ("type", "!=", "combo")],
    )
    line_ids = fields.One2many(
        comodel_name="sales.offer.fill.line",
        inverse_name="fill_id",
        string="Proposals",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("source", "categ_ids", "product_ids")
    def _compute_line_ids(self):
        for fill in self:
            there = fill.offer_id.line_ids.product_id
            rows = [
                row for row in fill._proposals() if row["product_id"] not in there.ids
            ]
            fill.line_ids = [Command.clear()] + [
                Command.create(row) for row in rows[:MOST]
            ]

    def _proposals(self):
        """Values of the lines by the chosen source, the best first."""
        if not self.offer_id:
            return []
        return getattr(self, f"_propose_{self.source}")()

    def _propose_manual(self):
        return [{"product_id": product.id} for product in self.product_ids._origin]

    def _propose_category(self):
        if not self.categ_ids:
            return []
        found = self._sold(Domain("categ_id", "child_of", self.categ_ids._origin.ids))
        return [
            {"product_id": product.id, "reason": product.categ_id.name}
            for product in found
        ]

    def _propose_showroom(self):
        branch = self.offer_id.branch_id
        if not branch:
            return []
        # sudo: what hangs in a showroom is known to all who sell
        shown = branch.sudo()._showroom_shown_domain()
        reason = self.env._("In the showroom of %s", branch.name)
        return [
            {"product_id": product.id, "reason": reason}
            for product in self._sold(shown)
        ]

    def _propose_bought(self):
        bought = self.offer_id._bought_before()
        ids = self._sold(Domain("id", "in", list(bought))).ids
        return [
            {
                "product_id": product_id,
                "quantity": row["quantity"],
                "product_uom_id": row["uom"].id,
                "reason": self.env._(
                    "Last on %(day)s: %(quantity)s %(unit)s",
                    day=format_date(self.env, row["date"]),
                    quantity=f"{row['quantity']:g}",
                    unit=row["uom"].name,
                ),
            }
            for product_id, row in bought.items()
            if product_id in ids
        ]

    def _propose_similar(self):
        return [
            {
                "product_id": product.id,
                "reason": self.env._(
                    "%(buyers)s of %(similar)s similar customers",
                    buyers=buyers,
                    similar=similar,
                ),
            }
            for product, buyers, similar in self.offer_id._similar_bought()
        ]

    def _propose_needed(self):
        needed = self.offer_id._needed_products(self.offer_id.partner_id)
        reason = self.env._("The customer needs it")
        return [
            {"product_id": product.id, "reason": reason}
            for product in self._sold(Domain("id", "in", needed.ids))
        ]

    def _sold(self, domain):
        company = self.offer_id.company_id
        return self.env["product.product"].search(
            Domain(domain)
            & Domain("sale_ok", "=", True)
            & Domain("type", "!=", "combo")
            & Domain("company_id", "in", (False, company.id)),
            limit=MOST,
        )

    def action_fill(self):
        """Put what was chosen on the offer.

        :raise UserError: where nothing is chosen, or the offer was sent
        """
        self.ensure_one()
        self.offer_id._check_state("draft")
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Choose at least one product."))
        last = max(self.offer_id.line_ids.mapped("sequence"), default=0)
        self.env["sales.offer.line"].create(
            [
                {
                    "offer_id": self.offer_id.id,
                    "sequence": last + 1 + number,
                    "product_id": line.product_id.id,
                    "product_uom_id": (
                        line.product_uom_id or line.product_id.uom_id
                    ).id,
                    "quantity": line.quantity,
                    "source": self.source,
                    "reason": line.reason,
                }
                for number, line in enumerate(chosen)
            ]
        )
        return {"type": "ir.actions.act_window_close"}


class SalesOfferFillLine(models.TransientModel):
    """A product that is proposed, and why."""

    _name = "sales.offer.fill.line"
    _description = "Fill an Offer: Product"

    fill_id = fields.Many2one(
        comodel_name="sales.offer.fill", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean(string="Choose", default=True)
    product_id = fields.Many2one(comodel_name="product.product", required=True)
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit")
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    reason = fields.Char(string="Why")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Quantities are above zero."
    )
