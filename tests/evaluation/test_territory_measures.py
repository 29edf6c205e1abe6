from datetime import date

from freezegun import freeze_time

from ..facts.common import FactsCommon

CODES = [
    "territory_growth",
    "territory_growth_lfl",
    "sector_growth",
    "district_growth",
]


class TestTerritoryMeasures(FactsCommon):
    """March 2026 against March 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))
        cls.second = cls.make_customer("Second", cls.manager_a)
        cls.owned_since(cls.second, "2020-01-01")

    def setUp(self):
        super().setUp()
        clock = freeze_time("2026-04-15 10:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    @classmethod
    def owned_since(cls, customer, day):
        rows = cls.env["customer.assignment"].search([("partner_id", "=", customer.id)])
        rows.date_from = day

    def sell(self, day, price, customer=None, user=None):
        move = self.make_document(
            [(self.cloth, price)],
            date=day,
            partner_id=(customer or self.customer).id,
        )
        if user:
            branch = self.branch if user == self.manager_a else self.other_branch
            move._store_credit({move.id: (user.id, branch.id, "single")})
        return move

    def criterion(self, code):
        return self.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")

    def measured(self, code="territory_growth", user=None, period=None):
        user = user or self.manager_a
        criterion = self.criterion(code)
        self.env.flush_all()
        figures = criterion._measure(period or self.period, user)[user.id]
        self.assert_recomputable(criterion, user, figures, period or self.period)
        return tuple(
            figure if figure is None else round(figure, 4) for figure in figures[:3]
        )

    def assert_recomputable(self, criterion, user, figures, period):
        evidence = criterion._evidences(period, user)[user.id]
        for kind, figure in zip(("numerator", "denominator"), figures, strict=False):
            if kind not in evidence:
                self.assertFalse(figure)
                continue
            model, domain = evidence[kind]
            rows = self.env[model].with_user(user)
            rows.invalidate_model()
            rows = rows.search(domain)
            self.assertAlmostEqual(criterion._numerator(rows), figure or 0.0, 2)
            if kind == "numerator":
                self.assertEqual(len(rows), figures[3])

    def hand_over(self, customer, user, day):
        self.env["customer.assignment"]._assign(
            {customer.id: user.id}, self.company, date.fromisoformat(day), "handover"
        )

    # ------------------------------------------------------------------
    # Windows
    # ------------------------------------------------------------------

    def test_closed_month_against_the_whole_month_last_year(self):
        self.sell("2025-03-01", 300)
        self.sell("2025-03-31", 100)
        self.sell("2025-04-01", 999)
        self.sell("2026-03-31", 420)
        self.assertEqual(self.measured(), (420, 400, 1.05))

    def test_open_month_against_its_elapsed_part(self):
        self.sell("2025-03-10", 100)
        self.sell("2025-03-11", 900)
        self.sell("2026-03-10", 120)
        with freeze_time("2026-03-10 10:00:00"):
            self.assertEqual(self.measured(), (120, 100, 1.2))

    def test_leap_day(self):
        february = self.env["sales.period"]._for_date(self.company, date(2028, 2, 1))
        growth = self.env["sales.growth"]
        with freeze_time("2028-02-29 10:00:00"):
            self.assertEqual(growth._windows(february)[3], date(2027, 2, 28))
        february = self.env["sales.period"]._for_date(self.company, date(2029, 2, 1))
        with freeze_time("2029-03-01 10:00:00"):
            self.assertEqual(growth._windows(february)[3], date(2028, 2, 29))

    def test_month_that_has_not_begun(self):
        may = self.env["sales.period"]._for_date(self.company, date(2026, 5, 1))
        self.sell("2025-05-10", 100)
        for code in CODES:
            self.assertEqual(self.measured(code, period=may), (0, None, None))

    def test_no_base_is_not_zero(self):
        self.sell("2026-03-10", 100)
        self.assertEqual(self.measured(), (100, None, None))
        self.assertEqual(self.measured("territory_growth_lfl"), (0, None, None))

    def test_negative_base_is_none(self):
        self.sell("2025-03-05", 100)
        note = self.make_document(
            [(self.cloth, 300)], date="2025-03-10", move_type="out_refund"
        )
        note._store_credit({note.id: (self.manager_a.id, self.branch.id, "single")})
        self.sell("2026-03-10", 100)
        self.assertEqual(self.measured(), (100, -200, None))

    def test_shrinking_to_nothing_is_zero(self):
        self.sell("2025-03-05", 100)
        self.assertEqual(self.measured(), (0, 100, 0))

    def test_basis_of_the_company(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        self.company.sales_manager_kpi_plan_basis = "order"
        self.assertEqual(self.measured(), (0, None, None))

    # ------------------------------------------------------------------
    # Who is compared
    # ------------------------------------------------------------------

    def test_receiving_a_customer_is_no_growth(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 110)
        self.sell("2025-03-05", 500, self.customer_b)
        self.hand_over(self.customer_b, self.manager_a, "2026-02-01")
        self.sell("2026-03-05", 900, self.customer_b)
        self.assertEqual(self.measured(), (110, 100, 1.1))
        self.assertEqual(self.measured("territory_growth_lfl"), (110, 100, 1.1))

    def test_giving_a_customer_away_is_no_loss_and_no_growth_there(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 110)
        self.sell("2025-03-05", 500, self.second)
        self.sell("2025-03-06", 50, self.customer_b)
        self.sell("2026-03-06", 50, self.customer_b)
        self.hand_over(self.second, self.manager_b, "2026-03-02")
        self.sell("2026-03-05", 900, self.second)
        self.assertEqual(self.measured(), (110, 100, 1.1))
        self.assertEqual(self.measured(user=self.manager_b), (50, 50, 1.0))

    def test_there_and_back_is_a_handover_too(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 110)
        self.sell("2025-03-05", 500, self.second)
        self.hand_over(self.second, self.manager_b, "2025-06-01")
        self.hand_over(self.second, self.manager_a, "2026-01-01")
        self.sell("2026-03-05", 900, self.second)
        self.assertEqual(self.measured(), (110, 100, 1.1))

    def test_handed_over_after_the_month_changes_nothing(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 110)
        self.hand_over(self.customer, self.manager_b, "2026-04-01")
        self.assertEqual(self.measured(), (110, 100, 1.1))

    def test_new_customer_is_growth(self):
        fresh = self.make_customer("Fresh", self.manager_a)
        self.owned_since(fresh, "2026-03-01")
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        self.sell("2026-03-06", 50, fresh)
        self.assertEqual(self.measured(), (150, 100, 1.5))
        self.assertEqual(self.measured("territory_growth_lfl"), (100, 100, 1.0))

    def test_customer_of_nobody_that_others_sold_to_is_received(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        self.sell("2025-09-05", 700, self.orphan)  # credited to nobody
        self.orphan.user_id = self.manager_a
        self.owned_since(self.orphan, "2026-01-01")
        self.sell("2026-03-06", 800, self.orphan)
        self.assertEqual(self.measured(), (100, 100, 1.0))

    def test_customer_that_nobody_had_for_a_while_is_received(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        self.hand_over(self.second, self.env["res.users"], "2024-01-01")
        self.hand_over(self.second, self.manager_a, "2026-01-01")
        self.sell("2026-03-06", 800, self.second)
        self.assertEqual(self.measured(), (100, 100, 1.0))

    def test_lost_customer_is_a_loss_but_not_like_for_like(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        self.sell("2025-03-05", 100, self.second)
        self.assertEqual(self.measured(), (100, 200, 0.5))
        self.assertEqual(self.measured("territory_growth_lfl"), (100, 100, 1.0))

    def test_moving_to_another_branch_with_customers_is_no_growth(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        member = self.branch.member_ids
        member.date_to = "2026-01-31"
        self.other_branch.member_ids = [
            (0, 0, {"user_id": self.manager_a.id, "date_from": "2026-02-01"})
        ]
        self.assertEqual(self.measured(), (100, 100, 1.0))

    # ------------------------------------------------------------------
    # Sector and district
    # ------------------------------------------------------------------

    def sectors(self):
        hotels, shops = self.env["res.partner.industry"].create(
            [{"name": "Hotels"}, {"name": "Shops"}]
        )
        third = self.make_customer("Third", self.manager_a)
        self.owned_since(third, "2020-01-01")
        (self.customer | self.second).industry_id = hotels
        third.industry_id = shops
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 130)
        self.sell("2025-03-05", 100, third)
        self.sell("2026-03-05", 500, third)
        return hotels, shops

    def test_sector_of_most_customers(self):
        self.sectors()
        self.assertEqual(self.measured("sector_growth"), (130, 100, 1.3))

    def test_chosen_sectors(self):
        hotels, shops = self.sectors()
        criterion = self.criterion("sector_growth")
        criterion.industry_ids = shops
        self.assertEqual(self.measured("sector_growth"), (500, 100, 5.0))
        criterion.industry_ids = hotels | shops
        self.assertEqual(self.measured("sector_growth"), (630, 200, 3.15))

    def test_without_sector_or_district_there_is_no_base(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 130)
        for code in ("sector_growth", "district_growth"):
            self.assertEqual(self.measured(code), (0, None, None))

    def test_district(self):
        Territory = self.env["sales.territory"]
        region = Territory.create({"name": "Region", "kind": "region"})
        north, south = Territory.create(
            [
                {"name": name, "kind": "district", "parent_id": region.id}
                for name in ("North", "South")
            ]
        )
        sector = Territory.create(
            {"name": "Hotels", "kind": "sector", "parent_id": north.id}
        )
        third = self.make_customer("Third", self.manager_a)
        self.owned_since(third, "2020-01-01")
        rows = self.env["customer.assignment"].search([])
        by_partner = {row.partner_id: row for row in rows}
        by_partner[self.customer].territory_id = north
        by_partner[self.second].territory_id = sector
        by_partner[third].territory_id = south
        for customer, before, now in (
            (self.customer, 100, 110),
            (self.second, 100, 130),
            (third, 100, 500),
        ):
            self.sell("2025-03-05", before, customer)
            self.sell("2026-03-05", now, customer)
        self.assertEqual(self.measured("district_growth"), (240, 200, 1.2))
        self.criterion("district_growth").district_ids = south
        self.assertEqual(self.measured("district_growth"), (500, 100, 5.0))
        self.criterion("district_growth").district_ids = False
        # Moved from one district to another: compared in neither.
        rows.create(
            {
                "partner_id": self.second.id,
                "company_id": self.company.id,
                "user_id": self.manager_a.id,
                "territory_id": south.id,
                "date_from": "2026-01-01",
                "source": "territory",
            }
        )
        self.criterion("district_growth").district_ids = north
        self.assertEqual(self.measured("district_growth"), (110, 100, 1.1))
        self.criterion("district_growth").district_ids = south
        self.assertEqual(self.measured("district_growth"), (500, 100, 5.0))
        self.assertEqual(self.measured("territory_growth"), (740, 300, 2.4667))

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_queries_do_not_grow_with_managers(self):
        self.sell("2025-03-05", 100)
        self.sell("2026-03-05", 100)
        few = self.count_queries(self.manager_a)
        users = self.manager_a
        for number in range(5):
            user = self.make_user(f"many_{number}", "sales_manager_kpi.group_manager")
            customer = self.make_customer(f"Customer {number}", user)
            self.owned_since(customer, "2020-01-01")
            self.sell("2025-03-05", 100, customer, user)
            self.sell("2026-03-05", 100, customer, user)
            users |= user
        self.assertEqual(self.count_queries(users), few)
        self.assertLessEqual(few, 6 * len(CODES))

    def count_queries(self, users):
        self.env.flush_all()
        counts = []
        for _round in ("cold", "warm"):
            before = self.env.cr.sql_log_count
            for code in CODES:
                self.criterion(code)._measure(self.period, users)
            counts.append(self.env.cr.sql_log_count - before)
        return counts[-1]
