import psycopg2

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestPolicyInput(DiscountCommon):
    def test_without_lines(self):
        policy = self.make_policy(activate=False)
        with self.assertRaises(UserError):
            policy.with_user(self.commercial).action_submit()
        self.assertEqual(policy.state, "draft")

    def test_overlapping(self):
        first = self.make_policy(TEN, date_to="2030-12-31")
        second = self.make_policy(TEN, activate=False, date_from="2030-12-31")
        second.with_user(self.commercial).action_submit()
        with self.assertRaises(ValidationError):
            second.with_user(self.admin).action_activate()
        second.invalidate_recordset()
        # a branch's own goes before the one for all; after the last day is free
        self.make_policy(TEN, branch_ids=[Command.set(self.branch.ids)])
        self.make_policy(TEN, date_from="2031-01-01")
        self.assertEqual(first.state, "active")
        with self.assertRaises(ValidationError):
            self.make_policy(
                TEN, branch_ids=[Command.set((self.branch | self.other_branch).ids)]
            )

    def test_currency_is_the_companys(self):
        """No other one can be said, nor one that there is not, nor a closed one."""
        closed = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        policy = self.make_policy(
            {
                "role": "manager",
                "limit_line": False,
                "limit_amount": True,
                "max_amount": 15,
                "currency_id": closed.id,
            },
            {
                "role": "manager",
                "limit_line": False,
                "product_tmpl_id": self.cloth.product_tmpl_id.id,
                "limit_floor": True,
                "floor_price": 50,
                "currency_id": 999999999,
            },
        )
        own = self.company.currency_id
        self.assertEqual(policy.line_ids.currency_id, own)
        self.customer.property_product_pricelist = self.make_pricelist(
            "Foreign", currency_id=closed.id
        )
        order = self.make_quotation((self.cloth, 1, {"discount": 14}))
        self.assertAlmostEqual(order.order_line.price_unit, 200)
        theirs = order.with_user(self.manager_a)
        self.assertFalse(theirs._discount_error())  # 14 of the company's currency
        closed.active = False
        order.order_line.discount = 16
        said = theirs._discount_error().replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("32.00 kn given away, allowed 30.00 kn", said)
        order.order_line.discount = 51
        self.assertIn("the floor is", theirs._discount_error())

    def test_next_version_replaces(self):
        first = self.make_policy(TEN)
        version = self.env["discount.policy"].browse(
            first.with_user(self.commercial).action_new_version()["res_id"]
        )
        version.with_user(self.commercial).action_submit()
        version.with_user(self.admin).action_activate()
        self.assertEqual(first.date_to.toordinal() + 1, version.date_from.toordinal())
        self.assertEqual(version.version, 2)

    @mute_logger("odoo.sql_db")
    def test_limits_out_of_range(self):
        for values in (
            {"max_line_percent": -5},
            {"max_line_percent": 500},
            {"limit_order": True, "max_order_percent": 101},
            {"limit_amount": True, "max_amount": -1},
            {"limit_floor": True, "floor_price": -1},
            {"limit_margin": True, "min_margin_percent": 101},
            {"limit_payment": True, "max_payment_days": -1},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.make_policy({"role": "manager", **values}, activate=False)

    @mute_logger("odoo.sql_db")
    def test_dates_and_times_out_of_range(self):
        for values in (
            {"date_to": "2019-01-01"},
            {"sla_hours": 0},
            {"sla_hours": -1},
            {"approval_days": 0},
            {"quantity_floor_percent": -5},
            {"quantity_floor_percent": 500},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(psycopg2.IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.make_policy(TEN, activate=False, **values)

    def test_category_loop(self):
        upper = self.env["product.category"].create({"name": "Upper"})
        lower = upper.create({"name": "Lower", "parent_id": upper.id})
        self.make_policy({**TEN, "categ_id": upper.id})
        with self.assertRaises(UserError):
            upper.parent_id = lower
        self.env.invalidate_all()
        self.cloth.categ_id = lower
        order = self.make_quotation((self.cloth, 1, {"discount": 15}))
        self.assertTrue(order.with_user(self.manager_a)._discount_error())

    def test_other_company_in_a_norm(self):
        company = self.setup_other_company()["company"]
        theirs = self.env["customer.class"].create(
            {"code": "A", "name": "A", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.make_policy({**TEN, "class_id": theirs.id}, activate=False)

    def test_one_code_per_company(self):
        company = self.setup_other_company()["company"]
        Class = self.env["customer.class"]
        Class.create({"code": "Z", "name": "Z"})
        Class.create({"code": "Z", "name": "Z", "company_id": company.id})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            Class.create({"code": "Z", "name": "Other"})

    def test_class_of_another_company(self):
        company = self.setup_other_company()["company"]
        theirs = self.env["customer.class"].create(
            {"code": "Y", "name": "Y", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.env["customer.class.member"].create(
                {
                    "partner_id": self.customer.id,
                    "class_id": theirs.id,
                    "company_id": self.company.id,
                }
            )

    def test_limit_in_company_currency(self):
        """An amount of the norms is company money, whatever the order's currency."""
        foreign = self.setup_other_currency("HRK", rates=[("2020-01-01", 2.0)])
        self.customer.property_product_pricelist = self.make_pricelist(
            "Foreign", currency_id=foreign.id
        )
        self.make_policy(
            {
                "role": "manager",
                "max_line_percent": 100,
                "limit_amount": True,
                "max_amount": 10,
            }
        )
        order = self.make_quotation((self.cloth, 1, {"price_unit": 180}))
        self.assertEqual(order.currency_id, foreign)
        self.assertFalse(order.with_user(self.manager_a)._discount_error())
        order.order_line.price_unit = 179
        self.assertIn("given away", order.with_user(self.manager_a)._discount_error())


class TestPolicyRoles(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(TEN, TWENTY)
        cls.draft = cls.make_policy(TEN, activate=False, date_from="2031-01-01")
        cls.reason = cls.env.ref("sales_manager_kpi.discount_reason_volume")

    def test_read(self):
        Policy = self.env["discount.policy"]
        for user in (self.manager_a, self.director):
            self.assertEqual(Policy.with_user(user).search([]), self.policy)
        self.assertIn(self.draft, Policy.with_user(self.commercial).search([]))
        with self.assertRaises(AccessError):
            Policy.with_user(self.plain).search([])

    def test_write(self):
        for user in (self.manager_a, self.director):
            with self.subTest(user=user.login):
                with self.assertRaises(UserError):
                    self.policy.with_user(user).write({"mode": "off"})
                with self.assertRaises(AccessError):
                    self.draft.with_user(user).write({"mode": "off"})
                with self.assertRaises(UserError):
                    self.policy.line_ids.with_user(user).write(
                        {"max_line_percent": 100}
                    )
                with self.assertRaises(AccessError):
                    self.draft.line_ids.with_user(user).write({"max_line_percent": 100})
                with self.assertRaises(AccessError):
                    self.policy.with_user(user).action_retire()
                with self.assertRaises(AccessError):
                    self.env["discount.policy"].with_user(user).create({"name": "Own"})

    def test_in_force_stands(self):
        for user in (self.commercial, self.admin):
            with self.assertRaises(UserError):
                self.policy.with_user(user).write({"mode": "off"})
            with self.assertRaises(UserError):
                self.policy.line_ids.with_user(user).write({"max_line_percent": 100})
            with self.assertRaises(UserError):
                self.policy.line_ids.with_user(user).unlink()
            with self.assertRaises(UserError):
                self.policy.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.draft.with_user(user).write({"state": "active"})
            with self.assertRaises(AccessError):
                self.env["discount.policy"].with_user(user).create(
                    {"name": "Own", "state": "active"}
                )

    def test_other_company(self):
        company = self.setup_other_company()["company"]
        stranger = self.make_user(
            "stranger", "sales_manager_kpi.group_commercial_director", company
        )
        self.assertFalse(self.env["discount.policy"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.policy.with_user(stranger).action_retire()

    def ask(self, order, user):
        self.env["discount.ask"].with_user(user).create(
            {"order_id": order.id, "reason_id": self.reason.id, "note": "Please"}
        ).action_ask()
        return order.discount_request_ids

    def test_who_stands_in_does_not_activate(self):
        """Four eyes are those of two people, not of one and their deputy."""
        deputy = self.make_user(
            "second_commercial", "sales_manager_kpi.group_commercial_director"
        )
        self.policy.with_user(self.admin).action_retire()
        policy = self.draft
        policy.with_user(self.commercial).action_submit()
        today = fields.Date.today()
        row = self.env["sales.substitution"].with_user(self.admin)
        row = row.with_company(self.company).create(
            {
                "principal_id": self.commercial.id,
                "deputy_id": deputy.id,
                "date_from": today,
                "date_to": fields.Date.add(today, days=3),
            }
        )
        row.action_appoint()
        for user in (self.commercial, deputy):
            with self.assertRaisesRegex(AccessError, "Somebody else"):
                policy.with_user(user).action_activate()
        row.action_revoke()
        policy.with_user(deputy).action_activate()
        self.assertEqual(policy.state, "active")

    def test_approver_is_requester(self):
        order = self.make_quotation((self.cloth, 1, {"discount": 15}))
        request = self.ask(order, self.manager_a)
        # also where the salesperson has become the director since
        self.branch.director_id = self.manager_a
        self.manager_a.group_ids |= self.env.ref(
            "sales_manager_kpi.group_branch_director"
        )
        with self.assertRaises(AccessError):
            request.with_user(self.manager_a).action_approve()
        self.assertEqual(request.state, "pending")

    def test_approver_who_left(self):
        self.director.active = False
        order = self.make_quotation((self.cloth, 1, {"discount": 15}))
        request = self.ask(order, self.manager_a)
        self.assertIn(self.commercial, request.approver_ids)
        self.assertNotIn(self.director, request.approver_ids)
