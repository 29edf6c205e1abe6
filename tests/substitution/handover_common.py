from datetime import timedelta

from odoo import fields

from ..common import MANAGER


class SubstitutionWorld:
    """A deputy, a colleague who is neither, and how to appoint."""

    @classmethod
    def _make_deputies(cls):
        cls.deputy = cls.make_user("deputy", MANAGER)
        cls.third = cls.make_user("third", MANAGER)

    @classmethod
    def appoint(cls, director=None, appoint=True, **values):
        """``deputy`` for ``manager_a``, from now on unless said otherwise."""
        today = cls.branch._local_today()
        row = (
            cls.env["sales.substitution"]
            .with_user(director or cls.director)
            .create(
                {
                    "principal_id": cls.manager_a.id,
                    "deputy_id": cls.deputy.id,
                    "company_id": cls.company.id,
                    "date_from": today,
                    "date_to": today + timedelta(days=5),
                    **values,
                }
            )
        )
        if appoint:
            row.action_appoint()
        return row.sudo()

    @classmethod
    def let_it_end(cls, row, minutes=1):
        """Move the end of ``row`` into the past, as the clock would."""
        now = fields.Datetime.now()
        row.sudo().write(
            {
                "start_at": min(row.start_at, now - timedelta(days=1)),
                "stop_at": now - timedelta(minutes=minutes),
            }
        )
        row.env["sales.substitution"]._forget_running()

    def run_cron(self):
        """The paperwork, without the commits of a job."""
        self.patch(
            self.env.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1000
        )
        self.env["sales.substitution"]._cron_handover()
        self.env.invalidate_all()

    def activities(self, row, name):
        kind = self.env.ref(f"sales_manager_kpi.mail_activity_type_{name}")
        return row.sudo().activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def kinds(self, row):
        return sorted(row.item_ids.mapped("kind"))
