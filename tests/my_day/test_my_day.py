from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import MyDayCommon


class TestMyDay(MyDayCommon):
    def test_worth_decides_the_order(self):
        """Overdue first, then the amount, else a month of the customer's turnover."""
        self.bill(self.sell(price=300), days_late=5)
        self.make_due()
        self.figure().turnover = 12_000
        self.sell(price=900, confirm=False).state = "sent"
        self.sell(price=1200, confirm=False).write(
            {"state": "sent", "validity_date": fields.Date.subtract(self.today, days=1)}
        )
        items = self.items()
        self.assertEqual(
            [(i["source"], i["overdue"], i["worth"]) for i in items],
            [
                ("quotations", True, 1200.0),
                ("payments", True, 300.0),
                ("contacts", False, 1000.0),
                ("quotations", False, 900.0),
                ("shipments", False, 300.0),
            ],
        )
        self.assertEqual([i["by_turnover"] for i in items], [0, 0, 1, 0, 0])
        self.assertEqual({i["customer"] for i in items}, {"Customer A"})

    def test_a_contact_is_logged_in_place(self):
        self.make_due(days=2)
        [item] = self.items(source="contacts")
        self.assertTrue(item["overdue"])
        with self.assertRaisesRegex(UserError, "Write down"):
            self.act("log_contact", item, note=" ")
        self.act("log_contact", item, kind="visit", note="Wants the new velvet")
        contact = self.figure().contact_ids
        self.assertEqual(
            (contact.kind, contact.note, contact.user_id),
            ("visit", "Wants the new velvet", self.manager_a),
        )
        self.assertFalse(self.items(source="contacts"))
        [line] = self.day_of(self.manager_a).get_evening()
        self.assertEqual(line["contacts"], 1)

    def test_activity_done_planned_and_put_off(self):
        activity = self.make_activity(days=-1)
        [item] = self.items(source="activities")
        self.assertEqual((item["customer"], item["overdue"]), ("Customer A", True))
        at = datetime.combine(self.today, datetime.min.time()) + timedelta(days=1)
        self.act("plan", item, at=fields.Datetime.to_string(at), minutes=45)
        event = activity.calendar_event_id
        self.assertEqual(event.stop - event.start, timedelta(minutes=45))
        self.assertEqual(event.partner_ids, self.manager_a.partner_id)
        self.assertFalse(self.items(source="activities"))
        tomorrow = event.start.date()
        [meeting] = self.items(source="meetings", day=str(tomorrow))
        with self.assertRaisesRegex(UserError, "not on your day"):
            self.act("done", meeting, feedback="Ordered")
        self.act("done", meeting, on=str(tomorrow), feedback="Ordered")
        self.assertFalse(activity.exists().filtered("active"))
        contact = self.figure().contact_ids
        self.assertEqual((contact.kind, contact.note), ("call", "Ordered"))

        self.make_activity()
        [item] = self.items(source="activities")
        with self.assertRaisesRegex(UserError, "after today"):
            self.act("later", item, day=str(self.today))
        self.act("later", item, day=str(tomorrow))
        self.assertFalse(self.items(source="activities"))

    def test_put_off_comes_back(self):
        """What is put off is marked, not gone; and comes back on its day."""
        self.sell(price=900, confirm=False).state = "sent"
        [item] = self.items(source="quotations")
        day = fields.Date.add(self.today, days=2)
        self.act("later", item, day=str(day))
        [item] = self.items()
        self.assertEqual(item["later"], str(day))
        [item] = self.items(day=str(day))
        self.assertEqual((item["source"], item["later"]), ("quotations", False))

    def test_an_instalment_is_due(self):
        """What is expected today is what is due today, not all that is open."""
        term = self.env["account.payment.term"].create(
            {
                "name": "A tenth now",
                "line_ids": [
                    fields.Command.create(
                        {"value": "percent", "value_amount": part, "nb_days": days}
                    )
                    for part, days in ((10, 0), (90, 60))
                ],
            }
        )
        order = self.sell(price=1000.0, payment_term_id=term.id)
        move = order._create_invoices()
        move.invoice_date = self.today
        move.action_post()
        self.settle()
        [item] = self.items(source="payments")
        self.assertEqual((item["amount"], item["overdue"]), (100.0, False))

    def test_money_promised(self):
        self.bill(self.sell(price=300), days_late=5)
        self.bill(self.sell(price=200), days_late=3)
        [item] = self.items(source="payments")
        self.assertEqual((item["amount"], item["overdue"]), (500.0, True))
        for amount in ("500", None, True):
            with self.assertRaisesRegex(UserError, "how much"):
                self.act("promise", item, amount=amount, promised_on=str(self.today))
        day = fields.Date.add(self.today, days=3)
        self.act("promise", item, amount=500.0, promised_on=str(day), note="Accounts")
        promise = self.env["payment.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(
            (promise.amount, promise.promised_on, promise.user_id),
            (500.0, day, self.manager_a),
        )
        self.assertFalse(self.items(source="payments"), "left alone until then")
        [item] = self.items(source="payments", day=str(day))
        self.assertEqual((item["due"], item["overdue"]), (str(day), False))
        self.assertFalse(self.items(source="activities", day=str(day)), "asked once")

    def test_goods_promised(self):
        moment = fields.Datetime.now() - timedelta(days=3)
        self.sell(price=400, commitment_date=moment)
        self.sell(price=50, commitment_date=moment + timedelta(days=9))
        late = self.items(source="shipments")
        self.assertEqual([(i["overdue"], i["amount"]) for i in late], [(True, 400.0)])
        action = self.act("tell", late[0])
        self.assertEqual(action["res_model"], "mail.compose.message")
        action = self.act("open", late[0])
        self.assertEqual(action["res_model"], "sale.order")

    def test_holds_end(self):
        self.company.sales_manager_kpi_hold_days = 2
        order = self.sell(price=30, quantity=10, confirm=False)
        hold = order.order_line.with_user(self.manager_a)._hold(10)
        hold.sudo().until_at = fields.Datetime.now() + timedelta(minutes=1)
        day = str(self.day_of(self.manager_a)._day().local(hold.until_at).date())
        [item] = self.items(source="holds", day=day)
        self.assertEqual((item["amount"], item["customer"]), (300.0, "Customer A"))
        self.act("extend", item, on=day)
        self.assertEqual(hold.extension_count, 1)
        with self.assertRaisesRegex(UserError, "not on your day"):
            self.act("release", item, on=day, reason="Not wanted")
        later = str(self.day_of(self.manager_a)._day().local(hold.until_at).date())
        self.act("release", item, on=later, reason="Not wanted")
        self.assertEqual((hold.state, hold.release_reason), ("released", "Not wanted"))
        [line] = self.day_of(self.manager_a).get_evening(day=day)
        self.assertEqual(line["holds"], 1)

    def test_loans_leads_and_invoices(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Hotel",
                "type": "opportunity",
                "user_id": self.manager_a.id,
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "expected_revenue": 700,
                "date_deadline": self.today,
            }
        )
        self.env["crm.lead"].create(
            {
                "name": "Next year",
                "user_id": self.manager_a.id,
                "date_deadline": fields.Date.add(self.today, days=90),
            }
        )
        [item] = self.items(source="leads")
        self.assertEqual((item["res_id"], item["amount"]), (lead.id, 700.0))
        self.make_invoice(
            price=80, date=fields.Date.subtract(self.today, days=90)
        ).invoice_date_due = fields.Date.subtract(self.today, days=60)
        [item] = self.items(source="invoices")
        self.assertEqual((item["amount"], item["overdue"]), (80.0, True))

    def test_the_day_is_that_of_the_branch(self):
        """Cut at midnight in Auckland, whatever the server and the user say."""
        self.branch.tz = "Pacific/Auckland"
        with freeze_time("2026-03-10 11:30:00"):  # half past midnight, on the 11th
            day = self.day_of(self.manager_a)._day()
            self.assertEqual(day.today, date(2026, 3, 11))
            self.assertEqual(day.start, datetime(2026, 3, 10, 11))
            data = self.day_of(self.manager_a).get_data()
            self.assertEqual((data["date"], data["tz"]), ("2026-03-11", self.branch.tz))
            self.make_meeting(datetime(2026, 3, 11, 10, 30))
            self.make_meeting(datetime(2026, 3, 11, 11, 30))
            self.assertEqual(len(self.items(source="meetings")), 1)
            # Hamburg is still at the 10th
            other = self.day_of(self.manager_b).get_data()
            self.assertEqual(other["date"], "2026-03-10")

    def test_the_longest_and_shortest_day(self):
        """Summer time: a day of 23 hours begins and ends at midnight."""
        day = self.day_of(self.manager_a)._day_in("Europe/Amsterdam")
        with freeze_time("2026-03-29 10:00:00"):
            day = self.day_of(self.manager_a)._day()
        self.assertEqual(day.stop - day.start, timedelta(hours=23))

    def test_bad_input(self):
        MyDay = self.day_of(self.manager_a)
        for day in ("x", "2020-01-01", "2099-01-01", 7):
            with self.assertRaisesRegex(UserError, "no such day"):
                MyDay.get_data(day)
        for action, source in (("unlink", "contacts"), ("open", "users"), (None, None)):
            with self.assertRaisesRegex(UserError, "does not know"):
                MyDay.act(action, source, self.figure().id)
        with self.assertRaisesRegex(UserError, "gone"):
            MyDay.act("open", "contacts", 2**31 - 1)
        for bad in ("1", None, True, [1]):
            with self.assertRaisesRegex(UserError, "Choose one"):
                MyDay.act("open", "contacts", bad)

    def test_only_who_works_here(self):
        portal = new_test_user(self.env, "portal_day", groups="base.group_portal")
        for user in (self.plain, portal):
            for method in ("get_data", "get_month", "get_evening", "get_rest"):
                with self.assertRaises(AccessError):
                    getattr(self.day_of(user), method)()
            with self.assertRaises(AccessError):
                self.day_of(user).act("open", "contacts", 1)

    def test_empty_for_every_role(self):
        """Whoever has nothing to do is told so, and nothing fails."""
        groups = "base.group_user,sales_manager_kpi.group_pay"
        payroll = self.make_user("payroll", groups)
        for user in (
            *(self.manager_b, self.other_director, self.commercial, self.admin),
            *(self.supervisor, payroll),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.items(user), [])
                self.assertFalse(self.day_of(user).get_month())
                self.assertTrue(self.day_of(user).get_evening())


class TestMyDayRights(MyDayCommon):
    """An item never shows what the reader may not read."""

    def test_of_others_nothing(self):
        self.bill(self.sell(price=300), days_late=5)
        self.make_due()
        self.make_activity()
        self.sell(price=900, confirm=False).state = "sent"
        mine = self.items()
        self.assertEqual(len(mine), 5)
        for user in (self.manager_b, self.supervisor, self.deputy, self.director):
            self.assertEqual(self.items(user), [], user.login)
        for item in mine:
            # customers, and what is planned on them, are open to all as in Odoo
            is_open = item["source"] in ("payments", "activities")
            refusal = UserError if is_open else AccessError
            with self.subTest(item=item["source"]):
                for action in item["actions"]:
                    with self.assertRaises(refusal):
                        self.act(action, item, user=self.manager_b)
                chosen = [{"source": item["source"], "res_id": item["res_id"]}]
                with self.assertRaises(refusal):
                    self.day_of(self.manager_b).plan_day(chosen, "23:59")

    def test_only_what_the_day_offers(self):
        """By remote call neither another record of a source, nor another act of it."""
        later = self.sell(price=500, confirm=False)
        order = self.sell(price=900, confirm=False)
        order.state = "sent"
        event = self.make_meeting(fields.Datetime.now() + timedelta(days=9))
        activity = self.make_activity(days=30)
        MyDay = self.day_of(self.manager_a)
        self.assertTrue(MyDay.act("open", "quotations", order.id))
        tomorrow = {"day": str(fields.Date.add(self.today, days=1))}
        for action, source, record, values in (
            # readable, and not on the day
            ("open", "quotations", later, {}),
            ("later", "quotations", later, tomorrow),
            ("open", "payments", self.rival, {}),
            ("log_contact", "payments", self.rival, {"note": "Spoke"}),
            ("later", "activities", activity, tomorrow),
            ("done", "activities", activity, {}),
            ("done", "meetings", event, {}),
            # on the day, for something else
            ("done", "quotations", order, {}),
            ("approve", "quotations", order, {}),
            ("extend", "quotations", order, {}),
            ("tell", "quotations", order, {}),
        ):
            with (
                self.subTest(action=action, record=record),
                self.assertRaisesRegex(UserError, "not on your day"),
            ):
                MyDay.act(action, source, record.id, values)
        self.assertFalse(self.rival.activity_ids | later.activity_ids)
        self.assertTrue(activity.active)
        with self.assertRaisesRegex(UserError, "not on your day"):
            MyDay.plan_day([{"source": "quotations", "res_id": later.id}], "23:59")

    def test_standing_in(self):
        """Whoever stands in sees the principal's, under the principal's name."""
        self.bill(self.sell(price=300), days_late=5)
        self.make_due()
        self.make_activity()
        self.sell(price=900, confirm=False).state = "sent"
        self.make_meeting(fields.Datetime.now() + timedelta(minutes=1))
        before = {item["source"] for item in self.items()} - {"meetings"}
        self.stand_in()
        items = [item for item in self.items(self.deputy) if item["customer"]]
        self.assertEqual({item["source"] for item in items}, before)
        self.assertEqual({item["for_name"] for item in items}, {self.manager_a.name})
        data = self.day_of(self.deputy).get_data()
        self.assertEqual([r["name"] for r in data["acting_for"]], [self.manager_a.name])
        payment = next(item for item in items if item["source"] == "payments")
        self.act(
            "promise", payment, self.deputy, amount=5.0, promised_on=str(self.today)
        )
        promise = self.env["payment.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(
            (promise.user_id, promise.acting_for_id), (self.manager_a, self.manager_a)
        )
        contact = next(item for item in items if item["source"] == "contacts")
        self.act("log_contact", contact, user=self.deputy, note="Spoke for Anna")
        row = self.figure().contact_ids.filtered("note")
        self.assertEqual(
            (row.user_id, row.acting_for_id), (self.deputy, self.manager_a)
        )

    def test_two_companies(self):
        """The company that one works in, and nothing of the other."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager_a.company_ids |= other
        self.sell(price=900, confirm=False).state = "sent"
        self.assertEqual(len(self.items()), 1)
        self.assertEqual(self.items(companies=other), [])
        both = self.company | other
        data = self.day_of(self.manager_a, both).get_data()
        self.assertEqual((data["company"], len(data["items"])), (self.company.name, 1))

    def test_another_currency(self):
        """Worth is told in company currency at the rate of the day."""
        currency = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "rate": 4.0,
                "name": "2020-01-01",
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Q", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self.sell(price=900, confirm=False, pricelist_id=pricelist.id)
        order.order_line.price_unit = 900
        order.state = "sent"
        [item] = self.items(source="quotations")
        self.assertEqual(item["amount"], 225.0)

    def test_discounts_wait_for_the_director(self):
        reason = self.env["discount.reason"].search([], limit=1)
        order = self.sell(price=300, confirm=False)
        request = (
            self.env["discount.request"]
            .sudo()
            .create(
                {
                    "name": "DR/1",
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "partner_id": self.customer.id,
                    "branch_id": self.branch.id,
                    "user_id": self.manager_a.id,
                    "requested_by_id": self.manager_a.id,
                    "reason_id": reason.id,
                    "role": "branch_director",
                    "state": "pending",
                    "norm_amount": 300.0,
                    "manual_percent": 15.0,
                }
            )
        )
        [item] = self.items(self.director)
        self.assertEqual((item["source"], item["amount"]), ("discounts", 300.0))
        self.assertEqual(self.items(self.other_director), [])
        self.assertEqual(self.items(self.manager_a, "discounts"), [])
        with self.assertRaisesRegex(UserError, "not on your day"):
            self.act("approve", item, user=self.manager_a)
        with self.assertRaises(AccessError):
            request.with_user(self.manager_a).action_approve()
        self.assertEqual(request.state, "pending")

    def test_plans_wait_for_the_director(self):
        period = self.env["sales.period"]._for_date(self.company, self.today)
        plan = (
            self.env["sales.plan"]
            .with_user(self.manager_a)
            .create(
                {
                    "period_id": period.id,
                    "line_ids": [
                        fields.Command.create(
                            {"dimension": "total", "target_amount": 1000}
                        )
                    ],
                }
            )
        )
        plan.action_submit()
        [item] = self.items(self.director)
        self.assertEqual((item["source"], item["amount"]), ("plans", 1000.0))
        self.act("approve", item, user=self.director)
        self.assertIn(plan.state, ("approved", "running"))
        self.sell(price=600, confirm=False).state = "sent"
        month = self.day_of(self.manager_a).get_month()
        self.assertEqual((month["target"], month["gap"]), (1000.0, 1000.0))
        [row] = month["closing"]
        self.assertEqual((row["amount"], row["count"]), (600.0, 1))
        found = self.env[row["model"]].search(row["domain"])
        self.assertEqual(found.amount_untaxed, 600.0)
        order = self.sell(price=250)
        self.bill(self.sell(price=100))
        self.settle()
        month = self.day_of(self.manager_a).get_month()
        rows = [(row["amount"], row["count"]) for row in month["closing"]]
        self.assertEqual(rows, [(600.0, 1), (250.0, 1)])
        row = month["closing"][1]
        self.assertEqual(self.env[row["model"]].search(row["domain"]), order)
        evening = self.day_of(self.manager_a).get_evening()
        rest = self.day_of(self.manager_a).get_rest()
        self.assertEqual(rest, {"month": month, "evening": evening})
