"""What is known of a document when it is asked whether a deputy gets its credit."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Event(NamedTuple):
    """A document that counts for the first time, and whom it would count for.

    Moments are naive UTC; ``at`` of an invoice is its date. ``by`` confirms or posts
    it, ``made_by`` wrote the quotation or the draft.
    """

    user_id: int
    branch_id: int | None
    at: object
    by: int
    made_at: datetime
    made_by: int

    def span(self):
        """From when to when the deciding moment may lie, in any time zone."""
        if isinstance(self.at, datetime):
            return min(self.at, self.made_at), self.at
        # noon, or now within the day: a day around it is more than enough
        first = datetime.combine(self.at, time.min)
        return min(first - DAY, self.made_at), first + 2 * DAY
