from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date, is_html_empty

# What the system remembers having set → the field of the user it set.
AWAY_FIELDS = {
    "away_from": "out_of_office_from",
    "away_to": "out_of_office_to",
    "away_message": "out_of_office_message",
}


class SalesSubstitutionAwayMixin(models.AbstractModel):
    """The part of ``sales.substitution`` that answers customers meanwhile.

    Odoo's own out-of-office answer of the principal is filled where they left it
    empty, and taken back where it is still what was filled in.
    """

    _name = "sales.substitution.away.mixin"
    _description = "Out of Office"

    away_from = fields.Datetime(readonly=True, copy=False, groups="base.group_system")
    away_to = fields.Datetime(readonly=True, copy=False, groups="base.group_system")
    away_message = fields.Text(readonly=True, copy=False, groups="base.group_system")

    def _after_appointed(self):
        self.filtered("start_at")._announce_away()
        return super()._after_appointed()

    def _after_adopted(self):
        self._announce_away()
        return super()._after_adopted()

    def _after_moved(self):
        self._take_back_away()
        self.filtered("start_at")._announce_away()
        return super()._after_moved()

    def _after_revoked(self, running):
        self._take_back_away()
        self._still_away()._announce_away()
        return super()._after_revoked(running)

    def _still_away(self):
        """Other substitutions of the same principals that have not ended."""
        # sudo: whoever revokes one may not see the other
        rows = self.sudo()
        domain = self._to_come() & fields.Domain(
            "principal_id", "in", self.principal_id.ids
        )
        return rows.search(domain, order="start_at") - rows

    def _announce_away(self):
        # sudo: the principal's own settings, which the director does not write
        for substitution in self.sudo():
            principal = substitution.principal_id
            substitution._older_ones()._take_back_away()
            if substitution._says_something(principal):
                continue
            principal.write(substitution._prepare_away(principal))
            for kept, name in AWAY_FIELDS.items():
                substitution[kept] = principal[name]

    def _says_something(self, principal):
        return bool(
            principal.out_of_office_from
            or principal.out_of_office_to
            or not is_html_empty(principal.out_of_office_message)
        )

    def _older_ones(self):
        """Those that filled the answer in and have ended since."""
        return self.search(
            [
                ("principal_id", "in", self.principal_id.ids),
                ("away_from", "!=", False),
                ("stop_at", "<=", fields.Datetime.now()),
            ]
        )

    def _prepare_away(self, principal):
        own = self.with_context(lang=principal.lang or self.env.lang)
        deputy = self.deputy_id
        text = own.env._(
            "I am away until %(day)s. %(deputy)s stands in for me and has everything "
            "at hand: %(address)s",
            day=format_date(own.env, self.date_to),
            deputy=deputy.name,
            address=deputy.email or deputy.login,
        )
        return {
            "out_of_office_from": self.start_at,
            "out_of_office_to": self.stop_at,
            "out_of_office_message": Markup("<p>%s</p>") % text,
        }

    def _take_back_away(self):
        """Empty what is still as it was filled in; what somebody typed stays."""
        # sudo: see _announce_away
        for substitution in self.sudo().filtered("away_from"):
            principal = substitution.principal_id
            ours = {
                name: False
                for kept, name in AWAY_FIELDS.items()
                if principal[name] == substitution[kept]
            }
            principal.write(ours)
            substitution.write(dict.fromkeys(AWAY_FIELDS, False))
