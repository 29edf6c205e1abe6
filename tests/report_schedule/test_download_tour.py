import io

from openpyxl import load_workbook

from odoo import Command
from odoo.tests import HttpCase

from ..control.common import ControlCommon


class TestReportDownload(ControlCommon, HttpCase):
    """The file over the wire, logged."""

    def test_download(self):
        self.bill(self.sell(), days_late=3)
        schedule = self.env["sales.report.schedule"].create(
            {
                "name": "Open/now",
                "report": "payment",
                "file_format": "xlsx",
                "company_id": self.company.id,
                "recipient_ids": [Command.set(self.manager_a.ids)],
            }
        )
        url = f"/sales_manager_kpi/report/{schedule.id}"
        self.authenticate("manager_a", "manager_a")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Open-now", answer.headers["Content-Disposition"])
        self.assertTrue(load_workbook(io.BytesIO(answer.content)).worksheets)
        log = self.env["sales.export.log"].search([], limit=1)
        self.assertEqual(log.user_id, self.manager_a)
        self.authenticate("manager_b", "manager_b")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
