from collections import defaultdict

from odoo import api, fields, models, tools

from ..engine.instants import instant
from .sales_credit import WHOLE

NOON = 12.0


class SalesSubstitutionPolicy(models.AbstractModel):
    """The part of ``sales.substitution`` that divides the credit of a document.

    Asked once, where the credit of a document is resolved. Of the acts that may decide
    (making the quotation, confirming), a principal's own is not the deputy's work: what
    they did personally stays theirs.
    """

    _name = "sales.substitution.policy"
    _description = "Credit by Substitution"

    @api.model_create_multi
    def create(self, vals_list):
        substitutions = super().create(vals_list)
        if any(substitution.decision != "draft" for substitution in substitutions):
            # brought in as decided already, past the buttons
            self._forget_running()
        return substitutions

    @api.model
    @tools.ormcache("company.id")
    def _any_decided(self, company):
        """Whether the company ever had a substitution; cached, for the inert case."""
        # sudo: only the fact that there is one
        return bool(
            self.sudo().search_count(
                [("company_id", "=", company.id), ("decision", "!=", "draft")], limit=1
            )
        )

    @api.model
    def _divide_credit(self, company, scope, events):
        """Who gets the credit of ``events`` whose owner had a deputy.

        One query for the substitutions, one for the deputies' branches.

        :param scope: area of substitution the documents belong to
        :param events: ``{key: Event}`` of documents of one company
        :return: ``{key: (substitution, [(user id, branch id, basis points)])}`` of
            those that a substitution decides about, the shares 10,000 together
        """
        rows = self._deciding_rows(company, scope, events.values())
        found = {}
        for key, event in events.items():
            row = self._deciding_row(rows.get(event.user_id, ()), event)
            if row:
                found[key] = row
        gaining = {
            row.deputy_id.id
            for row in found.values()
            if row.credit_policy in ("deputy", "split")
        }
        branches = self.env["customer.assignment"]._memberships(company, gaining)
        return {
            key: (row, row._shares_of(events[key], company, branches))
            for key, row in found.items()
        }

    def _deciding_rows(self, company, scope, events):
        """``{principal id: substitutions}`` that may decide, the quotation's first.

        Whoever named the quotation as the moment has decided before the confirmation.
        """
        moments = [moment for event in events for moment in event.span()]
        if not moments:
            return {}
        # sudo: who is responsible, whoever asks
        rows = self.sudo().search(
            [
                ("principal_id", "in", [event.user_id for event in events]),
                ("company_id", "=", company.id),
                ("decision", "in", ("appointed", "revoked")),
                ("start_at", "<=", max(moments)),
                ("stop_at", ">", min(moments)),
                (f"scope_{scope}", "=", True),
            ],
            order="start_at desc, id desc",
        )
        by_principal = defaultdict(list)
        for row in rows.sorted(lambda row: row.credit_moment != "quotation"):
            by_principal[row.principal_id.id].append(row)
        return by_principal

    @api.model
    def _deciding_row(self, rows, event):
        for row in rows:
            at = row._moment(event.at)
            by = event.by
            if row.credit_moment == "quotation":
                at, by = min(at, event.made_at), event.made_by
            if row.start_at <= at < row.stop_at:
                return None if by == row.principal_id.id else row
        return None

    def _moment(self, at):
        """The instant of ``at``; of a date that is not today, its noon."""
        if hasattr(at, "hour"):
            return at
        now, tz = fields.Datetime.now(), self._tz()
        if instant(at, 0.0, tz) <= now < instant(at, 24.0, tz, late=True):
            return now
        return instant(at, NOON, tz)

    def _shares_of(self, event, company, branches):
        """``[(user id, branch id, basis points)]``, the principal first."""
        own = (event.user_id, event.branch_id)
        if self.credit_policy not in ("deputy", "split"):
            return [(*own, WHOLE)]
        day = event.at
        if hasattr(day, "hour"):
            day = self.env["sales.branch"]._company_local_date(company, day)
        branch_of = branches.get(self.deputy_id.id)
        # a deputy of no branch works for the one they stand in at
        branch_id = (branch_of and branch_of(day)) or event.branch_id
        deputy = (self.deputy_id.id, branch_id)
        if self.credit_policy == "deputy":
            return [(*deputy, WHOLE)]
        share = self.deputy_share_bp
        return [(*own, WHOLE - share), (*deputy, share)]

    def _credit_reason(self):
        return self.env._(
            "%(deputy)s stood in for %(principal)s, %(days)s.",
            deputy=self.deputy_id.name,
            principal=self.principal_id.name,
            days=self._days(),
        )
