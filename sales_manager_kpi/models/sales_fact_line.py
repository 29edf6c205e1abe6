from odoo import fields, models
from odoo.exceptions import UserError


class FactKey(fields.Integer):
    """The number of a live row: up to 2^53, more than an integer of the database."""

    _column_type = ("int8", "int8")


class SalesFactLine(models.Model):
    """Facts of closed months as they stood, and what changed in them afterwards.

    Frozen rows are the live rows of the month at its closing. Late rows are the
    difference since, each counted in the first month that was open when it was found:
    frozen and late rows of a month together are its live rows, always. Adjustments are
    decided by people. Written by the system alone.
    """

    _name = "sales.fact.line"
    _description = "Fact of a Closed Month"
    _inherit = ["append.only.mixin", "sales.fact.mixin", "sales.export.logged.mixin"]
    _order = "date desc, id desc"
    # What a figure of two rows is added up from.
    _figures = (
        "quantity",
        "amount",
        "spread_amount",
        "discount_amount",
        "cost",
        "margin",
    )
    # What makes a row another one when it changes.
    _identity = (
        "basis",
        "status",
        "reason",
        "is_excluded",
        "date",
        "company_id",
        "currency_id",
        "user_id",
        "branch_id",
        "partner_id",
        "product_id",
        "categ_id",
        "uom_id",
        "share_bp",
        "is_return",
        "substitution_id",
    )
    # What goes along: where to find it again.
    _companions = (
        "moment",
        "rate",
        "rate_date",
        "move_id",
        "move_line_id",
        "order_id",
        "order_line_id",
    )

    kind = fields.Selection(
        selection=[
            ("frozen", "Frozen"),
            ("late", "Late"),
            ("adjustment", "Adjustment"),
        ],
        required=True,
        readonly=True,
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The month that the fact belongs to.",
    )
    booked_period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Counted In",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The month in which it is settled: for a late row the first one that was "
        "open when it was found.",
    )
    fact_key = FactKey(
        readonly=True, aggregator=False, help="The number of the live fact."
    )
    line_count = fields.Integer(
        string="Rows",
        readonly=True,
        help="1 for a fact that came, -1 for one that went, 0 where figures changed.",
    )
    document_name = fields.Char(
        string="Document",
        readonly=True,
        help="As the document was called, also when it exists no more.",
    )
    cause = fields.Selection(
        selection=[
            ("owner", "Credited to somebody else"),
            ("share", "Credit divided otherwise"),
            ("reset", "Reset to draft"),
            ("cancelled", "Cancelled"),
            ("deleted", "Deleted"),
            ("again", "Posted or confirmed again"),
            ("backdated", "Dated into the closed month"),
            ("moved", "Date changed"),
            ("payment", "Payment undone"),
            ("status", "Counts otherwise"),
            ("amount", "Amount or quantity changed"),
            ("cost", "Cost changed"),
            ("object", "Customer, product or category changed"),
            ("other", "Other"),
        ],
        readonly=True,
        help="Why the row is late.",
    )
    change_uid = fields.Many2one(
        comodel_name="res.users",
        string="Changed By",
        readonly=True,
        ondelete="set null",
        help="Who changed the document, its line or its shares last before the "
        "difference was found.",
    )
    change_date = fields.Datetime(string="Changed On", readonly=True)
    note = fields.Char(readonly=True)

    # a fact stays when what it speaks of goes; who was credited does not
    company_id = fields.Many2one(required=True, index=True)
    user_id = fields.Many2one(ondelete="restrict")
    branch_id = fields.Many2one(ondelete="restrict")
    move_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    move_line_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    order_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    order_line_id = fields.Many2one(ondelete="set null", index="btree_not_null")

    _frozen_uniq = models.UniqueIndex(
        "(fact_key, period_id) WHERE kind = 'frozen'", "A month is frozen once."
    )
    _read_idx = models.Index("(period_id, user_id)")
    _late_idx = models.Index("(fact_key) WHERE kind <> 'frozen'")
    _booked_idx = models.Index("(booked_period_id) WHERE kind <> 'frozen'")
    _cause_of_late = models.Constraint(
        "CHECK (kind <> 'late' OR cause IS NOT NULL)", "A late row has a cause."
    )

    def action_open_document(self):
        """Open the document behind this fact.

        :raise UserError: where it was deleted
        """
        self.ensure_one()
        if not (self.move_id or self.order_id):
            raise UserError(
                self.env._(
                    "%s exists no more.", self.document_name or self.display_name
                )
            )
        return super().action_open_document()
