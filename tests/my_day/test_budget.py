from odoo import fields

from .common import MyDayCommon

MOST = 40  # queries of the day, by the requirement
MONTH = 24  # of the month beside it, which is asked for by itself
EVENING = 20  # of the evening line


class TestMyDayBudget(MyDayCommon):
    """400 customers cost no more queries than 20."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fill(20)
        cls.log()  # a date is told in words, for which the language is read once
        cls.make_due()

    @classmethod
    def fill(cls, number):
        """So many customers more, each with a due contact, an order and an activity."""
        customers = cls.env["res.partner"].create(
            [
                {"name": f"C{i}", "is_company": True, "user_id": cls.manager_a.id}
                for i in range(number)
            ]
        )
        cls.env["customer.class.member"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "class_id": cls.a_class.id,
                    "date_from": "2024-01-01",
                }
                for customer in customers
            ]
        )
        cls.night()
        figures = cls.env["customer.figure"].sudo().search([])
        figures.write({"next_contact_on": cls.today})
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "user_id": cls.manager_a.id,
                    "order_line": [
                        fields.Command.create(
                            {"product_id": cls.product.id, "price_unit": 10 + i}
                        )
                    ],
                }
                for i, customer in enumerate(customers)
            ]
        )
        orders.write({"state": "sent"})
        invoiced = orders[: number // 4]
        invoiced.action_confirm()
        cls.settle()
        late = fields.Date.subtract(cls.today, days=9)
        for order in invoiced[:8]:
            cls.bill(order, days_late=9)
        cls.env["crm.lead"].create(
            [
                {
                    "name": f"L{i}",
                    "user_id": cls.manager_a.id,
                    "partner_id": customer.id,
                    "date_deadline": late,
                    "expected_revenue": i,
                }
                for i, customer in enumerate(customers[:40])
            ]
        )
        for record in (*orders[-8:], *customers[-8:]):
            cls.make_activity(record)
        cls.settle()

    def count(self, method, user=None):
        MyDay = self.day_of(user or self.manager_a)
        for _warm in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            result = getattr(MyDay, method)()
        return self.env.cr.sql_log_count - before, result

    def test_queries(self):
        few, before = self.count("get_data")
        month, _values = self.count("get_month")
        evening, _lines = self.count("get_evening")
        self.fill(380)
        many, after = self.count("get_data")
        print(f"My day: {few}, {many}; month {month}, evening {evening} queries")
        self.assertGreater(len(after["items"]), 2 * len(before["items"]))
        self.assertEqual(after["cut"], ["Contacts due", "Leads", "Shipments"])
        self.assertEqual(many, few)
        self.assertLessEqual(many, MOST)
        self.assertLessEqual(self.count("get_month")[0], MONTH)
        self.assertLessEqual(self.count("get_evening")[0], EVENING)
        self.stand_in()
        for user in (self.deputy, self.director, self.commercial):
            with self.subTest(user=user.login):
                self.assertLessEqual(self.count("get_data", user)[0], MOST)
