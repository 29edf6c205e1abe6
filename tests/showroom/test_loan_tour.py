from odoo.tests import HttpCase

from .loan_common import LoanCommon


class TestLoanTour(LoanCommon, HttpCase):
    def test_lent_and_taken_back(self):
        """From the sample to the loan, and back worn."""
        self.sample_1.place = "Stand 7"
        url = (
            f"/odoo/action-sales_manager_kpi.showroom_sample_action/{self.sample_1.id}"
        )
        self.start_tour(url, "sales_showroom_loan", login="manager_a")
        self.assertEqual(
            (self.sample_1.state, self.sample_1.condition), ("on_display", "c")
        )
        loan = self.sample_1.loan_line_ids.loan_id
        self.assertEqual((loan.state, loan.partner_id), ("returned", self.customer))
