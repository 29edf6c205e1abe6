from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockPicking(models.Model):
    """When goods are fetched or loaded, by whom, and what was refused at the door.

    The customer signs with Odoo's own signature of the delivery.
    """

    # Control has files of its own.
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    pickup_from = fields.Datetime(
        string="Fetched From",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="The slot in which the customer or the carrier fetches the goods.",
    )
    pickup_to = fields.Datetime(string="Fetched Until", copy=False, tracking=True)
    loaded_by_id = fields.Many2one(
        comodel_name="res.users",
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    loaded_at = fields.Datetime(string="Loaded", copy=False, readonly=True)
    is_to_customer = fields.Boolean(
        compute="_compute_is_to_customer", export_string_translation=False
    )
    is_refused = fields.Boolean(
        string="Refused at the Door",
        compute="_compute_is_refused",
        search="_search_is_refused",
    )

    _pickup_order = models.Constraint(
        "CHECK (pickup_to IS NULL OR pickup_from IS NOT NULL AND"
        " pickup_to > pickup_from)",
        "A pick-up slot begins before it ends. Correct its times.",
    )

    @api.depends("location_dest_id.usage")
    def _compute_is_to_customer(self):
        for picking in self:
            picking.is_to_customer = picking.location_dest_id.usage == "customer"

    @api.depends("move_ids.refused_qty")
    def _compute_is_refused(self):
        for picking in self:
            picking.is_refused = any(picking.move_ids.mapped("refused_qty"))

    @api.model
    def _search_is_refused(self, operator, value):
        if operator != "in":
            return NotImplemented
        refused = fields.Domain("move_ids", "any", [("refused_qty", ">", 0)])
        if set(value) >= {True, False}:
            return fields.Domain.TRUE
        return refused if True in value else ~refused

    def action_loaded(self):
        """The current user has loaded these goods, now."""
        self.write({"loaded_by_id": self.env.uid, "loaded_at": fields.Datetime.now()})

    def action_open_refused(self):
        """Write down what the customer did not take."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refused at the Door"),
            "res_model": "stock.move",
            "views": [
                (
                    self.env.ref("sales_manager_kpi.stock_move_view_list_refused").id,
                    "list",
                )
            ],
            "domain": [("picking_id", "=", self.id), ("state", "=", "done")],
            "context": {"create": False},
        }


class StockMove(models.Model):
    """What of a shipment the customer did not take."""

    # Control has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    refused_qty = fields.Float(
        string="Refused",
        digits="Product Unit",
        copy=False,
        help="Of what was shipped, in the unit of the move. The goods come back by "
        "Odoo's own return.",
    )
    refused_reason = fields.Char(string="Refused Because", copy=False)

    @api.constrains("refused_qty", "refused_reason", "state", "quantity")
    def _check_refused(self):
        for move in self.filtered("refused_qty"):
            unit = move.product_uom
            if unit.compare(move.refused_qty, 0) < 0 or (
                unit.compare(move.refused_qty, move.quantity) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%(quantity)s of %(product)s were shipped: write down between "
                        "0 and that as refused.",
                        quantity=move.quantity,
                        product=move.product_id.display_name,
                    )
                )
            if move.state != "done" or move.location_dest_id.usage != "customer":
                raise ValidationError(
                    self.env._(
                        "Only goods that were shipped to a customer are refused."
                    )
                )
            if not (move.refused_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say why the customer refused %s.", move.product_id.display_name
                    )
                )
