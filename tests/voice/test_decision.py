from datetime import timedelta

from odoo.exceptions import AccessError, UserError

from .common import VoiceCommon


class TestDraftDecision(VoiceCommon):
    def unread(self, decision):
        rows = decision.sudo().addressee_ids.filtered(
            lambda row: row.version == decision.version and not row.is_signed
        )
        return rows.user_id

    def test_read_and_signed(self):
        decision = self.write_decision(show=False)
        self.assertFalse(decision.with_user(self.manager_a).has_access("read"))
        decision.action_open()
        self.assertEqual(self.unread(decision), self.manager_a | self.manager_c)
        self.assertEqual((decision.asked_count, decision.unread_count), (2, 2))
        self.assertEqual(
            decision.activity_ids.sudo().user_id, self.manager_a | self.manager_c
        )
        mine = decision.with_user(self.manager_a)
        self.assertTrue(mine.can_sign)
        self.answer(self.manager_a, "sign", "Nine is better", draft_decision_id=mine)
        self.assertEqual(self.unread(decision), self.manager_c)
        self.assertTrue(mine.has_signed)
        reading = mine.reading_ids
        self.assertEqual(
            (reading.user_id, reading.is_signature, reading.text_hash),
            (self.manager_a, True, decision.text_hash),
        )
        self.assertTrue(decision.version_ids.is_true)
        self.assertEqual(decision.activity_ids.sudo().user_id, self.manager_c)
        with self.assertRaises(UserError):  # signed already
            self.answer(self.manager_a, "sign", draft_decision_id=mine)
        self.answer(self.manager_a, "sign", "Or ten", draft_decision_id=mine)
        self.assertEqual(mine.reading_ids.mapped("is_signature"), [True, False])
        self.env.invalidate_all()  # as in a request of their own
        # a colleague does not read what another one said
        self.assertFalse(decision.with_user(self.manager_c).reading_ids)
        self.env.invalidate_all()
        self.assertEqual(len(decision.with_user(self.commercial).reading_ids), 2)
        for user in (self.manager_a, self.director, self.admin):
            with self.assertRaises(AccessError):
                reading.with_user(user).comment = "Never said"
            with self.assertRaises(AccessError):
                reading.with_user(user).unlink()

    def test_text_stays_as_signed(self):
        """Another text is another version, and is read again."""
        decision = self.write_decision()
        first = decision.text_hash
        for values in ({"body": "<p>At nine.</p>"}, {"comment_until": self.today}):
            for user in (self.director, self.admin):
                with self.assertRaises(UserError):
                    decision.with_user(user).write(values)
        with self.assertRaises(AccessError):
            decision.with_user(self.director).text_hash = "x"
        opened = (
            self.env["sales.voice.answer"]
            .with_user(self.manager_a)
            .create({"draft_decision_id": decision.id, "step": "sign"})
        )
        self.answer(self.manager_c, "sign", draft_decision_id=decision)
        decision.action_revise()
        self.assertFalse(decision.with_user(self.manager_a).has_access("read"))
        decision.body = "<p>We open at nine.</p>"
        decision.action_open()
        self.assertEqual(decision.version, 2)
        self.assertNotEqual(decision.text_hash, first)
        with self.assertRaises(UserError):  # what they had read is not this
            opened.action_confirm()
        self.assertEqual(self.unread(decision), self.manager_a | self.manager_c)
        self.assertEqual(decision.version_ids.mapped("version"), [2, 1])
        self.assertIn("eight", decision.version_ids[1].body)
        self.assertTrue(all(row.is_true for row in decision.version_ids))
        # the one who never read the first version need not any more
        void = decision.sudo().addressee_ids.filtered("is_void")
        self.assertEqual((void.user_id, void.version), (self.manager_a, 1))
        # tampered with behind the screens: nobody signs that
        decision.sudo().body = "<p>We open at four.</p>"
        with self.assertRaises(UserError):
            self.answer(self.manager_a, "sign", draft_decision_id=decision)

    def test_for_oneself_alone(self):
        self.appoint(self.manager_a, self.manager_b, self.commercial)
        decision = self.write_decision()
        stranger = decision.with_user(self.manager_b)
        self.assertFalse(stranger.has_access("read"))
        with self.assertRaises(AccessError):
            stranger._sign(None, decision.text_hash)
        with self.assertRaises(AccessError):  # its author is not asked
            decision._sign(None, decision.text_hash)

    def test_activity_is_no_signature(self):
        decision = self.write_decision()
        activity = decision.activity_ids.sudo().filtered(
            lambda one: one.user_id == self.manager_a
        )
        with self.assertRaises(UserError):
            activity.with_user(self.manager_a).action_feedback("Read it")

    def test_settle_and_withdraw(self):
        decision = self.write_decision()
        self.answer(self.manager_a, "sign", "Too early", draft_decision_id=decision)
        for user in (self.manager_a, self.other_director):
            with self.assertRaises(AccessError):
                decision.with_user(user).action_settle()
        with self.assertRaises(UserError):  # no final text
            decision.action_settle()
        decision.final_text = "<p>We open at half past eight.</p>"
        with self.assertRaises(UserError):  # comments without an answer
            decision.action_settle()
        decision.outcome = "Half an hour later, as Anna asked."
        decision.action_settle()
        self.assertEqual(decision.state, "settled")
        self.assertFalse(decision.sudo().activity_ids)
        with self.assertRaises(UserError):
            self.answer(self.manager_c, "sign", draft_decision_id=decision)
        with self.assertRaises(UserError):
            decision.final_text = "<p>Never.</p>"
        self.assertTrue(decision.with_user(self.manager_c).has_access("read"))
        other = self.write_decision()
        with self.assertRaises(UserError):
            self.answer(self.director, "withdraw", "", draft_decision_id=other)
        self.answer(self.director, "withdraw", "Not needed", draft_decision_id=other)
        self.assertEqual(other.state, "withdrawn")
        with self.assertRaises(UserError):
            other.unlink()

    def test_for_whom(self):
        with self.assertRaises(AccessError):
            self.write_decision(branch_ids=self.other_branch.ids)
        with self.assertRaises(AccessError):
            self.write_decision(branch_ids=False)
        with self.assertRaises(AccessError):
            self.write_decision(self.manager_a)
        everybody = self.write_decision(self.commercial, branch_ids=False)
        self.assertLessEqual(
            self.manager_a | self.manager_b | self.director | self.other_director,
            self.unread(everybody),
        )
        directors = self.write_decision(
            self.commercial, branch_ids=False, audience="directors"
        )
        self.assertLessEqual(
            self.director | self.other_director, self.unread(directors)
        )
        self.assertFalse(self.unread(directors) & (self.manager_a | self.manager_b))
        with self.assertRaises(UserError):  # the day is over
            self.write_decision(comment_until=self.today - timedelta(days=1))
        with self.assertRaises(UserError):  # nothing to read
            self.write_decision(body="<p><br></p>")
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": self.make_user("new", "sales_manager_kpi.group_manager").id,
                "date_from": "2020-01-01",
            }
        )
        decision = self.write_decision(show=False)
        decision.action_open()
        late = self.make_user("later", "sales_manager_kpi.group_manager")
        self.env["sales.branch.member"].create(
            {
                "branch_id": self.branch.id,
                "user_id": late.id,
                "date_from": "2020-01-01",
            }
        )
        for _twice in range(2):
            self.env["sales.draft.decision"]._cron_address()
        self.assertEqual(self.unread(decision).mapped("login").count("later"), 1)

    def test_who_reads(self):
        decision = self.write_decision()
        for user in (self.manager_a, self.manager_c, self.commercial, self.admin):
            self.assertTrue(decision.with_user(user).has_access("read"), user.login)
        for user in (
            *(self.manager_b, self.other_director),
            *(self.supervisor, self.payer, self.plain),
        ):
            self.assertFalse(decision.with_user(user).has_access("read"), user.login)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", other
        )
        self.assertFalse(decision.with_user(stranger).has_access("read"))
        with self.assertRaises(AccessError):
            decision.addressee_ids.with_user(stranger).mapped("is_signed")
