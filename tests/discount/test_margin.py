import importlib.util
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons import sales_manager_kpi
from odoo.addons.sales_manager_kpi.engine.concession import LineFigures, OrderFigures

from ..common import DIRECTOR
from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
COST = "sales_manager_kpi.group_cost"
MARGINS = [
    *("margin_norm", "margin_norm_percent", "margin_asked", "margin_asked_percent"),
    *("margin_counter", "margin_counter_percent", "is_margin_known"),
]


class TestMargin(DiscountCommon):
    """Who decides, and may see costs, sees the margin before, asked and offered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)
        cls.cloth.standard_price = 60
        cls.uncosted = cls.make_product("No cost", 50.0)
        cls.director.group_ids += cls.env.ref(COST)

    def ask(self, *lines):
        order = self.make_quotation(*lines)
        return self.asked(order).with_user(self.director)

    def test_before_and_after(self):
        request = self.ask((self.cloth, 10, {"discount": 20}))
        theirs = request.with_user(self.director)
        self.assertTrue(theirs.is_margin_known)
        self.assertAlmostEqual(theirs.margin_norm, 400)
        self.assertAlmostEqual(theirs.margin_norm_percent, 40)
        self.assertAlmostEqual(theirs.margin_asked, 200)
        self.assertAlmostEqual(theirs.margin_asked_percent, 25)
        self.assertFalse(theirs.is_margin_countered)

    def test_counter_offer(self):
        request = self.ask((self.cloth, 10, {"discount": 20}))
        theirs = request.with_user(self.director)
        with Form(theirs) as form:
            with form.line_ids.edit(0) as line:
                line.approved_price = 90
            self.assertTrue(form.is_margin_countered)
            self.assertAlmostEqual(form.margin_counter, 300)
            self.assertAlmostEqual(form.margin_counter_percent, 100 / 3, places=2)
        theirs.action_counter("90, no less")
        self.assertAlmostEqual(theirs.margin_counter, 300)
        self.assertAlmostEqual(theirs.margin_asked, 200)

    def test_taxes_in_the_price(self):
        """Prices are raised with their tax, margins without."""
        tax = self.env["account.tax"].create(
            {
                "name": "20 % in the price",
                "amount": 20,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        taxed = self.make_product(
            "Taxed", 120.0, cost=60, taxes_id=[Command.set(tax.ids)]
        )
        request = self.ask((taxed, 1, {"discount": 20}))
        self.assertAlmostEqual(request.margin_norm, 40)
        self.assertAlmostEqual(request.margin_asked, 20)
        request.with_user(self.director).line_ids.approved_price = 108
        self.assertAlmostEqual(request.margin_counter, 30)
        self.assertAlmostEqual(request.margin_counter_percent, 100 / 3, places=2)

    def test_only_what_has_a_cost(self):
        request = self.ask(
            (self.cloth, 1, {"discount": 20}), (self.uncosted, 1, {"discount": 20})
        )
        self.assertAlmostEqual(request.margin_norm, 40)
        self.assertAlmostEqual(request.margin_norm_percent, 40)
        uncosted = request.line_ids.filtered(lambda r: r.product_id == self.uncosted)
        uncosted.with_user(self.director).approved_price = 50
        self.assertFalse(request.is_margin_countered)
        self.assertAlmostEqual(request.margin_counter, request.margin_asked)

    def test_no_cost_is_no_margin_of_nothing(self):
        request = self.ask((self.uncosted, 1, {"discount": 20}))
        self.assertFalse(request.is_margin_known)
        self.open_form(request.with_user(self.director))

    def test_given_for_nothing(self):
        """The margin is known, its percentage has no base."""
        request = self.ask((self.cloth, 1, {"discount": 20}))
        request.sudo().write({"margin_revenue": 0, "margin_asked": -60})
        self.assertTrue(request.is_margin_known)
        self.assertEqual(request.margin_asked_percent, 0)
        self.assertEqual(request.margin_counter_percent, 0)

    def migrate(self):
        folder = Path(sales_manager_kpi.__file__).parent / "migrations"
        path = folder / "19.0.4.0.0" / "post-request-margins.py"
        spec = importlib.util.spec_from_file_location("post_request_margins", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.cr, "19.0.3.0.0")
        self.env.invalidate_all()

    def test_requests_of_before(self):
        """Percentages where the margins kept prove them; amounts alone elsewhere."""
        tax = self.env["account.tax"].create(
            {
                "name": "Included",
                "amount": 25,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        taxed = self.make_product("Taxed", 125.0, 60.0, taxes_id=[(6, 0, tax.ids)])
        whole = self.ask((self.cloth, 10, {"discount": 20}), (self.cloth, 1, {}))
        partly = self.ask(
            (self.cloth, 10, {"discount": 20}), (self.uncosted, 4, {"discount": 15})
        )
        included = self.ask((taxed, 10, {"discount": 20}))
        requests = whole + partly + included
        self.env.flush_all()
        self.cr.execute(
            "UPDATE discount_request SET margin_revenue = NULL WHERE id = ANY(%s)",
            [requests.ids],
        )
        self.cr.execute(
            "UPDATE discount_request_line SET is_costed = NULL, untaxed_rate = NULL "
            "WHERE request_id = ANY(%s)",
            [requests.ids],
        )
        for __ in range(2):  # twice is once
            self.migrate()
            self.assertAlmostEqual(whole.margin_revenue, 900)
            self.assertAlmostEqual(whole.margin_asked_percent, 24000 / 900, places=2)
            self.assertTrue(all(whole.line_ids.mapped("is_costed")))
            for request in partly + included:
                self.assertTrue(request.is_margin_known)
                self.assertFalse(request.margin_revenue, "then the screens say no %")

    def test_only_who_sees_costs(self):
        request = self.ask((self.cloth, 10, {"discount": 20}))
        blind = self.make_user("blind", DIRECTOR)
        self.branch.director_id = blind
        for user in (self.manager_a, blind):
            with self.subTest(user=user.login):
                theirs = request.with_user(user)
                for name in MARGINS:
                    with self.assertRaises(AccessError):
                        theirs.read([name])
                [shown] = self.open_form(theirs)
                self.assertTrue(shown.keys().isdisjoint(MARGINS))
                for view in ("list", "kanban"):
                    arch = theirs.get_views([(False, view)])["views"][view]["arch"]
                    self.assertNotIn("margin_", arch)
        [shown] = self.open_form(request.with_user(self.director))
        self.assertLess(set(MARGINS), set(shown))
        arch = request.with_user(self.director).get_views([(False, "list")])
        for name in ("margin_norm", "margin_asked_percent"):
            self.assertIn(f'name="{name}"', arch["views"]["list"]["arch"])

    def test_queries_of_the_list(self):
        requests = self.env["discount.request"]
        for _number in range(6):
            requests |= self.ask((self.cloth, 10, {"discount": 20}))

        def queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.director).read(MARGINS)
            return self.env.cr.sql_log_count - before

        queries(requests)
        self.assertEqual(queries(requests[:1]), queries(requests))

    def test_engine(self):
        costed = LineFigures(1, 2, 100, 90, 80, unit_cost=50, untaxed_rate=0.5)
        unknown = LineFigures(2, 1, 100, 90, 10)
        whole = OrderFigures((costed, unknown), reward_cost=5)
        self.assertAlmostEqual(whole.costed_revenue, 80)
        self.assertAlmostEqual(whole.margin, -25)
        self.assertAlmostEqual(whole.margin_at_norm, -15)
        self.assertIsNone(OrderFigures((unknown,)).margin_at_norm)
        self.assertIsNone(OrderFigures((unknown,)).margin_percent)
