from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..common import OrganisationWorld
from .absence_common import AbsenceWorld


@tagged("standard", "post_install", "-at_install")
class TestSubstitutionTour(AbsenceWorld, OrganisationWorld, HttpCase):
    """A director names a deputy in three clicks, who confirms the next quotation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls._make_world()
        cls.make_absences()
        cls.manager_a.name, cls.manager_c.name = "Maria Away", "Nora Standing"
        cls.product = cls.env["product.product"].create({"name": "Linen"})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )
        today = cls.branch._local_today()
        cls.today, day = today, timedelta(days=1)
        cls.absence = cls.away(cls.manager_a, today + day, today + 7 * day)

    def test_three_clicks_and_a_quotation(self):
        self.assertEqual(self.absence.cover, "uncovered")
        self.start_tour("/odoo", "sales_appoint_tour", login="director")
        row = self.env["sales.substitution"].search(
            [("principal_id", "=", self.manager_a.id)]
        )
        self.assertEqual((row.deputy_id, row.state), (self.manager_c, "appointed"))
        self.assertEqual(self.absence.cover, "covered")
        self.appoint(self.manager_a, self.manager_c, self.today, self.today)
        self.start_tour("/odoo", "sales_acting_tour", login="manager_c")
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.user_id, self.manager_a)
