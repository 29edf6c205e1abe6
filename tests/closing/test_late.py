from datetime import date

from odoo.tests import freeze_time

from .common import ClosingCommon


@freeze_time("2026-02-10 12:00:00")
class TestLate(ClosingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])
        cls.other = cls.make_document(
            [(cls.thread, 70.0)], partner_id=cls.customer_b.id
        )
        cls.close(cls.january)

    def assert_late(self, cause, amounts):
        """What is booked now, and that the month stands as it was."""
        before = self.january.close_hash
        rows = self.book()
        self.assertEqual(set(rows.mapped("cause")), {cause})
        self.assertEqual(
            sorted((row.user_id.login, row.amount) for row in rows), sorted(amounts)
        )
        self.assertEqual(rows.booked_period_id, self.february)
        self.assertEqual(rows.period_id, self.january)
        self.assertTrue(all(row.change_uid and row.change_date for row in rows))
        self.assertEqual(self.Line._seal(self.january), before)
        self.assert_is_live(self.january)
        self.assertFalse(self.book(), "asked again, there is nothing")
        return rows

    def test_nothing_changed(self):
        self.assertFalse(self.book())
        self.assertTrue(self.january.compared_on)

    def test_credited_to_somebody_else(self):
        self.other._store_credit(
            {self.other.id: (self.manager_a.id, self.branch.id, "owner")}
        )
        self.assert_late("owner", [("manager_a", 70.0), ("manager_b", -70.0)])
        late = self.Line._late_by(self.february)
        self.assertEqual(
            late,
            {
                (self.january.id, self.manager_a.id): 70.0,
                (self.january.id, self.manager_b.id): -70.0,
            },
        )

    def test_reset_to_draft_and_posted_again(self):
        self.other.button_draft()
        self.assert_late("reset", [("manager_b", -70.0)])
        self.other.action_post()
        self.assert_late("again", [("manager_b", 70.0)])

    def test_cancelled(self):
        self.other.button_draft()
        self.other.button_cancel()
        self.assert_late("cancelled", [("manager_b", -70.0)])

    def test_backdated_credit_note(self):
        self.make_document(
            [(self.thread, 20.0)],
            "out_refund",
            partner_id=self.customer_b.id,
            reversed_entry_id=self.other.id,
        )
        self.assert_late("backdated", [("manager_b", -20.0)])

    def test_moved_to_another_month(self):
        self.other.button_draft()
        self.other.invoice_date = "2026-02-03"
        self.other.action_post()
        self.assert_late("moved", [("manager_b", -70.0)])

    def test_amount_changed(self):
        self.other.button_draft()
        self.other.invoice_line_ids.price_unit = 90.0
        self.other.action_post()
        [row] = self.assert_late("amount", [("manager_b", 20.0)])
        self.assertEqual(row.line_count, 0)

    def test_cost_changed(self):
        line = self.invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == self.cloth
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET recognition_cost = 61 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        [row] = self.assert_late("cost", [("manager_a", 0.0)])
        self.assertEqual((row.cost, row.margin), (1.0, -1.0))

    def test_divided(self):
        self.share(self.other, {self.manager_b: 6000, self.manager_a: 4000})
        self.assert_late(
            "share", [("manager_a", 28.0), ("manager_b", -70.0), ("manager_b", 42.0)]
        )

    def test_deleted(self):
        self.other.button_draft()
        self.other.with_context(force_delete=True).unlink()
        rows = self.book()
        self.assertEqual(rows.mapped("cause"), ["deleted"])
        self.assertEqual(rows.amount, -70.0)
        self.assertTrue(rows.document_name)
        self.assertEqual(self.Line._seal(self.january), self.january.close_hash)
        self.assert_is_live(self.january)
        self.assertFalse(self.book())

    def test_counted_in_the_first_open_month(self):
        with freeze_time("2026-03-05"):
            self.close(self.february)
        self.other.button_draft()
        rows = self.book()
        self.assertEqual(rows.booked_period_id.date_from, date(2026, 3, 1))
        self.assertEqual(rows.period_id, self.january)

    def test_booked_before_the_next_month_is_closed(self):
        self.other.button_draft()
        self.other.button_cancel()
        with freeze_time("2026-03-05"):
            self.close(self.february)
        rows = self.lines(self.january, "late")
        self.assertEqual(rows.booked_period_id, self.february)
