from datetime import date

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time
from odoo.tools import mute_logger

from .common import PlanCommon


@freeze_time("2026-03-10 12:00:00")
class TestPeriod(PlanCommon):
    def test_for_date_finds_or_creates(self):
        Period = self.env["sales.period"]
        first = Period._for_date(self.company, date(2031, 2, 28))
        self.assertRecordValues(
            first,
            [
                {
                    "name": "2031-02",
                    "date_from": date(2031, 2, 1),
                    "date_to": date(2031, 2, 28),
                    "state": "open",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(Period._for_date(self.company, date(2031, 2, 1)), first)
        self.assertEqual(first.display_name, "February 2031")

    def test_leap_year_and_year_end(self):
        self.assertEqual(self.month("2028-02-10").date_to, date(2028, 2, 29))
        self.assertEqual(self.month("2026-12-31").date_to, date(2026, 12, 31))

    def test_periods_are_per_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertNotEqual(self.month("2026-03-01", other), self.march)

    def test_one_per_month_and_company(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "month_uniq"),
            self.cr.savepoint(),
        ):
            self.env["sales.period"].create(
                {"company_id": self.company.id, "date_from": "2026-03-01"}
            )

    def test_only_calendar_months(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "sales_period_month"),
            self.cr.savepoint(),
        ):
            self.env["sales.period"].create(
                {"company_id": self.company.id, "date_from": "2032-03-15"}
            )

    def test_made_in_the_list_by_an_administrator_only(self):
        values = {"company_id": self.company.id, "date_from": "2033-01-01"}
        for user in (self.manager_a, self.director, self.commercial, self.plain):
            with self.assertRaises(AccessError):
                self.env["sales.period"].with_user(user).create(values)
        with Form(self.env["sales.period"].with_user(self.admin)) as form:
            form.date_from = date(2033, 1, 1)
        self.assertEqual(form.record.date_to, date(2033, 1, 31))

    def test_state_is_not_typed_in(self):
        with self.assertRaises(UserError):
            self.rpc(self.admin, self.march, "write", {"state": "closed"})
        with self.assertRaises(UserError):
            self.rpc_create(
                self.admin,
                "sales.period",
                {"date_from": "2034-01-01", "state": "closed"},
            )

    def test_used_period_keeps_its_month(self):
        self.make_plan()
        with self.refused("has plans"):
            self.rpc(self.admin, self.march, "write", {"date_from": "2026-05-01"})

    def test_two_transactions_make_one_row(self):
        """The loser's failure is one that Odoo retries; the retry finds the row."""
        day = date(2040, 1, 1)
        company_id = self.env.ref("base.main_company").id
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            env_1 = api.Environment(cr_1, api.SUPERUSER_ID, {})
            env_2 = api.Environment(cr_2, api.SUPERUSER_ID, {})
            company_2 = env_2["res.company"].browse(company_id)
            self.assertFalse(  # the snapshot of the second is taken here
                env_2["sales.period"].search([("date_from", "=", day)])
            )
            company_1 = env_1["res.company"].browse(company_id)
            period_id = env_1["sales.period"]._for_date(company_1, day).id
            try:
                cr_1.commit()
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(SerializationFailure),
                ):
                    env_2["sales.period"]._for_date(company_2, day)
                cr_2.rollback()
                env_2.invalidate_all()
                found = env_2["sales.period"]._for_date(company_2, day)
                self.assertEqual(found.id, period_id)
            finally:
                cr_2.rollback()
                cr_1.execute("DELETE FROM sales_period WHERE date_from = %s", [day])
                cr_1.commit()

    def test_found_by_its_name_in_the_language_of_the_reader(self):
        Period = self.env["sales.period"]
        self.month("2026-05-01")
        for value in ("March 2026", "march  2026", "2026-03"):
            self.assertEqual(
                [row[0] for row in Period.name_search(value, operator="=")],
                self.march.ids,
            )
        found = Period.search([("display_name", "ilike", "mar")])
        self.assertIn(self.march, found)
        self.assertNotIn(self.month("2026-05-01"), found)
        self.env["res.lang"]._activate_lang("nl_NL")
        Dutch = Period.with_context(lang="nl_NL")
        self.assertEqual(Dutch.name_search("maart 2026")[0][0], self.march.id)
        found = Dutch.search([("display_name", "in", ["maart 2026", "mei 2026"])])
        self.assertEqual(len(found), 2)
        self.assertNotIn(
            self.march, Period.search([("display_name", "not ilike", "march 2026")])
        )

    def test_found_by_name_and_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.month("2026-03-01", other)
        Period = self.env["sales.period"].with_context(
            allowed_company_ids=(self.company + other).ids
        )
        [found] = Period.name_search("March 2026 (Other)", operator="=")
        self.assertEqual(found[0], theirs.id)
