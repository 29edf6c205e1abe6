from unittest.mock import patch

from .common import PromotionCommon

# What confirming costs more than with the same programme of core: counted and on the
# order, and not reached by the order.
USED = 7
UNUSED = 1


class TestBudget(PromotionCommon):
    """Queries of an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the first figures ever forget what is kept in memory
        cls.env["customer.figure"].sudo()._refresh(cls.customer, cls.company)

    def queries(self, order, what="action_confirm"):
        order = order.with_user(self.manager_a)
        # the last contact moves with every order, also within one second
        self.env["customer.figure"].sudo().search([]).last_contact_at = "2020-01-01"
        self.env.cr.flush()  # also what earlier orders left for the end of a call
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(order, what)()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_inert(self):
        """Without governed programmes nothing more is asked than with none of ours."""
        self.make_program(approve=False, is_governed=False)
        Program = type(self.env["loyalty.program"])
        Order = type(self.env["sale.order"])
        for what in (
            "action_confirm",
            "_action_cancel",
            "_update_programs_and_rewards",
        ):
            warm, order, other = (self.rewarded() for __ in range(3))
            if what == "_action_cancel":
                (warm | order | other).action_confirm()
                order, other, warm = (o.sudo() for o in (order, other, warm))
            self.queries(warm, what)
            ours = self.queries(order, what)
            with (
                patch.object(Program, "_governed", lambda self: {}),
                patch.object(Order, "_barred_promotions", lambda self: []),
                patch.object(Order, "_hold_promotions", lambda self: None),
                patch.object(Order, "_confirm_promotions", lambda self: None),
                patch.object(Order, "_release_promotions", lambda self: None),
                patch.object(Order, "_keep_one_of_each_group", lambda self: None),
                patch.object(Order, "_follow_rewards", lambda self: None),
            ):
                self.assertEqual(ours, self.queries(other, what), what)

    def measured(self, make):
        """Of the second of two orders like these; the first one warms caches."""
        first, second = make(), make()
        self.queries(first)
        return self.queries(second)

    def unused(self):
        return self.make_quotation((self.cloth, 10, {}))

    def test_active(self):
        """Beside the same programme of core, used and not reached by the order."""
        core = self.make_program(approve=False, is_governed=False)
        used = self.measured(self.rewarded)
        core.rule_ids.minimum_amount = 5000
        unused = self.measured(self.unused)
        core.active = False
        governed = self.make_program(limit_budget=True, budget_amount=10000)
        more = self.measured(self.rewarded) - used
        self.assertGreater(more, 0)
        self.assertLessEqual(more, USED)
        governed.sudo().rule_ids.sudo().minimum_amount = 5000
        self.assertLessEqual(self.measured(self.unused) - unused, UNUSED)
