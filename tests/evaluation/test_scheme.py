from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import OrganisationCommon
from .common import EvaluationCommon


class TestShippedScheme(OrganisationCommon):
    def test_five_criteria_of_the_job(self):
        scheme = self.env.ref("sales_manager_kpi.evaluation_scheme_default")
        self.assertEqual(
            {line.criterion_id.measure: line.weight for line in scheme.line_ids},
            {
                "plan_fulfilment": 40,
                "territory_growth": 20,
                "registration_first_time_right": 15,
                "claims_justified": 10,
                "continuity": 15,
            },
        )


class TestScheme(EvaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.criterion.copy({"name": "Second", "code": "second"})

    def make_scheme(self, weights=(60, 40), **values):
        criteria = (self.criterion, self.second)
        return self.env["evaluation.scheme"].create(
            {
                "name": "Managers",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"criterion_id": c.id, "weight": weight})
                    for c, weight in zip(criteria, weights, strict=False)
                ],
                **values,
            }
        )

    def test_weights_add_up(self):
        scheme = self.make_scheme()
        self.assertEqual(scheme.weight_total, 100)
        for weights in [(60, 30), (60, 41), (99.99,), ()]:
            with self.subTest(weights=weights), self.assertRaises(ValidationError):
                self.make_scheme(weights)

    def test_thirds(self):
        scheme = self.make_scheme((33.33, 66.67))
        self.assertEqual(scheme.weight_total, 100)

    def test_weights_change_together(self):
        scheme = self.make_scheme()
        first, second = scheme.line_ids
        scheme.line_ids = [
            Command.update(first.id, {"weight": 70}),
            Command.update(second.id, {"weight": 30}),
        ]
        self.env.cr.flush()
        scheme.line_ids = [
            Command.delete(second.id),
            Command.update(first.id, {"weight": 100}),
        ]
        self.env.cr.flush()
        self.assertEqual(scheme.line_ids.mapped("weight"), [100])

    def test_single_line_written_by_rpc(self):
        """A line changed on its own is judged when the call ends."""
        scheme = self.make_scheme()
        with self.assertRaises(ValidationError):
            scheme.line_ids[0].weight = 50
            self.env.cr.flush()

    def test_single_line_removed_by_rpc(self):
        scheme = self.make_scheme()
        with self.assertRaises(ValidationError):
            scheme.line_ids[0].unlink()
            self.env.cr.flush()

    @mute_logger("odoo.sql_db")
    def test_weight_range_and_double_criterion(self):
        for weights in [(-10, 110), (0, 100)]:
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.make_scheme(weights).flush_recordset()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            scheme = self.make_scheme()
            scheme.line_ids[1].criterion_id = self.criterion
            self.env.flush_all()

    def test_overlap_refused(self):
        self.make_scheme(date_from="2030-01-01", date_to="2030-06-30")
        with self.assertRaises(ValidationError):
            self.make_scheme(date_from="2030-06-30")
        with self.assertRaises(ValidationError):
            self.make_scheme()
        self.make_scheme(date_from="2030-07-01")
        self.make_scheme(date_to="2029-12-31")

    def test_overlap_of_branches(self):
        branches = self.branch | self.other_branch
        self.make_scheme(branch_ids=branches.ids)
        self.make_scheme()  # for all branches: another level
        with self.assertRaises(ValidationError):
            self.make_scheme(branch_ids=self.branch.ids)
        scheme = self.make_scheme(branch_ids=self.branch.ids, active=False)
        with self.assertRaises(ValidationError):
            scheme.action_unarchive()

    def test_copy_is_archived(self):
        copy = self.make_scheme().copy()
        self.assertFalse(copy.active)
        self.assertEqual(copy.weight_total, 100)

    @mute_logger("odoo.sql_db")
    def test_dates_in_order(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_scheme(
                date_from="2030-02-01", date_to="2030-01-01"
            ).flush_recordset()

    def test_branch_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.make_scheme(company_id=company.id, branch_ids=self.branch.ids)

    def test_the_nearest_scheme_holds(self):
        Scheme = self.env["evaluation.scheme"]
        branches = self.branch | self.other_branch
        shared = self.env.ref("sales_manager_kpi.evaluation_scheme_default")
        day = self.period.date_from

        def found():
            schemes = Scheme._by_branch(self.company, branches, day)
            return [schemes[branch.id] for branch in branches]

        self.assertEqual(found(), [shared, shared])
        own = self.make_scheme()
        self.assertEqual(found(), [own, own])
        special = self.make_scheme(branch_ids=self.branch.ids)
        self.assertEqual(found(), [special, own])
        own.date_to = "2020-12-31"
        self.assertEqual(found(), [special, shared])

    def test_only_the_administrator_configures(self):
        scheme = self.make_scheme()
        for user in (self.manager_a, self.director, self.commercial):
            self.assertTrue(scheme.with_user(user).name)
            for record in (scheme, self.criterion, scheme.line_ids[0]):
                record = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.write({record._rec_name or "weight": "Mine"})
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        record.copy()
        scheme.with_user(self.admin).name = "Agreed"
        with self.assertRaises(AccessError):
            scheme.with_user(self.plain).read(["name"])

    def test_rights_on_lines_and_points(self):
        """Whoever is judged reads by what; only the administrator changes it."""
        points = self.env["evaluation.curve.point"].create(
            [
                {"criterion_id": self.second.id, "value": value, "score": value}
                for value in (0.0, 1.0)
            ]
        )
        for rows, values in (
            (self.make_scheme().line_ids, {"weight": 60}),
            (points, {"score": 1.0}),
        ):
            for user in (self.manager_a, self.director, self.commercial):
                own = rows[0].with_user(user)
                with self.subTest(model=rows._name, user=user.login):
                    self.assertTrue(own.read(list(values)))
                    with self.assertRaises(AccessError):
                        own.write(values)
                    with self.assertRaises(AccessError):
                        own.unlink()
                    with self.assertRaises(AccessError):
                        own.create({})
            for user in (self.supervisor, self.plain):
                with self.assertRaises(AccessError):
                    rows[0].with_user(user).read(list(values))
        point = {"criterion_id": self.second.id, "value": 2.0, "score": 2.0}
        self.assertTrue(points.with_user(self.admin).create(point))

    @mute_logger("odoo.sql_db")
    def test_code_is_unique_and_cap_sane(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.second.code = self.criterion.code
            self.env.flush_all()
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.second.score_cap = 99
            self.env.flush_all()
