from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import COMMERCIAL
from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class TestDisputeSteps(StatementCommon):
    """Steps of a dispute: read with it, written by the system alone."""

    def test_evidence_stays(self):
        """Files of what was requested or decided are replaced by nobody."""
        adjustment = self.adjustment(5.0, approve=False)
        file = adjustment.attachment_ids
        for user in (self.payer, self.payer_2):
            mine = file.with_user(user)
            for act in (
                lambda mine=mine: mine.write({"raw": b"We never agreed."}),
                lambda mine=mine: mine.unlink(),
            ):
                with self.assertRaises(AccessError):
                    act()
        self.assertEqual(file.sudo().raw, b"We agreed.")

    def test_rights(self):
        self.make_document([(self.cloth, 10000.0)])
        self.close_month(self.january)
        dispute = self.dispute(self.sent().line_ids, claimed_amount=50.0)
        step = dispute.sudo().step_ids
        self.assertEqual(step.step, "open")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user("stranger", COMMERCIAL, other)
        far_payer = self.make_user(
            "far_payer", "base.group_user,sales_manager_kpi.group_pay", other
        )
        readers = (self.manager_a, self.payer, self.payer_2)
        others = (
            *(self.manager_b, self.director, self.commercial, self.plain),
            *(self.supervisor, stranger, far_payer),
        )
        for user in (*readers, *others):
            mine = step.with_env(self.env(user=user))
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                self.assertEqual(mine.has_access("read"), user in readers)
                for act in (
                    lambda mine=mine: mine.write({"note": "Never said"}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.create(
                        {
                            "dispute_id": dispute.id,
                            "step": "close",
                            "user_id": mine.env.uid,
                        }
                    ),
                ):
                    with self.assertRaises(AccessError):
                        act()
                if user in readers:
                    self.assertEqual(mine.search([("id", "=", step.id)]), mine)
                    self.assertEqual(mine.read(["step"])[0]["step"], "open")
