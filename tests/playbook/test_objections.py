from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import PlaybookCommon


@freeze_time("2026-03-02 09:00:00")
class TestObjections(PlaybookCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.objection = cls.env["sales.objection"].create(
            {
                "name": "Too dear",
                "category": "price",
                "answer_ids": [
                    fields.Command.create({"text": text}) for text in ("One", "Two")
                ],
            }
        )
        cls.one, cls.two = cls.objection.answer_ids

    def log(self, answer=None, outcome="overcome", user=None, **values):
        Log = self.env["sales.objection.log"].with_user(user or self.manager_a)
        return Log.create(
            {
                "lead_id": self.lead.id,
                "objection_id": self.objection.id,
                "answer_id": answer and answer.id,
                "outcome": outcome,
                **values,
            }
        ).action_log()

    def test_how_often_it_helped(self):
        self.assertEqual(
            (self.one | self.two)._success_rates(),
            {self.one.id: None, self.two.id: None},
        )
        self.log(self.one)
        self.log(self.one, "not")
        self.log(self.two)
        rates = (self.one | self.two)._success_rates()
        self.assertEqual(rates, {self.one.id: 0.5, self.two.id: 1.0})
        self.assertEqual((self.one.use_count, self.one.overcome_count), (2, 1))
        self.assertIn("1 of 2", self.one.with_context(with_success=1).display_name)
        self.assertEqual(self.lead.objection_count, 3)
        self.assertEqual(self.customer.objection_count, 3)
        wizard = self.env["sales.objection.log"].new(
            {"lead_id": self.lead.id, "objection_id": self.objection.id}
        )
        self.assertEqual(wizard.answer_id._origin, self.two)
        use = self.lead.objection_use_ids[0]
        self.assertEqual(use.branch_id, self.branch)
        self.assertEqual(use.manager_id, self.manager_a)
        with self.assertQueryCount(1):
            (self.one | self.two)._counts()

    def test_of_a_customer_with_a_new_answer(self):
        self.log(lead_id=False, partner_id=self.customer.id, new_answer="Three")
        answer = self.objection.answer_ids - self.one - self.two
        self.assertEqual(answer.proposed_by_id, self.manager_a)
        use = self.env["sales.objection.use"].search([("answer_id", "=", answer.id)])
        self.assertEqual((use.partner_id, use.lead_id.id), (self.customer, False))

    def test_bad_input(self):
        with self.assertRaisesRegex(UserError, "lead or a customer"):
            self.log(lead_id=False)
        with self.assertRaisesRegex(UserError, "to come"):
            self.log(at="2026-03-03 09:00:00")
        other = self.objection.copy()
        with self.assertRaisesRegex(UserError, "another objection"):
            self.log(other.answer_ids[0])
        with self.assertRaises(AccessError):
            self.log(self.one, user=self.manager_b)

    def test_rights(self):
        self.log(self.one)
        use = self.lead.objection_use_ids
        seen = {
            user.login: bool(use.with_user(user).search([("id", "=", use.id)]))
            for user in self.manager_a
            | self.manager_b
            | self.director
            | self.other_director
            | self.commercial
        }
        self.assertEqual(list(seen.values()), [True, False, True, False, True])
        with self.assertRaisesRegex(AccessError, "stay as they were noted"):
            use.with_user(self.manager_a).write({"note": "x"})
        mine = (
            self.env["sales.objection.answer"]
            .with_user(self.manager_a)
            .create(
                {
                    "objection_id": self.objection.id,
                    "text": "Mine",
                    "proposed_by_id": self.manager_b.id,
                }
            )
        )
        self.assertEqual(mine.proposed_by_id, self.manager_a)
        mine.text = "Mine, better"
        with self.assertRaises(AccessError):
            mine.with_user(self.manager_b).text = "Theirs"
        mine.proposed_by_id = self.manager_b
        self.assertEqual(mine.proposed_by_id, self.manager_a)
        with self.assertRaisesRegex(UserError, "that was tried"):
            self.one.with_user(self.director).text = "What helped others"
        mine.with_user(self.director).active = False
        # everybody is told how often it helped, not where
        self.assertEqual(self.one.with_user(self.manager_b).use_count, 1)

    def test_other_company(self):
        """What another company keeps is neither used nor told; what was tried stays."""
        other = self.env["res.company"].create({"name": "Other company"})
        secret = self.env["sales.objection"].create(
            {"name": "Of theirs", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self.log(objection_id=secret.id)
        playbook = self.make_playbook("Of theirs", [("Only", "hand", None)])
        playbook.step_ids.description = "How they sell"
        playbook.company_id = other
        ticks = self.env["sales.playbook.tick"].with_user(self.manager_a)
        tick = ticks.create(
            {"lead_id": self.lead.id, "step_id": playbook.step_ids.id, "note": "x"}
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            tick.read(["description"])
        # tried in one company, it stays as it was said in every other
        mine = (
            self.env["sales.objection.answer"]
            .with_user(self.manager_a)
            .create({"objection_id": self.objection.id, "text": "Mine"})
        )
        self.log(mine)
        self.manager_a.company_ids |= other
        there = mine.with_context(allowed_company_ids=other.ids)
        self.assertFalse(there._counts())
        with self.assertRaisesRegex(UserError, "that was tried"):
            there.text = "What was never said"
