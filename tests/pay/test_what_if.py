from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import PayCommon

OWN = {
    "kind": "own_deals",
    "tiers": [(0, 1), (100, 2)],
    "tier_axis": "attainment",
    "tier_method": "whole",
}


class TestWhatIf(PayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation = cls.make_order(price=90, confirm=False)

    def effect(self, user=None, order=None):
        order = (order or self.quotation).with_user(user or self.manager_a)
        self.env.invalidate_all()
        return order._pay_effect()

    def test_an_order_that_reaches_the_next_tier(self):
        self.assertIsNone(self.effect())
        self.make_plan(self.manager_a, 1000)
        self.make_invoice(price=920, date=self.today)
        self.make_scheme(OWN)
        effect = self.effect()
        self.assertEqual((effect["now"], effect["then"]), (9.2, 20.2))
        # one per cent of 90 less, which still is beyond the tier
        self.assertEqual(effect["discount_cost"], 0.02)
        self.assertIsNone(effect["next"])
        self.quotation.order_line.price_unit = 30
        effect = self.effect()
        self.assertEqual(effect["then"], 9.5)
        self.assertEqual(effect["next"]["gap"], 50)
        self.assertEqual(effect["next"]["gain"], 10.5)
        order = self.quotation.with_user(self.manager_a)
        for part in ("9.50", "50.00", "10.50"):
            self.assertIn(part, order.pay_effect)

    def test_nobody_else_sees_it(self):
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        self.assertEqual(self.effect()["then"], 1.8)
        for user in (self.director, self.commercial, self.admin):
            self.assertIsNone(self.effect(user))
        self.assertFalse(self.quotation.with_user(self.commercial).pay_effect)
        self.assertIsNone(self.quotation.sudo()._pay_effect())
        with self.assertRaises(AccessError):
            self.quotation.with_user(self.plain).read(["pay_effect"])

    def test_filters_and_what_counts_already(self):
        category = self.env["product.category"].create({"name": "Other"})
        self.make_scheme(
            {
                "kind": "own_deals",
                "rate_percent": 2,
                "categ_ids": [Command.set(category.ids)],
            }
        )
        self.assertEqual(self.effect()["then"], 0)
        self.product.categ_id = category
        self.assertEqual(self.effect()["then"], 1.8)
        self.quotation.action_confirm()
        self.invoice_order(self.quotation, self.today)
        self.assertIsNone(self.effect())
        self.quotation._action_cancel()
        self.assertIsNone(self.effect())

    def test_the_effect_comes_true(self):
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        then = self.effect()["then"]
        self.quotation.action_confirm()
        self.invoice_order(self.quotation, self.today)
        self.assertEqual(self.pay()[self.manager_a], {"own_deals": then})

    def test_my_month(self):
        Month = self.env["sales.my.month"]
        self.assertFalse(Month.with_user(self.manager_a).get_data()["pay"])
        self.make_invoice(price=1000, date=self.today)
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        pay = Month.with_user(self.manager_a).get_data()["pay"]
        self.assertEqual((pay["variable"], pay["payable"]), (20, 20))
        self.assertEqual(pay["lines"][0]["amount"], 20)
        self.assertIn("2 %", pay["lines"][0]["text"])
        for user in (self.director, self.commercial):
            data = Month.with_user(user).get_data(user_id=self.manager_a.id)
            self.assertFalse(data["pay"])

    def test_order_flow_asks_nothing(self):
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        asked = []
        self.patch(type(self.Run), "_what_if", lambda *args: asked.append(args))
        order = self.make_order(price=100)
        self.invoice_order(order)
        self.assertFalse(asked)


class TestReplay(PayCommon):
    def test_a_draft_over_months_that_ended(self):
        before = self.period.date_from - relativedelta(months=1)
        self.make_invoice(price=1000, date=before)
        self.make_invoice(self.other_customer, 500, before)
        self.make_invoice(price=9999, date=self.today)
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        draft = self.make_scheme(
            {"kind": "own_deals", "rate_percent": 3}, activate=False
        )
        Replay = self.env["bonus.replay"].with_user(self.paymaster)
        replay = Replay.create({"scheme_id": draft.id, "months": 2})
        replay.action_run()
        self.assertRecordValues(
            replay,
            [
                {
                    "person_count": 2,
                    "old_total": 30,
                    "new_total": 45,
                    "difference": 15,
                    "winner_count": 2,
                    "loser_count": 0,
                    "lowest": 15,
                    "middle": 22.5,
                    "highest": 30,
                }
            ],
        )
        line = replay.line_ids.filtered(
            lambda line: line.user_id == self.manager_a and line.date == before
        )
        self.assertEqual((line.old_amount, line.new_amount), (20, 30))
        other = self.make_user(
            "other_pay", "base.group_user,sales_manager_kpi.group_pay"
        )
        self.assertFalse(self.env["bonus.replay.line"].with_user(other).search([]))
        with self.assertRaises(AccessError):
            replay.with_user(other).action_run()

    def test_instead_of_an_archived_version(self):
        """What was paid by a version that is archived is replayed all the same."""
        before = self.period.date_from - relativedelta(months=1)
        self.make_invoice(price=1000, date=before)
        scheme = self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        scheme.action_revise()
        draft = scheme.search([("code", "=", scheme.code), ("state", "=", "draft")])
        draft.component_ids.rate_percent = 3
        scheme.action_retire()
        scheme.active = False
        replay = (
            self.env["bonus.replay"]
            .with_user(self.paymaster)
            .create({"scheme_id": draft.id, "months": 1})
        )
        replay.action_run()
        self.assertEqual((replay.old_total, replay.new_total), (20, 30))

    def test_only_for_its_people(self):
        before = self.period.date_from - relativedelta(months=1)
        self.make_invoice(price=1000, date=before)
        self.make_invoice(self.other_customer, 500, before)
        self.make_scheme({"kind": "own_deals", "rate_percent": 2})
        draft = self.make_scheme(
            {"kind": "own_deals", "rate_percent": 0.5},
            activate=False,
            code="one",
            user_ids=[Command.set(self.manager_a.ids)],
        )
        replay = (
            self.env["bonus.replay"]
            .with_user(self.paymaster)
            .create({"scheme_id": draft.id, "months": 1})
        )
        replay.action_run()
        self.assertEqual((replay.old_total, replay.new_total), (30, 15))
        self.assertEqual((replay.winner_count, replay.loser_count), (0, 1))

    def test_bad_input(self):
        scheme = self.make_scheme({"kind": "fixed"}, activate=False)
        Replay = self.env["bonus.replay"].with_user(self.paymaster)
        with self.assertRaises(UserError):
            Replay.create({"scheme_id": scheme.id}).action_run()
