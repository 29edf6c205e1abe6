import io
from datetime import timedelta

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..common import MANAGER
from ..control.common import ControlCommon

KINDS = [
    *("sales", "orders", "contracts", "payment", "shipment", "claims", "causes"),
    *("registration", "customers"),
]


class TestReportSchedule(ControlCommon):
    """Reports of the area, each reader with what they may read themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.manager_a, cls.manager_b, cls.director, cls.commercial):
            user.email = f"{user.login}@example.com"
        cls.rival = cls.make_customer("Rival", cls.manager_b)
        cls.bill(cls.sell(price=100.0), days_late=3)
        cls.bill(
            cls.sell(price=700.0, customer=cls.rival, user_id=cls.manager_b.id),
            days_late=3,
        )

    def schedule(self, user=None, readers=None, **values):
        user = user or self.commercial
        return (
            self.env["sales.report.schedule"]
            .with_user(user)
            .with_company(self.company)
            .create(
                {
                    "name": "Report",
                    "report": "payment",
                    "file_format": "xlsx",
                    "recipient_ids": [Command.set((readers or user).ids)],
                    **values,
                }
            )
        )

    def table(self, schedule, user):
        return schedule._as_reader(user)._reader_table()

    def rows(self, schedule, user):
        blocks = self.table(schedule, user).blocks
        return [row.values for block in blocks for row in block.rows]

    def send(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "sales_manager_kpi.ir_cron_report_schedule"
            ).method_direct_trigger()

    def mails(self, schedule):
        """Of no document, so that nobody reads them by way of the schedule."""
        mails = self.env["mail.mail"].sudo()
        return mails.search(
            [
                ("subject", "=", schedule.name),
                ("recipient_ids", "in", schedule.recipient_ids.partner_id.ids),
            ]
        )

    def sheet(self, content):
        book = load_workbook(io.BytesIO(content))
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]

    # ------------------------------------------------------------------
    # What is in it
    # ------------------------------------------------------------------

    def test_every_report_as_every_role(self):
        self.env["customer.figure"]._refresh_company(self.company)
        people = (self.manager_a, self.director, self.commercial, self.admin)
        for report in KINDS:
            for period in ("last_week", "month", "last_month"):
                schedule = self.schedule(report=report, period=period)
                for user in people:
                    with self.subTest(report=report, user=user.login):
                        schedule._as_reader(user)._file()
            for user in (self.plain, self.supervisor):
                with self.assertRaises(AccessError):
                    schedule._as_reader(user)._reader_table()

    def test_readers_see_their_own_lines(self):
        schedule = self.schedule()
        for user, amounts in (
            (self.manager_a, [100]),
            (self.manager_b, [700]),
            (self.director, [100]),
            (self.commercial, [100, 700]),
        ):
            table = self.table(schedule, user)
            place = [c.label for c in table.columns].index("Open")
            found = [row.values[place] for b in table.blocks for row in b.rows]
            self.assertEqual(sorted(found), amounts, user.login)
            self.assertEqual(table.totals[place], sum(amounts))
            self.assertEqual(table.count, len(amounts))

    def test_sales_add_up_to_the_facts(self):
        schedule = self.schedule(report="sales", period="month")
        with freeze_time(fields.Date.end_of(self.today, "month")):
            self.env.invalidate_all()
            table = self.table(schedule, self.commercial)
        labels = [column.label for column in table.columns]
        self.assertNotIn("Margin", labels)
        first = self.today.replace(day=1)
        facts = self.env["sales.fact.report"]._facts_by(
            self.company, first, fields.Date.end_of(self.today, "month"), "order"
        )
        self.assertEqual(table.totals[labels.index("Ordered")], sum(facts.values()))
        self.assertEqual(table.totals[labels.index("Ordered")], 800)
        self.commercial.group_ids += self.env.ref("sales_manager_kpi.group_cost")
        labels = [c.label for c in self.table(schedule, self.commercial).columns]
        self.assertIn("Margin", labels)

    def test_filters(self):
        one = self.schedule(manager_id=self.manager_b.id)
        self.assertEqual(len(self.rows(one, self.commercial)), 1)
        one = self.schedule(branch_id=self.branch.id)
        self.assertEqual(len(self.rows(one, self.commercial)), 1)
        # a filter narrows, it opens nothing
        one = self.schedule(manager_id=self.manager_b.id)
        self.assertFalse(self.rows(one, self.manager_a))

    def test_the_day_ends_in_the_company(self):
        """An order of the last evening of a month is of that month."""
        self.company.partner_id.tz = "Asia/Tokyo"
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        order = self.sell()
        order.date_order = "2026-01-31 15:30:00"  # half past midnight in Tokyo
        schedule = self.schedule(report="orders", period="last_month")
        for moment, found in (("2026-02-10", 0), ("2026-03-10", 1)):
            with freeze_time(moment):
                names = [row[0] for row in self.rows(schedule, self.commercial)]
            self.assertEqual(names.count(order.name), found)

    def test_spreadsheet(self):
        self.customer.name = "=1+1"
        schedule = self.schedule(user=self.manager_a)
        name, mimetype, content, count = schedule._as_reader(self.manager_a)._file()
        self.assertTrue(name.endswith(".xlsx"))
        self.assertIn("spreadsheetml", mimetype)
        heads, row, total = self.sheet(content)
        self.assertEqual(count, 1)
        self.assertEqual(row[heads.index("Customer")], "=1+1")
        self.assertEqual(row[heads.index("Open")], 100)
        self.assertEqual(total[heads.index("Open")], 100)
        book = load_workbook(io.BytesIO(content))
        cell = book.worksheets[0].cell(2, heads.index("Customer") + 1)
        self.assertEqual(cell.data_type, "s")

    def test_another_currency_is_not_added_up(self):
        other = self.setup_other_currency("HRK", rates=[("2016-01-01", 4.0)])
        contract = self.env["sales.contract"].create(
            {
                "partner_id": self.customer.id,
                "date_from": self.today,
                "date_to": self.today + timedelta(days=365),
                "currency_id": other.id,
                "committed_amount": 1000,
                "document": "c2lnbmVk",
                "document_name": "signed.pdf",
                "signed_on": self.today,
            }
        )
        contract.action_activate()
        schedule = self.schedule(report="contracts")
        table = self.table(schedule, self.manager_a)
        self.assertFalse(any(column.is_total for column in table.columns))
        self.assertEqual(table.blocks[0].rows[0].currency, other)
        content = schedule._as_reader(self.manager_a)._file()[2]
        heads, row, *_more = self.sheet(content)
        self.assertEqual(row[heads.index("Currency")], "HRK")

    def test_reader_s_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.manager_a.lang = "nl_NL"
        self.env["ir.model.fields"]._get(
            "sale.order.control", "open_amount"
        ).with_context(lang="nl_NL").field_description = "Openstaand"
        self.env.registry.clear_cache()
        schedule = self.schedule()
        labels = [c.label for c in self.table(schedule, self.manager_a).columns]
        self.assertIn("Openstaand", labels)
        labels = [c.label for c in self.table(schedule, self.director).columns]
        self.assertIn("Open", labels)

    def test_paper(self):
        schedule = self.schedule(file_format="pdf")
        name, mimetype, content, _count = schedule._as_reader(self.manager_a)._file()
        self.assertTrue(name.endswith(".pdf"))
        self.assertEqual(mimetype, "application/pdf")
        self.assertIn(self.customer.name, content.decode())
        self.assertNotIn(self.rival.name, content.decode())

    # ------------------------------------------------------------------
    # By mail
    # ------------------------------------------------------------------

    def test_mailed_when_due(self):
        readers = self.manager_a | self.manager_b
        schedule = self.schedule(
            readers=readers, next_run_on=self.today, interval_type="weeks"
        )
        later = self.schedule(next_run_on=self.today + timedelta(days=3))
        self.send()
        mails = self.mails(schedule)
        self.assertEqual(mails.recipient_ids, readers.partner_id)
        for user, customer in (
            (self.manager_a, self.customer),
            (self.manager_b, self.rival),
        ):
            mail = mails.filtered(lambda m, u=user: m.recipient_ids == u.partner_id)
            heads, row, _total = self.sheet(mail.attachment_ids.raw)
            self.assertEqual(row[heads.index("Customer")], customer.name)
            file = mail.attachment_ids
            for other in (readers | self.commercial) - user:
                message = mail.mail_message_id.with_user(other)
                self.assertFalse(message.has_access("read"))
                self.assertFalse(file.with_user(other).has_access("read"))
        self.assertEqual(schedule.next_run_on, self.today + timedelta(days=7))
        self.assertFalse(schedule.has_failed)
        self.assertFalse(self.mails(later))
        self.send()
        self.assertEqual(self.mails(schedule), mails)
        log = self.env["sales.export.log"].search(
            [("res_model", "=", "sale.order.control"), ("user_id", "in", readers.ids)]
        )
        self.assertEqual(log.mapped("record_count"), [1, 1])

    def test_printed_directly_is_logged(self):
        """Paper that the report of core makes is an export as any other."""
        schedule = self.schedule(user=self.manager_a)
        Log = self.env["sales.export.log"].sudo()
        before = Log.search_count([])
        self.env["ir.actions.report"].with_user(self.manager_a)._render_qweb_html(
            "sales_manager_kpi.sales_report_schedule_report", schedule.ids
        )
        self.assertEqual(Log.search_count([]), before + 1)
        log = Log.search([], limit=1, order="id desc")
        self.assertEqual(log.user_id, self.manager_a)

    def test_send_now(self):
        schedule = self.schedule(user=self.manager_a)
        day = schedule.next_run_on
        schedule.action_send()
        self.send()
        self.assertEqual(len(self.mails(schedule)), 1)
        self.assertEqual(schedule.next_run_on, day)
        self.assertFalse(schedule.is_asked)
        with self.assertRaises(AccessError):
            self.schedule(readers=self.manager_a).with_user(
                self.manager_a
            ).action_send()

    def test_nothing_to_tell_is_told(self):
        schedule = self.schedule(report="claims", next_run_on=self.today)
        self.send()
        mail = self.mails(schedule)
        self.assertFalse(mail.attachment_ids)
        self.assertIn("nothing to tell", mail.body_html)

    def test_readers_who_left(self):
        schedule = self.schedule(
            readers=self.manager_a | self.manager_b, next_run_on=self.today
        )
        self.manager_b.active = False
        self.manager_a.group_ids -= self.env.ref(MANAGER)
        self.send()
        self.assertFalse(self.mails(schedule))
        self.assertTrue(schedule.has_failed)
        self.assertIn("no access", schedule.last_result)
        self.assertIn("no user any more", schedule.last_result)
        self.assertGreater(schedule.next_run_on, self.today)
        self.manager_a.active = False
        with self.assertRaises(UserError):
            schedule.action_send()

    @mute_logger("odoo.addons.sales_manager_kpi.models.sales_report_mail")
    def test_one_that_breaks_does_not_stop_the_others(self):
        broken = self.schedule(next_run_on=self.today, name="Broken")
        good = self.schedule(next_run_on=self.today)
        Table = self.registry["sales.report.schedule"]
        origin = Table._reader_table

        def _reader_table(schedule):
            if schedule.id == broken.id:
                raise ZeroDivisionError
            return origin(schedule)

        self.patch(Table, "_reader_table", _reader_table)
        self.send()
        self.assertTrue(broken.has_failed)
        self.assertFalse(self.mails(broken))
        self.assertTrue(self.mails(good))

    # ------------------------------------------------------------------
    # Who may, and what not
    # ------------------------------------------------------------------

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self.schedule(recipient_ids=[Command.clear()])
        self.manager_b.active = False
        with self.assertRaises(ValidationError):
            self.schedule(readers=self.manager_b)
        with self.assertRaises(ValidationError):
            self.schedule(readers=self.plain)
        with self.assertRaises(ValidationError):
            self.schedule(name="  ")
        others = self.manager_a | self.director
        with self.assertRaises(ValidationError):
            self.schedule(user=self.manager_a, readers=others)
        own = self.schedule(user=self.manager_a)
        with self.assertRaises(ValidationError):
            own.recipient_ids = others
        self.schedule(user=self.director, readers=self.manager_a)
        with self.assertRaises(ValueError):
            self.schedule(report="res.users")

    def test_rights(self):
        own = self.schedule(user=self.manager_a)
        other = self.schedule(user=self.manager_b)
        self.assertEqual(own.with_user(self.manager_a).search([]), own)
        self.assertEqual(own.with_user(self.commercial).search([]), own | other)
        for values in (
            {"last_result": "x"},
            {"user_id": self.manager_b.id},
            {"anchor_on": "2020-01-01"},
        ):
            with self.assertRaises(AccessError):
                own.write(values)
        own.write({"interval_number": 2, "next_run_on": self.today})
        self.assertEqual(own.anchor_on, self.today)
        got = self.schedule(readers=self.manager_b)
        got.with_user(self.manager_b).action_download()
        for method in ("unlink", "action_send"):
            with self.assertRaises(AccessError):
                getattr(got.with_user(self.manager_b), method)()
        with self.assertRaises(AccessError):
            got.with_user(self.manager_b).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            own.with_user(self.supervisor).check_access("read")

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(ValidationError):
            self.schedule(company_id=other.id)
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups=MANAGER,
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(ValidationError):
            self.schedule(readers=stranger)

    def test_screens(self):
        Model = self.env["sales.report.schedule"]
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            views = [(False, "list"), (False, "form"), (False, "search")]
            Model.with_user(user).get_views(views)
            self.open_form(self.schedule(user=user).with_user(user))
