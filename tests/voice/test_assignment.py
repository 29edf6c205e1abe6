from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .common import VoiceCommon


class TestAssignment(VoiceCommon):
    def task(self, assignment, user=None):
        return assignment.sudo().activity_ids.filtered(
            lambda one: one.user_id == (user or self.manager_a)
        )

    def test_given_reported_accepted(self):
        row = self.give()
        self.assertTrue(row.name.startswith("AS/"))
        self.assertEqual(row.branch_id, self.branch)
        self.assertGreater(row.deadline, self.today)
        self.assertEqual(self.task(row).date_deadline, row.deadline)
        row.deadline += timedelta(days=1)
        self.assertEqual(self.task(row).date_deadline, row.deadline)
        with self.assertRaises(AccessError):  # not to be written by the assignee
            row.with_user(self.manager_a).deadline += timedelta(days=9)
        with self.assertRaises(UserError):  # no result
            self.answer(self.manager_a, "report", " ", assignment_id=row)
        for user in (self.director, self.commercial):
            with self.assertRaises(AccessError):
                self.answer(user, "report", "Done", assignment_id=row)
        self.answer(self.manager_a, "report", "Twelve called", assignment_id=row)
        self.assertEqual(
            (row.state, row.result, row.reported_on, row.is_in_time),
            ("done", "Twelve called", self.today, True),
        )
        self.assertFalse(self.task(row))
        self.assertTrue(self.task(row, self.director))
        with self.assertRaises(AccessError):
            self.answer(self.manager_a, "approve", "", assignment_id=row)
        self.answer(self.director, "return", "And the others?", assignment_id=row)
        self.assertEqual((row.state, row.is_in_time), ("returned", False))
        self.assertTrue(self.task(row))
        self.answer(self.manager_a, "report", "All thirty", assignment_id=row)
        self.answer(self.director, "approve", "", assignment_id=row)
        self.assertEqual((row.state, row.judged_by_id), ("accepted", self.director))
        self.assertFalse(row.sudo().activity_ids)
        self.assertEqual(
            row.step_ids.mapped("step"),
            ["give", "report", "returned", "report", "accepted"],
        )
        with self.assertRaises(UserError):
            row.subject = "Something else"
        with self.assertRaises(UserError):
            row.unlink()

    def test_activity_of_something_else(self):
        """A task on a draft decision reports no assignment that has its number."""
        decision = self.write_decision()
        row = self.give()
        self.env.cr.execute(
            "UPDATE mail_activity SET res_id = %s WHERE id IN %s",
            (row.id, tuple(decision.sudo().activity_ids.ids)),
        )
        self.env.invalidate_all()
        kind = self.env.ref("sales_manager_kpi.mail_activity_type_assignment")
        stray = self.env["mail.activity"].search(
            [("res_model", "=", decision._name), ("user_id", "=", self.manager_a.id)]
        )
        stray.activity_type_id = kind
        stray.with_user(self.manager_a)._close_assignments("Read it")
        self.assertEqual(row.state, "open")

    def test_activity_closes_it(self):
        """Both ways: a report closes the activity, closing it reports."""
        row = self.give()
        activity = self.task(row).with_user(self.manager_a)
        with self.assertRaises(UserError):  # without a result
            activity.action_done()
        self.assertEqual(row.state, "open")
        activity.action_feedback("Twelve called")
        self.assertEqual((row.state, row.result), ("done", "Twelve called"))
        self.assertFalse(self.task(row))
        self.assertTrue(self.task(row, self.director))
        other = self.give(user=self.manager_c)
        with self.assertRaises(AccessError):
            self.task(other, self.manager_c).with_user(self.director).action_feedback(
                "I did it"
            )
        self.assertEqual(other.state, "open")

    def test_only_those_one_directs(self):
        with self.assertRaises(AccessError):
            self.give(user=self.manager_b)
        with self.assertRaises(AccessError):
            self.give(self.director, self.director)
        with self.assertRaises(AccessError):
            self.give(self.manager_a, self.manager_c)
        self.give(self.commercial, self.manager_b)
        self.give(self.commercial, self.director)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user("stranger", "sales_manager_kpi.group_manager", other)
        with self.assertRaises(UserError):
            self.give(self.commercial, stranger)
        for values in ({"state": "accepted"}, {"result": "x"}, {"head_id": 1}):
            with self.assertRaises(AccessError):
                self.give(**values)
        row = self.give()
        with self.assertRaises(UserError):
            row.user_id = self.manager_c
        with self.assertRaises(AccessError):
            row.with_user(self.admin).state = "accepted"

    def test_given_while_standing_in(self):
        """Who gave it for a director is its head as long as they stand in."""
        self.manager_c.group_ids += self.env.ref(
            "sales_manager_kpi.group_branch_director"
        )
        stands_in = self.appoint(
            self.director, self.manager_c, self.commercial, scope_direction=True
        )
        row = self.give(head=self.manager_c)
        self.assertEqual(row.acting_for_id, self.director)
        self.assertTrue(row._may_head(self.manager_c))
        stands_in.with_user(self.commercial).action_revoke()
        self.env.invalidate_all()
        self.assertFalse(row._may_head(self.manager_c))
        self.assertTrue(row._may_head(self.director))

    def test_deputy_reports(self):
        """A deputy sees it and reports for the principal; accepts nothing of theirs."""
        self.manager_c.group_ids += self.env.ref(
            "sales_manager_kpi.group_branch_director"
        )
        row = self.give()
        self.assertFalse(row.with_user(self.manager_b).has_access("read"))
        self.appoint(self.manager_a, self.manager_c, self.director)
        theirs = row.with_user(self.manager_c)
        self.assertTrue(theirs.has_access("read"))
        self.assertTrue(theirs.can_report)
        self.answer(self.manager_c, "report", "Ten called", assignment_id=row)
        step = row.step_ids[-1]
        self.assertEqual(
            (step.user_id, step.acting_for_id), (self.manager_c, self.manager_a)
        )
        self.assertFalse(self.task(row))
        self.branch.director_id = self.manager_c
        with self.assertRaises(AccessError):
            self.answer(self.manager_c, "approve", "", assignment_id=row)

    def test_several_at_once(self):
        wizard = (
            self.env["sales.assignment.give"]
            .with_user(self.director)
            .create(
                {
                    "subject": "Count the samples",
                    "user_ids": (self.manager_a | self.manager_c).ids,
                    "document": f"res.partner,{self.customer.id}",
                }
            )
        )
        rows = self.env["sales.assignment"].search(wizard.action_give()["domain"])
        self.assertEqual(rows.user_id, self.manager_a | self.manager_c)
        self.assertEqual(self.customer.sales_assignment_count, 2)
        wizard.user_ids += self.manager_b
        with self.assertRaises(AccessError):
            wizard.action_give()
        wizard.user_ids = False
        with self.assertRaises(UserError):
            wizard.action_give()
        with self.assertRaises(AccessError):
            self.env["sales.assignment.give"].with_user(self.manager_a).create(
                {"subject": "x"}
            )

    def test_about_what_the_assignee_can_open(self):
        lead = self.env["crm.lead"].create(
            {"name": "A hotel", "user_id": self.manager_c.id}
        )
        with self.assertRaises(UserError):
            self.give(self.commercial, document=f"crm.lead,{lead.id}")
        row = self.give(self.commercial, self.manager_c, document=f"crm.lead,{lead.id}")
        self.assertEqual(row.document, lead)
        self.assertEqual(lead.sales_assignment_count, 1)

    def test_overdue(self):
        row = self.give(deadline=self.today - timedelta(days=1))
        self.assertTrue(row.is_overdue)
        self.assertIn(
            row, self.env["sales.assignment"].search([("is_overdue", "=", True)])
        )
        for _twice in range(2):
            self.env["sales.assignment"]._cron_overdue()
        self.assertEqual(len(self.task(row, self.director)), 1)
        self.answer(self.manager_a, "report", "Late, but done", assignment_id=row)
        self.assertFalse(row.is_in_time)
        self.assertEqual(len(self.task(row, self.director)), 1)

    def test_withdraw(self):
        row = self.give()
        with self.assertRaises(AccessError):
            self.answer(self.manager_a, "withdraw", "No", assignment_id=row)
        with self.assertRaises(UserError):
            self.answer(self.director, "withdraw", "", assignment_id=row)
        self.answer(self.director, "withdraw", "Not needed", assignment_id=row)
        self.assertEqual(row.state, "withdrawn")
        self.assertFalse(row.sudo().activity_ids)

    def test_who_reads(self):
        row = self.give()
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.assertTrue(row.with_user(user).has_access("read"), user.login)
        for user in (
            *(self.manager_b, self.manager_c, self.other_director),
            *(self.supervisor, self.payer, self.plain),
        ):
            self.assertFalse(row.with_user(user).has_access("read"), user.login)

    def test_no_more_queries_for_more(self):
        rows = self.give()
        few = self.queries(rows)
        for _more in range(9):
            rows |= self.give()
        self.assertLessEqual(self.queries(rows), few + 2)

    def queries(self, rows):
        rows = rows.with_user(self.director)
        fields = ["name", "is_overdue", "can_judge", "can_report", "is_acted_for"]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows.read(fields)
        return self.env.cr.sql_log_count - before
