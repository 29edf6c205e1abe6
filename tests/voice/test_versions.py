from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError

from .common import VoiceCommon


class TestVersions(VoiceCommon):
    """A reader reads the versions that were shown to them, and no others."""

    def join(self, user, branch=None, day="2020-01-01"):
        return self.env["sales.branch.member"].create(
            {
                "branch_id": (branch or self.branch).id,
                "user_id": user.id,
                "date_from": day,
            }
        )

    def versions(self, user, decision):
        self.env.invalidate_all()
        rows = self.env["sales.draft.decision.version"].with_user(user)
        return rows.search([("decision_id", "=", decision.id)]).mapped("version")

    def test_only_what_was_shown(self):
        """C reads the first, B the second, A both; the author reads all."""
        decision = self.write_decision(self.commercial)
        decision.action_revise()
        self.assertEqual(self.versions(self.manager_c, decision), [1])
        self.env["sales.branch.member"].search(
            [("user_id", "in", (self.manager_b | self.manager_c).ids)]
        ).unlink()
        self.join(self.manager_b)
        decision.body = "<p>We open at nine.</p>"
        decision.action_open()
        for user, numbers, now in (
            (self.manager_a, [2, 1], True),
            (self.manager_b, [2], True),
            (self.manager_c, [1], False),
            (self.commercial, [2, 1], True),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.versions(user, decision), numbers)
                row = decision.with_user(user)
                self.assertEqual(row.has_access("read"), now)
                self.assertEqual(bool(row.search([("id", "=", row.id)])), now)
        with self.assertRaises(AccessError):
            decision.with_user(self.manager_c).read(["body"])
        first = decision.version_ids[-1].with_user(self.manager_c)
        self.assertIn("eight", first.body)
        # what they did not sign in time does not break their day
        late = decision.sudo().addressee_ids.filtered(
            lambda row: row.version == 1 and row.user_id == self.manager_c
        )
        late.is_void = False
        self.env.invalidate_all()
        day = self.env["sales.my.day"].with_user(self.manager_c).get_data()
        self.assertNotIn("Opening hours", str(day))
        day = self.env["sales.my.day"].with_user(self.manager_a).get_data()
        self.assertIn("Opening hours", str(day))

    def test_screen(self):
        """Whoever was asked opens the text, also where another one came after it."""
        decision = self.write_decision()
        decision.action_revise()
        action = self.env.ref("sales_manager_kpi.sales_draft_decision_version_action")
        for user in (self.manager_a, self.director):
            rows = self.env[action.res_model].with_user(user)
            views = rows.get_views([(False, k) for k in ("list", "form", "search")])
            names = views["models"][action.res_model]["fields"]
            row = rows.search([("decision_id", "=", decision.id)])
            [read] = row.read([*names])
            self.assertEqual(read["title"], "Opening hours")

    def test_withdrawn_unseen(self):
        """A text that was never shown is read by nobody when it is withdrawn."""
        decision = self.write_decision()
        decision.action_revise()
        decision.body = "<p>Half a thought.</p>"
        self.answer(self.director, "withdraw", "No", draft_decision_id=decision)
        self.env.invalidate_all()
        self.assertFalse(decision.with_user(self.manager_a).has_access("read"))
        self.assertEqual(self.versions(self.manager_a, decision), [1])

    def test_who_joins_later(self):
        """As many days as those of the first day had; nobody is late at once."""
        with freeze_time("2026-03-02 09:00:00"):
            decision = self.write_decision(
                comment_until=datetime(2026, 3, 5).date(),
            )
        before = self.make_user("before", "sales_manager_kpi.group_manager")
        after = self.make_user("after", "sales_manager_kpi.group_manager")
        Decision = self.env["sales.draft.decision"]
        with freeze_time("2026-03-04 01:00:00"):
            self.join(before)
            Decision._cron_address()
        with freeze_time("2026-03-20 01:00:00"):
            self.join(after)
            Decision._cron_address()
        rows = decision.sudo().addressee_ids
        due = {row.user_id: row.due_on.isoformat() for row in rows}
        self.assertEqual(
            due,
            {
                self.manager_a: "2026-03-05",
                self.manager_c: "2026-03-05",
                before: "2026-03-07",
                after: "2026-03-23",
            },
        )
        todo = decision.sudo().activity_ids.filtered(lambda one: one.user_id == after)
        self.assertEqual(todo.date_deadline.isoformat(), "2026-03-23")
        with freeze_time("2026-03-22 09:00:00"):
            self.answer(after, "sign", draft_decision_id=decision)
            mine = rows.filtered(lambda row: row.user_id == after)
            self.assertTrue(mine.is_in_time)

    def test_one_day_at_least(self):
        with freeze_time("2026-03-02 09:00:00"):
            decision = self.write_decision(comment_until=datetime(2026, 3, 2).date())
        late = self.make_user("late", "sales_manager_kpi.group_manager")
        with freeze_time("2026-03-09 22:30:00"):  # the 9th, in Amsterdam
            self.join(late)
            self.env["sales.draft.decision"]._cron_address()
        row = decision.sudo().addressee_ids.filtered(lambda one: one.user_id == late)
        self.assertEqual(row.due_on - timedelta(days=1), datetime(2026, 3, 9).date())
