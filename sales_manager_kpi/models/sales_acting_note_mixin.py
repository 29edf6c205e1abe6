from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

from ..engine.instants import clock


class SalesActingNoteMixin(models.AbstractModel):
    """Forms tell who stands in for the owner of a record, and until when.

    For the models of ``sales.substituted.mixin`` that have forms. No query as long as
    nobody stands in for anybody: what runs is cached.
    """

    _name = "sales.acting.note.mixin"
    _description = "Who Stands in for the Owner"
    _inherit = ["sales.substituted.mixin"]

    acting_note = fields.Char(
        compute="_compute_acting_notes",
        export_string_translation=False,
        help="For the deputy: for whom they act, until when.",
    )
    stand_in_note = fields.Char(
        compute="_compute_acting_notes",
        export_string_translation=False,
        help="For everybody else: who stands in for the owner, until when.",
    )

    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_acting_notes(self):
        self.acting_note = self.stand_in_note = False
        in_force = self._in_force_here()
        if not in_force:
            return
        for record in self:
            rows = record._acting_rows(in_force)
            mine = [row for row in rows if row["deputy_id"] == self.env.uid]
            others = [row for row in rows if row["deputy_id"] != self.env.uid]
            record.acting_note = self._acting_words(mine) or False
            record.stand_in_note = self._stand_in_words(others) or False

    def _in_force_here(self):
        """``{principal id: [substitution now in force in this area]}``."""
        now = fields.Datetime.now()
        scope = self._substitution_scope
        found = defaultdict(list)
        for row in self.env["sales.substitution"]._standing_in():
            start, stop, principal_id, deputy_id, company_id, scopes = row
            if start <= now < stop and scope in scopes:
                found[principal_id].append(
                    {
                        "principal_id": principal_id,
                        "deputy_id": deputy_id,
                        "company_id": company_id,
                        "stop": stop,
                    }
                )
        return found

    def _acting_rows(self, in_force):
        owner = self[self._substitution_owner]
        path = self._substitution_company
        companies = (self[path] if path else ()) or self.env.companies
        return [
            row
            for row in in_force.get(owner.id, ())
            if row["company_id"] in companies.ids
        ]

    def _acting_words(self, rows):
        return " ".join(
            self.env._(
                "You act for %(principal)s until %(moment)s.",
                principal=self._person(row["principal_id"]),
                moment=self._until(row["stop"]),
            )
            for row in rows
        )

    def _stand_in_words(self, rows):
        return " ".join(
            self.env._(
                "%(deputy)s stands in for you until %(moment)s.",
                deputy=self._person(row["deputy_id"]),
                moment=self._until(row["stop"]),
            )
            if row["principal_id"] == self.env.uid
            else self.env._(
                "%(deputy)s stands in for %(principal)s until %(moment)s.",
                deputy=self._person(row["deputy_id"]),
                principal=self._person(row["principal_id"]),
                moment=self._until(row["stop"]),
            )
            for row in rows
        )

    def _person(self, user_id):
        # sudo: the name of a colleague
        return self.env["res.users"].sudo().browse(user_id).name

    @api.model
    def _until(self, moment):
        """Day and hour in the reader's time zone."""
        tz = self.env.context.get("tz") or self.env.user.tz or "UTC"
        day, hour = clock(moment, tz, late=True)
        minutes = round(hour * 60)
        words = format_date(self.env, day, date_format="EEE d MMM")
        return f"{words} {minutes // 60}:{minutes % 60:02}"
