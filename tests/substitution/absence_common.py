from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.service.model import call_kw

from ..common import MANAGER, OrganisationCommon

NOON = "2026-08-03 10:00:00"  # UTC, noon in Utrecht
DIRECTION = {
    "scope_orders": False,
    "scope_invoices": False,
    "scope_leads": False,
    "scope_direction": True,
}


class AbsenceWorld:
    """A second manager in Utrecht, and short ways to enter and to appoint."""

    @classmethod
    def make_absences(cls):
        cls.manager_c = cls.make_user("manager_c", MANAGER)
        cls.branch.member_ids = [
            (0, 0, {"user_id": cls.manager_c.id, "date_from": "2020-01-01"})
        ]
        cls.Absence = cls.env["sales.absence"]

    @classmethod
    def away(cls, user, first, last, by=None, **values):
        """An absence of ``user``, entered by the director."""
        return (
            cls.Absence.with_user(by or cls.director)
            .create(
                {
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "date_from": first,
                    "date_to": last,
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    @classmethod
    def appoint(cls, principal, deputy, first, last, by=None, **values):
        row = (
            cls.env["sales.substitution"]
            .with_user(by or cls.director)
            .create(
                {
                    "company_id": cls.company.id,
                    "principal_id": principal.id,
                    "deputy_id": deputy.id,
                    "date_from": first,
                    "date_to": last,
                    **values,
                }
            )
        )
        row.action_appoint()
        return row.with_user(cls.env.user)

    def rpc(self, user, records, method, *args, **kwargs):
        """Call as the web client does; arguments after the ids."""
        env = Environment(
            self.env.cr,
            user.id,
            {"allowed_company_ids": user.company_ids.ids, "lang": "en_US"},
        )
        model = env[records._name]
        ids = [records.ids] if records.ids else []
        result = call_kw(model, method, [*ids, *args], kwargs)
        env.flush_all()
        self.env.invalidate_all()
        return result

    def refused(self, words, error=UserError):
        return self.assertRaisesRegex(error, words)

    def activities(self, absence):
        kind = self.env.ref("sales_manager_kpi.mail_activity_type_absence_cover")
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", kind.id), ("res_id", "in", absence.ids)]
        )


class AbsenceCommon(AbsenceWorld, OrganisationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Amsterdam"
        cls.make_absences()
