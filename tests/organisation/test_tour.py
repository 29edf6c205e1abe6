from odoo.tests import HttpCase, tagged

from ..common import OrganisationWorld


@tagged("standard", "post_install", "-at_install")
class TestHandoverTour(OrganisationWorld, HttpCase):
    """A director hands the customers of one manager over to another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()
        cls.manager_a.name = "Maria Leaving"
        cls.manager_b.name = "Nora Staying"

    def test_hand_over(self):
        self.start_tour("/odoo", "sales_handover_tour", login="director")
        self.assertEqual(self.customer.user_id, self.manager_b)
        row = self.customer.customer_assignment_ids[0]
        self.assertEqual((row.source, row.reason), ("handover", "Maria leaves us"))
