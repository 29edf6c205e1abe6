from odoo.exceptions import AccessError, UserError

from ..ranking.common import RankingCommon

MOST = 60  # queries of the own place, beside those of the month


class TestPlace(RankingCommon):
    """The own place on My month is the one that the ranking shows."""

    def place(self, user, *args):
        return self.env["sales.my.month"].with_user(user).get_place(*args)

    def test_as_the_ranking_says(self):
        for public in ("own", "places", "values"):
            self.publish(public, "company")
            data = self.place(self.manager_a)
            for row in data["places"]:
                _ranking, rows = self.rows(self.manager_a, by=row["by"])
                self.assertEqual(row["place"], rows["manager_a"]["place"])
                self.assertEqual(row["value"], rows["manager_a"]["value"])
            self.assertNotIn("manager_c", str(data))
        self.assertEqual([row["by"] for row in data["places"]], ["size", "growth"])
        self.assertEqual(data["places"][0]["of"], 4)
        self.assertIsNone(self.place(self.manager_b)["places"][1]["place"])

    def test_milestones_and_badges(self):
        self.assertEqual(self.place(self.manager_a)["levels"], [])
        self.company.sales_manager_kpi_milestones = "own"
        self.env["sales.milestone.level"].create(
            [
                {"percent": 40, "company_id": self.company.id},
                {"percent": 90, "company_id": self.company.id},
            ]
        )
        self.env["sales.milestone"]._find_of_company(self.company)
        data = self.place(self.manager_a)
        self.assertEqual(
            data["levels"],
            [{"percent": 40, "reached": True}, {"percent": 90, "reached": False}],
        )
        self.assertEqual(len(data["milestones"]), 1)
        self.assertFalse(self.place(self.manager_c)["milestones"])

    def test_who_and_when(self):
        self.assertFalse(self.place(self.commercial))
        for user in (self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                self.place(user)
        for day in ("nothing", "1999-01-01", 7):
            with self.assertRaises(UserError):
                self.place(self.manager_a, day)

    def test_budget(self):
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.place(self.manager_a)
        self.assertLessEqual(self.env.cr.sql_log_count - before, MOST)

    def test_dispute_of_what_does_not_count(self):
        """A document that does not count opens a dispute that names it."""
        order = self.make_order(self.my_customer, confirm=False)
        self.env.flush_all()
        rows = self.env["sales.not.counted"].with_user(self.manager_a)
        row = rows.search([("order_id", "=", order.id), ("basis", "=", "invoice")])
        with self.assertRaises(UserError):  # not judged yet
            row.action_dispute()
        self.compute()
        action = row.action_dispute()
        dispute = (
            self.env["evaluation.dispute"]
            .with_user(self.manager_a)
            .with_context(**action["context"])
            .create({"description": "They ordered by phone"})
        )
        self.assertEqual(
            (dispute.kind, dispute.document, dispute.scorecard_id),
            ("missing_deal", order, self.card_of(self.manager_a)),
        )
        with self.assertRaises(UserError):
            row.with_user(self.director).action_dispute()
