from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from .discount_lookups import forget
from .evaluation_scheme import meet

HELD = ("active", "retired")  # a retired one still says what its months paid


class BonusScheme(models.Model):
    """Which scheme holds for whom, and how one version follows another."""

    # The area of pay has files of its own.
    _inherit = "bonus.scheme"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask another approver of pay to activate these drafts; they stay as they are.

        :raises UserError: where one is not a draft
        :raises ValidationError: where a component cannot be calculated
        """
        self._begin_step()
        self._check_open_to_change()
        self._check_ready()
        # sudo: the step was checked; only steps write the status
        self.sudo().write({"state": "to_approve", "submitted_by_id": self.env.uid})

    def action_activate(self):
        """Let these pay from their month on; they end the versions before them.

        Drafts where the company asks for one person, else what another one submitted.

        :raises AccessError: for who submitted it, stands in for who did, or is one of
            the people that it names
        :raises UserError: where somebody was paid by the version before in these
            months already, or a scheme is in force or was not submitted
        :raises ValidationError: where a component cannot be calculated, or another
            scheme holds for the same people
        """
        self._begin_step()
        for scheme in self:
            scheme._check_activator()
            scheme._check_ready()
            before = scheme._versions_before()
            before._check_unused_from(scheme.date_from)
            # sudo: the step was checked; only steps write the status
            before = before.sudo()
            before.write(
                {
                    "state": "retired",
                    "date_to": scheme.date_from - relativedelta(days=1),
                }
            )
            before.flush_recordset()  # at no moment two begin on the same day
            # sudo: as above
            scheme.sudo().write({"state": "active", "date_to": False})
            scheme._check_overlap()

    def _check_activator(self):
        """
        :raise AccessError: for what pays by name who asks; where it takes two people,
            for who submitted it as well
        :raise UserError: where one is in force, or was not submitted though it must be
        """
        for scheme in self:
            if scheme.state != "to_approve":
                scheme._check_open_to_change()
            if self.env.su:
                continue
            if scheme.four_eyes and scheme.state == "draft":
                raise UserError(
                    self.env._(
                        "“%(scheme)s” takes two people: submit it, so that another "
                        "approver of pay activates it.",
                        scheme=scheme.display_name,
                    )
                )
            if scheme._is_own_matter(self.env.user):
                raise AccessError(
                    self.env._(
                        "You submitted “%(scheme)s” yourself, it pays you by name, or "
                        "you stand in for such a person. Ask another approver of pay.",
                        scheme=scheme.display_name,
                    )
                )

    def _own_people(self):
        # where one person is enough, it may be who submitted it
        return self.user_ids | self.submitted_by_id.filtered(lambda _u: self.four_eyes)

    def action_retire(self):
        """Let these schemes pay this month and no later one.

        :raises UserError: where a scheme is not active
        """
        self._begin_step()
        for scheme in self:
            if scheme.state != "active":
                raise UserError(
                    self.env._(
                        "“%(scheme)s” is not active.", scheme=scheme.display_name
                    )
                )
            today = self.env["sales.branch"]._company_local_date(scheme.company_id)
            last = max(
                today + relativedelta(day=31),
                scheme.date_from - relativedelta(days=1),
            )
            # sudo: the step was checked; only steps write the status
            scheme.sudo().write({"state": "retired", "date_to": last})

    def action_draft(self):
        """Take schemes back to draft: submitted ones, and active that paid nobody.

        :raises UserError: where somebody was paid by one of them
        """
        self._begin_step()
        for scheme in self:
            if scheme.state == "to_approve":
                continue
            if scheme.state != "active":
                raise UserError(
                    self.env._(
                        "“%(scheme)s” is not active.", scheme=scheme.display_name
                    )
                )
            scheme._check_unused_from(scheme.date_from)
        # sudo: the step was checked; only steps write the status
        self.sudo().write(
            {"state": "draft", "date_to": False, "submitted_by_id": False}
        )

    def action_revise(self):
        """Make a draft of the next version, from the next month on, and open it."""
        self.ensure_one()
        self.check_access("write")
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        start = max(today, self.date_from) + relativedelta(day=1, months=1)
        draft = self.copy(
            {"name": self.name, "code": self.code, "date_from": start, "active": True}
        )
        # sudo: a version follows another by this step alone
        draft.sudo().write(
            {"version": self._last_version() + 1, "version_of_id": self.id}
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _begin_step(self):
        """Of two who change the schemes of a company at once, one is served again."""
        self.check_access("write")
        self.env.execute_query(
            SQL(
                "UPDATE res_company SET write_date = write_date"
                " WHERE id = ANY(%s) RETURNING id",
                self.company_id.ids,
            )
        )

    def _last_version(self):
        versions = self.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id), ("code", "=", self.code)]
        )
        return max(versions.mapped("version"))

    def _versions_before(self):
        """The version that this draft ends.

        :raise UserError: where one begins later than this draft
        """
        others = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "=", self.code),
                ("state", "=", "active"),
                ("id", "!=", self.id),
            ]
        )
        for other in others:
            if other.date_from > self.date_from:
                raise UserError(
                    self.env._(
                        "“%(other)s” already begins later. Take it back to draft, or "
                        "choose a later month.",
                        other=other.display_name,
                    )
                )
        return others

    def _last_used(self):
        """``{scheme id: first day of the last month it paid}``; for statements."""
        return {}

    def _check_unused_from(self, date):
        used = self._last_used()
        for scheme in self:
            last = used.get(scheme.id)
            if last and last >= date:
                raise UserError(
                    self.env._(
                        "“%(scheme)s” has paid %(month)s. Revise it from a later month "
                        "on.",
                        scheme=scheme.display_name,
                        month=format_date(self.env, last, date_format="LLLL y"),
                    )
                )

    # ------------------------------------------------------------------
    # Whom
    # ------------------------------------------------------------------

    def _check_overlap(self):
        """On any day at most one scheme holds for somebody at each level."""
        # sudo: a scheme the writer does not see is in force all the same
        others = self.sudo().search(
            [("company_id", "in", self.company_id.ids), ("state", "in", HELD)]
        )
        # sudo: compared with these
        for scheme in self.sudo():
            for other in others - scheme:
                if scheme._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "“%(scheme)s” and “%(other)s” hold for the same people at "
                            "the same time. End one before the other begins.",
                            scheme=scheme.name,
                            other=other.name,
                        )
                    )

    def _overlaps(self, other):
        if self.company_id != other.company_id:
            return False
        if self.user_ids or other.user_ids:
            same = bool(self.user_ids & other.user_ids)
        else:
            same = meet(self.branch_ids, other.branch_ids) and meet(
                self.job_ids, other.job_ids
            )
        return (
            same
            and (not other.date_to or self.date_from <= other.date_to)
            and (not self.date_to or other.date_from <= self.date_to)
        )

    @api.model
    def _in_force(self, company, date):
        """Schemes that pay the month that begins on ``date``, the narrowest first.

        One for people goes before one for a job, that before one for a branch, and
        that before the company's.
        """
        if not self._any_held(company.id):
            return self.sudo().browse()  # sudo: as below
        # sudo: what people are paid by does not depend on who asks; schemes leave
        # this method only for computing
        schemes = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", HELD),
                    ("date_from", "<=", date),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", date),
                ]
            )
        )
        return schemes._narrowest_first()

    @api.model
    @tools.ormcache("company_id")
    def _any_held(self, company_id):
        """Whether a company pays, or paid, by any scheme; cached, for those without."""
        # sudo: as _in_force
        return bool(
            self.sudo()
            .with_context(active_test=False)
            .search_count(
                [("company_id", "=", company_id), ("state", "in", HELD)], limit=1
            )
        )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            forget(self.env)
        return result

    def _narrowest_first(self):
        return self.sorted(
            lambda s: (not s.user_ids, not s.job_ids, not s.branch_ids, s.id)
        )

    def _with(self, other):
        """These and another one, for `_nearest`; to try what a draft would pay."""
        # sudo: see _in_force
        return (self | other.sudo())._narrowest_first()

    def _nearest(self, user_id, branch, job):
        """Of schemes in order, the first for this person; empty if none."""
        for scheme in self:
            if scheme.user_ids:
                if user_id in scheme.user_ids.ids:
                    return scheme
                continue
            if scheme.branch_ids and branch not in scheme.branch_ids:
                continue
            if scheme.job_ids and (not job or job not in scheme.job_ids):
                continue
            return scheme
        return self.browse()

    # ------------------------------------------------------------------
    # Ready to pay
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse what cannot be calculated, saying what to do.

        :raise ValidationError: for the first that is wrong
        """
        for scheme in self:
            if not scheme.component_ids:
                raise ValidationError(
                    self.env._(
                        "“%(scheme)s” has no components, so that it pays nothing. Add "
                        "one.",
                        scheme=scheme.name,
                    )
                )
            scheme.component_ids._check_ready()

    @api.constrains("user_ids", "company_id")
    def _check_people(self):
        for scheme in self:
            # sudo: which companies a colleague may enter
            for user in scheme.user_ids.sudo():
                if scheme.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work for %(company)s. Choose people of "
                            "the company.",
                            user=user.name,
                            company=scheme.company_id.name,
                        )
                    )

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.branch_ids = self.branch_ids.filtered(
            lambda branch: branch.company_id == self.company_id
        )

    @api.onchange("date_from")
    def _onchange_date_from(self):
        if self.date_from:
            self.date_from = fields.Date.to_date(self.date_from).replace(day=1)
