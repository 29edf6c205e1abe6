"""Promotion programmes on plain values: for whom they are, and what is left of them."""

from dataclasses import dataclass
from enum import StrEnum

APPROVED = "approved"
STOPPED = "stopped"


@dataclass(frozen=True)
class Promotion:
    """A governed programme as orders see it; empty sets are everybody.

    :param customer_domain: a literal domain on customers, empty for all
    :param group_id: 0 outside exclusive groups
    :param by_sequence: in its group the first one counts, not the best one
    :param keeps_offers: once stopped, quotations that were sent keep the reward
    """

    id: int
    state: str
    branch_ids: frozenset = frozenset()
    class_ids: frozenset = frozenset()
    customer_domain: str = ""
    group_id: int = 0
    by_sequence: bool = False
    sequence: int = 0
    spares_manual: bool = False
    keeps_offers: bool = True

    def is_open_to(self, branch_id, class_id):
        """Whether it may be used where and for whom, as far as sets say it.

        :param branch_id: a function, called only where the programme asks for it
        :param class_id: likewise
        """
        return (
            self.state == APPROVED
            and (not self.branch_ids or branch_id() in self.branch_ids)
            and (not self.class_ids or class_id() in self.class_ids)
        )

    @property
    def rank(self):
        """Its place in a group where the first one counts."""
        return self.sequence, self.id


class Why(StrEnum):
    """Why a reward may not be given."""

    BUDGET = "budget"
    ORDERS = "orders"
    CUSTOMER_AMOUNT = "customer_amount"
    CUSTOMER_ORDERS = "customer_orders"
    MARGIN = "margin"


@dataclass(frozen=True)
class Limits:
    """What a programme may give; None is without limit. Money in its own currency."""

    budget: float | None = None
    orders: int | None = None
    customer_amount: float | None = None
    customer_orders: int | None = None
    margin: float | None = None


@dataclass(frozen=True)
class Taken:
    """What other orders have taken of a programme, offers that still stand included."""

    amount: float = 0.0
    orders: int = 0
    customer_amount: float = 0.0
    customer_orders: int = 0


@dataclass(frozen=True)
class Refusal:
    """Why a reward is refused, and what would have been left for it."""

    why: Why
    left: float


def refusal_of(limits, taken, amount, margin=None, step=0.01):
    """Why ``amount`` more may not be given; None where it may.

    :param margin: percent of the order with the reward, None where it has no base
    :param step: what the currency cannot express is no excess
    """
    for why, limit, used in (
        (Why.BUDGET, limits.budget, taken.amount),
        (Why.CUSTOMER_AMOUNT, limits.customer_amount, taken.customer_amount),
    ):
        if limit is not None and used + amount > limit + step / 2:
            return Refusal(why, max(limit - used, 0.0))
    for why, most, count in (
        (Why.ORDERS, limits.orders, taken.orders),
        (Why.CUSTOMER_ORDERS, limits.customer_orders, taken.customer_orders),
    ):
        if most is not None and count >= most:
            return Refusal(why, 0.0)
    if limits.margin is not None and margin is not None and margin < limits.margin:
        return Refusal(Why.MARGIN, 0.0)
    return None


def refunded_part(ordered, invoiced, refunded):
    """Which part of what was given came back, between 0 and 1.

    A credit note that only makes room for another invoice takes nothing back.

    :param ordered: amount or quantity of the reward on the order, of any sign
    :param invoiced: the same on invoices
    :param refunded: the same on credit notes
    """
    if not ordered:
        return 0.0
    again = max(invoiced / ordered - 1.0, 0.0)
    return min(max(refunded / ordered - again, 0.0), 1.0)
