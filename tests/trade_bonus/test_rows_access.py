from odoo.exceptions import AccessError

from ..common import OrganisationCommon
from .common import TradeBonusWorld

KEPT = (
    "trade.bonus.decision",
    "trade.bonus.base.line",
    "trade.bonus.settlement.line",
)


class TestRowsAccess(TradeBonusWorld, OrganisationCommon):
    """Rows of an agreement are for whoever has the agreement."""

    def test_terms_and_tiers_and_decisions(self):
        agreement = self.make_active()
        rows = {
            "trade.bonus.term": agreement.term_ids,
            "trade.bonus.tier": agreement.term_ids.tier_ids,
            "trade.bonus.decision": agreement.decision_ids,
        }
        for name, records in rows.items():
            self.assertTrue(records, name)
            for user in (self.manager_a, self.director, self.commercial):
                with self.subTest(model=name, user=user.login):
                    self.env.invalidate_all()
                    self.assertTrue(records.with_user(user).read(["display_name"]))
            for user in (self.manager_b, self.other_director, self.plain):
                with self.subTest(model=name, user=user.login):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        records.with_user(user).read(["display_name"])

    def test_what_is_kept_is_written_by_nobody(self):
        for name in KEPT:
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                model = self.env[name].with_user(user)
                with self.subTest(model=name, user=user.login):
                    self.assertTrue(model.has_access("read"))
                    for operation in ("write", "create", "unlink"):
                        self.assertFalse(model.has_access(operation), operation)
            self.assertFalse(self.env[name].with_user(self.plain).has_access("read"))

    def test_a_reason_is_read_by_who_gives_it(self):
        reason = self.env["trade.bonus.reason"].with_user(self.director)
        for operation in ("read", "create"):
            self.assertTrue(reason.has_access(operation))
        self.assertFalse(reason.with_user(self.plain).has_access("read"))
