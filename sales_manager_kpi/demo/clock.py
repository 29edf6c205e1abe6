"""The frozen clock of the story: Odoo believes that it is the day that is told."""

import gc
from contextlib import contextmanager
from datetime import datetime, time


class Clock:
    """Moves time for Python and for the transaction's own `now()`."""

    def __init__(self, env, frozen):
        self.env = env
        self.frozen = frozen

    def move(self, day, hour=9, minute=0):
        """Finish what belongs to the moment before, then go to ``day`` (UTC)."""
        self.finish()
        moment = datetime.combine(day, time(hour, minute))
        self.frozen.move_to(moment)
        # The transaction keeps its moment; create_date and write_date come from it.
        self.env.cr._now = moment

    def finish(self):
        """Write what is pending and let tracked changes become messages now."""
        self.env.flush_all()
        self.env.cr.flush()

    def tidy(self):
        """Forget what was read, and environments that nobody uses any more.

        Making an environment walks through all that are left in the transaction: in a
        long one this took a third of the time.
        """
        self.env.invalidate_all()
        gc.collect()


@contextmanager
def frozen_clock(env, day):
    """Stop the time at the beginning of ``day``, and give it back afterwards."""
    # A tool of developers: the addon itself must do without.
    from freezegun import freeze_time

    with freeze_time(datetime.combine(day, time(6))) as frozen:
        clock = Clock(env, frozen)
        clock.move(day, 6)
        gc.freeze()  # what was there before need not be looked through every day
        try:
            yield clock
            clock.finish()
        finally:
            gc.unfreeze()
            env.cr._now = None
