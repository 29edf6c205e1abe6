from odoo import Command

from .settling import SettlingCommon


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

    def test_new_in_another_month_then(self):
        """The first order goes, the next one is the first now: paid once in the end."""
        self.scheme_of({"code": "each", "kind": "new_customers", "amount": 50.0})
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.make_document([(self.cloth, 300.0)], date="2026-02-10")
        january = self.pay_month(self.january)
        invoice.button_draft()
        february = self.pay_month(self.february)
        march = self.pay_month(self.march)
        paid = (january | february | march).mapped("variable")
        self.assertEqual(sum(paid), 50.0)

    def test_new_in_a_middle_month_after_all(self):
        """The first invoice goes when both months are paid: the second is first."""
        self.scheme_of({"code": "each", "kind": "new_customers", "amount": 50.0})
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        self.make_document([(self.cloth, 300.0)], date="2026-02-10")
        february = self.pay_month(self.february)
        invoice.button_draft()
        march = self.pay_month(self.march)
        paid = (january | february | march).mapped("variable")
        self.assertEqual(paid, [50.0, 0.0, 0.0])

    def test_new_before_it_was_new(self):
        """A document dated back makes an earlier month the first: paid once."""
        self.scheme_of({"code": "each", "kind": "new_customers", "amount": 50.0})
        self.make_document([(self.cloth, 9.0)], partner_id=self.customer_b.id)
        january = self.pay_month(self.january)
        self.make_document([(self.cloth, 300.0)], date="2026-02-10")
        february = self.pay_month(self.february)
        self.make_document([(self.cloth, 100.0)], date="2026-01-20")
        march = self.pay_month(self.march)
        paid = (january | february | march).mapped("variable")
        self.assertEqual(paid[1:], [50.0, 0.0])


class TestShareOfNewCustomers(SettlingCommon):
    """Of new customers a share of their turnover is paid: all of it, or none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scheme_of(
            cls, {"code": "new", "kind": "new_customers", "rate_percent": 10.0}
        )

    def settled(self, statement):
        """``{month: [(base, amount)]}``; a month can have two lines here."""
        found = {}
        for line in statement.line_ids.filtered("origin_period_id"):
            month = line.origin_period_id.date_from.month
            self.assert_evidence(line)
            found.setdefault(month, []).append((line.base, line.amount))
        return {month: sorted(own) for month, own in found.items()}

    def test_the_first_invoice_goes(self):
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        self.make_document([(self.cloth, 300.0)], date="2026-02-10")
        february = self.pay_month(self.february)
        self.assertEqual((january | february).mapped("variable"), [100.0, 0.0])
        invoice.button_draft()
        march = self.pay_month(self.march)
        self.assertEqual(
            self.settled(march), {1: [(-1000.0, -100.0)], 2: [(300.0, 30.0)]}
        )
        april = self.pay_month(self.month("2026-04-01"))
        self.assertFalse(self.settled(april))

    def test_dated_back(self):
        """An earlier month is the first: its turnover counts, that of the other not."""
        self.make_document([(self.cloth, 9.0)], partner_id=self.customer_b.id)
        self.pay_month(self.january)
        self.make_document([(self.cloth, 300.0)], date="2026-02-10")
        february = self.pay_month(self.february)
        self.make_document([(self.cloth, 100.0)], date="2026-01-20")
        march = self.pay_month(self.march)
        self.assertEqual(
            self.settled(march), {1: [(100.0, 10.0)], 2: [(-300.0, -30.0)]}
        )
        self.assertEqual((february | march).mapped("variable"), [30.0, -20.0])

    def test_gone_after_a_part_came_back(self):
        """What was given back before is not taken away again."""
        invoice = self.make_document([(self.cloth, 1000.0)])
        january = self.pay_month(self.january)
        self.give_back(invoice, "2026-02-05", (self.cloth, 400.0))
        february = self.pay_month(self.february)
        self.assertEqual(self.settled(february), {1: [(-400.0, -40.0)]})
        self.give_back(invoice, "2026-03-05", (self.cloth, 100.0))
        invoice.button_draft()
        march = self.pay_month(self.march)
        self.assertEqual(self.settled(march), {1: [(-600.0, -60.0)]})
        paid = (january | february | march).mapped("variable")
        self.assertEqual(sum(paid), 0.0)

    def test_came_with_what_came_back(self):
        """Who came gets the turnover less all that was given back of it, once."""
        first = self.make_document([(self.cloth, 50.0)])
        self.pay_month(self.january)
        second = self.make_document([(self.cloth, 1000.0)], date="2026-02-10")
        self.pay_month(self.february)
        self.give_back(second, "2026-03-05", (self.cloth, 100.0))
        self.pay_month(self.march)
        first.button_draft()
        self.give_back(second, "2026-04-05", (self.cloth, 200.0))
        april = self.pay_month(self.month("2026-04-01"))
        self.assertEqual(
            self.settled(april),
            {1: [(-50.0, -5.0)], 2: [(-200.0, -20.0), (900.0, 90.0)]},
        )
        self.give_back(second, "2026-05-05", (self.cloth, 300.0))
        may = self.pay_month(self.month("2026-05-01"))
        self.assertEqual(self.settled(may), {2: [(-300.0, -30.0)]})

    def test_of_somebody_else(self):
        invoice = self.make_document([(self.cloth, 1000.0)])
        self.make_document([(self.cloth, 200.0)], date="2026-01-20")
        both = self.manager_a, self.manager_b
        self.pay_month(self.january, *both)
        invoice._store_credit(
            {invoice.id: (self.manager_b.id, self.other_branch.id, "owner")}
        )
        february = self.pay_month(self.february, *both)
        self.assertEqual(february.mapped("variable"), [-120.0, 100.0])


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
