from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError

from odoo.addons.sales_manager_kpi.engine.customer_life import abc, course

from .common import BaseSalesCommon


@freeze_time("2026-03-16 10:00:00")
class TestFigure(BaseSalesCommon):
    """Figures out of real invoices and orders, every night and on demand."""

    def pay(self, invoice, day, amount=None):
        values = {"payment_date": day}
        if amount:
            values["amount"] = amount
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create(values)._create_payments()

    def test_turnover_orders_returns_and_lateness(self):
        """Twelve months and the twelve before; credit notes come off."""
        paid = self.make_invoice(
            price=1000,
            date="2025-12-01",
            invoice_payment_term_id=False,
            invoice_date_due="2025-12-01",
        )
        self.pay(paid, "2025-12-11")
        self.make_invoice(price=300, date="2024-06-01", invoice_date_due="2024-06-01")
        refund = self.make_invoice(price=100, date="2026-01-10", move_type="out_refund")
        with freeze_time("2026-02-20 10:00:00"):
            self.make_order()
        self.night()
        figure = self.figure()
        self.assertEqual(refund.state, "posted")
        self.assertRecordValues(
            figure,
            [
                {
                    "turnover": 900.0,
                    "turnover_before": 300.0,
                    "returned": 100.0,
                    "order_count": 1,
                    "first_order_on": date(2026, 2, 20),
                    "last_order_on": date(2026, 2, 20),
                    "days_since_order": 24,
                    "was_due": True,
                    "days_late": 10.0,
                    "user_id": self.manager_a.id,
                    "branch_id": self.branch.id,
                    "refreshed_on": date(2026, 3, 16),
                }
            ],
        )
        # invoice basis: the purchase of December after 18 months of silence
        self.assertEqual(figure.life_state, "active")
        self.assertEqual(figure.state_since, date(2026, 3, 1))

    def test_states_and_classes_are_the_engine_s(self):
        """Of many customers, by SQL, what the engine says of their invoices."""
        bought = {
            "Fresh": [(500, "2026-02-10")],
            "Active": [(800, "2025-06-01"), (100, "2026-01-15")],
            "Asleep": [(50, "2025-08-01")],
            "Gone": [(4000, "2024-12-20")],
            "Back": [(70, "2024-06-01"), (20, "2026-03-10")],
            "Returned": [],
        }
        customers = {name: self.make_customer(name, self.manager_a) for name in bought}
        for name, documents in bought.items():
            for price, day in documents:
                self.make_invoice(customers[name], price, day)
        taken = self.make_invoice(customers["Returned"], 60, "2026-02-01")
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=taken.ids
        ).create({"journal_id": taken.journal_id.id}).refund_moves()
        taken.reversal_move_ids.action_post()
        self.assertEqual(taken.payment_state, "reversed")
        self.night()
        rules, today = self.company._life_rules(), date(2026, 3, 16)
        for name, documents in bought.items():
            figure = self.figure(customers[name])
            days = [date.fromisoformat(day) for _price, day in documents]
            steps = course(days, today, rules)
            state, since = steps[-1] if steps else (False, False)
            self.assertEqual((figure.life_state, figure.state_since), (state, since))
        states = [self.figure(customers[name]).life_state for name in bought]
        self.assertEqual(
            states, ["new", "active", "dormant", "lost", "won_back", False]
        )
        figures = self.env["customer.figure"].search(
            [("company_id", "=", self.company.id)]
        )
        classes = abc({f.id: f.turnover for f in figures}, 80, 95)
        self.assertEqual(
            {f.id: f.abc for f in figures if f.abc},
            classes,
        )
        self.assertEqual(self.figure(customers["Active"]).abc, "a")
        self.assertFalse(self.figure(customers["Gone"]).abc)

    def test_one_customer_on_demand(self):
        """The button on the customer, and a second run that changes nothing."""
        self.make_invoice(price=250, date="2026-03-01")
        action = self.customer.with_user(self.manager_a).action_open_customer_figure()
        figure = self.env["customer.figure"].browse(action["res_id"])
        self.assertEqual((figure.turnover, figure.abc), (250.0, "a"))
        self.night()
        written = figure.write_date
        self.assertEqual(self.figure(), figure)
        self.assertFalse(self.env["customer.figure"]._stale_customers(self.company))
        self.assertEqual(figure.write_date, written)

    def test_who_is_no_customer_any_more(self):
        self.night()
        figure = self.figure()
        self.customer.user_id = False
        with freeze_time("2026-03-17 10:00:00"):
            self.night()
        self.assertFalse(figure.active)
        self.assertFalse(figure.user_id)

    def test_two_companies_and_currencies(self):
        """Each company sees its own turnover, in its own currency."""
        other = self.setup_other_company()["company"]
        self.make_invoice(price=100, date="2026-03-01")
        dollars = self.setup_other_currency(
            "EUR" if self.company.currency_id.name != "EUR" else "USD",
            rates=[("2026-01-01", 2.0)],
        )
        self.make_invoice(price=100, date="2026-03-02", currency_id=dollars.id)
        self.night()
        self.assertEqual(self.figure().turnover, 150.0)
        self.assertFalse(self.figure(company=other))
        self.env["sales.branch"].create(
            {
                "code": "X",
                "name": "Elsewhere",
                "company_id": other.id,
                "resource_calendar_id": other.resource_calendar_id.id,
                "tz": "UTC",
            }
        )
        Figure = self.env["customer.figure"].sudo()
        figures = Figure._refresh(self.customer, other)
        self.assertEqual(figures.turnover, 0.0)
        self.assertFalse(figures.user_id)
        self.assertEqual(self.figure().turnover, 150.0)

    def test_a_constant_number_of_queries(self):
        """For one customer and for forty."""
        many = self.env["res.partner"].union(
            *(self.make_customer(f"Customer {n}", self.manager_a) for n in range(40))
        )
        for customer in many[:5] | self.customer:
            self.make_invoice(customer, 100, "2026-03-01")
            self.put_in_class(customer)
        self.env.flush_all()
        Figure = self.env["customer.figure"].sudo()
        counts = []
        for partners in (self.customer, many[:2], many):
            Figure._refresh(partners, self.company, weigh=False)
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            before = self.env.cr.sql_log_count
            Figure._refresh(partners, self.company, weigh=False)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(max(counts), min(counts) + 4, counts)
        self.assertLess(max(counts), 60, counts)

    def test_days_late_of_partial_payments(self):
        """Weighted by amount; what is open is late until today."""
        invoice = self.make_invoice(
            price=100,
            date="2026-03-01",
            invoice_payment_term_id=False,
            invoice_date_due="2026-03-06",
        )
        self.pay(invoice, "2026-03-06", amount=50)
        self.night()
        self.assertEqual(self.figure().days_late, 5.0)

    def test_history_of_who_serves_it_now(self):
        """By month, whoever was credited; in the branch, and without margins."""
        self.make_invoice(price=1000, date="2024-12-01")
        self.make_invoice(price=100, date="2025-01-10", move_type="out_refund")
        self.make_invoice(price=50, date="2025-01-20")
        far = self.make_invoice(price=7, date="2025-02-01")
        far.with_context(active_test=False).sudo().write(
            {
                "credited_user_id": self.manager_b.id,
                "credited_branch_id": self.other_branch.id,
            }
        )
        second = self.make_user("second", "sales_manager_kpi.group_manager")
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": second.id,
                "date_from": "2020-01-01",
            }
        )
        self.customer.user_id = second
        self.night()
        own = self.figure().with_user(second)
        # what was credited to others is no fact of the manager's own
        self.assertFalse(
            self.env["sales.fact.report"]
            .with_user(second)
            .search_count([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(
            own._history_amounts()[own],
            {2024: {12: [1000.0, 0.0]}, 2025: {1: [-50.0, -100.0]}},
        )
        everywhere = self.figure().with_user(self.commercial)
        self.assertEqual(everywhere._history_amounts()[everywhere][2025][2], [7.0, 0.0])
        self.assertIn("1,000", own.history)
        self.assertNotIn("1,000", self.figure(self.make_idle()).history or "")
        with self.assertRaises(AccessError):
            own.with_user(self.manager_a)._history_amounts()
        self.open_form(own)

    def make_idle(self):
        idle = self.make_customer("Idle", self.manager_a)
        self.night()
        return idle

    def test_margin_is_for_those_who_see_cost(self):
        self.night()
        figure = self.figure().with_user(self.manager_a)
        self.assertNotIn("margin", figure.fields_get())
        self.manager_a.group_ids = [
            Command.link(self.env.ref("sales_manager_kpi.group_cost").id)
        ]
        self.assertIn("margin", figure.fields_get())
