from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..ladder.common import LadderCommon

REPORT = "sales_manager_kpi.report_supply_pull_list"


class TestPullList(LadderCommon):
    """What the centre has to bring, to which branch, for whom, from which place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            groups="stock.group_stock_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 3", "location_id": cls.central.lot_stock_id.id}
        )
        cls.velvet = cls.make_cloth("Velvet", tracking="lot")
        cls.roll = cls.env["stock.lot"].create(
            {"name": "R17", "product_id": cls.velvet.id}
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.velvet, cls.shelf, 6, lot_id=cls.roll
        )

    def rows(self, user=None, **criteria):
        """``[(product, place or nothing, lot, quantity)]`` that ``user`` sees."""
        Line = self.env["supply.pull.line"].with_user(user or self.clerk)
        lines = Line.search([(name, "=", value) for name, value in criteria.items()])
        return sorted(
            (
                line.product_id.name,
                line.location_id.name if line.state == "ready" else "",
                line.lot_id.name or "",
                line.quantity,
            )
            for line in lines
        )

    def test_places_lots_and_what_lacks(self):
        order = self.make_order((self.velvet, 10))
        self.assertEqual(
            self.rows(order_id=order.id),
            [("Velvet", "", "", 4), ("Velvet", "Shelf 3", "R17", 6)],
        )
        line = self.env["supply.pull.line"].search([("order_id", "=", order.id)])
        self.assertEqual(line.warehouse_id, self.central)
        self.assertEqual(line.branch_id, self.branch)
        self.assertEqual(line.user_id, self.manager_a)
        self.ship(order, 6)
        self.assertEqual(self.rows(order_id=order.id), [("Velvet", "", "", 4)])
        order._action_cancel()
        self.assertFalse(self.rows(order_id=order.id))

    def test_what_the_branch_has_itself_is_not_brought(self):
        self.put(5, self.shop)
        order = self.make_order((self.cloth, 5))
        self.assertFalse(self.rows(order_id=order.id))

    def test_requests(self):
        department = self.env["supply.department"].create(
            {
                "name": "Regional Policy",
                "company_id": self.company.id,
                "supervisor_id": self.supervisor.id,
                "tz": "Europe/Amsterdam",
            }
        )
        self.put(3, self.central)
        request = self.env["supply.request"].create(
            {
                "kind": "sample",
                "branch_id": self.branch.id,
                "department_id": department.id,
                "user_id": self.manager_a.id,
                "line_ids": [
                    Command.create({"product_id": self.cloth.id, "product_uom_qty": 3})
                ],
            }
        )
        request._ask_department()
        line = request.line_ids.with_user(self.supervisor)
        line.write(
            {
                "verdict": "granted",
                "granted_qty": 3,
                "promised_date": "2099-01-05",
            }
        )
        line.action_answer()
        stock = self.central.lot_stock_id.name
        expected = [("Linen", stock, "", 3)]
        for user in (self.clerk, self.manager_a, self.director, self.supervisor):
            self.assertEqual(self.rows(user, request_id=request.id), expected)
        self.assertFalse(self.rows(self.manager_b, request_id=request.id))

    def test_a_centre_in_steps(self):
        """Each piece is listed once, where it lies."""
        self.central.delivery_steps = "pick_ship"
        order = self.make_order((self.velvet, 8))
        self.assertEqual(
            self.rows(order_id=order.id),
            [("Velvet", "", "", 2), ("Velvet", "Shelf 3", "R17", 6)],
        )
        self.finish(self.open_moves(order, self.central, self.central), 4)
        output = self.central.wh_output_stock_loc_id.name
        self.assertEqual(
            self.rows(order_id=order.id),
            [
                ("Velvet", "", "", 2),
                ("Velvet", output, "R17", 4),
                ("Velvet", "Shelf 3", "R17", 2),
            ],
        )

    def test_printed(self):
        order = self.make_order((self.velvet, 10))
        lines = self.env["supply.pull.line"].search([("order_id", "=", order.id)])
        Report = self.env["ir.actions.report"].with_user(self.clerk)
        html = Report._render_qweb_html(REPORT, lines.ids)[0].decode()
        for words in ("Central", "Utrecht", "Shelf 3", "R17", order.name, "not there"):
            self.assertIn(words, html)
        other = self.env["ir.actions.report"].with_user(self.manager_b)
        html = other._render_qweb_html(REPORT, lines.ids)[0].decode()
        self.assertNotIn("R17", html)

    def test_rights(self):
        order = self.make_order((self.velvet, 10))
        self.assertTrue(self.rows(self.manager_a, order_id=order.id))
        self.assertTrue(self.rows(self.director, order_id=order.id))
        self.assertTrue(self.rows(self.commercial, order_id=order.id))
        self.assertFalse(self.rows(self.manager_b, order_id=order.id))
        self.assertFalse(self.rows(self.other_director, order_id=order.id))
        nobody = new_test_user(self.env, "nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.rows(nobody)
        line = self.env["supply.pull.line"].search([("order_id", "=", order.id)])[0]
        action = line.with_user(self.clerk).action_open_picking()
        self.assertEqual(action["res_model"], "stock.picking")
        groups = line.with_user(self.clerk).formatted_read_group(
            [("order_id", "=", order.id)], ["branch_id"], ["quantity:sum"]
        )
        self.assertEqual(groups[0]["quantity:sum"], 10)
