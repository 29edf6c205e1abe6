from markupsafe import Markup

from odoo import api, fields, models

from .service_gap import ABSENCE_ACTIVITY, QUIET

SHOWN = 20  # gaps named in one notice


class ServiceGapNotice(models.AbstractModel):
    """Who is told: the director of an uncovered absence at once, people once a day."""

    _name = "service.gap.notice"
    _description = "Notices of Service Gaps"

    def _after_opened(self, gaps):
        """One activity for whoever directs the branch of an uncovered absence."""
        absences = gaps.filtered(lambda g: g.kind == "absence" and g.state == "open")
        if not absences:
            return
        kind = self.env.ref(ABSENCE_ACTIVITY)
        directors = absences.branch_id._directors_now()
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                self._prepare_absence_activity(gap, kind, director)
                for gap in absences
                if (director := directors[gap.branch_id]) and director != gap.user_id
            ]
        )

    def _prepare_absence_activity(self, gap, kind, director):
        speaker = self.with_context(lang=director.lang)
        return {
            "activity_type_id": kind.id,
            "summary": kind.with_context(lang=director.lang).summary,
            "note": speaker.env._(
                "Nobody stands in for %(user)s: %(count)s customers are left alone. "
                "Appoint a deputy.",
                user=gap.user_id.name,
                count=gap.partner_count,
            ),
            "user_id": director.id,
            "res_model_id": self.env["ir.model"]._get_id(gap._name),
            "res_id": gap.id,
            "automated": True,
            "date_deadline": gap.branch_id._local_today(),
        }

    def _after_closed(self, gaps):
        """Nobody need be appointed any more."""
        absences = gaps.filtered(lambda g: g.kind == "absence")
        if absences:
            absences._forget_activities()

    # ------------------------------------------------------------------
    # Once a day
    # ------------------------------------------------------------------

    @api.model
    def _cron_notify(self):
        """Tell everybody of the gaps that are new since yesterday, in one notice."""
        new = self.env["service.gap"].search(
            [("notified_at", "=", False), ("state", "=", "open")]
        )
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
        speaker = self.with_context(lang=user.lang)
        items = Markup().join(
            Markup("<li>{} {}</li>").format(gap._get_html_link(), gap.note or "")
            for gap in gaps.with_env(speaker.env)[:SHOWN]
        )
        gaps[0].message_notify(
            partner_ids=user.partner_id.ids,
            subject=speaker.env._("%s new service gaps", len(gaps)),
            body=Markup("<p>{}</p><ul>{}</ul>").format(
                speaker.env._("These customers wait longer than they should:"), items
            ),
        )
