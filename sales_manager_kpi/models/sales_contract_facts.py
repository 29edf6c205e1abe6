from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..engine.contract import Fact, in_time
from ..engine.instants import instant

DONE = ("out_invoice", "out_refund")


class SalesContractDuty(models.Model):
    """What was done of promises: one query for each kind, whatever many contracts."""

    # What is counted has a file of its own.
    _inherit = "sales.contract.duty"  # pylint: disable=consider-merging-classes-inherited

    def _facts(self, windows):
        """``{duty: Fact}`` of the days in ``windows`` (``{duty: (first, last)}``).

        Amounts in the currency of the contract: documents in it as they are, others by
        their own rate to the company's currency, and from there by today's.
        """
        facts = {}
        # sudo: what is counted must not depend on who reads it; the contracts are given
        for kind, duties in self.sudo().grouped("kind").items():
            given = {duty: windows[duty] for duty in duties if duty in windows}
            if given:
                facts |= getattr(duties, f"_facts_{kind}")(given)
        return facts

    # ------------------------------------------------------------------
    # Volumes
    # ------------------------------------------------------------------

    def _facts_ordered(self, windows):
        orders = self.env["sale.order"].search_fetch(
            Domain("state", "=", "sale")
            & Domain.OR(
                Domain("sales_contract_id", "=", duty.contract_id.id)
                & self._moments(duty, window, "first_confirmation_date")
                for duty, window in windows.items()
            ),
            ["sales_contract_id", "amount_untaxed", "currency_id", "currency_rate"],
        )
        by_contract = orders.grouped("sales_contract_id")
        return {
            duty: duty._sum(
                by_contract.get(duty.contract_id, orders.browse()),
                lambda order: order.amount_untaxed,
                lambda order: order.amount_untaxed / (order.currency_rate or 1.0),
            )
            for duty in windows
        }

    def _facts_invoiced(self, windows):
        moves = self._moves(windows, "invoice_date", DONE)
        return {
            duty: duty._sum(
                moves[duty],
                lambda move: (
                    move.amount_untaxed * (-1 if move.move_type == "out_refund" else 1)
                ),
                lambda move: move.amount_untaxed_signed,
            )
            for duty in windows
        }

    def _facts_credit(self, windows):
        moves = self._moves(windows, None, DONE)
        return {
            duty: duty._sum(
                moves[duty].filtered("amount_residual"),
                lambda move: (
                    move.amount_residual * (-1 if move.move_type == "out_refund" else 1)
                ),
                lambda move: move.amount_residual_signed,
            )
            for duty in windows
        }

    def _sum(self, records, own, companys):
        """The Fact of an amount in the currency of the contract."""
        currency = self.currency_id
        total, foreign = 0.0, 0.0
        for record in records:
            if record.currency_id == currency:
                total += own(record)
            else:
                foreign += companys(record)
        if foreign:
            company = self.company_id
            total += company.currency_id._convert(foreign, currency, company)
        total = currency.round(total)
        return Fact(total, len(records), total, None, tuple(records.ids))

    # ------------------------------------------------------------------
    # In time
    # ------------------------------------------------------------------

    def _facts_delivery(self, windows):
        moves = self.env["stock.move"].search_fetch(
            Domain("state", "=", "done")
            & Domain("location_dest_id.usage", "=", "customer")
            & Domain.OR(
                Domain("sale_line_id.order_id.sales_contract_id", "=", d.contract_id.id)
                & self._moments(d, window, "date")
                for d, window in windows.items()
            ),
            ["date", "date_deadline", "sale_line_id"],
        )
        by_contract = moves.grouped(
            lambda move: move.sale_line_id.order_id.sales_contract_id
        )
        result = {}
        for duty in windows:
            own = by_contract.get(duty.contract_id, moves.browse())
            pairs = [duty._promised_and_done(move) for move in own]
            result[duty] = in_time(pairs, own.ids)
        return result

    def _promised_and_done(self, move):
        order, days = move.sale_line_id.order_id, self.contract_id.lead_days
        promised = order.commitment_date
        if not promised and days and order.first_confirmation_date:
            promised = order.first_confirmation_date + timedelta(days=days)
        day_of = self.env["sales.branch"]._company_local_date
        company = self.company_id
        return (
            day_of(company, promised or move.date_deadline or move.date),
            day_of(company, move.date),
        )

    def _facts_payment(self, windows):
        """By instalment; what is not paid is late until today."""
        day_of = self.env["sales.branch"]._company_local_date
        yesterday = {
            company: day_of(company) - timedelta(days=1) for company in self.company_id
        }
        lines = self.env["account.move.line"].search_fetch(
            Domain("parent_state", "=", "posted")
            & Domain("display_type", "=", "payment_term")
            & Domain("move_id.move_type", "=", "out_invoice")
            & Domain.OR(
                duty._customer("move_id.commercial_partner_id")
                & Domain("date_maturity", ">=", first)
                & Domain("date_maturity", "<=", min(last, yesterday[duty.company_id]))
                for duty, (first, last) in windows.items()
            )
        )
        pairs = defaultdict(list)
        for line in lines:
            today = yesterday[line.company_id] + timedelta(days=1)
            key = line.move_id.commercial_partner_id, line.company_id
            pairs[key].append((line.date_maturity, self._paid_on(line) or today))
            pairs[key, "ids"].append(line.move_id.id)
        result = {}
        for duty in windows:
            key = duty.contract_id.partner_id, duty.company_id
            result[duty] = in_time(pairs[key], dict.fromkeys(pairs[key, "ids"]))
        return result

    def _paid_on(self, line):
        """The day on which nothing was left of an instalment; None while there is."""
        if not line.currency_id.is_zero(line.amount_residual_currency):
            return None
        return max(line.matched_credit_ids.mapped("max_date"), default=line.date)

    # ------------------------------------------------------------------
    # Which documents
    # ------------------------------------------------------------------

    def _moves(self, windows, day, kinds):
        """``{duty: posted documents of the customer}``, in one query.

        :param day: the field that lies in the window; None for all days
        """
        Move = self.env["account.move"]
        wanted = Domain.OR(
            duty._customer("commercial_partner_id")
            & (
                Domain(day, ">=", window[0]) & Domain(day, "<=", window[1])
                if day
                else Domain.TRUE
            )
            for duty, window in windows.items()
        )
        moves = Move.search(
            Domain("state", "=", "posted") & Domain("move_type", "in", kinds) & wanted
        )
        found = defaultdict(Move.browse)
        for key, some in moves.grouped(
            lambda move: (move.commercial_partner_id, move.company_id)
        ).items():
            found[key] = some
        return {
            duty: found[duty.contract_id.partner_id, duty.company_id].filtered(
                lambda move, window=windows[duty]: (
                    not day or window[0] <= move[day] <= window[1]
                )
            )
            for duty in windows
        }

    def _customer(self, path):
        """Documents of the customer of this duty in its company."""
        partner = self.contract_id.partner_id
        return Domain(path, "=", partner.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    def _moments(self, duty, window, name):
        """Moments within the days of ``window``, in the company's time zone."""
        tz = self.env["sales.branch"]._company_tz(duty.company_id)
        start = instant(window[0], 0, tz)
        stop = instant(window[1] + timedelta(days=1), 0, tz)
        return Domain(name, ">=", start) & Domain(name, "<", stop)
