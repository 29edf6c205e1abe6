from odoo.tests import HttpCase

from .common import MyDayCommon


class TestMyDayTour(MyDayCommon, HttpCase):
    def test_morning_to_evening(self):
        """A contact logged, a quotation planned, and the evening line that follows."""
        self.make_due(days=1)
        self.sell(price=900, confirm=False).state = "sent"
        self.start_tour("/odoo/my-day", "sales_my_day", login="manager_a")
        contact = self.figure().contact_ids
        self.assertEqual(
            (contact.kind, contact.note), ("visit", "Wants the new velvet")
        )
        event = self.env["calendar.event"].search(
            [("user_id", "=", self.manager_a.id), ("res_model", "=", "sale.order")]
        )
        self.assertEqual(len(event), 1)

    def test_on_paper(self):
        """The PDF is that of who prints it, whatever ids are asked for."""
        self.sell(price=900, confirm=False).state = "sent"
        report = self.env["ir.actions.report"]
        name = "sales_manager_kpi.report_my_day"
        for user, shown in ((self.manager_a, True), (self.manager_b, False)):
            html, _type = report.with_user(user)._render_qweb_html(
                name, self.manager_a.ids, data={"day": str(self.today)}
            )
            self.assertEqual(b"Customer A" in html, shown)
            self.assertIn(user.name.encode(), html)
