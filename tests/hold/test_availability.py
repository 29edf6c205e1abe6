from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError

from .common import NOW, THURSDAY, HoldCommon

SOURCES = (
    "sales.branch",
    "sales.branch.member",
    "stock.hold",
    "stock.location",
    "stock.move",
    "stock.quant",
    "stock.warehouse",
)


class TestAvailability(HoldCommon):
    """Where the goods of a quotation are, and when they can be promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.central = cls.make_warehouse("CENT")
        cls.branch.supplying_warehouse_id = cls.central
        cls.put(cls.button, 30)
        cls.put(cls.button, 500, location=cls.central.lot_stock_id)
        cls.put(cls.button, 70, location=cls.other_warehouse.lot_stock_id)

    def figures(self, order, user=None):
        order.invalidate_recordset()
        order.order_line.invalidate_recordset()
        return order.with_user(user or self.manager_a).get_supply_availability()

    def test_every_place(self):
        line = self.make_quotation((self.button, 20)).order_line
        other = self.make_quotation((self.button, 10), user=self.manager_a).order_line
        self.hold(other)
        self.expect(self.button, 25, 3)
        found = self.figures(line.order_id)[line.id]
        self.assertEqual(
            {k: found[k] for k in ("free", "held", "own", "central", "coming")},
            {"free": 20, "held": 10, "own": 0, "central": 500, "coming": 25},
        )
        self.assertEqual(found["branches"], [{"name": "Hamburg", "quantity": 70}])
        self.assertEqual([h["who"] for h in found["holds"]], [self.manager_a.name])
        self.assertIn("5:00", found["holds"][0]["until"])
        line = line.with_user(self.manager_a)
        self.assertEqual(
            (line.supply_free_qty, line.supply_held_qty, line.supply_elsewhere_qty),
            (20, 10, 70),
        )
        self.assertEqual(line.supply_promised_on, NOW.date())

    def test_own_hold_is_enough(self):
        line = self.make_quotation((self.button, 30)).order_line
        self.hold(line)
        found = self.figures(line.order_id)[line.id]
        self.assertEqual((found["need"], found["own"], found["free"]), (0, 30, 0))
        self.assertEqual(line.supply_promised_on, NOW.date())
        self.assertFalse(found["holds"])

    def test_promised_by_what_comes(self):
        order = self.make_quotation((self.button, 40))
        line = order.order_line
        self.figures(order)
        self.assertFalse(line.supply_promised_on)
        self.expect(self.button, 5, 2)
        self.expect(self.button, 20, 6)
        self.figures(order)
        self.assertEqual(line.supply_promised_on, date(2026, 3, 16))

    def test_what_others_wait_for_is_not_promised(self):
        self.expect(self.button, 20, 6)
        self.make_quotation((self.button, 45)).action_confirm()
        order = self.make_quotation((self.button, 10))
        self.figures(order)
        self.assertFalse(order.order_line.supply_promised_on)
        order.order_line.product_uom_qty = 5
        self.figures(order)
        self.assertEqual(order.order_line.supply_promised_on, date(2026, 3, 16))

    def test_lines_of_one_product_share(self):
        self.expect(self.button, 20, 6)
        order = self.make_quotation(
            (self.button, 25), (self.button, 10), (self.button, 20)
        )
        found = self.figures(order)
        first, second, third = order.order_line
        self.assertEqual([found[x.id]["free"] for x in order.order_line], [30, 5, 0])
        self.assertEqual(first.supply_promised_on, NOW.date())
        self.assertEqual(second.supply_promised_on, date(2026, 3, 16))
        self.assertFalse(third.supply_promised_on)

    def test_over_is_free(self):
        line = self.make_quotation((self.button, 30)).order_line
        self.hold(line)
        other = self.make_quotation((self.button, 30))
        self.assertEqual(self.figures(other)[other.order_line.id]["free"], 0)
        with freeze_time(THURSDAY):
            found = self.figures(other)[other.order_line.id]
            self.assertEqual((found["free"], found["holds"]), (30, []))

    def test_units_of_the_line(self):
        self.put(self.fabric, 36.58, "R1")
        line = self.make_quotation((self.fabric, 40)).order_line
        line.product_uom_id = self.env.ref("uom.product_uom_yard")
        found = self.figures(line.order_id)[line.id]
        self.assertEqual(found["free"], 40)
        self.assertEqual(line.supply_promised_on, NOW.date())
        line.product_uom_id = self.button.uom_id
        self.assertFalse(self.figures(line.order_id))
        self.assertFalse(line.supply_promised_on)

    def test_services_and_sections(self):
        service = self.make_product("Talk", self.button.uom_id, type="service")
        order = self.make_quotation((service, 1), (self.button, 1))
        order.write(
            {"order_line": [(0, 0, {"display_type": "line_section", "name": "S"})]}
        )
        found = self.figures(order)
        self.assertEqual(set(found), {order.order_line[1].id})

    def test_inert_without_a_branch(self):
        order = self.make_quotation((self.button, 1), user=self.commercial)
        self.assertEqual(order.get_supply_availability(), {})
        self.assertFalse(order.supply_branch_id)

    def test_branch_without_warehouse(self):
        self.branch.warehouse_id = False
        order = self.make_quotation((self.button, 1))
        found = self.figures(order)[order.order_line.id]
        self.assertEqual((found["free"], found["coming"]), (0, 0))

    def test_who_may_not_read_the_order(self):
        order = self.make_quotation((self.button, 1))
        with self.assertRaises(AccessError):
            order.with_user(self.manager_b).get_supply_availability()

    def test_queries_of_a_long_quotation(self):
        """At most 8, and no more for more lines."""
        products = [
            self.make_product(f"P{number}", self.button.uom_id) for number in range(30)
        ]
        for product in products:
            self.put(product, 20)
            self.put(product, 20, location=self.central.lot_stock_id)
            self.expect(product, 10, 5)
        order = self.make_quotation(*((product, 10) for product in products))
        for line in order.order_line[:5]:
            self.hold(line, 5)
        order = order.with_user(self.manager_a)
        self.env.flush_all()
        self.env.invalidate_all()
        # what the screen has read anyway
        order.order_line.mapped("product_id.uom_id.name")
        order.order_line.mapped("supply_free_qty")
        for name in ("supply_free_qty", "supply_promised_on"):
            order.order_line.invalidate_recordset([name])
        for model in SOURCES:
            self.env[model].invalidate_model()
        with self.assertQueryCount(8):
            self.assertEqual(len(order.order_line._supply_figures()), 30)
