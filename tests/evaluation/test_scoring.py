import doctest
from decimal import Decimal
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.sales_manager_kpi.engine import scoring
from odoo.addons.sales_manager_kpi.engine.scoring import Curve, Line, score_lines

# A busy machine is no property of the engine.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
weights = st.integers(min_value=1, max_value=10_000)
values = st.decimals(min_value=-10, max_value=10, places=6)
lines = st.builds(
    Line,
    weight=weights,
    value=st.none() | values,
    curve=st.builds(
        Curve,
        direction=st.sampled_from(["higher", "lower"]),
        cap=st.integers(min_value=100, max_value=1000),
    ),
)


@tagged("standard", "post_install", "-at_install")
class TestScoring(TestCase):
    """The engine alone, on plain values."""

    def test_examples_in_docstrings(self):
        result = doctest.testmod(scoring)
        self.assertGreater(result.attempted, 10)
        self.assertFalse(result.failed)

    def test_no_base_is_not_zero(self):
        scored, total = score_lines(
            [Line(5000, Decimal("0.8")), Line(3000, None), Line(2000, Decimal("1.2"))]
        )
        self.assertEqual([line.weight for line in scored], [7143, 0, 2857])
        self.assertEqual([line.score for line in scored], [80, None, 120])
        self.assertEqual(total, Decimal("57.14") + Decimal("34.28"))

    def test_nothing_to_judge_by(self):
        scored, total = score_lines([Line(6000, None), Line(4000, None)])
        self.assertIsNone(total)
        self.assertEqual([line.weight for line in scored], [0, 0])

    @calm
    @given(st.lists(st.none() | weights, max_size=12))
    def test_redistribution_is_whole(self, given_weights):
        shares = scoring.redistribute(given_weights)
        valued = [weight for weight in given_weights if weight]
        self.assertEqual(sum(shares), scoring.WHOLE if valued else 0)
        for weight, share in zip(given_weights, shares, strict=True):
            self.assertEqual(bool(weight), bool(share) or bool(weight) and share >= 0)
            exact = (weight or 0) * scoring.WHOLE / sum(valued) if valued else 0
            self.assertLess(abs(share - exact), 1)

    @calm
    @given(st.lists(lines, max_size=12))
    def test_total_is_the_sum_of_its_lines(self, given_lines):
        scored, total = score_lines(given_lines)
        self.assertEqual(total or 0, sum(line.weighted for line in scored))
        scores = [line.score for line in scored if line.score is not None]
        if total is None:
            self.assertFalse(scores)
        else:
            slack = Decimal("0.01") * len(scored)
            self.assertTrue(min(scores) - slack <= total <= max(scores) + slack)

    @calm
    @given(st.lists(lines, max_size=12), st.randoms())
    def test_order_does_not_matter_to_scores(self, given_lines, random):
        shuffled = list(given_lines)
        random.shuffle(shuffled)
        slack = Decimal("0.02") * len(given_lines)
        one, other = score_lines(given_lines)[1], score_lines(shuffled)[1]
        self.assertEqual(one is None, other is None)
        self.assertLessEqual(abs((one or 0) - (other or 0)), slack)

    @calm
    @given(values, values, st.sampled_from(["higher", "lower"]))
    def test_more_is_never_worse(self, value, other, direction):
        low, high = sorted([value, other], reverse=direction == "lower")
        self.assertLessEqual(
            scoring.linear_score(low, direction), scoring.linear_score(high, direction)
        )

    @calm
    @given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
    def test_rounding_to_the_nearest(self, number):
        self.assertLessEqual(
            abs(scoring.exact(number) - Decimal(repr(number))), Decimal("0.00005")
        )
