from datetime import datetime

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError

from ..evaluation.common import EvaluationCommon
from .credit_common import CreditCommon

NOW = "2026-03-11 16:00:00"  # a Wednesday, the end of working hours in the branch


class CreditMonth(CreditCommon, EvaluationCommon):
    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(NOW))
        super().setUpClass()

    @classmethod
    def week(cls, policy, **values):
        """A is absent from Monday to Friday of this week."""
        return cls.appointed(
            policy,
            **{
                "date_from": "2026-03-09",
                "date_to": "2026-03-13",
                "start_at": datetime(2026, 3, 8, 23),
                "stop_at": datetime(2026, 3, 13, 23),
                **values,
            },
        )

    def sell(self, amount, customer=None):
        return self.make_invoice(customer, price=amount, date=self.today)

    def rows(self):
        """``{user: row}`` of the scorecards, computed now."""
        self.compute(self.manager_a + self.manager_b)
        self.env.invalidate_all()
        rows = self.env["evaluation.scorecard.substitution"].sudo().search([])
        return {row.scorecard_id.user_id: row for row in rows}

    def month(self, user, reader=None):
        screen = self.env["sales.my.month"].with_user(reader or user)
        return screen.get_data(user_id=user.id)


class TestScorecards(CreditMonth):
    def test_nobody_absent(self):
        self.sell(100)
        self.assertFalse(self.rows())
        self.assertEqual(self.month(self.manager_a)["substituted"], [])

    def test_both_scorecards(self):
        self.sell(30)
        row = self.week("split", deputy_share=40)
        self.sell(100)
        self.sell(7, self.other_customer)
        rows = self.rows()
        self.assertEqual(set(rows), {self.manager_a, self.manager_b})
        self.assertEqual(rows[self.manager_a].role, "principal")
        self.assertEqual(rows[self.manager_b].role, "deputy")
        for shown in rows.values():
            self.assertRecordValues(
                shown,
                [
                    {
                        "substitution_id": row.id,
                        "principal_id": self.manager_a.id,
                        "deputy_id": self.manager_b.id,
                        "date_from": fields.Date.to_date("2026-03-09"),
                        "date_to": fields.Date.to_date("2026-03-13"),
                        "working_days": 3,
                        "credit_policy": "split",
                        "principal_amount": 60,
                        "deputy_amount": 40,
                        "duty_fee": 0,
                    }
                ],
            )
            self.assertIn("40", shown.policy_display)

    def test_plan_of_the_deputy_is_filled(self):
        """What the deputy is credited counts for the deputy's plan, once."""
        plan_a = self.make_plan(self.manager_a, 1000)
        plan_b = self.make_plan(self.manager_b, 1000)
        self.week("split", deputy_share=25)
        self.sell(100)
        self.sell(7, self.other_customer)
        Criterion = self.env["evaluation.criterion"].sudo()
        facts = Criterion._plan_facts(
            self.period,
            self.manager_a + self.manager_b,
            {self.manager_a.id: plan_a, self.manager_b.id: plan_b},
        )
        self.assertEqual(facts[self.manager_a.id][0], 75)
        self.assertEqual(facts[self.manager_b.id][0], 32)
        month = self.month(self.manager_b)
        self.assertEqual(month["fact"]["amount"], 32)
        [line] = month["substituted"]
        self.assertEqual(line["amount"], 25)
        self.assertIn(self.manager_a.name, line["name"])
        facts = self.env["sales.fact.report"].with_user(self.manager_b)
        self.assertEqual(facts.search(line["domain"]).mapped("amount"), [25])
        [line] = self.month(self.manager_a, reader=self.director)["substituted"]
        self.assertEqual(line["amount"], 75)

    def test_effect_of_a_quotation_on_the_plan(self):
        plan = self.make_plan(self.manager_b, 1000)
        self.env.company.sales_manager_kpi_plan_basis = "invoice"
        order = self.make_order(confirm=False, price=100)
        theirs = order.with_user(self.manager_b)
        self.assertFalse(theirs.sudo()._plan_effect())
        self.week("split", deputy_share=25)
        effect = theirs.sudo()._plan_effect()
        self.assertEqual(effect["plan"], plan)
        self.assertEqual(effect["amount"], 25)

    def test_fee(self):
        self.week("duty_fee", duty_fee_amount=80)
        self.sell(100)
        rows = self.rows()
        self.assertEqual(rows[self.manager_b].duty_fee, 240)
        self.assertEqual(rows[self.manager_b].principal_amount, 100)
        self.assertEqual(rows[self.manager_b].deputy_amount, 0)
        self.assertEqual(rows[self.manager_a].duty_fee, 0)

    def test_the_fee_is_pay(self):
        """The deputy reads it, and who approves pay; no director does, in no way."""
        self.week("duty_fee", duty_fee_amount=80)
        row = self.rows()[self.manager_b]
        for user in (self.other_director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                theirs = row.with_user(user)
                self.assertEqual(theirs.read(["fee"])[0]["fee"], 0)
                self.assertNotIn("duty_fee", theirs.fields_get())
                with self.assertRaises(AccessError):
                    theirs.read(["duty_fee"])
                with self.assertRaises(AccessError):
                    theirs.search([("duty_fee", ">", 50)])
                with self.assertRaises(AccessError):
                    theirs.formatted_read_group([], [], ["duty_fee:sum"])
                user.group_ids |= self.env.ref("base.group_allow_export")
                exported = theirs.export_data(["fee"])["datas"]
                self.assertFalse(float(exported[0][0]))
        self.assertEqual(row.with_user(self.manager_b).fee, 240)
        self.commercial.group_ids |= self.env.ref("sales_manager_kpi.group_pay")
        self.assertEqual(row.with_user(self.commercial).fee, 240)

    def test_who_reads_which_card(self):
        self.week("duty_fee", duty_fee_amount=80)
        rows = self.rows()
        principal, deputy = rows[self.manager_a], rows[self.manager_b]
        for row, readers, others in (
            (
                principal,
                self.manager_a + self.director + self.commercial,
                self.manager_b + self.third + self.other_director,
            ),
            (
                deputy,
                self.manager_b + self.other_director + self.commercial,
                self.manager_a + self.third + self.director,
            ),
        ):
            for user in readers:
                row.with_user(user).read()
                self.open_form(row.scorecard_id.with_user(user))
            for user in others:
                with self.assertRaises(AccessError):
                    row.with_user(user).read(["fee"])
        for user in self.manager_b + self.commercial + self.admin:
            with self.assertRaises(AccessError):
                deputy.with_user(user).write({"duty_fee": 1000})

    def test_on_paper(self):
        self.week("duty_fee", duty_fee_amount=80)
        self.sell(1234)
        rows = self.rows()
        report = self.env["ir.actions.report"]
        pages = {}
        for user in (self.manager_a, self.manager_b):
            html, _kind = report.with_user(user)._render_qweb_html(
                "sales_manager_kpi.report_evaluation_scorecard",
                rows[user].scorecard_id.ids,
            )
            pages[user] = html.decode()
            self.assertIn("Substitutions", pages[user])
            self.assertIn("1,234.00", pages[user])
        self.assertIn("240.00", pages[self.manager_b])
        self.assertNotIn("240.00", pages[self.manager_a])

    def test_live_while_open_kept_when_agreed(self):
        self.week("deputy")
        invoice = self.sell(100)
        rows = self.rows()
        self.assertEqual(rows[self.manager_b].deputy_amount, 100)
        self.sell(11)
        self.assertEqual(self.rows()[self.manager_b].deputy_amount, 111)
        card = rows[self.manager_a].scorecard_id
        card.sudo().write({"state": "agreed"})
        invoice.button_draft()
        rows = self.rows()
        self.assertEqual(rows[self.manager_b].deputy_amount, 11)
        self.assertEqual(rows[self.manager_a].deputy_amount, 111)

    def test_a_draft_and_another_month_are_not_shown(self):
        self.week("deputy", start_at="2026-04-06", stop_at="2026-04-08")
        self.env["sales.substitution"].create(
            {
                "company_id": self.company.id,
                "principal_id": self.manager_a.id,
                "deputy_id": self.third.id,
            }
        )
        self.assertFalse(self.rows())

    def test_credit_after_the_absence(self):
        """An order of the absence is invoiced a month later: shown then."""
        row = self.week("deputy")
        order = self.make_order(price=50)
        with freeze_time("2026-04-02 10:00:00"):
            self.invoice_order(order, "2026-04-02")
            period = self.env["sales.period"]._for_date(
                self.company, fields.Date.today()
            )
            card = self.Scorecard._compute_period(period, self.manager_b)
        shown = card.substitution_ids
        self.assertEqual(shown.substitution_id, row)
        self.assertEqual(shown.deputy_amount, 50)
        self.assertEqual(shown.working_days, 0)

    def test_queries_do_not_grow(self):
        self.week("split")
        self.sell(100)
        self.rows()
        few = self.cost_of_cards()
        for user in self.make_managers(4):
            self.week("deputy", principal_id=user.id)
        self.compute()
        self.env["sales.fact.report"].invalidate_model()
        self.assertLessEqual(self.cost_of_cards(), few)

    def cost_of_cards(self):
        cards = self.Scorecard.sudo().search([("period_id", "=", self.period.id)])
        cards = {card.user_id.id: card for card in cards}
        self.env.flush_all()
        self.env["sales.substitution"].invalidate_model()
        start = self.env.cr.sql_log_count
        vals = self.env["evaluation.run"].sudo()._substitution_vals(self.period, cards)
        self.assertTrue(vals)
        return self.env.cr.sql_log_count - start


class TestDaysCovered(CreditMonth):
    def covered(self, start, stop, user=None):
        windows = {"x": (user or self.manager_a, start, stop)}
        return self.env["sales.working.days"]._covered(self.company, windows)["x"]

    def test_parts_of_a_day_and_weekends(self):
        monday = datetime(2026, 3, 8, 23)
        self.assertEqual(self.covered(monday, datetime(2026, 3, 15, 23)), 5)
        self.assertEqual(self.covered(monday, datetime(2026, 3, 9, 11)), 0.5)
        self.assertEqual(self.covered(monday, monday), 0)
        saturday = datetime(2026, 3, 13, 23)
        self.assertEqual(self.covered(saturday, datetime(2026, 3, 15, 23)), 0)
        self.assertEqual(self.env["sales.working.days"]._covered(self.company, {}), {})

    def test_public_holidays_are_not_covered_absences_are(self):
        resource = self.env["resource.resource"].sudo()
        resource = resource.search(
            [
                ("user_id", "=", self.manager_a.id),
                ("company_id", "=", self.company.id),
            ]
        )
        Leave = self.env["resource.calendar.leaves"].sudo()
        day = {"date_from": "2026-03-09 22:59:00", "date_to": "2026-03-10 23:00:00"}
        week = (datetime(2026, 3, 8, 23), datetime(2026, 3, 15, 23))
        Leave.create({**day, "name": "Ill", "resource_id": resource[:1].id})
        self.assertEqual(self.covered(*week), 5 if resource else 4)
        Leave.create({**day, "name": "Holiday", "company_id": self.company.id})
        self.assertEqual(self.covered(*week), 4)
