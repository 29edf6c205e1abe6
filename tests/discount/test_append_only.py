from odoo.exceptions import AccessError, UserError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestAppendOnly(DiscountCommon):
    """Decisions are rows: even whom an access row lets in adds and changes none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN, TWENTY)
        order = cls.make_quotation((cls.cloth, 2, {"discount": 15}))
        cls.asked(order).with_user(cls.director).action_approve()
        order.with_user(cls.manager_a).action_confirm()
        cls.rows = {
            "discount.decision": order.discount_request_ids.decision_ids[:1],
            "sale.price.trace": cls.env["sale.price.trace"].search(
                [("order_id", "=", order.id)], limit=1
            ),
            "discount.concession": cls.env["discount.concession"].search(
                [("order_id", "=", order.id)], limit=1
            ),
        }
        for model in cls.rows:
            cls.env["ir.model.access"].create(
                {
                    "name": f"Too much: {model}",
                    "model_id": cls.env["ir.model"]._get(model).id,
                    "group_id": cls.env.ref("sales_manager_kpi.group_admin").id,
                    **dict.fromkeys(
                        ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                    ),
                }
            )

    def test_nobody_adds_changes_or_deletes(self):
        for model, row in self.rows.items():
            theirs = row.with_user(self.admin)
            theirs.check_access("write")
            with self.subTest(model=model):
                [vals] = row.sudo().copy_data()
                for attempt in (
                    lambda theirs=theirs, vals=vals: theirs.create(vals),
                    lambda theirs=theirs, row=row: theirs.write(
                        {"company_id": row.company_id.id}
                    ),
                    lambda theirs=theirs: theirs.unlink(),
                ):
                    with self.assertRaises(AccessError) as raised:
                        attempt()
                    self.assertIn("stay as they are", str(raised.exception))
                self.assertTrue(row.exists())

    def test_the_system_adds(self):
        for model, row in self.rows.items():
            [vals] = row.sudo().copy_data()
            before = self.env[model].sudo().search_count([])
            row.sudo().create(vals)
            self.assertEqual(self.env[model].sudo().search_count([]), before + 1)

    def test_no_client_writes_a_negotiation(self):
        """The context says so by an object that no client can send."""
        rows = self.env["sales.plan.negotiation"].with_context(sales_plan_system=True)
        with self.assertRaises(UserError):
            rows.sudo().create({"plan_id": 1})

    def test_words_of_other_models(self):
        """A model that says nothing of its own is called by its name."""
        mixin = self.env["append.only.mixin"]
        message = str(mixin._refusal())
        self.assertIn("Rows That Stay as They Were Written", message)
