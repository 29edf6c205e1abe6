from unittest.mock import patch

from freezegun import freeze_time

from odoo.addons.sales_manager_kpi.models import customer_figure_refresh

from .common import BaseCommon

PROGRESS = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"


@freeze_time("2026-03-16 10:00:00")
class TestNight(BaseCommon):
    """The nightly job: in batches, resumed where it was broken off."""

    def run_cron(self, left=1000):
        with (
            patch(PROGRESS, side_effect=[1000, *[left] * 50]),
            patch.object(customer_figure_refresh, "BATCH", 1),
        ):
            self.env["customer.figure"]._cron_refresh()

    def test_resumed(self):
        """Broken off after one customer; the next run goes on with the others."""
        others = [self.make_customer(f"C{n}", self.manager_a) for n in range(3)]
        Figure = self.env["customer.figure"]
        stale = len(Figure._stale_customers(self.company))
        self.assertGreaterEqual(stale, 4)
        self.run_cron(left=0)
        self.assertEqual(len(Figure._stale_customers(self.company)), stale - 1)
        self.run_cron()
        self.assertFalse(Figure._stale_customers(self.company))
        self.assertTrue(all(self.figure(other).user_id for other in others))

    def test_past_midnight(self):
        """Who was met before midnight is still a customer after it."""
        self.night()
        with freeze_time("2026-03-17 10:00:00"):
            self.env["customer.figure"]._finish(self.company)
        self.assertTrue(self.figure().active)

    def test_archived(self):
        """An archived customer is none any more, and is one again when it is back."""
        self.night()
        figure = self.figure()
        self.customer.active = False
        with freeze_time("2026-03-17 10:00:00"):
            self.night()
        self.assertFalse(figure.active)
        self.customer.active = True
        with freeze_time("2026-03-18 10:00:00"):
            self.night()
        self.assertTrue(figure.active)
