from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

WHOLE = 10_000
MAX_SHARES = 16


class SalesCredit(models.Model):
    """A share of a document's credit, where one manager alone does not have it.

    Rows are never changed: shares are set anew, together, so that they always add up.
    """

    _name = "sales.credit"
    _inherit = ["sales.substituted.mixin"]
    _description = "Shared Credit"
    _order = "order_id, move_id, sequence, id"

    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="cascade"
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", index="btree_not_null", ondelete="restrict"
    )
    share_bp = fields.Integer(
        string="Share (basis points)",
        required=True,
        aggregator=False,
        help="10,000 basis points are the whole.",
    )
    share = fields.Float(
        string="Share (%)", compute="_compute_share", aggregator=False, digits=(5, 2)
    )
    sequence = fields.Integer(
        default=0, help="Place within the document; rounding cents go by it."
    )
    kind = fields.Selection(
        selection=[
            ("shared", "Shared by decision"),
            ("by_line", "Lines follow their orders"),
            ("substitution", "Shared by a substitution"),
        ],
        required=True,
        default="shared",
    )
    reason = fields.Char(required=True)

    _one_document = models.Constraint(
        "CHECK ((order_id IS NULL) <> (move_id IS NULL))",
        "A share belongs to one order or to one invoice.",
    )
    _share_positive = models.Constraint(
        "CHECK (share_bp > 0 AND share_bp <= 10000)",
        "A share lies above 0 % and up to 100 %.",
    )
    _order_user_uniq = models.UniqueIndex(
        "(order_id, user_id) WHERE order_id IS NOT NULL",
        "Name every manager once for an order.",
    )
    _move_user_uniq = models.UniqueIndex(
        "(move_id, user_id, branch_id) WHERE move_id IS NOT NULL",
        "Name every manager once for an invoice.",
    )

    @api.model
    def _substitution_roads(self):
        """As the principal reads them: shares of what is credited to them."""
        return [
            ("orders", "order_id.credited_user_id", "company_id"),
            ("invoices", "move_id.credited_user_id", "company_id"),
        ]

    @api.depends("order_id.company_id", "move_id.company_id")
    def _compute_company_id(self):
        for credit in self:
            document = credit.order_id or credit.move_id
            credit.company_id = document.company_id

    @api.depends("share_bp")
    def _compute_share(self):
        for credit in self:
            credit.share = credit.share_bp / 100

    @api.depends("user_id", "share_bp")
    def _compute_display_name(self):
        for credit in self:
            credit.display_name = f"{credit.user_id.name} {credit.share_bp / 100:g} %"

    @api.model_create_multi
    def create(self, vals_list):
        credits_ = super().create(vals_list)
        credits_._check_whole()
        return credits_

    def write(self, vals):  # pylint: disable=method-required-super
        # No super: rows are replaced together or not at all.
        raise UserError(
            self.env._("Shares are not changed one by one. Set the credit anew.")
        )

    def unlink(self):
        orders, moves = self.order_id, self.move_id
        result = super().unlink()
        self._check_documents(orders.exists())
        self._check_documents(moves.exists())
        return result

    def _check_whole(self):
        self._check_documents(self.order_id)
        self._check_documents(self.move_id)

    def _check_documents(self, documents):
        for document in documents:
            shares = document.sales_credit_ids
            if not shares:
                continue
            if sum(shares.mapped("share_bp")) != WHOLE:
                raise ValidationError(
                    self.env._(
                        "The shares of %(document)s add up to %(sum)s %%, not to "
                        "100 %%. Give all shares together.",
                        document=document.display_name,
                        sum=f"{sum(shares.mapped('share_bp')) / 100:g}",
                    )
                )
            if len(shares) > MAX_SHARES and shares[0].kind != "by_line":
                raise ValidationError(
                    self.env._(
                        "At most %(count)s managers share one document.",
                        count=MAX_SHARES,
                    )
                )
