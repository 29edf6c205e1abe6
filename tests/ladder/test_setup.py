from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_manager_kpi.hooks import uninstall_hook

from .common import LadderCommon


class TestSetup(LadderCommon):
    """The setup shows what it changes, changes it, and puts it back."""

    def wizard(self, user=None, **line):
        line = {"branch_id": self.branch.id, **line}
        return (
            self.env["supply.setup"]
            .with_user(user or self.admin)
            .create({"company_id": self.company.id, "line_ids": [Command.create(line)]})
        )

    def delivery_rule(self):
        return self.shop.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_src_id == self.shop.lot_stock_id
        )

    def changes(self):
        return self.env["supply.setting.change"].search(
            [("branch_id", "=", self.branch.id)]
        )

    def test_quotations_ship_from_the_branch_that_is_set_up(self):
        values = {"partner_id": self.customer.id, "user_id": self.manager_a.id}
        Order = self.env["sale.order"]
        self.assertNotEqual(Order.create(values).warehouse_id, self.shop)
        self.set_up()
        order = Order.create(values)
        self.assertEqual(order.warehouse_id, self.shop)
        order.user_id = False
        self.assertNotEqual(order.warehouse_id, self.shop)
        chosen = Order.create({**values, "warehouse_id": self.central.id})
        self.assertEqual(chosen.warehouse_id, self.central)

    def test_preview_changes_nothing(self):
        wizard = self.wizard(category_ids=[Command.set(self.category.ids)])
        preview = wizard.preview
        for word in ("supplied from Central", "Fabrics", self.delivery_rule().name):
            self.assertIn(word, preview)
        self.assertFalse(self.shop.resupply_wh_ids)
        self.assertEqual(self.delivery_rule().procure_method, "make_to_stock")
        self.assertFalse(self.branch.supply_mode)
        self.assertFalse(self.changes())

    def test_defaults_to_branches_that_can_be_set_up(self):
        wizard = self.env["supply.setup"].with_user(self.admin).create({})
        self.assertEqual(wizard.line_ids.branch_id, self.branch)
        self.assertEqual(wizard.line_ids.supplying_warehouse_id, self.central)

    def test_nothing_to_change_says_why(self):
        self.set_up()
        self.other_branch.warehouse_id = False
        wizard = self.env["supply.setup"].with_user(self.admin).create({})
        self.assertFalse(wizard.line_ids)
        self.assertIn("Utrecht: is set up already", wizard.preview)
        self.assertIn(f"{self.other_branch.name}: has no warehouse", wizard.preview)
        self.other_branch.warehouse_id = self.central
        wizard.invalidate_recordset(["preview"])
        self.assertIn("no supplying warehouse is chosen", wizard.preview)
        self.other_branch.supplying_warehouse_id = self.shop
        wizard.invalidate_recordset(["preview"])
        self.assertIn("can be set up", wizard.preview)
        again = self.wizard(supplying_warehouse_id=self.central.id)
        self.assertIn("nothing to change", again.preview)

    def test_apply_and_undo(self):
        MTO = self.env["stock.rule"].with_context(active_test=False)
        rules = MTO.search([("active", "=", True)])
        self.wizard(category_ids=[Command.set(self.category.ids)]).action_apply()
        self.assertEqual(self.branch.supply_mode, "automatic")
        self.assertEqual(self.shop.resupply_wh_ids, self.central)
        route = self.branch._resupply_routes()
        self.assertEqual(route.supplier_wh_id, self.central)
        self.assertEqual(self.delivery_rule().procure_method, "mts_else_mto")
        self.assertEqual(self.category.route_ids, route)
        self.assertTrue(all(c.changed_by_id == self.admin for c in self.changes()))
        self.branch.with_user(self.admin).action_undo_supply_setup()
        self.assertFalse(self.branch.supply_mode)
        self.assertFalse(self.shop.resupply_wh_ids)
        self.assertFalse(route.active)
        self.assertEqual(self.delivery_rule().procure_method, "make_to_stock")
        self.assertFalse(self.category.route_ids)
        self.assertEqual(MTO.search([("active", "=", True)]), rules)
        self.assertEqual(set(self.changes().mapped("state")), {"put_back"})
        self.assertEqual(self.changes().put_back_by_id, self.admin)

    def test_what_others_changed_since_stays(self):
        self.wizard().action_apply()
        rule = self.delivery_rule()
        rule.procure_method = "make_to_order"
        self.branch.with_user(self.admin).action_undo_supply_setup()
        self.assertEqual(rule.procure_method, "make_to_order")
        left = self.changes().filtered(lambda c: c.state == "left")
        self.assertEqual(left.mapped("field_name"), ["procure_method"])

    def test_what_was_there_before_is_not_taken_away(self):
        self.shop.resupply_wh_ids = self.central
        route = self.branch._resupply_routes()
        self.category.route_ids = route
        wizard = self.wizard(
            mode="approval", category_ids=[Command.set(self.category.ids)]
        )
        wizard.action_apply()
        self.assertFalse(self.changes())
        self.branch.with_user(self.admin).action_undo_supply_setup()
        self.assertEqual(self.shop.resupply_wh_ids, self.central)
        self.assertTrue(route.active)
        self.assertEqual(self.category.route_ids, route)

    def test_other_mode_afterwards(self):
        self.wizard().action_apply()
        self.wizard(mode="approval").action_apply()
        self.assertEqual(self.branch.supply_mode, "approval")
        self.assertEqual(self.delivery_rule().procure_method, "make_to_stock")
        self.assertTrue(self.branch._resupply_routes())
        self.wizard().action_apply()
        self.assertEqual(self.delivery_rule().procure_method, "mts_else_mto")
        self.assertEqual(len(self.branch._resupply_routes()), 1)

    def test_uninstall_puts_everything_back(self):
        self.wizard().action_apply()
        route = self.branch._resupply_routes()
        uninstall_hook(self.env)
        self.assertFalse(route.active)
        self.assertFalse(self.shop.resupply_wh_ids)
        self.assertEqual(self.delivery_rule().procure_method, "make_to_stock")

    def test_undo_leaves_what_was_delivered(self):
        self.set_up()
        self.put(12, self.shop)
        order = self.make_order((self.cloth, 20))
        self.deliver(order, 5)
        self.branch.with_user(self.admin).action_undo_supply_setup()
        self.assertEqual(self.ladder(order), [("branch", "delivered", 5)])
        later = self.make_order((self.cloth, 3))
        self.assertFalse(later.supply_source_ids)
        self.assertFalse(later.order_line.supply_ladder)

    def test_bad_input(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        for values, words in (
            ({"supplying_warehouse_id": self.shop.id}, "supply itself"),
            ({"supplying_warehouse_id": False}, "Choose the warehouse"),
            ({"supplying_warehouse_id": theirs[:1].id}, "another company"),
            ({"branch_id": self.other_branch.id}, "has no warehouse"),
        ):
            wizard = self.wizard(user=self.env.user, **values)
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                wizard.action_apply()
            self.assertIn("!", wizard.preview)
        self.assertFalse(self.changes())
        nothing = self.env["supply.setup"].create({"line_ids": []})
        with self.assertRaisesRegex(UserError, "at least one"):
            nothing.action_apply()
        double = self.wizard()
        double.line_ids = [Command.create({"branch_id": self.branch.id})]
        with self.assertRaisesRegex(UserError, "double"):
            double.action_apply()

    def test_branches_that_share_a_warehouse(self):
        self.other_branch.warehouse_id = self.shop
        with self.assertRaisesRegex(UserError, "share warehouse"):
            self.wizard().action_apply()
        self.other_branch.warehouse_id = False
        self.set_up()
        with self.assertRaises(ValidationError):
            self.other_branch.write(
                {
                    "warehouse_id": self.shop.id,
                    "supplying_warehouse_id": self.central.id,
                }
            )

    def test_branch_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= company
        branch = self.env["sales.branch"].create(
            {
                "code": "ELS",
                "name": "Elsewhere",
                "company_id": company.id,
                "tz": "UTC",
                "resource_calendar_id": False,
            }
        )
        wizard = self.wizard(user=self.env.user, branch_id=branch.id)
        with self.assertRaisesRegex(UserError, "another company"):
            wizard.action_apply()

    def test_set_up_stays_with_its_warehouses(self):
        self.set_up()
        admin_branch = self.branch.with_user(self.admin)
        for values in ({"warehouse_id": False}, {"supplying_warehouse_id": False}):
            with self.assertRaisesRegex(ValidationError, "Undo the setup"):
                admin_branch.write(values)
        with self.assertRaises(ValidationError):
            admin_branch.unlink()
        with self.assertRaises(AccessError):
            admin_branch.supply_mode = False
        self.assertFalse(self.branch.copy().supply_mode)

    def test_administrators_only(self):
        for user in (self.manager_a, self.director, self.commercial, self.supervisor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.wizard(user=user)
                with self.assertRaises(AccessError):
                    self.branch.with_user(user).action_undo_supply_setup()
                with self.assertRaises(AccessError):
                    self.env["supply.setting.change"].with_user(user).search([])
        self.set_up()
        change = self.changes()[:1].with_user(self.admin)
        self.assertTrue(change.name)
        with self.assertRaises(AccessError):
            change.state = "left"
        with self.assertRaises(AccessError):
            change.unlink()
