from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import EvaluationCommon


class WorkflowCommon(EvaluationCommon):
    """Scorecards of the month that just ended: 70 of 100 reached by manager A."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_plan(cls.manager_a, 1000)
        cls.make_plan(cls.manager_b, 1000)
        cls.make_invoice(price=700, date=cls.today)
        cls.compute()
        cls.card = cls.card_of(cls.manager_a)
        cls.other_card = cls.card_of(cls.manager_b)
        later = cls.period.date_to + timedelta(days=5)
        cls.startClassPatcher(freeze_time(f"{later} 10:00:00"))
        cls.everybody = (
            cls.manager_a,
            cls.manager_b,
            cls.director,
            cls.other_director,
            cls.commercial,
            cls.admin,
            cls.plain,
        )

    def rpc(self, user, records, method, *args):
        """Call as a client would."""
        model = records.browse().with_user(user)
        model.env.invalidate_all()
        return call_kw(model, method, [records.ids, *args], {})

    def may(self, records, method, *args, undo=True):
        """Logins of those who may, each tried alone."""
        logins = set()
        for user in self.everybody:
            savepoint = self.env.cr.savepoint(flush=True)
            try:
                self.rpc(user, records, method, *args)
                self.env.flush_all()
                logins.add(user.login)
            except (UserError, AccessError):
                pass
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
            self.env.cr.precommit.clear()
        return logins

    def start(self, self_first=False):
        self.company.sales_manager_kpi_self_assessment = self_first
        self.rpc(self.director, self.card, "action_start")

    def assess(self, user, score, reason="", comment=None, card=None):
        card = card or self.card
        criterion = card.line_ids.criterion_id
        scores = {str(criterion.id): [score, reason]}
        return self.rpc(user, card, "assess", scores, comment)


class TestWorkflow(WorkflowCommon):
    def test_who_starts(self):
        heads = {"director", "commercial", "kpi_admin"}
        self.assertEqual(self.may(self.card, "action_start"), heads)

    def test_without_self_assessment(self):
        self.start()
        self.assertEqual(self.card.state, "head")
        self.assertEqual(self.card.activity_ids.user_id, self.director)

    def test_the_whole_way(self):
        self.start(self_first=True)
        self.assertEqual(self.card.state, "self")
        self.assertEqual(self.card.activity_ids.user_id, self.manager_a)
        self.assess(self.manager_a, 90, "The hotel pays in two parts", "A hard month")
        self.rpc(self.manager_a, self.card, "action_hand_in")
        self.assertEqual(self.card.activity_ids.user_id, self.director)
        line = self.card.line_ids
        self.assertEqual((line.self_score, line.final_score), (90, 70))
        self.assess(self.director, 80, "Half of it was hers")
        self.assertEqual((line.score, line.head_score, line.final_score), (70, 80, 80))
        self.assertEqual((self.card.score, self.card.final_score), (70, 80))
        self.rpc(self.director, self.card, "action_agree")
        self.assertEqual(self.card.state, "agreed")
        self.assertEqual(self.card.agreed_by_id, self.director)
        self.assertFalse(self.card.activity_ids)
        rows = self.card.correction_ids.sorted("id")
        self.assertEqual(rows.mapped("kind"), ["self", "head"])
        self.assertEqual(rows.mapped("computed_score"), [70, 70])
        self.assertEqual(rows.author_id, self.manager_a | self.director)
        self.assertEqual(self.card.self_comment, "A hard month")

    def test_who_hands_in_agrees_and_reopens(self):
        self.start(self_first=True)
        heads = {"director", "commercial", "kpi_admin"}
        self.assertEqual(self.may(self.card, "action_hand_in"), heads | {"manager_a"})
        self.assertEqual(self.may(self.card, "action_agree"), set())
        self.rpc(self.manager_a, self.card, "action_hand_in")
        self.assertEqual(self.may(self.card, "action_hand_in"), set())
        self.assertEqual(self.may(self.card, "action_agree"), heads)
        self.assertEqual(self.may(self.card, "return_cards", "Say more"), heads)
        self.assertEqual(self.may(self.card, "action_assess"), heads)
        self.rpc(self.director, self.card, "action_agree")
        self.assertEqual(
            self.may(self.card, "reopen", "A late invoice"), heads - {"director"}
        )
        for method in ("action_start", "action_hand_in", "action_agree"):
            self.assertEqual(self.may(self.card, method), set(), method)

    def test_who_assesses(self):
        self.start(self_first=True)
        criterion = self.card.line_ids.criterion_id
        scores = {criterion.id: (80, "Reason")}
        self.assertEqual(self.may(self.card, "assess", scores), {"manager_a"})
        self.rpc(self.manager_a, self.card, "action_hand_in")
        heads = {"director", "commercial", "kpi_admin"}
        self.assertEqual(self.may(self.card, "assess", scores), heads)
        self.rpc(self.director, self.card, "action_agree")
        self.assertEqual(self.may(self.card, "assess", scores), set())

    def test_nobody_judges_themselves(self):
        """A director who also sells is judged by the commercial director."""
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": self.director.id,
                "date_from": "2020-01-01",
            }
        )
        self.compute()
        card = self.card_of(self.director)
        with self.assertRaisesRegex(UserError, "nobody judges themselves"):
            self.rpc(self.director, card, "action_start")
        self.rpc(self.commercial, card, "action_start")
        self.assertEqual(card.activity_ids.user_id, self.commercial)
        with self.assertRaisesRegex(UserError, "nobody judges themselves"):
            self.rpc(self.director, card, "action_agree")

    def test_not_before_the_month_ended(self):
        with (
            freeze_time(f"{self.period.date_to} 10:00:00"),
            self.assertRaisesRegex(UserError, "not ended yet"),
        ):
            self.rpc(self.director, self.card, "action_start")

    def test_reason_where_it_differs(self):
        self.start()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.assess(self.director, 80)
        self.assess(self.director, 70)
        self.assertFalse(self.card.correction_ids, "nothing was said")
        for score in (-1, 1001):
            with self.assertRaisesRegex(UserError, "lies between"):
                self.assess(self.director, score, "Reason")
        for score in ("high", None, [1], float("nan")):
            with self.assertRaisesRegex(UserError, "number"):
                self.assess(self.director, score, "Reason")

    def test_taking_a_correction_back(self):
        self.start()
        self.assess(self.director, 80, "Half of it was hers")
        self.assess(self.director, 70)
        self.assertEqual(self.card.final_score, 70)
        self.assertFalse(self.card.line_ids.has_head_score)
        self.assertEqual(len(self.card.correction_ids), 2, "what was said stays")

    def test_nothing_to_correct_without_base(self):
        plan = self.env["sales.plan"].search([("user_id", "=", self.manager_b.id)])
        plan.with_user(self.other_director).cancel_plans("Left")
        self.compute()
        self.rpc(self.commercial, self.other_card, "action_start")
        with self.assertRaisesRegex(UserError, "has no base"):
            self.assess(self.commercial, 80, "Reason", card=self.other_card)
        self.rpc(self.commercial, self.other_card, "action_agree")

    def test_computed_moves_on_beside_the_heads(self):
        """Until it is agreed, late documents move the computed score alone."""
        self.start()
        self.assess(self.director, 80, "Half of it was hers")
        self.make_invoice(price=200, date=self.period.date_to)
        self.compute()
        self.assertEqual((self.card.score, self.card.final_score), (90, 80))
        self.assertEqual(self.card.correction_ids.computed_score, 70)

    def test_agreed_stands(self):
        self.start()
        self.assess(self.director, 80, "Half of it was hers")
        self.rpc(self.director, self.card, "action_agree")
        before = self.card.read()[0]
        self.make_invoice(price=200, date=self.period.date_to)
        self.criterion.score_cap = 100
        self.card.scheme_id.copy({"active": True, "company_id": self.company.id})
        self.branch.member_ids.unlink()
        self.compute()
        self.env["evaluation.run"]._pending(self.period)
        self.env.invalidate_all()
        self.assertTrue(self.card.exists())
        after = self.card.read()[0]
        for name in ("score", "final_score", "scheme_id", "computed_on", "line_ids"):
            self.assertEqual(after[name], before[name], name)
        with self.assertRaisesRegex(UserError, "not computed again"):
            self.rpc(self.director, self.card, "action_recompute")

    def test_reopened_is_computed_again(self):
        self.start()
        self.rpc(self.director, self.card, "action_agree")
        self.make_invoice(price=200, date=self.period.date_to)
        with self.assertRaisesRegex(UserError, "reason"):
            self.rpc(self.commercial, self.card, "reopen", " ")
        self.rpc(self.commercial, self.card, "reopen", "A late invoice")
        self.assertEqual((self.card.state, self.card.score), ("head", 90))
        self.assertFalse(self.card.agreed_by_id)
        self.assertIn("A late invoice", "".join(self.card.message_ids.mapped("body")))
        self.assertEqual(self.card.activity_ids.user_id, self.director)

    def test_all_or_nothing(self):
        cards = self.card | self.other_card
        self.start()
        with self.assertRaisesRegex(UserError, "manager_b"):
            self.rpc(self.commercial, cards, "action_agree")
        self.assertEqual(self.card.state, "head")
        self.rpc(self.commercial, self.other_card, "action_start")
        self.rpc(self.commercial, cards, "action_agree")
        self.assertEqual(cards.mapped("state"), ["agreed", "agreed"])

    def test_who_left_keeps_what_was_said(self):
        self.start()
        self.branch.member_ids.unlink()
        self.compute()
        self.env["evaluation.run"]._pending(self.period)
        self.assertTrue(self.card.exists())

    def test_wizard(self):
        self.start()
        action = self.rpc(self.director, self.card, "action_assess")
        wizard = self.env["evaluation.assessment"].browse(action["res_id"])
        wizard = wizard.with_user(self.director)
        self.assertEqual((wizard.kind, wizard.line_ids.score), ("head", 70))
        wizard.line_ids.write({"score": 85, "reason": "Helped in Gent"})
        wizard.comment = "Well done"
        wizard.action_confirm_and_pass()
        self.assertEqual((self.card.state, self.card.final_score), ("agreed", 85))
        self.assertEqual(self.card.head_comment, "Well done")
        action = self.rpc(self.commercial, self.card, "action_reopen")
        reason = self.env[action["res_model"]].with_user(self.commercial)
        reason = reason.with_context(**action["context"]).create({"reason": "Late"})
        reason.action_confirm()
        self.assertEqual(self.card.state, "head")

    def test_wizard_shows_no_colleague(self):
        """Whoever makes a wizard for a line of a colleague cannot read it."""
        own = self.env["evaluation.assessment"].with_user(self.manager_b)
        with self.assertRaises(AccessError):
            own.create({"scorecard_id": self.card.id})
        own = own.create({"scorecard_id": self.other_card.id})
        with self.assertRaises(AccessError):
            own.scorecard_id = self.card
        line = self.env["evaluation.assessment.line"].with_user(self.manager_b)
        vals = {"assessment_id": own.id, "line_id": self.card.line_ids.id}
        with self.assertRaises(AccessError):
            # the name is read in sudo, and takes the scores along into the cache
            line.create(vals)
        mine = line.create(
            {"assessment_id": own.id, "line_id": self.other_card.line_ids.id}
        )
        with self.assertRaises(AccessError):
            self.rpc(self.manager_b, mine, "write", {"line_id": vals["line_id"]})

    @mute_logger("odoo.sql_db")
    def test_corrections_are_written_by_nobody(self):
        self.start()
        self.assess(self.director, 80, "Half of it was hers")
        row = self.card.correction_ids
        seen = {"manager_a", "director", "commercial", "kpi_admin"}
        for user in self.everybody:
            mine = row.with_user(user)
            with self.subTest(user=user.login):
                if user.login in seen:
                    self.assertEqual(mine.read(["score"])[0]["score"], 80)
                else:
                    with self.assertRaises(AccessError):
                        mine.read(["score"])
                for call in (
                    lambda r=mine: r.write({"score": 1}),
                    lambda r=mine: r.unlink(),
                    lambda r=mine: r.create({}),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_form_opens_for_every_role(self):
        self.start()
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.open_form(self.card.with_user(user))


class TestComparison(WorkflowCommon):
    def test_no_average_of_few(self):
        data = self.rpc(self.manager_a, self.card, "get_comparison")
        self.assertFalse(data["average"])
        self.assertEqual(data["criteria"][0]["score"], 70)
        self.assertIsNone(data["criteria"][0]["previous"])
        self.assertEqual(len(data["trend"]), 12)
        self.assertEqual(data["trend"][-1]["final"], 70)

    def test_average_of_three(self):
        with freeze_time(f"{self.period.date_to} 10:00:00"):
            self.make_managers(2)
            self.compute()
        data = self.rpc(self.manager_a, self.card, "get_comparison")
        self.assertEqual(data["average"], "branch")
        self.assertAlmostEqual(
            data["criteria"][0]["average"], (70 + 90 + 45) / 3, places=2
        )

    def test_who_may_look(self):
        self.assertEqual(
            self.may(self.card, "get_comparison"),
            {"manager_a", "director", "commercial", "kpi_admin"},
        )
