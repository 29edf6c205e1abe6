from odoo import Command
from odoo.tests import freeze_time

from .common import ClosingCommon


class StaysCommon(ClosingCommon):
    """January was sold and closed; then its documents change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls.make_document([(cls.cloth, 100.0), (cls.thread, 50.0)])

    def spoil(self):
        """Backdate a credit note, swap the owner, and take the sale back in full."""
        self.make_document([(self.cloth, 30.0)], "out_refund", date="2026-01-20")
        with freeze_time("2026-02-10"):
            self.customer.user_id = self.manager_b
        self.invoice._reverse_moves([{"invoice_date": "2026-02-05"}], cancel=True)
        self.make_document(
            [(self.thread, 5.0)], date="2026-01-03", partner_id=self.customer.id
        )
        self.book()
        self.env.invalidate_all()


@freeze_time("2026-02-10 12:00:00")
class TestNewCustomersStay(StaysCommon):
    def new(self, first, last, users=None):
        Fact = self.env["sales.fact.report"]
        return {
            user_id: {self.env["res.partner"].browse(key): str(day) for key, day in own}
            for user_id, own in (
                (user_id, found.items())
                for user_id, found in Fact._new_customers(
                    self.company, first.date_from, last.date_to, users=users
                ).items()
            )
        }

    def test_of_a_closed_month(self):
        january = {self.manager_a.id: {self.customer: "2026-01-15"}}
        self.assertEqual(self.new(self.january, self.january), january)
        self.close(self.january)
        self.spoil()
        self.assertEqual(self.new(self.january, self.january), january)
        # nobody is new twice, though the documents alone would say so
        self.make_document([(self.thread, 9.0)], date="2026-02-09")
        self.assertEqual(self.new(self.february, self.february), {})
        self.make_document(
            [(self.thread, 9.0)], date="2026-02-09", partner_id=self.customer_b.id
        )
        february = {self.manager_b.id: {self.customer_b: "2026-02-09"}}
        self.assertEqual(self.new(self.february, self.february), february)
        self.assertEqual(self.new(self.january, self.february), {**january, **february})
        self.assertEqual(self.new(self.january, self.january, self.manager_b), {})
        model, domain = self.env["evaluation.criterion"]._evidence_customers_new(
            self.january, self.manager_a
        )
        self.assertEqual(model, "sales.fact.line")
        self.assertEqual(self.env[model].search(domain).partner_id, self.customer)

    def test_live_again_when_reopened(self):
        self.close(self.january)
        self.spoil()
        self.january.with_user(self.admin)._reopen("Once more")
        self.assertNotEqual(
            self.new(self.january, self.january),
            {self.manager_a.id: {self.customer: "2026-01-15"}},
        )
        self.january.sudo()._close("The credit note has no owner")
        self.assertFalse(
            self.january.sudo().frozen_new_customers["invoice"][0][2] == "2026-01-15"
        )

    def test_forgotten_after_silence(self):
        self.company.sales_manager_kpi_new_customer_months = 1
        self.close(self.january)
        with freeze_time("2026-03-10"):
            self.make_document([(self.thread, 9.0)], date="2026-03-02")
            march = self.month("2026-03-01")
            self.assertEqual(
                self.new(march, march),
                {self.manager_a.id: {self.customer: "2026-03-02"}},
            )


@freeze_time("2026-02-10 12:00:00")
class TestGrowthStays(StaysCommon):
    """January 2026 is what January 2027 is compared with."""

    def growth(self):
        self.env.invalidate_all()
        january = self.month("2027-01-01")
        Criterion = self.env["evaluation.criterion"]
        return Criterion._measure_territory_growth(january, self.manager_a)[
            self.manager_a.id
        ]

    def reported(self):
        self.env["sales.growth.report"].invalidate_model()
        return (
            self.env["sales.growth.report"]
            .with_user(self.commercial)
            ._read_group(
                [("date", ">=", "2026-01-01"), ("date", "<=", "2026-01-31")],
                [],
                ["amount:sum"],
            )
        )

    def test_last_year_is_as_it_was_closed(self):
        self.close(self.january)
        reported = self.reported()
        self.assertEqual(reported, [(150.0,)])
        with freeze_time("2027-02-03 12:00:00"):
            self.make_document([(self.cloth, 165.0)], date="2027-01-08")
            before = self.growth()
            self.assertEqual(before[:3], (165.0, 150.0, 1.1))
            self.make_document([(self.cloth, 30.0)], "out_refund", date="2026-01-20")
            self.invoice.button_draft()
            self.book()
            self.assertEqual(self.growth(), before)
            self.assertEqual(self.reported(), reported)
            evidence = self.env["evaluation.criterion"]._evidences_territory_growth(
                self.month("2027-01-01"), self.manager_a
            )[self.manager_a.id]["denominator"]
            self.assertEqual(self.behind(*evidence), 150.0)

    def behind(self, model, domain):
        """What the evidence of a scorecard of January 2027 opens."""
        card = self.env["evaluation.scorecard"].new(
            {"period_id": self.month("2027-01-01").id}
        )
        line = self.env["evaluation.scorecard.line"].new({"scorecard_id": card.id})
        line.scorecard_id = card
        row = self.env["evaluation.evidence"].new(
            {"res_model": model, "domain": repr(domain), "line_id": line.id}
        )
        row.line_id = line
        model, domain = row._source()
        self.assertEqual(model, "sales.fact.line")
        return sum(self.env[model].search(domain).mapped("amount"))


@freeze_time("2026-02-10 12:00:00")
class TestScreensStay(StaysCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        criterion = cls.env["evaluation.criterion"].create(
            {
                "name": "Fulfilment",
                "code": "closing_fulfilment",
                "measure": "plan_fulfilment",
                "company_id": cls.company.id,
            }
        )
        cls.env["evaluation.scheme"].search([]).sudo().write({"active": False})
        cls.scheme = cls.env["evaluation.scheme"].create(
            {
                "name": "All",
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "line_ids": [
                    Command.create({"criterion_id": criterion.id, "weight": 100})
                ],
            }
        )
        plan = cls.env["sales.plan"].create(
            {
                "user_id": cls.manager_a.id,
                "period_id": cls.january.id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 1000.0})
                ],
            }
        )
        plan._as_system().write({"state": "approved"})

    def screens(self):
        self.env.invalidate_all()
        mine = (
            self.env["sales.my.month"]
            .with_user(self.manager_a)
            .get_data("2026-01-01", self.manager_a.id)
        )
        team = (
            self.env["sales.my.team"].with_user(self.commercial).get_data("2026-01-01")
        )
        card = self.env["evaluation.scorecard"].search(
            [("user_id", "=", self.manager_a.id), ("period_id", "=", self.january.id)]
        )
        [row] = [r for r in team["rows"] if r["user_id"] == self.manager_a.id]
        return {
            "fact": mine["fact"]["amount"],
            "score": mine["score"]["score"],
            "team": (row["amount"], row["score"]),
            "card": (card.score, card.final_score, card.line_ids.mapped("value")),
        }, (mine["fact"], row)

    def test_what_is_shown_of_a_closed_month(self):
        Card = self.env["evaluation.scorecard"]
        Card._compute_period(self.january)
        # after the night, before the month is closed
        self.make_document([(self.thread, 50.0)])
        self.january.sudo()._close("Scorecards are not agreed")
        before, tiles = self.screens()
        self.assertEqual(before["fact"], 200.0)
        self.assertEqual(before["card"][2], [0.2], "judged when it was closed")
        self.spoil()
        Card._compute_period(self.january)
        after, _tiles = self.screens()
        self.assertEqual(after, before)
        # the lists behind the figures
        Fact = self.env["sales.fact.report"].with_user(self.manager_a)
        for part in tiles:
            action = Fact.open_facts("Fact", part["domain"])
            self.assertEqual(action["res_model"], "sales.fact.line")
            rows = Fact.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(rows.mapped("amount")), 200.0)

    def test_the_open_month_is_live(self):
        self.january.sudo()._close("Scorecards are not agreed")
        Fact = self.env["sales.fact.report"].with_user(self.manager_a)
        base = [("company_id", "=", self.company.id), ("basis", "=", "invoice")]
        open_month = [*base, ("date", ">=", "2026-02-01"), ("date", "<=", "2026-02-28")]
        both = [*base, ("date", ">=", "2026-01-01"), ("date", "<=", "2026-02-28")]
        other = [*base, ("date", ">=", "2026-01-01"), ("date", "<=", "2026-01-31")]
        other[1] = ("basis", "=", "order")
        for domain in (open_month, both, other, []):
            action = Fact.open_facts("Fact", domain)
            self.assertEqual(action["res_model"], "sales.fact.report")
