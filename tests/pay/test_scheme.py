from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import ADMIN, COMMERCIAL
from .common import PayCommon

OWN = {"kind": "own_deals", "rate_percent": 2.0}


class TestScheme(PayCommon):
    def test_shipped_scheme_is_a_draft_that_can_be_activated(self):
        scheme = self.env.ref("sales_manager_kpi.bonus_scheme_example").sudo()
        self.assertEqual(scheme.state, "draft")
        scheme._check_ready()
        self.assertIn("2 %", scheme.summary)

    def test_only_who_approves_pay_reads_schemes(self):
        scheme = self.make_scheme(OWN)
        for model in ("scheme", "component", "tier", "decay", "replay", "replay.line"):
            Model = self.env[f"bonus.{model}"]
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                with self.subTest(model, user=user.login):
                    self.assertFalse(Model.with_user(user).has_access("read"))
            self.assertTrue(Model.with_user(self.paymaster).has_access("create"))
        for groups in (COMMERCIAL, ADMIN):
            user = self.make_user(f"pay_{groups}", f"{groups},base.group_user")
            with self.assertRaises(AccessError):
                scheme.with_user(user).read(["name"])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.make_user(
            "stranger", "base.group_user,sales_manager_kpi.group_pay", other
        )
        self.assertFalse(self.env["bonus.scheme"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            scheme.component_ids.with_user(stranger).read(["name"])

    def test_screens_open_with_nothing_but_pay(self):
        scheme = self.make_scheme(
            {**OWN, "rate_percent": 0, "tiers": [(0, 1), (90, 2)]},
            {"kind": "criterion", "amount": 100, "criterion_id": self.criterion.id},
            branch_ids=[Command.set(self.branch.ids)],
        )
        replay = self.env["bonus.replay"].with_user(self.paymaster)
        for record in (
            scheme,
            scheme.component_ids[0],
            replay.create({"scheme_id": scheme.id}),
        ):
            self.assertTrue(self.open_form(record.with_user(self.paymaster)))
            record.get_views([(False, "list"), (False, "search")])
        menus = self.env["ir.ui.menu"].with_user(self.paymaster)._visible_menu_ids()
        self.assertIn(self.env.ref("sales_manager_kpi.bonus_scheme_menu").id, menus)
        menus = self.env["ir.ui.menu"].with_user(self.admin)._visible_menu_ids()
        self.assertNotIn(self.env.ref("sales_manager_kpi.bonus_scheme_menu").id, menus)

    def test_only_drafts_change(self):
        scheme = self.make_scheme({**OWN, "tiers": [(0, 1)]})
        component = scheme.component_ids
        for change in (
            lambda: scheme.write({"date_from": "2020-01-01"}),
            lambda: scheme.write({"user_ids": [Command.set(self.manager_a.ids)]}),
            lambda: component.write({"rate_percent": 3}),
            lambda: component.tier_ids.write({"rate": 3}),
            lambda: component.tier_ids.create(
                {"component_id": component.id, "start": 5, "rate": 3}
            ),
            component.tier_ids.unlink,
            component.unlink,
            scheme.unlink,
            lambda: scheme.write({"state": "draft"}),
            lambda: scheme.write({"active": False}),
            scheme.action_activate,
        ):
            with self.assertRaises(UserError):
                change()
        scheme.write({"name": "Renamed", "note": "<p>Why</p>"})
        scheme.action_draft()
        component.tier_ids.write({"rate": 3})
        scheme.unlink()

    def test_versions_follow_each_other(self):
        scheme = self.make_scheme(OWN)
        action = scheme.action_revise()
        version = (
            self.env["bonus.scheme"].with_user(self.paymaster).browse(action["res_id"])
        )
        self.assertRecordValues(
            version,
            [
                {
                    "code": "managers",
                    "version": 2,
                    "state": "draft",
                    "version_of_id": scheme.id,
                    "date_from": self.period.date_from + relativedelta(months=1),
                }
            ],
        )
        self.assertEqual(version.component_ids.rate_percent, 2)
        version.component_ids.rate_percent = 3
        version.action_activate()
        self.assertEqual(scheme.date_to, self.period.date_to)
        Scheme = self.env["bonus.scheme"]
        self.assertEqual(
            Scheme._in_force(self.company, self.period.date_from).ids, scheme.ids
        )
        self.assertEqual(
            Scheme._in_force(self.company, version.date_from).ids, version.ids
        )
        third = scheme.copy({"code": "managers", "date_from": scheme.date_from})
        with self.assertRaisesRegex(UserError, "begins later"):
            third.action_activate()
        version.action_retire()
        self.assertLess(version.date_to, version.date_from)
        self.assertFalse(Scheme._in_force(self.company, version.date_from))

    def test_a_version_corrected_within_its_first_month(self):
        scheme = self.make_scheme(OWN)
        again = scheme.copy({"code": scheme.code, "date_from": scheme.date_from})
        again.component_ids.rate_percent = 7
        again.action_activate()
        self.env.flush_all()
        self.assertEqual(scheme.state, "retired")
        self.assertEqual(
            self.env["bonus.scheme"]._in_force(self.company, scheme.date_from).ids,
            again.ids,
        )

    def test_what_paid_somebody_is_not_taken_back(self):
        scheme = self.make_scheme(OWN)
        month = self.period.date_from
        self.patch(
            type(scheme), "_last_used", lambda self: dict.fromkeys(self.ids, month)
        )
        with self.assertRaisesRegex(UserError, "has paid"):
            scheme.action_draft()
        again = scheme.copy({"code": scheme.code, "date_from": month})
        with self.assertRaisesRegex(UserError, "has paid"):
            again.action_activate()

    def test_two_schemes_for_the_same_people(self):
        self.make_scheme(OWN)
        with self.assertRaisesRegex(ValidationError, "same people"):
            self.make_scheme(OWN, code="others")
        branch = {"branch_ids": [Command.set(self.branch.ids)]}
        self.make_scheme(OWN, code="branch", **branch)
        with self.assertRaisesRegex(ValidationError, "same people"):
            self.make_scheme(OWN, code="again", **branch)
        person = {"user_ids": [Command.set(self.manager_a.ids)]}
        self.make_scheme(OWN, code="person", **person)
        with self.assertRaisesRegex(ValidationError, "same people"):
            self.make_scheme(OWN, code="twice", **person)

    def test_a_copy_is_a_scheme_of_its_own(self):
        scheme = self.make_scheme({**OWN, "tiers": [(0, 1)], "hold_percent": 10})
        copied = scheme.copy()
        self.assertEqual((copied.code, copied.state), ("managers-2", "draft"))
        self.assertEqual(copied.component_ids.tier_ids.rate, 1)
        self.assertEqual(scheme.copy().code, "managers-3")

    @mute_logger("odoo.sql_db")
    def test_bad_figures(self):
        scheme = self.make_scheme(OWN, activate=False)
        component = scheme.component_ids
        for values in (
            {"rate_percent": -1},
            {"amount": -1},
            {"gate_score": -1},
            {"hold_percent": 101},
            {"max_discount": -1},
            {"floor": 10, "cap": 5},
            {"newcomer_months": -1},
            {"tier_ids": [Command.create({"start": -1})]},
            {"tier_ids": [Command.create({"rate": -1})]},
            {"tier_ids": [Command.create({"start": 5})] * 2},
            {"decay_ids": [Command.create({"days_late": 0})]},
            {"decay_ids": [Command.create({"days_late": 3})] * 2},
            {"decay_ids": [Command.create({"days_late": 3, "kept_percent": 101})]},
        ):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                component.write(values)
                self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            scheme.date_from = self.period.date_from + timedelta(days=1)
            self.env.flush_all()

    def test_what_cannot_be_calculated_is_not_activated(self):
        marginal = {"tiers": [(0, 1)], "tier_method": "marginal"}
        for component, reason in (
            ({"kind": "own_deals"}, "rate or tiers"),
            ({"kind": "plan", "tiers": [(0, 1)]}, "which amount"),
            ({"kind": "fixed"}, "which amount"),
            ({"kind": "fixed", "amount": 1, "tiers": [(0, 1)]}, "knows no tiers"),
            ({"kind": "programme", "rate_percent": 1}, "promotions"),
            ({"kind": "growth"}, "amount, a rate or tiers"),
            ({"kind": "multiplier"}, "100 %"),
            ({"kind": "multiplier", **marginal}, "interpolated"),
            ({**OWN, **marginal, "tier_axis": "discount"}, "interpolated"),
            ({**OWN, **marginal, "tier_pays": "amount"}, "not added up"),
            ({**OWN, "tiers": [(0, 1)], "tier_axis": "growth"}, "decided by"),
            ({**OWN, "tiers": [(0, 101)]}, "at most 100"),
            ({**OWN, "decays": [(1, 50)]}, "nothing is held"),
            ({**OWN, "hold_percent": 5, "decays": [(1, 50), (9, 60)]}, "cannot keep"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValidationError, reason):
                self.make_scheme(component)
        with self.assertRaisesRegex(ValidationError, "no components"):
            self.make_scheme()
        with self.assertRaisesRegex(ValidationError, "only what is paid for invoices"):
            self.make_scheme({**OWN, "hold_percent": 5, "basis": "order"})

    def test_in_words(self):
        scheme = self.make_scheme(
            {
                **OWN,
                "rate_percent": 0,
                "tiers": [(0, 1), (90, 1.5)],
                "tier_axis": "attainment",
                "tier_method": "whole",
                "gate_score": 70,
                "cap": 900,
                "hold_percent": 50,
                "decays": [(31, 0)],
                "exclude_categ_ids": [Command.set(self.product.categ_id.ids)],
            }
        )
        words = scheme.component_ids.summary
        for part in ("from 90: 1.5 %", "70.00", "900.00", "50 %", "from 31 days late"):
            self.assertIn(part, words)


class TestClosing(PayCommon):
    def test_checks_of_a_month(self):
        def points():
            return {row["code"]: row for row in self.period._closing_checks()}

        self.assertNotIn("schemes", points())
        self.assertEqual(self.period._bases_to_freeze(), ["invoice"])
        self.make_scheme(
            {**OWN, "basis": "order"}, branch_ids=[Command.set(self.branch.ids)]
        )
        self.assertEqual(points()["schemes"]["count"], 1)
        self.assertEqual(
            points()["schemes"]["domain"], [("id", "in", self.manager_b.ids)]
        )
        self.assertEqual(points()["rates"]["count"], 0)
        self.assertEqual(self.period._bases_to_freeze(), ["invoice", "order"])
