from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user

from .common import PlaybookCommon


@freeze_time("2026-03-02 09:00:00")
class TestPlaybook(PlaybookCommon):
    def test_shipped_one_is_archived_and_whole(self):
        shipped = self.env.ref("sales_manager_kpi.sales_playbook_eight_steps")
        self.assertFalse(shipped.active)
        self.assertEqual(len(shipped.step_ids), 8)
        self.assertEqual(len(shipped.step_ids.prerequisite_ids), 7)
        self.assertTrue(shipped.step_ids.check_ids)
        shipped.active = True
        twin = shipped.copy()
        self.assertFalse(twin.active)
        self.assertEqual(
            twin.step_ids.prerequisite_ids.mapped("name"),
            shipped.step_ids.prerequisite_ids.mapped("name"),
        )
        self.assertFalse(twin.step_ids.prerequisite_ids & shipped.step_ids)
        self.assertEqual(len(twin.step_ids.check_ids), len(shipped.step_ids.check_ids))

    def test_bad_playbooks(self):
        with self.assertRaisesRegex(ValidationError, "no steps"), self.cr.savepoint():
            self.env["sales.playbook"].create({"name": "Empty"})
        empty = self.env["sales.playbook"].create({"name": "Empty", "active": False})
        with self.assertRaisesRegex(ValidationError, "no steps"), self.cr.savepoint():
            empty.active = True
        with self.assertRaisesRegex(ValidationError, "each other"), self.cr.savepoint():
            self.steps["Circle"].prerequisite_ids = self.steps["Contract"]
        with self.assertRaisesRegex(ValidationError, "each other"), self.cr.savepoint():
            self.steps["Circle"].prerequisite_ids = self.steps["Circle"]
        other = self.make_playbook("Other", (("One", "hand", None),))
        with self.assertRaisesRegex(ValidationError, "own"), self.cr.savepoint():
            self.steps["Offer"].prerequisite_ids = other.step_ids
        with self.assertRaisesRegex(ValidationError, "no steps"), self.cr.savepoint():
            other.step_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "no steps"), self.cr.savepoint():
            other.step_ids.active = False
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")
        with self.assertRaisesRegex(UserError, "Archive"), self.cr.savepoint():
            self.steps["Circle"].unlink()
        with self.assertRaisesRegex(UserError, "Archive"), self.cr.savepoint():
            self.playbook.unlink()
        self.steps["Circle"].active = False
        self.assertEqual(self.done(), ["Circle"])

    def test_chosen_by_team_branch_and_company(self):
        team = self.env["crm.team"].create(
            {"name": "Team", "company_id": self.company.id}
        )
        rows = (("One", "hand", None),)
        by_team = self.make_playbook("Team", rows, team_ids=team.ids)
        by_branch = self.make_playbook("Branch", rows, branch_ids=self.branch.ids)
        other = self.env["res.company"].create({"name": "Other company"})
        self.make_playbook("Theirs", rows, company_id=other.id, sequence=1)
        lead = self.make_lead("Team", self.manager_a, team_id=team.id)
        self.assertEqual(lead.playbook_id, by_team)
        self.assertEqual(self.make_lead("B", self.manager_a).playbook_id, by_branch)
        lead = self.make_lead("All", self.manager_b)
        self.assertEqual(lead.playbook_id, self.playbook)
        self.assertEqual(lead.playbook_step_id, self.steps["Circle"])
        lead = self.make_lead("None", company_id=other.id, playbook_id=False)
        self.assertEqual(lead.playbook_id.name, "Theirs")

    def test_inert_without_an_active_one(self):
        self.playbook.active = False
        lead = self.make_lead("Plain", self.manager_a, partner_id=self.customer.id)
        self.assertFalse(lead.playbook_id)
        marks = self.env["sales.playbook.mark"].search_count([])
        self.env["sales.playbook"]._in_use()
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env["crm.lead"]._follow_playbooks({"call"}, leads=lead)
            self.assertFalse(self.env["sales.playbook"]._in_use())
        self.lead.partner_id = self.customer
        self.say("call")
        self.assertEqual(self.env["sales.playbook.mark"].search_count([]), marks)

    def test_by_hand(self):
        """In order, with what must be checked, at a time it could be, with a note."""
        board = self.lead.playbook_board
        self.assertEqual(
            [step["state"] for step in board["steps"]],
            ["next", "next", *["waiting"] * 6],
        )
        with self.assertRaisesRegex(UserError, "Who decides"):
            self.tick(self.lead, "Circle")
        mine = self.lead.with_user(self.manager_a)
        mine.action_playbook_check(self.check.id)
        self.assertTrue(mine.playbook_board["steps"][0]["checks"][0]["done"])
        mine.action_playbook_check(self.check.id, False)
        self.assertFalse(mine.playbook_check_ids)
        mine.action_playbook_check(self.check.id)
        with self.assertRaisesRegex(UserError, "comes after Circle"):
            self.tick(self.lead, "Dialogue")
        with self.assertRaisesRegex(UserError, "note"):
            self.tick(self.lead, "Circle", note=" ")
        for moment in ("2026-03-01 09:00:00", "2026-03-03 09:00:00"):
            with self.assertRaisesRegex(UserError, "could come since"):
                self.tick(self.lead, "Circle", at=moment)
        with freeze_time("2026-03-05 09:00:00"):
            self.tick(self.lead, "Circle", note="Asked the workshop")
        mark = self.lead.playbook_mark_ids
        self.assertRecordValues(
            mark,
            [
                {
                    "user_id": self.manager_a.id,
                    "acting_for_id": False,
                    "manager_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "kind": "hand",
                    "note": "Asked the workshop",
                    "days": 3,
                }
            ],
        )
        self.assertEqual(self.lead.playbook_progress, 1 / 8)
        with self.assertRaisesRegex(UserError, "done already"):
            self.tick(self.lead, "Circle")
        self.steps["Offer"].by_hand = False
        with self.assertRaisesRegex(UserError, "by itself"):
            self.tick(self.lead, "Offer")
        action = mine.action_playbook_tick(self.steps["Dialogue"].id)
        self.assertEqual(action["res_model"], "sales.playbook.tick")
        with self.assertRaisesRegex(UserError, "no document"):
            mark.with_user(self.manager_a).action_open_proof()

    def test_late_by_working_days(self):
        """A weekend is no working day."""
        self.steps["Circle"].expected_days = 2
        for moment, late in (("2026-03-04 09:00:00", False), ("2026-03-05", True)):
            with freeze_time(moment):
                self.lead.invalidate_recordset()
                self.assertEqual(self.lead.playbook_board["steps"][0]["late"], late)

    def test_rights(self):
        """Own leads, the branch of a director, those one stands in for."""
        Mark = self.env["sales.playbook.mark"]
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")
        mark = self.lead.playbook_mark_ids
        seen = {
            user.login: mark in Mark.with_user(user).search([])
            for user in self.manager_a
            | self.manager_b
            | self.director
            | self.other_director
            | self.commercial
        }
        self.assertEqual(
            seen,
            {
                "manager_a": True,
                "manager_b": False,
                "director": True,
                "other_director": False,
                "commercial": True,
            },
        )
        with self.assertRaises(AccessError):
            Mark.with_user(self.plain).search([])
        for values in ({"note": "x"},):
            with self.assertRaisesRegex(AccessError, "stay done"):
                mark.with_user(self.manager_a).write(values)
        for operation in ("create", "unlink"):
            self.assertFalse(Mark.with_user(self.admin).has_access(operation))
        with self.assertRaises(AccessError):
            self.tick(self.lead, "Offer", self.manager_b)
        with self.assertRaises(AccessError):
            self.lead.with_user(self.manager_b).action_playbook_check(self.check.id)
        self.assertEqual(self.lead.with_user(self.director).name, "Lead A")
        with self.assertRaises(AccessError):
            self.lead.with_user(self.director).name = "Mine now"
        with self.assertRaises(AccessError):
            self.playbook.with_user(self.commercial).name = "Changed"
        self.playbook.with_user(self.admin).name = "Changed"
        # a salesperson outside of sales management works on as before
        seller = new_test_user(
            self.env, "seller", "sales_team.group_sale_salesman_all_leads"
        )
        lead = self.env["crm.lead"].with_user(seller).create({"name": "Plain"})
        self.assertTrue(lead.sudo().playbook_id)
        self.assertNotIn("playbook_id", lead.fields_get())

    def test_deputy(self):
        self.env["sales.substitution"].create(
            {
                "principal_id": self.manager_a.id,
                "deputy_id": self.manager_b.id,
                "company_id": self.company.id,
                "start_at": "2026-03-01 00:00:00",
                "stop_at": "2026-03-10 00:00:00",
            }
        ).action_appoint()
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle", self.manager_b)
        mark = self.lead.playbook_mark_ids
        self.assertEqual(mark.user_id, self.manager_b)
        self.assertEqual(mark.acting_for_id, self.manager_a)
        self.assertEqual(mark.manager_id, self.manager_a)
        self.assertIn(mark, mark.with_user(self.manager_b).search([]))
        self.say("call", user=self.manager_b)
        self.assertEqual(
            self.lead.playbook_mark_ids.mapped("acting_for_id"), self.manager_a
        )

    def test_merged(self):
        """Of a step done on both, the earlier mark stays."""
        twin = self.make_lead("Twin", self.manager_a, probability=1)
        for lead, moment in (
            (twin, "2026-03-03 09:00"),
            (self.lead, "2026-03-04 09:00"),
        ):
            lead.playbook_check_ids = self.check
            with freeze_time(moment):
                self.tick(lead, "Circle")
        with freeze_time("2026-03-05 09:00:00"):
            self.tick(twin, "Dialogue")
            offers = self.env["sales.offer"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "company_id": self.company.id,
                        "user_id": self.manager_a.id,
                        "lead_id": lead.id,
                    }
                    for lead in self.lead | twin
                ]
            )
            merged = (self.lead | twin).merge_opportunity()
            self.assertEqual(offers.lead_id, merged, "of the one that stays")
        self.assertEqual(self.done(merged), ["Circle", "Dialogue"])
        self.assertEqual(str(merged.playbook_mark_ids[-1].date), "2026-03-03")
        self.assertEqual(merged.playbook_step_id, self.steps["Offer"])
        self.assertEqual(len((self.lead | twin).exists()), 1)

    def test_what_was_done_stays(self):
        """A lead with steps or objections is not deleted; marked as lost it may be."""
        fresh = self.make_lead("Nothing done", self.manager_a)
        fresh.unlink()
        self.assertFalse(fresh.exists())
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")
        self.manager_a.group_ids |= self.env.ref("sales_team.group_sale_manager")
        for lead in (self.lead.with_user(self.manager_a), self.lead):
            with self.assertRaisesRegex(UserError, "lost"):
                lead.unlink()
        other = self.make_lead("Said no", self.manager_a, partner_id=False)
        for about in ({"lead_id": other.id}, {"partner_id": self.customer.id}):
            self.env["sales.objection.log"].with_user(self.manager_a).create(
                {**about, "objection_id": self.make_objection().id}
            ).action_log()
        with self.assertRaisesRegex(UserError, "Said no"):
            (other | self.make_lead("Fresh")).unlink()
        with self.assertRaisesRegex(UserError, "Archive"):
            self.customer.unlink()
        self.lead.action_set_lost()
        self.assertTrue(self.lead.playbook_mark_ids)

    def make_objection(self):
        return self.env["sales.objection"].create({"name": "Too dear"})

    def test_next_step_follows_from_marks(self):
        """No remote call, import or context gives a lead its next step."""
        step = self.steps["Order"]
        Lead = self.env["crm.lead"].with_user(self.manager_a)
        mine = self.lead.with_user(self.manager_a)
        for values in ({"playbook_step_id": step.id}, {"playbook_step_id": False}):
            for user in (self.manager_a, self.admin):
                with self.assertRaisesRegex(AccessError, "next step"):
                    self.lead.with_user(user).write(values)
        values = {"name": "Sly", "user_id": self.manager_a.id, "team_id": False}
        with self.assertRaisesRegex(AccessError, "next step"):
            Lead.create({**values, "playbook_step_id": step.id})
        sly = Lead.with_context(default_playbook_step_id=step.id).create(values)
        self.assertEqual(sly.playbook_step_id, self.steps["Circle"])
        names = ["name", "user_id/.id", "playbook_id/.id"]
        row = ["Imported", str(self.manager_a.id), str(self.playbook.id)]
        result = Lead.load(names, [row])
        self.assertFalse(result["messages"])
        self.assertEqual(
            Lead.browse(result["ids"]).playbook_step_id, self.steps["Circle"]
        )
        result = Lead.load([*names, "playbook_step_id/.id"], [[*row, str(step.id)]])
        self.assertIn("next step", result["messages"][0]["message"])
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")
        self.assertEqual(mine.copy().playbook_step_id, self.steps["Circle"])
        # the playbook itself is chosen, of the company of the lead
        short = self.make_playbook("Short", [("Only", "hand", None)])
        mine.playbook_id = short
        self.assertEqual(mine.playbook_step_id, short.step_ids)
        other = self.env["res.company"].create({"name": "Other company"})
        short.company_id = other
        with self.assertRaisesRegex(ValidationError, "another one"):
            (mine.copy()).playbook_id = short

    def test_views(self):
        for model, kinds in (
            ("sales.playbook", ("list", "form", "search")),
            ("sales.playbook.mark", ("list", "search")),
            ("sales.objection", ("list", "form", "search")),
            ("sales.objection.use", ("list", "pivot", "graph", "search")),
            ("sales.prospect", ("list", "kanban", "search")),
            ("sales.prospect.list", ("list", "form", "search")),
            ("sales.funnel.report", ("list", "pivot", "graph", "search")),
            ("sales.playbook.tick", ("form",)),
            ("sales.objection.log", ("form",)),
            ("crm.lead", ("list", "form", "search")),
        ):
            for user in (self.manager_a, self.admin):
                self.env[model].with_user(user).get_views([(False, k) for k in kinds])

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other company"})
        self.playbook.company_id = False
        lead = self.make_lead(
            "Theirs", company_id=other.id, partner_id=self.customer.id
        )
        self.assertEqual(lead.playbook_id, self.playbook)
        for one in self.lead | lead:
            one.playbook_check_ids = [Command.link(self.check.id)]
        self.tick(self.lead, "Circle")
        self.tick(lead, "Circle", self.env.user)
        self.say("call")
        self.assertIn("Dialogue", self.done(self.lead))
        self.assertEqual(self.done(lead), ["Circle"])
        self.assertEqual(lead.playbook_mark_ids.company_id, other)
        self.assertNotIn(
            lead.playbook_mark_ids,
            self.env["sales.playbook.mark"].with_user(self.commercial).search([]),
        )
