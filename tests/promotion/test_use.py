from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .common import PromotionCommon


class TestUse(PromotionCommon):
    """What orders get is counted, and no more is given than is left."""

    def confirm(self, order, user=None):
        order.with_user(user or self.manager_a).action_confirm()
        return order

    def limited(self, amount=250, **values):
        return self.make_program(limit_budget=True, budget_amount=amount, **values)

    def public(self, order):
        return order.with_user(self.env.ref("base.public_user")).sudo()

    def test_confirmed_and_cancelled(self):
        """T34: core deletes the reward; what it was stays known."""
        program = self.limited()
        order = self.confirm(self.rewarded())
        use = self.uses(program)
        self.assertRecordValues(
            use,
            [
                {
                    "order_id": order.id,
                    "partner_id": self.customer.id,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "state": "confirmed",
                    "granted_amount": 100,
                    "amount": 100,
                    "turnover": 900,
                }
            ],
        )
        self.assertEqual(program.budget_ids.used_amount, 100)
        order._action_cancel()
        self.assertFalse(self.rewards(order))
        self.assertEqual((use.state, use.amount), ("reversed", 0))
        self.assertEqual(use.granted_amount, 100)
        self.assertEqual(program.budget_ids.used_amount, 0)
        order.action_draft()
        self.confirm(self.claim(order))
        self.assertEqual(self.uses(program).mapped("state"), ["confirmed", "reversed"])

    def test_a_budget_that_is_used_up(self):
        self.limited()
        self.confirm(self.rewarded())
        self.confirm(self.rewarded())
        third = self.make_quotation((self.cloth, 10, {}))
        with self.assertRaisesRegex(UserError, r"reward of .*100.00.* no longer fits"):
            self.claim(third.with_user(self.manager_a))
        small = self.rewarded((self.cloth, 5, {}))
        self.confirm(small)
        self.assertEqual(small.amount_total, 450, "exactly what is left is given")

    def test_budget_used_up_by_others_meanwhile(self):
        program = self.limited(150)
        first, second = self.rewarded(), self.rewarded()
        self.confirm(first)
        with self.assertRaisesRegex(UserError, r"of which .*50.00.* is left"):
            self.confirm(second)
        self.assertEqual(self.uses(program).order_id, first)

    def test_portal_and_payments_never_fail(self):
        program = self.limited(150)
        first, second = self.rewarded(), self.rewarded(require_signature=True)
        self.confirm(first)
        self.public(second)._validate_order()
        self.assertEqual(second.state, "sale")
        self.assertEqual(second.amount_total, 1000)
        self.assertFalse(self.rewards(second))
        told = " ".join(second.message_ids.mapped("body"))
        self.assertIn("left out", told)
        self.assertIn("no longer fits", told)
        self.assertEqual(second.activity_ids.user_id, self.manager_a)
        self.assertEqual(self.uses(program).order_id, first)

    def test_what_is_left_out_changes_the_rest(self):
        """A discount on the order is computed anew without what went."""
        program = self.limited(150)
        self.confirm(self.rewarded())
        more = self.make_program(
            "More",
            reward={"discount": 50, "discount_mode": "per_order"},
            limit_margin=False,
        )
        order = self.rewarded(claim=(more,))
        self.assertEqual(order.amount_total, 950)
        self.public(order)._validate_order()
        self.assertEqual(self.uses(more).amount, 50)
        self.assertEqual(len(self.uses(program)), 1)

    def test_offers_reserve(self):
        program = self.limited(150)
        offer = self.rewarded()
        offer.with_user(self.manager_a).action_quotation_sent()
        self.assertEqual(program.budget_ids.reserved_amount, 100)
        with self.assertRaisesRegex(UserError, r"50.00.* is left"):
            self.claim(self.make_quotation((self.cloth, 10, {})).with_user(self.admin))
        self.confirm(offer)
        self.assertEqual(program.budget_ids.reserved_amount, 0)
        self.assertEqual(program.budget_ids.used_amount, 100)
        self.assertEqual(self.uses(program).state, "confirmed")

    def test_an_offer_beyond_the_budget_is_not_sent(self):
        self.limited(150)
        first, second, third = (self.rewarded() for __ in range(3))
        self.confirm(first)
        with self.assertRaisesRegex(UserError, "no longer fits"):
            second.with_user(self.manager_a).action_quotation_sent()
        self.public(third).action_quotation_sent()
        self.assertEqual(third.state, "sent")
        self.assertIn("not kept", " ".join(third.message_ids.mapped("body")))

    def test_offers_follow_their_rewards(self):
        program = self.limited()
        offer = self.rewarded()
        offer.action_quotation_sent()
        offer.order_line.filtered(lambda x: not x.reward_id).product_uom_qty = 20
        offer._update_programs_and_rewards()
        self.assertEqual(program.budget_ids.reserved_amount, 200)
        self.rewards(offer).unlink()
        self.assertEqual(program.budget_ids.reserved_amount, 0)
        self.claim(offer)
        self.assertEqual(program.budget_ids.reserved_amount, 200)
        offer._action_cancel()
        self.assertEqual(program.budget_ids.reserved_amount, 0)

    def test_offers_that_ran_out_give_it_back(self):
        program = self.limited(150)
        with freeze_time("2026-01-10 12:00:00"):
            offer = self.rewarded(validity_date="2026-01-31")
            offer.action_quotation_sent()
        with freeze_time("2026-01-31 12:00:00"):
            self.env.invalidate_all()
            self.assertIn(
                "error", self.apply(self.make_quotation((self.cloth, 10, {})))
            )
        with freeze_time("2026-02-01 12:00:00"):
            self.assertNotIn(
                "error", self.apply(self.make_quotation((self.cloth, 10, {})))
            )
            with self.enter_registry_test_mode():
                self.env.ref(
                    "sales_manager_kpi.ir_cron_promotion_release"
                ).method_direct_trigger()
        self.assertEqual(self.uses(program).state, "reversed")
        self.assertEqual(program.budget_ids.reserved_amount, 0)

    def apply(self, order):
        order._update_programs_and_rewards()
        [(coupon, reward)] = order._get_claimable_rewards().items()
        return order.sudo()._apply_program_reward(reward, coupon)

    def test_a_customer_with_its_contacts(self):
        self.make_program(limit_customer_amount=True, customer_max_amount=150)
        contact = self.make_customer(
            "Buyer", parent_id=self.customer.id, is_company=False
        )
        self.confirm(self.rewarded())
        order = self.make_quotation((self.cloth, 10, {}), partner_id=contact.id)
        with self.assertRaisesRegex(UserError, r"more than Customer A may .*50.00"):
            self.claim(order.with_user(self.manager_a))
        other = self.make_customer("Other", self.manager_a)
        self.confirm(self.rewarded(partner_id=other.id))

    def test_orders_of_a_customer(self):
        self.make_program(limit_customer_orders=True, customer_max_orders=1)
        self.confirm(self.rewarded())
        order = self.make_quotation((self.cloth, 10, {}))
        with self.assertRaisesRegex(UserError, "as many orders as allowed"):
            self.claim(order.with_user(self.manager_a))

    def test_usage_limit_of_core(self):
        """P17: core counts neither under a lock nor twice in a transaction."""
        program = self.make_program(limit_usage=True, max_usage=1)
        first, second = (self.make_quotation((self.cloth, 10, {})) for __ in "12")
        for order in (first, second):
            order._update_programs_and_rewards()
        for order in (first, second):
            [(coupon, reward)] = order._get_claimable_rewards().items()
            order._apply_program_reward(reward, coupon)
        self.confirm(first)
        with self.assertRaisesRegex(UserError, "as many orders as allowed"):
            self.confirm(second)
        self.assertEqual(self.uses(program).order_id, first)

    def test_rewards_typed_in(self):
        """A line that only says it is a reward is none."""
        program = self.make_program()
        order = self.make_quotation((self.cloth, 10, {})).with_user(self.manager_a)
        order.order_line = [
            Command.create(
                {
                    "product_id": program.reward_ids.discount_line_product_id.id,
                    "reward_id": program.reward_ids.id,
                    "name": "Because I say so",
                    "price_unit": -900,
                }
            )
        ]
        with self.assertRaisesRegex(UserError, "typed in and not claimed"):
            order.action_confirm()

    def test_margin(self):
        self.cloth.standard_price = 80
        self.make_program(limit_margin=True, min_margin_percent=15)
        order = self.make_quotation((self.cloth, 10, {}))
        with self.assertRaisesRegex(UserError, "lowest margin"):
            self.claim(order.with_user(self.manager_a))
        self.assertIn("error", self.apply(order))
        self.assertFalse(self.rewards(order))
        self.cloth.standard_price = 76.5
        order = self.rewarded()
        self.confirm(order)
        self.assertEqual(order.amount_total, 900)

    def test_gifts_count_at_their_price(self):
        program = self.make_program(
            rule={"minimum_qty": 2},
            reward={
                "reward_type": "product",
                "reward_product_id": self.cloth.id,
                "reward_product_qty": 1,
            },
        )
        order = self.confirm(self.rewarded((self.cloth, 2, {})))
        self.assertEqual(order.amount_total, 200)
        self.assertEqual(self.uses(program).amount, 100)

    def test_taxes_are_not_counted(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        self.cloth.taxes_id = tax
        program = self.make_program()
        order = self.confirm(self.rewarded((self.cloth, 12, {})))
        self.assertAlmostEqual(order.amount_untaxed, 900)
        self.assertAlmostEqual(self.uses(program).amount, 100)

    def test_two_currencies(self):
        """The budget is in the programme's currency, the cost in the company's."""
        other = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"rate": 4.0, "name": "2020-01-01"})],
            }
        )
        pricelist = self.make_pricelist("Other", currency_id=other.id)
        program = self.limited(150)
        order = self.confirm(self.rewarded(pricelist_id=pricelist.id))
        self.assertAlmostEqual(order.amount_total, 3600)
        self.assertAlmostEqual(self.uses(program).amount, 100)
        self.assertAlmostEqual(program.budget_ids.used_amount, 100)
        shared = self.make_program(
            "Shared",
            company_id=False,
            currency_id=other.id,
            limit_budget=True,
            budget_amount=399,
            sequence=1,
        )
        second = self.make_quotation((self.cloth, 10, {}))
        with self.assertRaisesRegex(UserError, r"399.00.* is left"):
            self.claim(second.with_user(self.manager_a), shared)

    def test_edits_of_confirmed_orders(self):
        program = self.limited(150)
        order = self.confirm(self.rewarded())
        order.order_line.filtered(lambda x: not x.reward_id).product_uom_qty = 15
        order._update_programs_and_rewards()
        self.assertEqual(self.uses(program).amount, 150)
        theirs = order.with_user(self.manager_a)
        with self.assertRaisesRegex(UserError, "no longer fits"):
            self.rewards(theirs).price_unit = -160
        self.rewards(theirs).price_unit = -90
        self.assertEqual(program.budget_ids.used_amount, 90)
        self.rewards(theirs).product_uom_qty = 0
        self.assertEqual(self.uses(program).state, "reversed")

    def test_conditions_are_kept_with_the_use(self):
        """What was earned is told, and what a confirmed order has lost since."""
        program = self.make_program(rule={"minimum_amount": 800, "minimum_qty": 5})
        order = self.confirm(self.rewarded())
        use = self.uses(program)
        self.assertTrue(use.conditions_met)
        self.assertFalse(use.unmet_condition)
        goods = (order.order_line - self.rewards(order)).with_user(self.manager_a)
        goods.product_uom_qty = 4
        self.assertFalse(use.conditions_met)
        self.assertIn("800", use.unmet_condition)
        # core lets the reward stay, and so it is counted
        self.assertEqual((use.state, use.amount), ("confirmed", 100))
        unmet = [("unmet_condition", "!=", False)]
        self.assertEqual(self.env["promotion.use"].search(unmet), use)
        goods.product_uom_qty = 9
        self.assertTrue(use.conditions_met)
        goods.price_unit = 80
        self.assertFalse(use.conditions_met)
        order.with_user(self.manager_a).write(
            {"order_line": [Command.create({"product_id": self.cloth.id})]}
        )
        self.assertTrue(use.conditions_met)
        with self.assertRaises(AccessError):
            use.with_user(self.admin).write({"unmet_condition": "None"})

    def test_conditions_of_another_order(self):
        """A coupon was earned elsewhere: this order need not earn it again."""
        program = self.make_program(
            program_type="next_order_coupons",
            applies_on="future",
            trigger="auto",
            rule={"minimum_amount": 5000},
        )
        coupon = self.env["loyalty.card"].create(
            {"program_id": program.id, "points": 1, "partner_id": self.customer.id}
        )
        order = self.make_quotation((self.cloth, 1, {}))
        order._try_apply_code(coupon.code)
        self.claim(order, program)
        self.confirm(order)
        self.assertTrue(self.uses(program).conditions_met)

    def test_no_way_around(self):
        """T3: the state written directly."""
        self.limited(150)
        first, second = self.rewarded(), self.rewarded()
        self.confirm(first)
        with self.assertRaisesRegex(UserError, "no longer fits"):
            second.with_user(self.manager_a).write({"state": "sale"})
        second.sudo().write({"state": "sale"})
        self.assertEqual(second.amount_total, 1000)
        self.assertIn("left out", " ".join(second.message_ids.mapped("body")))

    def test_two_unlimited_orders_wait_for_nobody(self):
        program = self.make_program()
        self.confirm(self.rewarded())
        self.assertEqual(program.budget_ids.used_amount, 0, "not counted, not locked")
        self.assertEqual(self.uses(program).amount, 100)

    def test_who_sees_uses(self):
        program = self.make_program()
        self.confirm(self.rewarded())
        theirs = self.make_customer("Customer B", self.manager_b)
        self.confirm(
            self.rewarded(user=self.manager_b, partner_id=theirs.id), self.manager_b
        )
        Use = self.env["promotion.use"]
        mine = [("program_id", "=", program.id)]
        for user, count in (
            (self.manager_a, 1),
            (self.director, 1),
            (self.commercial, 2),
        ):
            self.assertEqual(Use.with_user(user).search_count(mine), count, user.login)
        for user in (self.manager_a, self.admin):
            use = Use.with_user(user).search(mine, limit=1)
            with self.assertRaises(AccessError):
                use.amount = 0
            with self.assertRaises(AccessError):
                use.unlink()
        with self.assertRaises(AccessError):
            Use.with_user(self.plain).search(mine)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", elsewhere
        )
        self.assertFalse(Use.with_user(stranger).search(mine))

    def test_a_used_programme_is_kept(self):
        program = self.make_program()
        self.confirm(self.rewarded())
        program.with_user(self.admin).action_archive()
        with self.assertRaisesRegex(UserError, "is kept"):
            program.unlink()


class TestCredited(PromotionCommon):
    """Credit notes give the programme its money back."""

    def test_credit_notes(self):
        program = self.make_program(limit_budget=True, budget_amount=1000)
        order = self.rewarded()
        order.with_user(self.manager_a).action_confirm()
        use = self.uses(program)
        invoice = self.invoice_order(order)
        self.assertEqual(use.amount, 100)
        credit = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        given = credit.invoice_line_ids.filtered(lambda x: x.price_subtotal < 0)
        given.price_unit = -40
        credit.action_post()
        self.assertEqual((use.state, use.amount), ("confirmed", 60))
        self.assertEqual(use.granted_amount, 100)
        self.assertEqual(program.budget_ids.used_amount, 60)
        credit.button_draft()
        self.assertEqual(use.amount, 100)
        given.price_unit = -100
        credit.action_post()
        self.assertEqual(use.amount, 0)
        again = self.invoice_order(order)
        self.assertEqual(use.amount, 100, "invoiced again: given again")
        self.assertEqual(again.amount_total, 900)

    def test_bookkeeping_never_fails(self):
        """What was credited went to another order; then the note is reset."""
        program = self.make_program(limit_budget=True, budget_amount=100)
        order, other = self.rewarded(), self.rewarded()
        order.with_user(self.manager_a).action_confirm()
        credit = self.invoice_order(order)._reverse_moves(
            [{"invoice_date": fields.Date.today()}]
        )
        credit.action_post()
        self.assertEqual(program.budget_ids.used_amount, 0)
        other.with_user(self.manager_a).action_confirm()
        credit.button_draft()
        self.assertEqual(program.budget_ids.used_amount, 200)

    def test_credited_in_another_month(self):
        """The use stays of its day, and of the rate of that day."""
        program = self.make_program()
        with freeze_time("2026-01-10 12:00:00"):
            order = self.rewarded()
            order.with_user(self.manager_a).action_confirm()
            invoice = self.invoice_order(order)
        with freeze_time("2026-03-10 12:00:00"):
            credit = invoice._reverse_moves([{"invoice_date": "2026-03-10"}])
            credit.action_post()
        use = self.uses(program)
        self.assertEqual((str(use.date), use.amount), ("2026-01-10", 0))

    def test_gifts_by_quantity(self):
        program = self.make_program(
            rule={"minimum_qty": 1, "reward_point_mode": "unit"},
            reward={
                "reward_type": "product",
                "reward_product_id": self.cloth.id,
                "reward_product_qty": 1,
            },
        )
        order = self.rewarded((self.cloth, 4, {}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.uses(program).amount, 400)
        credit = self.invoice_order(order)._reverse_moves(
            [{"invoice_date": fields.Date.today()}]
        )
        gift = credit.invoice_line_ids.filtered(lambda x: not x.price_subtotal)
        gift.quantity = 1
        credit.action_post()
        self.assertEqual(self.uses(program).amount, 300)
