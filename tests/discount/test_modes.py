"""What off and warn do at each door."""

from odoo import Command, fields
from odoo.exceptions import AccessError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}
DOORS = ("by_button", "by_state", "in_the_portal", "by_payment")
RECORDS = ("sale.price.trace", "discount.concession", "discount.request")


class ModeCommon(DiscountCommon):
    def make_order(self, discount=50, **values):
        order = self.make_quotation((self.cloth, 2, {"discount": discount}), **values)
        return order.with_user(self.manager_a)

    def as_customer(self, order):
        return order.with_user(self.env.ref("base.public_user")).sudo()

    def by_button(self):
        order = self.make_order()
        order.action_confirm()
        return order

    def in_the_portal(self):
        order = self.make_order(state="sent", require_signature=True)
        self.assertTrue(self.as_customer(order)._has_to_be_signed())
        self.assertTrue(self.as_customer(order)._can_be_edited_on_portal())
        self.as_customer(order)._validate_order()
        return order

    def by_payment(self):
        order = self.make_order(state="sent")
        visitor = self.env.ref("base.public_user")
        tx = self.pay(order).with_user(visitor).sudo()
        self.assertTrue(tx._check_amount_and_confirm_order())
        return order

    def by_state(self):
        order = self.make_order()
        order.write({"state": "sale"})
        return order

    def through(self, door):
        """An order at 50 % that went out by this door."""
        order = getattr(self, door)()
        self.assertEqual(order.state, "sale")
        return order

    def pay(self, order):
        provider = self.env["payment.provider"].create(
            {"name": "Test", "company_id": self.company.id}
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "reference": order.name,
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )

    def recorded(self, order):
        """How many rows each of ``RECORDS`` has of the order."""
        domain = [("order_id", "=", order.id)]
        return [self.env[model].sudo().search_count(domain) for model in RECORDS]

    def notes(self, order):
        self.env.cr.precommit.run()  # as at the end of a call
        bodies = order.sudo().message_ids.mapped("body")
        return [body for body in bodies if "below the norm" in body]


class TestOff(ModeCommon):
    """Off: as if there were no policy; nothing is stopped, said or recorded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY, mode="off")

    def test_doors(self):
        for door in DOORS:
            with self.subTest(door=door):
                self.check_nothing(self.through(door))

    def check_nothing(self, order):
        self.assertFalse(order.discount_verdict)
        order.order_line.write({"discount": 60})
        self.assertEqual(self.recorded(order), [0, 0, 0])
        self.assertFalse(self.notes(order))

    def test_quotation(self):
        order = self.make_order()
        self.assertFalse(order.discount_level)
        order.action_quotation_send()
        order.action_quotation_sent()
        self.assertEqual(self.recorded(order), [0, 0, 0])
        self.assertFalse(self.notes(order.copy()))

    def test_invoice_below_the_order(self):
        order = self.make_order()
        order.action_confirm()
        move = order.sudo()._create_invoices()
        move.invoice_line_ids.price_unit = 1
        move.action_post()
        self.assertEqual(self.recorded(order), [0, 0, 0])
        self.assertFalse(move.activity_ids)

    def test_branch_left_out(self):
        """The policy of a branch that is off goes before the one for all."""
        self.env["discount.policy"].search([]).with_user(self.admin).action_retire()
        self.make_policy(TEN, TWENTY)
        theirs = self.make_order()
        self.assertTrue(theirs._discount_error())
        self.make_policy(
            TEN, mode="off", branch_ids=self.branch.ids, people=self.people()
        )
        self.assertFalse(theirs._discount_error())
        theirs.action_confirm()
        self.assertEqual(self.recorded(theirs), [0, 0, 0])

    def people(self):
        return self.commercial, self.admin


class TestWarn(ModeCommon):
    """Warn: nothing is stopped, everything is recorded, who was warned is named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY, mode="warn")

    def test_doors(self):
        for door in DOORS:
            with self.subTest(door=door):
                self.check_recorded(self.through(door), door)

    def check_recorded(self, order, door):
        traces, concessions, requests = self.recorded(order)
        self.assertEqual((concessions, requests), (1, 0))
        self.assertGreaterEqual(traces, 1)
        self.assertEqual(order.discount_verdict, "outside")
        [note] = self.notes(order)
        self.assertIn("Cloth: 50.00 % below the norm, allowed 10.00 %", note)
        by_customer = door in ("in_the_portal", "by_payment")
        words = "nobody was there to be warned" if by_customer else "was warned and"
        self.assertRegex(note, f"{self.manager_a.login}.*{words}")

    def test_within(self):
        order = self.make_order(discount=10)
        order.action_confirm()
        self.assertEqual(self.recorded(order), [1, 1, 0])
        self.assertFalse(self.notes(order))

    def test_sent(self):
        order = self.make_order()
        self.assertEqual(order.discount_level, "outside")
        order.action_quotation_send()
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")
        [note] = self.notes(order)
        self.assertRegex(note, "manager_a.* was warned and went on")

    def test_changed_later(self):
        """Several lines in one call are one note."""
        order = self.make_quotation((self.cloth, 2, {}), (self.cloth, 3, {}))
        order = order.with_user(self.manager_a)
        order.action_confirm()
        self.assertFalse(self.notes(order))
        one, two = order.order_line
        order.write(
            {
                "order_line": [
                    Command.update(one.id, {"discount": 30}),
                    Command.update(two.id, {"discount": 40}),
                ]
            }
        )
        [note] = self.notes(order)
        self.assertIn("30.00 %", note)
        self.assertIn("40.00 %", note)
        one.write({"discount": 0})
        self.assertEqual(len(self.notes(order)), 2, "the other is still outside")
        two.write({"discount": 0})
        self.assertEqual(len(self.notes(order)), 2)

    def test_who_does_not_sell_it(self):
        """A colleague who confirms is the one who was warned."""
        colleague = self.make_user(
            "colleague", "sales_team.group_sale_salesman_all_leads"
        )
        order = self.make_order().with_user(colleague)
        order.action_confirm()
        self.assertRegex(self.notes(order)[0], "colleague.* was warned")

    def test_of_a_role_above(self):
        """By their own authority it is within the norms: nobody is warned."""
        order = self.make_quotation(
            (self.cloth, 2, {"discount": 15}), user=self.director
        ).with_user(self.director)
        order.action_confirm()
        self.assertFalse(self.notes(order))

    def test_there_before(self):
        """Quotations from before the policy are exempt, and warned of nothing."""
        self.env["discount.policy"].search([]).with_user(self.admin).action_retire()
        order = self.make_order()
        self.make_policy(TEN, mode="warn")
        order.action_confirm()
        self.assertEqual(order.discount_verdict, "before")
        self.assertFalse(self.notes(order))

    def test_asking_is_refused(self):
        """Where nothing is asked for, no request is made by another hand either."""
        order = self.make_order()
        with self.assertRaises(AccessError):
            self.env["discount.request"].with_user(self.manager_a).create(
                {"name": "x", "order_id": order.id, "company_id": self.company.id}
            )
        self.assertEqual(self.recorded(order), [0, 0, 0])


class TestStateWritten(ModeCommon):
    """T3: an order whose state is written is recorded as one that is confirmed."""

    def test_recorded_once(self):
        self.make_policy(TEN, TWENTY)
        order = self.make_order(discount=10)
        order.write({"state": "sale"})
        self.assertEqual(self.recorded(order), [1, 1, 0])
        self.assertEqual(order.discount_verdict, "within")
        self.assertEqual(order.discount_verdict_date, fields.Date.context_today(order))
        order.write({"state": "sale"})
        self.assertEqual(self.recorded(order), [1, 1, 0])
        confirmed = self.make_order(discount=10)
        confirmed.action_confirm()
        self.assertEqual(self.recorded(confirmed), [1, 1, 0])
