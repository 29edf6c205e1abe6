from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from .common import ControlCommon


class TestControlTour(ControlCommon, HttpCase):
    def test_held_and_released(self):
        """A quotation of a late payer, let pass by the commercial director."""
        self.env["payment.limit"].create({"mode": "hold", "max_days": 5})
        self.bill(self.sell(), days_late=20)
        order = self.sell(confirm=False)
        url = f"/odoo/action-sale.action_quotations/{order.id}"
        self.start_tour(url, "sales_control_release", login="commercial")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.payment_release_ids.released_by_id, self.commercial)

    def test_board(self):
        """The manager says why an order is late, and tells the customer."""
        self.customer.email = "customer@example.com"
        order = self.sell(commitment_date=fields.Datetime.now() - timedelta(days=3))
        self.start_tour(
            "/odoo/shipment-board", "sales_control_board", login="manager_a"
        )
        row = self.control(order)
        self.assertEqual(row.late_reason, "carrier")
        self.assertEqual(row.told_by_id, self.manager_a)
