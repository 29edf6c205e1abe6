"""What is made of the log of Odoo's own tests."""

from benchmarks import core, core_results

SALE = "odoo.addons.sale.tests.test_a"
BROKEN_CLASS = "setUpClass (odoo.addons.stock.tests.test_b.B)"
END = "CORE RUN: 2 failed, 1 error(s) of 3 tests, 0 skipped"


def record(level, logger, message):
    return f"2026-01-01 10:00:00,001 7 {level} db {logger}: {message}"


UNFINISHED = "\n".join(
    [
        record("INFO", SALE, "Starting A.test_1 ..."),
        record("INFO", SALE, "Starting A.test_2 ..."),
        record("ERROR", SALE, "FAIL: A.test_2"),
        "Traceback (most recent call last):",
        "AssertionError: 1 != 2",
        record("ERROR", SALE, "FAIL: Subtest A.test_3 [1]"),
        record("ERROR", "odoo.suite", f"ERROR: {BROKEN_CLASS}"),
        record("ERROR", "odoo.sql_db", "bad query: SELECT"),
    ]
)
LOG = f"{UNFINISHED}\n{record('INFO', 'odoo.tests.result', END)}"
FAILED = ["sale.test_a.A.test_2", "sale.test_a.A.test_3", "stock.test_b.B.setUpClass"]


def baseline(*lines):
    return core_results.read_baseline("\n".join(lines))


def test_failures_are_read_with_their_tracebacks():
    results = core_results.read(LOG)
    assert list(results.failures) == FAILED
    assert results.failures[FAILED[0]][-1] == "AssertionError: 1 != 2"
    assert results.counts == {"sale": 2}
    assert results.finished


def test_only_what_plain_odoo_does_not_have_is_a_problem():
    results = core_results.read(LOG)
    known = baseline(f"FAIL {FAILED[0]}", f"UNSTABLE {FAILED[1]}", f"FAIL {FAILED[2]}")
    assert core_results.compare(results, known) == []
    known = baseline(f"FAIL {FAILED[0]}", f"FAIL {FAILED[2]}")
    assert core_results.compare(results, known)[0] == f"NEW FAILURE {FAILED[1]}"


def test_fewer_tests_are_a_problem_of_whole_runs():
    results = core_results.read(LOG)
    known = baseline("COUNT sale 3", *(f"FAIL {test}" for test in FAILED))
    assert "FEWER TESTS sale: 2" in core_results.compare(results, known)[0]
    assert core_results.compare(results, known, subset=True) == []


def test_a_run_that_broke_off_is_a_problem():
    results = core_results.read(UNFINISHED)
    known = baseline(*(f"FAIL {test}" for test in FAILED))
    assert core_results.compare(results, known) == [
        "the run broke off: no closing line in the log"
    ]
    assert "no test ran" in core_results.compare(core_results.Results(), known)


def test_what_a_run_prints_is_a_baseline():
    results = core_results.read(LOG)
    known = baseline(*core_results.baseline_lines(results))
    assert core_results.compare(results, known) == []


def test_the_baseline_names_every_suite():
    text = core.BASELINE.read_text(encoding="utf-8")
    assert set(core_results.read_baseline(text).counts) == set(core.SUITES)
