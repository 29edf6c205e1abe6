from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.stocking import (
    Stock,
    accuracy,
    daily,
    rounded_up,
    season_factor,
    suggested,
)

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
amounts = st.floats(0, 1e6, allow_nan=False)
signed = st.floats(-1e6, 1e6, allow_nan=False)
days = st.integers(0, 400)
stocks = st.builds(
    Stock, sold=signed, days=days, unmet=amounts, free=signed, in_transit=amounts
)


@PATIENT
@given(stocks, days, days, st.floats(0, 5), st.floats(0, 100))
def test_suggestion_covers_the_need_and_no_more_than_a_roll(
    stock, lead, cover, factor, multiple
):
    need = daily(stock.sold, stock.days) * (lead + cover) * factor
    need += stock.unmet - stock.free - stock.in_transit
    found = suggested(stock, lead, cover, factor, multiple)
    slack = 1e-5 + abs(need) * 1e-8
    assert found >= 0
    assert found >= need - slack
    assert found <= max(0.0, need) + multiple + slack


@PATIENT
@given(stocks, days, st.integers(0, 100), st.integers(0, 100))
def test_longer_cover_never_asks_for_less(stock, lead, cover, more):
    assert suggested(stock, lead, cover + more) >= suggested(stock, lead, cover)


@PATIENT
@given(stocks, amounts)
def test_stock_on_the_way_never_asks_for_more(stock, more):
    fuller = stock._replace(in_transit=stock.in_transit + more)
    assert suggested(fuller, 5, 20) <= suggested(stock, 5, 20)


@PATIENT
@given(st.integers(0, 10_000), st.integers(1, 500))
def test_whole_multiples_stay(packs, pack):
    assert rounded_up(packs * pack, pack) == packs * pack


@PATIENT
@given(
    st.lists(st.integers(0, 10_000), min_size=12, max_size=12),
    st.lists(st.integers(1, 12), min_size=1, max_size=60),
)
def test_the_same_months_need_no_factor(weights, months):
    assert season_factor(weights, months, months) == 1.0


@PATIENT
@given(signed, signed)
def test_accuracy_is_a_share(sold, granted):
    found = accuracy(sold, granted)
    assert (found is None) == (granted <= 0)
    assert found is None or 0 <= found <= 1


def test_more_came_back_than_went():
    assert daily(-5, 20) == 0.0
    assert suggested(Stock(sold=-5, days=20), 5, 20) == 0.0
