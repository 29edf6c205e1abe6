from freezegun import freeze_time

from .test_period import PeriodCommon


class TestHint(PeriodCommon):
    """How far the next tier is, on quotations and customers."""

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-03-08 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def words(self, record, user=None):
        """Its hint as ``user`` reads it, blanks as they are typed."""
        self.env.flush_all()
        self.env.invalidate_all()
        record = record.with_user(user or self.manager_a)
        return (record.trade_bonus_hint or "").replace("\N{NO-BREAK SPACE}", " ")

    def test_order_and_customer_say_it(self):
        contact = self.make_customer("Contact", parent_id=self.customer.id)
        contact.is_company = False
        order = self.make_order(contact, confirm=False, user_id=self.manager_a.id)
        self.assertEqual(self.words(order), "")
        self.make_active()
        self.invoice("2026-02-01", 7600)
        expected = "12,400.00 to the next tier, 23 days left"
        for record in (order, self.customer, contact):
            with self.subTest(model=record._name):
                self.assertRegex(self.words(record), f"^Volume: .*{expected}$")
        for user in (self.director, self.commercial, self.admin):
            self.assertIn(expected, self.words(order, user))
        for user in (self.manager_b, self.other_director):
            self.assertEqual(self.words(self.customer, user), "")
        order.with_user(self.manager_a).action_cancel()
        self.assertEqual(self.words(order), "")

    def test_last_days_and_the_highest_tier(self):
        order = self.make_order(confirm=False)
        self.make_active()
        for day, words in (("03-30", "1 day left"), ("03-31", "last day")):
            with freeze_time(f"2026-{day} 10:00:00"):
                self.assertTrue(self.words(order).endswith(words))
        with freeze_time("2026-04-01 10:00:00"):
            self.assertIn("90 days left", self.words(order))
        self.invoice("2026-02-01", 20000)
        self.assertEqual(
            self.words(order), "Volume: Highest tier reached (4 %), 23 days left"
        )

    def test_units_and_earlier_periods_that_nobody_calculated(self):
        order = self.make_order(confirm=False)
        agreement = self.make_active(
            self.prepare_term(period="month", cumulative=True),
            self.prepare_term(
                *((10, 1), (20, 2)),
                name="Pieces",
                method="per_unit",
                uom_id=self.product.uom_id.id,
            ),
        )
        self.invoice("2026-01-15", 4000)
        self.invoice("2026-03-01", 500)
        volume, pieces = self.words(order).split("\n")
        self.assertIn("500.00 to the next tier, 23 days left", volume)
        self.assertIn(f"8 {self.product.uom_id.name} to the next tier", pieces)
        agreement.with_user(self.manager_a).suspend("Under discussion")
        self.assertEqual(self.words(order), "")

    def test_the_cache_follows_agreements(self):
        Agreement = self.env["trade.bonus.agreement"]
        self.assertFalse(Agreement._active_customers(self.company))
        agreement = self.make_active()
        self.assertEqual(Agreement._active_customers(self.company), {self.customer.id})
        agreement.with_user(self.director).cancel("No longer")
        self.assertFalse(Agreement._active_customers(self.company))

    def test_a_merged_customer_keeps_its_agreement(self):
        self.make_active()
        kept = self.make_customer("Kept", self.manager_a)
        Agreement = self.env["trade.bonus.agreement"]
        self.assertEqual(Agreement._active_customers(self.company), {self.customer.id})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | kept).ids, kept, extra_checks=False)
        self.assertEqual(Agreement._active_customers(self.company), {kept.id})

    def test_nothing_is_asked_without_an_agreement(self):
        order = self.make_order(confirm=False).with_user(self.manager_a)
        customer = self.customer.with_user(self.manager_a)
        customer.mapped("commercial_partner_id.name")
        self.words(order)
        self.words(customer)
        order.mapped("company_id.name")
        order.invalidate_recordset(["trade_bonus_hint"])
        customer.invalidate_recordset(["trade_bonus_hint"])
        order.mapped("state")
        customer.mapped("commercial_partner_id")
        with self.assertQueryCount(0):
            self.assertFalse(order.trade_bonus_hint)
            self.assertFalse(customer.trade_bonus_hint)

    def test_many_orders_cost_no_more_than_one(self):
        self.make_active()
        orders = self.env["sale.order"].union(
            *(self.make_order(confirm=False) for _n in range(6))
        )
        counts = []
        for some in (orders[:1], orders):
            self.env.invalidate_all()
            some = some.with_user(self.manager_a)
            some.mapped("partner_id.commercial_partner_id.name")
            before = self.env.cr.sql_log_count
            some.mapped("trade_bonus_hint")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
