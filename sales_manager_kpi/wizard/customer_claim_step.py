from odoo import api, fields, models


class CustomerClaimStep(models.TransientModel):
    """A step of a claim that has a reason: appeal, execution, withdrawal."""

    _name = "customer.claim.step"
    _description = "Step of a Claim"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("claim_id",)

    claim_id = fields.Many2one(
        comodel_name="customer.claim",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    step = fields.Selection(
        selection=[
            ("appeal", "Appeal"),
            ("execute", "Executed"),
            ("withdraw", "Withdraw"),
        ],
        required=True,
    )
    side = fields.Selection(
        selection=[("responsible", "The responsible person"), ("customer", "Customer")],
        string="For",
        compute="_compute_side",
        store=True,
        readonly=False,
    )
    reason = fields.Text(required=True)

    @api.depends("claim_id", "step")
    def _compute_side(self):
        for wizard in self:
            claim = wizard.claim_id
            sides = claim._appeal_sides(self.env.user) if claim else []
            wizard.side = sides[0] if sides and wizard.step == "appeal" else False

    def action_confirm(self):
        """Take the step.

        :raise AccessError: for who may not
        :raise UserError: where the claim does not stand there
        """
        self.ensure_one()
        claim = self.claim_id
        claim.check_access("read")
        if self.step == "appeal":
            claim._appeal(self.side or "customer", self.reason)
        elif self.step == "execute":
            claim._execute(self.reason)
        else:
            claim._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
