from freezegun import freeze_time

from odoo.tests import Form

from .common import PromotionCommon


class TestHint(PromotionCommon):
    def hint(self, order, user=None):
        return order.with_user(user or self.manager_a).promotion_hint

    def test_what_may_be_had(self):
        program = self.make_program()
        order = self.make_quotation((self.cloth, 10, {}))
        before = order.order_line.ids
        self.assertRegex(self.hint(order), "Autumn: 10% on your order")
        self.assertEqual(order.order_line.ids, before, "it changes nothing")
        self.assertFalse(order.coupon_point_ids)
        self.claim(order)
        self.assertFalse(self.hint(order))
        order = self.make_quotation((self.cloth, 10, {}))
        program.with_user(self.admin).action_stop_promotion()
        self.assertFalse(self.hint(order))

    def test_what_is_nearly_reached(self):
        self.make_program(rule={"minimum_amount": 1200})
        self.assertIn("1200.0", self.hint(self.make_quotation((self.cloth, 10, {}))))

    def test_what_is_used_up(self):
        self.make_program(limit_budget=True, budget_amount=100)
        order = self.make_quotation((self.cloth, 10, {}))
        self.assertTrue(self.hint(order))
        self.rewarded().action_confirm()
        order.invalidate_recordset()
        self.assertFalse(self.hint(order))

    def test_nothing_is_asked_without(self):
        self.make_program(approve=False, is_governed=False)
        order = self.make_quotation((self.cloth, 10, {})).with_user(self.manager_a)
        order.fetch(["state"])
        self.hint(order)
        order.invalidate_recordset(["promotion_hint"])
        with self.assertQueryCount(0):
            self.assertFalse(order.promotion_hint)


class TestResult(PromotionCommon):
    def sell(self, day, customer, promoted):
        with freeze_time(f"{day} 12:00:00"):
            order = self.make_quotation((self.cloth, 10, {}), partner_id=customer.id)
            order.order_line.product_uom_qty = 10
            if promoted:
                self.claim(order)
            order.action_confirm()
        return order

    def test_result(self):
        other = self.make_customer("Other", self.manager_a)
        self.sell("2026-03-01", self.customer, False)
        self.sell("2026-03-28", self.customer, False)
        self.sell("2026-03-31", other, False)
        program = self.make_program(
            date_from="2026-04-01",
            date_to="2026-04-10",
            limit_budget=True,
            budget_amount=400,
        )
        self.sell("2026-04-02", self.customer, True)
        self.sell("2026-04-05", self.customer, True)
        self.sell("2026-04-06", other, False)
        self.sell("2026-04-11", self.customer, False)
        theirs = program.with_user(self.director)
        self.assertRecordValues(
            theirs,
            [
                {
                    "promotion_order_count": 2,
                    "promotion_customer_count": 1,
                    "promotion_cost": 200,
                    "promotion_turnover": 1800,
                    "budget_used": 200,
                    "budget_left": 200,
                    "budget_used_percent": 50,
                    "turnover_days": 10,
                    "turnover_during": 1800,
                    "turnover_before": 1000,
                    "others_during": 1000,
                    "others_before": 1000,
                }
            ],
        )
        self.assertAlmostEqual(theirs.promotion_cost_percent, 100 * 200 / 1800)
        uses = self.env["promotion.use"].with_user(self.director)
        domain = theirs.action_open_promotion_uses()["domain"]
        [(user, cost, count)] = uses._read_group(
            domain, ["user_id"], ["amount:sum", "__count"]
        )
        self.assertEqual((user, cost, count), (self.manager_a, 200, 2))
        orders = theirs.action_open_promotion_orders()["domain"]
        self.assertEqual(self.env["sale.order"].search_count(orders), 2)

    def test_nothing_yet(self):
        program = self.make_program()
        self.assertEqual(program.turnover_days, 0)
        self.assertEqual(program.promotion_cost_percent, 0)


class TestForms(PromotionCommon):
    def test_each_role_opens_them(self):
        program = self.make_program(limit_budget=True, budget_amount=400)
        order = self.rewarded()
        order.with_user(self.manager_a).action_confirm()
        head = self.make_user("head", "sales_team.group_sale_manager")
        for user in (
            self.manager_a,
            self.director,
            self.commercial,
            self.admin,
            head,
        ):
            self.open_form(program.with_user(user))
            self.open_form(order.with_user(user).sudo(False))
        self.open_form(self.uses(program).with_user(self.manager_a))

    def test_a_manager_writes_one(self):
        program = self.env["loyalty.program"].with_user(self.manager_a)
        form = Form(
            program.with_context(default_is_governed=True),
            view="loyalty.loyalty_program_view_form",
        )
        form.name = "Spring"
        form.goal = "New range"
        form.limit_budget = True
        form.budget_amount = 500
        program = form.save()
        self.assertTrue(program.reward_ids)
        program.action_submit_promotion()
        self.assertEqual(program.approval_state, "to_approve")

    def test_balance_of_a_card(self):
        card = self.env["loyalty.card"].create(
            {"program_id": self.make_program().id, "points": 1}
        )
        self.assertFalse(card.with_user(self.manager_a).can_set_points)
        self.assertTrue(card.with_user(self.admin).can_set_points)
        self.open_form(card.with_user(self.manager_a))
