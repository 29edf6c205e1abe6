from freezegun import freeze_time

from odoo.exceptions import AccessError

from .test_period import PeriodCommon


class TestLive(PeriodCommon):
    """Open periods as they stand today, and who sees them."""

    def test_how_far_the_next_tier_is(self):
        with freeze_time("2026-03-08 10:00:00"):
            agreement = self.make_active()
            self.invoice("2026-02-01", 7600)
            period = agreement.period_ids[0]
            self.assertEqual((period.live_base, period.gap), (7600, 12400))
            self.assertEqual((period.days_left, period.expected), (23, 152))
            self.assertEqual((period.progress, period.live_rate), (38, "2 %"))
            self.assertIn("152.00", period.calculation)
            self.assertFalse(period.base_line_ids)
            self.invoice("2026-02-01", 400)
            period.invalidate_recordset()
            self.assertEqual(period.live_base, 8000)

    def test_pipeline_filters(self):
        with freeze_time("2026-03-08 10:00:00"):
            near = self.make_active(
                self.prepare_term(limit_overdue=True, max_overdue_days=3)
            )
            other = self.make_customer("Far", self.manager_a)
            far = self.make_active(partners=other)
            self.invoice("2026-02-01", 4600, invoice_date_due="2026-02-02")
            self.invoice("2026-02-01", 100, customer=other)
            Period = self.env["trade.bonus.period"].with_user(self.manager_a)
            found = Period.search([("near_tier", "=", True)])
            self.assertEqual(found, near.period_ids[0])
            found = Period.search([("at_risk", "=", True)])
            self.assertEqual(found, near.period_ids[0])
            found = Period.search([("near_tier", "=", False)])
            self.assertIn(far.period_ids[0], found)
            stranger = Period.with_user(self.manager_b)
            self.assertFalse(stranger.search([("near_tier", "=", True)]))

    def test_many_customers_cost_no_more_queries(self):
        with freeze_time("2026-03-08 10:00:00"):
            few = self.make_active()
            customers = self.env["res.partner"].union(
                *(self.make_customer(f"C{n}", self.manager_a) for n in range(8))
            )
            many = self.make_active(partners=customers)
            counts = []
            for agreement in (few, many):
                self.env.invalidate_all()
                periods = agreement.period_ids.sudo()
                periods.mapped("term_id.tier_ids.start")
                before = self.env.cr.sql_log_count
                periods._live_figures()
                counts.append(self.env.cr.sql_log_count - before)
            self.assertLessEqual(counts[1], counts[0] + 2)

    def test_forms_open_for_every_role(self):
        agreement = self.make_active(self.prepare_term((0, 10)))
        self.invoice("2026-02-01", 1000)
        period = self.approve(self.calculate(agreement.period_ids[0]))
        period.with_user(self.manager_a).action_settle()
        settlement = period.sudo().settlement_line_ids.settlement_id
        for record in (agreement, period, settlement):
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                with self.subTest(model=record._name, user=user.login):
                    self.open_form(
                        record.with_user(user).with_env(record.with_user(user).env)
                    )
            for user in (self.manager_b, self.other_director, self.plain):
                with (
                    self.subTest(model=record._name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(user).read(["display_name"])

    def test_strangers_neither_calculate_nor_settle(self):
        agreement = self.make_active()
        period = agreement.period_ids[0]
        for user in (self.manager_b, self.other_director, self.plain):
            with self.assertRaises(AccessError):
                period.with_user(user).action_calculate()
            with self.assertRaises(AccessError):
                period.with_user(user).action_settle()
        for user in (self.manager_a, self.admin):
            with self.assertRaises(AccessError):
                period.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                period.with_user(user).create({"term_id": period.term_id.id})

    def test_the_customer_shows_its_bonuses(self):
        self.make_active()
        customer = self.customer.with_user(self.manager_a)
        self.assertEqual(customer.trade_bonus_count, 1)
        stranger = self.customer.with_user(self.manager_b)
        self.assertEqual(stranger.trade_bonus_count, 0)
