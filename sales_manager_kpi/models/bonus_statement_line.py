from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError

from .bonus_component import KINDS
from .res_company import PLAN_BASIS


class BonusStatementLine(models.Model):
    """One thing that a statement pays, with the way it was calculated."""

    _name = "bonus.statement.line"
    _description = "Line of a Pay Statement"
    _inherit = ["append.only.mixin", "sales.export.logged.mixin"]
    _order = "statement_id, sequence, id"

    statement_id = fields.Many2one(
        comodel_name="bonus.statement", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    key = fields.Char(required=True, export_string_translation=False)
    component_id = fields.Many2one(
        comodel_name="bonus.component",
        index="btree_not_null",
        ondelete="restrict",
        groups="sales_manager_kpi.group_pay",
    )
    code = fields.Char(required=True)
    name = fields.Char(string="Source Name")
    label = fields.Char(string="What", compute="_compute_label", compute_sudo=True)
    kind = fields.Selection(
        selection=[*KINDS, ("adjustment", "Adjustment")],
        required=True,
    )
    basis = fields.Selection(selection=PLAN_BASIS)
    base = fields.Monetary(aggregator=None)
    has_base = fields.Boolean(string="Has a Base")
    rate = fields.Float(string="Rate (%)", digits=(16, 6), aggregator=None)
    has_rate = fields.Boolean(string="Has a Rate")
    amount = fields.Monetary()
    rounding = fields.Float(
        digits=(16, 8), aggregator=None, help="What rounding to the cent added."
    )
    held = fields.Monetary(help="Of the amount, waits for its invoices to be paid.")
    trace = fields.Json(export_string_translation=False)
    trace_text = fields.Text(string="Calculation", compute="_compute_trace_text")
    fact_model = fields.Char(export_string_translation=False)
    fact_domain = fields.Char(export_string_translation=False)
    origin_period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Of Month",
        index="btree_not_null",
        ondelete="restrict",
        help="The earlier month that something changed in.",
    )
    adjustment_id = fields.Many2one(
        comodel_name="bonus.adjustment",
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        related="statement_id.user_id", store=True, precompute=True, index=True
    )
    branch_id = fields.Many2one(
        related="statement_id.branch_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, precompute=True
    )
    date_from = fields.Date(
        related="statement_id.date_from", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="statement_id.currency_id")
    state = fields.Selection(related="statement_id.state")

    _key_uniq = models.UniqueIndex(
        "(statement_id, key)", "A statement has each line once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.statement_id._check_not_fixed()
        return lines

    def write(self, vals):
        self.statement_id._check_not_fixed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self.statement_id._check_not_fixed()

    @api.depends("label", "statement_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.label} · {line.statement_id.display_name}"

    @api.depends("name", "component_id", "adjustment_id", "origin_period_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_label(self):
        """The name of the component in the reader's language; in sudo."""
        for line in self:
            label = (
                line.adjustment_id.reason_id.name or line.component_id.name or line.name
            )
            month = line.origin_period_id
            line.label = (
                self.env._(
                    "%(what)s, changes of %(month)s",
                    what=label,
                    month=month.display_name,
                )
                if month
                else label
            )

    @api.depends("trace", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_trace_text(self):
        for line in self:
            line.trace_text = self.env["bonus.run"]._trace_text(
                line.trace or [], line.currency_id
            )

    def action_open_evidence(self):
        """Open the facts whose sum is the base of this line.

        :raise UserError: where no facts are behind it
        """
        self.ensure_one()
        self.check_access("read")
        if self.adjustment_id:
            return {
                "type": "ir.actions.act_window",
                "name": self.label,
                "res_model": "bonus.adjustment",
                "res_id": self.adjustment_id.id,
                "views": [(False, "form")],
            }
        if not self.fact_model:
            raise UserError(
                self.env._("No documents are behind this line; see its calculation.")
            )
        domain = literal_eval(self.fact_domain or "[]")
        # no columns about what changed, where nothing did
        is_frozen = ("kind", "=", "frozen") in map(tuple, domain)
        return {
            "type": "ir.actions.act_window",
            "name": self.label,
            "res_model": self.fact_model,
            "domain": domain,
            "views": [(False, "list"), (False, "pivot")],
            "context": {"create": False, "frozen_facts": is_frozen},
        }

    def action_dispute(self):
        """Open a dispute of this line, to be told what is wrong."""
        self.ensure_one()
        return self.statement_id._ask_dispute(self)
