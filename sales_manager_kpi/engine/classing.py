"""Which class a customer is proposed for, on plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ClassRule:
    """What a class asks of a customer.

    :param min_turnover: untaxed, in company currency
    :param max_days_late: None where payment is not asked
    """

    id: int
    min_turnover: float
    max_days_late: float | None = None

    def holds(self, turnover, days_late):
        """Whether a customer reaches it; nothing due yet is no bad payment."""
        if turnover < self.min_turnover:
            return False
        if self.max_days_late is None or days_late is None:
            return True
        return days_late <= self.max_days_late


def proposed(rules, turnover, days_late):
    """The id of the first of ``rules``, from the top, that a customer reaches.

    :return: None where it reaches none
    """
    return next((rule.id for rule in rules if rule.holds(turnover, days_late)), None)
