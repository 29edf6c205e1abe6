"""The required range of showrooms on plain values: which norm holds, and what is there.

A norm names a product, a template or a category, and one branch or all of them. The
closest to the product wins, as with Odoo's price rules; of equally close ones the
norm of the branch itself wins over the norm of all branches.
"""

VARIANT, TEMPLATE, CATEGORY = 3, 2, 1


def rank(target, depth, has_branch):
    """How close a norm is, to be compared: the greater wins.

    :param target: ``VARIANT``, ``TEMPLATE`` or ``CATEGORY``
    :param depth: of a category, how many categories lie above it; else 0
    :param has_branch: whether the norm is of one branch
    """
    return target, depth, has_branch


def closest(norms):
    """The norm that holds: ``[(rank, sequence, norm)]`` with the closest first.

    Of two equally close norms the one made last wins, so that the answer never
    depends on how a query happened to sort.

    :param norms: ``[(rank, id, norm)]``, at least one
    """
    return max(norms, key=lambda row: (row[0], row[1]))[2]


class Completeness:
    """How much of what a showroom must show is there; sums up line by line.

    :param due: lines of the norm so far, and their weight
    :param satisfied: those of them that have what they ask for, and their weight
    """

    __slots__ = ("due", "due_weight", "satisfied", "satisfied_weight")

    def __init__(self, due=0, due_weight=0.0, satisfied=0, satisfied_weight=0.0):
        self.due, self.satisfied = due, satisfied
        self.due_weight = due_weight or 0.0
        self.satisfied_weight = satisfied_weight or 0.0

    def add(self, present, minimum, weight):
        """Count a line of the norm; one that asks for nothing is no line.

        :param present: samples that are there
        :param minimum: samples that must be
        :param weight: what the line counts for, not negative
        """
        if minimum <= 0:
            return
        self.due += 1
        self.due_weight += weight
        if present >= minimum:
            self.satisfied += 1
            self.satisfied_weight += weight

    @property
    def share(self):
        """Satisfied lines of those due, 0 to 1; None where nothing is due."""
        return self.satisfied / self.due if self.due else None

    @property
    def weighted(self):
        """The same by weight; None where nothing due has a weight."""
        return self.satisfied_weight / self.due_weight if self.due_weight else None


def lacking(required, present, to_replace, coming):
    """How many samples are to be asked for, or made.

    What is to be replaced is not there, so it lacks in the norm too: the greater of
    both counts, not their sum.

    :param coming: samples that are asked for already, or wait to be made

    >>> lacking(3, 1, 1, 0), lacking(0, 0, 2, 1), lacking(1, 2, 0, 0)
    (2, 1, 0)
    """
    return max(0, max(required - present, to_replace) - coming)


def cut_all(count, one, pieces, step):
    """What is left of ``pieces`` after ``count`` cuts of ``one``; None if too little.

    Each cut is of one piece, the shortest that is long enough.

    :param step: of the unit; less than half of it is no shortage

    >>> cut_all(2, 2, [3, 2.5], 0.01)
    [0.5, 1]
    >>> cut_all(2, 2, [3, 1.5], 0.01) is None
    True
    """
    left = sorted(pieces)
    for __ in range(count):
        at = next((i for i, free in enumerate(left) if free > one - step / 2), None)
        if at is None:
            return None
        left[at] -= one
        left.sort()
    return left
