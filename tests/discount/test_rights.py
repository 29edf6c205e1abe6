from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import QuotationCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
NINETY = {"role": "commercial_director", "max_line_percent": 90}
ROLES = ("manager_a", "manager_b", "director", "other_director", "commercial")
EVERYBODY = (*ROLES, "admin", "plain", "portal")


class Undone(Exception):
    """What was allowed is not kept."""


class TestRights(QuotationCommon):
    """Who may read, write, create and delete what, by the calls a client makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.make_user("portal", "base.group_portal")
        cls.reason = cls.env["discount.reason"].create({"name": "Weather"})
        cls.policy = cls.make_policy(TEN, TWENTY, NINETY)
        cls.draft = cls.make_policy(TEN, activate=False, date_from="2040-01-01")
        order = cls.make_quotation((cls.cloth, 2, {"discount": 15}))
        cls.request = cls.asked(order)

    def may(self, user, action):
        """Whether ``user`` may; where so, it is taken back."""
        try:
            with self.env.cr.savepoint():
                action(user)
                raise Undone
        except Undone:
            return True
        except AccessError:
            return False
        finally:
            self.env.invalidate_all()

    def allowed(self, action):
        """The logins of those who may."""
        users = {login: getattr(self, login) for login in EVERYBODY}
        return {login for login, user in users.items() if self.may(user, action)}

    def assert_rights(self, record, vals, **expected):
        """Who may ``read``, ``write``, ``create``, ``unlink``; nobody if not said."""
        [new] = record.copy_data()
        actions = {
            "read": lambda user: record.with_user(user).read(list(vals)),
            "write": lambda user: record.with_user(user).write(vals),
            "create": lambda user: record.with_user(user).create([{**new, **vals}]),
            "unlink": lambda user: record.with_user(user).unlink(),
        }
        for name, action in actions.items():
            with self.subTest(model=record._name, right=name):
                self.assertEqual(self.allowed(action), set(expected.get(name, ())))

    def test_reasons(self):
        own = {"write": ["admin"], "create": ["admin"], "unlink": ["admin"]}
        self.assert_rights(self.reason, {"name": "Rain"}, read=[*ROLES, "admin"], **own)

    def test_norms_in_force(self):
        """All may know them; nobody changes them, by whatever door."""
        line = self.policy.line_ids[0]
        self.assertEqual(
            self.allowed(lambda user: line.with_user(user).read(["summary"])),
            {*ROLES, "admin"},
        )
        for login in ("commercial", "admin"):
            theirs = line.with_user(getattr(self, login))
            for change in (
                lambda line: line.write({"max_line_percent": 50}),
                lambda line: line.unlink(),
                lambda line: line.copy(),
                lambda line: line.policy_id.write(
                    {"line_ids": [Command.update(line.id, {"max_line_percent": 50})]}
                ),
            ):
                with self.assertRaises(UserError):
                    change(theirs)

    def test_norms_of_a_draft(self):
        authors = ["commercial", "admin"]
        self.assert_rights(
            self.draft.line_ids,
            {"max_line_percent": 12.0},
            read=authors,
            write=authors,
            create=authors,
            unlink=authors,
        )

    def test_requests_and_what_was_decided(self):
        concerned = ["manager_a", "director", "commercial", "admin"]
        decision = self.request.decision_ids
        self.assertEqual(decision.decision, "ask")
        self.assert_rights(decision, {"comment": "Never"}, read=concerned)
        deciders = ["director", "commercial", "admin"]
        line = self.request.line_ids
        self.assert_rights(
            line, {"approved_price": 90.0}, read=concerned, write=deciders
        )
        for name in ("asked_price", "norm_price", "order_line_id"):
            for login in concerned:
                theirs = line.with_user(getattr(self, login))
                with self.assertRaises(AccessError):
                    theirs.write({name: 0})
        with self.assertRaises(UserError):
            line.with_user(self.director).approved_price = 50
        with self.assertRaises(UserError):
            self.request.with_user(self.director).unlink()

    def test_own_request_of_a_director(self):
        """Who asks sets no price that somebody else then says yes to."""
        order = self.make_quotation(
            (self.cloth, 2, {"discount": 30}), user=self.director
        )
        request = self.asked(order, self.director)
        self.assertEqual(request.role, "commercial_director")
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.director).approved_price = 75
        request.line_ids.with_user(self.commercial).approved_price = 75
        with self.assertRaises(AccessError):
            request.with_user(self.director).action_approve()

    def test_answers(self):
        """The wizard gives no authority; its author's counts."""
        vals = {"request_id": self.request.id, "kind": "reject", "comment": "No"}

        def make(user):
            return self.env["discount.answer"].with_user(user).create(vals)

        directors = {"director", "other_director", "commercial", "admin"}
        self.assertEqual(self.allowed(make), directors)
        self.assertEqual(
            self.allowed(lambda user: make(user).action_answer()),
            directors - {"other_director"},
        )
        wizard = make(self.director)
        with self.assertRaises(AccessError):
            wizard.with_user(self.commercial).action_answer()
        forward = self.env["discount.answer"].with_user(self.director)
        forward = forward.create(
            {**vals, "kind": "forward", "user_id": self.manager_b.id}
        )
        with self.assertRaises(UserError):
            forward.action_answer()
        self.assertEqual(self.request.state, "pending")

    def test_simulations(self):
        def make(user):
            return (
                self.env["discount.simulation"]
                .with_user(user)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "line_ids": [Command.create({"product_id": self.cloth.id})],
                    }
                )
            )

        sellers = {*ROLES, "admin"}
        self.assertEqual(
            self.allowed(lambda user: make(user).line_ids.read(["norm_price"])), sellers
        )
        line = make(self.manager_a).line_ids
        self.assertEqual(
            self.allowed(lambda user: line.with_user(user).read(["price"])),
            {"manager_a"},
        )
        self.assertEqual(
            self.allowed(lambda user: line.with_user(user).write({"price": 1})),
            {"manager_a"},
        )

    def test_backtests(self):
        """Who writes norms reads what they would have done; the system writes it."""
        self.make_quotation((self.cloth, 1, {"discount": 5})).action_confirm()
        action = self.draft.with_user(self.commercial).action_backtest()
        test = self.env["discount.backtest"].browse(action["res_id"])
        test.with_user(self.commercial).action_run()
        authors = ["commercial", "admin"]
        self.assert_rights(test.line_ids[:1], {"order_count": 7}, read=authors)

    def test_asking(self):
        """Who may not write an order asks for nothing."""
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))

        def ask(user):
            wizard = self.env["discount.ask"].with_user(user)
            wizard.create(
                {"order_id": order.id, "reason_id": self.reason.id, "note": "Please"}
            ).action_ask()

        self.assertEqual(self.allowed(ask) & {"plain", "portal", "manager_b"}, set())
        self.assertIn("manager_a", self.allowed(ask))

    def test_evidence_is_ones_own(self):
        """A file of another record is copied and stays where it was."""
        order = self.make_quotation((self.cloth, 2, {"discount": 15}))
        Attachment = self.env["ir.attachment"].with_user(self.manager_a)
        upload = Attachment.create({"name": "Offer", "res_model": "discount.ask"})
        elsewhere = Attachment.create(
            {"name": "Drawing", "res_model": "sale.order", "res_id": order.id}
        )
        secret = self.env["ir.attachment"].create({"name": "Secret"})
        wizard = self.env["discount.ask"].with_user(self.manager_a)
        vals = {"order_id": order.id, "reason_id": self.reason.id, "note": "Please"}
        with self.assertRaises(AccessError):
            wizard.create({**vals, "attachment_ids": [Command.set(secret.ids)]})
        files = upload | elsewhere
        wizard = wizard.create({**vals, "attachment_ids": [Command.set(files.ids)]})
        self.env.invalidate_all()
        request = self.env["discount.request"].browse(wizard.action_ask()["res_id"])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)]
        )
        self.assertEqual(set(files.mapped("name")), {"Offer", "Drawing"})
        self.assertIn(upload, files)
        self.assertEqual(elsewhere.res_model, "sale.order")
        self.assertFalse(secret.res_id)
