from collections import defaultdict

from ..engine.trade_bonus import ZERO
from .bonus_component import FACT_KINDS

# Of statements that were computed before the others were settled as well.
SETTLED_ONCE = ("own_deals", "programme")


class Settlements:
    """What earlier months have to do with this one.

    :param origins: ``{credit note id: period id}`` of invoices of earlier months
    :param notes: the same of credit notes that changed late, too
    :param originals: ``{(user id, period id): {code: engine.pay_terms.Original}}``
    :param kept: what they were computed from, see `bonus.run.scope`
    :param late: ``{component id: {(user id, period id): bonus_run_late.Change}}``
    :param holdbacks: dicts of what is still held
    :param settles: kinds whose returns go back at the rate of their own month
    """

    def __init__(
        self, origins=None, originals=None, late=None, holdbacks=(), settles=FACT_KINDS
    ):
        self.origins = origins or {}
        self.notes = dict(self.origins)
        self.originals = originals or {}
        self.kept = {}
        self.paid_teams = set()  # see `bonus.run.settle._paid_teams`
        self.late = late or {}
        self.holdbacks, self._held = holdbacks, None
        self.settles = settles
        self.paid = {}
        # {component id: {(user id, period id): bonus_run_scope.Scope}}
        self.scopes = defaultdict(dict)
        # {component id: {period id: component as it was then}}
        self.then = defaultdict(dict)
        # {component id: {(user id, period id): amount}} of returns this month
        self.returned = defaultdict(lambda: defaultdict(lambda: ZERO))
        # {component id: the same}, where it cannot be added up from facts alone
        self.weighed = {}
        # {(component id, user id): {credit note ids}}: no base of this month
        self.apart = defaultdict(set)
        # the same: those that are behind what is returned
        self.back = defaultdict(set)
        # {(component id, user id): {(month of the fact, of the rate, credit note)}}
        self.moved = defaultdict(set)
        # {component id: {(user id, period id): {partner id: 1 or -1}}}
        self.newcomers = defaultdict(dict)
        # {component id: {(user id, period id): {1 or -1: turnover of these}}}
        self.turned = defaultdict(dict)
        # what earlier statements settled of these, see `bonus.run.newcomers`
        self.newcomers_before = {}
        # {user id: credit notes of earlier months that count for them}
        self.seen = defaultdict(set)
        # {document id: its number}
        self.names = {}

    def returned_moves(self, component):
        """Credit notes that are no base of this month, but go back to their own."""
        if component.basis != "invoice" or component.kind not in self.settles:
            return set()
        return set(self.origins)

    def taken_apart(self, component, user_id):
        """Those of them that were settled at their own rate, for the evidence."""
        return sorted(self.apart[component.id, user_id])

    def held(self):
        """``{user id: what is still held of theirs}``, sorted out once."""
        if self._held is None:
            rows = defaultdict(list)
            for row in self.holdbacks:
                rows[row["user_id"]].append(row)
            self._held = dict(rows)
        return self._held

    def original(self, user_id, period_id, code):
        """What was paid for a code then; None where nothing was."""
        return self.originals.get((user_id, period_id), {}).get(code)

    def has_base(self, component, user_id, period_id):
        """Whether a month paid somebody for anything that can come back.

        Nobody is new in another month, so what new customers give back is never one of
        the month in which they do.
        """
        original = self.original(user_id, period_id, component.code)
        return component.kind == "new_customers" or bool(original and original.base)

    def scope(self, component, user_id, period_id):
        """`Scope` of a month; None where nobody knows it any more."""
        return self.scopes[component.id].get((user_id, period_id))

    def scopes_of(self, component, period_id):
        """``{(user id, period id): Scope}`` of one month."""
        return {
            whose: scope
            for whose, scope in self.scopes[component.id].items()
            if whose[1] == period_id
        }

    def asks_discount(self, component):
        """Whether a month asked what was given away on each line."""
        return component.kind != "new_customers" and any(
            one.env["bonus.run"]._asks_discount(one)
            for one in self.then[component.id].values()
        )
