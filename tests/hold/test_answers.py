from datetime import date, datetime

from odoo import Command

from .common import HoldCommon
from .test_availability import SOURCES

MONDAY = date(2026, 3, 16)
FRIDAY = date(2026, 3, 20)


class TestAnswers(HoldCommon):
    """What a supervisor has answered is a promise for the quotation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.central = cls.make_warehouse("CENT")
        cls.branch.supplying_warehouse_id = cls.central
        cls.warehouse.resupply_wh_ids = cls.central
        cls.department = cls.env["supply.department"].create(
            {
                "name": "Regional Policy",
                "company_id": cls.company.id,
                "supervisor_id": cls.supervisor.id,
                "tz": "Europe/Amsterdam",
            }
        )
        cls.put(cls.button, 10)

    def ask(self, quantity, kind="shortage", **values):
        """What is asked of the department: one line, submitted."""
        line = {"product_id": self.button.id, "product_uom_qty": quantity}
        line |= {key: values.pop(key) for key in ("order_line_id",) if key in values}
        request = self.env["supply.request"].create(
            {
                "kind": kind,
                "branch_id": self.branch.id,
                "department_id": self.department.id,
                "line_ids": [Command.create(line)],
                **values,
            }
        )
        request.sudo()._ask_department()
        return request.line_ids

    def answer(self, line, granted, day=MONDAY):
        line = line.with_user(self.supervisor)
        whole = granted == line.asked_qty
        line.write(
            {
                "verdict": "granted" if whole else "partial",
                "granted_qty": granted,
                "promised_date": day,
                "reason": not whole and "Sold out",
            }
        )
        line.action_answer()

    def found(self, line):
        line.order_id.invalidate_recordset()
        line.invalidate_recordset()
        order = line.order_id.with_user(self.manager_a)
        return order.get_supply_availability()[line.id]

    def promised(self, line):
        self.found(line)
        return line.supply_promised_on

    def test_asked_with_the_order(self):
        line = self.make_quotation((self.button, 25)).order_line
        asked = self.ask(15, order_id=line.order_id.id)
        self.assertFalse(self.promised(line), "asked is not promised")
        self.answer(asked, 10)
        self.assertFalse(self.promised(line), "5 are promised by nobody")
        asked.change_answer(
            {
                "verdict": "granted",
                "granted_qty": 15,
                "promised_date": FRIDAY,
                "reason": False,
            }
        )
        self.assertEqual(asked.state, "in_progress")
        self.assertTrue(asked.sudo().move_ids, "what comes is not counted twice")
        self.assertEqual(self.promised(line), FRIDAY)
        line.product_uom_qty = 26
        self.assertFalse(self.promised(line))

    def test_not_ordered_yet(self):
        """Answered, and no route brings it: the day was promised all the same."""
        self.warehouse.resupply_wh_ids = False
        line = self.make_quotation((self.button, 25)).order_line
        asked = self.ask(15, order_id=line.order_id.id)
        self.answer(asked, 15)
        self.assertEqual(asked.state, "answered")
        self.assertTrue(asked.error)
        self.assertEqual(self.promised(line), MONDAY)
        self.assertEqual([x["quantity"] for x in self.found(line)["promises"]], [15])

    def test_for_another_line_or_order(self):
        order = self.make_quotation((self.button, 10), (self.button, 15))
        first, second = order.order_line
        asked = self.ask(15, order_id=order.id, order_line_id=second.id)
        other = self.make_quotation((self.button, 25)).order_line
        self.answer(asked, 15)
        self.assertEqual(self.promised(second), MONDAY)
        self.assertFalse(self.found(first)["promises"])
        self.assertFalse(self.promised(other))

    def test_stocking_of_the_branch_is_for_everybody(self):
        self.expect(self.button, 1, 2)
        asked = self.ask(39, kind="stocking")
        self.answer(asked, 39, FRIDAY)
        lines = [
            self.make_quotation((self.button, 30)).order_line,
            self.make_quotation((self.button, 50)).order_line,
        ]
        self.assertEqual([self.promised(line) for line in lines], [FRIDAY] * 2)
        self.make_quotation((self.button, 25)).action_confirm()
        self.assertFalse(self.promised(lines[1]), "others wait for 15 of it")

    def test_samples_and_other_branches_are_not_for_sale(self):
        line = self.make_quotation((self.button, 25)).order_line
        self.answer(self.ask(15, kind="sample"), 15)
        elsewhere = self.ask(15, kind="stocking", branch_id=self.other_branch.id)
        self.other_warehouse.resupply_wh_ids = self.central
        self.answer(elsewhere, 15)
        self.assertFalse(self.promised(line))

    def test_what_has_come_is_not_promised_again(self):
        self.put(self.button, 50, location=self.central.lot_stock_id)
        line = self.make_quotation((self.button, 25)).order_line
        asked = self.ask(15, order_id=line.order_id.id)
        self.answer(asked, 15)
        moves = asked.sudo().move_ids.sorted("id")
        for move in moves.sorted(lambda move: move.location_id != self.central):
            move.write({"quantity": move.product_uom_qty, "picked": True})
            move._action_done()
        self.assertEqual(asked.state, "done")
        found = self.found(line)
        self.assertEqual((found["free"], found["promises"]), (25, []))
        self.assertEqual(line.supply_promised_on, datetime(2026, 3, 10).date())

    def test_queries(self):
        """Answers cost the same for one line and for many, and the budget holds."""
        products = [
            self.make_product(f"P{number}", self.button.uom_id) for number in range(30)
        ]
        order = self.make_quotation(*((product, 10) for product in products))
        for product in products[:3]:
            asked = self.ask(10, order_id=order.id)
            asked.sudo().product_id = product
            self.answer(asked, 10)
        order = order.with_user(self.manager_a)
        self.env.flush_all()
        self.env.invalidate_all()
        order.order_line.mapped("product_id.uom_id.name")
        order.order_line.mapped("supply_free_qty")
        for name in ("supply_free_qty", "supply_promised_on"):
            order.order_line.invalidate_recordset([name])
        for model in ("supply.request", "supply.request.line", *SOURCES):
            self.env[model].invalidate_model()
        with self.assertQueryCount(8):
            found = order.order_line._supply_figures()
        promised = [row for row in found.values() if row["promises"]]
        self.assertEqual(len(promised), 3)
