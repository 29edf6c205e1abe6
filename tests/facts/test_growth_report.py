from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError

from .common import FactsCommon

MARCH = date(2026, 3, 1)


class TestGrowthReport(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["sales.growth.report"]
        Territory = cls.env["sales.territory"]
        cls.region = Territory.create({"name": "Region", "kind": "region"})
        cls.north = Territory.create(
            {"name": "North", "kind": "district", "parent_id": cls.region.id}
        )
        rows = cls.env["customer.assignment"].search([])
        rows.territory_id = cls.north

    def sell(self, day, price, customer=None):
        return self.make_document(
            [(self.cloth, price)], date=day, partner_id=(customer or self.customer).id
        )

    @freeze_time("2026-04-15 10:00:00")
    def test_turnover_beside_last_year(self):
        self.sell("2025-03-31", 100)
        self.sell("2026-03-31", 150)
        self.sell("2026-03-31", 50, self.customer_b)
        self.sell("2025-04-10", 999)
        rows = self.report.search([("date", "=", MARCH)], order="amount desc")
        self.assertEqual(
            [(r.partner_id, r.amount, r.amount_before, r.comparison) for r in rows],
            [
                (self.customer, 150, 100, "kept"),
                (self.customer_b, 50, 0, "kept"),
            ],
        )
        self.assertEqual(rows.mapped("growth"), [0.5, 0.0])
        self.assertEqual(rows.district_id, self.north)
        self.assertEqual(rows.region_id, self.region)
        groups = self.report._read_group(
            [("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")],
            ["region_id"],
            ["amount:sum", "amount_before:sum", "growth:avg"],
        )
        self.assertEqual(groups, [(self.region, 200, 100, 1.0)])
        self.assertEqual(self.report.search([("id", "in", rows.ids)]), rows)

    @freeze_time("2026-04-15 10:00:00")
    def test_without_last_year_a_pivot_has_no_figure(self):
        self.sell("2025-03-31", 100)
        self.sell("2026-03-31", 100)
        self.sell("2026-03-31", 50, self.customer_b)
        [groups] = self.report.formatted_read_grouping_sets(
            [("date", "=", MARCH)], [["partner_id"]], ["growth:avg"]
        )
        found = {row["partner_id"][0]: row.get("growth:avg", "blank") for row in groups}
        self.assertEqual(found, {self.customer.id: 0.0, self.customer_b.id: "blank"})

    def test_running_month_beside_the_same_days(self):
        self.sell("2025-03-10", 100)
        self.sell("2025-03-11", 900)
        self.sell("2026-03-10", 120)
        with freeze_time("2026-03-10 10:00:00"):
            row = self.report.search([("date", "=", MARCH)])
            self.assertEqual((row.amount, row.amount_before), (120, 100))

    @freeze_time("2026-04-15 10:00:00")
    def test_handed_over_and_nobodys_are_told(self):
        self.sell("2025-03-10", 100)
        self.sell("2026-03-10", 120, self.orphan)
        self.env["customer.assignment"]._assign(
            {self.customer.id: self.manager_b.id},
            self.company,
            date(2026, 1, 1),
            "handover",
        )
        rows = self.report.search([("date", "=", MARCH)])
        self.assertEqual(
            {row.partner_id: (row.user_id, row.comparison) for row in rows},
            {
                self.customer: (self.manager_b, "handed_over"),
                self.orphan: (self.env["res.users"], "nobody"),
            },
        )

    @freeze_time("2026-04-15 10:00:00")
    def test_everybody_sees_what_the_role_says(self):
        self.sell("2026-03-10", 100)
        self.sell("2026-03-10", 200, self.customer_b)
        self.sell("2026-03-10", 400, self.orphan)
        self.env["customer.assignment"].search(
            [("partner_id", "=", self.customer_b.id)]
        ).branch_id = self.other_branch
        for user, amount in (
            (self.manager_a, 100),
            (self.manager_b, 200),
            (self.director, 100),
            (self.other_director, 200),
            (self.commercial, 700),
        ):
            self.env.flush_all()
            rows = self.report.with_user(user)
            rows.invalidate_model()
            rows = rows.search([("date", "=", MARCH)])
            self.assertEqual(sum(rows.mapped("amount")), amount, user.login)
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                self.report.with_user(user).search([])
