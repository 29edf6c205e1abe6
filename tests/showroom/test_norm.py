from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tools import mute_logger

from .common import ShowroomCommon

LINE = "showroom.norm.line"


class TestNorm(ShowroomCommon):
    def required(self, branch=None):
        """``{(product, type): samples}`` that a branch must show."""
        lines = self.env[LINE].search([("branch_id", "=", (branch or self.branch).id)])
        return {(line.product_id, line.sample_type_id): line.min_qty for line in lines}

    def test_category_with_those_below(self):
        below = self.env["product.category"].create(
            {"name": "Printed", "parent_id": self.velvets.id}
        )
        printed = self.make_goods("Printed velvet", categ_id=below.id)
        self.make_norm(self.velvets)
        for branch in self.branch | self.other_branch:
            self.assertEqual(
                self.required(branch),
                {(self.velvet, self.swatch): 1, (printed, self.swatch): 1},
            )
        self.other_branch.has_showroom = False
        self.assertEqual(self.required(self.other_branch), {})

    def test_most_specific_first(self):
        """Closest to the product; among equals the branch's own."""
        template = self.velvet.product_tmpl_id
        every = self.make_norm(self.velvets, count=1)
        self.make_norm(self.velvets, count=2, branch_id=self.branch.id)
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 2})
        self.make_norm(template, count=3)
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 3})
        variant = self.make_norm(self.velvet, count=0, branch_id=self.branch.id)
        self.assertEqual(self.required(), {})
        self.assertEqual(
            self.required(self.other_branch), {(self.velvet, self.swatch): 3}
        )
        variant.active = False
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 3})
        variant.unlink()
        every.min_qty = 9
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 3})
        self.make_norm(self.velvet, kind=self.card, count=4)
        self.assertEqual(self.required()[self.velvet, self.card], 4)

    def test_deeper_category_wins(self):
        below = self.env["product.category"].create(
            {"name": "Printed", "parent_id": self.velvets.id}
        )
        self.velvet.categ_id = below
        self.make_norm(below, count=5)
        self.make_norm(self.velvets, count=1, branch_id=self.branch.id)
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 5})

    def test_products_come_and_go(self):
        """The nightly job follows archived and new products, and dates."""
        norm = self.make_norm(self.velvets)
        self.velvet.sale_ok = False
        new = self.make_goods("New velvet", categ_id=self.velvets.id)
        self.env[LINE]._cron_resolve()
        self.assertEqual(self.required(), {(new, self.swatch): 1})
        norm.date_from = "2020-01-01"
        norm.date_to = "2020-02-01"
        self.assertEqual(self.required(), {})
        norm.date_to = False
        kept = self.env[LINE].search([("norm_id", "=", norm.id)])
        norm.weight = 3
        self.env[LINE]._cron_resolve()
        self.assertEqual(self.env[LINE].search([("norm_id", "=", norm.id)]), kept)
        self.assertEqual(set(kept.mapped("weight")), {3.0})

    def test_completeness(self):
        """Lines that are satisfied, by number and by weight."""
        self.put(self.velvet, 20, "R20")
        self.make_norm(self.velvet, count=2, weight=3)
        self.make_norm(self.lamp, kind=self.piece)
        self.assertEqual(self.branch.showroom_completeness, 0)
        self.put(self.lamp, 1)
        self.make_sample(self.lamp, self.piece)
        first = self.make_sample()
        self.branch.invalidate_recordset()
        self.assertEqual(self.branch.showroom_completeness, 0.5)
        self.assertEqual(self.branch.showroom_weighted, 0.25)
        self.assertEqual(self.branch.showroom_missing, 1)
        self.make_sample()
        self.branch.invalidate_recordset()
        self.assertEqual(self.branch.showroom_completeness, 1)
        first.with_user(self.manager_a).action_replace()
        self.branch.invalidate_recordset()
        self.assertEqual(self.branch.showroom_to_replace, 1)
        self.assertEqual(self.branch.showroom_completeness, 0.5)
        line = self.env[LINE].search(
            [("product_id", "=", self.velvet.id), ("branch_id", "=", self.branch.id)]
        )
        self.assertEqual((line.present_qty, line.missing_qty), (1, 1))
        missing = self.env[LINE].search(
            [("missing_qty", ">", 0), ("branch_id", "=", self.branch.id)]
        )
        self.assertEqual(missing, line)
        figures = self.other_branch._showroom_figures()[self.other_branch.id]
        self.assertEqual((figures["completeness"], figures["due"]), (0.0, 2))

    def test_nothing_due_is_no_figure(self):
        figures = self.branch._showroom_figures()[self.branch.id]
        self.assertIsNone(figures["completeness"])
        self.assertFalse(self.env["showroom.figure"]._keep(self.branch, "2026-01-01"))

    def test_queries(self):
        """Completeness takes 1 query, all figures 5, whatever the number."""
        self.make_norm(self.velvets)
        self.make_sample(kind=self.card)
        branches = self.branch | self.other_branch
        branches._showroom_completeness_sums()
        self.env.invalidate_all()
        self.env.flush_all()
        with self.assertQueryCount(1):
            branches._showroom_completeness_sums()
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            branches._showroom_figures()

    def test_history(self):
        """One row a day and showroom; kept as it was."""
        self.make_norm(self.velvets)
        self.env["showroom.figure"]._cron_keep()
        self.env["showroom.figure"]._cron_keep()
        figure = self.env["showroom.figure"].search(
            [("branch_id", "=", self.branch.id)]
        )
        self.assertEqual((figure.completeness, figure.due, figure.missing), (0, 1, 1))
        with self.assertRaises(AccessError):
            figure.with_user(self.manager_a).write({"completeness": 1})
        with self.assertRaises(AccessError):
            figure.with_user(self.admin).write({"completeness": 1})

    def test_bad_input(self):
        base = {"sample_type_id": self.swatch.id, "company_id": self.company.id}
        for targets in (
            {},
            {"categ_id": self.velvets.id, "product_id": self.velvet.id},
        ):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env["showroom.norm"].create({**base, **targets})
        self.make_norm(self.velvets)
        for vals in ({}, {"min_qty": -1}, {"weight": -1}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.make_norm(self.velvets, **vals)
        kilo = self.make_type("Kilo", "cut", 1.0)
        kilo.cut_uom_id = self.env.ref("uom.product_uom_kgm")
        with self.assertRaisesRegex(ValidationError, "another sample type"):
            self.make_norm(self.velvet, kind=kilo)

    def test_unfit_unit_of_a_category_is_left_out(self):
        """One product counted otherwise does not stop the norm of its category."""
        kilo = self.make_type("Kilo", "cut", 1.0)
        kilo.cut_uom_id = self.env.ref("uom.product_uom_kgm")
        fur = self.make_goods("Fur", uom_id=kilo.cut_uom_id.id)
        fur.categ_id = self.velvets
        self.make_norm(self.velvets, kind=kilo)
        self.assertEqual(self.required(), {(fur, kilo): 1})

    def test_rights(self):
        """Directors set norms of their branches, commercial directors of all."""
        norm = self.make_norm(self.velvets, branch_id=self.branch.id)
        norm.with_user(self.director).min_qty = 2
        self.assertEqual(self.required(), {(self.velvet, self.swatch): 2})
        norm.with_user(self.commercial).min_qty = 3
        for user in (self.manager_a, self.other_director):
            self.assertEqual(norm.with_user(user).min_qty, 3)
            with self.assertRaises(AccessError):
                norm.with_user(user).min_qty = 1
        with self.assertRaises(AccessError):
            norm.with_user(self.director).branch_id = False
        with self.assertRaises(AccessError):
            self.make_norm(self.velvets, kind=self.card).with_user(
                self.director
            ).unlink()
        lines = self.env[LINE].with_user(self.manager_a).search([])
        self.assertTrue(lines)
        with self.assertRaises(AccessError):
            lines[0].write({"min_qty": 0})

    def test_companies(self):
        """The norms of one company are nobody else's."""
        other = self.env["res.company"].create({"name": "Other"})
        branch = self.env["sales.branch"].create(
            {
                "code": "OTH",
                "name": "Other",
                "company_id": other.id,
                "has_showroom": True,
                "resource_calendar_id": False,
                "tz": "UTC",
            }
        )
        self.make_norm(self.velvets)
        self.assertEqual(self.required(branch), {})
        own = self.make_norm(self.velvets, company_id=other.id)
        self.assertEqual(self.required(branch), {(self.velvet, self.swatch): 1})
        self.assertEqual(own.line_ids.branch_id, branch)
        foreign = self.make_user("foreign", "sales_manager_kpi.group_manager", other)
        seen = self.env[LINE].with_user(foreign).search([])
        self.assertEqual(seen.branch_id, branch)
