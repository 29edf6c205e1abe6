from datetime import date

from freezegun import freeze_time

from odoo import Command, fields

from .test_contract import ContractCommon


class TestDuty(ContractCommon):
    """Both sides against fact, each line again from its documents."""

    def duty(self, contract, kind):
        contract.duty_ids.invalidate_recordset()
        return contract.duty_ids.filtered(lambda duty: duty.kind == kind)

    def evidence(self, duty):
        action = duty.with_user(self.manager_a).action_open_evidence()
        return self.env[action["res_model"]].search(action["domain"])

    def order_on(self, day, **values):
        with freeze_time(f"{day} 10:00:00"):
            return self.make_order(**values)

    def test_volumes(self):
        contract = self.make_contract()
        self.order_on("2026-02-27", price=900)
        first = self.order_on("2026-03-02", price=300)
        second = self.order_on("2026-03-03", price=200)
        with freeze_time("2026-03-16 10:00:00"):
            invoice = self.invoice_order(first, "2026-03-05")
            credit = self.make_invoice(
                price=100, date="2026-03-06", move_type="out_refund"
            )
            ordered = self.duty(contract, "ordered")
            self.assertEqual((ordered.fact_amount, ordered.target_amount), (500, 1000))
            self.assertEqual(ordered.standing, "kept")  # 15 of 31 days are over
            self.assertEqual(self.evidence(ordered), first | second)
            invoiced = self.duty(contract, "invoiced")
            self.assertEqual(invoiced.fact_amount, 200)
            self.assertEqual(invoiced.standing, "behind")
            self.assertEqual(self.evidence(invoiced), invoice | credit)

    def test_currency(self):
        """In the currency of the contract: others through the company's."""
        currency = self.setup_other_currency("CAD")
        contract = self.make_contract(currency_id=currency.id)
        prices = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        with freeze_time("2026-03-10 10:00:00"):
            self.make_order(price=100, pricelist_id=prices.id)
            own = self.make_order(price=50)
            rate = self.company.currency_id._convert(50, currency, self.company)
            self.assertNotEqual(own.currency_id, currency)
            duty = self.duty(contract, "ordered")
            self.assertAlmostEqual(duty.fact_amount, 100 + rate)

    def test_payment(self):
        contract = self.make_contract()
        term = self.env.ref("account.account_payment_term_immediate")
        paid, late, never = (
            self.make_invoice(
                date="2026-03-01", price=price, invoice_payment_term_id=term.id
            )
            for price in (100, 200, 300)
        )
        for move, day in ((paid, "2026-03-01"), (late, "2026-03-05")):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            ).create({"payment_date": day})._create_payments()
        with freeze_time("2026-03-11 10:00:00"):
            duty = self.duty(contract, "payment")
            self.assertEqual(duty.base, 3)
            self.assertAlmostEqual(duty.fact_share, 1 / 3)
            self.assertEqual(duty.days_late, 7)  # 4 days, and 10 until today
            self.assertEqual(duty.standing, "broken")
            self.assertEqual(self.evidence(duty), paid | late | never)

    def test_nothing_due(self):
        duty = self.duty(self.make_contract(), "payment")
        self.assertEqual((duty.standing, duty.base), ("none", 0))

    def test_credit(self):
        contract = self.make_contract(credit_limit=250)
        self.make_invoice(date="2026-03-01", price=200)
        self.assertEqual(self.duty(contract, "credit").standing, "kept")
        self.make_invoice(date="2026-03-02", price=100)
        duty = self.duty(contract, "credit")
        self.assertEqual((duty.fact_amount, duty.standing), (300, "broken"))

    def test_delivery(self):
        contract = self.make_contract(lead_days=3)
        product = self.env["product.product"].create(
            {"name": "Cloth", "is_storable": True}
        )
        for ordered, done in (
            ("2026-03-02", "2026-03-05"),
            ("2026-03-02", "2026-03-09"),
        ):
            with freeze_time(f"{ordered} 10:00:00"):
                order = self.env["sale.order"].create(
                    {
                        "partner_id": self.customer.id,
                        "order_line": [Command.create({"product_id": product.id})],
                    }
                )
                order.action_confirm()
            with freeze_time(f"{done} 10:00:00"):
                order.picking_ids.move_ids.write({"quantity": 1, "picked": True})
                order.picking_ids._action_done()
        with freeze_time("2026-03-12 10:00:00"):
            duty = self.duty(contract, "delivery")
            self.assertEqual((duty.base, duty.fact_share, duty.days_late), (2, 0.5, 4))
            self.assertEqual(len(self.evidence(duty)), 2)

    def test_nightly(self):
        """Told once for each period; expired on the day after the last."""
        contract = self.make_contract()
        cron = self.env["sales.contract"].sudo()
        broken = "sales_manager_kpi.mail_activity_type_contract_breach"
        expiry = "sales_manager_kpi.mail_activity_type_contract_expiry"

        def told(kind):
            return len(contract.activity_search([kind]))

        with freeze_time("2026-01-20 02:00:00"):
            cron._cron_watch()
            self.assertFalse(contract.is_breached)
        for day, count in (("02-01", 2), ("02-02", 2), ("03-01", 4)):
            with freeze_time(f"2026-{day} 10:00:00"):
                cron._cron_watch()
            self.assertEqual(told(broken), count, day)
        self.assertTrue(contract.is_breached)
        self.assertEqual(
            contract.duty_ids.filtered("is_breached").mapped("kind"),
            ["ordered", "invoiced"],
        )
        self.assertEqual(told(expiry), 0)
        for _night in range(2):
            with freeze_time("2026-12-05 10:00:00"):
                cron._cron_watch()
            self.assertEqual(told(expiry), 1)
        with freeze_time("2026-12-31 10:00:00"):
            cron._cron_watch()
            self.assertEqual(contract.state, "active")
        with freeze_time("2027-01-01 10:00:00"):
            cron._cron_watch()
        self.assertEqual(contract.state, "expired")

    def test_queries(self):
        """One query for each kind, whatever many contracts."""
        customers = [self.make_customer(f"C{n}") for n in range(6)]
        contracts = [self.make_contract(partner_id=c.id) for c in customers]
        for customer in customers:
            self.make_order(customer)
            self.make_invoice(customer, date=fields.Date.to_string(date.today()))
        counts = []
        for some in (contracts[:1], contracts[:1], contracts[1:]):
            duties = self.env["sales.contract.duty"].union(*(c.duty_ids for c in some))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            duties.mapped("standing")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[1])
