from odoo import Command

from odoo.addons.sales_manager_kpi.models.read_once import reading_once

from .settling import SettlingCommon


class TestHeldLate(SettlingCommon):
    def setUp(self):
        super().setUp()
        self.scheme_of({"code": "deals", "rate_percent": 2.0, "hold_percent": 50.0})

    def test_more_waits_for_its_invoice(self):
        self.make_document([(self.cloth, 10000.0)])
        paid = self.make_document([(self.cloth, 3000.0)])
        self.pay_month(self.january)
        late = self.make_document([(self.thread, 2000.0)])
        self.register(paid, "2026-02-03")
        february = self.pay_month(self.february)
        line = february.line_ids.filtered("origin_period_id")
        self.assertEqual((line.amount, line.held), (40.0, 20.0))
        self.assertRecordValues(
            line.statement_id.holdback_ids,
            [{"move_id": late.id, "amount": 20.0, "line_id": line.id}],
        )
        self.register(late, "2026-03-05")
        march = self.pay_month(self.march)
        self.assertEqual(march.released, 20.0)

    def test_read_once_for_others_too(self):
        """What one call read for somebody is not taken for what a colleague has."""
        self.make_document([(self.cloth, 1000.0)])
        self.make_document([(self.cloth, 500.0)], partner_id=self.customer_b.id)
        both = self.manager_a, self.manager_b
        self.pay_month(self.january, *both)
        run = reading_once(self.env["bonus.run"].sudo())
        held = [run._held(self.february, user) for user in (*both, both[0])]
        self.assertEqual([one[0]["held"] for one in held], [10, 5, 10])
        everybody = run._held(self.february, None)
        self.assertEqual(everybody, held[0] + held[1])

    def test_nothing_left_to_pay(self):
        """A down payment covered all of it: nobody waits for more."""
        paid_before = {
            "name": "Down payment",
            "price_unit": -1000.0,
            "is_downpayment": True,
            "tax_ids": [Command.clear()],
        }
        invoice = self.make_document([(self.cloth, 1000.0), paid_before])
        self.assertRecordValues(
            invoice, [{"amount_total": 0.0, "payment_state": "paid"}]
        )
        january = self.pay_month(self.january)
        self.assertRecordValues(january, [{"variable": 20.0, "held": 0.0}])

    def test_what_waited_needs_no_payment(self):
        """As it was held before: released by an invoice that leaves nothing to pay."""
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.pay_month(self.january)
        invoice.button_draft()
        invoice.invoice_line_ids = [
            Command.create(
                {
                    "name": "Down payment",
                    "price_unit": -1000.0,
                    "is_downpayment": True,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        invoice.action_post()
        february = self.pay_month(self.february)
        self.assertRecordValues(february, [{"variable": 0.0, "released": 10.0}])

    def test_an_invoice_is_deleted(self):
        """Seal and figures of what was locked stay; nobody waits any more."""
        gone = self.make_document([(self.cloth, 10000.0)])
        self.make_document([(self.cloth, 500.0)])
        january = self.pay_month(self.january)
        self.assertEqual(january.held, 105.0)
        gone.button_draft()
        gone.with_context(force_delete=True).unlink()
        self.env.invalidate_all()
        self.assertFalse(january.holdback_ids.sorted("amount")[-1].move_id)
        self.assertFalse(january._verify())
        february = self.pay_month(self.february)
        self.assertRecordValues(february, [{"variable": -200.0, "released": 100.0}])

    def test_a_credit_note_is_deleted(self):
        invoice = self.make_document([(self.cloth, 10000.0)])
        self.pay_month(self.january)
        note = self.give_back(invoice, "2026-02-05", (self.cloth, 300.0))
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {("deals", 1): (-300.0, -6.0)})
        note.button_draft()
        note.with_context(force_delete=True).unlink()
        self.env.invalidate_all()
        self.assertFalse(february._verify())

    def test_seals_of_before(self):
        """They were made of the ids that an update keeps beside the invoices."""
        gone = self.make_document([(self.cloth, 10000.0)])
        self.make_document([(self.cloth, 500.0)])
        january = self.pay_month(self.january)
        gone.button_draft()
        gone.with_context(force_delete=True).unlink()
        self.env.flush_all()
        self.env.cr.execute("UPDATE bonus_holdback SET move_key = NULL")
        self.env.cr.execute(
            "UPDATE bonus_holdback SET move_key = move_id WHERE move_id IS NOT NULL"
        )
        self.env.invalidate_all()
        self.assertTrue(january._verify())
        self.Statement._recall_invoices()
        self.assertFalse(january._verify())

    def test_kept_as_before(self):
        """What was computed before its months chose comes out the same."""
        invoice = self.make_document([(self.cloth, 10000.0)])
        self.pay_month(self.january)
        self.give_back(invoice, "2026-02-05", (self.cloth, 300.0))
        self.make_document([(self.thread, 2000.0)], date="2026-01-30")
        self.close_month(self.february)
        february = self.sent(period=self.february)
        inputs = dict(february.inputs)
        for name in ("version", "names"):
            del inputs[name]
        for own in inputs["components"].values():
            for name in ("scopes", "apart", "back", "returned", "moved"):
                own.pop(name, None)
            own["late"] = {month: base for month, (base, _w) in own["late"].items()}
        again = self.env["bonus.run"]._compute_kept(
            self.february, {self.manager_a.id: inputs}
        )[self.manager_a.id]
        bases = [line["base"] for line in again.lines if line["origin_period_id"]]
        self.assertEqual(sorted(map(float, bases)), [-300.0, 2000.0])
        self.assertFalse(sum(len(line["held"]) for line in again.lines))
