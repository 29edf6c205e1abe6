from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("amount", "Amount fits nothing that was due"),
    ("payer", "Paid by somebody else"),
    ("reference", "Names none of the documents it pays"),
    ("currency", "Paid in another currency"),
    ("over", "Paid too much"),
    ("double", "Paid twice"),
]


class PaymentFinding(models.Model):
    """Something about a payment that somebody has to explain: one a kind.

    Found by the system (see ``payment_finding_search``); a named person settles it
    with a reason, and what is settled stays so. What the payment itself put right goes
    away by itself.
    """

    _name = "payment.finding"
    _description = "Payment Finding"
    _inherit = ["append.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "id desc"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Payment",
        required=True,
        index=True,
        ondelete="cascade",
    )
    invoice_id = fields.Many2one(
        comodel_name="account.move",
        index="btree_not_null",
        ondelete="set null",
        help="The invoice it pays, one of them where it pays several.",
    )
    other_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Same As",
        ondelete="set null",
        help="The earlier payment of the same amount.",
    )
    kind = fields.Selection(selection=KINDS, required=True, index=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", index="btree_not_null"
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    currency_id = fields.Many2one(comodel_name="res.currency")
    amount = fields.Monetary(
        help="What is wrong, in the payment's currency: the surplus of what was paid "
        "too much, else the payment itself."
    )
    paid_on = fields.Date()
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("settled", "Settled"),
            ("gone", "Gone by itself"),
        ],
        required=True,
        default="open",
        index=True,
    )
    found_at = fields.Datetime(string="Found")
    reason = fields.Char(string="Settled Because")
    settled_at = fields.Datetime(string="Settled")
    settled_by_id = fields.Many2one(comodel_name="res.users")
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )

    _open_uniq = models.UniqueIndex(
        "(move_id, kind) WHERE state = 'open'",
        "This was found about the payment already.",
    )
    _settled_signed = models.Constraint(
        "CHECK (state <> 'settled' OR reason <> '' AND settled_by_id IS NOT NULL)",
        "A finding is settled by somebody, for a reason.",
    )

    @api.depends("move_id")
    def _compute_display_name(self):
        # sudo: the name of the payment, for who may read what was found about it
        for finding in self.sudo():
            finding.display_name = finding.move_id.display_name

    def action_settle(self):
        """Ask for the reason."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle"),
            "res_model": "payment.finding.settle",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_finding_ids": self.ids},
        }

    @api.private
    def settle(self, reason):
        """Settle these, for who may see them.

        :raise UserError: without a reason, or where one is settled already
        """
        self.check_access("read")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why this is settled."))
        if any(finding.state != "open" for finding in self):
            raise UserError(
                self.env._("Only open findings are settled. Reload the page.")
            )
        for finding in self:
            # sudo: rows are written by the system, in the name of who settles
            finding.sudo().write(
                {
                    "state": "settled",
                    "reason": reason,
                    "settled_at": fields.Datetime.now(),
                    "settled_by_id": self.env.uid,
                    "acting_for_id": finding._acted_for().id,
                }
            )

    def action_open_payment(self):
        """Open the journal entry of the payment."""
        self.ensure_one()
        return self.move_id.get_formview_action()
