from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..engine.allocation import largest_remainder
from .trade_bonus_agreement_flow import CREDIT_NOTES


class TradeBonusSettlement(models.Model):
    """What was paid of approved periods, once: a credit note, or money on a card.

    A credit note is a draft that accounting posts. Cancelling takes the document back
    and lets the periods be settled again.
    """

    _name = "trade.bonus.settlement"
    _description = "Trade Bonus Settlement"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    agreement_id = fields.Many2one(
        comodel_name="trade.bonus.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, readonly=True)
    payout = fields.Selection(related="agreement_id.payout", store=True)
    state = fields.Selection(
        string="Status",
        selection=[("done", "Settled"), ("cancelled", "Cancelled")],
        required=True,
        default="done",
        readonly=True,
        tracking=True,
    )
    amount = fields.Monetary(
        readonly=True, help="Untaxed, in the agreement's currency."
    )
    line_ids = fields.One2many(
        comodel_name="trade.bonus.settlement.line",
        inverse_name="settlement_id",
        string="Periods",
        readonly=True,
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Credit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="An invoice where more is taken back than given.",
    )
    move_state = fields.Selection(related="move_id.state", string="Document")
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="eWallet",
        readonly=True,
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        if set(vals) - {"message_follower_ids"}:
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Settlements are kept. Cancel it instead."))

    def _refuse(self):
        if not self.env.su:
            raise AccessError(self.env._("Settle the approved periods instead."))

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    @api.model
    def _settle(self, periods, date):
        """Settle approved ``periods`` of one agreement and customer together.

        :raise UserError: where the books of ``date`` are closed
        """
        agreement = periods.agreement_id
        amount = agreement.currency_id.round(sum(periods.mapped("payable")))
        settlement = self.create(
            {
                "name": agreement.name,
                "agreement_id": agreement.id,
                "partner_id": periods.partner_id.id,
                "date": date,
                "amount": amount,
                "line_ids": [
                    Command.create({"period_id": row.id, "amount": row.payable})
                    for row in periods
                ],
            }
        )
        if not agreement.currency_id.is_zero(amount):
            settlement._pay()
        periods.write({"state": "settled"})
        return settlement

    def _pay(self):
        if self.payout in CREDIT_NOTES:
            self._make_note()
        else:
            self._charge_card(self.amount)

    def _make_note(self):
        journal = self._journal()
        self._check_books_open(journal)
        self.move_id = self.env["account.move"].create(self._prepare_note(journal))

    def _journal(self):
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(self.env._("There is no sales journal. Add one."))
        return journal

    def _check_books_open(self, journal):
        locks = self.company_id._get_violated_lock_dates(
            self.date, self.agreement_id.tax_mode == "retro_price", journal
        )
        if locks:
            raise UserError(
                self.env._(
                    "The books are closed until %(date)s. Settle on a later day.",
                    date=locks[-1][0],
                )
            )

    def _prepare_note(self, journal):
        sign = 1 if self.amount > 0 else -1
        return {
            "move_type": "out_refund" if sign > 0 else "out_invoice",
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.date,
            "invoice_origin": self.name,
            "invoice_user_id": self.agreement_id.user_id.id,
            "trade_bonus_settlement_id": self.id,
            "invoice_line_ids": [
                Command.create(vals) for vals in self._prepare_note_lines(sign)
            ],
        }

    def _prepare_note_lines(self, sign):
        agreement = self.agreement_id
        for taxes, amount in self._parts_by_taxes().items():
            vals = {
                "name": self._line_words(),
                "product_id": agreement.product_id.id,
                "quantity": 1,
                "price_unit": taxes._bonus_price(sign * amount, self.currency_id),
                "tax_ids": [Command.set(taxes.ids)],
            }
            if agreement.expense_account_id:
                vals["account_id"] = agreement.expense_account_id.id
            yield vals

    def _line_words(self):
        first = min(self.line_ids.period_id.mapped("date_from"))
        last = max(self.line_ids.period_id.mapped("date_to"))
        return self.env._(
            "%(agreement)s, %(first)s to %(last)s",
            agreement=self.name,
            first=first,
            last=last,
        )

    def _parts_by_taxes(self):
        """The amount, divided by the taxes of what it is for; ``{taxes: part}``.

        A premium has no taxes: it changes neither the price nor what was taxed.
        """
        none = self.env["account.tax"]
        if self.agreement_id.tax_mode == "premium":
            return {none: self.amount}
        weights = self._weights_by_taxes()
        if not weights:
            product = self.agreement_id.product_id
            taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
            return {taxes: self.amount}
        step = self.currency_id.rounding
        parts = largest_remainder(
            round(self.amount / step),
            [round(weight / step) for weight in weights.values()],
        )
        return {
            taxes: self.currency_id.round(part * step)
            for taxes, part in zip(weights, parts, strict=True)
            if part
        }

    def _weights_by_taxes(self):
        """Turnover that counted, by the taxes on it; only what is above nothing."""
        rows = self.line_ids.period_id.base_line_ids.filtered("is_included")
        weights = {}
        for row in rows:
            taxes = row.move_line_id.tax_ids or row.order_line_id.tax_ids
            weights[taxes] = weights.get(taxes, 0.0) + row.amount
        step = self.currency_id.rounding
        return {taxes: weight for taxes, weight in weights.items() if weight >= step}

    # ------------------------------------------------------------------
    # eWallet
    # ------------------------------------------------------------------

    def _charge_card(self, amount):
        """Add ``amount`` to the eWallet of the customer.

        :raise UserError: where there is no eWallet in this currency, or not enough in
            it to take back
        """
        card = self.card_id or self._find_card()
        if card.points + amount < 0:
            raise UserError(
                self.env._(
                    "The eWallet of %(customer)s has been used. Settle by credit note.",
                    customer=self.partner_id.name,
                )
            )
        card.points += amount
        self.env["loyalty.history"].create(
            {
                "card_id": card.id,
                "description": self._line_words(),
                "issued": max(amount, 0.0),
                "used": max(-amount, 0.0),
            }
        )
        self.card_id = card

    def _find_card(self):
        programs = self.env["loyalty.program"].search(
            [
                ("program_type", "=", "ewallet"),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        program = programs.filtered(lambda row: row.currency_id == self.currency_id)[:1]
        if not program:
            raise UserError(
                self.env._(
                    "There is no eWallet in %(currency)s. Make one, or settle by "
                    "credit note.",
                    currency=self.currency_id.name,
                )
            )
        domain = [
            ("program_id", "=", program.id),
            ("partner_id", "=", self.partner_id.id),
        ]
        Card = self.env["loyalty.card"]
        return Card.search(domain, limit=1) or Card.create(
            {"program_id": program.id, "partner_id": self.partner_id.id}
        )

    # ------------------------------------------------------------------
    # Cancelling
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Take the document back; the periods may be settled again.

        :raise AccessError: for who is no director
        """
        self.check_access("read")
        self.agreement_id.check_access("write")
        self.agreement_id._check_director()
        # sudo: documents of a settlement follow it; see the rights above
        settlements = self.sudo()
        settlements.lock_for_update()
        for settlement in settlements:
            if settlement.state == "cancelled":
                raise UserError(self.env._("It is cancelled already."))
            settlement._take_back()
        settlements._restore()

    def _take_back(self):
        move = self.move_id
        if move.state == "draft":
            move.with_context(trade_bonus_cancelling=True).button_cancel()
        elif move.state == "posted":
            move._reverse_moves(
                [
                    {
                        "date": fields.Date.context_today(self),
                        "invoice_date": fields.Date.context_today(self),
                        "trade_bonus_settlement_id": self.id,
                    }
                ],
                cancel=True,
            )
        elif self.card_id:
            self._charge_card(-self.amount)

    def _restore(self):
        self.write({"state": "cancelled"})
        self.line_ids.write({"is_live": False})
        self.line_ids.flush_recordset()  # before another line of the period is written
        self.line_ids.period_id.write({"state": "approved"})

    def _action_open(self):
        """The only one in full, several as a list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlements"),
            "res_model": self._name,
        }
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.ids)],
        }

    def action_open_document(self):
        """The credit note."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
