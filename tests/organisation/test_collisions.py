from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.tests import tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger


@tagged("standard", "post_install", "-at_install")
class TestCollisions(BaseCase):
    """Two people at once, each in a transaction of their own."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self.users = env.ref("base.user_admin") | env.ref("base.user_root")
            self.user_ids = self.users.ids
            self.partner_id = (
                env["res.partner"].create({"name": "Wanted", "is_company": True}).id
            )
            self.branch_ids = (
                env["sales.branch"]
                .create([{"name": n, "code": f"T-{n}", "tz": "UTC"} for n in "AB"])
                .ids
            )
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["customer.assignment"].search(
                [("partner_id", "=", self.partner_id)]
            ).unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            branches = env["sales.branch"].browse(self.branch_ids)
            env["resource.resource"].search(
                [("user_id", "in", branches.member_ids.user_id.ids)]
            ).unlink()
            branches.unlink()

    def collide(self, first, second):
        """Run ``second`` in a transaction that began before ``first`` committed."""
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            env_1 = api.Environment(cr_1, api.SUPERUSER_ID, {})
            env_2 = api.Environment(cr_2, api.SUPERUSER_ID, {})
            cr_2.execute("SELECT 1 FROM res_partner LIMIT 1")
            first(env_1)
            cr_1.commit()
            # Odoo tries the second request again after this error, on fresh data.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second(env_2)
                env_2.flush_all()
            cr_2.rollback()

    def test_two_owners_at_once(self):
        def give(user_id):
            def write(env):
                env["res.partner"].browse(self.partner_id).user_id = user_id
                env.flush_all()

            return write

        self.collide(*map(give, self.user_ids))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            rows = env["res.partner"].browse(self.partner_id).customer_assignment_ids
            self.assertEqual(rows.user_id.ids, self.user_ids[:1])

    def test_one_member_joins_two_branches_at_once(self):
        def join(branch_id):
            def write(env):
                env["sales.branch.member"].create(
                    {"branch_id": branch_id, "user_id": self.user_ids[0]}
                )

            return write

        self.collide(*map(join, self.branch_ids))
