from odoo.exceptions import AccessError, UserError, ValidationError

from ..common import SalesManagementCommon
from ..kept import kept
from .common import ClaimWorld

INVOICING = "account.group_account_invoice"
STOCK = "stock.group_stock_user"


@kept
class RemedyCommon(ClaimWorld, SalesManagementCommon):
    """With accounting: claims that end in returns, credit notes, replacements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_claim_world()
        cls.cloth.invoice_policy = "order"
        cls.invoice = cls.invoice_order(cls.order)


class TestRemedy(RemedyCommon):
    """Core makes the documents; the claim follows them and posts nothing."""

    def decided(self, remedy, **values):
        claim = self.make_claim(
            picking_id=self.delivery.id, move_id=self.invoice.id, review=True, **values
        )
        self.decide(claim, remedy=remedy, accepted_amount=20.0)
        self.assertEqual(claim.state, "decided")
        return claim

    def run_wizard(self, action, model, method, user, **values):
        context = action["context"]
        wizard = self.env[model].with_user(user).with_context(**context).create(values)
        return wizard, getattr(wizard, method)()

    def test_return(self):
        claim = self.decided("return")
        clerk = self.make_user("clerk", STOCK)  # no rights on claims
        wizard, done = self.run_wizard(
            claim.action_return(),
            "stock.return.picking",
            "action_create_returns_all",
            clerk,
            picking_id=self.delivery.id,
        )
        picking = self.env["stock.picking"].browse(done["res_id"])
        self.assertEqual(claim.return_ids, picking)
        self.assertEqual(claim.return_count, 1)
        self.assertEqual(claim.state, "decided")
        for move in picking.move_ids:
            move.picked = True
        picking.with_user(clerk)._action_done()
        self.assertEqual(claim.state, "executed")
        self.assertTrue(claim.executed_at)

    def test_return_of_other_claims(self):
        """What comes back without a claim that asked for it settles none."""
        claim = self.decided("credit")
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.delivery.id}
        )
        done = wizard.action_create_returns_all()
        picking = self.env["stock.picking"].browse(done["res_id"])
        self.assertFalse(picking.remedied_claim_id)
        for move in picking.move_ids:
            move.picked = True
        picking._action_done()
        self.assertEqual(claim.state, "decided")

    def test_credit(self):
        claim = self.decided("credit")
        clerk = self.make_user("bookkeeper", INVOICING)
        wizard, __ = self.run_wizard(
            claim.action_credit(),
            "account.move.reversal",
            "refund_moves",
            clerk,
            journal_id=self.invoice.journal_id.id,
            reason="Colour",
        )
        note = wizard.new_move_ids
        self.assertEqual(note.state, "draft")
        self.assertEqual(claim.refund_ids, note)
        self.assertEqual(claim.state, "decided")
        note.with_user(clerk).action_post()
        self.assertEqual(claim.state, "executed")

    def test_replacement(self):
        claim = self.decided("replacement", claimed_qty=3)
        order = self.env["sale.order"].browse(claim.action_replace()["res_id"])
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.amount_total, 0)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        order.order_line.product_uom_qty = 4  # another quantity, still at no charge
        self.assertEqual(order.order_line.price_unit, 0)
        with self.assertRaises(UserError):
            claim.action_replace()
        order.action_confirm()
        self.assertEqual(claim.state, "decided")
        self.deliver(order)
        self.assertEqual(claim.state, "executed")

    def test_refused(self):
        claim = self.decided("credit")
        for method in ("action_return", "action_replace"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                getattr(claim, method)()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            claim.with_user(self.manager_b).action_credit()
        waiting = self.make_claim(review=True)
        with self.assertRaises(UserError):
            waiting.action_credit()
        plain = self.make_claim(review=True)
        self.decide(plain, remedy="credit")
        with self.assertRaises(UserError):  # no invoice was named
            plain.action_credit()

    def test_links_are_the_systems(self):
        """Nobody settles a claim by pointing another document at it."""
        claim = self.decided("credit")
        documents = self.order, self.delivery, self.invoice
        for document in documents:
            for user in (self.manager_a, self.admin):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    document.with_user(user).write({"remedied_claim_id": claim.id})
        orders = self.env["sale.order"].with_user(self.manager_a)
        order = orders.with_context(default_remedied_claim_id=claim.id).create(
            {"partner_id": self.customer.id}
        )
        self.assertFalse(order.remedied_claim_id)
        self.assertFalse(self.order.copy().remedied_claim_id)

    def test_foreign_invoice(self):
        foreign = self.make_invoice(self.rival)
        with self.assertRaises(ValidationError):
            self.make_claim(user=self.commercial, move_id=foreign.id)
        claims = self.env["customer.claim"].with_user(self.manager_a)
        alone = claims.create({"subject": "Price", "move_id": self.invoice.id})
        self.assertEqual(alone.partner_id, self.customer)
        self.assertEqual(alone.order_id, self.order)
        self.assertEqual(alone.responsible_user_id, self.manager_a)

    def test_budget(self):
        """Without claims, no query more to post or deliver; and settled in one go."""
        claims = self.make_claim().browse()
        notes = self.env["account.move"]
        for __ in range(5):
            invoice = self.make_invoice(self.customer)
            claim = self.make_claim(order_id=False, move_id=invoice.id, review=True)
            self.decide(claim, remedy="credit")
            note = invoice._reverse_moves()
            self.env["customer.claim"].sudo()._link_remedy(
                "credit", "move_id", invoice, note
            )
            claims |= claim
            notes |= note
        notes.action_post()
        self.assertEqual(set(claims.mapped("state")), {"executed"})
        self.env.invalidate_all()
        with self.assertQueryCount(2):  # the columns of the moves and of their orders
            self.assertFalse((self.invoice | notes[:0])._remedies())
            self.assertFalse(self.order._remedies())

    def test_forms(self):
        """Every field of the forms is open to whoever opens them."""
        claim = self.decided("credit")
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.open_form(claim.with_user(user))
            self.open_form(self.order.with_user(user))
        for user in (self.director,):
            wizard = self.env["customer.claim.decide"].with_user(user)
            waiting = self.make_claim(review=True)
            self.open_form(
                wizard.create(
                    {"claim_id": waiting.id, "verdict": "partly", "note": "So so"}
                )
            )
