from lxml import etree

from odoo import Command
from odoo.tests import Form

from ..common import SalesManagementCommon
from .common import SupplyCommon

ACTIONS = (
    "supply_request_action",
    "supply_request_line_action",
    "supply_request_line_action_to_answer",
    "supply_department_action",
)


class TestScreens(SupplyCommon):
    """Every screen opens for every role that has its menu."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock(cls.cloth, cls.central, 50)
        cls.request = cls.make_request((cls.cloth, 5), (cls.felt, 2))
        cls.answer(cls.request.line_ids[0])

    def web_read(self, records, view_id, kind):
        """Read what the view of ``kind`` shows, with the rights of the reader."""
        views = records.get_views([(view_id, kind)])
        fields = {name: spec["fields"] for name, spec in views["models"].items()}
        arch = etree.fromstring(views["views"][kind]["arch"])
        spec = SalesManagementCommon._form_spec(arch, records._name, fields)
        return records.web_read(spec)

    def test_screens_open(self):
        for user in (
            self.manager_a,
            self.director,
            self.commercial,
            self.admin,
            self.supervisor,
        ):
            for name in ACTIONS:
                action = self.env.ref(f"sales_manager_kpi.{name}")
                records = self.env[action.res_model].with_user(user).search([])
                self.assertTrue(records, (user.login, name))
                for view_id, kind in action.views:
                    with self.subTest(user=user.login, action=name, kind=kind):
                        self.web_read(records[:1], view_id, kind)

    def test_menus(self):
        def menus(user):
            tree = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            return {menu.get("xmlid", "").partition(".")[2] for menu in tree.values()}

        inbox = {"menu_root", "menu_supply", "supply_request_menu"}
        to_answer = {"supply_request_line_menu_to_answer"}
        for user, expected, hidden in (
            (self.manager_a, inbox, to_answer | {"supply_department_menu"}),
            (self.supervisor, inbox | to_answer, {"menu_plans", "menu_customers"}),
            (self.admin, inbox | to_answer | {"supply_department_menu"}, set()),
            (self.plain, set(), inbox),
        ):
            with self.subTest(user=user.login):
                found = menus(user)
                self.assertLessEqual(expected, found)
                self.assertFalse(hidden & found)

    def test_a_manager_fills_in_the_form(self):
        with Form(self.env["supply.request"].with_user(self.manager_a)) as form:
            self.assertEqual(form.branch_id, self.branch)
            self.assertEqual(form.department_id, self.regional)
            form.kind = "sample"
            with form.line_ids.new() as line:
                line.product_id = self.cloth
                line.product_uom_qty = 3
        request = form.save()
        self.assertEqual(request.line_ids.asked_qty, 3)
        self.assertEqual(request.user_id, self.manager_a)

    def test_a_supervisor_answers_in_the_form(self):
        request = self.request.with_user(self.supervisor)
        with Form(request) as form, form.line_ids.edit(1) as line:
            line.verdict = "rejected"
            line.reason = "Sold out"
        self.assertEqual(request.line_ids[1].verdict, "rejected")
        self.assertEqual(request.line_ids[1].state, "waiting", "prepared, not given")
        wizard = Form(
            self.env["supply.answer"]
            .with_user(self.supervisor)
            .with_context(active_model="supply.request", active_ids=request.ids)
        )
        self.assertTrue(wizard.is_single)
        self.assertEqual(wizard.verdict, "rejected")
        wizard.save().action_answer()
        self.assertEqual(request.line_ids[1].state, "done")

    def test_counts_on_order_and_branch(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.manager_a.id,
                "order_line": [Command.create({"product_id": self.cloth.id})],
            }
        )
        self.make_request((self.cloth, 1), kind="shortage", order_id=order.id)
        order = order.with_user(self.manager_a)
        self.assertEqual(order.supply_request_count, 1)
        action = order.action_open_supply_requests()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.partner_id, self.customer)
        branch = self.branch.with_user(self.director)
        self.assertEqual(branch.supply_request_count, 2)
        self.assertEqual(self.regional.with_user(self.admin).request_count, 2)
