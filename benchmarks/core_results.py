"""Reads the log of a test run, and compares it with what plain Odoo does."""

import re
from collections import Counter
from dataclasses import dataclass, field

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (\w+) (\S+) (\S+?): (.*)$")
LOGGER = re.compile(r"odoo\.addons\.(\w+)\.tests\.([\w.]+)")
STARTING = re.compile(r"Starting (\w+)\.(\w+) \.\.\.")
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(.*)$")
CLASS_FAILED = re.compile(
    r"(setUpClass|tearDownClass) \(odoo\.addons\.(\w+)\.tests\.([\w.]+)\.(\w+)\)"
)
TOTAL = re.compile(r"CORE RUN: (\d+) failed, (\d+) error\(s\) of (\d+) tests")
KEPT_LINES = 25
SHOWN_LINES = 8


@dataclass
class Results:
    """Tests run per module, output of each failed test, and how the run ended."""

    counts: Counter = field(default_factory=Counter)
    failures: dict = field(default_factory=dict)
    critical: list = field(default_factory=list)
    finished: bool = False


@dataclass
class Baseline:
    """What plain Odoo does: expected failures, unstable tests, tests per module."""

    failures: set = field(default_factory=set)
    unstable: set = field(default_factory=set)
    counts: dict = field(default_factory=dict)


def read(log):
    """Results of a log's text."""
    results, current = Results(), None
    for raw in log.splitlines():
        match = LINE.match(raw)
        if match:
            current = _read_line(results, *match.group(1, 3, 4))
        elif current and len(results.failures[current]) < KEPT_LINES:
            results.failures[current].append(raw.rstrip())
    return results


def _read_line(results, level, logger, message):
    """Take in one log record; return the test whose traceback follows, if any."""
    place = LOGGER.match(logger)
    if place and STARTING.match(message):
        results.counts[place.group(1)] += 1
    elif level == "CRITICAL":
        results.critical.append(message[:200])
    elif TOTAL.match(message):
        results.finished = True
    elif level == "ERROR" and FAILED.match(message):
        test = _test_name(place, FAILED.match(message).group(1).strip())
        if test:
            results.failures.setdefault(test, [])
        return test
    return None


def _test_name(place, description):
    """module.file.Class.method of a failure, or None for other errors."""
    whole_class = CLASS_FAILED.match(description)
    if whole_class:
        method, module, file, name = whole_class.groups()
        return f"{module}.{file}.{name}.{method}"
    method = re.match(r"(\w+)\.(\w+)", description)
    if not (place and method):
        return None
    return ".".join([*place.groups(), *method.groups()])


def read_baseline(text):
    """Lines are FAIL test, UNSTABLE test or COUNT module number; # comments."""
    baseline = Baseline()
    for line in text.splitlines():
        kind, *rest = line.split("#")[0].split() or [""]
        if kind == "FAIL":
            baseline.failures.add(rest[0])
        elif kind == "UNSTABLE":
            baseline.unstable.add(rest[0])
        elif kind == "COUNT":
            baseline.counts[rest[0]] = int(rest[1])
    return baseline


def baseline_lines(results):
    """What a run on plain Odoo adds to the baseline."""
    counts = [f"COUNT {name} {number}" for name, number in results.counts.items()]
    return sorted(counts) + [f"FAIL {test}" for test in sorted(results.failures)]


def new_failures(results, baseline):
    """Tests that fail here and pass on plain Odoo."""
    known = baseline.failures | baseline.unstable
    return [test for test in results.failures if test not in known]


def compare(results, baseline, subset=False):
    """Readable problems; none means that the addon changed nothing."""
    problems = []
    for test in new_failures(results, baseline):
        problems.append(f"NEW FAILURE {test}")
        problems += [f"    {text[:300]}" for text in _tail(results.failures[test])]
    problems += [f"CRITICAL {message}" for message in results.critical]
    if not subset:
        problems += _missing(results, baseline)
    if not results.counts:
        problems.append("no test ran")
    if not results.finished:
        problems.append("the run broke off: no closing line in the log")
    return problems


def _tail(lines):
    return [text for text in lines if text.strip()][-SHOWN_LINES:]


def _missing(results, baseline):
    return [
        f"FEWER TESTS {module}: {results.counts[module]}, plain Odoo has {number}"
        for module, number in sorted(baseline.counts.items())
        if results.counts[module] < number
    ]


def summary(results, baseline):
    """One closing line."""
    new = len(new_failures(results, baseline))
    absent = len(baseline.failures - set(results.failures))
    return (
        f"{sum(results.counts.values())} tests, {len(results.failures)} failed,"
        f" {new} of them new; {absent} known failures did not occur"
    )
