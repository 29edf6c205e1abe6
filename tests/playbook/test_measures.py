from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from .common import PlaybookCommon

CODES = ("leads_in_time", "step_conversion", "meetings_held")


@freeze_time("2026-03-02 09:00:00")
class TestMeasures(PlaybookCommon):
    """Three measures, each of them again from its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")
            for code in CODES
        }

    def measured(self, code, user):
        self.env.flush_all()
        self.env.invalidate_all()
        criterion, users = self.criteria[code], self.manager_a | self.manager_b
        found = criterion._measure(self.period, users)[user.id]
        evidence = criterion._evidences(self.period, users)[user.id]
        records = {
            kind: self.env[model].with_user(user).search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        self.assertAlmostEqual(criterion._numerator(records["numerator"]), found[0])
        if "denominator" in records:
            self.assertEqual(len(records["denominator"]), found[1] or 0)
        self.assertEqual(criterion._evidences(self.period, user)[user.id], evidence)
        return found[:3]

    def test_leads_in_time(self):
        """Eight working hours: over the night, not over the weekend."""
        self.assertEqual(
            self.measured("leads_in_time", self.manager_b), (0, None, None)
        )
        # lead A is due tomorrow at ten: not yet judged
        self.assertEqual(
            self.measured("leads_in_time", self.manager_a), (0, None, None)
        )
        with freeze_time("2026-03-03 08:30:00"):
            self.say("call")
            self.assertEqual(self.measured("leads_in_time", self.manager_a), (1, 1, 1))
        with freeze_time("2026-03-06 13:00:00"):
            other = self.make_customer("Other", self.manager_a)
            friday = self.make_lead("Friday", self.manager_a, partner_id=other.id)
            self.make_lead("Never", self.manager_a)
        with freeze_time("2026-03-09 10:00:00"):
            friday.playbook_check_ids = self.check
            self.tick(friday, "Circle")
            self.assertEqual(self.measured("leads_in_time", self.manager_a), (2, 2, 1))
        with freeze_time("2026-03-12 10:00:00"):
            self.assertEqual(
                self.measured("leads_in_time", self.manager_a), (2, 3, 2 / 3)
            )
        with freeze_time("2026-04-01 10:00:00"):
            self.make_lead("April", self.manager_b)
            self.assertEqual(
                self.measured("leads_in_time", self.manager_b), (0, None, None)
            )

    def test_step_conversion_and_funnel(self):
        self.lead.playbook_check_ids = self.check
        self.tick(self.lead, "Circle")
        with freeze_time("2026-03-04 09:00:00"):
            self.tick(self.lead, "Dialogue")
        self.assertEqual(self.measured("step_conversion", self.manager_a), (2, 2, 1))
        lost = self.make_lead("Lost", self.manager_a)
        with freeze_time("2026-03-05 09:00:00"):
            lost.action_set_lost()
        # two steps of it could come: circle and offer
        self.assertEqual(self.measured("step_conversion", self.manager_a), (2, 4, 0.5))
        self.assertEqual(
            self.measured("step_conversion", self.manager_b), (0, None, None)
        )
        self.criteria["step_conversion"].playbook_step_id = self.steps["Circle"]
        self.assertEqual(self.measured("step_conversion", self.manager_a), (1, 2, 0.5))

        Funnel = self.env["sales.funnel.report"]
        rows = Funnel.search([("lead_id", "=", self.lead.id)], order="sequence")
        self.assertEqual(
            [(row.step_id.name, row.state, row.days) for row in rows],
            [
                ("Circle", "done", 0),
                ("Offer", "open", 0),
                ("Dialogue", "done", 2),
                ("Meeting", "open", 0),
                ("Order", "open", 0),
            ],
        )
        self.assertEqual(rows.branch_id, self.branch)
        self.assertEqual(str(rows[2].reached_on), "2026-03-02")
        groups = Funnel._read_group(
            [("playbook_id", "=", self.playbook.id)],
            ["step_id"],
            ["reached:sum", "converted:sum", "conversion:avg", "days:avg"],
        )
        by_step = {step.name: figures for step, *figures in groups}
        self.assertEqual(by_step["Circle"], [2, 1, 0.5, 0])
        self.assertEqual(by_step["Dialogue"], [1, 1, 1, 2])
        seen = [
            bool(Funnel.with_user(user).search([("lead_id", "=", self.lead.id)]))
            for user in (
                self.manager_a,
                self.manager_b,
                self.director,
                self.other_director,
                self.commercial,
            )
        ]
        self.assertEqual(seen, [True, False, True, False, True])

    def test_meetings_held(self):
        self.say("meeting")
        self.say("call")
        self.say("meeting", at="2026-02-28 22:59:00")
        self.say("meeting", at="2026-03-31 21:59:00")
        self.say("meeting", at="2026-03-31 22:01:00")
        self.assertEqual(self.measured("meetings_held", self.manager_a), (2, None, 2))
        self.assertEqual(
            self.measured("meetings_held", self.manager_b), (0, None, None)
        )
