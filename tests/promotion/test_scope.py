from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import PromotionCommon


class TestScope(PromotionCommon):
    """For which orders an approved programme counts, by both of core's domains."""

    def program_with_code(self, **values):
        return self.make_program(
            program_type="promo_code",
            trigger="with_code",
            rule={"mode": "with_code", "code": "AUTUMN"},
            **values,
        )

    def is_for(self, order, code=None):
        if code:
            return "error" not in order._try_apply_code(code)
        return bool(self.rewards(self.claim(order)))

    def test_branch(self):
        """Of whoever gets the credit: the owner of the customer, not the typist."""
        self.make_program(branch_ids=[Command.set(self.branch.ids)])
        self.assertTrue(self.is_for(self.make_quotation((self.cloth, 1, {}))))
        typed = self.make_quotation((self.cloth, 1, {}), user=self.manager_b)
        self.assertTrue(self.is_for(typed))
        theirs = self.make_customer("Customer B", self.manager_b)
        order = self.make_quotation((self.cloth, 1, {}), partner_id=theirs.id)
        self.assertFalse(self.is_for(order))
        self.env["customer.assignment"].search(
            [("partner_id", "=", theirs.id)]
        ).unlink()
        order = self.make_quotation((self.cloth, 1, {}), partner_id=theirs.id)
        self.assertTrue(self.is_for(order), "the salesperson's, where nobody owns it")

    def test_class_on_the_day(self):
        first, second = self.env["customer.class"].create(
            [
                {"name": name, "code": name, "company_id": self.company.id}
                for name in ("A", "B")
            ]
        )
        self.env["customer.class.member"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "class_id": row.id,
                    "date_from": day,
                }
                for row, day in ((first, "2026-01-01"), (second, "2026-03-01"))
            ]
        )
        self.make_program(customer_class_ids=[Command.set(first.ids)])
        contact = self.make_customer(
            "Buyer", parent_id=self.customer.id, is_company=False
        )
        with freeze_time("2026-02-28 12:00:00"):
            order = self.make_quotation((self.cloth, 1, {}), partner_id=contact.id)
            self.assertTrue(self.is_for(order))
        with freeze_time("2026-03-01 12:00:00"):
            order._update_programs_and_rewards()
            self.assertFalse(self.rewards(order), "it left with the class")

    def test_customers(self):
        self.make_program(customer_domain="[('ref', '=', 'NEW')]")
        self.assertFalse(self.is_for(self.make_quotation((self.cloth, 1, {}))))
        self.customer.ref = "NEW"
        self.assertTrue(self.is_for(self.make_quotation((self.cloth, 1, {}))))

    def test_codes(self):
        """The other domain: codes are found through rules."""
        program = self.program_with_code(customer_domain="[('ref', '=', 'NEW')]")
        order = self.make_quotation((self.cloth, 1, {})).with_user(self.manager_a)
        self.assertFalse(self.is_for(order, "AUTUMN"))
        self.customer.ref = "NEW"
        self.assertTrue(self.is_for(order, "AUTUMN"))
        self.claim(order)
        self.assertTrue(self.rewards(order))
        program.with_user(self.admin).action_stop_promotion()
        other = self.make_quotation((self.cloth, 1, {})).with_user(self.manager_a)
        self.assertFalse(self.is_for(other, "AUTUMN"))

    def test_coupons(self):
        """A coupon of a programme that is not for the customer is worth nothing."""
        program = self.make_program(
            program_type="coupons", trigger="with_code", rule_ids=[Command.clear()]
        )
        coupon = self.env["loyalty.card"].create(
            {"program_id": program.id, "points": 1}
        )
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertTrue(self.is_for(order, coupon.code))
        program.with_user(self.admin).action_stop_promotion()
        self.assertFalse(order._get_claimable_rewards(), "found in time, stopped since")
        reward = program.reward_ids
        self.assertIn("error", order.sudo()._apply_program_reward(reward, coupon))
        with self.assertRaisesRegex(UserError, "is not approved"):
            order._apply_program_reward(reward, coupon)
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertFalse(self.is_for(order, coupon.code))

    def test_salespeople_and_portal(self):
        """Who may read neither branches nor classes gets the same."""
        self.make_program(
            branch_ids=[Command.set(self.branch.ids)],
            customer_domain="[('credit_limit', '>=', 0)]",
        )
        seller = self.make_user("seller", "sales_team.group_sale_salesman")
        order = self.make_quotation((self.cloth, 1, {}), user=seller)
        self.assertTrue(self.is_for(order.with_user(seller)))
        order = self.make_quotation((self.cloth, 1, {}))
        public = order.with_user(self.env.ref("base.public_user")).sudo()
        self.assertTrue(self.is_for(public))

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.make_program(
            company_id=False,
            currency_id=self.company.currency_id.id,
            customer_domain="[('credit_limit', '=', 7)]",
        )
        self.customer.with_company(other).credit_limit = 7
        order = self.make_quotation((self.cloth, 1, {}))
        self.assertFalse(
            self.is_for(order.sudo().with_company(other)), "the order's company"
        )
        self.customer.with_company(self.company).credit_limit = 7
        self.assertTrue(self.is_for(order.sudo().with_company(other)))


class TestStop(PromotionCommon):
    def stop(self, program):
        program.with_user(self.admin).action_stop_promotion()

    def told(self, order):
        return " ".join(order.message_ids.mapped("body"))

    def test_drafts_lose_it_and_offers_keep_it(self):
        program = self.make_program()
        draft, sent = self.rewarded(), self.rewarded()
        sent.with_user(self.manager_a).action_quotation_sent()
        self.assertEqual(self.uses(program).state, "reserved")
        self.stop(program)
        self.assertIn("leaves this quotation", self.told(draft))
        self.assertIn("keeps the reward", self.told(sent))
        self.assertFalse(self.rewards(self.rewarded()), "nothing new at once")
        for order in (draft, sent):
            order.with_user(self.manager_a).action_confirm()
        self.assertEqual(draft.amount_total, 1000)
        self.assertEqual(sent.amount_total, 900)
        self.assertEqual(self.uses(program).order_id, sent)

    def test_offers_that_ran_out(self):
        program = self.make_program()
        order = self.rewarded(validity_date="2026-01-31")
        order.action_quotation_sent()
        self.stop(program)
        order.action_confirm()
        self.assertEqual(order.amount_total, 1000)
        self.assertEqual(self.uses(program).state, "reversed")

    def test_no_offer_stands(self):
        program = self.make_program(keep_offers=False)
        order = self.rewarded()
        order.action_quotation_sent()
        self.stop(program)
        self.assertIn("leaves this quotation", self.told(order))
        order.action_confirm()
        self.assertEqual(order.amount_total, 1000)

    def test_who_stops(self):
        program = self.make_program(owner_id=self.manager_a.id)
        with self.assertRaises(AccessError):
            program.with_user(self.manager_b).action_stop_promotion()
        program.with_user(self.manager_a).action_stop_promotion()
        self.assertEqual(program.stopped_by_id, self.manager_a)
