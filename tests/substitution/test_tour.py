from odoo.tests import HttpCase

from ..common import SalesManagementCommon
from .common import SubstitutionWorld


class TestActingForTour(SubstitutionWorld, SalesManagementCommon, HttpCase):
    def test_chatter_of_an_order(self):
        self._make_deputy()
        order = self.make_order(confirm=False)
        order.with_user(self.principal).message_post(body="Before I left")
        row = self.env["sales.substitution"].with_user(self.director)
        row.create(
            {"principal_id": self.principal.id, "deputy_id": self.deputy.id}
        ).action_appoint()
        theirs = order.with_user(self.deputy)
        theirs.message_post(body="Called")
        theirs.action_confirm()
        self.start_tour(f"/odoo/sales/{order.id}", "sales_acting_for", login="deputy")
