import base64
import io
from datetime import date, timedelta

from PIL import Image
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import CounterCommon

RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


def picture(width=60, height=40, kind="PNG"):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, kind)
    return base64.b64encode(buffer.getvalue())


class TestMarket(CounterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        competitors = cls.env["market.competitor"].with_user(cls.manager_a)
        cls.weaver = competitors.create({"name": "Weaver"})
        cls.mill = competitors.create({"name": "Mill"})

    @classmethod
    def note(cls, user=None, **values):
        notes = cls.env["market.note"].with_user(user or cls.manager_a)
        return notes.with_company(cls.company).create(
            {
                "subject": "Velvet",
                "competitor_id": cls.weaver.id,
                "product_id": cls.velvet.id,
                "noted_on": "2025-03-03",
                **values,
            }
        )

    def report(self, user=None, domain=()):
        rows = self.env["market.price.report"].with_user(user or self.manager_a)
        return rows.search([*domain])

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def test_own_unit_and_currency(self):
        note = self.note(price=15.0)
        self.assertRecordValues(
            note,
            [
                {
                    "uom_id": self.metre.id,
                    "product_price": 15.0,
                    "list_price": 20.0,
                    "price_difference": -25.0,
                    "price_rate": 1.0,
                    "price_rate_on": date(2025, 3, 3),
                    "branch_id": self.branch.id,
                    "categ_id": self.velvets.id,
                }
            ],
        )
        self.velvet.list_price = 40.0  # what was noted stays
        note.tag_ids = [Command.create({"name": "cheap"})]
        note.text = "Seen in their shop"
        self.assertEqual((note.list_price, note.product_price), (20.0, 15.0))
        # nor does a slip of the pen that is put right read it again
        note.write({"price": 12.0, "subject": "Plush", "quantity_terms": "5 rolls"})
        self.assertEqual((note.list_price, note.price_difference), (20.0, -40.0))
        note.price = 0.0
        note.price = 15.0
        self.assertEqual(note.list_price, 20.0)
        for values, price in (
            ({"noted_on": "2025-03-04"}, 40.0),
            ({"product_id": self.lamp.id, "uom_id": self.lamp.uom_id.id}, 7.0),
        ):
            self.lamp.list_price = 7.0
            note.write(values)
            self.assertEqual(note.list_price, price)

    def test_other_unit_and_currency(self):
        foreign = self.make_foreign(2.0)
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "name": "2025-03-01",
                "rate": 4.0,
            }
        )
        roll = self.env["uom.uom"].create(
            {
                "name": "Roll of 50",
                "relative_factor": 50,
                "relative_uom_id": self.metre.id,
            }
        )
        values = {"price": 1001, "price_currency_id": foreign.id, "uom_id": roll.id}
        note = self.note(**values)
        self.assertEqual(note.product_price, 5.005)  # not rounded: a unit price
        self.assertEqual((note.price_rate, note.price_rate_on), (4, date(2025, 3, 1)))
        old = self.note(**values, noted_on="2025-02-28")
        self.assertEqual((old.product_price, old.price_rate), (10.01, 2.0))
        self.env["res.currency.rate"].search([("rate", "=", 4.0)]).rate = 8.0
        note.invalidate_recordset()
        self.assertEqual(note.product_price, 5.005)  # kept as it was converted
        rows = self.report()
        self.assertEqual(rows.mapped("price"), [5.005, 10.01])
        self.assertEqual(rows.currency_id, self.company.currency_id)
        self.assertEqual(rows.uom_id, self.metre)

    def test_own_currency_is_not_the_base(self):
        """Rates are units per the base, which the company's own need not be."""
        foreign = self.make_foreign(2.0)
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        note = self.note(price=100.0, price_currency_id=foreign.id)
        self.assertAlmostEqual(
            note.product_price,
            foreign._convert(
                100.0, self.company.currency_id, self.company, note.noted_on
            ),
        )
        self.assertAlmostEqual(note.product_price, 25.0)

    def test_what_cannot_be_compared(self):
        nameless = self.make_foreign(rate=0)
        kilo = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "no rate of XTS"):
            self.note(price=1, price_currency_id=nameless.id)
        self.env["res.currency.rate"].create(
            {
                "currency_id": nameless.id,
                "company_id": self.company.id,
                "name": "2025-03-04",
                "rate": 4.0,
            }
        )
        with self.assertRaisesRegex(ValidationError, "no rate of XTS"):  # a day later
            self.note(price=1, price_currency_id=nameless.id)
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            self.note(price=1, uom_id=kilo.id)
        with self.assertRaisesRegex(ValidationError, "which currency"):
            self.note(price=1, price_currency_id=False)
        with self.assertRaisesRegex(ValidationError, "which unit"):
            self.note(price=1, product_id=False)
        note = self.note(price=1)
        with self.assertRaisesRegex(ValidationError, "cannot be converted"):
            note.uom_id = kilo
        # without a product it is noted, and not compared
        words = self.note(price=1, uom_id=kilo.id, product_id=False)
        self.assertFalse(words.product_price)
        self.assertFalse(words.has_list_price)

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        today = self.env["sales.branch"]._company_local_date(self.company)
        tomorrow = today + timedelta(days=2)
        for refusal, values in (
            (IntegrityError, {"price": -1}),
            (ValidationError, {"subject": "  "}),
            (ValidationError, {"noted_on": tomorrow}),
            (UserError, {"user_id": self.manager_b.id}),
            (ValueError, {"kind": "gossip"}),
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(refusal),
                self.env.cr.savepoint(),
            ):
                self.note(**values)
                self.env.flush_all()
        with self.assertRaises(UserError):
            self.note().write({"user_id": self.manager_b.id})
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.weaver.create({"name": "WEAVER"})
            self.env.flush_all()
        self.assertEqual(self.weaver.sudo().copy().name, "Weaver (copy)")

    def test_no_list_price(self):
        self.velvet.list_price = 0
        note = self.note(price=15.0)
        self.assertFalse(note.has_list_price)
        row = self.report()
        self.assertEqual(row.price, 15.0)
        self.assertFalse(self.report(domain=[("difference", "<", 0)]))
        groups = row.formatted_read_grouping_sets(
            [("note_id", "=", note.id)], [["product_id"]], ["difference:avg"]
        )
        self.assertNotIn("difference:avg", groups[0][0])
        note.sudo().unlink()
        self.velvet.list_price = 15
        self.note(price=15.0)  # 0 % is a figure
        groups = row.formatted_read_grouping_sets([], [[]], ["difference:avg"])
        self.assertEqual(groups[0][0]["difference:avg"], 0.0)

    def test_report(self):
        """Per product and competitor over time."""
        self.note(price=10.0)
        self.note(price=30.0, noted_on="2025-04-03")
        other = self.note(price=25.0, competitor_id=self.mill.id)
        self.note(price=0)
        gone = self.note(price=99.0)
        gone.active = False
        rows = self.env["market.price.report"].with_user(self.manager_a)
        found = rows._read_group(
            [], ["competitor_id"], ["price:avg", "difference:avg", "__count"]
        )
        self.assertEqual(
            {one.name: (price, diff, count) for one, price, diff, count in found},
            {"Weaver": (20.0, 0.0, 2), "Mill": (25.0, 25.0, 1)},
        )
        months = rows._read_group([], ["date:month"], ["price:avg"])
        self.assertEqual([price for __, price in months], [17.5, 30.0])
        lamp = self.note(price=10.0, product_id=self.lamp.id)
        ((mean, share),) = rows._read_group([], [], ["price:avg", "difference:avg"])
        self.assertIs(mean, False)  # of velvet and lamps there is none
        self.assertAlmostEqual(share, (-50 + 50 + 25 - 50) / 4)
        lamp.unlink()
        row = rows.search([("competitor_id", "=", self.mill.id)])
        self.assertEqual(row.action_open_note()["res_id"], other.id)
        other.sudo().price = 40.0
        row.invalidate_recordset()
        self.assertEqual((row.price, row.difference), (40.0, 100.0))

    # ------------------------------------------------------------------
    # Photos
    # ------------------------------------------------------------------

    def photo(self, image, note=None):
        photos = self.env["market.note.photo"].with_user(self.manager_a)
        values = {"note_id": (note or self.note()).id, "name": "shelf.png"}
        return photos.create({**values, "image": image})

    def test_photos(self):
        photo = self.photo(picture(3000, 1500, "JPEG"))
        image = Image.open(io.BytesIO(base64.b64decode(photo.image)))
        self.assertEqual(image.size, (1920, 960))
        small = Image.open(io.BytesIO(base64.b64decode(photo.image_256)))
        self.assertEqual(small.size, (256, 128))
        self.assertEqual(photo.note_id.photo_count, 1)
        big = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * (50 * 1024 * 1024))
        with self.assertRaisesRegex(UserError, "shelf.png is 50 MB .* up to 10 MB"):
            self.photo(big)
        with self.assertRaisesRegex(UserError, "up to 10 MB"):
            photo.image = big
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"
        for bad in (
            base64.b64encode(svg),
            base64.b64encode(b"%PDF-1.4"),
            base64.b64encode(b"MZ nothing"),
            b"no base64!",
            False,
            *(5, [1], {"image": 1}, True),
        ):
            with self.assertRaisesRegex(UserError, "no photo"):
                self.photo(bad)
        with self.assertRaises(UserError):  # begins like one, and is none
            self.photo(base64.b64encode(b"\x89PNG\r\n\x1a\nnothing"))
        with self.assertRaisesRegex(UserError, "20 photos"):
            self.note(
                photo_ids=[Command.create({"image": picture()}) for __ in range(21)]
            )

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_roles(self):
        note = self.note(price=10.0)
        photo = self.photo(picture(), note)
        for user in (self.manager_b, self.director, self.commercial, self.admin):
            found = self.env["market.note"].with_user(user).search([])
            self.assertEqual(found.sudo(), note.sudo())
            self.assertEqual(len(self.report(user)), 1)
            self.assertTrue(photo.with_user(user).image_256)
        for user in (self.plain, self.supervisor):
            for model in ("market.note", "market.competitor", "market.price.report"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        with mute_logger(*RULES):
            for user in (self.manager_b, self.other_director):
                for act in (
                    lambda user=user: note.with_user(user).write({"price": 1}),
                    lambda user=user: note.with_user(user).unlink(),
                    lambda user=user: photo.with_user(user).write({"name": "x"}),
                    lambda user=user: photo.with_user(user).unlink(),
                ):
                    with self.assertRaises(AccessError):
                        act()
            with self.assertRaises(AccessError):
                self.weaver.with_user(self.manager_a).write({"name": "Other"})
        note.with_user(self.director).price = 11.0
        note.with_user(self.commercial).price = 12.0
        self.weaver.with_user(self.commercial).name = "Weaver Ltd"
        note.with_user(self.manager_b).message_post(body="I saw it too")

    def test_no_way_around(self):
        """By remote call: a context, another's note, another's visit, a blank name."""
        note, other = self.note(), self.note(self.manager_b)
        photo = self.photo(picture(), note)
        with self.assertRaises(AccessError), mute_logger(*RULES):
            photo.with_user(self.manager_a).note_id = other.id
        notes = self.env["market.note"].with_user(self.commercial)
        with self.assertRaisesRegex(UserError, "own name"):
            notes.with_context(default_user_id=self.manager_b.id).create(
                {"subject": "Velvet", "company_id": self.company.id}
            )
        foreign = self.other_branch
        visit = self.env["branch.visit"].create(
            {"branch_id": foreign.id, "visitor_name": "Secret guest"}
        )
        with mute_logger(*RULES):
            for act in (
                lambda: self.note(visit_id=visit.id),
                lambda: note.write({"visit_id": visit.id}),
                lambda: note.with_context(default_visit_id=visit.id).create(
                    {"subject": "Velvet", "company_id": self.company.id}
                ),
            ):
                with self.assertRaises(AccessError):
                    act()
        competitors = self.env["market.competitor"].with_user(self.manager_a)
        with self.assertRaisesRegex(ValidationError, "called"):
            competitors.create({"name": "  "})

    def test_other_company(self):
        self.note(price=10.0)
        stranger = self.make_stranger()
        for model in (
            *("market.note", "market.competitor", "market.note.photo"),
            "market.price.report",
        ):
            found = self.env[model].with_user(stranger).search([])
            self.assertFalse(found, model)
        with self.assertRaises(UserError):
            self.env["market.note"].with_user(stranger).with_company(
                stranger.company_id
            ).create({"subject": "Mixed", "competitor_id": self.weaver.id})
            self.env.flush_all()
        name = {"name": "Weaver"}
        self.env["market.competitor"].with_user(stranger).create(name)

    # ------------------------------------------------------------------
    # Where it comes from, and who is told
    # ------------------------------------------------------------------

    def test_from_a_contact(self):
        wizards = self.env["customer.contact.log"].with_user(self.manager_a)
        wizard = wizards.create(
            {"partner_id": self.customer.id, "kind": "visit", "note": "Looked round"}
        )
        action = wizard.action_log_and_note()
        notes = self.env["market.note"].with_user(self.manager_a)
        note = notes.with_context(**action["context"]).create({"subject": "Cheaper"})
        self.assertEqual((note.partner_id, note.source), (self.customer, "customer"))
        contacts = self.env["customer.contact"].search([("note", "=", "Looked round")])
        self.assertEqual(contacts.partner_id, self.customer)
        customer = self.customer.with_user(self.manager_a)
        self.assertEqual(customer.market_note_count, 1)
        action = customer.action_open_market_notes()
        self.assertEqual(notes.search(action["domain"]), note)

    def test_digest(self):
        today = self.env["sales.branch"]._company_local_date(self.company)
        before = today.replace(day=1) - timedelta(days=1)
        self.note(price=10.0, noted_on=today)
        self.note(subject="Old", noted_on=before)
        schedules = self.env["sales.report.schedule"].with_user(self.commercial)
        schedule = schedules.with_company(self.company).create(
            {
                "name": "Market",
                "report": "market",
                "period": "month",
                "file_format": "xlsx",
                "recipient_ids": [Command.set(self.commercial.ids)],
            }
        )
        self.assertTrue(schedule.has_period)
        table = schedule._as_reader(self.commercial)._reader_table()
        self.assertEqual((table.count, table.group), (1, "Competitor"))
        labels = [column.label for column in table.columns]
        values = dict(zip(labels, table.blocks[0].rows[0].values, strict=True))
        self.assertEqual((values["Subject"], values["Their Price"]), ("Velvet", 10.0))
        for kind in ("xlsx", "pdf"):
            schedule.file_format = kind
            schedule._as_reader(self.commercial)._file()

    def test_many(self):
        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            notes = self.env["market.note"].with_user(self.director)
            named = {"fields": {"display_name": {}}}
            found = notes.web_search_read(
                [],
                {
                    "product_id": named,
                    "competitor_id": named,
                    "user_id": named,
                    **{
                        name: {}
                        for name in (
                            *("display_name", "price_difference", "photo_count"),
                            *("has_list_price", "product_price"),
                        )
                    },
                },
            )
            return found["length"], self.env.cr.sql_log_count - before

        for number in range(3):
            self.note(price=10.0 + number)
        read()
        few = read()[1]
        for number in range(30):
            self.note(price=10.0 + number, competitor_id=self.mill.id)
        count, many = read()
        self.assertEqual(count, 33)
        self.assertLessEqual(many, few)
