from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ASKED = {"loan_id", "sample_id"}


class ShowroomLoanLine(models.Model):
    """One sample of a loan: how it went out, and whether and how it came back."""

    _name = "showroom.loan.line"
    _description = "Lent Sample"
    _inherit = ["steps.only.mixin"]
    _order = "loan_id desc, id"
    _rec_name = "sample_id"
    _check_company_auto = True

    loan_id = fields.Many2one(
        comodel_name="showroom.loan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="loan_id.company_id", store=True, precompute=True, index=True
    )
    branch_id = fields.Many2one(
        related="loan_id.branch_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(related="loan_id.partner_id", string="Customer")
    sample_id = fields.Many2one(
        comodel_name="showroom.sample",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('branch_id', '=', branch_id), ('state', '=', 'on_display')]",
    )
    product_id = fields.Many2one(
        related="sample_id.product_id", store=True, precompute=True, index=True
    )
    sample_type_id = fields.Many2one(related="sample_id.sample_type_id")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "To lend"),
            ("out", "With the customer"),
            ("returned", "Back"),
            ("lost", "Not back"),
            ("charged", "Charged"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Lent By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The manager of the loan when it was made: results are theirs.",
    )
    lent_on = fields.Date(related="loan_id.out_on", string="Lent On", store=True)
    agreed_due_on = fields.Date(related="loan_id.agreed_due_on", store=True, index=True)
    condition_out = fields.Selection(
        selection=lambda self: self._conditions(),
        string="Condition",
        readonly=True,
        copy=False,
        help="When it was lent.",
    )
    condition_back = fields.Selection(
        selection=lambda self: self._conditions(), readonly=True, copy=False
    )
    closed_on = fields.Date(
        string="Settled On",
        readonly=True,
        copy=False,
        help="The day it came back, or was given up.",
    )
    closed_by_id = fields.Many2one(
        comodel_name="res.users", string="Settled By", readonly=True, copy=False
    )
    is_in_time = fields.Boolean(
        string="Back in Time", compute="_compute_is_in_time", store=True
    )
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        string="Charged On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    order_ids = fields.Many2many(
        comodel_name="sale.order",
        relation="showroom_loan_line_order_rel",
        string="Orders That Followed",
        readonly=True,
        copy=False,
        help="Of the customer, with the same product, confirmed within the days of the "
        "settings after lending. Looked up every night.",
    )
    is_converted = fields.Boolean(string="Ordered", readonly=True, copy=False)

    _one_open_loan = models.UniqueIndex(
        "(sample_id) WHERE state = 'out'",
        "This sample is with a customer already. Reload the page to see with whom.",
    )
    _loan_sample_uniq = models.UniqueIndex(
        "(loan_id, sample_id)", "A sample is on a loan once. Remove the second line."
    )

    @api.model
    def _conditions(self):
        """The grades of a sample."""
        return self.env["showroom.sample"]._fields["condition"].selection

    @api.depends("state", "closed_on", "agreed_due_on")
    def _compute_is_in_time(self):
        for line in self:
            line.is_in_time = bool(
                line.state == "returned"
                and line.agreed_due_on
                and line.closed_on <= line.agreed_due_on
            )

    @api.constrains("sample_id", "loan_id")
    def _check_branch(self):
        for line in self:
            if line.sample_id.branch_id != line.loan_id.branch_id:
                raise ValidationError(
                    self.env._(
                        "%(sample)s belongs to %(branch)s. Lend samples of one branch.",
                        sample=line.sample_id.display_name,
                        branch=line.sample_id.branch_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing: what is lent, until it is
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._refuse_untyped([vals])  # says more than that the loan was made
        self._check_draft()
        result = super().write(vals)
        self._check_draft()
        if "loan_id" in vals:
            self.check_access("write")  # not to a loan of another branch either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lent(self):
        self._check_draft()

    def _check_draft(self):
        """
        :raise UserError: for a loan that was made already
        """
        if not self.env.su:
            self.loan_id._check_state("draft")

    @api.model
    def _typed_fields(self):
        return ASKED

    # ------------------------------------------------------------------
    # Where it stands
    # ------------------------------------------------------------------

    def _check_out(self):
        """
        :raise UserError: for a sample that is not with the customer
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for line in self:
            if line.state != "out":
                raise UserError(
                    self.env._(
                        "%(sample)s is not with the customer any more: %(state)s. "
                        "Reload the page to see who took it back.",
                        sample=line.sample_id.display_name,
                        state=labels[line.state].lower(),
                    )
                )

    def _to_charge(self):
        """What did not come back, contains goods, and is on no invoice that holds."""
        return self.filtered(
            lambda line: (
                line.state in ("lost", "charged")
                and line.sample_id.product_qty
                # sudo: whether an invoice holds, whoever asks
                and line.sudo().invoice_id.state in (False, "cancel")
            )
        )

    def _settle(self, state, **values):
        """Close these lines today, and follow with their loans; in sudo."""
        for branch, lines in self.grouped("branch_id").items():
            lines.write(
                {
                    "state": state,
                    "closed_on": branch._local_today(),
                    "closed_by_id": self.env.uid,
                    **values,
                }
            )
        self.loan_id._follow_lines()
