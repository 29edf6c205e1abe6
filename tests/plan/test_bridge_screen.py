from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw

from .test_outlook import OutlookCommon


class TestPlanBridge(OutlookCommon):
    """From plan to fact out of real documents, for whoever may read the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.last_year = cls.today.replace(day=10) - relativedelta(years=1)
        cls.silk = cls.make_goods("Silk", cls.linen, uom_id=cls.metre.id)

    @classmethod
    def bill(cls, *lines, date=None, move_type="out_invoice", **values):
        """A posted invoice of ``(product, quantity, price, discount)``."""
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "invoice_date": date or cls.today,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "discount": discount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price, discount in lines
                ],
                **values,
            }
        )
        # an invoice of the past goes to who has the customer now
        move.action_post()
        move.sudo()._store_credit(
            {move.id: (cls.manager_a.id, cls.branch.id, "single")}
        )
        cls.env.invalidate_all()
        return move

    def get(self, plan, user=None):
        model = self.env["sales.plan.bridge"].with_user(user or self.manager_a)
        model.env.invalidate_all()
        return call_kw(model, "get_data", [plan.id], {})

    def rows(self, data):
        return {row["name"]: row for row in data["rows"]}

    def check_adds_up(self, data):
        for row in [data, *data["rows"]]:
            steps = sum((row["effects"] or {}).values()) + row["without"]
            self.assertAlmostEqual(steps, row["fact_amount"] - row["plan_amount"], 2)
        for name in ("plan_amount", "fact_amount", "without"):
            self.assertAlmostEqual(data[name], sum(r[name] for r in data["rows"]), 2)

    def test_against_last_year(self):
        self.bill((self.cloth, 100, 10, 0), date=self.last_year)
        self.bill((self.cloth, 80, 12, 10))
        plan = self.make_plan(
            [
                {"dimension": "total", "target_amount": 1500},
                {"categ_id": self.fabrics.id, "target_amount": 1000},
            ]
        )
        data = self.get(plan)
        self.check_adds_up(data)
        fabrics = self.rows(data)["Fabrics"]
        self.assertEqual(
            {name: amount for name, amount in fabrics["effects"].items() if amount},
            {"volume": -200, "price": 160, "discount": -96},
        )
        self.assertEqual(fabrics["reference"], self.last_year.strftime("%b %Y"))
        [details] = fabrics["details"]
        self.assertEqual((details["planned_quantity"], details["quantity"]), (100, 80))
        self.assertEqual((details["reference_price"], details["price"]), (10, 12))
        self.assertAlmostEqual(details["discount"], 0.1)
        # nothing else was sold then: there is nothing to compare the rest with
        rest = self.rows(data)["Everything else"]
        self.assertIsNone(rest["effects"])
        self.assertEqual((rest["without"], rest["reference"]), (-500, "no reference"))
        self.assertEqual(data["without"], -500)
        facts = self.env["sales.fact.report"].search(fabrics["domain"])
        self.assertAlmostEqual(sum(facts.mapped("amount")), fabrics["fact_amount"])

    def test_returns_and_mix(self):
        self.bill(
            (self.cloth, 100, 10, 0), (self.silk, 100, 30, 0), date=self.last_year
        )
        self.bill((self.silk, 200, 30, 0))
        self.bill((self.silk, 20, 30, 0), move_type="out_refund")
        plan = self.make_plan([{"categ_id": self.fabrics.id, "target_amount": 4000}])
        data = self.get(plan)
        self.check_adds_up(data)
        effects = {name: amount for name, amount in data["effects"].items() if amount}
        self.assertEqual(effects, {"mix": 2000, "returns": -600})
        self.assertEqual(data["fact_amount"], 5400)

    def test_last_months_where_last_year_says_nothing(self):
        before = self.today.replace(day=1) - timedelta(days=5)
        self.bill((self.cloth, 300, 10, 0), date=before)
        plan = self.make_plan([{"categ_id": self.fabrics.id, "target_amount": 1000}])
        data = self.get(plan)
        self.check_adds_up(data)
        self.assertEqual(data["effects"]["volume"], -1000)
        self.assertIn(before.strftime("%b %Y"), data["rows"][0]["reference"])

    def test_quantity_line_says_the_planned_quantity(self):
        self.bill((self.cloth, 100, 10, 0), date=self.last_year)
        self.bill((self.cloth, 100, 10, 0))
        plan = self.make_plan(
            [
                {"categ_id": self.fabrics.id, "target_amount": 1200},
                {
                    "categ_id": self.fabrics.id,
                    "measure": "quantity",
                    "uom_id": self.roll.id,
                    "target_quantity": 2,
                },
            ]
        )
        data = self.get(plan)
        self.check_adds_up(data)
        self.assertEqual(data["effects"]["volume"], 0)
        self.assertEqual(data["effects"]["price"], -200)

    def test_late_for_lack_of_goods(self):
        self.bill((self.cloth, 100, 10, 0), date=self.last_year)
        self.stock(self.shop, 10)
        yesterday = self.today - timedelta(days=2)
        order = self.sell(40, commitment_date=f"{yesterday} 08:00:00")
        tomorrow = self.today + timedelta(days=1)
        self.sell(5, commitment_date=f"{tomorrow} 08:00:00")  # not due yet
        plan = self.make_plan([{"categ_id": self.fabrics.id, "target_amount": 1000}])
        data = self.get(plan)
        self.check_adds_up(data)
        if yesterday < self.today.replace(day=1):
            return  # promised for the month before: the same either way
        self.assertEqual(data["effects"]["availability"], -300)
        self.assertEqual(data["effects"]["volume"], -700)
        self.assertEqual(data["late_orders"], order.ids)
        self.stock(self.shop, 100)
        order.picking_ids.action_assign()
        self.assertEqual(self.get(plan)["effects"]["availability"], 0)

    def test_company_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XYZ",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 4.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        self.bill((self.cloth, 100, 10, 0), date=self.last_year)
        self.bill((self.cloth, 100, 40, 10), currency_id=currency.id)
        plan = self.make_plan([{"categ_id": self.fabrics.id, "target_amount": 1000}])
        data = self.get(plan)
        self.check_adds_up(data)
        effects = {name: amount for name, amount in data["effects"].items() if amount}
        self.assertEqual(effects, {"discount": -100})

    def test_by_role(self):
        plan = self.make_plan([{"dimension": "total", "target_amount": 100}])
        one = self.get(plan)
        for user in (self.director, self.commercial):
            self.assertEqual(self.get(plan, user)["rows"], one["rows"])
        for user in (self.manager_b, self.other_director, self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.get(plan, user)

    def test_bad_input(self):
        model = self.env["sales.plan.bridge"].with_user(self.manager_a)
        for plan_id, text in (
            (False, "Open the bridge from a plan"),
            ("1", "Open the bridge from a plan"),
            (10**8, "no such plan"),
        ):
            with self.assertRaisesRegex(Exception, text):
                call_kw(model, "get_data", [plan_id], {})
        empty = self.make_plan([])
        with self.assertRaisesRegex(Exception, "no target yet"):
            self.get(empty)

    def test_queries_do_not_grow_with_the_lines(self):
        categories = self.env["product.category"].create(
            [{"name": f"C{n}"} for n in range(30)]
        )
        plan = self.make_plan(
            [{"categ_id": c.id, "target_amount": 10} for c in categories]
        )
        self.get(plan)
        with self.assertQueryCount(30):
            self.get(plan)
