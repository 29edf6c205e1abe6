import doctest
import unittest

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import bridge
from odoo.addons.sales_manager_kpi.engine.bridge import Sales

cents = st.integers(min_value=-(10**8), max_value=10**9)
quantities = st.floats(-(10**5), 10**6, allow_nan=False, allow_infinity=False)
sales = st.builds(Sales, quantities, cents, cents, cents)
keys = st.tuples(st.sampled_from("mp"), st.integers(1, 4))
documents = st.dictionaries(keys, sales, max_size=6)


class TestBridgeEngine(unittest.TestCase):
    def test_doctests(self):
        result = doctest.testmod(bridge)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    @settings(max_examples=500, deadline=None)
    @given(
        plan=st.integers(0, 10**9),
        reference=documents,
        fact=documents,
        planned=st.dictionaries(st.sampled_from("mp"), st.floats(0.001, 10**6)),
        late=st.integers(0, 10**9),
    )
    def test_effects_add_up_exactly(self, plan, reference, fact, planned, late):
        """Whatever was sold, planned and late: no cent is left unexplained."""
        found = bridge.explain(plan, reference, fact, planned, late)
        self.assertEqual(found.fact, sum(one.net for one in fact.values()))
        if found.effects is None:
            return
        self.assertEqual(sum(found.effects.values()), found.fact - plan)
        self.assertLessEqual(found.effects["availability"], 0)
        self.assertLessEqual(-found.effects["availability"], late)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 10**6), documents, documents), max_size=4))
    def test_total_is_the_sum_of_its_categories(self, rows):
        bridges = [bridge.explain(*row) for row in rows]
        effects, without = bridge.add_up(bridges)
        difference = sum(one.fact - one.plan for one in bridges)
        self.assertEqual(sum((effects or {}).values()) + without, difference)

    def effects(self, plan, reference, fact, **values):
        found = bridge.explain(plan, reference, fact, **values)
        return {name: amount for name, amount in found.effects.items() if amount}

    def test_each_effect_alone(self):
        """10 of A at 100 and 10 of B at 50; the plan is to do it again."""
        before = {("m", "a"): Sales(10, 1000), ("m", "b"): Sales(10, 500)}
        self.assertEqual(self.effects(1500, before, before), {})
        self.assertEqual(self.effects(3000, before, before), {"volume": -1500})
        fact = {("m", "a"): Sales(20, 2000)}
        self.assertEqual(self.effects(1500, before, fact), {"mix": 500})
        fact = {("m", "a"): Sales(10, 1100), ("m", "b"): Sales(10, 500)}
        self.assertEqual(self.effects(1500, before, fact), {"price": 100})
        fact = {("m", "a"): Sales(10, 1000, 150), ("m", "b"): Sales(10, 500)}
        self.assertEqual(self.effects(1500, before, fact), {"discount": -150})
        fact = {("m", "a"): Sales(10, 1000, 0, 30), ("m", "b"): Sales(10, 500)}
        self.assertEqual(self.effects(1500, before, fact), {"returns": -30})
        self.assertEqual(
            self.effects(1500, before, {}, late=200),
            {"volume": -1300, "availability": -200},
        )
        self.assertEqual(
            self.effects(1500, before, {}, late=9999), {"availability": -1500}
        )
        new = {**before, ("m", "c"): Sales(0, 0), ("p", "d"): Sales(3, 77)}
        self.assertEqual(self.effects(1500, before, new), {"mix": 77})

    def test_planned_quantity_makes_the_planned_price(self):
        before = {("m", "a"): Sales(10, 1000)}
        self.assertEqual(  # 10 planned at 120
            self.effects(1200, before, before, planned={"m": 10}), {"price": -200}
        )
        self.assertEqual(  # 12 planned at 100
            self.effects(1200, before, before), {"volume": -200}
        )

    def test_reference_without_gain_is_none(self):
        for reference in (
            {("m", "a"): Sales(10, 1000, 1000)},
            {("m", "a"): Sales(10, 1000, 0, 1000)},
            {("m", "a"): Sales(0, 1000)},
            {("m", "a"): Sales(-1, -10)},
        ):
            found = bridge.explain(100, reference, {("m", "a"): Sales(1, 5)})
            self.assertIsNone(found.effects)
