from odoo import api, fields, models
from odoo.exceptions import AccessError


class PromotionUse(models.Model):
    """What an order, or an offer that stands, gets from a governed programme.

    A row per programme and order. Core deletes the rewards of an order that is
    cancelled; the row stays and says that it was taken back. Written by the system
    only.
    """

    _name = "promotion.use"
    _description = "Use of a Promotion Programme"
    _inherit = ["append.only.mixin"]
    _order = "date desc, id desc"
    _rec_name = "order_name"

    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="restrict",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="set null"
    )
    order_name = fields.Char(string="Order Number", help="Stays when the order goes.")
    date = fields.Date(required=True, index=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", index="btree_not_null"
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    state = fields.Selection(
        string="Status",
        selection=[
            ("reserved", "Reserved"),
            ("confirmed", "Confirmed"),
            ("reversed", "Taken back"),
        ],
        required=True,
    )
    valid_until = fields.Date(help="Of the offer; empty while it stands.")
    taken_back_on = fields.Date(
        help="When it was taken back after the order was confirmed: what was paid for "
        "the months before stands.",
    )
    granted_amount = fields.Monetary(
        string="Granted",
        help="Untaxed, in company currency; gifts at their price.",
    )
    amount = fields.Monetary(
        string="Cost",
        help="What is granted, less what was credited or cancelled. Untaxed, in "
        "company currency.",
    )
    program_currency_id = fields.Many2one(
        related="program_id.currency_id", string="Currency of the Programme"
    )
    budget_amount = fields.Monetary(
        string="Of the Budget",
        currency_field="program_currency_id",
        help="The cost in the currency of the programme.",
    )
    turnover = fields.Monetary(
        help="Of the order when it was confirmed: untaxed, rewards taken off, in "
        "company currency. An order that uses two programmes counts for both.",
    )

    _live_uniq = models.UniqueIndex(
        "(program_id, order_id) WHERE state != 'reversed' AND order_id IS NOT NULL"
    )
    _program_state_idx = models.Index("(program_id, state, partner_id)")

    @api.model
    def _refusal(self):
        return AccessError(self.env._("Uses of promotions are written by the system."))

    def _stands_on(self, day):
        """Whether the order has it on ``day``: confirmed, or offered until then."""
        self.ensure_one()
        return self.state == "confirmed" or (
            self.state == "reserved"
            and (not self.valid_until or self.valid_until >= day)
        )

    def _reverse(self):
        """Take these back: their orders do not have them any more."""
        if not self:
            return
        values = {"state": "reversed", "amount": 0.0, "budget_amount": 0.0}
        confirmed = self.filtered(lambda use: use.state == "confirmed")
        today = fields.Date.context_today(self)
        confirmed.write({**values, "taken_back_on": today})
        (self - confirmed).write(values)
        self.env["loyalty.program.budget"]._refresh(self.program_id)

    @api.model
    def _cron_release(self):
        """Take back what quotations were offered that are not valid any more."""
        Cron = self.env["ir.cron"]
        domain = [
            ("state", "=", "reserved"),
            ("valid_until", "<", fields.Date.context_today(self)),
        ]
        Cron._commit_progress(remaining=self.search_count(domain))
        while batch := self.search(domain, limit=200, order="id"):
            self.env["loyalty.program.budget"]._hold(batch.program_id._are_counted())
            batch._reverse()
            if not Cron._commit_progress(len(batch)):
                break
