"""Figures collected once and asked for by total, category, customer or group."""

from collections import defaultdict

from .categories import path_ids

TOTAL = ("total", 0)


class Scope:
    """Amounts and quantities of one manager, findable by what a plan line is about.

    >>> scope = Scope()
    >>> scope.add(amount=10.0, quantities={7: 2.0}, parent_path="1/4/", partner_id=9)
    >>> scope.add(amount=5.0, quantities={7: 1.0}, parent_path="1/", groups=[3])
    >>> scope.amount(("category", 4)), scope.amount(("category", 1))
    (10.0, 15.0)
    >>> scope.amount(("customer", 9)), scope.amount(("customer_group", 3))
    (10.0, 5.0)
    >>> dict(scope.quantities(TOTAL))
    {7: 3.0}
    >>> scope.amount(("customer", 1))
    0.0
    """

    def __init__(self):
        self._amounts = defaultdict(float)
        self._quantities = defaultdict(lambda: defaultdict(float))

    def add(self, amount, quantities, parent_path=None, partner_id=None, groups=()):
        """Add a row, for everything it belongs to.

        :param dict quantities: ``{unit id: quantity}``
        """
        keys = [TOTAL]
        keys += [("category", category_id) for category_id in path_ids(parent_path)]
        keys += [("customer_group", group_id) for group_id in groups]
        if partner_id:
            keys.append(("customer", partner_id))
        for key in keys:
            self._amounts[key] += amount
            for unit_id, quantity in quantities.items():
                self._quantities[key][unit_id] += quantity

    def amount(self, key):
        """The amount of ``(dimension, id)``."""
        return self._amounts.get(key, 0.0)

    def quantities(self, key):
        """``{unit id: quantity}`` of ``(dimension, id)``."""
        return self._quantities.get(key, {})


def conversion(won, decided, least):
    """Share of quotations that became orders; None where too few were decided.

    >>> conversion(3, 12, least=5)
    0.25
    >>> conversion(1, 1, least=5) is None
    True
    """
    return won / decided if decided >= least and decided else None


def shortage(target, covered, goods_share, supply):
    """How much a plan line asks beyond what can be had; zero where it can be had.

    :param target: what the line asks for
    :param covered: delivered in the month, or reserved for the manager's orders
    :param goods_share: the part of it that comes from stock (the rest are services);
        None where there is no base to tell
    :param supply: free stock and incoming goods; None where no warehouse is known

    >>> shortage(1000, 300, 1.0, 500)
    200.0
    >>> shortage(1000, 300, 0.5, 500)
    0.0
    >>> shortage(1000, 0, None, 0), shortage(1000, 0, 1.0, None)
    (None, None)
    """
    if goods_share is None or supply is None:
        return None
    return max(0.0, target * goods_share - covered - max(0.0, supply))
