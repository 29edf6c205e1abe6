"""Days and hours as instants, in any time zone; no database needed."""

import unittest
from datetime import date, datetime, timedelta

import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.instants import instant

ZONES = st.sampled_from(sorted(pytz.common_timezones))
DAYS = st.dates(date(2000, 1, 1), date(2037, 12, 30))
MINUTES = st.integers(0, 24 * 60)
# A busy machine is no property of the engine.
calm = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def shown(moment, tz):
    """What a clock on the wall of ``tz`` shows at the naive UTC ``moment``."""
    local = pytz.utc.localize(moment).astimezone(pytz.timezone(tz))
    return local.replace(tzinfo=None)


class TestInstants(unittest.TestCase):
    @given(DAYS, MINUTES, ZONES, st.booleans())
    @calm
    def test_the_clock_shows_the_hour(self, day, minutes, tz, late):
        wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
        moment = instant(day, minutes / 60, tz, late=late)
        # left out that night: the first moment the clock shows afterwards
        self.assertGreaterEqual(shown(moment, tz), wanted)
        if shown(moment, tz) != wanted:
            just_before = shown(moment - timedelta(seconds=1), tz)
            self.assertLess(just_before, wanted)

    @given(DAYS, MINUTES, MINUTES, ZONES)
    @calm
    def test_an_end_is_never_before_its_beginning(self, day, first, second, tz):
        start, stop = sorted((first, second))
        self.assertLessEqual(
            instant(day, start / 60, tz), instant(day, stop / 60, tz, late=True)
        )

    @given(DAYS, ZONES)
    @calm
    def test_one_day_ends_where_the_next_begins(self, day, tz):
        end = instant(day, 24, tz, late=True)
        begin = instant(day + timedelta(days=1), 0, tz)
        # where the hour before midnight comes twice the days overlap by it
        self.assertIn(end - begin, (timedelta(), timedelta(hours=1)))
