from odoo import api, fields, models


class BonusHoldback(models.Model):
    """Part of a line that waits until the customer has paid the invoice."""

    _name = "bonus.holdback"
    _description = "Pay Held Back"
    _inherit = ["append.only.mixin", "sales.export.logged.mixin"]
    _order = "statement_id, id"

    line_id = fields.Many2one(
        comodel_name="bonus.statement.line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    statement_id = fields.Many2one(
        related="line_id.statement_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        related="line_id.user_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    code = fields.Char(related="line_id.code")
    component_id = fields.Many2one(related="line_id.component_id")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
    )
    move_key = fields.Integer(
        string="ID of the Invoice",
        readonly=True,
        aggregator=False,
        help="Stays when the invoice is deleted: it is part of the seal.",
    )
    move_name = fields.Char(string="Invoice Number")
    amount = fields.Monetary(string="Held")
    release_ids = fields.One2many(
        comodel_name="bonus.holdback.release", inverse_name="holdback_id"
    )
    released = fields.Monetary(compute="_compute_remaining")
    lost = fields.Monetary(
        compute="_compute_remaining", help="Forfeited, since the customer paid late."
    )
    remaining = fields.Monetary(string="Still Held", compute="_compute_remaining")

    @api.depends(
        *("amount", "release_ids.released", "release_ids.lost"),
        "release_ids.statement_id.state",
    )
    def _compute_remaining(self):
        for row in self:
            releases = row.release_ids.filtered(
                lambda release: release.statement_id.state != "reversed"
            )
            row.released = sum(releases.mapped("released"))
            row.lost = sum(releases.mapped("lost"))
            row.remaining = row.amount - row.released - row.lost


class BonusHoldbackRelease(models.Model):
    """What a statement pays out of what was held, and what is forfeited."""

    _name = "bonus.holdback.release"
    _description = "Release of Held Pay"
    _inherit = ["append.only.mixin", "sales.export.logged.mixin"]
    _order = "statement_id, id"

    holdback_id = fields.Many2one(
        comodel_name="bonus.holdback", required=True, index=True, ondelete="restrict"
    )
    statement_id = fields.Many2one(
        comodel_name="bonus.statement", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        related="statement_id.user_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="statement_id.currency_id")
    move_name = fields.Char(related="holdback_id.move_name")
    released = fields.Monetary()
    lost = fields.Monetary()
    trace = fields.Json(export_string_translation=False)
    trace_text = fields.Text(string="Calculation", compute="_compute_trace_text")

    _statement_holdback_uniq = models.UniqueIndex(
        "(statement_id, holdback_id)", "A statement releases a holdback once."
    )

    @api.depends("trace", "currency_id")
    @api.depends_context("lang")
    def _compute_trace_text(self):
        for row in self:
            row.trace_text = self.env["bonus.run"]._trace_text(
                row.trace or [], row.currency_id
            )
