from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .common import BaseCommon

TODO = "sales_manager_kpi.mail_activity_type_customer_contact"


@freeze_time("2026-03-16 10:00:00")  # a Monday
class TestContact(BaseCommon):
    """What counts as a contact, and what the cadence asks for."""

    def setUp(self):
        super().setUp()
        self.put_in_class(self.customer)
        self.night()

    def dues(self):
        return self.env["customer.contact.due"].search(
            [("partner_id", "=", self.customer.id)], order="id"
        )

    def todo(self):
        return self.customer.activity_search([TODO])

    def done(self, xmlid, record=None, user=None):
        """An activity of this type is planned and done by hand."""
        record = (record or self.customer).with_user(user or self.manager_a)
        activity = record.activity_schedule(xmlid, user_id=self.manager_a.id)
        activity.action_feedback(feedback="They want the new velvet.")
        return self.env["customer.contact"].search(
            [("partner_id", "=", self.customer.id)]
        )

    # The cadence -----------------------------------------------------------------

    def test_next_contact_in_working_days_of_the_branch(self):
        """Ten working days, less a public holiday of the branch's calendar."""
        self.assertEqual(self.figure().next_contact_on, date(2026, 3, 30))
        calendar = self.branch.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Fair",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-03-18 00:00:00",
                "date_to": "2026-03-18 22:00:00",
            }
        )
        with freeze_time("2026-03-17 10:00:00"):
            self.log()
        self.assertEqual(self.figure().next_contact_on, date(2026, 4, 1))

    def test_the_day_is_the_branch_s(self):
        """At 23:30 UTC it is the next day in Amsterdam: trap of the UTC day."""
        with freeze_time("2026-03-17 23:30:00"):
            self.log()
        self.assertEqual(self.figure().next_contact_on, date(2026, 4, 1))
        self.assertEqual(self.dues()[0].ended_on, date(2026, 3, 18))

    def test_a_contact_ends_what_was_due_and_asks_again(self):
        with freeze_time("2026-03-20 10:00:00"):
            contact = self.log()
            self.log(kind="visit")
        first, second = self.dues()
        self.assertEqual(first.contact_id.at, contact.at)
        self.assertTrue(first.is_in_time)
        self.assertEqual(second.due_on, date(2026, 4, 3))
        with freeze_time("2026-04-08 10:00:00"):
            self.log()
        self.assertFalse(second.is_in_time)
        self.assertEqual(second.ended_on, date(2026, 4, 8))

    def test_logged_late_but_made_in_time(self):
        with freeze_time("2026-04-01 10:00:00"):
            self.log(at="2026-03-27 09:00:00")
        self.assertTrue(self.dues()[0].is_in_time)

    def test_another_cadence_and_none(self):
        self.a_class.contact_every_days = 5
        self.assertEqual(self.figure().next_contact_on, date(2026, 3, 23))
        self.a_class.contact_every_days = 0
        self.assertFalse(self.figure().next_contact_on)
        self.assertFalse(self.dues())

    def test_another_owner_does_not_inherit_what_is_late(self):
        with freeze_time("2026-04-02 10:00:00"):
            self.customer.user_id = self.manager_b
            old, new = self.dues()
            self.assertEqual(old.user_id, self.manager_a)
            self.assertEqual((old.ended_on, old.is_in_time), (date(2026, 4, 2), False))
            self.assertEqual(
                (new.user_id, new.due_on), (self.manager_b, date(2026, 4, 16))
            )

    def test_another_owner_takes_over_what_is_not(self):
        self.customer.user_id = self.manager_b
        [due] = self.dues()
        self.assertEqual((due.user_id, due.due_on), (self.manager_b, date(2026, 3, 30)))

    # What counts -------------------------------------------------------------------

    def test_done_activities(self):
        """A call counts, a to-do does not; the activity's own origin is kept."""
        self.assertFalse(self.done("mail.mail_activity_data_todo"))
        contact = self.done("mail.mail_activity_data_call")
        self.assertRecordValues(
            contact,
            [
                {
                    "kind": "call",
                    "user_id": self.manager_a.id,
                    "res_model": "res.partner",
                    "note": "They want the new velvet.",
                }
            ],
        )
        self.assertEqual(self.figure().last_contact_at, contact.at)
        self.env.ref("mail.mail_activity_data_todo").is_customer_contact = True
        self.assertEqual(len(self.done("mail.mail_activity_data_todo")), 2)

    def test_on_leads_and_people_of_the_customer(self):
        person = self.env["res.partner"].create(
            {"name": "Ms Buyer", "parent_id": self.customer.id}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Curtains",
                "partner_id": person.id,
                "type": "opportunity",
                "user_id": self.manager_a.id,
                "company_id": self.company.id,
            }
        )
        contact = self.done("mail.mail_activity_data_email", lead)
        self.assertEqual(contact.contact_id, person)
        self.assertEqual((contact.res_model, contact.res_id), ("crm.lead", lead.id))

    def test_never_by_mail_or_the_system(self):
        """Mail that is sent, and activities that code closes, are no contacts."""
        self.customer.with_user(self.manager_a).message_post(
            body="Our offers", partner_ids=self.customer.ids, message_type="comment"
        )
        activity = self.customer.activity_schedule("mail.mail_activity_data_call")
        activity.sudo().action_feedback(feedback="by a job")
        self.assertFalse(self.figure().contact_ids)
        self.assertFalse(self.figure().last_contact_at)

    def meeting(self, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Spring collection",
                "start": "2026-03-16 12:00:00",
                "stop": "2026-03-16 13:00:00",
                "user_id": self.manager_a.id,
                "partner_ids": [
                    Command.set((self.customer | self.manager_a.partner_id).ids)
                ],
                **values,
            }
        )

    def test_meetings(self):
        """Once they are over; not cancelled, declined, or without a customer."""
        Event = self.env["calendar.event"]
        event = self.meeting()
        self.meeting(active=False)
        self.meeting(partner_ids=[Command.set(self.manager_a.partner_id.ids)])
        declined = self.meeting()
        declined.attendee_ids.filtered(
            lambda a: a.partner_id == self.customer
        ).state = "declined"
        Event._cron_note_contacts()
        self.assertFalse(self.figure().contact_ids)
        with freeze_time("2026-03-16 14:00:00"):
            Event._cron_note_contacts()
            Event._cron_note_contacts()
        self.assertRecordValues(
            self.figure().contact_ids,
            [{"kind": "meeting", "res_id": event.id, "user_id": self.manager_a.id}],
        )

    def test_each_source_once(self):
        for __ in range(2):
            self.log(source_key="sale.order,1")
        self.assertEqual(len(self.figure().contact_ids), 1)
        rows = self.log(kind="claim", source_key="customer.claim,1")
        self.assertEqual(rows.kind, "claim")

    def test_inert_without_branches(self):
        other = self.env["res.company"].create({"name": "No branches"})
        rows = self.log(company_id=other.id)
        self.assertFalse(rows)
        self.assertFalse(self.figure(company=other))

    # By hand -----------------------------------------------------------------------

    def wizard(self, user=None, **values):
        Wizard = self.env["customer.contact.log"].with_user(user or self.manager_a)
        return Wizard.create(
            {"partner_id": self.customer.id, "note": "New season", **values}
        )

    def test_log_by_hand(self):
        self.wizard(kind="visit").action_log()
        self.assertRecordValues(
            self.figure().contact_ids,
            [{"kind": "visit", "user_id": self.manager_a.id, "note": "New season"}],
        )
        other = self.make_customer("Customer B")
        person = self.env["res.partner"].create(
            {"name": "Mr Other", "parent_id": other.id}
        )
        bad = [
            {"at": fields.Datetime.now() + timedelta(hours=1)},
            {"contact_id": person.id},
            {"company_id": self.env["res.company"].create({"name": "Far"}).id},
        ]
        for values in bad:
            with self.subTest(values=values), self.assertRaises(UserError):
                self.wizard(**values).action_log()

    def test_rows_stay(self):
        contact = self.log()
        for user in (self.manager_a, self.admin):
            row = contact.with_user(user)
            with self.assertRaises(AccessError):
                row.write({"note": "never happened"})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "kind": "call",
                        "at": fields.Datetime.now(),
                    }
                )

    # Activities --------------------------------------------------------------------

    def test_planned_two_days_before_once(self):
        with freeze_time("2026-03-27 10:00:00"):
            self.night()
            self.assertFalse(self.todo())
        with freeze_time("2026-03-28 10:00:00"):
            self.night()
            self.night()
            [activity] = self.todo()
            self.assertEqual(activity.user_id, self.manager_a)
            self.assertEqual(activity.date_deadline, date(2026, 3, 30))
            self.log()
            self.assertFalse(self.todo())

    def test_doing_the_activity_is_the_contact(self):
        with freeze_time("2026-03-30 10:00:00"):
            self.night()
            activity = self.todo().with_user(self.manager_a)
            activity.action_feedback(feedback="Spoke to them")
            self.assertEqual(self.figure().contact_ids.note, "Spoke to them")
            self.assertEqual(self.figure().next_contact_on, date(2026, 4, 13))
            self.night()
            self.assertFalse(self.todo())

    def test_a_substitute_is_asked_and_counts_for_the_owner(self):
        """The deputy has the activity; the contact says for whom, the due is hers."""
        deputy = self.make_user("deputy", "sales_manager_kpi.group_manager")
        self.branch.member_ids = [
            Command.create({"user_id": deputy.id, "date_from": "2020-01-01"})
        ]
        with freeze_time("2026-03-30 08:00:00"):
            substitution = self.env["sales.substitution"].with_user(self.director)
            substitution = substitution.create(
                {"principal_id": self.manager_a.id, "deputy_id": deputy.id}
            )
            substitution.action_appoint()
        with freeze_time("2026-03-30 10:00:00"):
            self.night()
            self.assertEqual(self.todo().user_id, deputy)
            self.wizard(deputy).action_log()
            self.assertEqual(self.figure().contact_ids.acting_for_id, self.manager_a)
            self.assertEqual(self.dues()[0].user_id, self.manager_a)
            self.assertTrue(self.figure().with_user(deputy).has_access("read"))
        with freeze_time("2027-04-20 10:00:00"):
            self.assertFalse(self.figure().with_user(deputy).has_access("read"))

    def test_queries_do_not_grow(self):
        """The night of one and of thirty customers."""
        many = [self.make_customer(f"C{n}", self.manager_a) for n in range(30)]
        for customer in many:
            self.put_in_class(customer)
        Figure = self.env["customer.figure"].sudo()
        self.night()
        counts = []
        for figures in (
            self.figure(),
            Figure.search([("company_id", "=", self.company.id)]),
        ):
            for figure in figures:
                self.log(figure.partner_id, at=fields.Datetime.now())
            self.env.flush_all()
            self.env.invalidate_all()
            with freeze_time("2026-03-18 10:00:00"):
                before = self.env.cr.sql_log_count
                figures._renew_contacts()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4, counts)
