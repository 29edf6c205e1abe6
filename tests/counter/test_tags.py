from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from ..common import OrganisationCommon


class TestTags(OrganisationCommon):
    """Words of the market: whoever sells adds them, the commercial director tidies."""

    def test_rights(self):
        Tag = self.env["market.tag"]
        tag = Tag.create({"name": "Fair"})
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            with self.subTest(user=user.login):
                mine = Tag.with_user(user)
                self.assertIn(tag, mine.search([]))
                added = mine.create({"name": f"Of {user.login}"})
                seen = tag.with_user(user)
                tidies = user in (self.commercial, self.admin)
                for step in (
                    lambda seen=seen: seen.write({"name": "Trade fair"}),
                    lambda added=added: added.unlink(),
                ):
                    if tidies:
                        step()
                    else:
                        with self.assertRaises(AccessError):
                            step()
        self.assertEqual(tag.name, "Trade fair")
        for user in (self.plain, self.supervisor):
            with self.subTest(user=user.login):
                for step in (
                    lambda user=user: Tag.with_user(user).search([]),
                    lambda user=user: tag.with_user(user).read(["name"]),
                    lambda user=user: Tag.with_user(user).create({"name": "x"}),
                    lambda user=user: tag.with_user(user).write({"name": "x"}),
                    lambda user=user: tag.with_user(user).unlink(),
                ):
                    with self.assertRaises(AccessError):
                        step()

    def test_once(self):
        Tag = self.env["market.tag"].with_user(self.manager_a)
        Tag.create({"name": "Prices"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            Tag.create({"name": "Prices"})
