"""The day on which goods can be promised, from facts only. Plain values: no ORM."""


def promised_day(need, free, facts, today, step):
    """When ``need`` is there: today, on the day a fact completes it, or None.

    :param free: what is free now
    :param facts: ``[(day, quantity)]`` of goods that are on their way or answered for;
        what is overdue is expected today at the earliest
    :param step: smallest step of the unit of measure

    >>> from datetime import date
    >>> today = date(2026, 3, 2)
    >>> facts = [(date(2026, 3, 9), 5), (date(2026, 3, 5), 5)]
    >>> promised_day(3, 4, facts, today, 0.01) == today
    True
    >>> promised_day(12, 4, facts, today, 0.01)
    datetime.date(2026, 3, 9)
    >>> promised_day(20, 4, facts, today, 0.01) is None
    True
    """
    if free > need - step / 2:
        return today
    for day, quantity in sorted(facts):
        free += quantity
        if free > need - step / 2:
            return max(day, today)
    return None
