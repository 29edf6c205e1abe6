from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .showroom_make import MOST

REPLACEABLE = ("on_display", "to_replace", "lost")


class ShowroomProposeLine(models.TransientModel):
    """A product and sample type of the proposal."""

    _name = "showroom.propose.line"
    _description = "Samples to Replace or to Add"
    _order = "choice, id"

    wizard_id = fields.Many2one(
        comodel_name="showroom.propose", required=True, ondelete="cascade"
    )
    branch_id = fields.Many2one(related="wizard_id.branch_id")
    company_id = fields.Many2one(related="wizard_id.company_id")
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, readonly=True
    )
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type", required=True, readonly=True
    )
    sample_ids = fields.Many2many(
        comodel_name="showroom.sample", string="Replaces", readonly=True
    )
    why = fields.Char(compute="_compute_why")
    sample_count = fields.Integer(string="Samples", required=True)
    need_qty = fields.Float(
        string="Takes", digits="Product Unit", compute="_compute_need_qty"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    free_qty = fields.Float(
        string="Free Here",
        digits="Product Unit",
        readonly=True,
        help="In the stock of the branch, in whatever rolls.",
    )
    is_sold = fields.Boolean(readonly=True)
    coming_count = fields.Integer(readonly=True)
    choice = fields.Selection(
        selection=[
            ("make", "Make it here"),
            ("ask", "Ask for goods"),
            ("out", "Take out"),
            ("later", "Not now"),
        ],
        string="What to Do",
        required=True,
        default="later",
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Roll",
        domain="[('product_id', '=', product_id)]",
        help="To make it here from. Empty: the smallest that is long enough.",
    )
    tracking = fields.Selection(related="product_id.tracking")
    successor_id = fields.Many2one(
        comodel_name="product.product",
        domain="[('sale_ok', '=', True), ('type', '=', 'consu'), "
        "('company_id', 'in', (False, company_id))]",
        help="What is shown instead of a product that is not sold any more.",
    )

    @api.depends("sample_ids", "sample_count", "is_sold")
    def _compute_why(self):
        Sample = self.env["showroom.sample"]
        labels = dict(Sample._fields["replace_reason"]._description_selection(self.env))
        for line in self:
            reasons = Counter(
                labels.get(sample.replace_reason)
                or (
                    self.env._("Lost")
                    if sample.state == "lost"
                    else self.env._("On display")
                )
                for sample in line.sample_ids
            )
            missing = line.sample_count - len(line.sample_ids)
            if line.is_sold and missing > 0:
                reasons[self.env._("Missing")] = missing
            line.why = ", ".join(f"{n} × {words}" for words, n in reasons.items())

    @api.depends("product_id", "successor_id", "sample_type_id", "sample_count")
    def _compute_need_qty(self):
        for line in self:
            product, kind = line._wanted(), line.sample_type_id
            line.need_qty = (
                product.uom_id.round(line.sample_count * kind._goods_for(product))
                if product and kind
                else 0.0
            )

    def _wanted(self):
        """The product that is shown from now on."""
        return self.successor_id or self.product_id

    def _check_lines(self):
        """
        :raise ValidationError: for counts out of bounds, samples of others, and
            samples of what is not sold
        """
        for line in self:
            if not 1 <= line.sample_count <= MOST:
                raise ValidationError(
                    self.env._("Make or ask for 1 to %s samples of a product.", MOST)
                )
            samples = line.sample_ids
            if samples.branch_id - line.branch_id or any(
                sample.state not in REPLACEABLE for sample in samples
            ):
                raise ValidationError(
                    self.env._(
                        "Samples that are gone, or of another branch, cannot be "
                        "replaced here. Open the proposal again."
                    )
                )
            if line.choice in ("make", "ask") and not line._wanted()._is_shown_still():
                raise ValidationError(
                    self.env._(
                        "%s is not sold any more. Choose what is shown instead, or "
                        "take the samples out.",
                        line._wanted().display_name,
                    )
                )

    def _commands(self):
        """What is asked for, as lines of a supply request."""
        return [
            Command.create(
                {
                    "product_id": line._wanted().id,
                    "product_uom_id": line._wanted().uom_id.id,
                    "product_uom_qty": line.need_qty or line.sample_count,
                    "sample_type_id": line.sample_type_id.id,
                    "sample_count": line.sample_count,
                    "showroom_sample_ids": [Command.set(line.sample_ids.ids)],
                    "note": line.why,
                }
            )
            for line in self
        ]

    def _make_here(self):
        """Make the samples out of the branch's stock.

        :raise UserError: where goods lack
        """
        made = Sample = self.env["showroom.sample"]
        for line in self:
            drafts = Sample._draft_replacing(
                {
                    "branch_id": line.branch_id.id,
                    "product_id": line._wanted().id,
                    "sample_type_id": line.sample_type_id.id,
                },
                line.sample_count,
                line.sample_ids,
            )
            drafts._make(line.branch_id._stock_of_showroom(), line.lot_id)
            made |= drafts
        return made

    def _take_out(self):
        """Pieces go back into stock, what was cut off is thrown away."""
        for is_sold, lines in self.grouped("is_sold").items():
            reason = self.env._("Taken out") if is_sold else self.env._("Not sold")
            samples = lines.sample_ids.filtered(lambda sample: sample.state != "lost")
            pieces = samples.filtered("is_stock_tracked")
            pieces._end("stock", reason)
            (samples - pieces)._end("scrap", reason)
