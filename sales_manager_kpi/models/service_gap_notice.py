from markupsafe import Markup

from odoo import api, fields, models

from .service_gap import ABSENCE_ACTIVITY
from .service_gap_sweep import QUIET

BATCH = 200
SHOWN = 20  # gaps named in one notice


class ServiceGapSweep(models.Model):
    """Who is told: the director of an uncovered absence at once, people once a day."""

    _inherit = "service.gap.sweep"

    def _after_opened(self, gaps):
        """One activity for whoever directs the branch of an uncovered absence."""
        super()._after_opened(gaps)
        absences = gaps.filtered(lambda g: g.kind == "absence" and g.state == "open")
        kind = self.env.ref(ABSENCE_ACTIVITY)
        vals_list = []
        for branch, some in absences.grouped("branch_id").items():
            director = branch._director_now()
            today = branch._local_today()
            vals_list += [
                self._prepare_absence_activity(gap, kind, director, today)
                for gap in some
                if director and director != gap.user_id
            ]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            vals_list
        )

    def _prepare_absence_activity(self, gap, kind, director, day):
        words = self.with_context(lang=director.lang).env._(
            "Nobody stands in for %(user)s: %(count)s customers are left alone. "
            "Appoint a deputy.",
            user=gap.user_id.name,
            count=gap.partner_count,
        )
        return {
            "activity_type_id": kind.id,
            "summary": kind.with_context(lang=director.lang).summary,
            "note": words,
            "user_id": director.id,
            "res_model_id": self.env["ir.model"]._get_id(gap._name),
            "res_id": gap.id,
            "automated": True,
            "date_deadline": day,
        }

    def _after_closed(self, gaps):
        super()._after_closed(gaps)
        absences = gaps.filtered(lambda g: g.kind == "absence")
        if absences:
            absences._forget_activities()

    # ------------------------------------------------------------------
    # Once a day
    # ------------------------------------------------------------------

    @api.model
    def _cron_notify(self):
        """Tell everybody of the gaps that are new since yesterday, in one notice."""
        Gap = self.env["service.gap"]
        new = Gap.search([("notified_at", "=", False), ("state", "=", "open")])
        by_user = new.grouped("user_id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(by_user))
        for user, gaps in by_user.items():
            self._notify(user, gaps)
            if not Cron._commit_progress(1):
                break

    def _notify(self, user, gaps):
        """Inbox or e-mail, as the person prefers; the gaps are marked as told."""
        gaps.with_context(**QUIET).notified_at = fields.Datetime.now()
        if not user.active:
            return
        gaps = gaps.with_context(lang=user.lang)
        _ = gaps.env._
        items = Markup().join(
            Markup("<li>{} {}</li>").format(gap._get_html_link(), gap.note or "")
            for gap in gaps[:SHOWN]
        )
        gaps[0].message_notify(
            partner_ids=user.partner_id.ids,
            subject=_("%s new service gaps", len(gaps)),
            body=Markup("<p>{}</p><ul>{}</ul>").format(
                _("These customers wait longer than they should:"), items
            ),
        )
