from ast import literal_eval

from freezegun import freeze_time

from odoo import Command

from ..promotion.common import PromotionCommon
from .test_period import PeriodCommon


class Measured:
    """Numbers, each made again from its evidence as its manager opens it."""

    def measured(self, code, month="2027-06-01"):
        """``{manager: (numerator, denominator, value)}`` of both managers."""
        period = self.env["sales.period"].search(
            [("company_id", "=", self.company.id), ("date_from", "=", month)]
        ) or self.env["sales.period"].create(
            {"company_id": self.company.id, "date_from": month}
        )
        criterion = self.env["evaluation.criterion"].new({"measure": code})
        users = self.manager_a | self.manager_b
        figures = criterion._measure(period, users)
        evidences = criterion._evidences(period, users)
        found = {}
        for user in users:
            numerator, denominator, value, count = figures[user.id]
            rows = self.rows(evidences[user.id]["numerator"], user)
            self.assertEqual(len(rows), count)
            self.assertAlmostEqual(criterion._numerator(rows), numerator, 2)
            base = evidences[user.id].get("denominator")
            if base:
                rows = self.rows(base, user)
                self.assertAlmostEqual(self.base(rows, code), denominator or 0, 2)
            found[user] = numerator, denominator, value
        return found

    def rows(self, evidence, user):
        model, domain = evidence
        self.assertEqual(literal_eval(repr(domain)), domain)
        return self.env[model].with_user(user).search(domain)

    def base(self, rows, code):
        if code == "promotion_use_share":
            return len(rows.order_id)
        return sum(rows.mapped("amount"))


class TestBonusMeasures(Measured, PeriodCommon):
    """Agreements of two managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.make_customer("Customer B", cls.manager_b)

    def settle(self, agreement, price, customer=None):
        self.invoice("2026-02-01", price, customer=customer)
        period = agreement.period_ids[0]
        period.sudo().action_calculate()
        period.with_user(self.commercial).action_approve()
        period.with_user(agreement.user_id).action_settle()
        return period.sudo().settlement_line_ids.settlement_id

    def test_bonus_cost_per_turnover(self):
        a, b = self.manager_a, self.manager_b
        self.assertEqual(
            self.measured("bonus_cost_share"), {a: (0, None, None), b: (0, None, None)}
        )
        settlement = self.settle(
            self.make_active(self.prepare_term((0, 10))), price=1000
        )
        self.assertEqual(self.measured("bonus_cost_share")[a], (100, None, None))
        self.invoice("2027-06-02", 800)
        self.invoice("2027-06-03", 500, customer=self.other_customer)
        settlement.move_id.action_post()
        found = self.measured("bonus_cost_share")
        self.assertEqual(found[a], (100, 800, 0.125))
        self.assertEqual(found[b], (0, 500, 0))
        earlier = self.measured("bonus_cost_share", "2027-05-01")
        self.assertEqual(earlier[a], (0, None, None))

    def test_bonus_cost_in_company_currency(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "XTB",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {"name": day, "rate": rate, "company_id": self.company.id}
                    )
                    for day, rate in (("2026-01-01", 2), ("2027-06-01", 4))
                ],
            }
        )
        self.settle(
            self.make_active(
                *[self.prepare_term((0, 10))],
                user=self.manager_b,
                partners=self.other_customer,
                currency_id=foreign.id,
            ),
            price=1000,
            customer=self.other_customer,
        )
        self.invoice("2027-06-03", 500, customer=self.other_customer)
        # 2,000 foreign earn 200, which are 50 today
        found = self.measured("bonus_cost_share")
        self.assertEqual(found[self.manager_b], (50, 500, 0.1))
        self.assertEqual(found[self.manager_a], (0, None, None))

    def test_what_is_left_lying(self):
        a, b = self.manager_a, self.manager_b
        self.assertEqual(
            self.measured("bonus_overdue"), {a: (0, None, None), b: (0, None, None)}
        )
        with freeze_time("2026-03-08 10:00:00"):
            agreement = self.make_active(self.prepare_term((0, 10)))
            self.make_active(
                *[self.prepare_term(period="whole")],
                user=self.manager_b,
                partners=self.other_customer,
                date_to="2027-12-31",
            )
            self.assertEqual(self.measured("bonus_overdue", "2026-03-01")[a][2], 0)
        with freeze_time("2026-04-14 10:00:00"):
            self.assertEqual(self.measured("bonus_overdue", "2026-04-01")[a][2], 0)
        with freeze_time("2026-04-15 10:00:00"):
            self.assertEqual(self.measured("bonus_overdue", "2026-04-01")[a][2], 1)
            self.company.sales_manager_kpi_bonus_grace_days = 15
            self.assertEqual(self.measured("bonus_overdue", "2026-04-01")[a][2], 0)
            self.company.sales_manager_kpi_bonus_grace_days = 14
        found = self.measured("bonus_overdue")
        self.assertEqual(found, {a: (1, None, 1), b: (0, None, 0)})
        periods = agreement.period_ids
        self.approve(self.calculate(periods))
        # nothing was bought: approved is settled, and yet neither renewed nor closed
        self.assertEqual(self.measured("bonus_overdue")[a], (1, None, 1))
        renewed = self.make_agreement(date_from="2027-01-01", date_to="2027-12-31")
        self.assertEqual(self.measured("bonus_overdue")[a][2], 1, "a draft only")
        renewed.action_submit()
        self.assertEqual(self.measured("bonus_overdue")[a][2], 0)
        renewed.with_user(self.commercial).action_approve()
        # the first quarter of 2027 waits
        self.assertEqual(self.measured("bonus_overdue")[a][2], 1)
        agreement.with_user(self.director).action_close()
        self.assertEqual(self.measured("bonus_overdue")[a][2], 1)


class TestPromotionMeasure(Measured, PromotionCommon):
    """Orders of two managers while a programme runs."""

    @property
    def month(self):
        today = self.env["sales.branch"]._company_local_date(self.company)
        return str(today.replace(day=1))

    def share(self):
        return self.measured("promotion_use_share", self.month)

    def test_share_of_orders_with_a_reward(self):
        a, b = self.manager_a, self.manager_b
        other = self.make_customer("Customer B", b)
        self.make_order(user_id=a.id)
        nothing = {a: (0, None, None), b: (0, None, None)}
        self.assertEqual(self.share(), nothing, "no programme ran")
        program = self.make_program(branch_ids=[Command.set(self.branch.ids)])
        order = self.rewarded(user=a)
        order.with_user(a).action_confirm()
        self.make_order(other, user_id=b.id)
        self.assertEqual(self.uses(program).state, "confirmed")
        # the first order counts too: the programme runs that day
        self.assertEqual(self.share(), {a: (1, 2, 0.5), b: (0, None, None)})
        everywhere = self.make_program("Everywhere")
        self.assertEqual(self.share()[b], (0, 1, 0))
        everywhere.with_user(self.admin).action_stop_promotion()
        order.with_user(a)._action_cancel()
        self.assertEqual(self.share()[a], (0, 1, 0))
