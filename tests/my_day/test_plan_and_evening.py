from datetime import datetime, timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from odoo.addons.sales_manager_kpi.engine.day_slots import day_slots

from ..facts.common import FactsCommon
from .common import MyDayCommon

NINE = datetime(2026, 3, 10, 9)
SPANS = st.lists(
    st.tuples(st.integers(0, 1400), st.integers(1, 300)).map(
        lambda span: (
            NINE + timedelta(minutes=span[0]),
            NINE + timedelta(minutes=span[0] + span[1]),
        )
    ),
    max_size=6,
)


@tagged("standard", "post_install", "-at_install")
class TestDaySlots(BaseCase):
    def test_around_a_meeting_and_lunch(self):
        free = [
            (NINE, NINE.replace(hour=12)),
            (NINE.replace(hour=13), NINE.replace(hour=14)),
        ]
        busy = [(NINE.replace(minute=30), NINE.replace(hour=10, minute=15))]
        slots = day_slots(free, busy, NINE, timedelta(minutes=45), 9)
        self.assertEqual(
            [slot.strftime("%H:%M") for slot in slots], ["10:15", "11:00", "13:00"]
        )
        with self.assertRaises(ValueError):
            day_slots(free, busy, NINE, timedelta(0), 1)

    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    @given(SPANS, SPANS, st.integers(0, 1400), st.integers(5, 240), st.integers(1, 9))
    def test_never_over_anything(self, free, busy, start, minutes, count):
        start = NINE + timedelta(minutes=start)
        length = timedelta(minutes=minutes)
        slots = day_slots(free, busy, start, length, count)
        self.assertLessEqual(len(slots), count)
        for slot in slots:
            self.assertGreaterEqual(slot, start)
            self.assertTrue(any(a <= slot and slot + length <= b for a, b in free))
            self.assertFalse(any(a < slot + length and slot < b for a, b in busy))
        for one, other in zip(slots, slots[1:], strict=False):
            self.assertLessEqual(one + length, other)


class TestPlanTheDay(MyDayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_due()
        for price in (900, 800):
            cls.sell(price=price, confirm=False).state = "sent"
        # Monday to Friday, 9 to 17 by the clock of Amsterdam
        cls.branch.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Branch",
                "company_id": cls.company.id,
                "tz": "Europe/Amsterdam",
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.env["resource.resource"].sudo().search(
            [("user_id", "=", cls.manager_a.id)]
        ).calendar_id = cls.branch.resource_calendar_id
        monday = cls.today + timedelta(days=7 - cls.today.weekday())
        cls.monday = fields.Date.to_string(monday)

    def chosen(self):
        return [
            {"source": item["source"], "res_id": item["res_id"]}
            for item in self.items()
            if item["source"] != "meetings"
        ]

    def planned(self):
        MyDay = self.day_of(self.manager_a)
        day = MyDay._day(self.monday)
        return sorted(
            day.local(fields.Datetime.to_datetime(item["at"])).strftime("%H:%M")
            for item in self.items(source="meetings", day=self.monday)
        )

    def test_around_what_the_calendar_holds(self):
        MyDay = self.day_of(self.manager_a)
        self.make_meeting(MyDay._clock("09:30", MyDay._day(self.monday)), 60)
        result = MyDay.plan_day(self.chosen(), "09:00", 30, self.monday)
        self.assertEqual(result, {"planned": 3, "left": 0})
        self.assertEqual(self.planned(), ["09:00", "09:30", "10:30", "11:00"])
        events = self.env["calendar.event"].search(
            [("user_id", "=", self.manager_a.id), ("res_model", "!=", False)]
        )
        self.assertEqual(events.partner_ids, self.manager_a.partner_id)
        self.assertEqual(set(events.mapped("res_model")), {"res.partner", "sale.order"})
        planned = {i["source"]: i["planned"] for i in self.items(day=self.monday)}
        self.assertTrue(planned["contacts"])

    def test_a_day_that_is_full(self):
        MyDay = self.day_of(self.manager_a)
        result = MyDay.plan_day(self.chosen(), "16:00", 30, self.monday)
        self.assertEqual(result, {"planned": 2, "left": 1})
        sunday = str(fields.Date.from_string(self.monday) - timedelta(days=1))
        result = MyDay.plan_day(self.chosen(), "09:00", 30, sunday)
        self.assertEqual(result["planned"], 0)

    def test_bad_input(self):
        MyDay, chosen = self.day_of(self.manager_a), self.chosen()
        for items in ([], None, [{}], ["x"], [{"source": "contacts"}], chosen * 30):
            with self.assertRaises(UserError):
                MyDay.plan_day(items, "09:00", 30, self.monday)
        for start in ("25:00", "x", None, "09:00+01:00"):
            with self.assertRaisesRegex(UserError, "Write the time"):
                MyDay.plan_day(chosen, start, 30, self.monday)
        for minutes in (0, -30, 10_000, "30", None):
            with self.assertRaisesRegex(UserError, "A slot"):
                MyDay.plan_day(chosen, "09:00", minutes, self.monday)
        with self.assertRaises(AccessError):
            self.day_of(self.manager_b).plan_day(chosen, "09:00", 30, self.monday)


class TestEvening(MyDayCommon):
    share = classmethod(FactsCommon.share.__func__)

    def line(self, user, **kwargs):
        lines = self.day_of(user).get_evening(**kwargs)
        return {line["user_id"]: line for line in lines}

    def test_what_was_done(self):
        self.log()
        self.make_activity().with_user(self.manager_a).action_feedback(feedback="Yes")
        order = self.sell(price=300)
        self.pay(self.bill(order))
        own = self.line(self.manager_a)[self.manager_a.id]
        self.assertEqual(own["contacts"], 2, "logged, and by the call")
        self.assertEqual(own["activities"], 1)
        self.assertEqual((own["orders"], own["orders_amount"]), (1, 300.0))
        self.assertEqual(own["payments_amount"], 300.0)
        yesterday = str(fields.Date.subtract(self.today, days=1))
        before = self.line(self.manager_a, day=yesterday)[self.manager_a.id]
        self.assertEqual((before["contacts"], before["orders"]), (0, 0))

    def test_orders_as_the_facts_count_them(self):
        """Shared as the credit is; an invoice of several lines is one payment."""
        order = self.sell(price=100.0)
        order.write(
            {
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": self.goods.id,
                            "price_unit": 50.0,
                            "tax_ids": [fields.Command.clear()],
                        }
                    )
                ]
            }
        )
        self.share(order, {self.manager_a: 6000, self.manager_b: 4000})
        self.pay(self.bill(order))
        [line] = self.day_of(self.manager_a).get_evening()
        self.assertEqual((line["orders"], line["orders_amount"]), (1, 90.0))
        self.assertEqual(line["payments"], 1)

    def test_who_sees_whose(self):
        self.sell(price=300)
        a, b = self.manager_a.id, self.manager_b.id
        self.assertEqual(set(self.line(self.manager_a)), {a})
        seen = self.line(self.director)
        self.assertEqual(seen[a]["orders_amount"], 300.0)
        self.assertNotIn(b, seen)
        self.assertTrue({a, b} <= set(self.line(self.commercial)))
        self.assertEqual(set(self.line(self.director, user_id=a)), {a})
        for user, other in (
            (self.manager_a, b),
            (self.director, b),
            (self.manager_b, a),
        ):
            with self.assertRaises(AccessError):
                self.day_of(user).get_evening(user_id=other)

    def test_cut_at_midnight_of_the_branch(self):
        """An order of half past midnight counts for the new day of its branch."""
        self.branch.tz = "Pacific/Auckland"
        self.log(at=datetime(2026, 3, 10, 10, 30))
        self.log(at=datetime(2026, 3, 10, 11, 30))
        with freeze_time("2026-03-10 20:00:00"):
            for day, contacts in (("2026-03-10", 1), ("2026-03-11", 1)):
                for user in (self.manager_a, self.commercial):
                    line = self.line(user, day=day)[self.manager_a.id]
                    self.assertEqual(line["contacts"], contacts)
