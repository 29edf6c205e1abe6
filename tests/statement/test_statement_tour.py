from odoo.tests import HttpCase, tagged

from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class TestStatementTour(StatementCommon, HttpCase):
    def test_from_computing_to_locking(self):
        """Sent, disputed by the manager, adjusted by two others, approved, locked."""
        self.make_document([(self.cloth, 62000.0)])
        self.close_month(self.january)
        statement = self.statement(self.manager_a)
        url = f"/odoo/pay-statements/{statement.id}"
        self.start_tour(url, "sales_statement_send", login="payer")
        self.assertEqual(statement.state, "sent")
        mine = f"/odoo/my-statements/{statement.id}"
        self.start_tour(mine, "sales_statement_dispute", login="manager_a")
        dispute = statement.dispute_ids
        self.assertRecordValues(
            dispute, [{"claimed_amount": 60.0, "subject": "Own deals"}]
        )
        self.assertEqual(statement.state, "disputed")
        self.start_tour(
            f"/odoo/disputes/{dispute.id}", "sales_statement_decide", login="payer"
        )
        row = dispute.adjustment_ids
        self.assertEqual(row.requested_by_id, self.payer)
        self.start_tour(
            f"/odoo/pay-adjustments/{row.id}",
            "sales_adjustment_approve",
            login="payer_2",
        )
        self.start_tour(url, "sales_statement_lock", login="payer")
        self.assertRecordValues(statement, [{"state": "locked", "payable": 1300.0}])
        self.assertFalse(statement._verify())

    def test_payroll_file(self):
        """The file is for who approves pay, and for nobody else."""
        self.make_document([(self.cloth, 62000.0)])
        self.close_month(self.january)
        statement = self.locked()
        url = f"/sales_manager_kpi/payroll?ids={statement.id}"
        self.authenticate("payer", "payer")
        answer = self.url_open(url)
        self.assertIn("text/csv", answer.headers["Content-Type"])
        self.assertIn("1240.00", answer.text)
        self.authenticate("kpi_admin", "kpi_admin")
        answer = self.url_open(url)
        self.assertNotIn("1240.00", answer.text)
        self.assertGreaterEqual(answer.status_code, 400)
