from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger

from ..common import COMMERCIAL, MANAGER


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
            people = {
                "collide_absent": MANAGER,
                "collide_first": MANAGER,
                "collide_second": MANAGER,
                "collide_chief": COMMERCIAL,
                "collide_boss": COMMERCIAL,
            }
            users = [
                new_test_user(env, login=login, groups=group, tz="UTC")
                for login, group in people.items()
            ]
            self.user_ids = [user.id for user in users]
            self.absent, self.first, self.second, self.chief, self.boss = self.user_ids
            lead = env["crm.lead"].create({"name": "Lead", "user_id": self.absent})
            self.lead_id = lead.id
            today = fields.Date.today()
            self.row_ids = (
                env["sales.substitution"]
                .create(
                    [
                        {
                            "principal_id": self.absent,
                            "deputy_id": deputy,
                            "date_from": today,
                            "date_to": today + timedelta(days=2),
                        }
                        for deputy in (self.first, self.second)
                    ]
                )
                .ids
            )
        self.addCleanup(self.clean)

    def clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            rows = env["sales.substitution"].browse(self.row_ids).exists()
            rows._take_back_away()
            rows.write({"decision": "draft"})
            rows.unlink()
            env["sales.substitution"]._forget_running()
            env["crm.lead"].browse(self.lead_id).exists().unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def environment(self, cr, user_id):
        return api.Environment(cr, user_id, {})

    def test_two_directors_appoint_two_deputies_at_once(self):
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            cr_2.execute("SELECT 1 FROM res_users LIMIT 1")
            first = self.environment(cr_1, self.chief)["sales.substitution"]
            first.browse(self.row_ids[0]).action_appoint()
            cr_1.commit()
            second = self.environment(cr_2, self.boss)["sales.substitution"]
            # Odoo tries the second request again after this error, on fresh data.
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second.browse(self.row_ids[1]).action_appoint()
            cr_2.rollback()
        with self.registry.cursor() as cr:
            rows = self.environment(cr, api.SUPERUSER_ID)["sales.substitution"]
            states = rows.browse(self.row_ids).mapped("state")
            self.assertEqual(states, ["active", "draft"])

    def test_revoking_while_the_deputy_writes(self):
        with self.registry.cursor() as cr:
            rows = self.environment(cr, self.chief)["sales.substitution"]
            rows.browse(self.row_ids[0]).action_appoint()
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            # begun while in force: is finished, as what it saw was true then
            lead = self.environment(cr_2, self.first)["crm.lead"].browse(self.lead_id)
            lead.write({"description": "Begun before"})
            rows = self.environment(cr_1, self.chief)["sales.substitution"]
            rows.browse(self.row_ids[0]).action_revoke()
            cr_1.commit()
            cr_2.commit()
            # the next request, in the same worker
            with self.assertRaisesRegex(AccessError, "Your substitution for"):
                lead.write({"description": "Begun after"})
            cr_2.rollback()
        with self.registry.cursor() as cr:
            lead = self.environment(cr, api.SUPERUSER_ID)["crm.lead"]
            self.assertIn("Begun before", lead.browse(self.lead_id).description)
