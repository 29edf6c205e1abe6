from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

COMMERCIAL = "sales_manager_kpi.group_commercial_director"
DIRECTOR = "sales_manager_kpi.group_branch_director"
FAR = timedelta(days=60)  # how far ahead working hours are looked for, at least
HOURS = 8.0  # of a working day where the calendar does not say


class SalesVoiceMixin(models.AbstractModel):
    """What managers and their heads tell each other: by steps, one at a time."""

    _name = "sales.voice.mixin"
    _description = "Between Managers and Heads"
    _inherit = [
        "steps.only.mixin",
        "sales.own.matter.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _mail_post_access = "read"
    # The field of ``sales.voice.answer`` that holds the document.
    _answer_field = None

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Author",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        copy=False,
        index=True,
        ondelete="restrict",
    )

    # ------------------------------------------------------------------
    # Who directs
    # ------------------------------------------------------------------

    @api.model
    def _is_commercial_of(self, user, company):
        # sudo: which groups and companies a colleague has
        person = user.sudo()
        return person.has_group(COMMERCIAL) and company in person.company_ids

    def _directs(self, user):
        """Whether ``user`` directs the branch of this document, or the company."""
        self.ensure_one()
        row = self.sudo()  # sudo: who directs a branch is no secret
        return self._is_commercial_of(user, row.company_id) or bool(
            row.branch_id and row.branch_id._is_directed_by(user)
        )

    @api.model
    def _home_of(self, user, company):
        """The branch in which ``user`` works today, else one that they direct."""
        Branch = self.env["sales.branch"]
        today = Branch._company_local_date(company)
        home = Branch._branch_by_user(user, company, today).get(user.id)
        # sudo: who directs a branch is no secret
        return home or Branch.sudo().search(
            [("director_id", "=", user.id), ("company_id", "=", company.id)], limit=1
        ).sudo(False)

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _set(self, values):
        # sudo: the steps are the system's to write
        self.sudo().write(values)

    @api.model
    def _said(self, words):
        """
        :raise UserError: without words
        """
        words = (words or "").strip()
        if not words:
            raise UserError(self.env._("Say it in a few words."))
        return words

    def _ask_answer(self, step):
        """Open the question for the words of a step."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_voice_answer_action"
        )
        action["context"] = {
            f"default_{self._answer_field}": self.id,
            "default_step": step,
        }
        return action

    def _keep_step(self, model, step, note=False, acting_for=None):
        """One row of ``model`` each: who did what when, for whom, and why."""
        # sudo: steps are written by the system alone
        self.env[model].sudo().create(
            [
                {
                    "document_id": row.id,
                    "step": step,
                    "user_id": self.env.uid,
                    "acting_for_id": acting_for.id if acting_for else False,
                    "note": note,
                }
                for row in self
            ]
        )

    # ------------------------------------------------------------------
    # By when, and who hears
    # ------------------------------------------------------------------

    @api.model
    def _day_after(self, company, branch, moment, days):
        """``(moment, day)`` when ``days`` working days of the branch have passed."""
        clock = self.env["service.gap.time"]._clocks(
            company,
            branch,
            moment,
            moment + FAR + timedelta(days=3 * days),
            whole=True,
        )[branch.id]
        # sudo: hours of the company's calendar
        hours = company.sudo().resource_calendar_id.hours_per_day or HOURS
        due = clock.after(moment, days * hours) or moment + timedelta(days=days)
        return due, clock.local_day(due)

    def _ask_users(self, type_xmlid, wanted, summary=None):
        """An activity each, as many queries for many as for one.

        :param wanted: ``[(document, user, deadline)]``
        """
        activity_type = self.env.ref(type_xmlid)
        model_id = self.env["ir.model"]._get_id(self._name)
        # sudo: asking is in nobody's name; quick: no mail goes out for each
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": summary or activity_type.summary,
                    "res_model_id": model_id,
                    "res_id": row.id,
                    "user_id": user.id,
                    "date_deadline": deadline or fields.Date.context_today(self),
                    "automated": True,
                }
                for row, user, deadline in wanted
            ]
        )
