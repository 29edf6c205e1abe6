from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import VoiceCommon


class TestProposal(VoiceCommon):
    def test_from_idea_to_done(self):
        """Written, submitted, accepted with an answer, done; each step is a row."""
        proposal = self.propose(submit=False)
        self.assertTrue(proposal.name.startswith("PR/"))
        self.assertEqual(proposal.branch_id, self.branch)
        self.assertFalse(proposal.with_user(self.director).has_access("read"))
        proposal.action_submit()
        self.assertGreater(proposal.due_on, self.today)
        self.assertEqual(proposal.activity_ids.sudo().user_id, self.director)
        with self.assertRaises(UserError):
            proposal.subject = "Something else"
        for user in (self.manager_a, self.other_director, self.manager_c):
            with self.assertRaises(AccessError):
                self.answer(user, "accepted", "Yes", proposal_id=proposal)
        with self.assertRaises(UserError):  # without an answer
            self.answer(self.director, "declined", "  ", proposal_id=proposal)
        self.answer(self.director, "accepted", "Good idea", proposal_id=proposal)
        self.assertEqual(
            (proposal.state, proposal.decided_by_id, proposal.answer),
            ("accepted", self.director, "Good idea"),
        )
        self.assertFalse(proposal.sudo().activity_ids)
        with self.assertRaises(UserError):  # decided already
            self.answer(self.commercial, "declined", "No", proposal_id=proposal)
        with self.assertRaises(UserError):  # too late to take back
            proposal.action_take_back()
        self.answer(self.director, "done", "Labels printed", proposal_id=proposal)
        self.assertEqual((proposal.state, proposal.done_on), ("done", self.today))
        self.assertEqual(
            proposal.step_ids.mapped("step"), ["submit", "accepted", "done"]
        )
        with self.assertRaises(UserError):
            proposal.unlink()
        with self.assertRaises(AccessError):
            proposal.with_user(self.admin).step_ids[0].write({"note": "x"})
        copied = proposal.copy()
        self.assertEqual((copied.state, copied.answer), ("draft", False))

    def test_only_buttons_decide(self):
        proposal = self.propose()
        for values in (
            {"state": "accepted"},
            {"answer": "Yes"},
            {"user_id": self.manager_c.id},
            {"branch_id": self.other_branch.id},
        ):
            for user in (self.manager_a, self.director, self.admin):
                with self.subTest(user=user.login, **values):
                    with self.assertRaises(UserError):
                        proposal.with_user(user).write(values)
        with self.assertRaises(AccessError):
            self.propose(submit=False, state="accepted")
        with self.assertRaises(AccessError):
            self.propose(submit=False, user_id=self.manager_c.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            proposal.sudo().write({"state": "accepted"})
            self.env.flush_all()

    def test_nobody_their_own(self):
        """What a director proposes is decided above; not by who proposes it."""
        proposal = self.propose(self.director)
        self.assertEqual(proposal.activity_ids.sudo().user_id, self.commercial)
        for user in (self.director, self.other_director):
            with self.assertRaises(AccessError):
                self.answer(user, "accepted", "Yes", proposal_id=proposal)
        self.answer(self.commercial, "accepted", "Yes", proposal_id=proposal)
        own = self.propose(self.commercial)
        self.assertIn(self.admin, own.activity_ids.sudo().user_id)
        self.assertNotIn(self.commercial, own.activity_ids.sudo().user_id)
        with self.assertRaises(AccessError):
            self.answer(self.commercial, "accepted", "Yes", proposal_id=own)

    def test_substitutes(self):
        """A deputy of the director decides, but not about their own."""
        self.manager_c.group_ids += self.env.ref(
            "sales_manager_kpi.group_branch_director"
        )
        self.appoint(
            self.director, self.manager_c, self.commercial, scope_direction=True
        )
        proposal = self.propose()
        self.assertIn(self.manager_c, proposal.activity_ids.sudo().user_id)
        self.answer(self.manager_c, "accepted", "Yes", proposal_id=proposal)
        step = proposal.step_ids[-1]
        self.assertEqual(
            (step.user_id, step.acting_for_id), (self.manager_c, self.director)
        )
        for author in (self.manager_c, self.director):
            own = self.propose(author)
            with self.assertRaises(AccessError):
                self.answer(self.manager_c, "accepted", "Yes", proposal_id=own)
        with self.assertRaises(AccessError):  # stands in for nobody there
            self.propose(acting_for_id=self.manager_b.id)
        written = self.propose(self.manager_c, acting_for_id=self.director.id)
        self.assertTrue(written.with_user(self.director).has_access("read"))

    def test_who_reads(self):
        proposal = self.propose()
        hidden = (self.manager_b, self.manager_c, self.other_director)
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.assertTrue(proposal.with_user(user).has_access("read"), user.login)
        for user in (*hidden, self.supervisor, self.payer, self.plain):
            self.assertFalse(proposal.with_user(user).has_access("read"), user.login)
        with self.assertRaises(AccessError):
            proposal.with_user(self.manager_c).action_share()
        proposal.action_share()
        for user in hidden:
            self.assertTrue(proposal.with_user(user).has_access("read"), user.login)
            self.assertFalse(proposal.with_user(user).has_access("write"), user.login)
        for user in (self.supervisor, self.payer, self.plain):
            self.assertFalse(proposal.with_user(user).has_access("read"), user.login)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", other
        )
        proposal = self.propose(is_shared=True)
        self.assertFalse(proposal.with_user(stranger).has_access("read"))
        with self.assertRaises(AccessError):
            proposal.with_user(stranger)._decide("accepted", "Yes")
        elsewhere = self.propose(stranger, submit=False)
        self.assertEqual(elsewhere.company_id, other)
        with self.assertRaises(UserError):  # nobody above
            self.env.ref("base.user_admin").company_ids -= other
            elsewhere.action_submit()

    def test_not_answered_in_time(self):
        """Who is above hears of it, once."""
        proposal = self.propose()
        now = fields.Datetime.now()
        proposal.sudo().due_at = now - timedelta(days=1)
        self.assertTrue(proposal.is_late)
        self.assertIn(
            proposal, self.env["sales.proposal"].search([("is_late", "=", True)])
        )
        for _twice in range(2):
            self.env["sales.proposal"]._cron_escalate()
        self.assertEqual(
            proposal.sudo().activity_ids.user_id, self.director | self.commercial
        )
        self.assertEqual(len(proposal.sudo().activity_ids), 2)

    def test_take_back(self):
        proposal = self.propose()
        with self.assertRaises(AccessError):
            proposal.with_user(self.director).action_take_back()
        proposal.action_take_back()
        self.assertFalse(proposal.sudo().activity_ids)
        proposal.subject = "Rolls by colour"
        proposal.action_submit()
        self.assertEqual(
            proposal.step_ids.mapped("step"), ["submit", "take_back", "submit"]
        )

    def test_effect(self):
        """Mean of whole months before and after, for who may see the figures."""
        Period = self.env["sales.period"]
        criterion = self.env["evaluation.criterion"].create(
            {"name": "Showroom", "code": "showroom-x", "measure": "manual"}
        )
        values = {-4: 9.0, -3: 0.6, -2: 0.8, -1: 0.7, 0: 5.0, 1: 0.9, 2: 1.0}
        for number, value in values.items():
            day = fields.Date.add(self.today.replace(day=1), months=number - 4)
            card = (
                self.env["evaluation.scorecard"]
                .sudo()
                .create(
                    {
                        "user_id": self.manager_a.id,
                        "period_id": Period._for_date(self.company, day).id,
                        "branch_id": self.branch.id,
                        "company_id": self.company.id,
                        "date_from": day,
                        "computed_on": fields.Datetime.now(),
                        "scheme_id": self.env.ref(
                            "sales_manager_kpi.evaluation_scheme_default"
                        ).id,
                    }
                )
            )
            self.env["evaluation.scorecard.line"].sudo().create(
                {
                    "scorecard_id": card.id,
                    "criterion_id": criterion.id,
                    "value": value,
                    "has_value": True,
                }
            )
        proposal = self.propose(criterion_id=criterion.id)
        self.answer(self.director, "accepted", "Yes", proposal_id=proposal)
        self.assertFalse(proposal.has_after)  # no month after is over
        proposal.sudo().decided_on = fields.Date.add(
            self.today.replace(day=1), months=-4, days=20
        )
        for user in (self.manager_a, self.director, self.commercial):
            row = proposal.with_user(user)
            self.assertTrue(row.has_before and row.has_after)
            self.assertAlmostEqual(row.value_before, 0.7)
            self.assertAlmostEqual(row.value_after, 0.95)
            self.assertAlmostEqual(row.value_change, 0.25)
            self.assertEqual((row.rows_before, row.rows_after), (3, 2))
        # done two months later: the months around that one count
        proposal.sudo().done_on = fields.Date.add(self.today.replace(day=1), months=-3)
        self.assertEqual((proposal.rows_before, proposal.rows_after), (3, 1))
        self.assertAlmostEqual(proposal.value_before, (0.8 + 0.7 + 5.0) / 3, 3)
        proposal.sudo().done_on = False
        # months in which the author worked elsewhere say nothing
        lines = self.env["evaluation.scorecard.line"].sudo()
        lines = lines.search([("criterion_id", "=", criterion.id)], order="date_from")
        lines[-1].scorecard_id.branch_id = self.other_branch
        self.env.invalidate_all()
        self.assertEqual((proposal.rows_after, proposal.value_after), (1, 0.9))
        lines[-1].scorecard_id.branch_id = self.branch
        # a month of the branch is the mean of its people: one figure
        card = lines[1].scorecard_id.copy({"user_id": self.manager_c.id})
        lines[1].copy({"scorecard_id": card.id, "value": 0.8})
        proposal.sudo().effect_of = "branch"
        row = proposal.with_user(self.director)
        self.env.invalidate_all()
        self.assertEqual((row.rows_before, row.rows_after), (3, 2))
        self.assertAlmostEqual(row.value_before, (0.7 + 0.8 + 0.7) / 3, 3)
        proposal.sudo().effect_of = "author"
        proposal.action_share()
        row = proposal.with_user(self.manager_c)
        self.assertEqual((row.has_before, row.value_before), (False, 0))
        proposal.sudo().effect_of = "branch"
        self.assertFalse(proposal.with_user(self.manager_a).has_before)
        self.assertTrue(proposal.with_user(self.director).has_before)
        more = proposal
        for _more in range(4):
            more |= self.propose(criterion_id=criterion.id)
        for rows, most in ((proposal, None), (more, None)):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.with_user(self.director).mapped("value_before")
            queries = self.env.cr.sql_log_count - before
            self.assertLess(queries, 30, most)
