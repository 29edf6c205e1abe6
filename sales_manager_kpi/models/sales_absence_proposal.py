from datetime import timedelta

from odoo import api, fields, models

ACTIVITY = "sales_manager_kpi.mail_activity_type_absence_cover"


class SalesAbsence(models.Model):
    """Absences propose substitutions: whoever directs is asked to name a deputy.

    One activity for each absence that begins soon and is not covered; it goes when
    the absence is covered, over or removed.
    """

    _inherit = "sales.absence"

    @api.model
    def _cron_propose(self):
        """Ask for deputies of what begins within the days of each company."""
        now = fields.Datetime.now()
        absences = self.search([("stop_at", ">", now)])
        absences._propose()
        # what ended or vanished in another way
        self._asked().filtered(lambda a: a.res_id not in set(absences.ids)).unlink()

    @api.model
    def _follow_leaves(self, leaves):
        """Leaves were entered or changed."""
        leaves = leaves.filtered("resource_id.user_id")
        Branch = self.env["sales.branch"]
        if not any(Branch._exist(c) for c in leaves.resource_id.company_id):
            return
        self.invalidate_model()
        # sudo: whoever enters a leave need not see the absence
        self.sudo().search([("id", "in", leaves.ids)])._propose()
        self._follow_people(self._principals_of(leaves.resource_id.user_id))

    @api.model
    def _forget_leaves(self, ids, people):
        """The leaves ``ids`` of these people are gone."""
        self.invalidate_model()
        # sudo: what the mixins would have done for a row of ours
        for name, model_field in (
            ("mail.activity", "res_model"),
            ("mail.message", "model"),
            ("mail.followers", "res_model"),
        ):
            # sudo: as above
            self.env[name].sudo().with_context(active_test=False).search(
                [(model_field, "=", self._name), ("res_id", "in", ids)]
            ).unlink()
        self._follow_people(self._principals_of(people))

    @api.model
    def _principals_of(self, deputies):
        """Whose cover changes when these deputies are away."""
        # sudo: substitutions of colleagues; nothing of them leaves here
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("deputy_id", "in", deputies.ids),
                    ("decision", "=", "appointed"),
                    ("stop_at", ">", fields.Datetime.now()),
                ]
            )
        )
        return rows.principal_id

    @api.model
    def _follow_people(self, users):
        """The cover of these people changed."""
        if not users:
            return
        self.invalidate_model()
        # sudo: the cover of colleagues; only activities come of it
        self.sudo().search(
            [("user_id", "in", users.ids), ("stop_at", ">", fields.Datetime.now())]
        )._propose()

    # ------------------------------------------------------------------
    # One activity each
    # ------------------------------------------------------------------

    def _asked(self, ids=None):
        # sudo: asking a director is not writing in the director's name
        Activity = self.env["mail.activity"].sudo()
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return Activity
        domain = [("activity_type_id", "=", kind.id), ("res_model", "=", self._name)]
        if ids is not None:
            domain.append(("res_id", "in", ids))
        return Activity.search(domain)

    def _propose(self):
        """Make the activities about these absences what they should be now."""
        soon = self._to_name()
        receivers = soon._receivers()
        kept = set()
        for activity in self._asked(self.ids):
            absence = self.browse(activity.res_id)
            if receivers.get(absence) == activity.user_id and absence not in kept:
                kept.add(absence)
            else:
                activity.unlink()
        # one mail for one absence; many at once are seen in the list of activities
        # sudo: see _asked
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=len(self) > 1
        ).create(
            [
                absence._prepare_activity_vals(user)
                for absence, user in receivers.items()
                if absence not in kept
            ]
        )

    def _to_name(self):
        """Absences that begin soon or run, with uncovered hours to come."""
        now = fields.Datetime.now()
        near = self.filtered(lambda a: a.stop_at > now >= a.start_at - a._lead())
        return near.filtered("is_open")

    def _prepare_activity_vals(self, user):
        kind = self.env.ref(ACTIVITY)
        words = self.with_context(lang=user.lang)
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        return {
            "activity_type_id": kind.id,
            "summary": words.env._("Name who stands in: %s", words.display_name),
            "user_id": user.id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "automated": True,
            "date_deadline": max(today, self.date_from - timedelta(days=1)),
        }

    def _receivers(self):
        """``{absence: who is asked to name a deputy}``.

        The branch's director; about a director, a supervisor, or where there is no
        director, the commercial director. Whoever stands in for them now, instead.
        """
        result = {}
        for company, some in self.grouped("company_id").items():
            heads = self._heads(company)
            directors = some.branch_id.director_id
            deputies = self.env["sales.substitution"]._in_force(
                directors | heads, company, fields.Datetime.now(), "direction"
            )
            for absence in some:
                user = absence._receiver(heads, deputies)
                if user:
                    result[absence] = user
        return result

    def _receiver(self, heads, deputies):
        director = self.branch_id.director_id
        asked = heads - self.user_id
        group = "sales_manager_kpi.group_branch_director"
        if director.active and director != self.user_id and director.has_group(group):
            asked = director | asked
        for user in asked:
            row = deputies.get(user.id)
            user = row.deputy_id if row else user
            if user != self.user_id:
                return user
        return self.env["res.users"]

    @api.model
    def _heads(self, company):
        """The commercial directors of a company; its administrators come last."""
        group, admin = (
            self.env.ref(f"sales_manager_kpi.{name}")
            for name in ("group_commercial_director", "group_admin")
        )
        # sudo: who is in a group, to find whom to ask
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.id),
                    ("company_ids", "in", company.id),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
        return users.sorted(lambda user: admin in user.all_group_ids)
