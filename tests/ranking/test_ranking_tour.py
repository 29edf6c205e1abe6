from datetime import timedelta

from odoo.tests import HttpCase

from ..evaluation.common import EvaluationCommon
from .common import RankingCommon


class TestRankingTour(EvaluationCommon, HttpCase):
    """450 of 1000 this month, the badge of the month before and a milestone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        last_month = cls.today.replace(day=1) - timedelta(days=1)
        past = cls.env["sales.period"]._for_date(cls.company, last_month)
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"
        cls.make_plan(cls.manager_a, 100, period_id=past.id)
        cls.make_invoice(price=150, date=last_month)
        cls.make_plan(cls.manager_a, 1000)
        cls.make_invoice(price=450, date=cls.today)
        cls.company.write(
            {
                "sales_manager_kpi_badges": True,
                "sales_manager_kpi_milestones": "own",
                "sales_manager_kpi_award_days": 0,
            }
        )
        cls.env["sales.milestone.level"].create(
            {"percent": 40, "company_id": cls.company.id}
        )
        cls.env["sales.milestone"]._find_of_company(cls.company)
        cls.outsider = cls.make_user("outsider", "sales_manager_kpi.group_manager")

    def test_as_manager(self):
        self.start_tour("/odoo", "sales_ranking_manager", login="manager_a")

    def test_as_director(self):
        self.start_tour("/odoo", "sales_ranking_director", login="director")

    def test_without_branch(self):
        self.start_tour("/odoo", "sales_ranking_empty", login="outsider")


class TestRankingPhone(TestRankingTour):
    browser_size = "390x844"
    test_as_director = test_as_manager = test_without_branch = None

    def test_nothing_is_cut_off(self):
        """On a phone the page is no wider than the screen."""
        self.browser_js(
            "/odoo/sales-ranking",
            """
            const table = document.querySelector('.o_ranking');
            if (table.scrollWidth > table.clientWidth) {
                throw new Error(`${table.scrollWidth} > ${table.clientWidth}`);
            }
            console.log('test successful');
            """,
            "!!document.querySelector('.o_ranking_row')",
            login="manager_a",
        )


class TestRankingRpc(RankingCommon, HttpCase):
    def call(self, login, method="get_data", kwargs=None):
        self.env.flush_all()
        self.authenticate(login, login)
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {
                "model": "sales.ranking",
                "method": method,
                "args": [],
                "kwargs": kwargs or {"branch_id": False},
            },
        )

    def test_by_rpc(self):
        self.publish("places", "company")
        rows = self.by_login(self.call("manager_c"))
        self.assertEqual(rows["manager_a"]["value"], None)
        self.assertEqual(rows["manager_c"]["value"], 100)
        rows = self.by_login(self.call("director"))
        self.assertEqual(rows["manager_a"]["value"], 400)
        for method in ("_ranking_figures", "_ranked_people", "_rows"):
            with self.assertRaisesRegex(Exception, "AccessError"):
                self.call("commercial", method)
