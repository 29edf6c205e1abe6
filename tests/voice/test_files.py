from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError

from .common import VoiceCommon


class TestFiles(VoiceCommon):
    """Files of what was told stay as they were told."""

    def upload(self, user, name="Plan.txt", **values):
        """As the widget does: a file of the user's own, of nothing yet."""
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create({"name": name, "raw": b"As it was", **values})
        )

    def refused(self, files, *users):
        """Neither written over, moved away nor deleted, by whoever it is."""
        for user in users:
            mine = files.with_user(user)
            mine.invalidate_recordset()
            for step in (
                lambda mine=mine: mine.write({"raw": b"As it never was"}),
                lambda mine=mine: mine.write({"name": "Other.txt"}),
                lambda mine=mine: mine.write({"res_id": 0}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    step()
        self.assertEqual(set(files.sudo().mapped("raw")), {b"As it was"})

    def test_by_a_token_of_the_chatter(self):
        """The chatter deletes as the system what its uploader holds a token of."""
        file = self.upload(self.manager_a)
        proposal = self.propose(submit=False, attachment_ids=[Command.link(file.id)])
        proposal.action_submit()
        with self.assertRaisesRegex(AccessError, "Plan.txt"):
            file.sudo()._delete_and_notify()
        other = self.upload(self.manager_a, "Other.txt")
        (other | file).sudo(False).filtered(lambda one: one != file).unlink()
        self.assertTrue(file.exists())

    def test_proposal(self):
        file = self.upload(self.manager_a)
        proposal = self.propose(
            submit=False, attachment_ids=[Command.link(file.id)]
        ).with_user(self.manager_a)
        file.name = "Plan 2.txt"
        proposal.action_submit()
        with self.assertRaisesRegex(AccessError, "Plan 2.txt"):
            file.unlink()
        self.refused(file, self.manager_a, self.director, self.commercial, self.admin)
        self.assertFalse(file.with_user(self.manager_a).has_access("write"))
        self.assertEqual(file.with_user(self.director).raw, b"As it was")
        with self.assertRaises(AccessError):  # who may not even read it hears no name
            file.with_user(self.manager_b).unlink()
        # more may be said of it in the chatter
        more = self.upload(self.manager_a, res_model=proposal._name, res_id=proposal.id)
        more.unlink()
        self.answer(self.director, "declined", "No", proposal_id=proposal)
        self.refused(file, self.manager_a)
        file.sudo().name = "By the system"

    def test_moved_before_it_is_told(self):
        """A file that was moved away is not told with a document."""
        file = self.upload(self.manager_a)
        proposal = self.propose(submit=False, attachment_ids=[Command.link(file.id)])
        other = self.propose(submit=False)
        file.res_id = other.id
        with self.assertRaises(AccessError):
            proposal.action_submit()
        file.res_id = 0
        proposal.action_submit()
        self.assertEqual(file.res_id, proposal.id)
        self.refused(file, self.manager_a)

    def test_taken_back(self):
        file = self.upload(self.manager_a)
        proposal = self.propose(submit=False, attachment_ids=[Command.link(file.id)])
        proposal.action_submit()
        proposal.action_take_back()
        file.raw = b"Better"
        proposal.attachment_ids = [Command.delete(file.id)]
        self.assertFalse(file.exists())

    def test_draft_decision(self):
        """What was shown stays with its version, whatever comes after it."""
        file = self.upload(self.director)
        decision = self.write_decision(
            show=False, attachment_ids=[Command.link(file.id)]
        )
        picture = self.upload(
            self.director, "Shop.png", res_model=decision._name, res_id=decision.id
        )
        decision.body = f'<p>So.</p><img src="/web/image/{picture.id}">'
        decision.action_open()
        self.refused(file, self.director, self.commercial, self.admin)
        self.refused(picture, self.director, self.commercial)
        first = decision.version_ids
        kept = first.attachment_ids
        self.assertEqual((kept.name, kept.raw), ("Plan.txt", b"As it was"))
        self.refused(kept, self.director, self.commercial, self.admin)
        for reader, reads in ((self.manager_a, True), (self.manager_b, False)):
            self.assertEqual(kept.with_user(reader).has_access("read"), reads)
        decision.action_revise()
        file.raw = b"As it is now"
        decision.attachment_ids = [Command.delete(file.id)]
        decision.action_open()
        kept.invalidate_recordset()
        self.assertEqual(kept.with_user(self.manager_a).raw, b"As it was")
        self.assertTrue(all(row.is_true for row in decision.version_ids))
        self.assertFalse(decision.version_ids[0].attachment_ids)
        self.refused(picture, self.director, self.commercial)

    def test_file_of_a_colleague(self):
        """Who may write a draft decision adds to the files of its author."""
        first = self.upload(self.director)
        decision = self.write_decision(
            show=False, attachment_ids=[Command.link(first.id)]
        ).with_user(self.commercial)
        second = self.upload(self.commercial, "More.txt")
        decision.attachment_ids = [Command.set([first.id, second.id])]
        decision.action_open()
        self.refused(first | second, self.director, self.commercial)
        secret = self.upload(self.manager_b)
        with self.assertRaises(AccessError):
            self.propose(submit=False, attachment_ids=[Command.link(secret.id)])

    def test_assignment(self):
        file = self.upload(self.director)
        task = self.give(
            attachment_ids=[Command.link(file.id)],
            deadline=self.today + timedelta(days=2),
        )
        file.name = "Asked.txt"
        self.refused(file, self.manager_a)  # who has it never changes what was asked
        self.answer(self.manager_a, "report", "Done", assignment_id=task)
        self.refused(file, self.director, self.commercial)
        self.answer(self.director, "return", "More", assignment_id=task)
        file.with_user(self.director).name = "Asked again.txt"
