"""The generator's sizes, and the report of the measurements."""

import pytest

from benchmarks import bench
from benchmarks.report import Measure, conclude
from benchmarks.scale import parameters
from benchmarks.scale.loader import Loader


def test_full_size_is_what_the_budgets_speak_of():
    full = parameters.scaled(200000)
    sizes = (full.managers, full.branches, full.customers, full.orders)
    assert sizes == (200, 20, 20000, 200000)


def test_everything_shrinks_with_the_orders():
    small = parameters.scaled(2000)
    assert small.orders == 2000
    assert small.branches < small.managers < small.customers < small.orders
    assert small.seed == parameters.Parameters.seed


def test_command_line_overrides_single_sizes():
    argv = ["--database", "x", "--data-dir", "y", "--orders", "2000", "--managers", "6"]
    assert parameters.parse(argv)[2].managers == 6


def test_history_ends_on_the_given_day_and_spans_the_months():
    sizes = parameters.scaled(2000, end="2026-11-23", months=24)
    assert str(sizes.first_day) == "2024-11-23"
    assert sizes.days == 730


def test_draws_depend_on_the_seed_alone(cursor):
    def draw(seed):
        loader = Loader(cursor.connection, seed, verbose=False)
        values = loader.rows("SELECT pg_temp.rnd(i, 3) FROM generate_series(1, 50) i")
        loader.execute("DROP FUNCTION pg_temp.rnd; DROP FUNCTION pg_temp.pad")
        return values

    first = draw(42)
    assert draw(42) == first
    assert draw(43) != first
    assert all(0 <= value < 1 for (value,) in first)


@pytest.fixture
def cursor():
    """A cursor of its own on the test database; nothing stays."""
    import psycopg2

    from odoo.tools import config

    names = config["db_name"]
    name = names if isinstance(names, str) else names[0]
    connection = psycopg2.connect(dbname=name)
    try:
        yield connection.cursor()
    finally:
        connection.rollback()
        connection.close()


@pytest.mark.parametrize(
    ("measure", "within"),
    [
        (Measure("a", 2.0, 1.0, 2.0), True),
        (Measure("a", 2.1, 1.0, 2.0), False),
        (Measure("a", 4, None, 4, "queries"), True),
        (Measure("a", 5, None, 4, "queries"), False),
        (Measure("a", 0, None, 0, "months"), True),
        (Measure("a", 9, None, None, "ms"), True),
    ],
)
def test_a_budget_is_a_ratio_or_a_value(measure, within):
    assert measure.within is within
    assert ("OVER BUDGET" in measure.line()) is not within


def test_one_figure_over_budget_fails_the_measurement(capsys):
    good, bad = Measure("a", 1, 1, 1), Measure("b", 2, 1, 1)
    assert conclude([good]) == 0
    assert conclude([good, bad]) == 1
    assert "ratio 2.000" in capsys.readouterr().out


def test_unknown_measurements_are_refused():
    with pytest.raises(SystemExit):
        bench._parse(["nonsense"])
