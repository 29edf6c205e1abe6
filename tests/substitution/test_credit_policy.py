from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .credit_common import CreditCommon

WHOLE = 10_000


class TestCreditOfOrders(CreditCommon):
    """First confirmation of an order whose owner is absent."""

    def confirm(self, order, user=None):
        order.with_user(user or self.env.ref("base.user_root")).action_confirm()
        return order

    def test_nobody_absent(self):
        order = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertFalse(order.substitution_id)

    def test_principal_keeps(self):
        for policy in ("principal", "duty_fee"):
            with self.subTest(policy):
                row = self.appointed(policy)
                order = self.confirm(self.quotation(), self.deputy)
                self.assertEqual(self.credit_of(order), {self.manager_a: WHOLE})
                self.assertEqual(order.credited_branch_id, self.branch)
                self.assertEqual(order.substitution_id, row)
                row.action_revoke()

    def test_deputy_gets(self):
        row = self.appointed("deputy")
        order = self.confirm(self.quotation(), self.deputy)
        self.assertEqual(order.credited_user_id, self.deputy)
        self.assertEqual(order.credited_branch_id, self.other_branch)
        self.assertEqual(order.credit_kind, "single")
        self.assertEqual(order.substitution_id, row)
        self.assertFalse(order.sales_credit_ids)

    def test_split(self):
        row = self.appointed("split", deputy_share=33.33)
        order = self.confirm(self.quotation(), self.deputy)
        self.assertEqual(order.credit_kind, "shared")
        self.assertEqual(
            self.credit_of(order), {self.manager_a: 6667, self.deputy: 3333}
        )
        shares = order.sales_credit_ids
        self.assertEqual(set(shares.mapped("kind")), {"substitution"})
        self.assertIn(self.deputy.name, shares[0].reason)
        self.assertEqual(shares.branch_id, self.branch + self.other_branch)
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertEqual(order.substitution_id, row)
        # the credit is divided once: confirmed again, nothing is added
        order._action_cancel()
        order.action_draft()
        self.confirm(order)
        self.assertEqual(order.sales_credit_ids, shares)

    def test_whoever_confirms(self):
        """A customer online or a job follows the policy; the principal does not."""
        self.appointed("deputy")
        portal = self.make_user("portal_buyer", "base.group_portal")
        online = self.quotation()
        online.with_user(portal).sudo().action_confirm()
        self.assertEqual(online.credited_user_id, self.deputy)
        by_colleague = self.confirm(self.quotation(), self.commercial)
        self.assertEqual(by_colleague.credited_user_id, self.deputy)
        personally = self.confirm(self.quotation(), self.manager_a)
        self.assertEqual(personally.credited_user_id, self.manager_a)
        self.assertFalse(personally.substitution_id)

    def test_deputy_made_the_order(self):
        self.appointed("deputy")
        order = self.env["sale.order"].with_user(self.deputy)
        order = order.create({"partner_id": self.customer.id})
        self.assertEqual(order.user_id, self.manager_a)
        order.action_confirm()
        self.assertEqual(order.sudo().credited_user_id, self.deputy)

    def test_deputy_made_the_order_in_the_own_name(self):
        """The owner of the customer and the policy decide, not the salesperson."""
        order = self.env["sale.order"].with_user(self.deputy)
        for policy, credit in (
            ("principal", {self.manager_a: WHOLE}),
            ("duty_fee", {self.manager_a: WHOLE}),
            ("deputy", {self.deputy: WHOLE}),
            ("split", {self.manager_a: WHOLE // 2, self.deputy: WHOLE // 2}),
        ):
            with self.subTest(policy=policy):
                row = self.appointed(policy)
                own = order.create(
                    {"partner_id": self.customer.id, "user_id": self.deputy.id}
                )
                self.assertEqual(own.user_id, self.manager_a)
                own.action_confirm()
                done = own.sudo()
                self.assertEqual(self.credit_of(done), credit)
                self.assertEqual(done.substitution_id, row)
                self.assertEqual(done.acting_for_id, self.manager_a)
                row.write({"stop_at": row.start_at})
                self.env["sales.substitution"]._forget_running()

    def test_moment_of_confirmation(self):
        self.appointed("deputy", start=1, stop=2)
        self.assertEqual(
            self.confirm(self.quotation()).credited_user_id, self.manager_a
        )
        order = self.quotation()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1, minutes=30)):
            self.confirm(order)
        self.assertEqual(order.credited_user_id, self.deputy)
        late = self.quotation()
        with freeze_time(fields.Datetime.now() + timedelta(hours=2, minutes=1)):
            self.confirm(late)
        self.assertEqual(late.credited_user_id, self.manager_a)

    def test_moment_of_quotation(self):
        row = self.appointed("deputy", start=-48, stop=-24, credit_moment="quotation")
        within = self.quotation()
        self.made_before(within, hours=30)
        before = self.quotation()
        self.made_before(before, hours=60)
        after = self.quotation()
        for order in within + before + after:
            self.confirm(order)
        self.assertEqual(within.credited_user_id, self.deputy)
        self.assertEqual(within.substitution_id, row)
        self.assertEqual((before + after).credited_user_id, self.manager_a)
        self.assertFalse((before + after).substitution_id)

    def test_quotation_the_principal_wrote_stays_theirs(self):
        self.appointed("deputy", credit_moment="quotation")
        order = self.env["sale.order"].with_user(self.manager_a)
        order = order.create({"partner_id": self.customer.id})
        self.confirm(order, self.deputy)
        self.assertEqual(order.sudo().credited_user_id, self.manager_a)
        # and what the deputy wrote is the deputy's, though the principal confirms
        order = self.env["sale.order"].with_user(self.deputy)
        order = order.create({"partner_id": self.customer.id})
        self.confirm(order, self.manager_a)
        self.assertEqual(order.sudo().credited_user_id, self.deputy)

    def test_quotation_goes_before_confirmation(self):
        """Two absences, two rules: what was decided first stays decided."""
        first = self.appointed(
            "principal", start=-48, stop=-24, credit_moment="quotation"
        )
        self.appointed("deputy")
        order = self.quotation()
        self.made_before(order, hours=30)
        self.confirm(order)
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertEqual(order.substitution_id, first)

    def test_imported_orders_by_their_date(self):
        row = self.appointed("deputy", start=-48, stop=-24)
        now = fields.Datetime.now()
        common = {"partner_id": self.customer.id, "state": "sale"}
        within, outside = self.env["sale.order"].create(
            [
                {**common, "date_order": now - timedelta(hours=30)},
                {**common, "date_order": now - timedelta(hours=60)},
            ]
        )
        self.assertEqual(within.credited_user_id, self.deputy)
        self.assertEqual(within.substitution_id, row)
        self.assertEqual(outside.credited_user_id, self.manager_a)

    def test_decided_by_hand_stays(self):
        self.appointed("deputy")
        order = self.quotation()
        order._store_credit({order.id: (self.third.id, self.branch.id, "single")})
        self.confirm(order)
        self.assertEqual(order.credited_user_id, self.third)
        self.assertFalse(order.substitution_id)

    def test_credit_set_later_is_no_substitution(self):
        self.appointed("split")
        order = self.confirm(self.quotation())
        wizard = self.env["sales.credit.wizard"].with_user(self.commercial)
        wizard.create(
            {
                "order_id": order.id,
                "reason": "Mine after all",
                "line_ids": [
                    fields.Command.create({"user_id": self.manager_a.id, "share": 100})
                ],
            }
        ).action_apply()
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertFalse(order.substitution_id)
        self.assertFalse(order.sales_credit_ids)

    def test_another_customer_another_owner(self):
        """Cancelled, for another customer, confirmed again: decided anew."""
        self.appointed("split")
        order = self.confirm(self.quotation())
        order._action_cancel()
        order.action_draft()
        order.partner_id = self.make_customer("Of the deputy", self.deputy)
        self.assertFalse(order.credit_kind)
        self.assertFalse(order.substitution_id)
        self.confirm(order)
        self.assertEqual(order.credited_user_id, self.deputy)
        self.assertEqual(order.credit_kind, "single")
        self.assertFalse(order.substitution_id)
        self.assertFalse(order.sales_credit_ids)

    def test_areas(self):
        self.appointed("deputy", scope_orders=False)
        order = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.manager_a)

    def test_archived_principal(self):
        self.appointed("deputy")
        order = self.quotation()
        self.manager_a.active = False
        self.confirm(order)
        self.assertEqual(order.credited_user_id, self.deputy)

    def test_revoked_early(self):
        row = self.appointed("deputy")
        order = self.confirm(self.quotation())
        row.with_user(self.director).action_revoke()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            late = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.deputy)
        self.assertEqual(late.credited_user_id, self.manager_a)

    def test_draft_decides_nothing(self):
        self.env["sales.substitution"].create(
            {
                "principal_id": self.manager_a.id,
                "deputy_id": self.deputy.id,
                "company_id": self.company.id,
                "credit_policy": "deputy",
            }
        )
        order = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.manager_a)

    def test_passive_from_its_taking_up(self):
        row = self.env["sales.substitution"].with_user(self.director)
        row = row.create(
            {
                "principal_id": self.manager_a.id,
                "deputy_id": self.deputy.id,
                "company_id": self.company.id,
                "credit_policy": "deputy",
                "mode": "passive",
            }
        )
        row.action_appoint()
        waiting = self.confirm(self.quotation())
        row.with_user(self.deputy).action_adopt()
        taken = self.confirm(self.quotation())
        self.assertEqual(waiting.credited_user_id, self.manager_a)
        self.assertEqual(taken.credited_user_id, self.deputy)

    def test_deputy_of_no_branch(self):
        """Works for the branch they stand in at, so that branches add up."""
        self.appointed("deputy", deputy_id=self.third.id)
        order = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.third)
        self.assertEqual(order.credited_branch_id, self.branch)

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        for user in self.manager_a + self.deputy:
            user.company_ids |= other
        self.appointed("deputy", company_id=other.id)
        order = self.confirm(self.quotation())
        self.assertEqual(order.credited_user_id, self.manager_a)

    def test_many_at_once_cost_no_more(self):
        self.appointed("split")
        self.cost_of(1)  # warms the caches
        self.assertEqual(self.cost_of(2), self.cost_of(6))

    def cost_of(self, count):
        orders = self.env["sale.order"].union(*(self.quotation() for _ in range(count)))
        stamps = {
            order.id: (self.manager_a.id, self.branch.id, "single") for order in orders
        }
        orders.mapped("create_uid")
        orders.flush_recordset()
        start = self.env.cr.sql_log_count
        events = {
            o.id: o._substitution_event(*stamps[o.id][:2], self.env.uid) for o in orders
        }
        divided = self.env["sales.substitution"]._divide_credit(
            self.company, "orders", events
        )
        self.assertEqual(len(divided), count)
        return self.env.cr.sql_log_count - start

    def test_inert(self):
        """Nobody ever absent: not one query; somebody some time: one."""
        order = self.quotation()
        order.date_order, order.create_uid, order.create_date  # noqa: B018
        Substitution = self.env["sales.substitution"]
        credits_ = order._resolve_credit(self.company)
        Substitution._any_decided(self.company)
        with self.assertQueryCount(0):
            order._with_substitutions(self.company, credits_)
        row = self.appointed("deputy", start=-48, stop=-24)
        row.flush_recordset()
        Substitution._any_decided(self.company)
        with self.assertQueryCount(1):
            order._with_substitutions(self.company, credits_)
