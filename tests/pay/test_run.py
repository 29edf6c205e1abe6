from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.sales_manager_kpi.engine.pay_terms import Original

from .common import PayCommon

D = Decimal
OWN = {"kind": "own_deals", "rate_percent": 2.0}


class TestOwnDeals(PayCommon):
    def test_nothing_without_an_active_scheme(self):
        self.make_invoice(price=1000, date=self.today)
        self.make_scheme(OWN, activate=False)
        self.assertEqual(self.pay(), {})

    def test_share_and_its_evidence(self):
        self.make_invoice(price=62000, date=self.today)
        self.make_invoice(self.other_customer, 500, self.today)
        self.make_scheme(OWN)
        self.assertEqual(
            self.pay()[self.manager_a] | self.pay()[self.manager_b], {"own_deals": 10}
        )
        line = self.result(self.manager_a).lines[0]
        self.assertEqual((line["amount"], line["base"]), (D(1240), D(62000)))
        facts = self.env[line["fact_model"]].search(line["fact_domain"])
        self.assertEqual(sum(facts.mapped("amount")), 62000)
        text = self.Run._trace_text(line["trace"], self.company.currency_id)
        self.assertIn("2 %", text)
        self.assertIn("62,000.00", text)

    def test_refund_of_this_month_nets(self):
        invoice = self.make_invoice(price=1000, date=self.today)
        self.make_invoice(price=300, date=self.today)
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.make_scheme(OWN)
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 6})

    def test_refund_of_an_earlier_month_goes_back_at_its_own_rate(self):
        before = self.today.replace(day=1) - timedelta(days=1)
        invoice = self.make_invoice(price=1000, date=before)
        month = self.env["sales.period"]._for_date(self.company, before)
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.make_invoice(price=5000, date=self.today)
        self.make_scheme({**OWN, "tiers": [(0, 1), (1000, 10)], "tier_method": "whole"})
        # without a statement of that month it is a return of this one
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 400})
        paid = {
            (self.manager_a.id, month.id): {
                "own_deals": Original(D(1000), D(10)),
            }
        }
        self.patch(type(self.Run), "_originals", lambda *args: paid)
        lines = self.result(self.manager_a).lines
        self.assertEqual([line["amount"] for line in lines], [D(500), D(-10)])
        self.assertEqual(lines[1]["origin_period_id"], month.id)
        facts = self.env["sales.fact.report"].search(lines[0]["fact_domain"])
        self.assertEqual(sum(facts.mapped("amount")), 5000)

    def test_multiplier_goes_back_as_well(self):
        before = self.today.replace(day=1) - timedelta(days=1)
        invoice = self.make_invoice(price=1000, date=before)
        month = self.env["sales.period"]._for_date(self.company, before)
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        self.make_scheme(
            {**OWN, "is_multiplied": True},
            {"kind": "multiplier", "tiers": [(0, 120)], "tier_method": "whole"},
        )
        paid = {
            (self.manager_a.id, month.id): {
                "own_deals": Original(D(1000), D(20)),
                "multiplier": Original(D(20), D(4)),
            }
        }
        self.patch(type(self.Run), "_originals", lambda *args: paid)
        result = self.result(self.manager_a)
        self.assertEqual(result.totals.variable, D(-24))
        self.assertEqual(result.totals.carry_out, D(-24))

    def test_who_left_still_has_returns(self):
        invoice = self.make_invoice(price=1000, date=self.today)
        member = self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        )
        self.make_scheme(OWN, {"kind": "fixed", "amount": 100})
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 20, "fixed": 100})
        member.date_to = self.period.date_from - timedelta(days=1)
        self.manager_a.active = False
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 20})
        invoice._reverse_moves([{"invoice_date": self.today}], cancel=True)
        before = self.period.date_from - timedelta(days=9)
        returned = self.make_invoice(price=200, date=before)
        returned._reverse_moves([{"invoice_date": self.today}], cancel=True)
        totals = self.result(self.manager_a).totals
        self.assertEqual((totals.payable, totals.carry_out), (0, D(-4)))

    def test_filters(self):
        category = self.env["product.category"].create({"name": "Fabrics"})
        below = self.env["product.category"].create(
            {"name": "Silk", "parent_id": category.id}
        )
        silk = self.env["product.product"].create(
            {"name": "Silk", "categ_id": below.id, "taxes_id": False}
        )
        self.make_invoice(price=1000, date=self.today)
        self.make_product_invoice(silk, 100)
        for values, base in (
            ({"categ_ids": category}, 100),
            ({"exclude_categ_ids": category}, 1000),
            ({"product_ids": self.product.product_tmpl_id}, 1000),
            (
                {"categ_ids": category, "product_ids": self.product.product_tmpl_id},
                1100,
            ),
            ({"new_customer_months": 1}, 1100),
        ):
            with self.subTest(values):
                values = {
                    key: [Command.set(value.ids)] if key.endswith("_ids") else value
                    for key, value in values.items()
                }
                scheme = self.make_scheme({**OWN, **values})
                line = self.result(self.manager_a).lines[0]
                self.assertEqual(line["base"], base)
                facts = self.env["sales.fact.report"].search(line["fact_domain"])
                self.assertEqual(sum(facts.mapped("amount")), base)
                scheme.action_draft()
                scheme.unlink()

    def test_customer_classes(self):
        clients = self.env["customer.class"].create({"name": "A", "code": "A"})
        self.make_invoice(price=1000, date=self.today)
        scheme = self.make_scheme({**OWN, "class_ids": [Command.set(clients.ids)]})
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 0})
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "class_id": clients.id,
                "company_id": self.company.id,
                "date_from": self.period.date_from,
            }
        )
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 20})
        self.assertTrue(scheme.summary)

    def test_discount(self):
        self.make_invoice(price=1000, date=self.today)
        invoice = self.make_invoice(price=1000, date=self.today, post=False)
        invoice.invoice_line_ids.discount = 20
        invoice.action_post()
        tiers = [(0, 2), (20, 1)]
        scheme = self.make_scheme(
            {**OWN, "tiers": tiers, "tier_axis": "discount", "tier_method": "whole"}
        )
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 28})
        scheme.action_draft()
        scheme.component_ids.write({"tier_ids": [Command.clear()], "max_discount": 10})
        scheme.action_activate()
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": 20})

    def test_held_until_paid_and_released(self):
        held = self.make_invoice(price=1000, date=self.today)
        paid = self.make_invoice(price=1000, date=self.today)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({"payment_date": self.today})._create_payments()
        scheme = self.make_scheme(
            {**OWN, "hold_percent": 50, "decays": [(1, 80), (30, 0)]}
        )
        result = self.result(self.manager_a)
        self.assertEqual(result.lines[0]["held"], [(held.id, D(10))])
        self.assertEqual((result.totals.held, result.totals.payable), (D(10), D(30)))
        row = {
            "holdback_id": 1,
            "user_id": self.manager_a.id,
            "component_id": scheme.component_ids.id,
            "move_id": paid.id,
            "held": D(100),
            "period_id": self.period.id,
        }
        self.patch(type(self.Run), "_open_holdbacks", lambda *args: [row])
        for days, amount in ((0, 100), (1, 80), (29, 80), (30, 0)):
            due = self.today - timedelta(days=days)
            paid.line_ids.filtered("date_maturity").date_maturity = due
            self.env.flush_all()
            release = self.result(self.manager_a).releases[0]
            self.assertEqual(release["amount"], amount, days)
            self.assertEqual(release["amount"] + release["lost"], 100)


class TestOtherKinds(PayCommon):
    def test_plan_growth_and_nothing_to_divide_by(self):
        self.make_invoice(price=900, date=self.today)
        scheme = self.make_scheme(
            {
                "kind": "plan",
                "amount": 500,
                "tiers": [(80, 50), (100, 100)],
                "tier_axis": "attainment",
                "tier_method": "interpolated",
            },
            {"kind": "growth", "rate_percent": 5},
        )
        self.assertEqual(self.pay()[self.manager_a], {"plan": 0, "growth": 0})
        keys = [line["trace"][0][0] for line in self.result(self.manager_a).lines]
        self.assertEqual(keys, ["no_base", "no_base"])
        self.make_plan(self.manager_a, 1000)
        self.assertEqual(self.pay()[self.manager_a]["plan"], 375)
        self.assertIn("interpol", scheme.component_ids[0].tier_method)

    def test_score_criterion_multiplier_and_gates(self):
        self.make_invoice(price=1000, date=self.today)
        self.make_plan(self.manager_a, 1000)
        self.make_scheme(
            {**OWN, "is_multiplied": True},
            {
                "kind": "criterion",
                "criterion_id": self.criterion.id,
                "amount": 100,
                "tiers": [(100, 100)],
                "tier_axis": "score",
                "tier_method": "whole",
            },
            {
                "kind": "multiplier",
                "tiers": [(0, 80), (100, 150)],
                "tier_axis": "score",
                "tier_method": "whole",
            },
            {"kind": "fixed", "amount": 70, "gate_score": 101},
        )
        expected = {"own_deals": 20, "criterion": 0, "multiplier": 0, "fixed": 70}
        self.assertEqual(self.pay()[self.manager_a], expected)
        self.compute()
        expected = {"own_deals": 20, "criterion": 100, "multiplier": 10, "fixed": 0}
        self.assertEqual(self.pay()[self.manager_a], expected)

    def test_new_customers(self):
        self.make_invoice(price=1000, date=self.today)
        old = self.make_customer("Old", self.manager_a)
        self.make_invoice(old, 10, self.today - relativedelta(months=2))
        self.make_invoice(old, 500, self.today)
        self.make_scheme(
            {"kind": "new_customers", "rate_percent": 5},
            {"kind": "new_customers", "amount": 50, "code": "each", "name": "Each"},
        )
        self.assertEqual(self.pay()[self.manager_a], {"new_customers": 50, "each": 50})
        line = self.result(self.manager_a).lines[0]
        facts = self.env["sales.fact.report"].search(line["fact_domain"])
        self.assertEqual(sum(facts.mapped("amount")), 1000)

    def test_team_override_of_others_alone(self):
        self.make_invoice(price=1000, date=self.today)
        self.make_invoice(self.other_customer, 500, self.today)
        own = self.make_customer("Own", self.director)
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": self.director.id,
                "date_from": "2020-01-01",
            }
        )
        self.make_invoice(own, 70, self.today)
        self.make_scheme(
            {"kind": "team_override", "rate_percent": 1},
            user_ids=[Command.set(self.director.ids)],
        )
        self.assertEqual(self.pay(), {self.director: {"team_override": 10}})
        line = self.result(self.director).lines[0]
        facts = self.env["sales.fact.report"].search(line["fact_domain"])
        self.assertEqual(sum(facts.mapped("amount")), 1000)

    def test_programme(self):
        program = self.env["loyalty.program"].create(
            {"name": "Spring", "program_type": "promotion"}
        )
        order = self.make_order(price=1000)
        self.invoice_order(order, self.today)
        self.make_invoice(price=100, date=self.today)
        self.make_scheme(
            {
                "kind": "programme",
                "rate_percent": 3,
                "program_ids": [Command.set(program.ids)],
            }
        )
        self.assertEqual(self.pay()[self.manager_a], {"programme": 0})
        self.env["promotion.use"].sudo().create(
            {
                "program_id": program.id,
                "order_id": order.id,
                "date": self.today,
                "company_id": self.company.id,
                "state": "confirmed",
            }
        )
        self.assertEqual(self.pay()[self.manager_a], {"programme": 30})

    def test_newcomer_and_days(self):
        newcomer = self.make_user("newcomer", "sales_manager_kpi.group_manager")
        membership = self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": newcomer.id,
                "date_from": self.period.date_from,
            }
        )
        self.make_scheme(
            {"kind": "fixed", "amount": 100, "is_prorated": True},
            {"kind": "minimum", "amount": 400, "newcomer_months": 3},
        )
        self.assertEqual(self.pay()[newcomer], {"fixed": 100, "minimum": 300})
        self.assertEqual(self.pay()[self.manager_a], {"fixed": 100})
        membership.date_from = self.period.date_from - relativedelta(months=3)
        self.assertEqual(self.pay()[newcomer], {"fixed": 100})
        membership.date_from = self.period.date_from + timedelta(days=14)
        part = self.pay()[newcomer]["fixed"]
        self.assertTrue(30 < part < 70)

    def test_zero_working_days(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Nobody works", "attendance_ids": False}
        )
        calendar.attendance_ids.unlink()
        self.env["resource.resource"].sudo().search(
            [("user_id", "=", self.manager_a.id)]
        ).calendar_id = calendar
        self.make_scheme({"kind": "fixed", "amount": 100, "is_prorated": True})
        self.assertEqual(self.pay()[self.manager_a], {"fixed": 0})
        trace = self.result(self.manager_a).lines[0]["trace"]
        self.assertEqual(trace[0][0], "no_days")

    def test_currency_without_rate(self):
        currency = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        self.make_invoice(price=1000, date=self.today, currency_id=currency.id)
        self.make_scheme(OWN)
        with self.assertRaisesRegex(UserError, "QQQ"):
            self.pay()
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": self.today, "rate": 2}
        )
        self.assertTrue(self.pay())


class TestForEverybody(PayCommon):
    def test_most_specific_scheme(self):
        job = self.env["evaluation.job"].create({"name": "Senior"})
        everybody = self.make_scheme({"kind": "fixed", "amount": 1})
        for code, amount, values in (
            ("branch", 2, {"branch_ids": [Command.set(self.branch.ids)]}),
            ("job", 3, {"job_ids": [Command.set(job.ids)]}),
            ("person", 4, {"user_ids": [Command.set(self.manager_a.ids)]}),
        ):
            self.make_scheme({"kind": "fixed", "amount": amount}, code=code, **values)
            if code == "job":
                self.assertEqual(self.pay()[self.manager_a], {"fixed": 2})
                self.env["sales.branch.member"].search(
                    [("user_id", "=", self.manager_a.id)]
                ).job_id = job
                self.assertEqual(self.pay()[self.manager_a], {"fixed": 3})
        self.assertEqual(self.pay()[self.manager_a], {"fixed": 4})
        self.assertEqual(self.pay()[self.manager_b], {"fixed": 1})
        self.assertFalse(self.Run._without_scheme(self.period))
        everybody.action_draft()
        self.assertEqual(self.Run._without_scheme(self.period), self.manager_b)

    def test_another_company_is_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        period = self.env["sales.period"]._for_date(other, self.today)
        self.make_invoice(price=1000, date=self.today)
        self.make_scheme(OWN)
        self.assertEqual(self.Run._compute(period), {})

    def test_viewer_changes_nothing(self):
        self.make_invoice(price=1000, date=self.today)
        self.make_scheme(OWN)
        mine = self.pay()
        self.env.flush_all()
        theirs = (
            self.Run.with_user(self.paymaster)
            .with_context(tz="Pacific/Kiritimati")
            ._compute(self.period)
        )
        self.assertEqual(
            {user.id: lines["own_deals"] for user, lines in mine.items()},
            {user: float(r.lines[0]["amount"]) for user, r in theirs.items()},
        )

    def test_queries_do_not_grow_with_people(self):
        scheme = self.make_scheme(
            {**OWN, "is_multiplied": True, "hold_percent": 10},
            {
                "kind": "plan",
                "amount": 500,
                "tiers": [(80, 50)],
                "tier_method": "whole",
                "is_prorated": True,
            },
            {"kind": "criterion", "amount": 10},
            {"kind": "growth", "rate_percent": 1},
            {"kind": "new_customers", "amount": 10},
            {"kind": "duty_fee"},
            {"kind": "multiplier", "tiers": [(0, 90)], "tier_method": "whole"},
            {"kind": "minimum", "amount": 400, "newcomer_months": 900},
        )
        self.assertTrue(scheme)
        users = self.make_managers(10)
        self.compute()
        counts = []
        for chosen in (users[:2], users[:2], users):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            results = self.Run._compute(self.period, chosen)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(results), len(chosen))
        self.assertEqual(counts[1], counts[2])
