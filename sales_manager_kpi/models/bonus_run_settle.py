from odoo import api, models
from odoo.tools import SQL

from ..engine.trade_bonus import ZERO, exact
from .bonus_component import FACT_KINDS
from .bonus_run_facts import FROZEN
from .bonus_run_settlements import Settlements
from .read_once import read_once, remember

SETTLED = ("paid", "in_payment", "reversed")  # states of payment


class BonusRunSettle(models.AbstractModel):
    """Returns and late changes at the rate of their own month, and what was held."""

    _name = "bonus.run.settle"
    _inherit = ["bonus.run.returned"]
    _description = "Pay Run: Settling Earlier Months"

    # ------------------------------------------------------------------
    # For statements to extend
    # ------------------------------------------------------------------

    @api.model
    def _originals(self, company, periods, users):
        """What statements of ``periods`` paid, and what was settled of it since.

        :return: ``{(user id, period id): {code: engine.pay_terms.Original}}``
        """
        return {}

    @api.model
    def _paid_teams(self, company, periods):
        """``{(period id, code, branch id)}`` of branches that anybody was paid for.

        False instead of a branch where nothing was kept about it.
        """
        return set()

    @api.model
    def _carried(self, period, users):
        """``{user id: amount}`` carried forward into ``period``, never positive."""
        return {}

    @api.model
    def _open_holdbacks(self, period, users=None):
        """What is held from earlier months and neither released nor lost.

        :return: dicts of ``holdback_id, user_id, component_id, move_id, held`` (a
            decimal) and ``period_id``
        """
        return []

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    @api.model
    def _with_settlements(self, period, users, bases):
        """Ids of users of whom something is held, or changed since it was closed."""
        found = {row["user_id"] for row in self._held(period, users)}
        if period.company_id.sales_manager_kpi_first_managed_month:
            asked = [] if users is None else [("user_id", "in", users.ids)]
            for basis in bases:
                late = self.env[FROZEN]._late_by(period, basis, asked)
                found.update(user_id for _month, user_id in late)
        return found

    @api.model
    def _settlements(self, period, users, components):
        origins, notes = self._returned_origins(period), {}
        months = self._late_months(period)
        if months:
            notes = self._origins_of(period, self._late_notes(period))
        months |= {*origins.values(), *notes.values()}
        if any(one.kind == "new_customers" for one in components):
            months |= self._months_since(period, months)
        settlements = Settlements(holdbacks=self._held(period, users))
        periods = self.env["sales.period"].browse(sorted(months))
        if months:
            originals = self._originals(period.company_id, periods, users)
            settlements.originals = originals
        if settlements.originals:
            settlements.origins = origins
            settlements.notes = {**notes, **origins}
            settlements.kept = self._kept_of(period.company_id, periods, users)
            if any(one.kind == "team_override" for one in components):
                settlements.paid_teams = self._paid_teams(period.company_id, periods)
            if any(one.kind == "new_customers" for one in components):
                settlements.newcomers_before = self._moved_newcomers(period, users)
            for component, paid in components.items():
                if component.kind in FACT_KINDS:
                    self._settle_component(period, component, paid, settlements)
        held = {row["move_id"] for row in settlements.holdbacks}
        settlements.paid = self._paid_on(held - {False})
        for move_id in self._without_invoice(held):
            settlements.paid[move_id] = (period.date_from, 0, ZERO)
        return settlements

    @api.model
    def _held(self, period, users):
        """As `_open_holdbacks`; who is paid is found by it first, then they are.

        What was read for some is not all there is for others.
        """
        key, asked = ("pay_held", period.id), None if users is None else set(users.ids)
        known = read_once(self.env, key, lambda: None)
        if known is None or not (known[0] is None or asked and asked <= known[0]):
            known = asked, self._open_holdbacks(period, users)
            remember(self.env, key, known)
        return [row for row in known[1] if asked is None or row["user_id"] in asked]

    @api.model
    def _months_since(self, period, months):
        """Ids of the months after the earliest of ``months``: a customer who was new
        in one of them may have been new before, by what changed in that one."""
        first = min(
            self.env["sales.period"].browse(months).mapped("date_from"), default=None
        )
        if first is None:
            return set()
        since = [
            ("company_id", "=", period.company_id.id),
            ("date_from", ">", first),
            ("date_from", "<", period.date_from),
        ]
        return set(self.env["sales.period"].search(since).ids)

    @api.model
    def _settle_component(self, period, component, users, settlements):
        scopes = self._scopes(component, users, settlements)
        settlements.scopes[component.id] = scopes
        months = self.env["sales.period"].browse(sorted({month for _, month in scopes}))
        settlements.then[component.id] = {
            month.id: self._component_then(component, month) for month in months
        }
        if component.kind == "new_customers":
            self._settle_newcomers(period, component, settlements)
            if component.amount:
                return
        settlements.late[component.id] = self._late_changes(
            period, component, settlements
        )

    @api.model
    def _without_invoice(self, move_ids):
        """Of invoices that are drafts again, cancelled or deleted nobody waits for a
        payment: what was paid for them is taken back. Posted again, it waits anew."""
        if not move_ids:
            return set()
        domain = [("id", "in", list(move_ids - {False})), ("state", "=", "posted")]
        return move_ids - set(self.env["account.move"].search(domain).ids)

    @api.model
    def _returned_origins(self, period):
        """``{credit note id: period id}`` where the invoice is of an earlier month."""
        notes = self.env["account.move"].search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("state", "=", "posted"),
                ("move_type", "=", "out_refund"),
                ("invoice_date", ">=", period.date_from),
                ("invoice_date", "<=", period.date_to),
                ("reversed_entry_id.invoice_date", "<", period.date_from),
            ],
            ["reversed_entry_id"],
        )
        return self._origins_of(period, notes)

    @api.model
    def _origins_of(self, period, notes):
        """``{credit note id: period id}`` of their invoices, of months there are."""
        months = {
            move.id: move.reversed_entry_id.invoice_date.replace(day=1)
            for move in notes
            if move.reversed_entry_id.invoice_date
        }
        if not months:
            return {}
        periods = self.env["sales.period"].search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("date_from", "in", list(set(months.values()))),
            ],
            ["date_from"],
        )
        by_month = {month.date_from: month.id for month in periods}
        return {
            move_id: by_month[month]
            for move_id, month in months.items()
            if month in by_month
        }

    @api.model
    def _unpaid(self, move_ids, day):
        """The ids of those that are not paid in full by the end of ``day``."""
        if not move_ids:
            return set()
        self._flush_payments()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id
                  FROM account_move AS move
                 WHERE move.id = ANY(%(moves)s)
                   AND move.payment_state IN %(settled)s
                   AND NOT EXISTS (
                       SELECT
                         FROM account_move_line AS line
                         JOIN account_account AS account
                           ON account.id = line.account_id
                          AND account.account_type = 'asset_receivable'
                         JOIN account_partial_reconcile AS partial
                           ON partial.debit_move_id = line.id
                           OR partial.credit_move_id = line.id
                        WHERE line.move_id = move.id
                          AND partial.max_date > %(day)s
                   )
                """,
                moves=sorted(move_ids),
                settled=SETTLED,
                day=day,
            )
        )
        return set(move_ids).difference(move_id for (move_id,) in rows)

    @api.model
    def _paid_on(self, move_ids):
        """Invoices that are paid in full, by id.

        An invoice that was taken back in full is settled as well, and never late; one
        that leaves nothing to pay is so from its own day on.

        :return: ``{invoice id: (day, days late, part of it that was taken back)}``, the
            part a decimal from 0 to 1
        """
        if not move_ids:
            return {}
        self._flush_payments()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id, move.payment_state,
                       COALESCE(max(partial.max_date), move.invoice_date),
                       COALESCE(max(line.date_maturity), move.invoice_date_due),
                       COALESCE(sum(partial.amount) FILTER (
                           WHERE other.move_type = 'out_refund'
                       ) / NULLIF(sum(partial.amount), 0), 0)
                  FROM account_move AS move
                  LEFT JOIN (
                           account_move_line AS line
                      JOIN account_account AS account
                        ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                       ) ON line.move_id = move.id
                  LEFT JOIN account_partial_reconcile AS partial
                    ON partial.debit_move_id = line.id
                    OR partial.credit_move_id = line.id
                  LEFT JOIN account_move_line AS against
                    ON against.id = CASE WHEN partial.debit_move_id = line.id
                                         THEN partial.credit_move_id
                                         ELSE partial.debit_move_id END
                  LEFT JOIN account_move AS other ON other.id = against.move_id
                 WHERE move.id = ANY(%(moves)s)
                   AND move.payment_state IN %(settled)s
              GROUP BY move.id
                """,
                moves=sorted(move_ids),
                settled=SETTLED,
            )
        )
        return {
            move_id: (
                paid,
                0 if state == "reversed" else max((paid - due).days, 0),
                exact(float(back)),
            )
            for move_id, state, paid, due, back in rows
        }

    @api.model
    def _flush_payments(self):
        self.env["account.move"].flush_model(["payment_state", "invoice_date_due"])
        self.env["account.partial.reconcile"].flush_model()

    @api.model
    def _missing_rates(self, period):
        """Currencies of the month's invoices that were taken one to one, for want of
        a rate."""
        company = period.company_id
        groups = self.env["account.move"]._read_group(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("invoice_date", ">=", period.date_from),
                ("invoice_date", "<=", period.date_to),
                ("currency_id", "!=", company.currency_id.id),
                ("invoice_currency_rate", "in", (0.0, 1.0)),
            ],
            ["currency_id"],
        )
        currencies = self.env["res.currency"].union(*(row[0] for row in groups))
        if not currencies:
            return currencies
        known = self.env["res.currency.rate"].search(
            [
                ("currency_id", "in", currencies.ids),
                ("company_id", "in", [False, company.root_id.id]),
                ("name", "<=", period.date_to),
            ]
        )
        return currencies - known.currency_id
