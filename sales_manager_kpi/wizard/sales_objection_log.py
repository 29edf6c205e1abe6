from odoo import api, fields, models
from odoo.exceptions import UserError


class SalesObjectionLog(models.TransientModel):
    """An objection came up: what was answered, and whether it helped."""

    _name = "sales.objection.log"
    _description = "Note an Objection"

    lead_id = fields.Many2one(comodel_name="crm.lead", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    objection_id = fields.Many2one(comodel_name="sales.objection", required=True)
    answer_id = fields.Many2one(
        comodel_name="sales.objection.answer",
        compute="_compute_answer_id",
        store=True,
        readonly=False,
        domain="[('objection_id', '=', objection_id)]",
        help="The answer that helped most often comes first.",
    )
    new_answer = fields.Char(
        string="Another Answer",
        help="It is added to the answers, as proposed by you.",
    )
    outcome = fields.Selection(
        selection=[("overcome", "Overcome"), ("not", "Not overcome")],
        required=True,
        default="overcome",
    )
    at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Char()

    @api.depends("objection_id")
    def _compute_answer_id(self):
        for wizard in self:
            answers = wizard.objection_id.answer_ids
            rates = answers._success_rates()
            wizard.answer_id = answers.sorted(
                lambda answer, rates=rates: (
                    -1 if rates[answer.id] is None else rates[answer.id]
                ),
                reverse=True,
            )[:1]

    def action_log(self):
        """Note the objection in the name of the user.

        :raise UserError: without a lead or customer, for a moment to come, or for an
            answer to another objection
        """
        self.ensure_one()
        record = self.lead_id or self.partner_id
        if not record:
            raise UserError(self.env._("Note an objection from a lead or a customer."))
        record.check_access("write" if self.lead_id else "read")
        self.objection_id.check_access("read")
        if self.at > fields.Datetime.now():
            raise UserError(self.env._("This moment is still to come. Give another."))
        answer = self.answer_id
        if self.new_answer:
            answer = self.env["sales.objection.answer"].create(
                {"objection_id": self.objection_id.id, "text": self.new_answer}
            )
        if answer and answer.objection_id != self.objection_id:
            raise UserError(
                self.env._("This answers another objection. Choose another answer.")
            )
        # sudo: what came up is written by the system, for who deals with the customer
        self.env["sales.objection.use"].sudo().create(
            [self._prepare_use(record.sudo(), answer)]  # sudo: as above
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_use(self, record, answer):
        lead = record if self.lead_id else self.env["crm.lead"]
        company = (
            lead._playbook_company() if lead else record.company_id or self.env.company
        )
        customer = (lead.partner_id if lead else record).commercial_partner_id
        manager = (lead or customer.with_company(company)).user_id
        Branch = self.env["sales.branch"]
        today = Branch._company_local_date(company)
        branches = Branch._branch_by_user(manager, company, today)
        acting = self.env["sales.substitution"]._acting("leads", self.env.user)
        stands_in = manager.id in acting.get(company.id, ())
        return {
            "objection_id": self.objection_id.id,
            "answer_id": answer.id,
            "outcome": self.outcome,
            "lead_id": lead.id,
            "partner_id": customer.id,
            "company_id": company.id,
            "at": self.at,
            "user_id": self.env.uid,
            "acting_for_id": manager.id
            if stands_in and manager != self.env.user
            else False,
            "manager_id": manager.id,
            "branch_id": branches.get(manager.id, Branch).id,
            "note": self.note,
        }
