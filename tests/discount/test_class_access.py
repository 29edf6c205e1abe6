from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from ..common import COMMERCIAL, DIRECTOR, OrganisationCommon

MODEL = "customer.class.member"


class TestClassAccess(OrganisationCommon):
    """Who may say of which class a customer is, as the web client asks it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_a, cls.class_b = cls.env["customer.class"].create(
            [
                {"code": code, "name": code, "company_id": cls.company.id}
                for code in "XY"
            ]
        )
        cls.theirs = cls.make_customer("Theirs", cls.manager_b)
        cls.nobodys = cls.make_customer("Nobody's")
        cls.own_row, cls.foreign_row, cls.free_row = (
            cls.put(customer) for customer in (cls.customer, cls.theirs, cls.nobodys)
        )
        cls.rows = cls.own_row | cls.foreign_row | cls.free_row

    @classmethod
    def put(cls, customer, **values):
        return cls.env[MODEL].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "class_id": cls.class_a.id,
                "date_from": "2020-01-01",
                **values,
            }
        )

    def rpc(self, user, method, *args):
        """Call as the web client does; what it did is undone."""
        self.env.flush_all()
        env = self.env(
            user=user.id, context={"allowed_company_ids": user.company_ids.ids}
        )
        with self.env.cr.savepoint() as savepoint:
            try:
                return call_kw(env[MODEL], method, args, {})
            finally:
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all()

    def may(self, user, method, *args):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            try:
                self.rpc(user, method, *args)
            except AccessError:
                return False
        return True

    def may_write(self, user, row, **values):
        return self.may(user, "write", row.ids, values or {"class_id": self.class_b.id})

    def may_create(self, user, customer):
        values = {
            "partner_id": customer.id,
            "company_id": self.company.id,
            "class_id": self.class_b.id,
            "date_from": "2030-01-01",
        }
        return self.may(user, "create", [values])

    def test_who_reads(self):
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            found = self.rpc(user, "search", [("id", "in", self.rows.ids)])
            self.assertEqual(set(found), set(self.rows.ids), user.login)
        self.assertFalse(self.may(self.plain, "search", []))

    def test_who_writes(self):
        customers = self.customer, self.theirs, self.nobodys
        for user, allowed in (
            (self.manager_a, (False, False, False)),
            (self.supervisor, (False, False, False)),
            (self.plain, (False, False, False)),
            (self.director, (True, False, False)),
            (self.other_director, (False, True, False)),
            (self.commercial, (True, True, True)),
            (self.admin, (True, True, True)),
        ):
            with self.subTest(user=user.login):
                written = tuple(self.may_write(user, row) for row in self.rows)
                self.assertEqual(written, allowed)
                created = tuple(self.may_create(user, one) for one in customers)
                self.assertEqual(created, allowed)

    def test_who_deletes(self):
        for user in (self.manager_a, self.director, self.commercial):
            self.assertFalse(self.may(user, "unlink", self.own_row.ids), user.login)
        self.assertTrue(self.may(self.admin, "unlink", self.foreign_row.ids))

    def test_row_is_not_moved_to_another_customer(self):
        move = {"partner_id": self.theirs.id, "date_from": "2030-01-01"}
        self.assertFalse(self.may_write(self.director, self.own_row, **move))
        self.assertTrue(self.may_write(self.commercial, self.own_row, **move))

    def test_nobody_signs_for_another(self):
        row = self.own_row.with_user(self.director)
        row.write({"class_id": self.class_b.id, "decided_by_id": self.admin.id})
        self.assertEqual(row.decided_by_id, self.director)
        made = row.create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "date_from": "2030-01-01",
                "decided_by_id": self.admin.id,
            }
        )
        self.assertEqual(made.decided_by_id, self.director)

    def test_last_day_follows(self):
        row = self.own_row.with_user(self.director)
        row.write({"date_to": "2020-02-01"})
        self.assertFalse(row.date_to)

    def test_whose_it_is_today(self):
        """The director of today decides, not of yesterday nor of tomorrow."""
        tomorrow = fields.Date.today() + timedelta(days=2)
        Assignment = self.env["customer.assignment"]
        Assignment._assign(
            {self.customer.id: self.manager_b.id}, self.company, tomorrow, "manual"
        )
        self.assertTrue(self.may_write(self.director, self.own_row))
        self.assertFalse(self.may_write(self.other_director, self.own_row))
        self.customer.customer_assignment_ids.filtered(
            lambda row: row.date_from == tomorrow
        ).unlink()
        self.customer.user_id = self.manager_b
        self.assertFalse(self.may_write(self.director, self.own_row))
        self.assertTrue(self.may_write(self.other_director, self.own_row))

    def test_deputy_of_the_director(self):
        deputy = self.make_user("deputy", DIRECTOR)
        self.assertFalse(self.may_write(deputy, self.own_row))
        today = fields.Date.today()
        rows = self.env["sales.substitution"].with_user(self.commercial)
        rows.with_company(self.company).create(
            {
                "principal_id": self.director.id,
                "deputy_id": deputy.id,
                "date_from": today,
                "date_to": today + timedelta(days=3),
                "scope_direction": True,
            }
        ).action_appoint()
        self.assertTrue(self.may_write(deputy, self.own_row))
        self.assertFalse(self.may_write(deputy, self.foreign_row))

    def test_own_branch_in_another_company(self):
        """Directing the customer's branch here says nothing about its class there."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.director.company_ids += company
        self.admin.company_ids += company
        there = self.env["customer.class"].create(
            {"code": "X", "name": "X", "company_id": company.id}
        )
        row = self.put(self.customer, company_id=company.id, class_id=there.id)
        values = {"reason": "Asked for"}
        self.assertFalse(self.may_write(self.director, row, **values))
        self.assertTrue(self.may_write(self.admin, row, **values))
        stranger = self.make_user("stranger", COMMERCIAL, companies=company)
        self.assertFalse(self.may_write(stranger, self.own_row, **values))
        self.assertTrue(self.may_write(stranger, row, **values))

    def test_branch_is_searched(self):
        rows = self.env[MODEL].with_user(self.commercial)
        among = [("id", "in", self.rows.ids)]
        for domain, expected in (
            ([("branch_id", "=", self.branch.id)], self.own_row),
            ([("branch_id", "!=", self.branch.id)], self.foreign_row | self.free_row),
            ([("branch_id", "=", False)], self.free_row),
            ([("branch_id.code", "=", "HAM")], self.foreign_row),
        ):
            self.assertEqual(rows.search(among + domain), expected, domain)
            found = self.rows.filtered_domain(domain)
            self.assertEqual(found, expected, domain)
        self.assertEqual(self.own_row.branch_id, self.branch)
        self.assertFalse(self.free_row.branch_id)

    def test_queries_do_not_grow(self):
        customers = [self.make_customer(f"C{n}", self.manager_a) for n in range(20)]
        rows = self.env[MODEL].union(*(self.put(one) for one in customers))

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.director).write({"reason": "All"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(rows)
        self.assertEqual(queries(rows[:5]), queries(rows))

    def test_branches_come_and_go(self):
        """A customer of a branch that somebody else directs from now on."""
        self.branch.director_id = self.other_director
        self.assertFalse(self.may_write(self.director, self.own_row))
        self.assertTrue(self.may_write(self.other_director, self.own_row))
        self.branch.member_ids = [Command.clear()]
        self.assertTrue(self.may_write(self.other_director, self.own_row))
