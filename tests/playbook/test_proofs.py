import base64
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from .common import PlaybookSalesCommon


@freeze_time("2026-03-02 09:00:00")
class TestProofs(PlaybookSalesCommon):
    """What happens ticks its step by itself."""

    def circle(self):
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")

    def test_the_whole_way(self):
        self.say("call")  # too early: nothing waits for it
        self.assertFalse(self.done())
        order = self.make_order(confirm=False, opportunity_id=self.lead.id)
        order.action_quotation_sent()
        self.assertEqual(self.done(), ["Offer"])
        with freeze_time("2026-03-03 09:00:00"):
            self.circle()
            self.assertEqual(self.done(), ["Offer", "Circle"])
            contact = self.say("call")
            self.assertEqual(self.done(), ["Offer", "Circle", "Dialogue"])
            mark = self.lead.playbook_mark_ids.filtered(lambda m: m.kind == "call")
            self.assertEqual((mark.res_model, mark.res_id), (contact._name, contact.id))
            self.assertEqual(mark.user_id, self.manager_a)
            self.assertEqual(self.lead.stage_id, self.stages[1])
            self.say("call")  # one proof, one step: the next call waits for a contract
            self.assertEqual(len(self.done()), 3)
        with freeze_time("2026-03-04 09:00:00"):
            self.say("visit")
            self.assertEqual(self.done()[-1], "Meeting")
            order.action_confirm()
            self.assertEqual(self.done()[-1], "Order")
            contract = self.contract()
            self.assertEqual(self.done()[-1], "Contract")
            mark = self.lead.playbook_mark_ids.filtered(lambda m: m.kind == "contract")
            self.assertEqual(mark.res_id, contract.id)
        with freeze_time("2026-03-05 09:00:00"):
            self.say("call")
            self.assertEqual(self.done()[-1], "Communication")
        self.assertEqual(self.lead.playbook_step_id, self.steps["Samples"])
        board = self.lead.with_user(self.manager_a).playbook_board
        self.assertEqual((board["done"], board["all"]), (7, 8))
        action = mark.with_user(self.manager_a).action_open_proof()
        self.assertEqual(action["res_model"], "sales.contract")

    def contract(self):
        contract = self.env["sales.contract"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.manager_a.id,
                "date_from": "2026-03-01",
                "date_to": "2026-12-31",
                "document": base64.b64encode(b"paper"),
                "signed_on": "2026-03-01",
            }
        )
        contract.action_activate()
        return contract

    def test_documents_count_whenever_talks_only_afterwards(self):
        order = self.make_order(opportunity_id=self.lead.id)
        self.assertEqual(self.done(), ["Offer"])
        with freeze_time("2026-03-04 09:00:00"):
            self.circle()
            self.tick(self.lead, "Dialogue")
        # the order was there before: it counts from when its step could come
        self.assertEqual(self.done(), ["Offer", "Circle", "Dialogue", "Order"])
        mark = self.lead.playbook_mark_ids.filtered(lambda m: m.kind == "order")
        self.assertEqual((mark.res_id, str(mark.date)), (order.id, "2026-03-04"))
        self.assertEqual(mark.days, 0)
        self.assertEqual(self.lead.playbook_step_id, self.steps["Meeting"])

    def test_meeting_of_the_calendar(self):
        """Held, by the nightly job; one that was declined by all is none."""
        self.circle()
        self.tick(self.lead, "Dialogue")
        values = {
            "name": "Show samples",
            "start": "2026-03-03 10:00:00",
            "stop": "2026-03-03 11:00:00",
            "opportunity_id": self.lead.id,
            "user_id": self.manager_a.id,
            "partner_ids": [Command.set(self.manager_a.partner_id.ids)],
        }
        event = self.env["calendar.event"].create(values)
        self.env["calendar.event"]._cron_note_contacts()
        self.assertNotIn("Meeting", self.done())
        event.attendee_ids.state = "declined"
        with freeze_time("2026-03-03 22:00:00"):
            self.env["calendar.event"]._cron_note_contacts()
            self.assertNotIn("Meeting", self.done())
            event.attendee_ids.state = "accepted"
            self.env["calendar.event"]._cron_note_contacts()
            self.assertEqual(self.done()[-1], "Meeting")
            self.env["calendar.event"]._cron_note_contacts()
        contact = self.env["customer.contact"].search(
            [("res_model", "=", "calendar.event"), ("res_id", "=", event.id)]
        )
        self.assertEqual((len(contact), contact.kind), (1, "meeting"))
        mark = self.lead.playbook_mark_ids[0]
        self.assertEqual((mark.res_model, mark.res_id), ("calendar.event", event.id))

    def test_a_meeting_and_its_activity_are_one(self):
        """Marked as done afterwards it is no second meeting."""
        self.lead.partner_id = False
        second = self.steps["Samples"]
        second.write(
            {"proof": "meeting", "prerequisite_ids": self.steps["Meeting"].ids}
        )
        self.steps["Meeting"].prerequisite_ids = False
        with freeze_time("2026-03-03 11:00:00"):
            self.env["calendar.event"].create(
                {
                    "name": "First talk",
                    "start": "2026-03-03 10:00:00",
                    "stop": "2026-03-03 10:30:00",
                    "opportunity_id": self.lead.id,
                    "user_id": self.manager_a.id,
                    "partner_ids": self.manager_a.partner_id.ids,
                }
            )
            activity = self.lead.activity_schedule(
                "mail.mail_activity_data_meeting", user_id=self.manager_a.id
            )
        with freeze_time("2026-03-03 11:30:00"):
            activity.action_feedback()
            self.lead._prove_steps()
            self.assertEqual(self.done(), ["Meeting"])

    def test_call_on_a_lead_of_nobody(self):
        lead = self.make_lead("Stranger", self.manager_a)
        lead.playbook_check_ids = self.check
        self.tick(lead, "Circle")
        activity = lead.with_user(self.manager_a).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.manager_a.id
        )
        activity.action_feedback(feedback="Spoke to the owner")
        self.assertEqual(self.done(lead), ["Circle", "Dialogue"])
        self.assertEqual(lead.playbook_mark_ids[0].user_id, self.manager_a)

    def test_stage_never_back_and_not_when_over(self):
        self.lead.stage_id = self.stages[-1]
        self.circle()
        self.say("call")
        self.assertEqual(self.lead.stage_id, self.stages[-1])
        with freeze_time("2026-03-03 09:00:00"):
            lost = self.make_lead("Lost", self.manager_a, partner_id=self.customer.id)
            lost.playbook_check_ids = self.check
            self.tick(lost, "Circle")
            lost.action_set_lost()
            self.say("call")
            self.assertEqual(self.done(lost), ["Circle"])
            self.won_goes_on()

    def won_goes_on(self):
        won = self.make_lead("Won", self.manager_a, partner_id=self.customer.id)
        won.playbook_check_ids = self.check
        self.tick(won, "Circle")
        won.action_set_won()
        stage = won.stage_id
        self.say("call")
        self.assertEqual(self.done(won), ["Circle", "Dialogue"])
        self.assertEqual(won.stage_id, stage)

    def test_a_kind_of_another_area(self):
        """A registry entry and a method are all that it takes."""
        Step = type(self.env["sales.playbook.step"])
        proof = self.customer
        from odoo.addons.sales_manager_kpi.engine.playbook import Proof

        def kinds(records):
            return {"loan": ("_proofs_test", True)}

        def proofs(records, leads):
            now = fields.Datetime.now()
            return {lead.id: [Proof(now, 1, proof._name, proof.id)] for lead in leads}

        self.circle()
        self.patch(Step, "_proof_kinds", kinds)
        Step._proofs_test = proofs
        self.addCleanup(delattr, Step, "_proofs_test")
        self.steps["Samples"].prerequisite_ids = False
        self.env["crm.lead"]._follow_playbooks({"loan"}, leads=self.lead)
        self.assertEqual(self.done(), ["Circle", "Samples"])

    def test_queries_do_not_grow(self):
        """Ten leads cost what two do."""
        counts = []
        for number in (2, 10):
            leads = self.env["crm.lead"]
            customer = self.make_customer(f"Of {number}", self.manager_a)
            for i in range(number):
                leads |= self.make_lead(f"{i}", self.manager_a, partner_id=customer.id)
            leads.playbook_check_ids = self.check
            for lead in leads:
                self.tick(lead, "Circle")
            with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.say("call", customer)
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
            self.assertEqual(self.done(leads[0]), ["Circle", "Dialogue"])
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertLess(counts[0], 55)

    def test_first_order_and_new_customer(self):
        """By the definition of the customer area, and from the lead on only."""
        self.company.sales_manager_kpi_plan_basis = "order"
        self.assertFalse(self.lead.is_new_customer)
        old = self.make_customer("Old", self.manager_a)
        with freeze_time("2026-01-05 09:00:00"):
            self.make_order(old)
        known = self.make_lead("Known", self.manager_a, partner_id=old.id)
        with freeze_time("2026-03-06 09:00:00"):
            first = self.make_order(opportunity_id=self.lead.id)
            self.make_order(old)
            self.env.flush_all()
            (self.lead | known).invalidate_recordset()
            self.assertEqual(self.lead.first_order_id, first)
            self.assertEqual(str(self.lead.new_customer_on), "2026-03-06")
            self.assertTrue(known.first_order_id)
            self.assertFalse(known.is_new_customer)
            found = self.env["crm.lead"].search([("is_new_customer", "=", True)])
            self.assertEqual(found, self.lead)
            rows = self.env["sales.funnel.report"].search(
                [("is_new_customer", "=", True)]
            )
            self.assertEqual(rows.lead_id, self.lead)
            new = self.env["sales.fact.report"]._new_customers(
                self.company,
                fields.Date.to_date("2026-03-01"),
                fields.Date.to_date("2026-03-31"),
                "order",
            )
            self.assertIn(self.customer.id, new[self.manager_a.id])
