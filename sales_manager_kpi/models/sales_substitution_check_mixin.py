from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class SalesSubstitutionCheckMixin(models.AbstractModel):
    """The part of ``sales.substitution`` that says what may stand beside what."""

    _name = "sales.substitution.check.mixin"
    _description = "Rules of Substitutions"

    @api.constrains("principal_id", "deputy_id", "company_id")
    def _check_people(self):
        for substitution in self:
            # sudo: whether colleagues are active, and which companies they may enter
            for user in (substitution.principal_id + substitution.deputy_id).sudo():
                substitution._check_person(user)

    def _check_person(self, user):
        if not user.active:
            raise ValidationError(
                self.env._(
                    "%(user)s is archived. Hand the customers over instead.",
                    user=user.name,
                )
            )
        if self.company_id not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "%(user)s has no access to company %(company)s. "
                    "Give the access first.",
                    user=user.name,
                    company=self.company_id.name,
                )
            )

    @api.constrains(lambda self: ["principal_id", "deputy_id", *self._scope_fields()])
    def _check_scopes(self):
        for substitution in self:
            scopes = substitution._scopes()
            if not scopes:
                raise ValidationError(
                    self.env._(
                        "Choose at least one area in which %(deputy)s stands in.",
                        deputy=substitution.deputy_id.name,
                    )
                )
            for scope in sorted(scopes):
                substitution._check_scope(scope)

    def _check_scope(self, scope):
        """An area passes between people who both work in it."""
        group = self._scope_groups()[scope]
        # sudo: groups of colleagues
        for user in (self.principal_id + self.deputy_id).sudo():
            if not user.has_group(group):
                field = self._fields[f"scope_{scope}"]
                raise ValidationError(
                    self.env._(
                        "“%(area)s” is for people in the group %(group)s, and "
                        "%(user)s is not. Choose somebody else, leave the area out, "
                        "or give the group first.",
                        area=field._description_string(self.env),
                        # sudo: the name of a group
                        group=self.env.ref(group).sudo().display_name,
                        user=user.name,
                    )
                )

    def _check_free(self):
        """No overlap per principal and area, no chain, nobody absent as deputy."""
        users = self.principal_id + self.deputy_id
        # two who appoint at once: the second is refused, tried again, and sees it
        self.env["sales.branch.member"]._lock_users(users.ids)
        # sudo: a clash with a substitution the appointer does not see is one as well
        others = self.sudo().search(
            [
                ("decision", "=", "appointed"),
                ("company_id", "in", self.company_id.ids),
                "|",
                ("principal_id", "in", users.ids),
                ("deputy_id", "in", self.principal_id.ids),
            ]
        )
        for substitution in self:
            for other in others - substitution:
                substitution._check_beside(other)

    def _check_beside(self, other):
        if self.company_id != other.company_id or not self._overlaps(other):
            return
        same = self.principal_id == other.principal_id
        alike = self._is_dated() == other._is_dated()
        if same and alike and self._scopes() & other._scopes():
            raise ValidationError(
                self.env._(
                    "%(principal)s has a deputy already: %(other)s, %(days)s. "
                    "Revoke that one first, or choose other days or areas.",
                    principal=self.principal_id.name,
                    other=other.deputy_id.name,
                    days=other._days(),
                )
            )
        if other.principal_id == self.deputy_id:
            raise ValidationError(
                self.env._(
                    "%(deputy)s is absent too, %(days)s: %(other)s stands in. "
                    "A deputy has no deputy; choose somebody who is there.",
                    deputy=self.deputy_id.name,
                    days=other._days(),
                    other=other.deputy_id.name,
                )
            )
        if other.deputy_id == self.principal_id:
            raise ValidationError(
                self.env._(
                    "%(principal)s stands in for %(other)s, %(days)s. "
                    "Name another deputy for %(other)s first.",
                    principal=self.principal_id.name,
                    other=other.principal_id.name,
                    days=other._days(),
                )
            )

    def _check_adopted_free(self):
        """Nobody else stands in for the same areas at the same time.

        By its dates, or because it stood by and was taken up.
        """
        self.env["sales.branch.member"]._lock_users(self.principal_id.ids)
        # sudo: see _check_free
        others = self.sudo().search(
            [
                ("decision", "=", "appointed"),
                ("start_at", "!=", False),
                ("principal_id", "in", self.principal_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        for substitution in self:
            for other in others - substitution:
                substitution._check_adopted_beside(other)

    def _check_adopted_beside(self, other):
        if (
            self.principal_id == other.principal_id
            and self.company_id == other.company_id
            and self._overlaps(other)
            and self._scopes() & other._scopes()
        ):
            raise UserError(
                self.env._(
                    "%(deputy)s stands in for %(principal)s, %(days)s.",
                    deputy=other.deputy_id.name,
                    principal=other.principal_id.name,
                    days=other._days(),
                )
            )

    def _is_dated(self):
        """Whether it is in force by its dates, or was taken up, and needs no more."""
        return self.mode == "active" or bool(self.start_at)

    def _overlaps(self, other):
        start, stop = self._span()
        other_start, other_stop = other._span()
        return start < other_stop and other_start < stop

    def _span(self):
        """From when to when it can be in force."""
        planned = self._planned()
        return (self.start_at or planned[0], self.stop_at or planned[1])
