from odoo.tests import HttpCase

from ..common import SalesManagementCommon
from .common import LadderCommon


class TestLadderTour(LadderCommon, HttpCase):
    """On the screens: the strip on the order line, asking, and the board."""

    def test_strip_and_request(self):
        self.set_up(mode="approval")
        self.put(12, self.shop)
        self.put(5, self.central)
        order = self.make_order((self.cloth, 20), confirm=False)
        url = f"/odoo/sales/{order.id}"
        self.start_tour(url, "sales_supply_ladder", login="manager_a")
        self.assertLadder(
            order,
            ("branch", "approved", 12),
            ("central", "approved", 5),
            ("regional", "planned", 3),
        )
        self.start_tour("/odoo/sales-due-in", "sales_supply_board", login="director")

    def test_forms_open(self):
        self.set_up()
        self.put(12, self.shop)
        order = self.make_order((self.cloth, 20))
        open_form = SalesManagementCommon.open_form
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                [row] = open_form(order.with_user(user))
                self.assertEqual(row["supply_source_count"], 2)
                open_form(order.supply_source_ids[0].with_user(user))
        open_form(self.branch.with_user(self.admin))
        source = order.supply_source_ids[0].with_user(self.supervisor)
        open_form(source)
