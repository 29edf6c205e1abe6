from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.concession import Limits
from odoo.addons.sales_manager_kpi.engine.norm_quality import Catalogue, Flaw, flaws
from odoo.addons.sales_manager_kpi.engine.norms import Norm, limits_of

from .common import DiscountCommon

ROLES = ["manager", "branch_director", "commercial_director"]
# category 2 is below 1, product 7 in 2 with tag 5
TREE = Catalogue({1: {1}, 2: {1, 2}}, {7: 2}, {7: {5}})


def norm(number, role="manager", line=None, floor=None, order=None, **values):
    limits = Limits(
        line_percent=line, floor_price=floor, order_percent=order, source=number
    )
    return Norm(id=number, role=role, limits=limits, **values)


def found(*norms, resolution="most_specific"):
    return flaws(norms, resolution, ROLES, TREE)


def test_nothing_to_say():
    assert not found(norm(1, line=10), norm(2, line=5, category_id=1, specificity=2))


def test_managers_without_norm():
    assert found(norm(1, "branch_director", line=10)) == [Flaw("unlimited")]


def test_empty_and_ignored():
    flaw = Flaw("ignored", 3, limit="order_percent")
    product = norm(3, order=3, category_id=1, specificity=2)
    assert found(norm(1, line=10), norm(2), product) == [flaw, Flaw("empty", 2)]


def test_impossible():
    other = Catalogue({1: {1}, 9: {9}}, {7: 9})
    never = norm(2, line=5, template_id=7, category_id=1, specificity=18)
    assert flaws([norm(1, line=9), never], "strictest", ROLES, other) == [
        Flaw("never", 2)
    ]


def test_contradicting_and_duplicate():
    assert found(norm(1, line=10), norm(2, line=5)) == [
        Flaw("contradicts", 2, 1, "line_percent")
    ]
    assert found(norm(1, line=10), norm(2, line=10)) == [Flaw("shadowed", 2, 1)]


def test_strictest_makes_the_loose_exception_useless():
    loose = norm(2, line=20, category_id=2, specificity=2)
    assert found(norm(1, line=10), loose, resolution="strictest") == [
        Flaw("shadowed", 2, 1)
    ]
    assert not found(norm(1, line=10), loose)


def test_director_with_less_than_a_manager():
    assert found(norm(1, line=10), norm(2, "branch_director", line=8)) == [
        Flaw("weaker", 1, 2, "line_percent")
    ]
    # a floor is the looser the lower
    assert found(norm(1, floor=50), norm(2, "branch_director", floor=60)) == [
        Flaw("weaker", 1, 2, "floor_price")
    ]
    assert not found(norm(1, floor=50), norm(2, "branch_director", floor=40))


norms = st.lists(
    st.builds(
        dict,
        line=st.none() | st.integers(0, 3),
        floor=st.none() | st.integers(0, 3),
        user_id=st.sampled_from([0, 1]),
        class_id=st.sampled_from([0, 1]),
        category_id=st.sampled_from([0, 1, 2]),
        template_id=st.sampled_from([0, 7]),
        tag_id=st.sampled_from([0, 5]),
        specificity=st.integers(0, 3),
    ),
    max_size=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    norms,
    st.sampled_from(["most_specific", "strictest"]),
    st.tuples(
        st.sampled_from([1, 2]),
        st.sampled_from([0, 1]),
        st.sampled_from([(7, {1, 2}, {5}), (8, {1}, set()), (9, {1, 2}, {5})]),
    ),
)
def test_what_never_counts_can_be_left_out(rows, resolution, point):
    """Without all shadowed norms every order is judged the same."""
    user, customer_class, product = point
    every = [norm(number, **row) for number, row in enumerate(rows, start=1)]
    useless = {
        flaw.norm_id
        for flaw in found(*every, resolution=resolution)
        if flaw.code in ("shadowed", "contradicts", "empty", "never")
    }

    def limits(norms):
        own = [
            n
            for n in norms
            if n.is_of("manager", user)
            and n.is_for(0, 0, customer_class)
            and n.is_on(*product)
        ]
        result = limits_of(own, resolution)
        return result.line_percent, result.floor_price

    assert limits(every) == limits([n for n in every if n.id not in useless])


class TestQualityOnScreen(DiscountCommon):
    def test_words(self):
        policy = self.make_policy(
            {"role": "manager", "max_line_percent": 10},
            {"role": "branch_director", "max_line_percent": 5},
            activate=False,
        )
        self.assertIn("Branch director may less", policy.quality_warnings)
        policy.line_ids[1].max_line_percent = 20
        self.assertFalse(policy.quality_warnings)
        active = self.make_policy({"role": "manager", "max_line_percent": 10})
        policy.invalidate_recordset(["quality_warnings"])
        self.assertIn(active.display_name, policy.quality_warnings)
        self.assertFalse(active.quality_warnings)
        self.open_form(policy.with_user(self.commercial))
