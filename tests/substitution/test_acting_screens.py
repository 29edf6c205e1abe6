from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time

from ..common import MANAGER
from .absence_common import NOON, AbsenceCommon

NOTES = ["acting_note", "stand_in_note"]


@freeze_time(NOON)
class TestActing(AbsenceCommon):
    """What people see while somebody stands in."""

    def acting_for(self, user):
        return self.env["sales.substitution"].with_user(user)._acting_for()

    def notes(self, user, record):
        [data] = self.rpc(user, record, "read", NOTES)
        return data["acting_note"], data["stand_in_note"]

    def test_nobody_acts(self):
        self.customer.with_user(self.manager_c).read(NOTES)  # caches what runs
        self.env.user.has_group(MANAGER)
        before = self.cr.sql_log_count
        self.assertEqual(self.acting_for(self.manager_c), [])
        self.assertEqual(self.cr.sql_log_count, before)
        customer = self.customer.with_user(self.manager_c)
        customer.read(["name"])
        before = self.cr.sql_log_count
        self.assertFalse(customer.acting_note)
        self.assertFalse(customer.stand_in_note)
        self.assertEqual(self.cr.sql_log_count, before)

    def test_notes(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "user_id": self.manager_a.id,
                "company_id": self.company.id,
            }
        )
        row = self.appoint(
            self.manager_a, self.manager_c, "2026-08-03", "2026-08-07", hour_to=18
        )
        mine = f"You act for {self.manager_a.name} until Fri 7 Aug 18:00."
        for record in (self.customer, lead):
            self.assertEqual(self.notes(self.manager_c, record), (mine, False))
            self.assertEqual(
                self.notes(self.manager_a, record),
                (
                    False,
                    f"{self.manager_c.name} stands in for you until Fri 7 Aug 18:00.",
                ),
            )
        self.assertEqual(
            self.notes(self.director, self.customer),
            (
                False,
                f"{self.manager_c.name} stands in for {self.manager_a.name} until "
                "Fri 7 Aug 18:00.",
            ),
        )
        with freeze_time("2026-08-07 16:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self.notes(self.manager_c, self.customer), (False, False))
        row.with_user(self.director).write({"hour_to": 24.0})
        self.assertIn("Fri 7 Aug 24:00", self.notes(self.manager_c, self.customer)[0])
        row.with_user(self.director).action_revoke()
        self.assertEqual(self.notes(self.manager_c, self.customer), (False, False))

    def test_notes_by_area_and_company(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "user_id": self.manager_a.id,
                "company_id": self.company.id,
            }
        )
        self.appoint(
            self.manager_a,
            self.manager_c,
            "2026-08-03",
            "2026-08-07",
            scope_leads=False,
        )
        self.assertEqual(self.notes(self.commercial, lead), (False, False))
        self.assertTrue(self.notes(self.manager_c, self.customer)[0])
        other = self.env["res.company"].create({"name": "Other"})
        self.manager_c.company_ids |= other
        foreign = self.make_customer("Foreign", self.manager_a, company_id=other.id)
        self.assertEqual(self.notes(self.manager_c, foreign), (False, False))

    def test_top_bar(self):
        self.customer.copy({"user_id": self.manager_c.id})
        self.assertEqual(self.acting_for(self.manager_c), [])
        row = self.appoint(self.manager_a, self.manager_c, "2026-08-03", "2026-08-07")
        [shown] = self.acting_for(self.manager_c)
        self.assertEqual(
            (shown["id"], shown["name"], shown["until"], shown["stop"]),
            (row.id, self.manager_a.name, "Fri 7 Aug 24:00", "2026-08-07 22:00:00"),
        )
        for kind in shown["links"]:
            action = self.rpc(self.manager_c, row, "action_open_records", kind)
            found = self.rpc(
                self.manager_c,
                self.env[action["res_model"]],
                "search",
                action["domain"],
            )
            self.assertNotIn("search_default", str(action["context"]), kind)
            if kind == "customers":
                self.assertEqual(found, self.customer.ids)
        self.assertEqual(
            self.rpc(self.manager_c, row, "action_open_handover")["res_id"], row.id
        )
        for user in (self.manager_a, self.director):
            self.assertEqual(self.acting_for(user), [])
            with self.refused("You do not act"):
                self.rpc(user, row, "action_open_records", "customers")
        with self.refused("does not include"):
            self.rpc(self.manager_c, row, "action_open_records", "everything")
        with freeze_time("2026-08-07 22:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self.acting_for(self.manager_c), [])
            with self.assertRaises(UserError):
                self.rpc(self.manager_c, row, "action_open_records", "customers")

    def test_only_the_areas(self):
        self.appoint(
            self.manager_a,
            self.manager_c,
            "2026-08-03",
            "2026-08-07",
            scope_invoices=False,
            scope_leads=False,
        )
        [shown] = self.acting_for(self.manager_c)
        self.assertEqual(
            shown["links"], ["customers", "quotations", "orders", "activities"]
        )

    def test_filters(self):
        self.appoint(self.manager_a, self.manager_c, "2026-08-03", "2026-08-07")
        self.make_customer("Mine", self.manager_c)
        for xmlid in (
            "sale.sale_order_view_search_inherit_quotation",
            "sale.sale_order_view_search_inherit_sale",
            "account.view_account_invoice_filter",
            "crm.view_crm_case_opportunities_filter",
            "crm.view_crm_case_leads_filter",
            "base.view_res_partner_filter",
        ):
            view = self.env.ref(xmlid)
            arch = view.get_combined_arch()
            self.assertIn("filter_acted_for", arch, xmlid)
        found = self.rpc(
            self.manager_c,
            self.env["res.partner"],
            "search",
            [("is_acted_for", "=", True)],
        )
        self.assertEqual(found, self.customer.ids)

    def test_the_deputy_of_two(self):
        self.branch.member_ids = [
            Command.create(
                {
                    "user_id": self.make_user("manager_d", MANAGER).id,
                    "date_from": "2020-01-01",
                }
            )
        ]
        self.appoint(self.manager_a, self.manager_c, "2026-08-03", "2026-08-07")
        self.appoint(
            self.manager_b,
            self.manager_c,
            "2026-08-03",
            "2026-08-05",
            by=self.other_director,
        )
        names = [row["name"] for row in self.acting_for(self.manager_c)]
        self.assertEqual(names, [self.manager_b.name, self.manager_a.name])
