from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ShowroomLend(models.TransientModel):
    """Lends samples to a customer: to whom, and until when."""

    _name = "showroom.lend"
    _description = "Lend Samples"

    sample_ids = fields.Many2many(comodel_name="showroom.sample", required=True)
    branch_id = fields.Many2one(
        comodel_name="sales.branch", compute="_compute_branch_id"
    )
    company_id = fields.Many2one(related="branch_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True
    )
    due_on = fields.Date(
        string="Due Back", compute="_compute_due_on", store=True, readonly=False
    )
    remind_customer = fields.Boolean(
        help="The customer gets a mail on the day the samples are due back."
    )
    deposit_amount = fields.Monetary(string="Deposit")
    note = fields.Text()
    branch_visit_id = fields.Many2one(
        comodel_name="branch.visit", export_string_translation=False
    )

    @api.depends("sample_ids")
    def _compute_branch_id(self):
        for wizard in self:
            wizard.branch_id = wizard.sample_ids.branch_id[:1]

    @api.depends("branch_id")
    def _compute_due_on(self):
        for wizard in self:
            branch = wizard.branch_id
            wizard.due_on = branch._loan_due_on() if branch else False

    def action_confirm(self):
        """Lend all of them, or none, and open the loan.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where a sample is not on display, or the day is past
        """
        self.ensure_one()
        if not self.sample_ids:
            raise UserError(self.env._("Choose the samples to lend."))
        self.sample_ids._check_state("on_display")
        loan = self.env["showroom.loan"].create(self._prepare_loan())
        loan._lend()
        return {
            "type": "ir.actions.act_window",
            "res_model": "showroom.loan",
            "res_id": loan.id,
            "views": [(False, "form")],
        }

    def _prepare_loan(self):
        return {
            "branch_id": self.branch_id.id,
            "partner_id": self.partner_id.id,
            "due_on": self.due_on,
            "remind_customer": self.remind_customer,
            "deposit_amount": self.deposit_amount,
            "note": self.note,
            "branch_visit_id": self.branch_visit_id.id,
            "line_ids": [
                Command.create({"sample_id": sample.id}) for sample in self.sample_ids
            ],
        }
