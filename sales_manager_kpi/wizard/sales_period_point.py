from ast import literal_eval

from odoo import fields, models


class SalesPeriodPoint(models.TransientModel):
    """A point on the checklist of a month, as the reader found it."""

    _name = "sales.period.point"
    _description = "Point on the Checklist of a Month"
    _order = "state, id"
    _rec_name = "name"

    period_id = fields.Many2one(
        comodel_name="sales.period", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="Point", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("1_blocks", "Blocks"),
            ("2_warns", "Look at it"),
            ("3_fine", "Fine"),
        ],
        required=True,
        readonly=True,
    )
    count = fields.Integer(string="Number", readonly=True)
    res_model = fields.Char(readonly=True)
    domain = fields.Char(readonly=True, help="Literals only; it is never evaluated.")
    is_final = fields.Boolean(
        readonly=True, help="No reason helps over it: it must be put right."
    )

    def action_open(self):
        """Open the documents of this point, as far as the reader may see them."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "domain": literal_eval(self.domain),
            "views": [[False, "list"], [False, "form"]],
            "context": {"create": False},
        }
