from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError

from ..discount.common import DiscountWorld
from .test_period import PeriodCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
D365 = ((0, 10), (1000, 25))


class TestExpected(DiscountWorld, PeriodCommon):
    """What an order will probably earn its customer, in its price waterfall."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-03-08 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)
        self.make_policy(TEN, TWENTY)

    def stepped(self, **values):
        return self.prepare_term(*D365, method="stepped", **values)

    def traces(self, order):
        judgement = order._judge_once()
        return order._prepare_traces(
            None, judgement, order._granting_request(judgement)
        )

    def bonuses(self, order):
        """What each line expects, as the trace keeps it; None where it does not."""
        found = []
        for trace in self.traces(order):
            [bonus] = [
                -row["amount"] for row in trace["steps"] if row["code"] == "bonus"
            ] or [None]
            found.append(bonus)
        return found

    def test_the_rate_of_the_tier_where_the_customer_stands(self):
        order = self.make_quotation((self.cloth, 2, {"discount": 10}))
        self.assertEqual(self.bonuses(order), [None])
        self.make_active(self.stepped())
        [trace] = self.traces(order)
        self.assertEqual(self.bonuses(order), [9])
        self.assertEqual((trace["final_price"], trace["pocket_price"]), (90, 81))
        self.invoice("2026-02-01", 999)
        self.assertEqual(self.bonuses(order), [9])
        self.invoice("2026-02-02", 1)
        self.assertEqual(self.bonuses(order), [22.5])
        self.assertEqual(self.traces(order)[0]["pocket_price"], 67.5)
        order.with_user(self.manager_a).action_confirm()
        kept = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertEqual(kept.pocket_price, 67.5)
        bonus, pocket = kept.steps[-2:]
        self.assertEqual((bonus["code"], pocket["code"]), ("bonus", "pocket"))
        self.assertEqual(bonus["sources"], [{"label": "Bonus 2026"}])

    def test_the_request_tells_the_margin_in_the_pocket(self):
        self.director.group_ids += self.env.ref("sales_manager_kpi.group_cost")
        self.cloth.standard_price = 60
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % early",
                "early_discount": True,
                "discount_percentage": 2,
                "company_id": self.company.id,
            }
        )
        self.make_active(self.stepped())
        order = self.make_quotation(
            (self.cloth, 10, {"discount": 20}), payment_term_id=term.id
        )
        request = self.asked(order).with_user(self.director)
        self.assertEqual((request.margin_asked, request.bonus_expected), (200, 80))
        # 800 less 2 % less 10 %, of which 600 is cost
        self.assertAlmostEqual(request.margin_pocket, 104)
        self.assertAlmostEqual(request.margin_pocket_percent, 104 / 704 * 100, 2)
        self.open_form(request)
        with self.assertRaises(AccessError):
            request.with_user(self.manager_a).read(["margin_pocket"])

    def test_an_order_does_not_lift_itself(self):
        self.make_active(self.stepped(basis="order"))
        order = self.make_quotation((self.cloth, 20, {}))
        self.assertEqual(self.bonuses(order), [10])
        order.with_user(self.manager_a).action_confirm()
        kept = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        self.assertEqual(kept.mapped("pocket_price"), [90])
        following = self.make_quotation((self.cloth, 1, {}))
        self.assertEqual(self.bonuses(following), [25])

    def test_products_that_do_not_count_expect_nothing(self):
        parent = self.env["product.category"].create({"name": "Above"})
        below = self.env["product.category"].create(
            {"name": "Below", "parent_id": parent.id}
        )
        silk = self.make_product("Silk", 200.0, categ_id=below.id)
        order = self.make_quotation((self.cloth, 1, {}), (silk, 1, {}))
        scopes = {
            "exclude_product_ids": (self.cloth.product_tmpl_id, [None, 20]),
            "include_product_ids": (self.cloth.product_tmpl_id, [10, None]),
            "exclude_categ_ids": (parent, [10, None]),
            "include_categ_ids": (parent, [None, 20]),
        }
        for name, (records, expected) in scopes.items():
            with self.subTest(scope=name):
                agreement = self.make_active(
                    self.stepped(**{name: [Command.set(records.ids)]})
                )
                self.assertEqual(self.bonuses(order), expected)
                lines = order.order_line
                self.assertEqual(
                    [order._expected_bonus(line) for line in lines], expected
                )
                agreement.with_user(self.director).cancel("Next one")
                self.assertEqual(self.bonuses(order), [None, None])

    def test_what_was_sold_too_low_expects_nothing(self):
        self.make_active(self.stepped(exclude_below_norm=True))
        order = self.make_quotation(
            (self.cloth, 1, {"discount": 10}), (self.cloth, 1, {"discount": 30})
        )
        self.assertEqual(self.bonuses(order), [9, None])

    def test_what_a_promotion_lowered_expects_nothing(self):
        self.make_active(self.stepped())
        self.env["loyalty.program"].create(
            {
                "name": "Ten off",
                "program_type": "promotion",
                "trigger": "auto",
                "company_id": self.company.id,
                "rule_ids": [Command.clear(), Command.create({})],
                "reward_ids": [Command.clear(), Command.create({"discount": 10})],
            }
        )
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertEqual(self.bonuses(order), [10])
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[:1], coupon)
        self.assertTrue(order.order_line.reward_id)
        self.assertEqual(self.bonuses(order), [None])

    def test_other_currency_and_unit(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "XTB",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2026-01-01",
                            "rate": 2,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = self.make_pricelist(
            "Foreign", currency_id=foreign.id
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_quotation(
            (self.cloth, 1, {}), (self.cloth, 1, {"product_uom_id": dozen.id})
        )
        self.assertEqual(order.currency_id, foreign)
        self.assertEqual(order.order_line.mapped("price_unit"), [200, 2400])
        agreement = self.make_active(self.stepped())
        self.assertEqual(self.bonuses(order), [20, 240])
        agreement.with_user(self.director).cancel("Next one")
        self.make_active(
            self.prepare_term((0, 3), method="per_unit", uom_id=self.cloth.uom_id.id)
        )
        self.assertEqual(self.bonuses(order), [6, 72])

    def test_methods_caps_and_tiers_over_the_whole_agreement(self):
        order = self.make_quotation((self.cloth, 1, {}))
        self.invoice("2025-02-01", 900)
        self.invoice("2026-02-01", 1000)
        cases = (
            (self.prepare_term(*D365), 25),
            (self.prepare_term(*D365, method="fixed"), None),
            (self.prepare_term(*D365, minimum=1001), None),
            (self.prepare_term(*D365, cap=200), None),
            (self.prepare_term((0, 10), (50, 25), method="growth"), 10),
            (
                self.prepare_term(*D365, period="month", cumulative=True),
                25,
            ),
            (self.prepare_term(*D365, period="month"), 10),
        )
        for term, expected in cases:
            with self.subTest(term=term):
                agreement = self.make_active(term)
                self.assertEqual(self.bonuses(order), [expected])
                agreement.with_user(self.director).cancel("Next one")

    def test_no_query_per_line(self):
        self.make_active(self.stepped(exclude_below_norm=True))
        counts = []
        for number in (1, 12):
            cloths = [self.make_product(f"C{number}-{n}", 100.0) for n in range(number)]
            order = self.make_quotation(*((cloth, 1, {}) for cloth in cloths))
            judgement = order._judge_once()
            self.env.flush_all()
            self.env.invalidate_all()
            order.order_line.product_id.mapped("categ_id.parent_path")
            order.order_line.mapped("product_template_id.name")
            before = self.env.cr.sql_log_count
            bonuses = order._expected_bonuses(judgement)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(bonuses), number)
        self.assertLessEqual(counts[1], counts[0])

    def test_customers_without_agreement_ask_nothing(self):
        self.make_active(self.stepped(), partners=self.make_customer("Other"))
        order = self.make_quotation((self.cloth, 1, {}))
        order.partner_id.commercial_partner_id.mapped("name")
        self.assertFalse(order._bonus_customer())
        judgement = order._judge_once()
        with self.assertQueryCount(0):
            self.assertIsNone(order._expected_bonus(order.order_line))
            self.assertFalse(order._expected_bonuses(judgement))
