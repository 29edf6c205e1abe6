from odoo import Command
from odoo.tests import tagged

from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class SettlingCommon(StatementCommon):
    """January is paid, February settles what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.march = cls.month("2026-03-01")
        cls.clients = cls.env["customer.class"].create({"name": "A", "code": "A"})

    def scheme_of(self, *components, users=None):
        """Pays by ``components`` alone, named by their codes."""
        payer = self.scheme.with_user(self.payer)
        payer.action_draft()
        payer.component_ids = [
            Command.clear(),
            *(
                Command.create({"name": values["code"], **values})
                for values in components
            ),
        ]
        if users:
            payer.user_ids = users
        payer.action_activate()

    def revise(self, rate, start="2026-02-01"):
        """The next version of the scheme, of another rate."""
        payer = self.scheme.with_user(self.payer)
        revised = payer.browse(payer.action_revise()["res_id"])
        revised.date_from = start
        revised.component_ids.rate_percent = rate
        revised.action_activate()
        return revised

    def pay_month(self, month, *users):
        """Close it and lock its statements; whether they verify is asked as well."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.close_month(month)
        statements = self.Statement.browse()
        for user in users or (self.manager_a,):
            statements |= self.locked(user, month)
        self.assertFalse(statements._verify())
        return statements

    def settled(self, statement):
        """``{(code, month): (base, amount)}`` of lines of earlier months.

        What is behind a line adds up to its base.
        """
        found = {}
        for line in statement.line_ids.filtered("origin_period_id"):
            key = line.code, line.origin_period_id.date_from.month
            self.assertNotIn(key, found)
            found[key] = (line.base, line.amount)
            if line.fact_model:
                action = line.action_open_evidence()
                facts = self.env[action["res_model"]].sudo().search(action["domain"])
                self.assertAlmostEqual(sum(facts.mapped("amount")), line.base)
        return found

    def member(self, customer, start="2026-01-01", end=False):
        return self.env["customer.class.member"].create(
            {
                "partner_id": customer.id,
                "class_id": self.clients.id,
                "company_id": self.company.id,
                "date_from": start,
                "date_to": end,
            }
        )

    def give_back(self, invoice, day, *lines):
        """A credit note of ``lines``, of all of it where there are none."""
        if lines:
            return self.make_document(
                lines,
                "out_refund",
                day,
                reversed_entry_id=invoice.id,
                partner_id=invoice.partner_id.id,
            )
        note = invoice._reverse_moves([{"invoice_date": day}])
        note.action_post()
        return note

    def register(self, invoice, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": day})._create_payments()


class TestConditionsOfTheMonth(SettlingCommon):
    """What came back is chosen as the month chose that paid for it."""

    def test_class_of_then(self):
        self.scheme_of(
            {
                "code": "class",
                "rate_percent": 5.0,
                "class_ids": [Command.set(self.clients.ids)],
            }
        )
        # in the class in January alone, and from February alone
        self.member(self.customer, end="2026-01-31")
        later = self.make_customer("Later", self.manager_a)
        self.env["customer.assignment"].search([]).date_from = "2020-01-01"
        self.member(later, start="2026-02-01")
        counted = self.make_document([(self.cloth, 1000.0)])
        late = self.make_document([(self.cloth, 300.0)])
        never = self.make_document([(self.cloth, 400.0)], partner_id=later.id)
        gone = self.make_document([(self.cloth, 500.0)], partner_id=later.id)
        january = self.pay_month(self.january)
        self.assertEqual(january.variable, 65.0)
        self.give_back(counted, "2026-02-05")
        self.give_back(never, "2026-02-05")
        (late | gone).button_draft()
        february = self.pay_month(self.february)
        amounts = february.line_ids.filtered("origin_period_id").mapped("amount")
        self.assertEqual(sorted(amounts), [-50.0, -15.0])
        self.assertEqual(february.variable, -65.0)
        own = february.line_ids - february.line_ids.filtered("origin_period_id")
        self.assertEqual(own.base, 0.0)

    def test_new_then(self):
        """A customer who was new when they bought is not new when they give back."""
        self.scheme_of(
            {"code": "new", "rate_percent": 10.0, "new_customer_months": 1},
        )
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        self.assertEqual(january.variable, 100.0)
        self.give_back(invoice, "2026-02-05", (self.cloth, 400.0))
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {("new", 1): (-400.0, -40.0)})

    def test_promotion_taken_back_later(self):
        program = self.env["loyalty.program"].create({"name": "Spring"})
        self.scheme_of(
            {
                "code": "spring",
                "kind": "programme",
                "rate_percent": 3.0,
                "program_ids": [Command.set(program.ids)],
            }
        )
        order = self.make_sale([(self.thread, 500.0)])
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-01-20"
        invoice.action_post()
        use = (
            self.env["promotion.use"]
            .sudo()
            .create(
                {
                    "program_id": program.id,
                    "order_id": order.id,
                    "date": "2026-01-20",
                    "company_id": self.company.id,
                    "state": "confirmed",
                }
            )
        )
        self.assertFalse(use.taken_back_on)
        january = self.pay_month(self.january)
        self.assertEqual(january.variable, 15.0)
        use._reverse()
        self.assertTrue(use.taken_back_on)
        self.give_back(invoice, "2026-02-05")
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {("spring", 1): (-500.0, -15.0)})


class TestTeamsAndNewCustomers(SettlingCommon):
    def test_the_director_of_then(self):
        """At January's rate, of who directed the branch in January, once."""
        self.scheme_of(
            {"code": "team", "kind": "team_override", "rate_percent": 1.0},
            users=self.director | self.other_director | self.manager_a,
        )
        returned = self.make_document([(self.cloth, 10000.0)])
        late = self.make_document([(self.cloth, 5000.0)])
        january = self.pay_month(self.january, self.director, self.other_director)
        self.assertEqual(january.mapped("variable"), [150.0, 0.0])
        self.revise(3.0)
        self.branch.director_id = self.other_director
        self.give_back(returned, "2026-02-05", (self.cloth, 4000.0))
        late.button_draft()
        february = self.pay_month(self.february, self.director, self.other_director)
        lines = february[0].line_ids.filtered("origin_period_id")
        self.assertEqual(
            sorted((line.base, line.amount) for line in lines),
            [(-5000.0, -50.0), (-4000.0, -40.0)],
        )
        for line in lines:
            action = line.action_open_evidence()
            facts = self.env[action["res_model"]].sudo().search(action["domain"])
            self.assertEqual(sum(facts.mapped("amount")), line.base)
        # who directs it now was not paid for January, and gives nothing back
        self.assertEqual(february[1].variable, 0.0)
        march = self.pay_month(self.march, self.director)
        self.assertFalse(self.settled(march))

    def test_a_first_order_falls_away_once(self):
        self.scheme_of(
            {"code": "each", "kind": "new_customers", "amount": 50.0},
            {"code": "share", "kind": "new_customers", "rate_percent": 4.0},
        )
        invoice = self.make_document([(self.cloth, 1000.0)])
        again = self.make_document([(self.thread, 200.0)], date="2026-01-18")
        january = self.pay_month(self.january)
        self.assertEqual(january.variable, 98.0)
        again.button_draft()
        february = self.pay_month(self.february)
        # the customer is one all the same
        self.assertEqual(self.settled(february), {("share", 1): (-200.0, -8.0)})
        invoice.button_draft()
        march = self.pay_month(self.march)
        self.assertEqual(
            self.settled(march),
            {("each", 1): (-1.0, -50.0), ("share", 1): (-1000.0, -40.0)},
        )
        again.button_cancel()
        april = self.pay_month(self.month("2026-04-01"))
        self.assertFalse(self.settled(april))

    def test_a_first_order_is_taken_back(self):
        self.scheme_of({"code": "each", "kind": "new_customers", "amount": 50.0})
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.pay_month(self.january)
        self.give_back(invoice, "2026-02-05")
        self.assertEqual(invoice.payment_state, "reversed")
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {("each", 1): (-1.0, -50.0)})
        march = self.pay_month(self.march)
        self.assertFalse(self.settled(march))

    def test_a_new_customer_of_somebody_else(self):
        self.scheme_of({"code": "each", "kind": "new_customers", "amount": 50.0})
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.make_document([(self.cloth, 9.0)], partner_id=self.customer_b.id)
        both = self.manager_a, self.manager_b
        self.pay_month(self.january, *both)
        invoice._store_credit(
            {invoice.id: (self.manager_b.id, self.other_branch.id, "owner")}
        )
        february = self.pay_month(self.february, *both)
        self.assertEqual(february.mapped("variable"), [-50.0, 50.0])


class TestLateCreditNotes(SettlingCommon):
    def test_at_the_rate_of_the_invoice(self):
        """A credit note of February changes in March: January paid 2 %."""
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.pay_month(self.january)
        self.revise(6.0)
        self.make_document([(self.cloth, 100.0)], date="2026-02-10")
        note = self.give_back(invoice, "2026-02-05", (self.cloth, 300.0))
        alone = self.make_document([(self.cloth, 10.0)], "out_refund", "2026-02-06")
        alone._store_credit({alone.id: (self.manager_a.id, self.branch.id, "owner")})
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {("deals", 1): (-300.0, -6.0)})
        (note | alone).button_draft()
        march = self.pay_month(self.march)
        self.assertEqual(
            self.settled(march),
            {("deals", 1): (300.0, 6.0), ("deals", 2): (10.0, 0.6)},
        )


class TestDiscountsOfReturns(SettlingCommon):
    def test_each_line_at_its_own_rate(self):
        self.scheme_of(
            {
                "code": "tiers",
                "tier_axis": "discount",
                "tier_method": "whole",
                "tier_ids": [
                    Command.create({"start": 0, "rate": 5}),
                    Command.create({"start": 20, "rate": 1}),
                ],
            }
        )
        cheap = {**self._prepare_line((self.thread, 1000.0)), "discount": 20.0}
        invoice = self.make_document([(self.cloth, 800.0), cheap])
        january = self.pay_month(self.january)
        self.assertEqual(january.variable, 48.0)
        dear = self.give_back(invoice, "2026-02-03", (self.cloth, 300.0))
        # what came back of a cheap line is cheap, however it is written down
        self.give_back(invoice, "2026-02-04", (self.thread, 400.0))
        february = self.pay_month(self.february)
        line = february.line_ids.filtered("origin_period_id")
        self.assertEqual(line.amount, -19.0)
        dear.button_draft()
        march = self.pay_month(self.march)
        self.assertEqual(
            march.line_ids.filtered("origin_period_id").mapped("amount"), [15.0]
        )

    def test_what_had_too_much_off_is_not_taken_back(self):
        self.scheme_of({"code": "few", "rate_percent": 5.0, "max_discount": 10.0})
        cheap = {**self._prepare_line((self.thread, 1000.0)), "discount": 20.0}
        invoice = self.make_document([(self.cloth, 800.0), cheap])
        self.assertEqual(self.pay_month(self.january).variable, 40.0)
        self.give_back(invoice, "2026-02-03")
        self.assertEqual(self.pay_month(self.february).variable, -40.0)


class TestWhatIsMissing(SettlingCommon):
    def test_paid_before_and_nothing_now(self):
        """What was paid for a month that comes out empty is given back."""
        self.scheme_of({"code": "deals", "rate_percent": 2.0}, users=self.manager_a)
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        january.with_user(self.payer).action_pay()
        january.with_user(self.payer)._reverse("Nothing was sold")
        self.january.with_user(self.admin)._reopen("Nothing was sold")
        invoice.button_draft()
        invoice.button_cancel()
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).sudo().write({"date_from": "2019-01-01", "date_to": "2019-12-31"})
        self.env.invalidate_all()
        again = self.pay_month(self.january)
        self.assertRecordValues(
            again,
            [
                {
                    "variable": 0.0,
                    "paid_before": 20.0,
                    "payable": 0.0,
                    "carry_out": -20.0,
                    "scheme_id": False,
                }
            ],
        )

    def test_late_in_a_month_without_sales(self):
        """January had no rate: the rate of February, else what the rule gives."""
        self.scheme_of(
            {
                "code": "deals",
                "rate_percent": 0.0,
                "tier_method": "marginal",
                "tier_ids": [
                    Command.create({"start": 0, "rate": 2}),
                    Command.create({"start": 1000, "rate": 4}),
                ],
            }
        )
        self.pay_month(self.january)
        self.make_document([(self.thread, 2000.0)])
        self.make_document([(self.thread, 3000.0)], date="2026-02-05")
        february = self.pay_month(self.february)
        # 20 + 80 of 3,000 are 3.3333 %
        self.assertEqual(self.settled(february), {("deals", 1): (2000.0, 66.67)})
        self.pay_month(self.march)
        self.make_document([(self.thread, 2000.0)], date="2026-03-05")
        april = self.pay_month(self.month("2026-04-01"))
        # nothing in April either: 20 of the first thousand, 40 of the second
        self.assertEqual(self.settled(april), {("deals", 3): (2000.0, 60.0)})

    def test_printed_directly(self):
        statement = self.pay_month(self.january)
        Log = self.env["sales.export.log"].sudo()
        report = self.env["ir.actions.report"]
        name = "sales_manager_kpi.report_bonus_statement"
        before = Log.search_count([])
        report.with_user(self.manager_a)._render_qweb_html(name, statement.ids)
        self.assertEqual(Log.search_count([]), before)
        html, _kind = report.with_user(self.payer)._render_qweb_html(
            name, statement.ids
        )
        self.assertIn(self.manager_a.name, html.decode())
        log = Log.search([], limit=1, order="id desc")
        self.assertEqual(Log.search_count([]), before + 1)
        self.assertRecordValues(
            log,
            [
                {
                    "user_id": self.payer.id,
                    "res_model": "bonus.statement",
                    "field_names": "pdf",
                    "record_count": 1,
                    "domain": f"[('id', 'in', [{statement.id}])]",
                }
            ],
        )

    def test_missing_rates(self):
        """Of a currency, and of one whose rates begin after the month."""
        Run = self.env["bonus.run"]
        currency, later = self.env["res.currency"].create(
            [{"name": "QQQ", "symbol": "Q"}, {"name": "QQR", "symbol": "R"}]
        )
        self.make_document([(self.cloth, 9.0)], currency_id=currency.id)
        self.make_document([(self.cloth, 9.0)], currency_id=later.id)
        self.env["res.currency.rate"].create(
            {"currency_id": later.id, "name": "2026-02-01", "rate": 2.0}
        )
        self.env.flush_all()
        self.assertEqual(Run._missing_rates(self.january), currency | later)
        self.assertFalse(Run._missing_rates(self.february))
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        self.assertEqual(Run._missing_rates(self.january), later)

    def test_named_and_gone(self):
        """Who is named in a scheme and left is no member any more, but was one."""
        self.scheme_of(
            {"code": "fixed", "kind": "fixed", "amount": 100.0},
            users=self.manager_a | self.director,
        )
        january = self.pay_month(self.january, self.manager_a, self.director)
        self.assertEqual(january.mapped("variable"), [100.0, 100.0])
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).sudo().date_to = "2026-01-31"
        self.manager_a.active = False
        self.env.invalidate_all()
        self.pay_month(self.february, self.director)
        self.assertFalse(self.statement(self.manager_a, self.february))
        self.assertEqual(self.statement(self.manager_a), january[0])
        self.assertFalse(january._verify())
        # who was never in a branch stays
        self.assertEqual(self.statement(self.director, self.february).variable, 100.0)
        Run = self.env["bonus.run"]
        results = Run._compute(self.january)
        self.assertEqual(results[self.manager_a.id].totals.variable, 100)


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
