from .test_days import DaysCommon


class TestEffectiveReport(DaysCommon):
    """Plan against fact: the effective target beside the agreed one, live."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["sales.plan.report"]
        cls.plan = cls.approve(
            cls.make_plan(
                total=1000.01,
                lines=[(cls.linen, 333.33), (cls.cotton, 100.05), (cls.tools, 0.03)],
            )
        )
        cls.other_plan = cls.approve(
            cls.make_plan(cls.manager_b, None, [(cls.linen, 33.33), (cls.tools, 66.67)])
        )
        resource = cls.resource_of(cls.manager_b)
        cls.leave = cls.absent("2026-03-09T00:00", "2026-03-13T23:59:59")
        cls.absent("2026-03-16T00:00", "2026-03-18T23:59:59", resource)
        cls.domain = [("period_id", "=", cls.march.id), ("kind", "=", "plan")]

    def sums(self, domain=None, groupby=("plan_id",), user=None):
        groups = self.Report.with_user(user or self.commercial)._read_group(
            self.domain if domain is None else domain,
            groupby,
            ["plan_amount:sum", "effective_amount:sum", "difference:sum"],
        )
        return {row[0]: row[1:] for row in groups}

    def check(self, found, plans):
        """The figures are those of the plans' own forms, to the cent."""
        self.env.invalidate_all()
        self.assertEqual(set(found), set(plans))
        for plan in plans:
            agreed, effective, __ = found[plan]
            self.assertAlmostEqual(agreed, plan.target_amount, places=9)
            self.assertAlmostEqual(effective, plan.effective_target, places=9)

    def test_as_on_the_form(self):
        self.check(self.sums(), self.plan | self.other_plan)
        self.assertEqual(self.plan.effective_target, 772.74, "1000.01 × 17 / 22")

    def test_every_row_is_whole_cents(self):
        rows = self.Report.with_user(self.commercial).search(self.domain)
        self.assertEqual(len(rows), 6)
        for row in rows:
            self.assertAlmostEqual(row.effective_amount, round(row.effective_amount, 2))
            self.assertLessEqual(abs(row.effective_amount), row.plan_amount)
        total = sum(rows.mapped("effective_amount"))
        targets = (self.plan | self.other_plan).mapped("effective_target")
        self.assertAlmostEqual(total, sum(targets), places=9)

    def test_half_a_cent(self):
        """A share is a fraction cut off: 3 days of 22 of 11 cents are 1.5 cents."""
        april = self.month("2026-04-01")
        plan = self.approve(self.make_plan(total=0.11, period=april))
        self.absent("2026-04-01T00:00", "2026-04-27T23:59:59")
        self.assertEqual(self.days_of(plan), (22, 3))
        found = self.sums([("plan_id", "=", plan.id)])
        self.check(found, plan)
        self.assertAlmostEqual(found[plan][1], 0.02)

    def test_follows_at_once(self):
        self.leave.unlink()
        self.check(self.sums(), self.plan | self.other_plan)
        self.assertAlmostEqual(self.sums()[self.plan][1], 1000.01)
        self.absent("2026-03-01T00:00", "2026-03-31T23:59:59")
        self.check(self.sums(), self.plan | self.other_plan)
        self.assertEqual(self.sums()[self.plan][1], 0)

    def test_the_difference_is_by_what_counts(self):
        self.make_fact(self.manager_a, "2026-03-02", 500, self.linen)
        domain = [("plan_id", "=", self.plan.id)]
        self.assertAlmostEqual(self.sums(domain)[self.plan][2], 500 - 1000.01)
        self.company.sales_manager_kpi_target_policy = "effective"
        self.assertAlmostEqual(self.sums(domain)[self.plan][2], 500 - 772.74)
        self.env.invalidate_all()
        fulfilment = 500 / (500 - self.sums(domain)[self.plan][2])
        self.assertAlmostEqual(self.plan.fulfilment, fulfilment)

    def test_each_company_has_its_policy(self):
        self.company.sales_manager_kpi_target_policy = "effective"
        other = self.env["res.company"].create({"name": "Counts agreed targets"})
        self.commercial.company_ids |= other
        user = self.make_user("elsewhere", "sales_manager_kpi.group_manager", other)
        self.env["sales.branch"].create(
            {
                "code": "ELS",
                "name": "Elsewhere",
                "company_id": other.id,
                "tz": "Europe/Amsterdam",
                "resource_calendar_id": other.resource_calendar_id.id,
                "member_ids": [
                    (0, 0, {"user_id": user.id, "date_from": "2026-03-17"}),
                ],
            }
        )
        plan = self.make_plan(
            user,
            2200,
            period=self.month("2026-03-01", other),
            company_id=other.id,
            state="draft",
        )
        self.submit(plan)
        reader = self.commercial.with_context(
            allowed_company_ids=(self.company | other).ids
        )
        plan.with_user(reader).with_context(reader.env.context).action_approve()
        Report = self.Report.with_user(reader).with_context(reader.env.context)
        rows = Report._read_group(
            [("date", "=", "2026-03-01")],
            ["company_id"],
            ["plan_amount:sum", "effective_amount:sum", "difference:sum"],
        )
        found = {company: figures for company, *figures in rows}
        self.assertEqual(found[other], [2200, 1100, -2200])
        agreed, effective, difference = found[self.company]
        self.assertAlmostEqual(difference, -effective)
        self.assertGreater(agreed, effective)

    def test_whatever_is_asked(self):
        """Asking for less must not change what is found."""
        both = self.sums()
        for domain in (
            [("plan_id", "=", self.plan.id)],
            [("user_id", "=", self.manager_a.id)],
            [("user_id.name", "=", self.manager_a.name), ("kind", "!=", "fact")],
            [("branch_id.director_id", "=", self.director.id)],
            [("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")],
            [("date.month_number", "=", 3)],
            ["|", ("user_id", "=", self.manager_a.id), ("kind", "=", "fact")],
            [("id", "in", [-line.id for line in self.plan.line_ids])],
            [],
        ):
            found = self.sums(domain)
            self.assertIn(self.plan, found, domain)
            self.assertEqual(found[self.plan], both[self.plan], domain)
        self.assertFalse(self.sums([("kind", "=", "fact")]))

    def test_a_client_cannot_leave_plans_out(self):
        Report = self.Report.with_context(report_plans=[("id", "=", 0)])
        [group] = Report.with_user(self.commercial).formatted_read_group(
            [("plan_id", "=", self.plan.id)], ["plan_id"], ["effective_amount:sum"]
        )
        self.assertAlmostEqual(group["effective_amount:sum"], 772.74)

    def test_each_reader_sees_the_same_figures(self):
        for user, plans in (
            (self.manager_a, self.plan),
            (self.manager_b, self.other_plan),
            (self.director, self.plan),
            (self.other_director, self.other_plan),
            (self.commercial, self.plan | self.other_plan),
            (self.admin, self.plan | self.other_plan),
        ):
            self.check(self.sums(user=user), plans.with_user(user))

    def test_who_moved(self):
        member = self.branch.member_ids.filtered(
            lambda row: row.user_id == self.manager_a
        )
        member.date_to = "2026-03-15"
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.other_branch.id,
                "user_id": self.manager_a.id,
                "date_from": "2026-03-16",
            }
        )
        plans = self.env["sales.plan"].search(
            [
                ("user_id", "=", self.manager_a.id),
                ("state", "in", ("approved", "running")),
            ]
        )
        self.assertEqual(len(plans), 2)
        for user, branch in (
            (self.director, self.branch),
            (self.other_director, self.other_branch),
        ):
            own = plans.filtered(lambda plan, branch=branch: plan.branch_id == branch)
            domain = [("user_id", "=", self.manager_a.id), *self.domain]
            self.check(self.sums(domain, user=user), own.with_user(user))

    def test_screens(self):
        Report = self.Report.with_user(self.commercial)
        result = Report.web_search_read(
            self.domain, {"effective_amount": {}, "plan_id": {}}
        )
        total = sum(record["effective_amount"] for record in result["records"])
        sets = Report.formatted_read_grouping_sets(
            self.domain, [["branch_id", "user_id"], []], ["effective_amount:sum"]
        )
        self.assertAlmostEqual(sets[1][0]["effective_amount:sum"], total)
        parts = [group["effective_amount:sum"] for group in sets[0]]
        self.assertEqual(len(parts), 2)
        self.assertAlmostEqual(sum(parts), total)

    def test_queries_do_not_depend_on_plans(self):
        counts = []
        domain = [("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")]
        for _turn in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(self.sums(domain))
            counts.append(self.cr.sql_log_count - before)
            for number in range(3):
                user = self.make_user(
                    f"more_{len(counts)}_{number}", "sales_manager_kpi.group_manager"
                )
                self.branch.member_ids = [
                    (0, 0, {"user_id": user.id, "date_from": "2020-01-01"})
                ]
                self.resource_of(user)
                self.approve(self.make_plan(user))
        # a cache may be cold once; a query per plan would be three more
        self.assertLess(counts[2] - counts[1], 3)
