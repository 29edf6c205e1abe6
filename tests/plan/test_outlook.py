import doctest
import unittest
from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.sales_manager_kpi.engine import outlook

from ..common import SalesManagementCommon


class TestOutlookEngine(unittest.TestCase):
    def test_doctests(self):
        result = doctest.testmod(outlook)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)


@tagged("standard", "post_install", "-at_install")
class OutlookCommon(SalesManagementCommon):
    """A branch with two warehouses, goods by the metre, and a plan of this month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["sales.branch"]._company_local_date(cls.company)
        Warehouse = cls.env["stock.warehouse"]
        cls.shop = Warehouse.search([("company_id", "=", cls.company.id)], limit=1)
        cls.central = Warehouse.create(
            {"name": "Central", "code": "CEN", "company_id": cls.company.id}
        )
        cls.branch.write(
            {
                "warehouse_id": cls.shop.id,
                "supplying_warehouse_id": cls.central.id,
            }
        )
        Category = cls.env["product.category"]
        cls.fabrics = Category.create({"name": "Fabrics"})
        cls.linen = Category.create({"name": "Linen", "parent_id": cls.fabrics.id})
        cls.service_category = Category.create({"name": "Sewing"})
        cls.metre = cls.env.ref("uom.product_uom_meter")
        cls.roll = cls.env["uom.uom"].create(
            {"name": "Roll", "relative_factor": 50, "relative_uom_id": cls.metre.id}
        )
        cls.cloth = cls.make_goods("Cloth", cls.linen, uom_id=cls.metre.id)
        cls.sewing = cls.make_goods(
            "Sewing", cls.service_category, type="service", is_storable=False
        )
        cls.period = cls.env["sales.period"]._for_date(cls.company, cls.today)

    @classmethod
    def make_goods(cls, name, category, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "categ_id": category.id,
                "is_storable": True,
                "list_price": 10.0,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def stock(cls, warehouse, quantity, product=None):
        cls.env["stock.quant"]._update_available_quantity(
            product or cls.cloth, warehouse.lot_stock_id, quantity
        )

    @classmethod
    def sell(cls, quantity, price=10.0, product=None, confirm=True, ago=0, **values):
        """An order of one line; ``ago`` months ago, on the 15th, if any."""
        line = {
            "product_id": (product or cls.cloth).id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": [Command.clear()],
            **values.pop("line", {}),
        }
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "warehouse_id": cls.shop.id,
                "order_line": [Command.create(line)],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        if ago:
            day = cls.today.replace(day=15) - relativedelta(months=ago)
            order.sudo().first_confirmation_date = datetime.combine(
                day, datetime.min.time()
            )
        return order

    @classmethod
    def make_plan(cls, lines, basis="invoice", user=None, **values):
        user = user or cls.manager_a
        plan = (
            cls.env["sales.plan"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "period_id": cls.period.id,
                    "basis": basis,
                    "line_ids": [Command.create(line) for line in lines],
                    **values,
                }
            )
        )
        return plan.with_env(cls.env)

    def figures(self, line, *names):
        self.env.invalidate_all()
        return tuple(line[name] for name in names)


class TestPlanOutlook(OutlookCommon):
    def total(self, amount=1000.0, **values):
        return {"dimension": "total", "target_amount": amount, **values}

    def test_average_of_the_last_full_months(self):
        for ago in (1, 2, 3, 4):
            self.sell(30, ago=ago)
        self.sell(99)  # the month that runs is not full
        plan = self.make_plan(
            [
                self.total(),
                {"categ_id": self.fabrics.id, "target_amount": 5},
                {"categ_id": self.service_category.id, "target_amount": 5},
                {
                    "dimension": "customer",
                    "partner_id": self.customer.id,
                    "target_amount": 5,
                },
                {
                    "categ_id": self.linen.id,
                    "measure": "quantity",
                    "uom_id": self.roll.id,
                    "target_quantity": 5,
                },
            ],
            basis="order",
        )
        by_label = {
            (line.dimension, line.categ_id.name): line.avg_3m for line in plan.line_ids
        }
        self.assertEqual(
            by_label,
            {
                ("total", False): 300,
                ("category", "Fabrics"): 300,
                ("category", "Sewing"): 0,
                ("customer", False): 300,
                ("category", "Linen"): 0.6,  # rolls of 50 metres
            },
        )

    def test_open_orders_by_basis(self):
        order = self.sell(40)
        line = self.make_plan([self.total()]).line_ids
        self.assertEqual(self.figures(line, "open_orders"), (400,))
        order._create_invoices()  # a draft does not count yet
        self.assertEqual(self.figures(line, "open_orders"), (400,))
        order.invoice_ids.action_post()
        self.assertEqual(self.figures(line, "open_orders"), (0,))
        line.plan_id.basis = "order"
        self.assertEqual(self.figures(line, "open_orders"), (0,))
        self.sell(10).action_cancel()
        self.assertEqual(self.figures(line, "open_orders"), (0,))

    def test_open_orders_in_company_currency_of_the_credited_manager(self):
        other = self.env["res.currency"].create(
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
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": other.id}
        )
        order = self.sell(40, pricelist_id=pricelist.id)
        self.assertEqual(order.amount_untaxed, 400)
        line = self.make_plan([self.total()]).line_ids
        self.assertEqual(self.figures(line, "open_orders"), (100,))
        theirs = self.make_plan([self.total()], user=self.manager_b).line_ids
        self.assertEqual(self.figures(theirs, "open_orders"), (0,))
        self.env["sales.credit"].sudo().create(
            [
                {
                    "order_id": order.id,
                    "user_id": user.id,
                    "share_bp": share,
                    "reason": "Together",
                }
                for user, share in ((self.manager_a, 7500), (self.manager_b, 2500))
            ]
        )
        order.sudo()._store_credit(
            {order.id: (self.manager_a.id, self.branch.id, "shared")}
        )
        self.assertEqual(self.figures(line, "open_orders"), (75,))
        self.assertEqual(self.figures(theirs, "open_orders"), (25,))

    def test_quotations_by_their_chance(self):
        line = self.make_plan([self.total()]).line_ids
        self.sell(10, confirm=False)
        # nobody has decided enough quotations to tell: no base
        self.assertEqual(self.figures(line, "open_quotations"), (0,))
        for number in range(5):
            order = self.sell(1)
            if number > 1:
                order._action_cancel()
        self.assertEqual(self.figures(line, "open_quotations"), (40,))  # 2 of 5
        lead = self.env["crm.lead"].create(
            {"name": "Refit", "type": "opportunity", "probability": 80}
        )
        lead.probability = 80
        self.sell(10, confirm=False, opportunity_id=lead.id)
        self.assertEqual(self.figures(line, "open_quotations"), (120,))
        self.sell(
            10, confirm=False, validity_date=self.today - relativedelta(days=1)
        )  # expired: lost, so 2 of 6
        self.assertAlmostEqual(self.figures(line, "open_quotations")[0], 80 + 33.33, 2)

    def test_conversion_of_the_company_where_the_own_says_nothing(self):
        colleague = self.make_customer("B", self.manager_b)
        for __ in range(5):
            self.sell(1, partner_id=colleague.id)
        self.sell(10, confirm=False)
        line = self.make_plan([self.total()]).line_ids
        self.assertEqual(self.figures(line, "open_quotations"), (100,))

    def test_free_and_incoming_in_money_and_in_rolls(self):
        self.stock(self.shop, 100)
        self.stock(self.central, 150)
        self.sell(20)  # reserved, so not free
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.cloth.id,
                "product_uom_qty": 50,
                "product_uom": self.cloth.uom_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shop.lot_stock_id.id,
                "company_id": self.company.id,
            }
        )
        receipt._action_confirm()
        plan = self.make_plan(
            [
                self.total(3000),
                {
                    "categ_id": self.fabrics.id,
                    "measure": "quantity",
                    "uom_id": self.roll.id,
                    "target_quantity": 7,
                },
            ]
        )
        money, rolls = plan.line_ids
        names = ("free_stock", "incoming_stock", "shortage")
        self.assertEqual(self.figures(money, *names), (2300, 500, 0))
        free, incoming, short = self.figures(rolls, *names)
        self.assertAlmostEqual(free, 4.6)
        self.assertAlmostEqual(incoming, 1)
        # 7 asked for, 0.4 reserved for an order, 5.6 to be had
        self.assertAlmostEqual(short, 1)
        self.assertEqual(
            rolls.supply_warning, "Short by 1.00 Roll: 5.60 Roll free or coming in"
        )
        self.assertIn("Fabrics", plan.supply_warning)
        receipt.date = fields.Datetime.now() + relativedelta(months=2)
        self.assertEqual(self.figures(rolls, "incoming_stock"), (0,))

    def test_money_line_warns_for_its_goods_only(self):
        """Half of what is sold is sewing: only the other half needs stock."""
        self.stock(self.shop, 100)
        for ago in (1, 2, 3):
            self.sell(10, price=20, ago=ago)
            self.sell(1, price=200, product=self.sewing, ago=ago)
        plan = self.make_plan([self.total(8000)], basis="order")
        line = plan.line_ids
        free, short = self.figures(line, "free_stock", "shortage")
        # 100 − 30 reserved, at an average price of 20; 30 × 20 are reserved
        self.assertEqual((free, short), (1400, 4000 - 600 - 1400))
        self.assertIn("Short by", line.supply_warning)
        line.with_user(self.manager_a).target_amount = 4000
        self.assertEqual(self.figures(line, "shortage"), (0,))
        self.assertFalse(plan.supply_warning)

    def test_delivered_goods_are_covered(self):
        self.stock(self.shop, 100)
        order = self.sell(60)
        order.picking_ids.move_ids.write({"quantity": 60, "picked": True})
        order.picking_ids.button_validate()
        plan = self.make_plan(
            [
                self.total(),
                {
                    "categ_id": self.linen.id,
                    "measure": "quantity",
                    "uom_id": self.metre.id,
                    "target_quantity": 110,
                },
            ]
        )
        line = plan.line_ids[1]
        self.assertEqual(self.figures(line, "free_stock", "shortage"), (40, 10))

    def test_warning_does_not_block_and_who_approves_sees_it(self):
        plan = self.make_plan(
            [
                self.total(),
                {
                    "categ_id": self.linen.id,
                    "measure": "quantity",
                    "uom_id": self.metre.id,
                    "target_quantity": 110,
                },
            ]
        )
        plan.with_user(self.manager_a).action_submit()
        self.env.invalidate_all()
        [shown] = self.open_form(plan.with_user(self.director))
        self.assertIn("Short by 110.00 m", shown["supply_warning"])
        plan.with_user(self.director).action_approve()
        self.assertIn(plan.state, ("approved", "running"))

    def test_no_warehouse_no_warning(self):
        self.branch.write({"warehouse_id": False, "supplying_warehouse_id": False})
        plan = self.make_plan(
            [
                self.total(),
                {
                    "categ_id": self.linen.id,
                    "measure": "quantity",
                    "uom_id": self.metre.id,
                    "target_quantity": 110,
                },
            ]
        )
        self.assertFalse(plan.supply_warning)

    def test_past_plan_has_no_outlook(self):
        self.sell(10)
        past = self.env["sales.period"]._for_date(
            self.company, self.today - relativedelta(months=2)
        )
        line = self.make_plan([self.total()], period_id=past.id).line_ids
        self.assertEqual(self.figures(line, "open_orders", "shortage"), (0, 0))

    def test_form_with_sixty_lines(self):
        """What opening costs does not depend on the number of lines."""
        Category = self.env["product.category"]
        parents = Category.create([{"name": f"C{n}"} for n in range(45)])
        customers = self.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(14)]
        )
        self.stock(self.shop, 100)
        self.sell(10)
        self.sell(10, confirm=False)
        plan = self.make_plan(
            [
                self.total(100000),
                *(
                    {"categ_id": categ.id, "target_amount": 10}
                    for categ in parents[:30]
                ),
                *(
                    {
                        "categ_id": categ.id,
                        "measure": "quantity",
                        "uom_id": self.metre.id,
                        "target_quantity": 10,
                    }
                    for categ in parents[30:]
                ),
                *(
                    {"dimension": "customer", "partner_id": p.id, "target_amount": 1}
                    for p in customers
                ),
            ]
        )
        self.assertEqual(len(plan.line_ids), 60)
        plan.with_user(self.manager_a).action_submit()
        self.env.flush_all()
        for user in (self.director, self.manager_a):
            self.env.invalidate_all()
            self.open_form(plan.with_user(user))  # rights and views are cached now
            self.env.invalidate_all()
            with self.assertQueryCount(40):
                self.open_form(plan.with_user(user))
