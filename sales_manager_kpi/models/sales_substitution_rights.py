from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models, tools

ROWS = "sales.substitution.rows"
JUST_ENDED = timedelta(days=14)


class SalesSubstitutionRights(models.AbstractModel):
    """The part of ``sales.substitution`` that says who acts for whom now.

    Asked at every access. Who is a deputy at all is kept in a cache that every change
    drops, also in other workers; what a deputy has in force is read from the table
    once a transaction, and the clock is looked at each time. Rights therefore end on
    their second, without a job that takes them away, and no old cache keeps them.

    An area of substitution is a boolean ``scope_<name>`` here, with a row in
    ``_scope_groups``. Its models inherit ``sales.substituted.mixin`` and get a record
    rule on ``is_acted_for`` each.

    Last of the parts of ``sales.substitution``, so that the others extend the hooks at
    the end with ``super()``.
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
    def _scope_groups(self):
        """The group that works in an area: both sides need it, ``{area: xml id}``.

        A deputy without it could do nothing; through a principal without it the deputy
        would get more than the absent one has.
        """
        salesman = "sales_team.group_sale_salesman"
        return {
            "orders": salesman,
            "invoices": salesman,
            "leads": salesman,
            "direction": "sales_manager_kpi.group_branch_director",
            "supply": "sales_manager_kpi.group_supply_supervisor",
        }

    # ------------------------------------------------------------------
    # In force now
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _deputies(self):
        """Ids of who has something in force now or later: nearly always nobody."""
        # sudo: who is a deputy at all; what of is for ``_acting`` to say
        rows = self.env["sales.substitution"].sudo()
        groups = rows._read_group(self._to_come(), ["deputy_id"])
        return frozenset(user.id for (user,) in groups)

    @api.model
    def _to_come(self):
        """What is in force now, or will be."""
        return fields.Domain(
            [
                ("decision", "=", "appointed"),
                ("start_at", "!=", False),
                ("stop_at", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _own_rows(self, user):
        """What ``user`` has in force now or later, read once a transaction.

        :return: ``((start, stop, principal id, company id, areas, id), …)``
        """
        if user.id not in self._deputies():
            return ()
        kept = self.env.cr.cache.setdefault(ROWS, {})
        if user.id not in kept:
            # sudo: the rights of the asked user are decided here
            rows = self.env["sales.substitution"].sudo()
            rows = rows.search(
                self._to_come() & fields.Domain("deputy_id", "=", user.id)
            )
            kept[user.id] = tuple(row._as_right() for row in rows)
        return kept[user.id]

    @api.model
    def _standing_in(self):
        """What is in force now or later, of everybody, read once a transaction.

        :return: ``((start, stop, principal id, deputy id, company id, areas), …)``
        """
        if not self._deputies():
            return ()
        kept = self.env.cr.cache.setdefault(ROWS, {})
        if None not in kept:
            # sudo: that a colleague stands in for another is for all to know
            rows = self.env["sales.substitution"].sudo().search(self._to_come())
            kept[None] = tuple(
                (
                    row.start_at,
                    row.stop_at,
                    row.principal_id.id,
                    row.deputy_id.id,
                    row.company_id.id,
                    frozenset(row._scopes()),
                )
                for row in rows
            )
        return kept[None]

    def _as_right(self):
        """This substitution as far as the principal themselves reaches today."""
        self.ensure_one()
        principal, areas = self.principal_id, set()
        if self.company_id in principal.company_ids:
            groups = self._scope_groups()
            areas = {a for a in self._scopes() if principal.has_group(groups[a])}
        return (
            self.start_at,
            self.stop_at,
            principal.id,
            self.company_id.id,
            frozenset(areas),
            self.id,
        )

    @api.model
    def _forget_running(self):
        """Every worker looks again, also at what another reads until we commit."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        self.env.cr.cache.pop(ROWS, None)
        self._forget_answers()

    @api.model
    def _forget_answers(self):
        """Drop every kept ``is_acted_for``: it knows neither clock nor new owners."""
        for name in self.env.registry.descendants(
            ["sales.substituted.mixin"], "_inherit"
        ):
            self.env[name].invalidate_model(["is_acted_for"], flush=False)

    @api.model
    def _acting(self, scope=None, user=None):
        """For whom ``user`` (the current one) acts now.

        :param scope: an area; any when not given
        :return: ``{company id: {principal id: substitution id}}``
        """
        own = self._own_rows(user or self.env.user)
        if not own:
            return {}
        now = fields.Datetime.now()
        acting = defaultdict(dict)
        for start, stop, principal_id, company_id, areas, substitution_id in own:
            if start <= now < stop and (scope in areas if scope else areas):
                acting[company_id][principal_id] = substitution_id
        return dict(acting)

    @api.model
    def _selves(self, user=None):
        """``user`` and whoever they act for now: nobody decides for any of these."""
        user = user or self.env.user
        acting = self._acting(user=user)
        return user | user.browse({i for some in acting.values() for i in some})

    @api.model
    def _decides_as(self, director, company, user=None):
        """As whom ``user`` decides what ``director`` decides: a user, or nobody."""
        user = user or self.env.user
        if not director or director == user:
            return director
        acting = self._acting("direction", user)
        return director if director.id in acting.get(company.id, ()) else user.browse()

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

    @api.model
    def _absent(self, users, companies):
        """Those of ``users`` whom somebody stands in for now: ``{company id: ids}``."""
        absent = defaultdict(set)
        if not users or not self._deputies():
            return absent
        now = fields.Datetime.now()
        # sudo: that a colleague is absent
        rows = self.env["sales.substitution"].sudo()
        domain = self._to_come() & fields.Domain(
            [
                ("start_at", "<=", now),
                ("principal_id", "in", users.ids),
                ("company_id", "in", companies.ids),
            ]
        )
        for row in rows.search(domain):
            absent[row.company_id.id].add(row.principal_id.id)
        return absent

    @api.model
    def _models_with_activities(self):
        """``[(model, area)]`` of records that activities are planned on."""
        names = self.env.registry.descendants(["sales.substituted.mixin"], "_inherit")
        models_ = [self.env[name] for name in names]
        return [
            (model._name, model._substitution_scope)
            for model in models_
            if "activity_ids" in model._fields and not model._abstract
        ]

    # ------------------------------------------------------------------
    # Ended a while ago
    # ------------------------------------------------------------------

    @api.model
    def _tell_ended(self, records):
        """What to tell a user who may not reach ``records`` any more, or None."""
        if not isinstance(records, self.env.registry["sales.substituted.mixin"]):
            return None
        secret = records.sudo()  # sudo: whose they are, of which one name is told
        # sudo: the user's own past substitutions
        for row in self.sudo()._just_ended(self.env.user):
            for scope, owner, company in records._substitution_roads():
                companies = secret.mapped(company) if company else ()
                if (
                    row[f"scope_{scope}"]
                    and row.principal_id in secret.mapped(owner)
                    and (not companies or row.company_id in companies)
                ):
                    return row._ended_text()
        return None

    def _just_ended(self, deputy):
        now = fields.Datetime.now()
        return self.env["sales.substitution"].search(
            [
                ("deputy_id", "=", deputy.id),
                ("decision", "in", ("appointed", "revoked")),
                ("start_at", "!=", False),
                ("stop_at", "<=", now),
                ("stop_at", ">", now - JUST_ENDED),
            ],
            order="stop_at desc",
        )

    def _ended_text(self):
        return self.env._(
            "Your substitution for %(principal)s ended on %(moment)s. "
            "What you did is kept. Ask %(principal)s, or %(director)s to appoint you "
            "again.",
            principal=self.principal_id.name,
            moment=tools.format_datetime(self.env, self.stop_at, tz=self._tz()),
            director=(self.revoked_by_id or self.appointed_by_id).name,
        )

    # ------------------------------------------------------------------
    # What happens then: other parts extend these
    # ------------------------------------------------------------------

    @api.model
    def _credit_fields(self):
        """Names of the fields that say who gets the credit; fixed once appointed."""
        return set()

    def _after_appointed(self):
        """Called once the deputies are appointed."""

    def _after_adopted(self):
        """Called once what stood by is in force."""

    def _after_moved(self):
        """Called once the end is another one."""

    def _after_revoked(self, running):
        """Called once revoked; ``running`` are those that were in force until now."""
