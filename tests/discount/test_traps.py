"""The traps of measuring a discount, each with the figure that a naive measure gets."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}


class TestTraps(DiscountCommon):
    def error(self, order):
        return order.with_user(self.manager_a)._discount_error()

    def rule(self, percent, **values):
        return self.pricelist.item_ids.create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "3_global",
                "compute_price": "percentage",
                "percent_price": percent,
                **values,
            }
        )

    def test_back_dating(self):
        """T6: a date put back revives no rule that has run out."""
        self.make_policy(TEN)
        self.rule(50, date_end=fields.Datetime.now() - timedelta(days=300))
        order = self.make_quotation((self.cloth, 1, {}))
        order.date_order = fields.Datetime.now() - timedelta(days=400)
        order.action_update_prices()
        self.assertAlmostEqual(order.order_line.discount, 50)
        self.assertIn("50.00 %", self.error(order))

    def test_made_with_an_old_date(self):
        """T6: also where the order was made with the old date at once."""
        self.make_policy(TEN)
        self.rule(50, date_end=fields.Datetime.now() - timedelta(days=300))
        order = self.make_quotation(
            (self.cloth, 1, {}),
            date_order=fields.Datetime.now() - timedelta(days=400),
        )
        self.assertAlmostEqual(order.order_line.discount, 50)
        self.assertIn("50.00 %", self.error(order))

    def test_offer_that_ran_out(self):
        """T6: an offer keeps its norm while it is valid, no longer."""
        self.make_policy(TEN)
        rule = self.rule(50)
        order = self.make_quotation(
            (self.cloth, 1, {}), validity_date=fields.Date.today()
        )
        self.assertFalse(self.error(order))
        rule.unlink()
        order.validity_date = fields.Date.today() - timedelta(days=2)
        self.assertIn("50.00 %", self.error(order))

    def test_quantity_brings_a_tier(self):
        """T8: what the list gives for a quantity is the norm; without it, it is not."""
        self.make_policy(TEN)
        self.rule(20, min_quantity=50)
        order = self.make_quotation((self.cloth, 5, {"discount": 7}))
        order.order_line.product_uom_qty = 50
        self.assertAlmostEqual(order.order_line.discount, 20)
        self.assertFalse(self.error(order))
        order.order_line.write({"product_uom_qty": 5, "discount": 20})
        self.assertIn("20.00 %", self.error(order))

    def test_quantity_after_confirmation(self):
        """T8: a quantity taken back after the tier was had."""
        self.make_policy(TEN)
        self.rule(20, min_quantity=50)
        order = self.make_quotation((self.cloth, 50, {}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        line = order.order_line.with_user(self.manager_a)
        with self.assertRaises(UserError):
            line.write({"product_uom_qty": 5, "discount": 20, "price_unit": 100})

    def test_old_whole_order_discount_stays_measured(self):
        """T8, P5: a fixed discount on the document is measured against the whole."""
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 5, {}))
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "amount",
                "discount_amount": 100,
            }
        ).action_apply_discount()
        self.assertAlmostEqual(order._concession_figures().manual_percent, 20)
        self.assertTrue(self.error(order))
        order.order_line[0].product_uom_qty = 50
        self.assertAlmostEqual(order._concession_figures().manual_percent, 2)
        self.assertFalse(self.error(order))

    def test_fixed_price_is_no_discount(self):
        """T12, P13: the manager is not blamed for what the list gives."""
        self.make_policy({"role": "manager", "max_line_percent": 0})
        self.rule(0, compute_price="fixed", fixed_price=60)
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertAlmostEqual(order.order_line.price_unit, 60)
        self.assertFalse(self.error(order))

    def test_rate_of_the_offer(self):
        """T14, P16: the rate moved; 10 % stays 10 % and is not 43.75 %."""
        self.make_policy(TEN)
        foreign = self.setup_other_currency("HRK", rates=[("2020-01-01", 0.5)])
        self.customer.property_product_pricelist = self.make_pricelist(
            "Foreign", currency_id=foreign.id
        )
        order = self.make_quotation((self.cloth, 1, {"discount": 10}))
        self.assertAlmostEqual(order.order_line.price_unit, 50)
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": fields.Date.today() + timedelta(days=1),
                "rate": 0.8,
            }
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            [line] = order._concession_figures().lines
            self.assertAlmostEqual(line.manual_percent, 10, places=2)
            order.with_user(self.manager_a).action_confirm()
            self.assertEqual(order.state, "sale")
        trace = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertAlmostEqual(trace.manual_percent, 10, places=2)

    def test_dozens(self):
        """T15: a floor is per piece; a dozen for 960 keeps 80 and not 81."""
        dozen = {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}
        policy = self.make_policy(
            {
                "role": "manager",
                "max_line_percent": 50,
                "limit_floor": True,
                "floor_price": 80,
            }
        )
        order = self.make_quotation((self.cloth, 1, {**dozen, "price_unit": 960}))
        self.assertAlmostEqual(order._concession_figures().manual_percent, 20)
        self.assertFalse(self.error(order))
        policy.action_retire()
        self.make_policy({"role": "manager", "limit_floor": True, "floor_price": 81})
        # what was open before a policy is exempt from it
        order = self.make_quotation((self.cloth, 1, {**dozen, "price_unit": 960}))
        self.assertIn("the floor is", self.error(order))

    def test_two_digits_of_a_discount(self):
        """T16, P15: a third cannot be typed; a limit of 33.33 % is not left by it."""
        self.make_policy({"role": "manager", "max_line_percent": 33.33})
        order = self.make_quotation((self.cloth, 3, {"discount": 100 / 3}))
        self.assertFalse(self.error(order))
        order.order_line.discount = 33.34
        self.assertTrue(self.error(order))

    def test_a_cent_of_rounding(self):
        self.make_policy({"role": "manager", "max_line_percent": 0})
        order = self.make_quotation((self.cloth, 1, {"price_unit": 99.996}))
        self.assertFalse(self.error(order))
        order.order_line.price_unit = 99.9
        self.assertTrue(self.error(order))

    def test_lines_that_no_norm_governs(self):
        """T17: notes, down payments and expenses are no discounts."""
        self.make_policy({"role": "manager", "max_line_percent": 0})
        fee = self.make_product("Fee", 50.0, type="service")
        fare = self.make_product("Fare", 50.0, type="service", expense_policy="cost")
        order = self.make_quotation((self.cloth, 1, {}))
        order.order_line = [
            Command.create({"display_type": "line_note", "name": "Note"}),
            Command.create({"display_type": "line_section", "name": "Part"}),
            Command.create(
                {
                    "product_id": fee.id,
                    "product_uom_qty": 0,
                    "price_unit": 5,
                    "is_downpayment": True,
                }
            ),
            Command.create(
                {"product_id": fare.id, "price_unit": 1, "is_expense": True}
            ),
        ]
        self.assertEqual(len(order._concession_figures().lines), 1)
        self.assertFalse(self.error(order))

    def test_delivery(self):
        """T17: what delivery costs is no discount, whatever it is changed to."""
        self.make_policy({"role": "manager", "max_line_percent": 0})
        freight = self.make_product("Freight", 50.0, type="service")
        order = self.make_quotation((self.cloth, 1, {}))
        line = order.order_line.create(
            {"order_id": order.id, "product_id": freight.id, "price_unit": 5}
        )
        # the flag comes with another addon, which is no dependency
        Line = type(line)
        self.assertTrue(self.error(order))
        with patch.object(
            Line, "_is_charged_cost", lambda own: own.product_id == freight
        ):
            self.assertFalse(self.error(order))
            [figures] = order._concession_figures().lines
        self.assertEqual(figures.key, (order.order_line - line).id)

    def test_free_goods_of_a_promotion(self):
        """T17, P18: a reward has a discount of 100 and is nobody's discount."""
        self.make_policy({"role": "manager", "max_line_percent": 0})
        self.env["loyalty.program"].create(
            {
                "name": "2 + 1",
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [Command.create({"minimum_qty": 2})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "product",
                            "reward_product_id": self.cloth.id,
                            "reward_product_qty": 1,
                        }
                    )
                ],
            }
        )
        order = self.make_quotation((self.cloth, 2, {}))
        order._update_programs_and_rewards()
        for reward in order._get_claimable_rewards().items():
            order._apply_program_reward(reward[1][0], reward[0])
        self.assertEqual(order.order_line.mapped("is_reward_line"), [False, True])
        self.assertFalse(self.error(order))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_combo(self):
        """T17: the parts of a combo have the price that core divides it into."""
        self.make_policy({"role": "manager", "max_line_percent": 0})
        part = self.make_product("Part", 40.0)
        combo = self.env["product.combo"].create(
            {
                "name": "Parts",
                "combo_item_ids": [Command.create({"product_id": part.id})],
            }
        )
        whole = self.make_product(
            "Set", 25.0, type="combo", combo_ids=[Command.set(combo.ids)]
        )
        order = self.make_quotation((whole, 1, {}))
        order.order_line = [
            Command.create(
                {
                    "product_id": part.id,
                    "product_uom_qty": 1,
                    "combo_item_id": combo.combo_item_ids.id,
                    "linked_line_id": order.order_line.id,
                }
            )
        ]
        self.assertFalse(self.error(order))
        order.order_line[1].price_unit = 5
        self.assertTrue(self.error(order))

    def test_company_of_the_order(self):
        """T18: the norms are those of the order's company, whichever is on screen."""
        other = self.setup_other_company()["company"]
        self.make_policy(TEN)
        order = self.make_quotation((self.cloth, 1, {"discount": 50}))
        self.assertTrue(order.with_company(other)._discount_error())
        theirs = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": other.id}
        )
        self.assertFalse(theirs.with_company(self.company)._discount_policy())

    def test_payment_term(self):
        """T5, P10: days to pay and a discount for paying early."""
        self.make_policy(
            {
                "role": "manager",
                "max_line_percent": 10,
                "limit_payment": True,
                "max_payment_days": 60,
                "max_payment_percent": 2,
            }
        )
        term = self.env["account.payment.term"].create(
            {
                "name": "Long",
                "early_discount": True,
                "discount_percentage": 20,
                "line_ids": [Command.create({"value": "percent", "nb_days": 365})],
            }
        )
        order = self.make_quotation((self.cloth, 1, {}), payment_term_id=term.id)
        self.assertIn("365 days to pay, allowed 60", self.error(order))
        self.assertIn("20.00 % for paying early", self.error(order))

    def test_confirmation_changes_rewards(self):
        """T10, P17: what is judged is the order with the rewards it confirms with."""
        self.make_policy(
            {
                "role": "manager",
                "max_line_percent": 10,
                "limit_margin": True,
                "min_margin_percent": 40,
            }
        )
        self.cloth.standard_price = 55
        self.env["loyalty.program"].create(
            {
                "name": "Autumn",
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"discount": 30})],
            }
        )
        order = self.make_quotation((self.cloth, 10, {}))
        self.assertFalse(self.error(order))
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[0], coupon)
        self.assertIn("below the lowest margin", self.error(order))
        order.order_line.filtered("is_reward_line").unlink()

    def test_product_without_price(self):
        """ERPNext's hole: nothing says what it costs."""
        self.make_policy(TEN)
        free = self.make_product("Sample", 0.0)
        order = self.make_quotation((free, 1, {}))
        self.assertIn("nothing says its price", self.error(order))
