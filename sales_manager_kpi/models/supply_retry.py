"""A job is not tried again after a collision with somebody at work; here it is."""

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

TRIES = 5
COLLISIONS = (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)


def tried_again(env, act):
    """Do ``act``, on fresh data again where somebody else was faster.

    For jobs: all that was not committed before is rolled back in between.

    :return: whether it was done at last
    """
    for __ in range(TRIES):
        try:
            act()
            env.flush_all()
        except COLLISIONS:
            env.cr.rollback()
        else:
            return True
    return False
