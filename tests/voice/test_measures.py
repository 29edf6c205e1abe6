from datetime import timedelta

from .common import VoiceCommon

CODES = ("proposals_accepted", "assignments_in_time", "decisions_read_in_time")


class TestVoiceMeasures(VoiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.manager_a | cls.manager_b | cls.manager_c
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")
            for code in CODES
        }

    def measure(self, code):
        """Figures by user; each found again in its evidence, whoever asks."""
        criterion = self.criteria[code]
        measured = criterion._measure(self.period, self.users)
        evidences = criterion._evidences(self.period, self.users)
        for user in self.users:
            model, domain = evidences[user.id]["numerator"]
            records = self.env[model].search(domain)
            self.assertEqual(criterion._numerator(records), measured[user.id][0], code)
            self.assertEqual(len(records), measured[user.id][3], code)
            if "denominator" in evidences[user.id]:
                model, domain = evidences[user.id]["denominator"]
                number = self.env[model].search_count(domain)
                self.assertEqual(number, measured[user.id][1] or 0, code)
            by_user = criterion.with_user(self.manager_b)._measure(
                self.period, self.users
            )
            self.assertEqual(by_user, measured, code)
        return {user.login: measured[user.id][2] for user in self.users}

    def test_proposals(self):
        for answer in ("accepted", "accepted", "declined"):
            proposal = self.propose()
            self.answer(self.director, answer, "Because", proposal_id=proposal)
        self.answer(self.director, "done", "Done", proposal_id=self.last_accepted())
        self.propose(self.manager_c)  # not decided
        self.assertEqual(
            self.measure("proposals_accepted"),
            {"manager_a": 2, "manager_b": 0, "manager_c": 0},
        )
        accepted = self.env["sales.proposal"].search([("state", "=", "accepted")])
        accepted.decided_on = self.period.date_from - timedelta(days=1)
        self.assertEqual(self.measure("proposals_accepted")["manager_a"], 1)

    def last_accepted(self):
        return self.env["sales.proposal"].search(
            [("state", "=", "accepted")], limit=1, order="id desc"
        )

    def test_assignments(self):
        """2 of 3 due in time; neither what was withdrawn nor what is not due yet."""
        for _twice in range(2):
            done = self.give(deadline=self.today)
            self.answer(self.manager_a, "report", "Done", assignment_id=done)
        self.answer(self.director, "approve", "", assignment_id=done)
        self.give(deadline=self.today)  # may still be done today
        gone = self.give(deadline=self.today)
        self.answer(self.director, "withdraw", "No", assignment_id=gone)
        late = self.give(deadline=self.today)
        self.answer(self.manager_a, "report", "Late", assignment_id=late)
        late.sudo().reported_on = self.today + timedelta(days=1)
        self.assertEqual(
            self.measure("assignments_in_time"),
            {"manager_a": 2 / 3, "manager_b": None, "manager_c": None},
        )
        self.answer(self.director, "return", "More", assignment_id=late)
        self.assertEqual(self.measure("assignments_in_time")["manager_a"], 1)

    def test_readings(self):
        decision = self.write_decision()
        self.answer(self.manager_a, "sign", draft_decision_id=decision)
        self.assertEqual(
            self.measure("decisions_read_in_time"),
            {"manager_a": 1, "manager_b": None, "manager_c": None},
        )
        waiting = decision.sudo().addressee_ids.filtered(lambda row: not row.is_signed)
        if self.today > self.period.date_from:
            waiting.due_on = self.today - timedelta(days=1)
            self.assertEqual(self.measure("decisions_read_in_time")["manager_c"], 0)
            waiting.is_void = True
        self.assertEqual(self.measure("decisions_read_in_time")["manager_c"], None)

    def test_two_companies(self):
        """What another company decides is not counted here."""
        proposal = self.propose()
        self.answer(self.director, "accepted", "Yes", proposal_id=proposal)
        other = self.env["res.company"].create({"name": "Other"})
        period = self.env["sales.period"]._for_date(other, self.today)
        criterion = self.criteria["proposals_accepted"]
        self.assertEqual(
            criterion._measure(period, self.manager_a)[self.manager_a.id][0], 0
        )

    def test_few_queries(self):
        for code, criterion in self.criteria.items():
            criterion._measure(self.period, self.users)
            before = self.env.cr.sql_log_count
            criterion._measure(self.period, self.users)
            self.assertLessEqual(self.env.cr.sql_log_count - before, 2, code)
