from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("computed", "Computed"),
    ("sent", "Sent"),
    ("acknowledged", "Acknowledged"),
    ("disputed", "Disputed"),
    ("approved", "Approved"),
    ("locked", "Locked"),
    ("paid", "Paid"),
    ("reversed", "Reversed"),
]
# Computed again at any time; what changes then is sent again.
OPEN = ("draft", "computed", "sent", "acknowledged", "disputed")
# What was decided: nothing computes it again.
FIXED = ("approved", "locked", "paid")
LOCKED = ("locked", "paid")
# About which the person may still say that something is wrong.
DISPUTABLE = ("sent", "acknowledged", "disputed")
# Of which the person knows.
TOLD = (*DISPUTABLE, *FIXED, "reversed")


class BonusStatement(models.Model):
    """What a month pays somebody beside the salary, line by line. Written by steps.

    ``payable`` = lines − held + released + carried in − paid before, and where that is
    negative it is ``carry_out`` to the next month instead. Amounts are in company
    currency.
    """

    _name = "bonus.statement"
    _description = "Pay Statement"
    _inherit = [
        "steps.only.mixin",
        "sales.export.logged.mixin",
        "bonus.private.mixin",
    ]
    _order = "date_from desc, user_id, id desc"
    _mail_post_access = "read"
    _check_company_auto = True
    _rec_names_search = ["user_id.name", "period_id.name"]

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_from = fields.Date(string="Month Begins", required=True, readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    scheme_id = fields.Many2one(
        comodel_name="bonus.scheme",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="sales_manager_kpi.group_pay",
    )
    state = fields.Selection(
        string="Status",
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    variable = fields.Monetary(
        string="Earned", readonly=True, help="The sum of the lines of this month."
    )
    held = fields.Monetary(
        readonly=True, help="Waits until customers have paid their invoices."
    )
    released = fields.Monetary(
        readonly=True, help="Held in earlier months; the customers have paid."
    )
    carry_in = fields.Monetary(
        string="Carried In", readonly=True, help="Not settled in the month before."
    )
    paid_before = fields.Monetary(
        readonly=True, help="By statements of this month that were reversed."
    )
    payable = fields.Monetary(string="To Pay", readonly=True)
    carry_out = fields.Monetary(
        string="Carried Out", readonly=True, help="Negative: the next month settles it."
    )
    forgotten = fields.Monetary(
        readonly=True, help="Negative, and not carried forward by the scheme."
    )
    plan_target = fields.Monetary(
        string="Plan", readonly=True, help="Of the valid plans, as it was computed by."
    )
    plan_fact = fields.Monetary(readonly=True)
    inputs = fields.Json(
        readonly=True,
        copy=False,
        groups="sales_manager_kpi.group_pay",
        export_string_translation=False,
        help="What documents of later days may change: kept to compute it again.",
    )
    line_ids = fields.One2many(
        comodel_name="bonus.statement.line",
        inverse_name="statement_id",
        readonly=True,
    )
    holdback_ids = fields.One2many(
        comodel_name="bonus.holdback",
        inverse_name="statement_id",
        string="Held Back",
        readonly=True,
    )
    release_ids = fields.One2many(
        comodel_name="bonus.holdback.release",
        inverse_name="statement_id",
        string="Released Holdbacks",
        readonly=True,
    )
    computed_on = fields.Datetime(string="As Of", readonly=True, copy=False)
    sent_on = fields.Datetime(readonly=True, copy=False)
    acknowledged_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    locked_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    locked_on = fields.Datetime(readonly=True, copy=False)
    hash = fields.Char(
        string="Seal",
        readonly=True,
        copy=False,
        help="A hash over all figures. The same figures give the same one.",
    )
    paid_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    paid_on = fields.Date(readonly=True, copy=False)
    reversed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    reversed_on = fields.Datetime(readonly=True, copy=False)
    reverse_reason = fields.Text(readonly=True, copy=False)

    _user_period_uniq = models.UniqueIndex(
        "(user_id, period_id, company_id) WHERE state <> 'reversed'",
        "There is one statement per manager, month and company. Reverse it first.",
    )
    _company_period_idx = models.Index("(company_id, period_id)")
    _locked_sealed = models.Constraint(
        "CHECK (state NOT IN ('locked', 'paid') OR hash IS NOT NULL)",
        "What is locked is sealed.",
    )

    @api.depends("user_id", "period_id")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = (
                f"{statement.user_id.name} · {statement.period_id.display_name}"
            )

    def _document_name(self):
        """What the statement on paper is called, as a file."""
        name = self.env._("Statement %(statement)s", statement=self.display_name)
        return name.replace("/", "-")

    def _label(self, name):
        """A value of a selection in the reader's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return set()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        for statement in self:
            if not self.env.su or statement.state not in ("draft", "computed"):
                raise UserError(
                    self.env._(
                        "%s stays. Reverse it, with a reason.", statement.display_name
                    )
                )

    def write(self, vals):
        if not vals.keys().isdisjoint(self._figures()):
            self._check_not_fixed()
        return super().write(vals)

    @api.model
    def _figures(self):
        """Names of what a statement says, that stays once it was approved."""
        return {
            *("user_id", "branch_id", "period_id", "date_from", "company_id"),
            *("scheme_id", "variable", "held", "released", "carry_in", "payable"),
            *("paid_before", "carry_out", "forgotten", "line_ids"),
            *("plan_target", "plan_fact", "inputs"),
        }

    def _check_not_fixed(self):
        """
        :raise UserError: for what was approved, also for the system
        """
        for statement in self:
            if statement.state in (*FIXED, "reversed"):
                raise UserError(
                    self.env._(
                        "%(statement)s is %(state)s: its figures stay. What changes "
                        "later goes into a later month, or as an adjustment.",
                        statement=statement.display_name,
                        state=statement._label("state").lower(),
                    )
                )
