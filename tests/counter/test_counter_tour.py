from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from .common import CounterCommon


class TestCounterTour(CounterCommon, HttpCase):
    def test_counter(self):
        """Two visitors: a new one becomes a lead, a customer only looks round."""
        self.branch.tz = "UTC"
        self.branch.counter_waiting_norm = 1
        now = fields.Datetime.now()
        # early in the day, so that it is not yesterday
        since = max(now - timedelta(minutes=25), now.replace(hour=0, minute=0))
        visit = self.come(partner_id=self.customer.id)
        visit.arrived_at = min(since, now - timedelta(minutes=2))
        self.start_tour("/odoo/counter", "sales_counter", login="manager_a")
        new = self.env["branch.visit"].search([("visitor_name", "=", "Zoe")])
        self.assertEqual((new.state, new.outcome), ("done", "lead"))
        self.assertEqual(new.lead_ids.phone, "+31 6 1234 5678")
        self.assertEqual((visit.state, visit.outcome), ("done", "looking"))
        self.assertEqual(visit.served_by_id, self.manager_a)
