from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import DIRECTOR, MANAGER
from .common import FAULT, ClaimCommon

DECIDE = "sales_manager_kpi.mail_activity_type_claim_decide"


class TestFlow(ClaimCommon):
    """A claim from its opening to its end, and what is refused on the way."""

    def appoint(self, principal, deputy, **values):
        """``deputy`` stands in for ``principal`` today."""
        row = (
            self.env["sales.substitution"]
            .with_user(self.commercial)
            .create(
                {
                    "company_id": self.company.id,
                    "principal_id": principal.id,
                    "deputy_id": deputy.id,
                    **values,
                }
            )
        )
        row.action_appoint()
        return row

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def test_opening(self):
        claim = self.make_claim(
            user=self.colleague, order_id=False, partner_id=self.customer.id
        )
        self.assertTrue(claim.name.startswith("CL/"))
        self.assertEqual(claim.state, "new")
        self.assertEqual(claim.user_id, self.manager_a)
        self.assertEqual(claim.branch_id, self.branch)
        self.assertFalse(claim.responsible_user_id)
        self.assertEqual(claim.opened_by_id, self.colleague)
        about = self.make_claim()
        self.assertEqual(about.partner_id, self.customer)
        self.assertEqual(about.responsible_user_id, self.manager_a)
        self.assertEqual(about.currency_id, self.order.currency_id)

    def test_responsible_is_who_got_the_credit(self):
        """Another owner today changes nothing of whose order it was."""
        self.customer.user_id = self.manager_b
        claim = self.make_claim(user=self.commercial)
        self.assertEqual(claim.responsible_user_id, self.manager_a)
        self.assertEqual(claim.user_id, self.manager_b)
        self.assertEqual(claim.branch_id, self.branch)

    def test_kind_says_area_and_severity(self):
        kind = self.env.ref("sales_manager_kpi.customer_claim_kind_order")
        claim = self.make_claim(kind_id=kind.id)
        self.assertEqual((claim.fault_area, claim.severity), ("manager", "serious"))
        self.assertEqual(claim.weight, 2.0)

    def test_foreign_documents(self):
        other = self.make_cloth_order(self.rival)
        delivery = self.deliver(other)
        mine = {"partner_id": self.customer.id}
        for values in (
            {**mine, "order_id": other.id},
            {**mine, "order_id": False, "picking_id": delivery.id},
            {**mine, "order_line_ids": [Command.link(other.order_line.id)]},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.make_claim(user=self.commercial, **values)
        claim = self.make_claim(user=self.commercial)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            claim.write({"order_id": other.id})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            claim.write({"partner_id": self.rival.id})

    def test_contacts_of_the_company_count(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        claim = self.make_claim(partner_id=contact.id)
        self.assertEqual(claim.commercial_partner_id, self.customer)

    def test_lot_of_another(self):
        goods = self.env["product.product"].create(
            {"name": "Roll", "is_storable": True, "tracking": "lot"}
        )
        lot = self.env["stock.lot"].create({"name": "R1", "product_id": goods.id})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.make_claim(lot_id=lot.id)
        picking = self.delivery
        self.env["stock.move.line"].create(
            {
                "product_id": goods.id,
                "lot_id": lot.id,
                "quantity": 1,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
                "state": "done",
            }
        )
        self.assertEqual(self.make_claim(lot_id=lot.id).lot_id, lot)

    def test_documents_out_of_reach(self):
        """Nobody claims about an order that they may not see."""
        other = self.make_cloth_order(self.rival)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.make_claim(order_id=other.id)

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def test_verdict(self):
        claim = self.make_claim(review=True, claimed_amount=80.0)
        asked = claim.sudo().activity_search([DECIDE])
        self.assertEqual(asked.user_id, self.director)
        decision = self.decide(
            claim, accepted_amount=50.0, responsible_share=0.5, severity="grave"
        )
        self.assertEqual(claim.state, "decided")
        self.assertEqual(claim.verdict, "justified")
        self.assertEqual(claim.decided_by_id, self.director)
        self.assertTrue(claim.counts)
        self.assertEqual(decision.note, FAULT["note"])
        self.assertEqual(decision.responsible_user_id, self.manager_a)
        self.assertEqual(decision.accepted_amount, 50.0)
        self.assertFalse(claim.sudo().activity_search([DECIDE]))
        effect = self.env["customer.claim.effect"].search([("claim_id", "=", claim.id)])
        self.assertEqual((effect.user_id, effect.points), (self.manager_a, 1.5))

    def test_verdict_without_note(self):
        claim = self.make_claim(review=True)
        for note in ("", "  "):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.decide(claim, note=note)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.decide(claim, note=False)

    def test_verdict_and_state_go_together(self):
        claim = self.make_claim().sudo()
        for values in ({"state": "decided"}, {"verdict": "justified"}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                claim.write(values)
                self.env.flush_all()

    def test_parties_do_not_decide(self):
        claim = self.make_claim(user=self.director, review=False)
        claim.with_user(self.manager_a).action_review()
        with self.assertRaises(AccessError):  # the opener
            self.decide(claim, self.director)
        order = self.make_cloth_order(self.customer)
        order.sudo().credited_user_id = self.director
        judged = self.make_claim(order_id=order.id, review=True)
        self.assertEqual(judged.responsible_user_id, self.director)
        with self.assertRaises(AccessError):  # the judged one
            self.decide(judged, self.director)
        self.assertNotIn(self.director, judged._deciders())
        other = self.make_claim(review=True)
        with self.assertRaises(AccessError):  # nor by naming oneself
            self.decide(other, self.director, responsible_user_id=self.director.id)
        with self.assertRaises(AccessError):  # another branch
            self.decide(other, self.other_director)
        for user in (self.manager_a, self.colleague, self.plain):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.decide(other, user)
        for one in (claim, judged, other):
            self.decide(one, self.commercial)
            self.assertEqual(one.verdict, "justified")

    def test_deputies_of_parties_do_not_decide(self):
        """A director who stands in for the judged one is a party to it."""
        claim = self.make_claim(review=True)
        self.appoint(self.manager_a, self.director)
        self.assertFalse(claim.with_user(self.director).can_decide)
        with self.assertRaises(AccessError):
            self.decide(claim, self.director)
        self.decide(claim, self.commercial)

    def test_deputy_of_the_director_decides(self):
        deputy = self.make_user("deputy_director", DIRECTOR)
        self.appoint(self.director, deputy, scope_direction=True)
        claim = self.make_claim(review=True)
        self.assertIn(deputy, claim._deciders())
        decision = self.decide(claim, deputy)
        self.assertEqual(decision.user_id, deputy)
        self.assertEqual(decision.acting_for_id, self.director)
        self.step(claim, "appeal", side="responsible")
        with self.assertRaises(AccessError):  # it was hers, by a deputy
            self.decide(claim, self.director)

    def test_decided_once(self):
        claim = self.make_claim()
        with self.assertRaises(UserError):  # nobody asked for a verdict
            self.decide(claim)
        claim.action_review()
        self.decide(claim)
        with self.assertRaises(UserError):
            self.decide(claim)
        self.step(claim, "execute")
        claim.action_close()
        with self.assertRaises(UserError):
            self.decide(claim, self.commercial)

    def test_not_justified(self):
        claim = self.make_claim(review=True)
        decision = self.decide(
            claim, verdict="not_justified", accepted_amount=10, remedy="credit"
        )
        self.assertEqual((decision.accepted_amount, decision.remedy), (0.0, "none"))
        self.assertFalse(claim.counts)
        self.assertFalse(self.env["customer.claim.effect"].search_count([]))
        claim.action_close()
        self.assertEqual(claim.state, "closed")

    # ------------------------------------------------------------------
    # What stays
    # ------------------------------------------------------------------

    def test_verdict_stays(self):
        claim = self.make_claim(review=True)
        decision = self.decide(claim)
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            for values in (
                {"verdict": "not_justified"},
                {"state": "new"},
                {"responsible_user_id": self.colleague.id},
                {"responsible_share": 0.0},
                {"accepted_amount": 1.0},
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    claim.with_user(user).write(values)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                decision.with_user(user).write({"verdict": "not_justified"})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                decision.with_user(user).unlink()
            with self.assertRaises(UserError), self.env.cr.savepoint():
                claim.with_user(user).write({"subject": "Nothing"})
        for user in (self.env.user, self.admin):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                claim.with_user(user).unlink()

    def test_steps_are_not_written(self):
        for values in (
            {"verdict": "justified"},
            {"opened_by_id": self.colleague.id},
            {"opened_at": "2020-01-01"},
            {"responsible_share": 0.1},
            {"user_id": self.colleague.id},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.make_claim(**values)
        claim = self.make_claim()
        with self.assertRaises(AccessError):
            claim.user_id = self.colleague
        claim.with_user(self.director).user_id = self.colleague
        self.assertEqual(claim.user_id, self.colleague)

    # ------------------------------------------------------------------
    # Appeal, execution, withdrawal
    # ------------------------------------------------------------------

    def test_appeal(self):
        claim = self.make_claim(review=True)
        first = self.decide(claim)
        with self.assertRaises(AccessError):  # not against one's own verdict
            self.step(claim, "appeal", self.director, side="customer")
        self.step(claim, "appeal", reason="He asked for it", side="responsible")
        self.assertEqual((claim.state, claim.verdict), ("appealed", "justified"))
        asked = claim.sudo().activity_search([DECIDE]).user_id
        self.assertNotIn(self.director, asked)
        with self.assertRaises(AccessError):
            self.decide(claim, self.director)
        second = self.decide(
            claim, self.commercial, verdict="not_justified", note="He did"
        )
        self.assertEqual(claim.verdict, "not_justified")
        self.assertEqual(claim.decision_ids, first | second)
        self.assertEqual(first.verdict, "justified")
        self.assertEqual(second.appeal_side, "responsible")
        self.assertEqual(second.appealed_by_id, self.manager_a)
        self.assertEqual(second.appeal_reason, "He asked for it")
        effects = self.env["customer.claim.effect"].search(
            [("claim_id", "=", claim.id)], order="id"
        )
        self.assertEqual(effects.mapped("points"), [1.0, -1.0])
        self.step(claim, "appeal", side="customer")
        for user in (self.director, self.commercial):
            with self.assertRaises(AccessError):
                self.decide(claim, user)
        self.decide(
            claim, self.second_commercial, responsible_user_id=self.colleague.id
        )
        totals = dict(
            self.env["customer.claim.effect"]._read_group(
                [("claim_id", "=", claim.id)], ["user_id"], ["points:sum"]
            )
        )
        self.assertEqual(totals, {self.manager_a: 0.0, self.colleague: 1.0})

    def test_appeal_by_whom(self):
        claim = self.make_claim(review=True)
        with self.assertRaises(UserError):  # nothing to appeal against
            self.step(claim, "appeal", side="responsible")
        self.decide(claim)
        for user, side in (
            (self.colleague, "customer"),
            (self.manager_b, "responsible"),
            (self.commercial, "responsible"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.step(claim, "appeal", user, side=side)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.step(claim, "appeal", reason=" ")
        self.step(claim, "appeal")
        self.assertEqual(claim.appeal_side, "responsible")

    def test_execution(self):
        claim = self.make_claim(review=True)
        self.decide(claim, verdict="partly", remedy="goodwill", accepted_amount=5)
        with self.assertRaises(UserError):
            claim.action_close()
        with self.assertRaises(AccessError):
            self.step(claim, "execute", self.colleague)
        with self.assertRaises(UserError):
            self.step(claim, "execute", reason=" ")
        self.step(claim, "execute", reason="A box of samples")
        self.assertEqual(claim.execution_note, "A box of samples")
        claim.action_close()
        self.assertEqual(claim.state, "closed")
        self.step(claim, "appeal", side="responsible")  # also afterwards
        self.assertEqual(claim.state, "appealed")

    def test_withdrawal(self):
        claim = self.make_claim(review=True)
        self.step(claim, "withdraw", reason="It was found")
        self.assertEqual(claim.state, "withdrawn")
        self.assertFalse(claim.sudo().activity_ids)
        self.assertFalse(claim.verdict)
        with self.assertRaises(UserError):
            self.decide(claim)
        judged = self.make_claim(review=True)
        self.decide(judged)
        with self.assertRaises(UserError):
            self.step(judged, "withdraw")

    def test_deputy_handles(self):
        """Who stands in for the manager reviews, and appeals for the judged one."""
        deputy = self.make_user("stand_in", MANAGER)
        claim = self.make_claim()
        with self.assertRaises(AccessError):
            claim.with_user(deputy).action_review()
        self.appoint(self.manager_a, deputy)
        self.assertTrue(claim.with_user(deputy).is_mine)
        claim.with_user(deputy).action_review()
        self.decide(claim)
        self.step(claim, "appeal", deputy, side="responsible")
        self.assertEqual(claim.appealed_by_id, deputy)
