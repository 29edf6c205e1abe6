import doctest
import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import playbook as engine
from odoo.addons.sales_manager_kpi.engine.playbook import Proof, Step

START = datetime(2026, 1, 1)
KINDS = ("hand", "call", "order")


@st.composite
def stories(draw):
    """Steps that wait for earlier ones, and things that happened."""
    number = draw(st.integers(1, 6))
    steps = [
        Step(
            i,
            draw(st.sampled_from(KINDS)),
            tuple(draw(st.sets(st.integers(0, i - 1))) if i else ()),
        )
        for i in range(number)
    ]
    proofs = {
        kind: [
            Proof(START + timedelta(days=draw(st.integers(0, 9))), 1, kind, n)
            for n in range(draw(st.integers(0, 4)))
        ]
        for kind in ("call", "order")
    }
    return steps, proofs


class TestEngine(unittest.TestCase):
    def test_examples(self):
        self.assertFalse(doctest.testmod(engine).failed)

    @given(stories())
    def test_every_proof_ticks_once_and_in_order(self, story):
        steps, proofs = story
        rows = engine.prove(steps, {}, proofs, set(), {"order"}, START)
        done = {}
        for step, at, reached, __ in rows:
            self.assertTrue(set(step.before) <= done.keys())
            self.assertEqual(reached, max([START, *(done[i] for i in step.before)]))
            self.assertGreaterEqual(at, reached)
            self.assertNotIn(step.id, done)
            done[step.id] = at
        used = [(row[0].proof, row[3].model, row[3].res_id) for row in rows]
        self.assertEqual(len(used), len(set(used)))
        self.assertFalse([row for row in rows if row[0].proof == "hand"])
        again = engine.prove(steps, done, proofs, set(used), {"order"}, START)
        self.assertFalse(again)

    @given(st.dictionaries(st.integers(0, 5), st.sets(st.integers(0, 5))))
    def test_loops_are_what_cannot_be_put_in_order(self, before):
        left = engine.looped(before)
        for step in left:
            self.assertTrue(before[step] & set(left))
        self.assertFalse(engine.looped({k: v for k, v in before.items() if not v}))
