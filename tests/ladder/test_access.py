from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form

from .common import LadderCommon


class TestAccess(LadderCommon):
    """Sources are seen by whoever sees the order, and written by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()
        cls.put(12, cls.shop)
        cls.put(30, cls.central)
        cls.order = cls.make_order((cls.cloth, 20))
        cls.sources = cls.order.supply_source_ids

    def seen(self, user):
        return self.env["sale.order.source"].with_user(user).search([])

    def test_who_sees_them(self):
        for user, sees in (
            (self.manager_a, True),
            (self.manager_b, False),
            (self.director, True),
            (self.other_director, False),
            (self.commercial, True),
            (self.admin, True),
            (self.supervisor, True),
        ):
            with self.subTest(user=user.login):
                expected = self.sources if sees else self.sources.browse()
                self.assertEqual(self.seen(user), expected)
                self.seen(user).read(["kind", "quantity", "display_name", "is_late"])
        with self.assertRaises(AccessError):
            self.seen(self.plain)

    def test_nobody_writes_them(self):
        source = self.sources[0]
        values = {
            name: source[name].id
            for name in (
                *("order_line_id", "order_id", "product_id"),
                *("branch_id", "company_id"),
            )
        }
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            theirs = source.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    theirs.quantity = 99
                with self.assertRaises(AccessError):
                    theirs.unlink()
                with self.assertRaises(AccessError):
                    theirs.create(
                        {
                            **values,
                            "kind": "regional",
                            "state": "planned",
                            "quantity": 1,
                        }
                    )
                with self.assertRaises(AccessError):
                    self.order.with_user(user).write(
                        {
                            "supply_source_ids": [
                                Command.update(source.id, {"quantity": 1})
                            ]
                        }
                    )

    def test_shared_credit(self):
        """Whoever shares the credit of an order sees its goods, and their director."""
        wizard = self.env["sales.credit.wizard"].with_user(self.director)
        action = self.order.with_user(self.director).action_share_credit()
        form = Form(wizard.with_context(**action["context"]))
        form.reason = "Worked on it together"
        while len(form.line_ids):
            form.line_ids.remove(0)
        for manager in self.manager_a | self.manager_b:
            with form.line_ids.new() as line:
                line.user_id = manager
                line.share = 50
        form.save().action_apply()
        for user in (self.manager_a, self.manager_b, self.other_director):
            self.assertEqual(self.seen(user), self.sources)

    def test_stand_in_for_orders(self):
        now = fields.Datetime.now()
        self.assertFalse(self.seen(self.manager_b))
        self.env["sales.substitution"].create(
            {
                "principal_id": self.manager_a.id,
                "deputy_id": self.manager_b.id,
                "company_id": self.company.id,
                "date_from": fields.Date.to_date(now - timedelta(days=1)),
                "date_to": fields.Date.to_date(now + timedelta(days=1)),
                "scope_orders": True,
            }
        ).action_appoint()
        self.assertEqual(self.seen(self.manager_b), self.sources)

    def test_manager_reads_the_order_and_its_ladder(self):
        order = self.order.with_user(self.manager_a)
        [line] = order.order_line
        self.assertEqual(
            [(rung["kind"], rung["state"]) for rung in line.supply_ladder],
            [("branch", "approved"), ("central", "approved")],
        )
        self.assertEqual(order.supply_source_count, 2)
        action = order.action_open_supply_sources()
        found = self.env["sale.order.source"].with_user(self.manager_a)
        self.assertEqual(found.search(action["domain"]), self.sources)

    def test_manager_confirms_without_rights_of_the_stock(self):
        quotation = self.make_order((self.cloth, 5), confirm=False)
        quotation.with_user(self.manager_a).action_confirm()
        self.assertAddsUp(quotation)
        quotation.order_line.with_user(self.manager_a).product_uom_qty = 7
        self.assertAddsUp(quotation)
        quotation.with_user(self.manager_a)._action_cancel()
        self.assertAddsUp(quotation)

    def test_storekeeper_without_sales_rights(self):
        keeper = self.make_user("keeper", "stock.group_stock_user")
        out = self.open_moves(self.order, self.central, None)
        picking = out.picking_id.with_user(keeper)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertIn(("central", "in_transit", 8), self.ladder(self.order))

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", company
        )
        supervisor = self.make_user(
            "stranger_supply", "sales_manager_kpi.group_supply_supervisor", company
        )
        self.assertFalse(self.seen(stranger))
        self.assertFalse(self.seen(supervisor))

    def test_two_companies_confirmed_together(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= company
        theirs = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        theirs = theirs or self.make_warehouse("Else", "ELS", company_id=company.id)
        order = self.make_order((self.cloth, 3), confirm=False)
        other = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "warehouse_id": theirs.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.cloth.id, "product_uom_qty": 3}
                        )
                    ],
                }
            )
        )
        both = (order | other).with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        both.action_confirm()
        self.assertAddsUp(order)
        self.assertFalse(other.supply_source_ids)


class TestMeasure(LadderCommon):
    """Order lines filled: the figure can be computed again from its evidence."""

    def test_from_evidence(self):
        self.set_up()
        self.put(12, self.shop)
        silk = self.make_cloth("Silk")
        self.put(3, self.shop, silk)
        order = self.make_order((self.cloth, 5), (silk, 9))
        self.deliver(order)
        gone = self.make_order((silk, 2))
        gone._action_cancel()
        elsewhere = self.make_order((self.cloth, 1), warehouse=self.central)
        self.assertTrue(elsewhere)
        start = self.branch._local_today().replace(day=1)
        period = self.env["sales.period"].create(
            {"date_from": start, "company_id": self.company.id}
        )
        criterion = self.env.ref(
            "sales_manager_kpi.evaluation_criterion_order_fill_rate"
        )
        managers = self.manager_a | self.manager_b
        measured = criterion._measure(period, managers)
        self.assertEqual(measured[self.manager_a.id][:2], (1, 2))
        self.assertEqual(measured[self.manager_a.id][2], 0.5)
        self.assertEqual(measured[self.manager_b.id][:3], (0, None, None))
        evidence = criterion._evidences(period, managers)[self.manager_a.id]
        for part, expected in (("numerator", 1), ("denominator", 2)):
            model, domain = evidence[part]
            records = self.env[model].with_user(self.manager_a).search(domain)
            self.assertEqual(criterion._numerator(records), expected)
        start, stop = criterion._instants_of(period)
        self.assertIsInstance(start, datetime)
        self.assertLess(start, stop)
