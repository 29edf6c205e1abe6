from datetime import date

from odoo.tests import Form

from ..substitution.handover_common import SubstitutionWorld
from .common import NOW, HoldCommon


class TestHoldsPass(SubstitutionWorld, HoldCommon):
    """What an absent manager holds for customers is on the list of the deputy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputies()
        cls.put(cls.button, 100)

    def held(self, quantity=10, user=None):
        line = self.make_quotation((self.button, quantity), user=user).order_line
        hold = self.hold(line).sudo()
        # written by the database's clock, which the tests do not stop
        self.env.cr.execute(
            "UPDATE stock_hold SET create_date = %s WHERE id = %s", (NOW, hold.id)
        )
        hold.invalidate_recordset(["create_date"])
        return hold

    def item(self, row, hold):
        return row.item_ids.filtered(
            lambda item: (item.res_model, item.res_id) == ("stock.hold", hold.id)
        )

    def test_open_holds_are_on_the_list(self):
        hold = self.held()
        member = {"branch_id": self.branch.id, "user_id": self.third.id}
        self.env["sales.branch.member"].create({**member, "date_from": "2020-01-01"})
        over, foreign = self.held(), self.held(user=self.third)
        over._release("Not needed")
        row = self.appoint()
        item = self.item(row, hold)
        self.assertEqual((item.kind, item.status_start), ("hold", "held"))
        self.assertEqual(item.partner_id, self.customer)
        self.assertEqual(item.date_due, date(2026, 3, 12))
        self.assertIn("10 Units of Button", item.name)
        self.assertTrue(item.is_open)
        self.assertFalse(self.item(row, over) | self.item(row, foreign))

    def test_not_where_orders_do_not_pass(self):
        hold = self.held()
        row = self.appoint(scope_orders=False)
        self.assertFalse(self.item(row, hold))

    def test_what_came_of_it(self):
        ordered, released = self.held(), self.held()
        row = self.appoint()
        ordered.order_id.action_confirm()
        released.with_user(self.deputy)._release("The customer has other plans")
        row.item_ids.invalidate_recordset()
        item = self.item(row, ordered)
        self.assertEqual((item.status, item.is_open), ("ordered", False))
        self.assertEqual(item.reference, ordered.order_id.name)
        self.assertEqual(self.item(row, released).status, "released")
        self.assertIn("Released", self.item(row, released).happened)

    def test_shrunk(self):
        hold = self.held(100)
        self.env["stock.quant"]._update_available_quantity(self.button, self.stock, -40)
        hold.move_id.move_line_ids.quantity = 60
        self.assertEqual(hold.state, "partial")
        self.assertEqual(self.item(self.appoint(), hold).status_start, "shrunk")

    def test_the_deputy_opens_it(self):
        hold = self.held()
        item = self.item(self.appoint(), hold).with_user(self.deputy)
        action = item.action_open_record()
        self.assertEqual(action["res_model"], hold._name)
        self.assertEqual(action["res_id"], hold.id)
        Form(hold.with_user(self.deputy))
