from odoo.exceptions import AccessError, UserError

from .common import ControlCommon


class TestDoor(ControlCommon):
    """What a customer does not take opens a claim, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.sell(quantity=5)
        cls.order.write(
            {"order_line": [(0, 0, {"product_id": cls.goods.id, "product_uom_qty": 3})]}
        )
        cls.picking = cls.ship(cls.order).with_user(cls.clerk)

    def claims(self):
        return self.env["customer.claim"].search(
            [("picking_id", "=", self.picking.id)], order="id"
        )

    def refuse(self, move, quantity, reason="torn"):
        move.write({"refused_qty": quantity, "refused_reason": reason})

    def test_nobody_says_which_claim(self):
        """Else anybody could withdraw the claim of another by what they refuse."""
        other = self.env["customer.claim"].create(
            {"subject": "Torn", "partner_id": self.customer.id}
        )
        move = self.picking.move_ids[0].with_user(self.manager_b)
        with self.assertRaises(AccessError):
            move.write({"refused_claim_id": other.id})
        self.assertEqual(other.state, "new")

    def test_refused_opens_a_claim(self):
        first, second = self.picking.move_ids
        self.assertFalse(self.claims())
        self.refuse(first, 2)
        claim = self.claims()
        self.assertEqual((claim.source, claim.state), ("door", "new"))
        self.assertEqual(claim.opened_by_id, self.clerk)
        self.assertEqual(claim.user_id, self.manager_a)
        self.assertEqual(claim.order_id, self.order)
        self.assertEqual(claim.order_line_ids, first.sudo().sale_line_id)
        self.assertEqual(claim.claimed_qty, 2)
        self.assertIn("2 Units of Velvet: torn", claim.description)
        self.assertEqual(claim.activity_ids.user_id, self.manager_a)
        self.assertFalse(claim.message_partner_ids & self.customer)
        self.refuse(second, 1, "too late")
        self.assertEqual(self.claims(), claim)
        self.assertEqual(claim.order_line_ids, self.order.order_line)
        self.assertIn("too late", claim.description)
        self.assertEqual(len(claim.activity_ids), 1)
        self.refuse(second, 0, False)
        self.assertEqual(claim.order_line_ids, first.sudo().sale_line_id)
        self.refuse(first, 3)
        self.assertEqual((self.claims(), claim.claimed_qty), (claim, 3))

    def test_nothing_refused_after_all(self):
        first, second = self.picking.move_ids
        self.refuse(first | second, 1)
        claim = self.claims()
        self.assertEqual(len(claim), 1)
        said = claim.description
        self.refuse(first, 0, False)
        self.assertIn("Refused before: ", claim.message_ids[:1].body)
        self.refuse(second, 0, False)
        # who stands at the door, and may be at fault, does not make it go away
        self.assertEqual(claim.state, "new")
        self.assertEqual(claim.activity_ids.user_id, self.manager_a)
        self.assertTrue(claim.description and claim.claimed_qty)
        self.assertNotEqual(claim.description, said)
        note = claim.message_ids[:1]
        self.assertIn("nothing was refused", note.body)
        self.assertEqual(note.author_id, self.clerk.partner_id)
        with self.assertRaises(UserError):
            claim.with_user(self.manager_a)._withdraw(" ")
        claim.with_user(self.manager_a)._withdraw("They took it the next day")
        self.assertEqual(claim.state, "withdrawn")
        self.assertFalse(claim.activity_ids)

    def test_once_it_is_reviewed_it_stays(self):
        first, second = self.picking.move_ids
        self.refuse(first, 1)
        claim = self.claims().with_user(self.manager_a)
        claim.action_review()
        self.refuse(first, 2)
        self.assertEqual(claim.claimed_qty, 1)
        self.refuse(second, 1)
        other = self.claims() - claim
        self.assertEqual(other.order_line_ids, second.sudo().sale_line_id)

    def test_nobody_to_handle_it(self):
        """Goods for nobody in particular open none."""
        picking = self.picking.copy({"partner_id": False, "sale_id": False}).sudo()
        picking.move_ids.sale_line_id = False
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()
        picking.move_ids[0].write({"refused_qty": 1, "refused_reason": "nobody home"})
        self.assertFalse(picking.move_ids.refused_claim_id)
