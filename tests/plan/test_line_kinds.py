from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestLineKinds(PlanCommon):
    """Further targets: customers, quantities, margin, new customers, payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.metre = cls.env.ref("uom.product_uom_meter")
        cls.km = cls.env.ref("uom.product_uom_km")
        cls.kilo = cls.env.ref("uom.product_uom_kgm")
        Tag = cls.env["res.partner.category"]
        cls.hospitality = Tag.create({"name": "Hospitality"})
        cls.hotels = Tag.create({"name": "Hotels", "parent_id": cls.hospitality.id})
        cls.alster = cls.make_customer("Alster", category_id=[(4, cls.hotels.id)])
        cls.contact = cls.env["res.partner"].create(
            {"name": "Porter", "parent_id": cls.alster.id}
        )

    def sold(self, day, amount, partner, **values):
        self.make_fact(self.manager_a, day, amount, partner_id=partner.id, **values)

    # ------------------------------------------------------------------
    # What counts
    # ------------------------------------------------------------------

    def test_main_lines_alone_make_the_target(self):
        plan = self.make_plan(lines=[(self.linen, 400)])
        self.further(plan, self.alster, 5000)
        self.further(plan, None, 7000, "collected")
        self.further(plan, self.linen, 60, "quantity", self.metre)
        self.make_fact(self.manager_a, "2026-03-02", 500)
        self.assertRecordValues(
            plan, [{"target_amount": 1000, "fact_amount": 500, "fulfilment": 0.5}]
        )
        self.assertEqual(plan._main_lines().mapped("is_main"), [True, True])

    def test_customer_and_customer_group(self):
        plan = self.make_plan()
        customer = self.further(plan, self.alster, 200)
        group = self.further(plan, self.hospitality, 400)
        self.sold("2026-03-02", 150, self.alster)
        self.sold("2026-03-03", -50, self.alster)
        self.sold("2026-03-03", 30, self.customer)
        self.sold("2025-03-31", 70, self.alster)
        self.assertEqual((customer.fact_amount, customer.fulfilment), (100, 0.5))
        self.assertEqual((group.fact_amount, group.fulfilment), (100, 0.25))
        self.assertEqual((customer.last_year_amount, group.last_year_amount), (70, 70))

    def test_quantity_in_the_unit_of_the_line(self):
        plan = self.make_plan()
        line = self.further(plan, self.fabrics, 2, "quantity", self.km)
        whole = self.further(plan, self.alster, 100, "quantity", self.metre)
        for quantity, uom in ((1200, self.metre), (0.3, self.km), (-500, self.metre)):
            self.sold(
                "2026-03-02",
                1,
                self.alster,
                categ_id=self.linen.id,
                quantity=quantity,
                uom_id=uom.id,
            )
        self.assertAlmostEqual(line.fact_quantity, 1.0)
        self.assertAlmostEqual(line.fulfilment, 0.5)
        self.assertFalse(line.fact_note)
        self.assertAlmostEqual(whole.fact_quantity, 1000)

    def test_what_has_no_conversion_is_left_out_and_said(self):
        plan = self.make_plan()
        line = self.further(plan, self.fabrics, 100, "quantity", self.metre)
        for quantity, uom in ((40, self.metre), (12, self.kilo)):
            self.make_fact(
                self.manager_a,
                "2026-03-02",
                1,
                self.linen,
                quantity=quantity,
                uom_id=uom.id,
            )
        self.assertEqual(line.fact_quantity, 40)
        self.assertIn("cannot be counted in m: 12.00 kg", line.fact_note)

    def test_margin_only_for_who_sees_costs(self):
        plan = self.make_plan()
        line = self.further(plan, self.fabrics, 100, "margin")
        self.make_fact(self.manager_a, "2026-03-02", 90, self.linen, margin=40)
        self.make_fact(self.manager_a, "2025-03-02", 90, self.linen, margin=30)
        figures = ["fact_amount", "fulfilment", "has_base", "last_year_amount"]
        self.env.ref("sales_manager_kpi.group_cost").user_ids = [
            Command.set(self.commercial.ids)
        ]
        [seen] = self.rpc(self.commercial, line, "read", figures)
        self.assertEqual((seen["fact_amount"], seen["fulfilment"]), (40, 0.4))
        self.assertEqual(seen["last_year_amount"], 30)
        for user in (self.manager_a, self.director):
            [hidden] = self.rpc(user, line, "read", [*figures, "fact_note"])
            self.assertEqual([hidden[name] for name in figures], [0, 0, False, 0])
            self.assertIn("who may see costs", hidden["fact_note"])

    def test_payments_collected_on_any_basis(self):
        plan = self.make_plan()
        total = self.further(plan, None, 1000, "collected")
        customer = self.further(plan, self.alster, 1000, "collected")
        self.sold("2026-03-02", 500, self.alster, basis="invoice")
        self.sold("2026-03-02", 300, self.alster, basis="payment")
        self.sold("2026-03-04", 100, self.customer, basis="payment")
        self.assertEqual((total.fact_amount, customer.fact_amount), (400, 300))
        self.assertEqual(plan.fact_amount, 500)

    def test_new_customers(self):
        plan = self.make_plan()
        total = self.further(plan, None, 4, "new_customers")
        hotels = self.further(plan, self.hospitality, 2, "new_customers")
        calls = []

        def found(model, company, first, last, basis="invoice", users=None):
            calls.append((company, first, last, basis, users))
            if first.year < 2026:
                return {}
            day = date(2026, 3, 4)
            return {self.manager_a.id: {self.alster.id: day, self.customer.id: day}}

        Fact = self.registry["sales.fact.report"]
        with patch.object(Fact, "_new_customers", found, create=True):
            lines = total + hotels
            self.assertEqual(lines.mapped("fact_quantity"), [2, 1])
            self.assertEqual(lines.mapped("fulfilment"), [0.5, 0.5])
        self.assertEqual(
            calls,
            [
                (
                    self.company,
                    date(2026, 3, 1),
                    date(2026, 3, 31),
                    "invoice",
                    self.manager_a,
                )
            ],
        )

    def test_days_of_a_part_of_the_month(self):
        plans = self.make_plan() + self.make_plan(self.manager_b)
        line = self.further(plans[0], self.alster, 100)
        self.env.cr.execute(
            "UPDATE sales_plan SET day_from = '2026-03-16' WHERE id = %s",
            [plans[0].id],
        )
        self.env.invalidate_all()
        for user in (self.manager_a, self.manager_b):
            for day in ("2026-03-15", "2026-03-16", "2025-03-31"):
                self.make_fact(user, day, 10, partner_id=self.alster.id)
        self.assertEqual(plans.mapped("fact_amount"), [10, 20])
        self.assertEqual((line.fact_amount, line.last_year_amount), (10, 10))

    def test_queries_do_not_grow_with_lines(self):
        plan = self.make_plan(lines=[(self.linen, 1), (self.cotton, 1)])
        for of in (self.alster, self.customer, self.hotels, None):
            self.further(plan, of, 10, "collected")
        for of in (self.alster, self.customer, self.hotels, self.hospitality):
            self.further(plan, of, 10)
        self.env.flush_all()
        ids = plan.line_ids.ids
        self.env.invalidate_all()
        lines = self.env["sales.plan.line"].browse(ids)
        before = self.cr.sql_log_count
        lines.mapped("fact_amount")
        # lines, plans and tags, then one query for each basis, figure and object
        self.assertLessEqual(self.cr.sql_log_count - before, 12)

    def test_proposal_leaves_further_targets(self):
        plan = self.make_plan(lines=[(self.linen, 400)])
        line = self.further(plan, self.alster, 50)
        self.make_fact(self.manager_a, "2025-03-02", 90, self.linen)
        wizard = self.env["sales.plan.proposal"].create(
            {"plan_ids": [Command.set(plan.ids)], "step": 0}
        )
        wizard.action_propose()
        wizard.action_apply()
        self.assertEqual(plan.line_ids - plan._main_lines(), line)
        self.assertEqual(plan.target_amount, 90)

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_twice(self):
        plan = self.make_plan(lines=[(self.linen, 1)])
        self.further(plan, self.linen, 5, "margin")
        for of, measure in ((self.linen, "margin"), (self.linen, "amount")):
            with self.refused("Linen.* stands twice"):
                self.further(plan, of, 5, measure)
        self.further(plan, self.alster, 5)
        with self.refused("Alster stands twice"):
            self.further(plan, self.alster, 6)

    def test_the_database_takes_no_target_twice(self):
        plan = self.make_plan()
        line = self.further(plan, self.alster, 5)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "target_uniq") as caught,
            self.cr.savepoint(),
        ):
            self.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self.cr.execute(
                "INSERT INTO sales_plan_line (plan_id, dimension, measure, partner_id) "
                "SELECT plan_id, dimension, measure, partner_id "
                "FROM sales_plan_line WHERE id = %s",
                [line.id],
            )
        message = self.env["sales.plan.line"]._sql_error_to_message(caught.exception)
        self.assertIn("stands twice", message)

    def test_categories_overlap_in_the_target_only(self):
        plan = self.make_plan(lines=[(self.linen, 1)])
        self.further(plan, self.fabrics, 5, "quantity", self.metre)
        with self.refused("Fabrics includes"):
            self.further(plan, self.fabrics, 5)

    def test_contact_is_not_a_customer(self):
        with self.refused("Porter belongs to Alster"):
            self.further(self.make_plan(), self.contact, 5)

    def test_unit_that_the_category_cannot_be_counted_in(self):
        plan = self.make_plan()
        self.further(plan, self.tools, 5, "quantity", self.kilo)  # no products: free
        self.env["product.product"].create(
            {"name": "Voile", "categ_id": self.linen.id, "uom_id": self.metre.id}
        )
        self.further(plan, self.fabrics, 5, "quantity", self.km)
        with self.refused("counted in m, which cannot be converted to kg"):
            self.further(plan, self.linen, 5, "quantity", self.kilo)

    def test_fields_that_do_not_fit(self):
        plan = self.make_plan()
        base = {"plan_id": plan.id}
        for text, vals in (
            ("uom_set", {"dimension": "total", "measure": "quantity"}),
            ("partner_set", {"dimension": "customer"}),
            ("partner_category_set", {"dimension": "customer_group"}),
            (
                "measure_target",
                {
                    "dimension": "total",
                    "measure": "new_customers",
                    "target_amount": 5,
                },
            ),
            (
                "new_customers_whole",
                {
                    "dimension": "category",
                    "categ_id": self.linen.id,
                    "measure": "new_customers",
                },
            ),
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, text),
                self.cr.savepoint(),
            ):
                self.env["sales.plan.line"].create({**base, **vals})
        with self.refused("cannot be negative"):
            self.further(plan, self.linen, -5, "quantity", self.metre)
