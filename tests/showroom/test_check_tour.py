from odoo.tests import HttpCase

from .test_check import FAILED, CheckCommon


class TestCheckTour(CheckCommon, HttpCase):
    def test_check_on_the_phone(self):
        """Started on the board, one ticked, one failed, finished: there is a task."""
        good = self.make_card(place="Stand 1", barcode="SM-GOOD")
        worn = self.make_card(place="Stand 2", barcode="SM-WORN")
        scanned = self.make_card(self.lamp, barcode="SM-SCANNED")
        self.start_tour("/odoo/showrooms", "sales_showroom_check", login="manager_a")
        check = self.env["showroom.check"].search([("branch_id", "=", self.branch.id)])
        self.assertEqual((check.state, check.done_by_id), ("done", self.manager_a))
        results = {
            line.sample_id: (line.result, line.condition)
            for line in check.line_ids.filtered("sample_id")
        }
        self.assertEqual(
            results,
            {good: ("found", "a"), worn: ("found", "d"), scanned: ("found", "a")},
        )
        self.assertEqual((worn.state, worn.replace_reason), ("to_replace", "damaged"))
        [task] = check.activity_search([FAILED])
        self.assertIn("SM-WORN", task.note)
        self.assertNotIn("SM-GOOD", task.note)
