from datetime import date

from odoo.tests import HttpCase

from ..common import SalesManagementCommon
from .common import TradeBonusWorld


class TestTradeBonusTour(TradeBonusWorld, SalesManagementCommon, HttpCase):
    def test_agreed_calculated_settled(self):
        """The first quarter of 2026, which is over whenever this is run."""
        agreement = self.make_agreement(date_to="2026-03-31")
        self.make_invoice(price=7600, date=date(2026, 2, 2))
        url = f"/odoo/trade-bonuses/{agreement.id}"
        self.start_tour(url, "sales_bonus_submit", login="manager_a")
        self.assertEqual(agreement.state, "to_approve")
        self.start_tour("/odoo", "sales_bonus_approve", login="commercial")
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.activated_by_id, self.commercial)
        self.start_tour(url, "sales_bonus_calculate", login="manager_a")
        period = agreement.period_ids
        self.assertEqual((period.state, period.payable), ("calculated", 152))
        self.start_tour(url, "sales_bonus_approve_period", login="director")
        self.start_tour(url, "sales_bonus_settle", login="manager_a")
        self.assertEqual(period.state, "settled")
        note = period.settlement_line_ids.settlement_id.move_id
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 152))
