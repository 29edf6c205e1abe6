import re
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor

from .common import MyDayCommon

# Queries of the day, and of the month with the evening line beside it, by the
# requirement; where nothing of the reader's documents is in memory.
MOST = 40
REST = 22  # of these the month with the evening line, which are asked for together
# As in a worker that has just begun, whose registry remembers nothing: Odoo reads the
# rules of each model anew, three queries for each of the 25 that are asked, and who is
# in which group; ours are the look-ups that stay in the registry: who stands in for
# whom, which playbooks and policies there are.
MOST_BEGUN, MORE_BEGUN = 140, 10
RIGHTS = re.compile(
    r"\b(ir_(rule|model|model_data|model_access)|res_groups|res_lang)\b"
)


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

    @classmethod
    def make_plan(cls):
        period = cls.env["sales.period"]._for_date(cls.company, cls.today)
        line = {"dimension": "total", "target_amount": 100_000}
        values = {"period_id": period.id, "line_ids": [fields.Command.create(line)]}
        plan = cls.env["sales.plan"].with_user(cls.manager_a).create(values)
        plan.action_submit()
        plan.with_user(cls.director).action_approve()

    def queries(self, method, user=None):
        """``(queries, result)`` of a call of the client."""
        MyDay = self.day_of(user or self.manager_a).with_context(
            lang="en_US", tz="Europe/Amsterdam"
        )
        found, execute = [], Cursor.execute

        def kept(cursor, query, *args, **kwargs):
            found.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", kept):
            result = getattr(MyDay, method)()
        return found, result

    def warm(self, method, user=None):
        for _warm in range(2):
            self.queries(method, user)
        found, result = self.queries(method, user)
        return len(found), result

    def test_queries(self):
        self.make_plan()
        few, before = self.warm("get_data")
        few_rest, _rest = self.warm("get_rest")
        self.fill(380)
        many, after = self.warm("get_data")
        rest, values = self.warm("get_rest")
        print(f"My day: {few}, {many}; month and evening {few_rest}, {rest} queries")
        self.assertGreater(len(after["items"]), 2 * len(before["items"]))
        self.assertEqual(after["cut"], ["Contacts due", "Leads", "Shipments"])
        self.assertEqual(values["month"]["target"], 100_000)
        self.assertTrue(values["evening"][0]["orders"])
        self.assertEqual((many, rest), (few, few_rest))
        self.assertLessEqual(rest, REST)
        self.assertLessEqual(many + rest, MOST)
        with self.subTest("a worker that has just begun"):
            self.registry.clear_all_caches()
            found = self.queries("get_data")[0] + self.queries("get_rest")[0]
            ours = [query for query in found if not RIGHTS.search(query)]
            print(f"Just begun: {len(found)}, {len(ours)} without those of rights")
            self.assertLessEqual(len(ours), MOST + MORE_BEGUN)
            self.assertLessEqual(len(found), MOST_BEGUN)
        self.stand_in()
        for user in (self.deputy, self.director, self.commercial):
            with self.subTest(user=user.login):
                self.assertLessEqual(self.warm("get_data", user)[0], MOST)
                self.assertLessEqual(self.warm("get_rest", user)[0], REST)
