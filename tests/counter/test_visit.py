from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import CounterCommon

RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestVisit(CounterCommon):
    def contacts(self, visit):
        return (
            self.env["customer.contact"]
            .sudo()
            .search([("source_key", "=", f"branch.visit,{visit.id}")])
        )

    # ------------------------------------------------------------------
    # Steps and time
    # ------------------------------------------------------------------

    def test_waiting_and_served(self):
        self.branch.counter_waiting_norm = 10
        with freeze_time("2025-07-04 07:10:30"):
            visit = self.come(partner_id=self.customer.id)
            self.assertEqual((visit.state, visit.outcome), ("waiting", False))
            self.assertFalse(visit.is_waiting_long)
        self.branch.counter_waiting_norm = 60  # the norm of the day stays
        with freeze_time("2025-07-04 07:25:00"):
            visit.invalidate_recordset(["is_waiting_long"])
            self.assertTrue(visit.is_waiting_long)
            visit.with_user(self.colleague).action_serve()
        with freeze_time("2025-07-04 07:40:00"):
            self.end(visit.with_user(self.colleague))
        self.assertRecordValues(
            visit.sudo(),
            [
                {
                    "state": "done",
                    "outcome": "looking",
                    "served_by_id": self.colleague.id,
                    "waiting_minutes": 14,
                    "served_minutes": 15,
                    "is_beyond_norm": True,
                    "norm_minutes": 10,
                    "arrived_on": fields.Date.to_date("2025-07-04"),
                    "arrived_hour": 9,
                    "arrived_weekday": "4",
                }
            ],
        )
        contact = self.contacts(visit)
        self.assertEqual(contact.partner_id, self.customer)
        self.assertEqual((contact.kind, contact.user_id), ("visit", self.colleague))
        self.assertEqual(contact.at, datetime(2025, 7, 4, 7, 25))
        self.assertEqual(contact.note, "Curtains")
        self.assertEqual(contact.action_open_origin()["res_model"], "branch.visit")

    def test_means_of_what_is_known(self):
        """Who still waits has not waited 0 minutes."""
        with freeze_time("2025-07-04 07:10:00"):
            first, second = self.come(), self.come()
        with freeze_time("2025-07-04 07:20:00"):
            first.action_serve()
        visits = self.env["branch.visit"].with_user(self.director)
        asked = ["waiting_minutes:avg", "served_minutes:avg"]
        about = [("id", "in", (first | second).ids)]
        self.assertEqual(visits._read_group(about, [], asked), [(10.0, False)])
        [[group]] = visits.formatted_read_grouping_sets(about, [[]], asked)
        self.assertEqual(group["waiting_minutes:avg"], 10.0)
        self.assertNotIn("served_minutes:avg", group)
        with freeze_time("2025-07-04 07:20:00"):
            second.action_left()
            self.end(first)  # at once: 0 minutes are known
        self.assertEqual(visits._read_group(about, [], asked), [(10.0, 0.0)])

    def test_left(self):
        with freeze_time("2025-07-04 07:10:00"):
            visit = self.come(partner_id=self.customer.id)
        with freeze_time("2025-07-04 07:31:00"):
            visit.action_left()
        self.assertEqual(
            (visit.state, visit.outcome, visit.waiting_minutes), ("left", "left", 21)
        )
        self.assertFalse(self.contacts(visit))
        for step in ("action_serve", "action_left", "action_done", "action_quotation"):
            with self.assertRaises(UserError):
                getattr(visit, step)()

    def test_one_serves(self):
        visit = self.serve()
        with self.assertRaisesRegex(UserError, "served by manager_a"):
            visit.with_user(self.colleague).action_serve()
        visit.with_user(self.colleague).action_take_over()
        self.assertEqual(visit.served_by_id, self.colleague)
        with self.assertRaises(UserError):
            visit.action_left()

    def test_only_by_steps(self):
        visit = self.come()
        for values in (
            {"state": "done"},
            {"outcome": "order"},
            {"served_by_id": self.manager_a.id},
            {"norm_minutes": 99},
            {"waiting_minutes": 1},
            {"order_ids": [Command.clear()]},
        ):
            with self.assertRaises(AccessError):
                visit.write(values)
            with self.assertRaises(AccessError):
                self.come(**values)
        visit.note = "Comes back"
        visit.action_serve()
        with self.assertRaises(UserError):
            visit.arrived_at = fields.Datetime.now() - timedelta(hours=1)
        with self.assertRaises(UserError):
            visit.unlink()
        self.end(visit)
        with self.assertRaises(UserError):
            visit.partner_id = self.customer
        self.come().unlink()

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self.come(arrived_at=fields.Datetime.now() + timedelta(hours=1))
        visit = self.serve()
        action = visit.action_done()
        self.assertEqual(action["res_model"], "branch.visit.end")
        for values in ({"outcome": "other"}, {"outcome": "other", "reason": "  "}):
            with self.assertRaisesRegex(UserError, "what came of"):
                self.end(visit, **values)
        with self.assertRaises(UserError):  # somebody unknown has no order
            self.end(visit, "quotation")
        self.end(visit, "other", reason="Asked the way")
        self.assertEqual(visit.outcome_note, "Asked the way")
        self.assertFalse(self.contacts(visit))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.branch.counter_waiting_norm = -1
            self.env.flush_all()

    # ------------------------------------------------------------------
    # Who it is
    # ------------------------------------------------------------------

    def test_found(self):
        """By phone or e-mail at once, by name as a proposal, also by a person's."""
        for values in ({"phone": "030-5550101"}, {"email": " A@Customer.example "}):
            self.assertEqual(self.come(**values).partner_id, self.customer, values)
        person = self.env["res.partner"].create(
            {"name": "P", "parent_id": self.customer.id, "email": "p@person.example"}
        )
        visit = self.come(email="p@person.example")
        self.assertEqual(visit.partner_id, person.commercial_partner_id)
        named = self.come(visitor_name="customer a")
        self.assertFalse(named.partner_id)
        self.assertEqual(named.maybe_ids, self.customer)
        named.action_take_customer()
        self.assertEqual(named.partner_id, self.customer)
        chosen = self.come(phone="030-5550101", partner_id=self.rival.id)
        self.assertEqual(chosen.partner_id, self.rival)
        self.rival.phone = "030 5550101"
        twice = self.come(phone="030 5550101")
        self.assertFalse(twice.partner_id)
        self.assertEqual(twice.maybe_ids, self.customer | self.rival)
        with self.assertRaises(UserError):
            twice.action_take_customer()
        unknown = self.come(visitor_name="Nobody", phone="1", email="x")
        self.assertFalse(unknown.partner_id | unknown.maybe_ids)
        self.assertEqual(unknown.display_name, "Nobody")
        self.assertEqual(self.come().display_name, "Unknown visitor")

    # ------------------------------------------------------------------
    # What comes of it
    # ------------------------------------------------------------------

    def test_quotation(self):
        visit = self.serve(
            partner_id=self.customer.id, product_ids=[Command.set(self.velvet.ids)]
        )
        order = self.env["sale.order"].browse(visit.action_quotation()["res_id"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, self.velvet)
        self.assertEqual((order.branch_visit_id, visit.order_count), (visit, 1))
        self.assertTrue(visit.action_done())
        self.assertEqual((visit.state, visit.outcome), ("done", "quotation"))
        action = visit.with_context(visit_documents="sale.order")
        self.assertEqual(action.action_open_documents()["res_id"], order.id)
        order.with_user(self.commercial).action_confirm()
        self.assertEqual(visit.outcome, "order")

    def test_hold(self):
        self.put(self.lamp, 5)
        visit = self.serve(partner_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "which products"):
            visit.action_hold()
        visit.product_ids = self.lamp
        action = visit.action_hold()
        order = visit.order_ids
        self.assertEqual(action["res_model"], "stock.hold.ask")
        wizard = (
            self.env["stock.hold.ask"]
            .with_user(self.manager_a)
            .with_context(**action["context"])
            .create({})
        )
        wizard.action_confirm()
        visit.action_hold()
        self.assertEqual(visit.order_ids, order)  # no second quotation
        visit.action_done()
        self.assertEqual(visit.outcome, "hold")

    def test_loan(self):
        self.put(self.velvet, 30, "R30")
        sample, __ = self.make_sample(), self.make_sample()
        visit = self.serve(
            partner_id=self.customer.id, categ_ids=[Command.set(self.velvets.ids)]
        )
        action = visit.action_loan()
        wizard = self.wizard(action, self.manager_a)
        self.assertEqual(wizard.sample_ids, sample)
        self.assertEqual(wizard.note, visit.wish)
        wizard.action_confirm()
        self.assertEqual(visit.loan_ids.partner_id, self.customer)
        visit.action_done()
        self.assertEqual(visit.outcome, "loan")
        other = self.serve(partner_id=self.customer.id)
        with self.assertRaisesRegex(UserError, "on display"):
            other.action_loan()

    def test_lead(self):
        visit = self.serve()
        with self.assertRaisesRegex(UserError, "name, phone"):
            visit.action_lead()
        visit.write(
            {
                "visitor_name": "Zoë",
                "phone": "+31 6 1",
                "email": "zoe@new.example",
                "product_ids": [Command.set(self.velvet.ids)],
            }
        )
        for step in ("action_quotation", "action_hold", "action_loan", "action_claim"):
            if step == "action_hold":
                continue
            with self.assertRaisesRegex(UserError, "Choose the customer"):
                getattr(visit, step)()
        visit.action_lead()
        lead = visit.lead_ids
        self.assertRecordValues(
            lead,
            [
                {
                    "name": "Curtains",
                    "contact_name": "Zoë",
                    "email_from": "zoe@new.example",
                    "user_id": self.manager_a.id,
                    "partner_id": False,
                }
            ],
        )
        self.assertIn("Velvet", lead.description)
        visit.action_done()
        self.assertEqual(visit.outcome, "lead")

    def test_claim(self):
        visit = self.serve(partner_id=self.customer.id)
        context = visit.action_claim()["context"]
        claim = (
            self.env["customer.claim"]
            .with_user(self.manager_a)
            .with_context(**context)
            .create({})
        )
        self.assertEqual((claim.subject, claim.partner_id), ("Curtains", self.customer))
        self.assertEqual(visit.claim_ids, claim)
        visit.action_done()
        self.assertEqual(visit.outcome, "claim")

    def test_customer_of_a_colleague(self):
        """Whoever serves makes the documents, whosever customer it is."""
        self.put(self.lamp, 5)
        self.make_sample(self.lamp, self.piece)
        visit = self.serve(
            self.colleague,
            partner_id=self.customer.id,
            product_ids=[Command.set(self.lamp.ids)],
        )
        visit.action_quotation()
        order = visit.order_ids
        self.assertEqual(order.user_id, self.colleague)
        self.assertEqual(order.warehouse_id, self.warehouse)
        action = visit.action_hold()
        self.assertEqual(action["context"]["default_order_id"], order.id)
        self.wizard(visit.action_loan(), self.colleague).action_confirm()
        visit.action_lead()
        self.assertEqual(visit.lead_ids.user_id, self.colleague)
        claims = self.env["customer.claim"].with_user(self.colleague)
        claims = claims.with_context(**visit.action_claim()["context"])
        claims.create({})
        names = ("order_count", "loan_count", "lead_count", "claim_count")
        self.assertEqual([visit[name] for name in names], [1, 1, 1, 1])
        order.with_user(self.colleague).action_confirm()
        self.assertEqual(order.sudo().credited_user_id, self.manager_a)
        visit.action_done()
        self.assertEqual(visit.outcome, "order")

    def test_order_made_elsewhere(self):
        visit = self.serve(partner_id=self.customer.id)
        theirs = self.sell_goods(self.lamp, self.rival, confirm=False)
        order = self.sell_goods(self.lamp)
        for wrong in (theirs, self.env["sale.order"]):
            with self.assertRaises(UserError):
                self.end(visit, "quotation", order_id=wrong.id)
        self.end(visit, "quotation", order_id=order.id)
        self.assertEqual((visit.outcome, visit.order_ids), ("order", order))

    def test_market_note(self):
        visit = self.serve(partner_id=self.customer.id)
        context = visit.action_market_note()["context"]
        notes = self.env["market.note"].with_user(self.manager_a)
        note = notes.with_context(**context).create({"subject": "Cheaper elsewhere"})
        self.assertEqual((note.visit_id, note.partner_id), (visit, self.customer))

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_roles(self):
        here = self.come(partner_id=self.customer.id)
        there = self.come(self.manager_b, branch_id=self.other_branch.id)
        for user, expected in (
            (self.manager_a, here),
            (self.colleague, here),
            (self.director, here),
            (self.manager_b, there),
            (self.other_director, there),
            (self.commercial, here | there),
            (self.admin, here | there),
        ):
            seen = self.env["branch.visit"].with_user(user).search([])
            self.assertEqual(seen.sudo(), expected, user.login)
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.env["branch.visit"].with_user(user).search([])
        with mute_logger(*RULES):
            for step in (
                *("action_serve", "action_left", "action_done", "action_lead"),
                *("action_take_over", "action_quotation"),
            ):
                with self.assertRaises(AccessError):
                    getattr(here.with_user(self.manager_b), step)()
            with self.assertRaises(AccessError):
                self.come(self.manager_b)
            with self.assertRaises(AccessError):
                here.branch_id = self.other_branch
            order = self.sell_goods(self.lamp, self.rival, confirm=False)
            with self.assertRaises(AccessError):
                order.with_user(self.manager_b).branch_visit_id = here
            with self.assertRaises(AccessError):
                self.env["crm.lead"].with_user(self.manager_b).create(
                    {"name": "Mine", "branch_visit_id": here.id}
                )

    def test_of_another_branch(self):
        """A context names no visit that one may not read; nor does its ending."""
        visit = self.env["branch.visit"].create(
            {"branch_id": self.other_branch.id, "partner_id": self.rival.id}
        )
        values = {"name": "Curtains", "user_id": self.manager_a.id}
        leads = self.env["crm.lead"].with_user(self.manager_a)
        ends = self.env["branch.visit.end"].with_user(self.manager_a)
        with mute_logger(*RULES):
            with self.assertRaises(AccessError):
                leads.with_context(default_branch_visit_id=visit.id).create(values)
            with self.assertRaises(AccessError):
                ends.create({"visit_id": visit.id}).read(["commercial_partner_id"])

    def test_deputy(self):
        deputy = self.make_user("stand_in", "sales_manager_kpi.group_manager")
        visit = self.come()
        rows = self.env["sales.substitution"].with_user(self.director)
        row = rows.create({"principal_id": self.manager_a.id, "deputy_id": deputy.id})
        self.assertFalse(self.env["branch.visit"].with_user(deputy).search([]))
        row.action_appoint()
        visit.with_user(deputy).action_serve()
        self.assertEqual(visit.sudo().served_by_id, deputy)
        row.action_revoke()
        self.assertFalse(self.env["branch.visit"].with_user(deputy).search([]))

    def test_other_company(self):
        visit = self.come(partner_id=self.customer.id)
        stranger = self.make_stranger()
        self.assertFalse(self.env["branch.visit"].with_user(stranger).search([]))
        with mute_logger(*RULES), self.assertRaises(AccessError):
            visit.with_user(stranger).action_serve()
        abroad = self.make_customer("Abroad", company_id=stranger.company_id.id)
        with self.assertRaises(UserError):
            visit.sudo().partner_id = abroad
            self.env.flush_all()

    def test_screens(self):
        for user in (self.manager_a, self.director, self.commercial):
            for model, views in (
                ("branch.visit", ("kanban", "list", "form", "pivot", "graph")),
                ("branch.visit.end", ("form",)),
                ("customer.need", ("list", "form", "pivot")),
                ("market.note", ("kanban", "list", "form", "pivot", "graph")),
                ("market.competitor", ("list", "form")),
                ("market.price.report", ("pivot", "graph", "list")),
            ):
                self.env[model].with_user(user).get_views(
                    [(False, view) for view in (*views, "search")]
                )
        visit = self.serve(partner_id=self.customer.id)
        customer = self.customer.with_user(self.manager_a)
        self.assertEqual(customer.branch_visit_count, 1)
        action = customer.action_open_branch_visits()
        found = visit.search(action["domain"])
        self.assertEqual(found, visit)
        visit.web_read({name: {} for name in visit._fields})

    def test_today(self):
        visit = self.come()
        old = self.come(arrived_at=fields.Datetime.now() - timedelta(days=2))
        today = visit.search([("arrived_on", "=", self.branch._local_today())])
        self.assertEqual(today, visit)
        self.assertNotIn(old, today)

    def test_many(self):
        """The counter reads with as many queries for forty as for four."""
        names = {name: {} for name in ("display_name", "wish", "order_count")}
        names |= {name: {} for name in ("loan_count", "lead_count", "claim_count")}
        names |= {"product_ids": {"fields": {"display_name": {}}}}
        names |= {"served_by_id": {"fields": {"display_name": {}}}}

        def read():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits = self.env["branch.visit"].with_user(self.colleague)
            found = visits.web_search_read([("state", "=", "served")], names)
            return found["length"], self.env.cr.sql_log_count - before

        for __ in range(4):
            self.serve(partner_id=self.customer.id, product_ids=[self.velvet.id])
        read()
        count, few = read()
        self.assertEqual(count, 4)
        for number in range(36):
            customer = self.make_customer(f"C{number}", self.manager_a)
            self.serve(partner_id=customer.id, product_ids=[self.lamp.id])
        count, many = read()
        self.assertEqual(count, 40)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 30)
