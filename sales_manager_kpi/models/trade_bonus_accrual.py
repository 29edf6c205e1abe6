import logging
from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import split_every

BATCH = 20
_logger = logging.getLogger(__name__)


class TradeBonusAccrual(models.Model):
    """What an agreement owed its customers at the end of a month, in the books.

    The entry is posted on the last day and taken back on the next: the expense lies in
    the months that earned the bonus, and the credit note changes the last one only by
    what was estimated wrongly.
    """

    _name = "trade.bonus.accrual"
    _description = "Trade Bonus Accrual"
    _inherit = ["append.only.mixin"]
    _order = "date desc, id desc"

    agreement_id = fields.Many2one(
        comodel_name="trade.bonus.agreement",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    date = fields.Date(required=True, readonly=True, help="The last day of the month.")
    amount = fields.Monetary(
        readonly=True,
        help="Earned and not settled on that day, in the currency of the agreement.",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Entry", readonly=True, ondelete="restrict"
    )
    reversal_id = fields.Many2one(
        comodel_name="account.move",
        readonly=True,
        ondelete="restrict",
    )

    _month_uniq = models.UniqueIndex(
        "(agreement_id, date)", "This month of the agreement is accrued already."
    )

    @api.model
    def _refusal(self):
        return AccessError(self.env._("Accruals are made by the system."))

    # ------------------------------------------------------------------
    # The month's end
    # ------------------------------------------------------------------

    @api.model
    def _cron_accrue(self):
        """Accrue the month that ended last, in batches that stand by themselves."""
        cron = self.env["ir.cron"]
        todo = [
            (day, ids)
            for company in self._accruing_companies()
            for day in [self._last_month_end(company)]
            for ids in split_every(BATCH, self._to_accrue(company, day).ids)
        ]
        cron._commit_progress(remaining=sum(len(ids) for _day, ids in todo))
        for day, ids in todo:
            self.env["trade.bonus.agreement"].browse(ids)._accrue(day)
            if not cron._commit_progress(len(ids)):
                break

    @api.model
    def _accruing_companies(self):
        """Companies that accrue and whose books are open on the last month's end."""
        companies = self.env["res.company"].search(
            [("sales_manager_kpi_bonus_accruals", "=", True)]
        )
        ready = companies.browse()
        for company in companies:
            day, journal = self._last_month_end(company), self._journal(company)
            if not journal:
                _logger.info("No journal for bonus accruals of %s", company.name)
            elif company._get_violated_lock_dates(day, False, journal):
                _logger.info("Books of %s are closed on %s", company.name, day)
            else:
                ready += company
        return ready

    @api.model
    def _last_month_end(self, company):
        today = self.env["sales.branch"]._company_local_date(company)
        return today.replace(day=1) - relativedelta(days=1)

    @api.model
    def _journal(self, company):
        chosen = company.sales_manager_kpi_bonus_journal_id
        return chosen or self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "general")], limit=1
        )

    @api.model
    def _to_accrue(self, company, day):
        """Agreements of which ``day`` is not accrued yet."""
        done = self.search([("company_id", "=", company.id), ("date", "=", day)])
        return self.env["trade.bonus.agreement"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("active", "suspended", "closed")),
                ("date_from", "<=", day),
                ("expense_account_id", "!=", False),
                ("accrual_account_id", "!=", False),
                ("id", "not in", done.agreement_id.ids),
            ],
            order="id",
        )

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    def _post(self, parts):
        """Post the entry and its reversal.

        :param parts: ``{partner id: amount}`` in the currency of the agreement
        """
        journal = self._journal(self.company_id)
        if not journal:
            raise UserError(self.env._("There is no journal for accruals. Add one."))
        words = self.env._(
            "Accrued bonus of %(agreement)s", agreement=self.agreement_id.name
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "company_id": self.company_id.id,
                "date": self.date,
                "ref": words,
                "line_ids": [
                    Command.create({**vals, "name": words})
                    for partner_id, amount in parts.items()
                    for vals in self._prepare_sides(partner_id, amount)
                ],
            }
        )
        move._post()
        following = self.date + relativedelta(days=1)
        reversal = move._reverse_moves([{"date": following, "ref": words}])
        reversal._post()
        self.write({"move_id": move.id, "reversal_id": reversal.id})

    def _prepare_sides(self, partner_id, amount):
        """Expense against what is owed; the other way round for what is owed to us."""
        company, currency = self.company_id, self.currency_id
        balance = currency._convert(amount, company.currency_id, company, self.date)
        agreement = self.agreement_id
        for account, sign in (
            (agreement.expense_account_id, 1),
            (agreement.accrual_account_id, -1),
        ):
            yield {
                "account_id": account.id,
                "partner_id": partner_id,
                "currency_id": currency.id,
                "amount_currency": sign * currency.round(amount),
                "balance": sign * balance,
            }


class TradeBonusAgreement(models.Model):
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    def _accrue(self, day):
        """Post what these agreements owe on ``day``, and take it back the day after."""
        owed = self.period_ids._owed_on(day)
        accruals = self.env["trade.bonus.accrual"].create(
            [
                {
                    "agreement_id": agreement.id,
                    "date": day,
                    "amount": sum(
                        amount
                        for (agreement_id, _partner), amount in owed.items()
                        if agreement_id == agreement.id
                    ),
                }
                for agreement in self
            ]
        )
        for accrual in accruals:
            parts = {
                partner_id: amount
                for (agreement_id, partner_id), amount in owed.items()
                if agreement_id == accrual.agreement_id.id
                and not accrual.currency_id.is_zero(amount)
            }
            if parts:
                accrual._post(parts)
        return accruals


class TradeBonusPeriod(models.Model):
    _inherit = "trade.bonus.period"  # pylint: disable=consider-merging-classes-inherited

    def _owed_on(self, day):
        """What was earned and not settled on ``day``.

        :return: ``{(agreement id, partner id): amount}``, in the agreement's currency
        """
        begun = self.filtered(lambda row: row.date_from <= day)
        figures = begun._live_figures(day)
        owed = defaultdict(float)
        chains = begun.grouped(lambda row: (row.term_id, row.partner_id)).values()
        for chain in chains:
            key = chain.agreement_id.id, chain.partner_id.id
            kept = chain.filtered(lambda row: row.state != "open")
            waiting = sum(row.postponed - row.carried for row in kept)
            running = sum(
                # every open period carries the same again
                float(figures[row.id].expected) - waiting
                for row in chain - kept
            )
            unpaid = kept.filtered(lambda row: not row._is_settled_on(day))
            owed[key] += waiting + running + sum(unpaid.mapped("payable"))
        return owed

    def _is_settled_on(self, day):
        """Whether its bonus was paid until ``day``, the day included."""
        if self.state not in ("settled", "closed"):
            return False
        paid = self.settlement_line_ids.filtered("is_live").settlement_id
        return not paid or min(paid.mapped("date")) <= day
