from decimal import Decimal
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.sales_manager_kpi.engine import scoring
from odoo.addons.sales_manager_kpi.engine.scoring import Curve, curve_score

STEP = Decimal("0.01")
# A busy machine is no property of the engine.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decimals(low, high, places):
    return st.decimals(low, high, allow_nan=False, places=places)


values = decimals(-10, 10, 4)
scores = st.one_of(st.none(), decimals(0, 150, 2))


@st.composite
def curves(draw, monotone=True):
    """A curve as the criterion allows it: ordered values, scores within bounds."""
    direction = draw(st.sampled_from(("higher", "lower")))
    places = sorted(draw(st.sets(values, min_size=2, max_size=6)))
    floor, cap = draw(st.sampled_from(((0, 150), (20, 120), (0, 1000))))
    heights = [draw(decimals(floor, cap, 2)) for _place in places]
    if monotone:
        heights.sort(reverse=direction == "lower")
    points = tuple(zip(places, heights, strict=True))
    return Curve(points, draw(st.booleans()), direction, floor, cap)


@tagged("standard", "post_install", "-at_install")
class TestCurve(TestCase):
    """The curve of a criterion, on plain values."""

    @calm
    @given(curves(), values, values)
    def test_monotone_where_the_points_are(self, curve, one, other):
        low, high = sorted((one, other))
        worse, better = (low, high) if curve.direction == "higher" else (high, low)
        self.assertLessEqual(curve_score(worse, curve), curve_score(better, curve))

    @calm
    @given(curves(monotone=False), values)
    def test_within_floor_and_cap(self, curve, value):
        score = curve_score(value, curve)
        self.assertTrue(curve.floor <= score <= curve.cap)

    @calm
    @given(curves(monotone=False))
    def test_hits_every_point(self, curve):
        for value, score in curve.points:
            self.assertEqual(curve_score(value, curve), score)

    @calm
    @given(curves(), values)
    def test_continuous_when_interpolating(self, curve, value):
        curve = curve._replace(stepped=False)
        slopes = [
            abs((high[1] - low[1]) / (high[0] - low[0]))
            for low, high in zip(curve.points, curve.points[1:], strict=False)
        ]
        near = Decimal("0.000001")
        change = abs(curve_score(value + near, curve) - curve_score(value, curve))
        # a step of the rounding is all that may come on top of the steepest slope
        self.assertLessEqual(change, max(slopes) * near + STEP)

    @calm
    @given(curves(), st.integers(0, 4))
    def test_steps_are_half_open(self, curve, number):
        """Just before the value of a point, the score is that of the one before."""
        curve = curve._replace(stepped=True)
        points = [(None, Decimal(curve.floor)), *curve.points]
        before = Decimal("-0.00001")
        if curve.direction == "lower":
            points, before = (
                [(None, Decimal(curve.floor)), *curve.points[::-1]],
                -before,
            )
        number = min(number, len(points) - 2)
        value = points[number + 1][0]
        self.assertEqual(curve_score(value + before, curve), points[number][1])

    @calm
    @given(values, st.sampled_from(("higher", "lower")))
    def test_without_points_the_straight_line(self, value, direction):
        """Two points on the line give what no points give: nothing has changed."""
        ends = (Decimal(0), Decimal("1.5"))
        if direction == "lower":
            ends = (Decimal("-0.5"), Decimal(1))
        points = tuple(
            (end, 100 * (end if direction == "higher" else 1 - end)) for end in ends
        )
        straight = curve_score(value, Curve(direction=direction))
        self.assertEqual(straight, curve_score(value, Curve(points, False, direction)))

    @calm
    @given(st.lists(st.tuples(st.integers(1, 9999), scores, scores), min_size=1))
    def test_final_score(self, rows):
        """Without a word of the head it is the computed; n/a stays n/a."""
        weights = scoring.redistribute(
            [None if score is None else weight for weight, score, _head in rows]
        )
        plain = [
            scoring.Assessed(score, weight)
            for (_w, score, _h), weight in zip(rows, weights, strict=True)
        ]
        assessed = [
            line._replace(head=head)
            for line, (_w, _s, head) in zip(plain, rows, strict=True)
        ]
        finals, total = scoring.assess_lines(plain)
        self.assertEqual([line.score for line in finals], [row[1] for row in rows])
        finals, total = scoring.assess_lines(assessed)
        known = [line.score for line in finals if line.score is not None]
        if not known:
            return self.assertIsNone(total)
        tolerance = STEP * len(rows)
        self.assertTrue(min(known) - tolerance <= total <= max(known) + tolerance)

    def test_no_base_closes_no_gate(self):
        line = scoring.Assessed(None, 0, gate=Decimal(70))
        self.assertEqual(
            scoring.assess_lines([line]), ([(None, Decimal(0), False)], None)
        )
