import doctest
import json

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_manager_kpi.engine import ranking

from .common import RankingCommon

WHOLE = {"branch_id": False}


class TestRankingFigures(RankingCommon):
    """What is ranked, seen by who may see all of it."""

    def test_size_with_a_tie(self):
        """Two share the first place, so the next is third; nothing sold is a figure."""
        self.assertEqual(
            self.placed(self.commercial, **WHOLE),
            {
                "manager_a": (1, 400),
                "manager_b": (1, 400),
                "manager_c": (3, 100),
                "manager_d": (4, 0),
            },
        )

    def test_engine(self):
        result = doctest.testmod(ranking)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_growth_without_a_base_has_no_place(self):
        self.assertEqual(
            self.placed(self.commercial, by="growth", **WHOLE),
            {
                "manager_a": (1, 1.0),
                "manager_c": (2, 0.0),
                "manager_b": (None, None),
                "manager_d": (None, None),
            },
        )
        data, _rows = self.rows(self.commercial, by="growth", **WHOLE)
        self.assertEqual([row["place"] for row in data["rows"]], [1, 2, None, None])

    def test_growth_compares_the_same_days(self):
        """What the year before brought after this day is still to come."""
        later = fields.Date.add(self.year_ago, months=1, days=-1)
        self.make_invoice(self.third_customer, 900, later)
        until = fields.Date.subtract(self.today, years=1)
        growth = 0.0 if later > until else -0.9
        _data, rows = self.rows(self.commercial, by="growth", **WHOLE)
        self.assertEqual(rows["manager_c"]["value"], growth)

    def test_plan_is_the_figure_of_the_criterion(self):
        placed = self.placed(self.commercial, by="plan", **WHOLE)
        measured = self.criterion._measure(self.period, self.manager_a | self.manager_b)
        self.assertEqual(placed["manager_b"], (1, measured[self.manager_b.id][2]))
        self.assertEqual(placed["manager_a"], (2, measured[self.manager_a.id][2]))
        self.assertEqual(placed["manager_c"], (None, None))
        self.assertEqual(placed["manager_b"][1], 0.8)

    def test_plan_of_a_quarter_adds_months_up(self):
        """Facts and targets are added, not the shares; months to come do not count."""
        first = self.today.replace(
            day=1, month=self.today.month - (self.today.month - 1) % 3
        )
        before = self.env["sales.period"]._for_date(self.company, first)
        if before != self.period:
            self.make_plan(self.manager_a, 600, period_id=before.id)
            self.make_invoice(self.my_customer, 400, first)
        coming = self.env["sales.period"]._for_date(
            self.company, fields.Date.add(self.today, months=1)
        )
        self.make_plan(self.manager_a, 5000, period_id=coming.id)
        share = 0.4 if before == self.period else 0.5
        placed = self.placed(self.commercial, span="quarter", by="plan", **WHOLE)
        self.assertEqual(placed["manager_a"], (2, share))

    def test_score_is_agreed_or_computed(self):
        """A director's draft is nobody's business before it is agreed."""
        self.compute()
        placed = self.placed(self.commercial, by="score", **WHOLE)
        self.assertEqual(placed["manager_b"], (1, 80))
        self.assertEqual(placed["manager_a"], (2, 40))
        card = self.card_of(self.manager_a)
        card.sudo().write({"final_score": 90})
        self.env.flush_all()
        self.assertEqual(
            self.placed(self.commercial, by="score", **WHOLE)["manager_a"], (2, 40)
        )
        self.env.cr.execute(
            "UPDATE evaluation_scorecard SET state = 'agreed' WHERE id = %s", [card.id]
        )
        self.env.invalidate_all()
        _data, rows = self.rows(self.commercial, by="score", **WHOLE)
        self.assertEqual(rows["manager_a"]["value"], 90)
        self.assertEqual(rows["manager_a"]["place"], 1)
        self.assertFalse(rows["manager_a"]["is_provisional"])
        self.assertTrue(rows["manager_b"]["is_provisional"])

    def test_credit_notes_lower_the_size(self):
        invoice = self.make_invoice(self.other_customer, 50, self.today)
        before = self.placed(self.commercial, **WHOLE)["manager_b"]
        self.assertEqual(before, (1, 450))
        refund = invoice._reverse_moves([{"invoice_date": self.today}])
        refund.action_post()
        self.assertEqual(self.placed(self.commercial, **WHOLE)["manager_b"], (1, 400))

    def test_who_moved_is_ranked_once(self):
        """With everything credited, where the month found them first."""
        day = self.last_month.replace(day=15)
        self.manager_a.sales_branch_member_ids.date_to = fields.Date.subtract(
            day, days=1
        )
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_a.id, "date_from": day})
        ]
        self.make_invoice(self.my_customer, 30, day.replace(day=2))
        self.make_invoice(self.my_customer, 40, day)
        then = {"date": str(day)}
        data, rows = self.rows(self.commercial, **then, **WHOLE)
        self.assertEqual(len(data["rows"]), 4)
        self.assertEqual(rows["manager_a"]["branch"], "Utrecht")
        for user in (self.manager_a, self.director, self.other_director):
            _data, rows = self.rows(user, **then, **WHOLE)
            self.assertEqual(rows["manager_a"]["value"], 70)
        there = self.placed(self.commercial, branch_id=self.other_branch.id, **then)
        self.assertEqual(list(there), ["manager_b"])

    def test_a_director_of_long_ago_does_not_see_the_year(self):
        """The whole year is for who directs the last month."""
        month = self.today.replace(day=1)
        member = self.manager_c.sales_branch_member_ids
        member.date_to = fields.Date.subtract(month, days=1)
        self.other_branch.member_ids = [
            Command.create({"user_id": self.manager_c.id, "date_from": month})
        ]
        _data, rows = self.rows(self.director, span="year", **WHOLE)
        self.assertNotIn("manager_c", rows)
        _data, rows = self.rows(self.other_director, span="year", **WHOLE)
        self.assertGreaterEqual(rows["manager_c"]["value"], 100)

    def test_who_was_archived_keeps_the_place(self):
        self.manager_b.active = False
        self.assertEqual(self.placed(self.commercial, **WHOLE)["manager_b"], (1, 400))
        self.assertEqual(self.placed(self.commercial, **WHOLE)["manager_c"], (3, 100))

    def test_who_left_before_is_not_ranked(self):
        self.manager_b.sales_branch_member_ids.date_to = self.last_month
        placed = self.placed(self.commercial, **WHOLE)
        self.assertNotIn("manager_b", placed)
        self.assertEqual(placed["manager_c"], (2, 100))

    def test_as_many_queries_for_ten_as_for_two(self):
        more = self.make_managers(8)
        self.publish("values", "company")
        self.compute()
        counts = {}
        for by in ("size", "plan", "growth", "score"):
            for name in ("many", "few"):
                if name == "few":
                    more.sales_branch_member_ids.date_to = self.last_month
                counts[by, name] = self.count(by)
                if name == "few":
                    more.sales_branch_member_ids.date_to = False
        for by in ("size", "plan", "growth", "score"):
            with self.subTest(by=by):
                self.assertLessEqual(counts[by, "many"], counts[by, "few"])
                self.assertLess(counts[by, "many"], 25)

    def count(self, by):
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rows(self.manager_a, by=by, **WHOLE)
        return self.env.cr.sql_log_count - before


class TestRankingReaders(RankingCommon):
    """Who sees what; every call is one that a client could make."""

    def test_nothing_public(self):
        """Oneself alone, with the true place."""
        data, rows = self.rows(self.manager_c, **WHOLE)
        self.assertEqual(list(rows), ["manager_c"])
        self.assertEqual((rows["manager_c"]["place"], data["ranked"]), (3, 4))
        self.assertEqual([b["name"] for b in data["branches"]], ["Utrecht"])
        self.assertNoAmount(data, 400)

    def test_places_within_the_branch(self):
        self.publish("places")
        data, rows = self.rows(self.manager_c)
        self.assertEqual(data["branch_id"], self.branch.id)
        self.assertEqual(
            {name: row["place"] for name, row in rows.items()},
            {"manager_a": 1, "manager_c": 2, "manager_d": 3},
        )
        self.assertEqual(rows["manager_a"]["value"], None)
        self.assertTrue(rows["manager_a"]["is_hidden"])
        self.assertEqual(rows["manager_c"]["value"], 100)
        self.assertNoAmount(data, 400)
        _data, rows = self.rows(self.manager_c, **WHOLE)
        self.assertNotIn("manager_b", rows)
        with self.assertRaisesRegex(AccessError, "not public"):
            self.rows(self.manager_c, branch_id=self.other_branch.id)

    def test_places_without_parts_of_any_figure(self):
        self.publish("places", "company")
        self.compute()
        for by in ("plan", "growth", "score"):
            _data, rows = self.rows(self.manager_d, by=by, **WHOLE)
            self.assertEqual(len(rows), 4)
            del rows["manager_d"]  # oneself
            for row in rows.values():
                self.assertEqual((row["value"], row["parts"]), (None, None))

    def test_places_with_figures_in_the_company(self):
        self.publish("values", "company")
        data, rows = self.rows(self.manager_c)
        self.assertFalse(data["branch_id"])
        self.assertEqual(rows["manager_b"]["value"], 400)
        _data, rows = self.rows(self.manager_c, by="plan")
        self.assertEqual(rows["manager_b"]["value"], 0.8)
        self.assertEqual(rows["manager_b"]["parts"], None)

    def test_figures_within_the_branch_end_there(self):
        self.publish("values")
        _data, rows = self.rows(self.manager_b, **WHOLE)
        self.assertEqual(list(rows), ["manager_b"])

    def test_directors_see_their_branch_whatever_is_chosen(self):
        _data, rows = self.rows(self.director, by="plan", **WHOLE)
        self.assertEqual(set(rows), {"manager_a", "manager_c", "manager_d"})
        self.assertEqual(rows["manager_a"]["parts"], (400, 1000))
        self.assertEqual(rows["manager_a"]["place"], 2)
        with self.assertRaises(AccessError):
            self.rows(self.director, branch_id=self.other_branch.id)
        self.publish("places", "company")
        _data, rows = self.rows(self.director, **WHOLE)
        self.assertEqual(rows["manager_b"]["value"], None)
        self.assertEqual(rows["manager_a"]["value"], 400)

    def test_who_is_no_manager_sees_nothing(self):
        for user in (self.plain, self.supervisor):
            with self.assertRaisesRegex(AccessError, "for sales managers"):
                self.rows(user)

    def test_who_belongs_to_no_branch(self):
        outsider = self.make_user("outsider", "sales_manager_kpi.group_manager")
        self.publish("values")
        self.assertEqual(self.rows(outsider)[1], {})
        self.publish("values", "company")
        self.assertEqual(len(self.rows(outsider)[1]), 4)

    def test_bad_input(self):
        for values in (
            {"span": "week"},
            {"by": "margin"},
            {"by": "_months"},
            {"date": "no date"},
            {"date": "1900-01-01"},
            {"date": {"a": 1}},
            {"branch_id": "all"},
            {"branch_id": -1},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.rows(self.commercial, **values)

    def test_there_is_no_future(self):
        data, _rows = self.rows(self.commercial, date="2099-01-01")
        self.assertTrue(data["period"]["is_current"])
        self.assertFalse(data["period"]["next"])
        data, _rows = self.rows(self.commercial, date=data["period"]["previous"])
        self.assertEqual(data["period"]["next"], str(self.period.date_from))

    def test_a_client_cannot_ask_for_figures(self):
        """Nothing but the public method may be called, and rows stay the system's."""
        for name in dir(self.Ranking):
            if name.startswith(("_ranked", "_ranking", "_seen", "_within")):
                self.assertTrue(name.startswith("_"))
        for model in ("sales.milestone", "sales.ranking.badge"):
            for user in (self.manager_a, self.commercial, self.admin):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).create({})

    def test_views_open(self):
        for model, users in (
            ("sales.milestone", (self.manager_a, self.director, self.commercial)),
            ("sales.ranking.badge", (self.manager_a, self.director, self.commercial)),
            ("sales.milestone.level", (self.admin,)),
            ("sales.badge.rule", (self.admin,)),
        ):
            for user in users:
                Model = self.env[model].with_user(user)
                Model.get_views([(False, "list"), (False, "search")])
                Model.web_search_read([], {"display_name": {}})
        rule = self.env.ref("sales_manager_kpi.sales_badge_rule_plan")
        self.open_form(rule.with_user(self.admin))

    def assertNoAmount(self, data, amount):
        self.assertNotIn(str(amount), json.dumps(data["rows"]))


class TestRankingCompanies(RankingCommon):
    """Two companies, each in its currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("GBP")
        data = cls.setup_other_company(name="Second", currency_id=cls.foreign.id)
        cls.second = data["company"]
        cls.manager_a.company_ids |= cls.second
        cls.commercial.company_ids |= cls.second
        env = cls.env(context={"allowed_company_ids": cls.second.ids})
        env["sales.branch"].create(
            {
                "code": "LON",
                "name": "London",
                "company_id": cls.second.id,
                "tz": "Europe/Amsterdam",
                "member_ids": [
                    Command.create(
                        {"user_id": cls.manager_a.id, "date_from": "2020-01-01"}
                    )
                ],
            }
        )
        today = env["sales.branch"]._company_local_date(cls.second)
        customer = env["res.partner"].create({"name": "London customer"})
        env["customer.assignment"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.second.id,
                "user_id": cls.manager_a.id,
                "date_from": "2020-01-01",
            }
        )
        env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "company_id": cls.second.id,
                "invoice_date": today,
                "date": today,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": data["product_order_no"].id,
                            "quantity": 1,
                            "price_unit": 7,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        ).action_post()

    def look(self, user, *companies):
        ids = [company.id for company in companies]
        Ranking = self.Ranking.with_user(user).with_context(allowed_company_ids=ids)
        return Ranking.get_data(branch_id=False)

    def test_figures_of_one_company_in_its_currency(self):
        for companies in ((self.second,), (self.second, self.company)):
            data = self.look(self.commercial, *companies)
            self.assertEqual(data["currency_id"], self.foreign.id)
            [row] = data["rows"]
            self.assertEqual((row["user_id"], row["value"]), (self.manager_a.id, 7))
        data = self.look(self.commercial, self.company, self.second)
        self.assertEqual(data["company"], self.company.name)
        self.assertEqual(data["rows"][0]["value"], 400)

    def test_each_company_chooses(self):
        self.second.sales_manager_kpi_ranking_public = "values"
        self.assertEqual(self.look(self.manager_a, self.company)["public"], "own")
        self.assertEqual(self.look(self.manager_a, self.second)["public"], "values")

    def test_not_of_a_company_that_is_not_ones_own(self):
        with self.assertRaises(AccessError):
            self.look(self.manager_b, self.second)
