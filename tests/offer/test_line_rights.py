from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import COMMERCIAL, SUPPLY
from .common import OfferCommon


class TestLineRights(OfferCommon):
    """Lines of an offer, and what is proposed for one, go with their head."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.make_offer((cls.silk, 1, {}))
        other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls.make_user("stranger", COMMERCIAL, other)
        cls.supply = cls.make_user("supply", SUPPLY)

    def refuse(self, rows, user, values, new):
        mine = rows.with_env(self.env(user=user))
        self.env.invalidate_all()
        for step in (
            lambda: mine.read(list(values)),
            lambda: mine.write(values),
            lambda: mine.create(new) if new else mine.write({"product_id": 1}),
            lambda: mine.unlink(),
        ):
            with self.subTest(model=rows._name, user=user.login):
                with self.assertRaises(AccessError):
                    step()

    def test_offer_line(self):
        line = self.draft.line_ids
        new = {"offer_id": self.draft.id, "product_id": self.cloth.id}
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                mine = line.with_user(user)
                mine.quantity = 3
                self.assertEqual(mine.search([("id", "=", line.id)]), mine)
                mine.create(new).unlink()
        for user in (
            *(self.manager_b, self.other_director, self.stranger),
            *(self.supply, self.plain),
        ):
            self.refuse(line, user, {"quantity": 9}, new)
        for user in (self.manager_b, self.stranger):
            self.assertFalse(line.with_user(user).search([("id", "=", line.id)]))
        self.assertEqual(line.sudo().quantity, 3)
        # what was sent is no longer written
        self.draft.action_hand_over()
        for step in (
            lambda: line.write({"quantity": 1}),
            lambda: line.create(new),
            lambda: line.unlink(),
        ):
            with self.assertRaises(UserError):
                step()

    def test_fill_line(self):
        fill = (
            self.env["sales.offer.fill"]
            .with_user(self.manager_a)
            .create(
                {
                    "offer_id": self.draft.id,
                    "source": "manual",
                    "product_ids": [Command.set(self.cloth.ids)],
                }
            )
        )
        line = fill.line_ids
        line.quantity = 4
        new = {"fill_id": fill.id, "product_id": self.silk.id}
        line.create(new).unlink()
        for user in (
            *(self.manager_b, self.director, self.commercial, self.admin),
            *(self.stranger, self.supply, self.plain),
        ):
            self.refuse(line, user, {"quantity": 9}, None)
            if line.with_user(user).browse().has_access("create"):
                # of their own: the wizard of whom it is shows none of it
                line.with_user(user).create(new)
        self.env.invalidate_all()
        self.assertEqual(fill.line_ids, line)
