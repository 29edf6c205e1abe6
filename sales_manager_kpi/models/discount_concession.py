from odoo import api, fields, models
from odoo.exceptions import AccessError

KINDS = [
    ("price", "Price typed by hand"),
    ("line", "Discount on the line"),
    ("order", "Discount on the whole order"),
    ("pricelist", "Another price list"),
    ("gift", "Gift"),
    ("promotion", "Promotion"),
    ("payment", "Early payment"),
    ("invoice", "Invoice below the order"),
]


class DiscountConcession(models.Model):
    """What was given away: a row per line and kind, when an order is confirmed.

    In company currency, untaxed. Rows are only added: what is cancelled or credited
    gets a row that takes it back.
    """

    _name = "discount.concession"
    _description = "Concession"
    _inherit = ["append.only.mixin"]
    _order = "date desc, id desc"

    date = fields.Date(required=True, index=True, help="Of the branch, by its clock.")
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    kind = fields.Selection(selection=KINDS, required=True)
    amount = fields.Monetary(
        required=True,
        help="Untaxed, in company currency; negative where taken back. What is sold "
        "above the norm gives nothing away and makes up for nothing.",
    )
    norm_amount = fields.Monetary(
        help="What the line would have brought at the norm; once per line."
    )
    within_norm = fields.Boolean(help="Whether the manager's own authority covered it.")
    authority = fields.Selection(
        selection=[
            ("own", "Within the norm"),
            ("approved", "Approved"),
            ("none", "Not approved"),
        ],
        compute="_compute_authority",
        store=True,
        precompute=True,
        help="By whose word it was given: the manager's own, that of whoever answered "
        "the request, or nobody's.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="set null"
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", index="btree_not_null"
    )
    acting_user_id = fields.Many2one(
        comodel_name="res.users", string="Granted By", help="Who confirmed the price."
    )
    approver_id = fields.Many2one(comodel_name="res.users", string="Approved By")
    request_id = fields.Many2one(
        comodel_name="discount.request", string="Approval", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    product_id = fields.Many2one(comodel_name="product.product")
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Product Category"
    )
    reversal_of_id = fields.Many2one(
        comodel_name="discount.concession",
        string="Takes Back",
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_ids = fields.One2many(
        comodel_name="discount.concession", inverse_name="reversal_of_id"
    )

    _user_date_idx = models.Index("(company_id, user_id, date)")

    @api.depends("within_norm", "request_id")
    def _compute_authority(self):
        for row in self:
            approved = "approved" if row.request_id else "none"
            row.authority = "own" if row.within_norm else approved

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Concessions are written by the system and stay as they are.")
        )

    def _take_back(self, date, part=1.0, move=None):
        """Rows that take back ``part`` of these, as far as it is not taken back yet.

        :param part: 1 for everything that is left
        :param move: the credit note that does it
        """
        return self.create(self._prepare_take_back(date, part, move))

    def _prepare_take_back(self, date, part=1.0, move=None):
        """Values of the rows of `_take_back`."""
        vals_list = []
        for row in self.filtered(lambda r: not r.reversal_of_id):
            left = row.amount + sum(row.reversal_ids.mapped("amount"))
            norm_left = row.norm_amount + sum(row.reversal_ids.mapped("norm_amount"))
            currency = row.currency_id
            amount = currency.round(min(abs(row.amount * part), abs(left)))
            norm = currency.round(min(abs(row.norm_amount * part), abs(norm_left)))
            if currency.is_zero(amount) and currency.is_zero(norm):
                continue
            sign = 1 if row.amount < 0 else -1
            [vals] = row.copy_data()
            vals_list.append(
                {
                    **vals,
                    "date": date,
                    "amount": sign * amount,
                    "norm_amount": -norm,
                    "reversal_of_id": row.id,
                    "move_id": move.id if move else row.move_id.id,
                }
            )
        return vals_list

    def _undo_take_back(self, date):
        """Rows that give again what these took back, once."""
        vals_list = []
        taken = self.filtered("reversal_of_id")
        for (origin, move), rows in taken.grouped(
            lambda row: (row.reversal_of_id, row.move_id)
        ).items():
            amount = sum(rows.mapped("amount"))
            norm = sum(rows.mapped("norm_amount"))
            if rows.currency_id.is_zero(amount) and rows.currency_id.is_zero(norm):
                continue
            [vals] = rows[:1].copy_data()
            vals_list.append(
                {
                    **vals,
                    "date": date,
                    "amount": -amount,
                    "norm_amount": -norm,
                    "reversal_of_id": origin.id,
                    "move_id": move.id,
                }
            )
        return self.create(vals_list)
