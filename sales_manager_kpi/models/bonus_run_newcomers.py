from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.trade_bonus import ZERO, exact
from .bonus_run_facts import FROZEN
from .bonus_run_late import Change


class BonusRunNewcomers(models.AbstractModel):
    """New customers of earlier months that are none any more, or somebody else's.

    Only those are asked of whom something came back or changed late; what was settled
    of them once is remembered with the statement that did it.
    """

    _name = "bonus.run.newcomers"
    _inherit = ["bonus.run.late"]
    _description = "Pay Run: New Customers of Earlier Months"

    @api.model
    def _moved_newcomers(self, period, users):
        """What earlier statements settled: ``{(user id, period id): {code: {partner
        id: sum of 1 and -1}}}``."""
        return {}

    @api.model
    def _settle_newcomers(self, period, component, settlements):
        """Who is new no more, and who is new now: kept, counted where that is paid."""
        touched = self._touched_customers(period, component, settlements)
        scopes = settlements.scopes[component.id]
        months = self.env["sales.period"].browse(sorted(touched))
        for month in months:
            now = self._new_ones(month, component.basis, month.date_from)
            for whose, scope in settlements.scopes_of(component, month.id).items():
                before = settlements.newcomers_before.get(whose, {})
                before = before.get(component.code, {})
                was = set(scope.new) - {p for p, sign in before.items() if sign < 0}
                was |= {p for p, sign in before.items() if sign > 0}
                stands = set(now.get(whose[0], ()))
                asked = scope.counted(touched[month.id])
                gone = {partner: -1 for partner in (was - stands) & asked}
                come = {partner: 1 for partner in (stands - was) & asked}
                if gone or come:
                    settlements.newcomers[component.id][whose] = {**gone, **come}
                scopes[whose] = scope._replace(
                    new=tuple(sorted((was - gone.keys()) | come.keys()))
                )
        if component.amount:
            settlements.late[component.id] = {
                whose: Change(exact(float(sum(moved.values()))), {})
                for whose, moved in settlements.newcomers[component.id].items()
                if sum(moved.values())
            }
        elif settlements.newcomers[component.id]:
            settlements.turned[component.id] = self._turned(
                period, component, settlements
            )

    @api.model
    def _turned(self, period, component, settlements):
        """Turnover of who came and of who went, as far as it stood before ``period``.

        What changed since is a late change of those who came, and none of the others.

        :return: ``{(user id, period id): {1 or -1: decimal}}``
        """
        moved = settlements.newcomers[component.id]
        scopes = {
            whose: settlements.scopes[component.id][whose]._replace(new=tuple(partners))
            for whose, partners in moved.items()
        }
        before = Domain("status", "=", "counted") & Domain(
            [
                ("basis", "=", component.basis),
                ("period_id.date_from", "<", period.date_from),
                "|",
                ("kind", "=", "frozen"),
                ("booked_period_id.date_from", "<", period.date_from),
            ]
        )
        partners = sorted(set().union(*moved.values()))
        notes = self._notes_in(before & Domain("partner_id", "in", partners))
        settlements.notes = {**self._origins_of(period, notes), **settlements.notes}
        domain = self._scoped(scopes, self._at_home(component, settlements))
        names = ["period_id", "user_id", "move_id", "partner_id"]
        # sudo: as with live facts, the figure must not depend on who reads it
        rows = (
            self.env[FROZEN].sudo()._read_group(before & domain, names, ["amount:sum"])
        )
        found = defaultdict(lambda: defaultdict(lambda: ZERO))
        for *key, amount in rows:
            fact = {name: one.id for name, one in zip(names, key, strict=True)}
            for whose in self._settled_for(component, settlements, fact):
                sign = moved.get(whose, {}).get(fact["partner_id"])
                if not sign:
                    continue
                found[whose][sign] += sign * exact(amount)
                if whose[1] != fact["period_id"]:
                    settlements.moved[component.id, whose[0]].add(
                        (fact["period_id"], whose[1], fact["move_id"])
                    )
        return {whose: dict(own) for whose, own in found.items()}

    @api.model
    def _touched_customers(self, period, component, settlements):
        """``{period id: partner ids}`` of whom anything changed in ``period``.

        A customer is new once: what changed in one month may make them new in a later
        one, or new there no more, so the months after it are asked of them too.
        """
        touched = defaultdict(set)
        late = self.env[FROZEN]._late_by(
            period, component.basis, [], ("partner_id", "move_id")
        )
        for month_id, partner_id, move_id in late:
            touched[month_id].add(partner_id)
            if move_id in settlements.notes:
                touched[settlements.notes[move_id]].add(partner_id)
        if component.basis == "invoice":
            notes = self.env["account.move"].browse(sorted(settlements.origins))
            for note in notes:
                touched[settlements.origins[note.id]].add(note.commercial_partner_id.id)
        changed = set().union(*touched.values())
        known = {month for _user, month in settlements.scopes[component.id]}
        if not touched:
            return {}
        periods = self.env["sales.period"].browse(known | set(touched))
        since = min(periods.browse(touched).mapped("date_from"))
        return {
            month.id: touched[month.id] | changed
            for month in periods
            if month.id in known and month.date_from >= since
        }
