from datetime import date, timedelta
from fractions import Fraction
from unittest import TestCase

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.customer_keys import (
    name_key,
    phone_key,
    place_key,
)
from odoo.addons.sales_manager_kpi.engine.customer_life import LifeRules, abc, course

START = date(2022, 1, 1)


def naive_course(days, today, rules):
    """Day by day: each day asks from scratch what the customer is."""
    days, steps, state, born = set(days), [], None, None
    day = min(days, default=None)
    while day and day <= today:
        before = max((d for d in days if d < day), default=None)
        arrivals = naive_arrival(before, day, rules) if day in days else []
        for reached in [*naive_passing(before, born, state, day, rules), *arrivals]:
            state = reached
            steps.append((reached, day))
            if reached in ("new", "won_back"):
                born = day
        day += timedelta(days=1)
    return steps


def naive_arrival(before, day, rules):
    """What a purchase on ``day`` makes of the customer."""
    silence = relativedelta(months=rules.silence)
    if before is None or (rules.silence and before <= day - silence):
        return ["new"]
    for months, state in ((rules.lost, "won_back"), (rules.dormant, "active")):
        if before + relativedelta(months=months) <= day:
            return [state]
    return []


def naive_passing(before, born, state, day, rules):
    """What time alone makes of the customer on ``day``."""
    if before is None:
        return []
    for months, name in ((rules.dormant, "dormant"), (rules.lost, "lost")):
        if day == before + relativedelta(months=months):
            return [name]
    grown = born and day == born + relativedelta(months=rules.fresh)
    return ["active"] if grown and state in ("new", "won_back") else []


rules_ = st.builds(
    lambda fresh, more, later, silence: LifeRules(
        fresh, fresh + more, fresh + more + later, silence
    ),
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(1, 8),
    st.sampled_from([0, 1, 5, 12, 18]),
)
purchases = st.lists(st.integers(0, 1500), max_size=12).map(
    lambda ages: [START + timedelta(days=age) for age in ages]
)


class TestLifeEngine(TestCase):
    @settings(max_examples=150, deadline=None)
    @given(purchases, st.integers(0, 1600), rules_)
    def test_course_is_what_a_day_by_day_count_finds(self, days, age, rules):
        today = START + timedelta(days=age)
        days = [day for day in days if day <= today]
        self.assertEqual(course(days, today, rules), naive_course(days, today, rules))

    @settings(max_examples=150, deadline=None)
    @given(
        st.dictionaries(st.integers(1, 40), st.integers(-50, 1000), max_size=25),
        st.integers(1, 99),
        st.integers(0, 50),
    )
    def test_abc_is_what_adding_up_finds(self, turnovers, share_a, more):
        share_b = min(100, share_a + more)
        found = abc(turnovers, share_a, share_b)
        order = sorted(
            (k for k in turnovers if turnovers[k] > 0),
            key=lambda k: (-turnovers[k], k),
        )
        self.assertEqual(set(found), set(order))
        whole = sum(turnovers[k] for k in order)
        for place, key in enumerate(order):
            before = Fraction(sum(turnovers[k] for k in order[:place]), whole) * 100
            expected = "a" if before < share_a else "b" if before < share_b else "c"
            self.assertEqual(found[key], expected)

    def test_a_month_end(self):
        """31 August and six months is the last of February."""
        rules = LifeRules(3, 6, 12)
        steps = course([date(2024, 8, 31)], date(2025, 2, 28), rules)
        self.assertEqual(steps[-1], ("dormant", date(2025, 2, 28)))

    def test_won_back_or_new(self):
        """Between lost and silence it is won back, after the silence new again."""
        first = date(2020, 1, 1)
        rules = LifeRules(3, 6, 12, 24)
        for months, state in ((11, "active"), (12, "won_back"), (24, "new")):
            day = first + relativedelta(months=months)
            self.assertEqual(course([first, day], day, rules)[-1], (state, day))

    def test_keys(self):
        self.assertEqual(name_key("Müller & Söhne GmbH"), name_key("MULLER SOHNE"))
        self.assertNotEqual(name_key("Jansen"), name_key("Janssen"))
        self.assertIsNone(name_key(None))
        self.assertEqual(phone_key("0031 (0)20 123 4567"), phone_key("+31201234567"))
        self.assertIsNone(phone_key("112"))
        self.assertEqual(place_key("3511 ab"), place_key("3511AB"))
