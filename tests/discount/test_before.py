from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from .common import DiscountCommon

PROGRESS = "odoo.addons.base.models.ir_cron.IrCron._commit_progress"
TEN = {"role": "manager", "max_line_percent": 10}


class TestBefore(DiscountCommon):
    """Orders from before a policy, and confirmed ones while rules change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deep = cls.make_quotation((cls.cloth, 1, {"discount": 40}))
        cls.fair = cls.make_quotation((cls.cloth, 1, {"discount": 5}))
        cls.sold = cls.make_quotation(
            (cls.cloth, 1, {"discount": 40}), (cls.cloth, 2, {})
        )
        cls.sold.action_confirm()

    def items(self, policy, **values):
        rows = policy.activation_item_ids
        return rows.filtered(lambda r: all(r[k] == v for k, v in values.items()))

    def test_activation_lists_what_is_outside(self):
        own_list = self.make_pricelist("Own")
        class_a = self.env["customer.class"].create(
            {
                "name": "A",
                "code": "A",
                "company_id": self.company.id,
                "pricelist_id": own_list.id,
            }
        )
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "class_id": class_a.id,
                "date_from": "2020-01-01",
            }
        )
        policy = self.make_policy(TEN)
        outside = self.items(policy, state="outside", kind="quotation")
        self.assertEqual(outside.order_id, self.deep)
        self.assertIn("40.00 %", outside.findings)
        self.assertEqual(outside.action_open()["res_id"], self.deep.id)
        within = self.items(policy, state="within")
        self.assertIn(self.fair, within.order_id)
        [row] = self.items(policy, kind="pricelist")
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(row.class_pricelist_id, own_list)
        self.assertEqual(policy.outside_count, 2)
        rows = self.env["discount.activation.item"]
        self.assertTrue(rows.with_user(self.manager_a).search([]))
        self.assertFalse(rows.with_user(self.manager_b).search([]))
        with self.assertRaises(AccessError):
            outside.with_user(self.admin).write({"fingerprint": "x"})

    def test_free_until_somebody_edits(self):
        self.make_policy(TEN)
        edited = self.deep.copy()
        self.assertTrue(edited.with_user(self.manager_a)._discount_error())
        self.assertFalse(self.deep.with_user(self.manager_a)._discount_error())
        self.deep.client_order_ref = "no price depends on it"
        self.assertFalse(self.deep.with_user(self.manager_a)._discount_error())
        self.deep.order_line.discount = 39
        self.assertTrue(self.deep.with_user(self.manager_a)._discount_error())
        self.deep.order_line.discount = 40
        self.deep.with_user(self.manager_a).action_confirm()
        self.assertEqual(self.deep.state, "sale")

    def test_new_version_frees_nothing(self):
        policy = self.make_policy(TEN)
        late = self.make_quotation((self.cloth, 1, {"discount": 30}))
        action = policy.with_user(self.commercial).action_new_version()
        version = policy.browse(action["res_id"])
        version.line_ids.max_line_percent = 5
        version.with_user(self.commercial).action_submit()
        version.with_user(self.admin).action_activate()
        self.assertTrue(late.with_user(self.manager_a)._discount_error())
        self.assertFalse(self.deep.with_user(self.manager_a)._discount_error())

    def test_many_are_judged_in_batches(self):
        for _number in range(3):
            self.deep.copy()
        Item = self.env["discount.activation.item"]
        module = "odoo.addons.sales_manager_kpi.models.discount_activation_item"
        with (
            patch(f"{module}.AT_ONCE", 2),
            patch(f"{module}.BATCH", 2),
            patch(PROGRESS, lambda *args, **kwargs: 1000),
        ):
            policy = self.make_policy(TEN)
            waiting = self.items(policy, state="to_check")
            self.assertGreaterEqual(len(waiting), 5)
            self.assertFalse(self.deep.with_user(self.manager_a)._discount_error())
            Item.sudo()._cron_check()
        self.assertFalse(self.items(policy, state="to_check"))
        self.assertEqual(len(self.items(policy, state="outside")), 4)

    def test_confirmed_before_is_judged_by_what_changes(self):
        self.make_policy(TEN)
        deep, plain = self.sold.order_line.with_user(self.manager_a)
        plain.write({"discount": 8})
        with self.assertRaises(UserError):
            plain.write({"discount": 20})
        with self.assertRaises(UserError):
            deep.write({"discount": 45})

    def test_rules_that_changed_since(self):
        """T11, T14: what stands keeps the norm it was agreed at."""
        self.make_policy(TEN)
        order = self.make_quotation(
            (self.cloth, 1, {"discount": 10}), (self.cloth, 2, {})
        )
        order.with_user(self.manager_a).action_confirm()
        self.cloth.list_price = 200
        _stands, changed = order.order_line.with_user(self.manager_a)
        with self.assertRaises(UserError) as raised:
            changed.write({"price_unit": 95})
        self.assertEqual(str(raised.exception).count("below the norm"), 1)
        changed.write({"price_unit": 190})
