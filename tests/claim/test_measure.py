from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from .common import ClaimCommon


class TestMeasure(ClaimCommon):
    """Justified claims per hundred deliveries, and the same from the evidence."""

    @classmethod
    def setUpClass(cls):
        with freeze_time("2026-03-02 10:00:00"):
            super().setUpClass()
        cls.criterion = cls.env.ref(
            "sales_manager_kpi.evaluation_criterion_claims_justified"
        )

    def period(self, month):
        return self.env["sales.period"]._for_date(self.company, date(2026, month, 1))

    def measured(self, month, user=None):
        user = user or self.manager_a
        period = self.period(month)
        users = self.manager_a | self.manager_b | self.colleague
        with self.assertQueryCount(12):
            found = self.criterion._measure(period, users)[user.id]
        evidence = self.criterion._evidences(period, users)[user.id]
        records = {
            kind: self.env[model].search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        self.assertAlmostEqual(
            self.criterion._numerator(records["numerator"]), found[0]
        )
        deliveries = found[1] and round(100 * found[1])
        self.assertEqual(len(records["denominator"]), deliveries or 0)
        self.assertEqual(len(records["numerator"]), found[3])
        return found[0], deliveries, found[2]

    def judge(self, moment, **values):
        with freeze_time(moment):
            claim = self.make_claim(review=True)
            self.decide(claim, **values)
        return claim

    def deliver_at(self, moment, customer=None):
        with freeze_time(moment):
            return self.deliver(self.make_cloth_order(customer or self.customer))

    def test_no_deliveries(self):
        self.judge("2026-04-10 10:00:00")
        self.assertEqual(self.measured(4), (1.0, None, None))
        self.assertEqual(self.measured(2), (0.0, None, None))
        self.assertEqual(self.measured(3), (0.0, 1, 0.0))

    def test_weights(self):
        for __ in range(3):
            self.deliver_at("2026-03-05 10:00:00")
        self.judge("2026-03-10 10:00:00", severity="grave", responsible_share=0.5)
        self.judge("2026-03-11 10:00:00", verdict="partly", severity="serious")
        self.judge("2026-03-12 10:00:00", verdict="not_justified")
        self.judge("2026-03-13 10:00:00", fault_area="warehouse", severity="grave")
        self.judge("2026-03-14 10:00:00", responsible_user_id=self.colleague.id)
        self.assertEqual(self.measured(3), (3.5, 4, 87.5))
        self.assertEqual(self.measured(3, self.colleague), (1.0, None, None))
        self.assertEqual(self.measured(3, self.manager_b), (0.0, None, None))

    def test_days_are_the_branchs(self):
        """The last hour of March in Utrecht is March, whatever it is in Greenwich."""
        self.deliver_at("2026-03-31 21:30:00")
        self.deliver_at("2026-03-31 22:30:00")
        self.judge("2026-03-31 22:30:00")
        self.assertEqual(self.measured(3), (0.0, 2, 0.0))
        self.assertEqual(self.measured(4), (1.0, 1, 100.0))

    def test_appeal_counts_in_its_own_month(self):
        """What March said stays; April gets the difference."""
        self.deliver_at("2026-04-05 10:00:00")
        claim = self.judge("2026-03-20 10:00:00", severity="serious")
        self.assertEqual(self.measured(3), (2.0, 1, 200.0))
        with freeze_time("2026-04-02 10:00:00"):
            self.step(claim, "appeal")
            self.assertEqual(self.measured(3), (2.0, 1, 200.0))
            self.decide(claim, self.commercial, verdict="not_justified")
        self.assertEqual(self.measured(3), (2.0, 1, 200.0))
        self.assertEqual(self.measured(4), (-2.0, 1, -200.0))

    def test_same_month_counts_the_last(self):
        claim = self.judge("2026-03-20 10:00:00", severity="grave")
        with freeze_time("2026-03-25 10:00:00"):
            self.step(claim, "appeal")
            self.decide(claim, self.commercial, verdict="partly", severity="minor")
        self.assertEqual(self.measured(3)[0], 1.0)

    def test_same_again_adds_nothing(self):
        claim = self.judge("2026-03-20 10:00:00")
        with freeze_time("2026-04-02 10:00:00"):
            self.step(claim, "appeal")
            self.decide(claim, self.commercial)
        self.assertEqual(self.measured(4)[0], 0.0)
        self.assertFalse(
            self.env["customer.claim.effect"].search_count(
                [("claim_id", "=", claim.id), ("date", ">=", "2026-04-01")]
            )
        )

    def test_closed_month(self):
        """A verdict of a month that is closed counts in the first open one."""
        for month in (3, 4):
            self.env.cr.execute(
                "UPDATE sales_period SET state = 'closed' WHERE id = %s",
                [self.period(month).id],
            )
        self.env.invalidate_all()
        claim = self.judge("2026-03-20 10:00:00")
        effect = self.env["customer.claim.effect"].search([("claim_id", "=", claim.id)])
        self.assertEqual(effect.date, date(2026, 5, 1))
        self.assertEqual(self.measured(3)[0], 0.0)
        self.assertEqual(self.measured(5)[0], 1.0)
        self.env.cr.execute("UPDATE sales_period SET state = 'open'")
