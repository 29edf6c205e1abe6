import json

from .test_workflow import WorkflowCommon


class TestMonthScore(WorkflowCommon):
    """My month and My team show what was agreed, once it was."""

    def month(self, user):
        data = self.env["sales.my.month"].with_user(user)
        data = data.get_data(self.period.date_from.isoformat(), self.manager_a.id)
        return json.loads(json.dumps(data))["score"]

    def row(self, user):
        team = self.env["sales.my.team"].with_user(user)
        rows = team.get_data(self.period.date_from.isoformat())["rows"]
        return next(row for row in rows if row["user_id"] == self.manager_a.id)

    def test_computed(self):
        score, row = self.month(self.manager_a), self.row(self.director)
        self.assertEqual((score["score"], score["final"]), (70, None))
        self.assertEqual(score["state"], "computed")
        self.assertEqual(
            (row["score"], row["final"], row["is_agreed"]), (70, None, False)
        )

    def test_the_heads_score_stands_beside(self):
        self.start()
        self.assess(self.director, 85, "A big order came a day late")
        for user in (self.manager_a, self.director, self.commercial):
            score = self.month(user)
            self.assertEqual((score["score"], score["final"]), (70, 85))
            [line] = score["lines"]
            self.assertEqual((line["score"], line["final"]), (70, 85))
        row = self.row(self.director)
        self.assertEqual((row["score"], row["final"]), (70, 85))

    def test_agreed(self):
        self.start()
        self.assess(self.director, 85, "A big order came a day late")
        self.rpc(self.director, self.card, "action_agree")
        self.make_invoice(price=200, date=self.period.date_from)
        for user in (self.manager_a, self.director, self.commercial):
            score = self.month(user)
            self.assertEqual((score["score"], score["final"]), (85, None))
            self.assertEqual(score["state"], "agreed")
            self.assertEqual(score["card_id"], self.card.id)
            [line] = score["lines"]
            self.assertEqual((line["score"], line["value"]), (85, 0.7))
        row = self.row(self.director)
        self.assertEqual((row["score"], row["is_agreed"]), (85, True))
        self.assertEqual(row["amount"], 900, "facts are live all the same")

    def test_both_directors_of_who_moved_open_the_card(self):
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).date_to = self.period.date_from
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.other_branch.id,
                "user_id": self.manager_a.id,
                "date_from": self.period.date_from.replace(day=2),
            }
        )
        for user in (self.director, self.other_director):
            self.assertEqual(self.month(user)["card_id"], self.card.id)
