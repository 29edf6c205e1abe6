from odoo.tests import HttpCase

from .common import RegistrationCommon


class TestRegistrationTour(RegistrationCommon, HttpCase):
    def test_warned_and_disputed(self):
        """The order says what it lacks; what was found is disputed."""
        self.use("reference", "warn", severity="major")
        order = self.make_order(confirm=False)
        url = f"/odoo/action-sale.action_quotations_with_onboarding/{order.id}"
        self.start_tour(url, "sales_registration", login="manager_a")
        event = self.events(order)
        self.assertEqual(
            (order.state, event.dispute_state, event.disputed_by_id),
            ("sale", "open", self.manager_a),
        )
