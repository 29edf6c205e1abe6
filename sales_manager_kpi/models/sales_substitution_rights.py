from collections import defaultdict

from odoo import api, fields, models, tools


class SalesSubstitutionRights(models.AbstractModel):
    """The part of ``sales.substitution`` that says who acts for whom now.

    Asked at every access, so what has not ended is kept in a cache that every change
    drops, also in other workers; the clock is looked at each time. Rights therefore
    end on their second, without a job that takes them away.

    An area of substitution is a boolean ``scope_<name>`` here. Its models inherit
    ``sales.substituted.mixin`` and get a record rule on ``is_acted_for`` each.
    """

    _name = "sales.substitution.rights"
    _description = "Who Acts for Whom"

    @api.model
    def _scope_fields(self):
        """Names of the fields that are areas of substitution."""
        return [name for name in self._fields if name.startswith("scope_")]

    def _scopes(self):
        """Names of the areas of this substitution."""
        self.ensure_one()
        return {
            name.removeprefix("scope_") for name in self._scope_fields() if self[name]
        }

    @api.model
    @tools.ormcache()
    def _running(self):
        """``{deputy id: ((start, stop, principal id, company id, areas, id), …)}``.

        Of everything in force now or later; the clock is for the caller to look at.
        """
        # sudo: everybody's rights are decided here; only what ``_acting`` finds for
        # the current user leaves this model
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("decision", "=", "appointed"),
                    ("start_at", "!=", False),
                    ("stop_at", ">", fields.Datetime.now()),
                ]
            )
        )
        running = defaultdict(list)
        for row in rows:
            running[row.deputy_id.id].append(
                (
                    row.start_at,
                    row.stop_at,
                    row.principal_id.id,
                    row.company_id.id,
                    frozenset(row._scopes()),
                    row.id,
                )
            )
        return {deputy_id: tuple(some) for deputy_id, some in running.items()}

    @api.model
    def _forget_running(self):
        """Every worker looks again, also at what another reads until we commit."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _acting(self, scope=None, user=None):
        """For whom ``user`` (the current one) acts now.

        :param scope: an area; any when not given
        :return: ``{company id: {principal id: substitution id}}``
        """
        own = self._running().get((user or self.env.user).id)
        if not own:
            return {}
        now = fields.Datetime.now()
        acting = defaultdict(dict)
        for start, stop, principal_id, company_id, scopes, substitution_id in own:
            if start <= now < stop and (scope is None or scope in scopes):
                acting[company_id][principal_id] = substitution_id
        return dict(acting)

    @api.model
    def _in_force(self, principals, company, moment, scope):
        """Who stands in for whom at ``moment`` (naive UTC), past ones included.

        :return: ``{principal id: sales.substitution}``, in one query
        """
        # sudo: who is responsible, whoever asks
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("principal_id", "in", principals.ids),
                    ("company_id", "=", company.id),
                    ("decision", "in", ("appointed", "revoked")),
                    ("start_at", "<=", moment),
                    ("stop_at", ">", moment),
                    (f"scope_{scope}", "=", True),
                ]
            )
        )
        return {row.principal_id.id: row for row in rows}
