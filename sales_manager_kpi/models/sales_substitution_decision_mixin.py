from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SalesSubstitutionDecisionMixin(models.AbstractModel):
    """The part of ``sales.substitution`` in which people decide."""

    _name = "sales.substitution.decision.mixin"
    _description = "Decisions on Substitutions"

    def action_appoint(self):
        """Appoint the deputies: in force by their dates, or standing by.

        :raise AccessError: for who directs neither the branch nor the company, or is
            the principal or the deputy, or acts for one of them
        :raise UserError: where it ended before, or is no draft
        """
        # sudo: where the principal works may have changed since the draft
        self.sudo()._compute_branch_id()
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            substitution._check_appointable(now)
        self._check_people()
        self._check_scopes()
        self._check_free()
        # sudo: the decision and its instants are the system's to write
        for substitution in self.sudo():
            substitution.write(substitution._prepare_appointment(now))
        self._forget_running()
        self._after_appointed()

    def _check_appointable(self, now):
        if self.decision != "draft":
            raise UserError(self.env._("This substitution is appointed already."))
        start, stop = self._planned()
        if stop <= now:
            raise UserError(
                self.env._("These days are over. Choose an end that is to come.")
            )
        if stop <= start:
            raise UserError(
                self.env._(
                    "These hours do not exist on that night, when the clocks go "
                    "forward. Choose an earlier beginning or a later end."
                )
            )

    def _prepare_appointment(self, now):
        start, stop = self._planned()
        active = self.mode == "active"
        return {
            "decision": "appointed",
            # who appoints today is not responsible for yesterday
            "start_at": max(start, now) if active else False,
            "stop_at": stop if active else False,
            "appointed_by_id": self.env.uid,
            "appointed_at": now,
        }

    def action_adopt(self):
        """Take up a substitution that stands by: in force from now.

        Until the end of its dates, unless a director ends it before.

        :raise AccessError: for anybody but the deputy and who may appoint
        """
        now = fields.Datetime.now()
        for substitution in self:
            if substitution.deputy_id != self.env.user:
                substitution._check_decider()
            substitution._check_adoptable(now)
        self._check_people()
        self._check_scopes()
        # sudo: the deputy starts what a director has appointed
        for substitution in self.sudo():
            substitution.write(
                {
                    "start_at": now,
                    "stop_at": substitution._planned()[1],
                    "adopted_at": now,
                }
            )
        self._check_adopted_free()
        self._forget_running()
        self._after_adopted()

    def _check_adoptable(self, now):
        if self.state != "standby":
            raise UserError(
                self.env._("Only a substitution that stands by is taken up.")
            )
        if now < self._planned()[0]:
            raise UserError(
                self.env._(
                    "It can be taken up from %(day)s on.",
                    day=fields.Date.to_string(self.date_from),
                )
            )

    def action_revoke(self):
        """End the substitutions at this moment.

        :raise AccessError: for who may not appoint
        """
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            if substitution.state not in ("standby", "appointed", "active"):
                raise UserError(
                    self.env._("Only what is appointed and has not ended is revoked.")
                )
        running = self.filtered(lambda s: s.state == "active")
        # sudo: the decision and its instants are the system's to write
        for substitution in self.sudo():
            start = substitution.start_at
            substitution.write(
                {
                    "decision": "revoked",
                    "stop_at": start and max(start, now),
                    "revoked_by_id": self.env.uid,
                    "revoked_at": now,
                }
            )
        self._forget_running()
        self._after_revoked(running)

    # ------------------------------------------------------------------
    # Another end
    # ------------------------------------------------------------------

    def _check_end_open(self):
        """What ended or was revoked keeps the end it had."""
        if any(s.state in ("ended", "revoked") for s in self):
            raise UserError(
                self.env._(
                    "A substitution that ended does not begin again. Appoint another "
                    "one."
                )
            )

    def _move_end(self):
        """A new last day: never one that has passed, that would be revoking."""
        if not self:
            return
        now = fields.Datetime.now()
        for substitution in self:
            substitution._check_decider()
            stop = substitution._planned()[1]
            if stop <= max(now, substitution.start_at or now):
                raise UserError(
                    self.env._(
                        "The new end is over, or before the beginning. Revoke the "
                        "substitution to end it now."
                    )
                )
            if substitution.stop_at:
                # sudo: the instants are the system's to write
                substitution.sudo().stop_at = stop
        self._check_free()
        self._forget_running()
        self._after_moved()

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def _check_decider(self):
        """Whoever directs the principal decides; nobody about themselves.

        Nor about somebody they act for: a director's deputy does not prolong the
        director's absence.
        """
        self.ensure_one()
        if self.env.su:
            return
        user = self.env.user
        if self._selves() & (self.principal_id + self.deputy_id):
            raise AccessError(
                self.env._(
                    "Neither who is absent nor who stands in decides about it. "
                    "Ask the director of the branch, or the commercial director."
                )
            )
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        if not self.branch_id or not self.branch_id._is_directed_by(user):
            raise AccessError(
                self.env._(
                    "The director of the branch of %(principal)s, or the commercial "
                    "director, decides about this.",
                    principal=self.principal_id.name,
                )
            )
