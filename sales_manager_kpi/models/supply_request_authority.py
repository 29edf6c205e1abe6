from odoo import api, fields, models
from odoo.exceptions import AccessError


class SupplyRequestAuthority(models.AbstractModel):
    """The part of ``supply.request`` that knows who asks, who approves, who answers.

    Nobody answers or approves what they asked for, nor what was asked by whom they
    stand in for, nor by who stands in for them in asking.
    """

    _name = "supply.request.authority"
    _inherit = ["sales.own.matter.mixin"]
    _description = "Who Answers a Supply Request"

    can_ask = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_answer = fields.Boolean(compute="_compute_can")

    @api.depends_context("uid")
    def _compute_can(self):
        for request in self:
            request.can_ask = request._may_ask()
            request.can_approve = (
                request.state == "to_approve" and request._may_approve(self.env.user)
            )
            request.can_answer = request.state not in (
                "draft",
                "to_approve",
                "cancelled",
            ) and request._may_answer(self.env.user)

    @api.model
    def _substitution_roads(self):
        """Two people own a request: who asks, and who answers."""
        return [
            *super()._substitution_roads(),
            ("supply", "department_id.supervisor_id", "company_id"),
        ]

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _may_ask(self):
        """Whether the current user says what is asked: for whom it is, or above."""
        self.ensure_one()
        user = self.env.user
        request = self.sudo()  # sudo: whose request it is, whoever asks
        if self.env.su or user in (request.user_id, request.acting_for_id):
            return True
        acting = self.env["sales.substitution"]._acting("orders")
        return (
            request.user_id.id in acting.get(request.company_id.id, ())
            or request.branch_id._is_directed_by(user)
            or request._is_commercial(user)
        )

    def _open_to_asker(self):
        """The states in which what is asked still changes."""
        self.ensure_one()
        if self._may_approve(self.env.user):
            return ("draft", "to_approve")
        return ("draft",)

    # ------------------------------------------------------------------
    # Approving, before the department is asked
    # ------------------------------------------------------------------

    def _may_approve(self, user):
        """Whether ``user`` approves stocking of the branch, not being who asks."""
        self.ensure_one()
        request = self.sudo()  # sudo: who may decide, whoever asks
        if not user.active or request._is_own_matter(user):
            return False
        return request.branch_id._is_directed_by(user) or request._is_commercial(user)

    def _approvers(self):
        """Whom to ask for approval."""
        self.ensure_one()
        director = self.branch_id.sudo().director_id  # sudo: who directs it
        users = director | director._deputies("direction", self.company_id)
        found = users.filtered(self._may_approve)
        return found or self._commercial_directors().filtered(self._may_approve)

    def _commercial_directors(self):
        directors, admins = self.env["sales.plan"]._company_approvers(self.company_id)
        return directors or admins

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _may_answer(self, user):
        """Whether ``user`` answers: of the department, or above it; never their own."""
        self.ensure_one()
        request = self.sudo()  # sudo: who may decide, whoever asks
        if not user.active or request._is_own_matter(user):
            return False
        department = request.department_id
        return (
            user in department._supervisors()
            or user == department.escalation_user_id
            or request._is_commercial(user)
        )

    def _own_people(self):
        return self.user_id | self.acting_for_id

    def _answerers(self):
        """Whom to ask: the supervisors that may answer, else their head."""
        self.ensure_one()
        department = self.department_id
        for users in (
            department._supervisors(),
            department._heads(),
            self._commercial_directors(),
        ):
            found = users.filtered(self._may_answer)
            if found:
                return found
        return self.env["res.users"]

    def _acting_name(self):
        """Whom the current user stands in for in this request; or none."""
        self.ensure_one()
        request, user = self.sudo(), self.env.user  # sudo: see _may_answer
        acting = self.env["sales.substitution"]
        for scope, owner in (
            ("supply", request.department_id.supervisor_id),
            ("direction", request.branch_id.director_id),
            ("orders", request.user_id),
        ):
            principals = acting._acting(scope, user).get(request.company_id.id, ())
            if owner != user and owner.id in principals:
                return owner.sudo(False)
        return user.browse()

    def _check_answering(self):
        """:raise AccessError: for who does not answer, or asked themselves"""
        for request in self:
            if not self.env.su and not request._may_answer(self.env.user):
                # sudo: the name of who is asked, nothing else
                department = request.sudo().department_id.name or ""
                raise AccessError(
                    self.env._(
                        "You may not answer %(request)s: it is for %(department)s, or "
                        "it is your own matter.",
                        request=request.name,
                        department=department,
                    )
                )
