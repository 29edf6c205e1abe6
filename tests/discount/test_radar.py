from odoo import Command, fields

from .common import DiscountCommon

NORMS = (
    {
        "role": "manager",
        "max_line_percent": 10,
        "limit_amount": True,
        "max_amount": 15,
    },
    {"role": "commercial_director", "max_line_percent": 90},
)


class TestRadar(DiscountCommon):
    """Each habit once, and that a single order shows none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(*NORMS)

    def sold(self, discount=10, quantity=1):
        order = self.make_quotation((self.cloth, quantity, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def approved(self):
        order = self.make_quotation((self.cloth, 1, {"discount": 40}))
        reason = self.env.ref("sales_manager_kpi.discount_reason_volume")
        Request = self.env["discount.request"].with_user(self.manager_a)
        request = Request._ask(order.with_user(self.manager_a), reason, "Large")
        request.with_user(self.commercial).action_approve()
        order.with_user(self.manager_a).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def found(self, kind):
        self.env.flush_all()
        self.env.invalidate_all()  # a habit keeps its id while its figures change
        rows = self.env["discount.radar"].search([("company_id", "=", self.company.id)])
        return rows.filtered(lambda row: row.kind == kind)

    def evidence(self, row):
        action = row.action_open_documents()
        return self.env["sale.order"].search(action["domain"])

    def test_split_and_near_the_limit(self):
        one = self.sold()
        self.assertFalse(self.found("split"))
        two = self.sold()
        [row] = self.found("split")
        self.assertEqual(self.evidence(row), one | two)
        self.assertAlmostEqual(row.amount, 20)
        self.assertFalse(self.found("near_limit"))
        for _number in range(3):
            self.sold()
        [row] = self.found("near_limit")
        self.assertEqual(row.document_count, 5)
        rows = self.env["discount.radar"]
        self.assertTrue(rows.with_user(self.manager_a).search([]))
        self.assertTrue(rows.with_user(self.director).search([]))
        self.assertFalse(rows.with_user(self.manager_b).search([]))
        self.assertFalse(rows.with_user(self.other_director).search([]))

    def test_repeated_exception(self):
        orders = self.approved() | self.approved()
        self.assertFalse(self.found("repeated"))
        orders |= self.approved()
        [row] = self.found("repeated")
        self.assertEqual(self.evidence(row), orders)

    def test_cancelled_and_made_anew(self):
        gone = self.sold()
        gone._action_cancel()
        self.assertFalse(self.found("recreated"))
        again = self.sold(discount=5)
        [row] = self.found("recreated")
        self.assertEqual(self.evidence(row), gone | again)

    def give(self, date, amount, **values):
        order = self.make_quotation((self.cloth, 1, {}))
        self.env["discount.concession"].sudo().create(
            {
                "date": date,
                "company_id": self.company.id,
                "kind": "line",
                "amount": amount,
                "order_id": order.id,
                "user_id": self.manager_a.id,
                **values,
            }
        )

    def test_month_end(self):
        self.give("2024-05-10", 90)
        for day in ("2024-05-29", "2024-05-30", "2024-05-31"):
            self.give(day, 20)
        self.assertFalse(self.found("month_end"))
        self.give("2024-05-31", 40)
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (4, 100))

    def test_month_end_of_the_calendar(self):
        """The last three days are those on which the branch works."""
        self.branch.resource_calendar_id = calendar = self.env[
            "resource.calendar"
        ].create({"name": "Shop", "company_id": self.company.id, "tz": "UTC"})
        calendar.attendance_ids.filtered(lambda a: a.dayofweek == "2").unlink()
        branch = {"branch_id": self.branch.id}
        # of May 2024 the 31st is a Friday, and no Wednesday is worked
        for day in ("2024-05-28", "2024-05-30", "2024-05-31"):
            self.give(day, 20, **branch)
        self.give("2024-05-27", 50, **branch)
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (3, 60))
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Of another place",
                "company_id": self.company.id,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2024-05-29 22:00:00",
                "date_to": "2024-05-30 21:59:59",
            }
        )
        self.assertEqual(self.found("month_end").document_count, 3)
        holiday.unlink()
        holiday = holiday.with_company(self.company).create(
            {
                "name": "Of all",
                "date_from": "2024-05-29 22:00:00",
                "date_to": "2024-05-30 21:59:59",
            }
        )
        self.assertFalse(holiday.calendar_id)
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (4, 110))
        # half of a holiday is half a day of work
        holiday.date_from = "2024-05-30 10:00:00"
        self.assertEqual(self.found("month_end").document_count, 3)

    def test_month_end_with_saturdays(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Market", "company_id": self.company.id, "tz": "UTC"}
        )
        self.branch.resource_calendar_id = calendar
        branch = {"branch_id": self.branch.id}
        # the 30th of June 2024 is a Sunday
        for day in ("2024-06-27", "2024-06-28", "2024-06-29"):
            self.give(day, 20, **branch)
        self.give("2024-06-26", 50, **branch)
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (4, 110))
        hours = {"name": "Saturday", "dayofweek": "5", "hour_from": 9, "hour_to": 13}
        calendar.attendance_ids = [Command.create(hours)]
        [row] = self.found("month_end")
        self.assertEqual((row.document_count, row.amount), (3, 60))

    def test_month_end_of_two_weeks(self):
        """A calendar of two weeks, and one without hours: Monday to Friday."""
        calendar = self.env["resource.calendar"].create(
            {"name": "Turns", "company_id": self.company.id, "tz": "UTC"}
        )
        self.branch.resource_calendar_id = calendar
        calendar.switch_calendar_type()
        self.env.flush_all()
        odd = calendar.attendance_ids.get_week_type(fields.Date.to_date("2024-05-31"))
        calendar.attendance_ids.filtered(
            lambda row: row.week_type == str(odd) and row.dayofweek in ("2", "3")
        ).unlink()
        branch = {"branch_id": self.branch.id}
        for day in ("2024-05-27", "2024-05-28", "2024-05-31"):
            self.give(day, 20, **branch)
        self.assertEqual(self.found("month_end").document_count, 3)
        calendar.attendance_ids.unlink()
        self.assertFalse(self.found("month_end"))
