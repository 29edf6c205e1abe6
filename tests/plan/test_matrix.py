from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import SQL

from .common import PlanCommon

MANY = 200


@freeze_time("2026-03-10 12:00:00")
class TestPlanMatrix(PlanCommon):
    def data(self, user=None, **kwargs):
        Matrix = self.env["sales.plan.matrix"]
        return self.rpc(user or self.commercial, Matrix, "get_data", **kwargs)

    def rpc(self, user, records, method, *args, **kwargs):
        if records._name != "sales.plan.matrix":
            return super().rpc(user, records, method, *args, **kwargs)
        self.env.flush_all()
        return getattr(records.with_user(user), method)(*args, **kwargs)

    def kinds(self, data, user):
        [row] = [row for row in data["rows"] if row["user_id"] == user.id]
        months = [month["date"][:7] for month in data["months"]]
        return dict(zip(months, (cell["kind"] for cell in row["cells"]), strict=True))

    def test_states_and_targets(self):
        plan = self.approve(self.make_plan(total=700))
        self.act(plan, self.manager_a).revise("More")
        self.submit(self.make_plan(period=self.month("2026-04-01")))
        data = self.data()
        kinds = self.kinds(data, self.manager_a)
        self.assertEqual(list(kinds)[0], "2026-01")
        self.assertEqual(len(kinds), 12)
        self.assertEqual(
            [kinds[f"2026-0{month}"] for month in range(2, 7)],
            ["late", "running", "submitted", "future", "future"],
        )
        [row] = [row for row in data["rows"] if row["user_id"] == self.manager_a.id]
        self.assertEqual(
            row["cells"][2], {"kind": "running", "target": 700, "revised": True}
        )
        march = data["months"][2]
        self.assertTrue(march["is_current"])
        self.assertEqual(march["missing"], len(data["rows"]) - 1)

    def test_before_joining_and_after_leaving_nothing_is_missing(self):
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.write({"date_from": "2026-02-15", "date_to": "2026-05-10"})
        kinds = self.kinds(self.data(), self.manager_a)
        away = {month for month, kind in kinds.items() if kind == "away"}
        self.assertEqual(away, kinds.keys() - {f"2026-0{m}" for m in range(2, 6)})

    def test_archived(self):
        self.manager_b.active = False
        kinds = self.kinds(self.data(), self.manager_b)
        self.assertEqual(kinds["2026-02"], "late")
        self.assertEqual((kinds["2026-03"], kinds["2026-07"]), ("away", "away"))

    def test_deadline(self):
        with freeze_time("2026-03-25 12:00:00"):
            kinds = self.kinds(self.data(), self.manager_a)
            self.assertEqual(kinds["2026-04"], "none")
        with freeze_time("2026-03-26 12:00:00"):
            kinds = self.kinds(self.data(), self.manager_a)
            self.assertEqual((kinds["2026-04"], kinds["2026-05"]), ("late", "none"))
            self.company.sales_manager_kpi_plan_due_day = 0
            kinds = self.kinds(self.data(), self.manager_a)
            self.assertEqual(kinds["2026-04"], "none")
        self.company.sales_manager_kpi_plan_due_day = 31
        due = self.company._plan_due_date(self.march.date_from)
        self.assertEqual(str(due), "2026-02-28")

    def test_who_sees_whom(self):
        self.make_plan(self.manager_b)
        for user, seen in (
            (self.manager_a, self.manager_a),
            (self.director, self.manager_a),
            (self.other_director, self.manager_b),
            (self.commercial, self.manager_a | self.manager_b),
        ):
            data = self.data(user)
            self.assertEqual({row["user_id"] for row in data["rows"]}, set(seen.ids))
        for user in (self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                self.data(user)

    def test_the_scope_is_that_of_the_record_rules(self):
        self.approve(self.make_plan() + self.make_plan(self.manager_b))
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.date_to = "2026-03-31"
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": "2026-04-01"})
        ]
        self.make_plan(period=self.month("2026-04-01"))
        for user in (
            self.manager_a,
            self.director,
            self.other_director,
            self.commercial,
            self.admin,
        ):
            plans = self.env["sales.plan"].with_user(user).search([])
            seen = {(plan.user_id.id, str(plan.date_from)) for plan in plans}
            data = self.data(user)
            shown = {
                (row["user_id"], month["date"])
                for row in data["rows"]
                for month, cell in zip(data["months"], row["cells"], strict=True)
                if "target" in cell
            }
            self.assertEqual(shown, seen, user.login)

    def test_by_branch(self):
        data = self.data(branch_id=self.branch.id)
        self.assertEqual([row["user_id"] for row in data["rows"]], self.manager_a.ids)
        names = [branch["name"] for branch in data["branches"]]
        self.assertEqual(names, ["Hamburg", "Utrecht"])
        # asking for what one does not direct shows nothing of it
        data = self.data(self.director, branch_id=self.other_branch.id)
        self.assertFalse(data["rows"])

    def test_other_months(self):
        data = self.data(first="2025-11-20")
        self.assertEqual(data["first"], "2025-11-01")
        self.assertEqual((data["previous"], data["next"]), ("2025-05-01", "2026-05-01"))
        with self.refused("last or the next ten years"):
            self.data(first="1999-01-01")
        self.assertEqual(self.data(first="nonsense")["first"], "2026-01-01")

    def test_opening_a_cell(self):
        plan = self.make_plan()
        Matrix = self.env["sales.plan.matrix"]
        action = self.rpc(
            self.director, Matrix, "action_open", self.manager_a.id, "2026-03-01"
        )
        self.assertEqual(action["res_id"], plan.id)
        action = self.rpc(
            self.director, Matrix, "action_open", self.manager_a.id, "2026-04-01"
        )
        april = self.month("2026-04-01")
        self.assertEqual(
            action["context"],
            {"default_user_id": self.manager_a.id, "default_period_id": april.id},
        )
        self.assertFalse(self.env["sales.plan"].search([("period_id", "=", april.id)]))

    def test_few_queries_for_many(self):
        group = self.env.ref("sales_manager_kpi.group_manager")
        users = self.env["res.users"].create(
            [
                {
                    "name": f"Many {i}",
                    "login": f"many_{i}",
                    "group_ids": [Command.set(group.ids)],
                }
                for i in range(MANY)
            ]
        )
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in users
        ]
        self.data()  # makes nothing, but warms what every screen needs
        periods = self.env["sales.period"].union(
            *(self.month(f"2026-{month:02}-01") for month in range(1, 13))
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO sales_plan (
                    user_id, period_id, company_id, currency_id, branch_id, date_from,
                    day_from, day_to, basis, state, version, target_amount
                )
                SELECT users.id, period.id, period.company_id, %s, %s,
                       period.date_from, period.date_from, period.date_to,
                       'invoice', 'approved', 1, 100
                  FROM unnest(%s) AS users(id), sales_period AS period
                 WHERE period.id = ANY(%s)
             RETURNING id
                """,
                self.company.currency_id.id,
                self.branch.id,
                users.ids,
                periods.ids,
            )
        )
        for user in (self.commercial, self.director):
            Matrix = self.env["sales.plan.matrix"].with_user(user)
            Matrix = Matrix.with_context(allowed_company_ids=self.company.ids)
            Matrix.get_data()  # the server knows the user's groups by now
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            data = Matrix.get_data()
            self.assertLessEqual(self.cr.sql_log_count - before, 5)
            self.assertGreaterEqual(len(data["rows"]), MANY)
            approved = [
                cell
                for row in data["rows"]
                for cell in row["cells"]
                if cell["kind"] == "approved"
            ]
            self.assertEqual(len(approved), MANY * 12)


class TestDeadline(PlanCommon):
    """One reminder per person, gone when the plan is handed in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.april = cls.month("2026-04-01")
        # the branch plans of the world have two managers
        cls.everybody = cls.manager_a | cls.manager_b

    def remind(self, moment, times=1):
        with freeze_time(moment):
            for __ in range(times):
                self.env["sales.period"]._cron_remind()

    def reminded(self, name="due", period=None):
        kind = self.env.ref(f"sales_manager_kpi.mail_activity_type_plan_{name}")
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", kind.id),
                ("res_model", "=", "sales.period"),
                ("res_id", "=", (period or self.april).id),
            ]
        )

    def test_reminded_once(self):
        self.remind("2026-03-19 12:00:00")
        self.assertFalse(self.reminded())
        self.remind("2026-03-20 12:00:00", times=2)
        self.remind("2026-03-27 12:00:00")
        activities = self.reminded()
        self.assertEqual(activities.user_id, self.everybody)
        self.assertEqual(len(activities), 2)
        self.assertEqual({str(a.date_deadline) for a in activities}, {"2026-03-25"})
        [activity] = activities.filtered(lambda a: a.user_id == self.manager_a)
        self.assertEqual(
            activity.with_user(self.manager_a).summary, "Submit your plan · April 2026"
        )

    def test_handing_in_ends_it(self):
        self.remind("2026-03-20 12:00:00")
        with freeze_time("2026-03-21 12:00:00"):
            plan = self.make_plan(period=self.april)
            self.remind("2026-03-21 12:00:00")
            self.assertEqual(self.reminded().user_id, self.everybody)
            self.submit(plan)
        self.assertEqual(self.reminded().user_id, self.manager_b)
        self.remind("2026-03-22 12:00:00")
        self.assertEqual(self.reminded().user_id, self.manager_b)

    def test_who_left_is_not_reminded(self):
        self.remind("2026-03-20 12:00:00")
        member = self.branch.member_ids.filtered(lambda m: m.user_id == self.manager_a)
        member.date_to = "2026-03-31"
        self.manager_b.active = False
        self.remind("2026-03-21 12:00:00")
        self.assertFalse(self.reminded())

    def test_over_when_the_month_is(self):
        self.remind("2026-04-10 12:00:00")
        self.assertEqual(self.reminded().user_id, self.everybody)
        self.remind("2026-05-02 12:00:00")
        self.env["sales.period"]._for_date(self.company, self.april.date_from)._remind(
            self.april.date_to.replace(month=5)
        )
        self.assertFalse(self.reminded())

    def test_directors_hear_of_what_waits(self):
        with freeze_time("2026-03-21 12:00:00"):
            plan = self.submit(self.make_plan(period=self.april))
        self.remind("2026-03-24 12:00:00")
        self.assertFalse(self.reminded("waiting"))
        self.remind("2026-03-25 12:00:00", times=2)
        activity = self.reminded("waiting")
        self.assertEqual(activity.user_id, self.director)
        self.assertIn(self.manager_a.name, activity.note)
        with freeze_time("2026-03-26 12:00:00"):
            plan.with_user(self.director).action_approve()
        self.remind("2026-03-26 12:00:00")
        self.assertFalse(self.reminded("waiting"))

    def test_no_deadline_no_reminder(self):
        self.company.sales_manager_kpi_plan_due_day = 0
        self.remind("2026-03-27 12:00:00")
        self.assertFalse(self.reminded())

    def test_from_the_reminder_to_the_plan(self):
        self.remind("2026-03-20 12:00:00")
        [activity] = self.reminded().filtered(lambda a: a.user_id == self.manager_a)
        period = self.env["sales.period"].browse(activity.res_id)
        with freeze_time("2026-03-20 12:00:00"):
            action = self.rpc(self.manager_a, period, "action_open_my_plan")
            self.assertEqual(action["context"]["default_period_id"], period.id)
            self.rpc(self.manager_a, activity, "action_feedback")
        self.assertFalse(activity.exists().active)
