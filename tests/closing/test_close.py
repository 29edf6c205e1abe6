from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time

from .common import ClosingCommon


@freeze_time("2026-02-10 12:00:00")
class TestClose(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])

    def test_rows_are_the_live_ones(self):
        self.close(self.january)
        self.assertEqual(self.january.state, "closed")
        self.assertEqual(self.january.frozen_count, len(self.lines(self.january)))
        self.assertEqual(self.january.close_uid, self.commercial)
        self.assert_is_live(self.january)
        line = self.lines(self.january)[:1]
        self.assertEqual(line.document_name, self.invoice.name)
        self.assertEqual(line.booked_period_id, self.january)

    def test_closing_twice_is_closing_once(self):
        self.close(self.january)
        seal, rows = self.january.close_hash, self.lines(self.january)
        self.close(self.january, self.admin)
        self.assertEqual(self.january.close_uid, self.commercial)
        self.assertEqual(self.january.close_hash, seal)
        self.assertEqual(self.lines(self.january), rows)
        self.assertEqual(self.Line._seal(self.january), seal)

    def test_by_whom(self):
        for user in (self.manager_a, self.director, self.plain):
            with self.assertRaises(AccessError):
                self.close(self.january, user)

    def test_only_after_the_earlier_one(self):
        with freeze_time("2026-03-02"), self.assertRaisesRegex(UserError, "Earlier"):
            self.close(self.february)
