from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..engine.trade_bonus import ZERO, exact
from .bonus_run_facts import FROZEN


class Change(NamedTuple):
    """What changed afterwards in what a month paid somebody for.

    :param base: decimal, in the unit of the base of the component
    :param waiting: ``{invoice id: part of it}`` of invoices that are not paid yet
    """

    base: object
    waiting: dict


class BonusRunLate(models.AbstractModel):
    """What was booked late, by the month whose rate it has.

    That is the month of the fact; of a credit note it is the month of its invoice.
    """

    _name = "bonus.run.late"
    _inherit = ["bonus.run.weigh"]
    _description = "Pay Run: Late Changes"

    @api.model
    def _late_months(self, period):
        """Ids of the months that late rows booked in ``period`` belong to."""
        if not period.company_id.sales_manager_kpi_first_managed_month:
            return set()
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = self.env[FROZEN].sudo()._read_group(self._booked(period), ["period_id"])
        return {month.id for (month,) in rows}

    @api.model
    def _late_notes(self, period):
        """Credit notes that late rows of ``period`` are of, as account.move."""
        return self._notes_in(self._booked(period))

    @api.model
    def _notes_in(self, domain):
        """Credit notes of invoices that frozen or late rows are of, as account.move."""
        domain = Domain(domain) & Domain(
            [
                ("move_id.move_type", "=", "out_refund"),
                ("move_id.reversed_entry_id", "!=", False),
            ]
        )
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = self.env[FROZEN].sudo()._read_group(domain, ["move_id"])
        return self.env["account.move"].union(*(move for (move,) in rows))

    @api.model
    def _at_home(self, component, settlements):
        """Conditions for `_scoped`: facts of a month, credit notes in that of their
        invoice."""

        def conditions_of(user_id, month_id, _scope):
            here, away = [], []
            for note, home in settlements.notes.items():
                if settlements.has_base(component, user_id, home):
                    (here if home == month_id else away).append(note)
            own = [("period_id", "=", month_id), ("move_id", "not in", sorted(away))]
            if not here:
                return own
            return ["|", "&", *own, ("move_id", "in", sorted(here))]

        return conditions_of

    @api.model
    def _booked(self, period):
        return [
            ("booked_period_id", "=", period.id),
            ("kind", "!=", "frozen"),
            ("status", "=", "counted"),
        ]

    @api.model
    def _late_changes(self, period, component, settlements):
        """``{(user id, period id): Change}`` of what was booked in ``period``."""
        domain = self._scoped(
            settlements.scopes[component.id], self._at_home(component, settlements)
        )
        if domain.is_false():
            return {}
        asks = settlements.asks_discount(component)
        names = ["user_id", "move_id"]
        if component.kind == "team_override":
            names.append("branch_id")
        if asks:
            names += ["product_id", "fact_key"]
        measures = ("amount", "discount_amount") if asks else ("amount",)
        changes = self.env[FROZEN]._late_by(
            period, component.basis, domain, names, measures
        )
        before = {}
        if asks and changes:
            before = self._stood(period, component, domain, names, changes)
        weights = self._weights(component, settlements) if changes and asks else None
        return self._added_up(
            period, component, settlements, names, changes, before, weights
        )

    @api.model
    def _added_up(
        self, period, component, settlements, names, changes, before, weights
    ):
        bases, moves = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for key, figure in changes.items():
            fact = dict(zip(("period_id", *names), key, strict=True))
            for user_id, home in self._settled_for(component, settlements, fact):
                if weights is None:
                    amount = exact(figure)
                else:
                    change = tuple(exact(one) for one in figure)
                    stood = before.get(key, (ZERO, ZERO))
                    stands = tuple(a + b for a, b in zip(stood, change, strict=True))
                    amount = weights.weigh(user_id, home, fact, stands)
                    amount -= weights.weigh(user_id, home, fact, stood)
                bases[user_id, home] += amount
                moves[user_id, home, fact["move_id"]] += amount
                if home != fact["period_id"]:
                    settlements.moved[component.id, user_id].add(
                        (fact["period_id"], home, fact["move_id"])
                    )
        waiting = self._late_waiting(period, component, moves)
        return {
            (user_id, home): Change(base, waiting.get((user_id, home), {}))
            for (user_id, home), base in bases.items()
            if base
        }

    @api.model
    def _late_waiting(self, period, component, amounts):
        """``{(user id, period id): {invoice id: amount}}`` of what more was sold on
        invoices that are not paid by the end of the month."""
        asked = {move for (*_whose, move), amount in amounts.items() if amount > 0}
        asked.discard(False)
        if not component.hold_percent or not asked:
            return {}
        invoices = self.env["account.move"].search(
            [
                ("id", "in", sorted(asked)),
                ("state", "=", "posted"),
                ("move_type", "!=", "out_refund"),
            ]
        )
        unpaid = self._unpaid(set(invoices.ids), period.date_to)
        found = defaultdict(dict)
        for (user_id, home, move), amount in amounts.items():
            if move in unpaid and amount > 0:
                found[user_id, home][move] = amount
        return found

    @api.model
    def _stood(self, period, component, domain, names, changes):
        """What the facts of ``changes`` came to before: as frozen, and as booked."""
        keys = {key[-1] for key in changes if key[-1]}
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = (
            self.env[FROZEN]
            .sudo()
            ._read_group(
                domain
                & Domain("fact_key", "in", sorted(keys))
                & (
                    Domain("kind", "=", "frozen")
                    | Domain("booked_period_id.date_from", "<", period.date_from)
                )
                & Domain("basis", "=", component.basis)
                & Domain("status", "=", "counted"),
                ["period_id", *names],
                ["amount:sum", "discount_amount:sum"],
            )
        )
        return {
            tuple(getattr(key, "id", key) for key in row[:-2]): tuple(
                exact(figure or 0.0) for figure in row[-2:]
            )
            for row in rows
        }
