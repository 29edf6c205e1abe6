from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from ..common import MANAGER


@tagged("standard", "post_install", "-at_install")
class TestCheckCollision(BaseCase):
    """Two people in one showroom, each in a transaction of their own."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env.ref("base.main_company")
            self.company_id = company.id
            env = env(context={"allowed_company_ids": company.ids})
            users = [
                new_test_user(env, login=login, groups=MANAGER)
                for login in ("check_first", "check_second")
            ]
            branch = env["sales.branch"].create(
                {
                    "name": "Two in It",
                    "code": "TWOIN",
                    "tz": "UTC",
                    "has_showroom": True,
                    "member_ids": [
                        Command.create({"user_id": user.id, "date_from": "2020-01-01"})
                        for user in users
                    ],
                }
            )
            product = env["product.product"].create({"name": "Two", "type": "consu"})
            kind = env["showroom.sample.type"].create({"name": "Two", "kind": "card"})
            sample = env["showroom.sample"].create(
                {
                    "branch_id": branch.id,
                    "product_id": product.id,
                    "sample_type_id": kind.id,
                }
            )
            sample._put_on_display()
            checks = env["showroom.check"].create([{"branch_id": branch.id}] * 2)
            self.ids = {
                record._name: record.ids
                for record in (checks, sample, kind, product, branch)
            }
            self.user_ids = [user.id for user in users]
        self.addCleanup(self.clean)

    def clean(self):
        """What was committed goes again."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            users = env["res.users"].browse(self.user_ids)
            env["showroom.check"].browse(self.ids["showroom.check"]).write(
                {"state": "cancelled"}
            )
            sample = env["showroom.sample"].browse(self.ids["showroom.sample"])
            for model in ("showroom.check", "showroom.sample"):
                if model == "showroom.sample":
                    sample.state = "draft"
                env[model].browse(self.ids[model]).unlink()
            env["resource.resource"].search([("user_id", "in", users.ids)]).unlink()
            for model in ("sales.branch", "showroom.sample.type", "product.product"):
                env[model].browse(self.ids[model]).unlink()
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def check(self, cr, number, user=None):
        env = api.Environment(
            cr,
            self.user_ids[number if user is None else user],
            {"allowed_company_ids": [self.company_id]},
        )
        return env["showroom.check"].browse(self.ids["showroom.check"][number])

    @staticmethod
    def start(check):
        check.action_start()
        check.env.flush_all()

    def test_started_twice_at_once(self):
        """The second waits for the first, and is told; on fresh data in words."""
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            self.start(self.check(cr_1, 0))
            cr_2.execute("SAVEPOINT waiting")
            cr_2.execute("SET LOCAL lock_timeout = '100ms'")
            with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                self.start(self.check(cr_2, 1))
            cr_2.execute("ROLLBACK TO SAVEPOINT waiting")
            self.check(cr_2, 1).env.transaction.clear()
            cr_1.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
                self.start(self.check(cr_2, 1))
            cr_2.rollback()
            with self.assertRaisesRegex(UserError, "is checking the showroom"):
                self.start(self.check(cr_2, 1))
            cr_2.rollback()
            self.assertEqual(self.check(cr_2, 1).state, "planned")

    def test_answered_while_finished(self):
        """An answer given meanwhile is not lost: who finishes has to look again."""
        with self.registry.cursor() as cr:
            self.start(self.check(cr, 0))
            cr.commit()
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            line = self.check(cr_1, 0).line_ids
            line.answer({"condition": "d"})
            cr_1.commit()
            late = self.check(cr_2, 0, user=1)
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                late.finish(rest_missing=True)
                late.env.flush_all()
            cr_2.rollback()
            late.env.transaction.clear()
            late.finish(rest_missing=True)
            cr_2.commit()
            self.assertEqual((late.missing_count, late.worn_count), (0, 1))
            cr_1.rollback()
            line.env.transaction.clear()
            with self.assertRaisesRegex(UserError, "finished"):
                line.answer({"result": "missing"})
