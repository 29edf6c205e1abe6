"""Who may give which discount, to whom, on what: matching norms, on plain values."""

from dataclasses import dataclass, replace
from datetime import date

from .concession import Limits


@dataclass(frozen=True)
class Norm:
    """One line of a policy; 0 in a condition is everybody or everything.

    A floor price is per unit of the product, in company currency, untaxed.
    """

    id: int
    role: str
    limits: Limits
    specificity: int = 0
    sequence: int = 10
    user_id: int = 0
    branch_id: int = 0
    partner_id: int = 0
    class_id: int = 0
    template_id: int = 0
    category_id: int = 0
    tag_id: int = 0

    @property
    def is_for_orders(self):
        """Whether it speaks of whole orders: of no product in particular."""
        return not (self.template_id or self.category_id or self.tag_id)

    def is_for(self, branch_id, partner_id, class_id):
        """Whether it holds for this branch and customer."""
        return (
            self.branch_id in (0, branch_id)
            and self.partner_id in (0, partner_id)
            and self.class_id in (0, class_id)
        )

    def is_of(self, role, user_id):
        """Whether it is the authority of somebody of this role."""
        return self.role == role and self.user_id in (0, user_id)

    def is_on(self, template_id, category_ids, tag_ids):
        """Whether it holds for a product, of a category and those above it."""
        return (
            self.template_id in (0, template_id)
            and (not self.category_id or self.category_id in category_ids)
            and (not self.tag_id or self.tag_id in tag_ids)
        )


@dataclass(frozen=True)
class Policy:
    """An active policy: where and when it holds, and its norms.

    :param branch_ids: empty for all branches
    :param date_to: None while it lasts
    """

    id: int
    mode: str
    resolution: str
    check_unpriced: bool
    date_from: date
    date_to: date | None
    branch_ids: frozenset = frozenset()
    norms: tuple = ()

    def holds_on(self, day):
        """Whether it holds on ``day``."""
        return self.date_from <= day and (self.date_to is None or day <= self.date_to)

    def asks_for(self, name):
        """Whether any norm has this condition."""
        return any(getattr(norm, name) for norm in self.norms)

    def asks_for_limit(self, name):
        """Whether any norm says this limit."""
        return any(getattr(norm.limits, name) is not None for norm in self.norms)


def holding(policies, branch_id, day):
    """The policy for a branch on a day: its own goes before that for all; or None."""
    valid = [policy for policy in policies if policy.holds_on(day)]
    for policy in valid:
        if branch_id and branch_id in policy.branch_ids:
            return policy
    return next((policy for policy in valid if not policy.branch_ids), None)


def limits_of(norms, resolution, floor_rate=1.0):
    """The limits of matching norms together.

    `most_specific`: each limit is said by the narrowest norm that says it at all.
    `strictest`: by the tightest.

    :param floor_rate: what a floor price is multiplied by
    """
    limits = Limits()
    for norm in sorted(norms, key=lambda n: (-n.specificity, n.sequence, n.id)):
        own = norm.limits
        if own.floor_price is not None:
            own = replace(own, floor_price=own.floor_price * floor_rate)
        strictest = resolution == "strictest"
        limits = limits.strictest(own) if strictest else limits.filled(own)
    return limits
