from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form

from .test_outlook import OutlookCommon


class TestOrderEffect(OutlookCommon):
    """The strip on an order: what it does to the plan of who it is credited to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_a.group_ids |= cls.env.ref("sales_team.group_sale_salesman")
        cls.manager_b.group_ids |= cls.env.ref("sales_team.group_sale_salesman")
        cls.director.group_ids |= cls.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        cls.plain.group_ids |= cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def approved(self, lines=None, **values):
        plan = self.make_plan(
            lines or [{"dimension": "total", "target_amount": 1500}], **values
        )
        plan.with_user(plan.user_id).action_submit()
        plan.with_user(self.commercial).action_approve()
        return plan

    def effect(self, order, user=None):
        self.env.invalidate_all()
        return order.with_user(user or self.manager_a)._plan_effect()

    def test_confirming_fills_a_plan_on_orders(self):
        plan = self.approved(basis="order")
        self.sell(100)
        order = self.sell(20, confirm=False)
        effect = self.effect(order)
        self.assertEqual(effect["plan"], plan)
        self.assertEqual((effect["fact"], effect["amount"]), (1000, 200))
        self.assertAlmostEqual(effect["before"], 2 / 3)
        self.assertAlmostEqual(effect["after"], 0.8)
        month = plan.period_id.display_name
        self.assertEqual(
            order.with_user(self.manager_a).plan_effect.replace("\xa0", " "),
            f"Confirming takes your plan of {month} from 67 % to 80 % "
            "($ 1,200.00 of $ 1,500.00).",
        )
        self.assertIn(
            "Confirming takes the plan of manager_a",
            order.with_user(self.director).plan_effect,
        )
        order.action_confirm()
        self.assertIsNone(self.effect(order))  # it counts already

    def test_on_invoices_what_is_not_invoiced_yet(self):
        self.approved()
        order = self.sell(100, confirm=False)
        self.assertEqual(self.effect(order)["amount"], 1000)
        order.action_confirm()
        self.assertEqual(self.effect(order)["amount"], 1000)
        self.assertIn("When invoiced", order.with_user(self.manager_a).plan_effect)
        self.invoice_order(order)
        self.assertIsNone(self.effect(order))

    def test_categories_without_total(self):
        self.approved(
            [{"categ_id": self.fabrics.id, "target_amount": 1000}], basis="order"
        )
        order = self.sell(10, confirm=False)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.sewing.id,
                    "price_unit": 300,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        self.assertEqual(self.effect(order)["amount"], 100)

    def test_nothing_without_a_valid_plan(self):
        order = self.sell(10, confirm=False)
        self.assertIsNone(self.effect(order))
        self.make_plan([{"dimension": "total", "target_amount": 1500}])  # a draft
        self.assertIsNone(self.effect(order))
        self.assertFalse(order.with_user(self.manager_a).plan_effect)

    def test_nothing_for_what_does_not_count(self):
        self.approved(basis="order")
        cancelled = self.sell(10, confirm=False)
        cancelled._action_cancel()
        self.assertIsNone(self.effect(cancelled))
        sister = self.env["res.company"].create({"name": "Sister"})
        order = self.sell(10, confirm=False, partner_id=sister.partner_id.id)
        order.user_id = self.manager_a
        self.assertIsNone(self.effect(order))

    def test_hidden_from_who_may_not_see_the_plan(self):
        self.approved(basis="order")
        order = self.sell(10, confirm=False)
        self.assertIsNone(self.effect(order, self.plain))
        with self.assertRaises(AccessError):
            order.with_user(self.plain).read(["plan_effect"])
        [shown] = self.open_form(order.with_user(self.plain))
        self.assertNotIn("plan_effect", shown)
        order.user_id = self.manager_b  # who may read the order, not the plan
        self.assertIsNone(self.effect(order, self.manager_b))
        [shown] = self.open_form(order.with_user(self.manager_b))
        self.assertFalse(shown["plan_effect"])

    def test_shared_credit_counts_its_part(self):
        self.approved(basis="invoice")
        order = self.sell(100)
        self.env["sales.credit"].sudo().create(
            [
                {
                    "order_id": order.id,
                    "user_id": user.id,
                    "share_bp": share,
                    "reason": "Together",
                }
                for user, share in ((self.manager_a, 2500), (self.manager_b, 7500))
            ]
        )
        order.sudo()._store_credit(
            {order.id: (self.manager_b.id, self.other_branch.id, "shared")}
        )
        self.assertEqual(self.effect(order)["amount"], 250)

    def test_another_currency(self):
        self.approved(basis="order")
        currency = self.env["res.currency"].create(
            {
                "name": "XYZ",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 4.0,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        order = self.sell(40, confirm=False, pricelist_id=pricelist.id)
        self.assertEqual(self.effect(order)["amount"], 100)

    def test_live_in_the_form(self):
        self.approved(basis="order")
        order = self.sell(10, confirm=False)
        order.user_id = self.manager_a
        with Form(order.with_user(self.manager_a)) as form:
            self.assertIn("to 7 %", form.plan_effect)
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 30
            self.assertIn("to 20 %", form.plan_effect)

    def test_the_order_flow_asks_nothing(self):
        self.approved(basis="order")
        asked = []

        def count(orders):
            asked.append(orders)
            return {}

        self.patch(type(self.env["sale.order"]), "_plan_effects", count)
        order = self.sell(10)
        order.picking_ids.move_ids.write({"quantity": 10, "picked": True})
        order.picking_ids.button_validate()
        self.invoice_order(order)
        self.env.flush_all()
        self.assertFalse(asked)
