from odoo.exceptions import AccessError

from .common import VoiceCommon


class TestStepsRights(VoiceCommon):
    """Steps and versions: read with their document, written by the system alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", other
        )

    def check(self, rows, readers, others):
        rows = rows.sudo()
        [name] = [n for n in ("note", "files", "signed_at") if n in rows._fields][:1]
        for user in (*readers, *others, self.stranger, self.plain, self.supervisor):
            reads = user in readers
            mine = rows.with_env(self.env(user=user))
            self.env.invalidate_all()
            with self.subTest(model=rows._name, user=user.login):
                if mine.has_access("read") or reads:
                    self.assertEqual(
                        mine.search([("id", "in", rows.ids)]) == mine, reads
                    )
                self.assertEqual(mine.has_access("read"), reads)
                for step in (
                    lambda mine=mine: mine.write({name: False}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.create(mine.sudo().copy_data()),
                ):
                    with self.assertRaises(AccessError):
                        step()

    def test_proposal_step(self):
        proposal = self.propose()
        self.check(
            proposal.step_ids,
            (self.manager_a, self.director, self.commercial, self.admin),
            (self.manager_b, self.manager_c, self.other_director, self.payer),
        )

    def test_assignment_step(self):
        task = self.give()
        self.check(
            task.step_ids,
            (self.manager_a, self.director, self.commercial, self.admin),
            (self.manager_b, self.manager_c, self.other_director, self.payer),
        )

    def test_draft_decision(self):
        decision = self.write_decision()
        self.answer(self.manager_a, "sign", "Good", draft_decision_id=decision)
        heads = (self.director, self.commercial, self.admin)
        others = (self.manager_b, self.other_director, self.payer)
        self.check(
            decision.version_ids, (*heads, self.manager_a, self.manager_c), others
        )
        readings = decision.sudo().reading_ids
        self.check(readings, (*heads, self.manager_a), (*others, self.manager_c))
        asked = decision.sudo().addressee_ids.filtered(
            lambda row: row.user_id == self.manager_c
        )
        self.check(asked, (*heads, self.manager_c), (*others, self.manager_a))
