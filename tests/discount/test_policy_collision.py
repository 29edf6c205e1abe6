from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from ..common import COMMERCIAL


@tagged("standard", "post_install", "-at_install")
class TestPolicyCollision(BaseCase):
    """Two people activate at once, each in a transaction of their own."""

    def setUp(self):
        super().setUp()
        from odoo.modules.registry import Registry
        from odoo.tests.common import get_db_name

        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            users = [
                new_test_user(env, login=login, groups=COMMERCIAL)
                for login in ("activate_first", "activate_second")
            ]
            self.user_ids = [user.id for user in users]
            company = env.ref("base.main_company")
            self.company_id = company.id
            policies = env["discount.policy"].create(
                [
                    {
                        "name": name,
                        "company_id": company.id,
                        "line_ids": [Command.create({"role": "manager"})],
                    }
                    for name in ("One", "Other")
                ]
            )
            policies.action_submit()
            self.policy_ids = policies.ids
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            policies = env["discount.policy"].browse(self.policy_ids)
            policies.write({"state": "draft"})
            policies.unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def policy(self, cr, number):
        env = api.Environment(
            cr, self.user_ids[number], {"allowed_company_ids": [self.company_id]}
        )
        return env["discount.policy"].browse(self.policy_ids[number])

    def test_two_activate_at_once(self):
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            self.policy(cr_1, 0).action_activate()
            cr_1.commit()
            # Odoo tries the second request again after this error, on fresh data.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self.policy(cr_2, 1).action_activate()
            cr_2.rollback()
            with self.assertRaises(ValidationError):
                self.policy(cr_2, 1).action_activate()
            cr_2.rollback()
        with self.registry.cursor() as cr:
            states = [self.policy(cr, number).state for number in (0, 1)]
            self.assertEqual(states, ["active", "to_approve"])
