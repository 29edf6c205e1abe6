from unittest.mock import patch

from freezegun import freeze_time

from .common import GapCommon

SWEEP = "odoo.addons.sales_manager_kpi.models.service_gap_sweep"
PROGRESS = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"


class TestJobs(GapCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for i in range(3):
            customer = cls.make_customer(f"Customer {i}", cls.manager_a)
            customer.customer_assignment_ids.date_from = "2020-01-01"
            cls.make_activity(customer, "2026-03-03")

    def run_job(self, job, seconds):
        """Run it with a clock that says how many seconds are left, call by call."""
        with (
            freeze_time("2026-03-05 10:00:00"),
            patch(PROGRESS, side_effect=seconds) as progress,
        ):
            job()
        return progress

    def gaps(self):
        return self.Gap.search([("company_id", "=", self.company.id)])

    def test_a_run_that_is_stopped_goes_on(self):
        with patch(f"{SWEEP}.BATCH", 1):
            self.run_job(self.Sweep._cron_sweep, [9, 9, 0])
            self.assertEqual(len(self.gaps()), 2)
            row = self.Sweep.search([("company_id", "=", self.company.id)])
            self.assertFalse(row.swept_at)
            self.run_job(self.Sweep._cron_sweep, [9] * 5)
        self.assertEqual(len(self.gaps()), 3)
        self.assertTrue(row.swept_at)

    def test_notices(self):
        self.run_job(self.Sweep._cron_sweep, [9] * 3)
        progress = self.run_job(self.Sweep._cron_notify, [9] * 2)
        self.assertEqual(progress.call_args_list[0].kwargs, {"remaining": 1})
        self.assertTrue(all(self.gaps().mapped("notified_at")))
        progress = self.run_job(self.Sweep._cron_notify, [9])
        self.assertEqual(progress.call_args_list[0].kwargs, {"remaining": 0})
