"""Points of cards move with orders, not by the hand of a salesperson."""

from contextlib import contextmanager
from contextvars import ContextVar

_moving = ContextVar("sales_manager_kpi.moving_points", default=False)


@contextmanager
def moving_points():
    """While an order is confirmed, cancelled, or its rewards change.

    Known to this call only: no client can send it, no context carries it on, and a
    savepoint that is rolled back does not end it.
    """
    token = _moving.set(True)
    try:
        yield
    finally:
        _moving.reset(token)


def are_points_moving():
    """Whether an order moves points just now."""
    return _moving.get()
