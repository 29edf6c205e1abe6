from odoo import fields, models
from odoo.exceptions import AccessError

APPROVE_ACTIVITY = "sales_manager_kpi.mail_activity_type_discount_approve"
ANSWER_ACTIVITY = "sales_manager_kpi.mail_activity_type_discount_answer"


class DiscountAuthorityMixin(models.AbstractModel):
    """The part of ``discount.request`` that knows who decides, and asks them.

    The director of the branch, or who stands in for them, where a director's authority
    is enough; a commercial director otherwise. Nobody decides about what they asked
    for, about their own order, or for whom they stand in.
    """

    _name = "discount.authority.mixin"
    _description = "Who Decides about a Discount"
    _inherit = ["sales.own.matter.mixin"]

    # The activity by which those who may decide are asked.
    _approve_activity = APPROVE_ACTIVITY

    can_decide = fields.Boolean(compute="_compute_can_decide")

    def _compute_can_decide(self):
        for request in self:
            request.can_decide = request.state == "pending" and request._has_authority(
                self.env.user
            )

    def _approvers(self, role):
        """Whom to ask: who has this role for the request and may decide."""
        self.ensure_one()
        users = self.env["res.users"]
        if role == "branch_director" and self.branch_id:
            director = self.branch_id.sudo().director_id  # sudo: who directs it
            users |= director | director._deputies("direction", self.company_id)
        found = users.filtered(self._has_authority)
        return found or self._commercial_directors().filtered(self._has_authority)

    def _commercial_directors(self):
        directors, admins = self.env["sales.plan"]._company_approvers(self.company_id)
        return directors or admins

    def _has_authority(self, user):
        """Whether ``user`` may decide: high enough, and not in their own matter."""
        self.ensure_one()
        request = self.sudo()  # sudo: who may decide, whoever asks
        # who has left is still named in places, and answers nobody
        if not user.active or request._is_own_matter(user):
            return False
        person = user.sudo()  # sudo: which groups and companies a colleague has
        if person.has_group("sales_manager_kpi.group_commercial_director"):
            return self.company_id in person.company_ids
        return bool(
            request.role == "branch_director"
            and request.branch_id
            and request.branch_id._is_directed_by(user)
        )

    def _own_people(self):
        return self.requested_by_id | self.user_id | self.acting_for_id

    def _is_own_matter(self, user):
        """As everywhere, unless the policy says otherwise."""
        policy = self.policy_id
        return (not policy or policy.four_eyes) and super()._is_own_matter(user)

    def _check_authority(self):
        if not self.env.su and not self._has_authority(self.env.user):
            raise AccessError(
                self.env._(
                    "You may not decide about this request: it needs a higher "
                    "authority, or it is your own matter."
                )
            )

    def _acting_for(self, user):
        """Whom ``user`` stands in for when deciding about this."""
        director = self.branch_id.sudo().director_id  # sudo: who directs it
        acting = self.env["sales.substitution"]._acting("direction", user)
        if director.id in acting.get(self.company_id.id, ()):
            return director
        return self.env["res.users"]

    def _call_approvers(self, users):
        """Ask ``users``, each by an activity, until the deadline."""
        self.ensure_one()
        deadline = self._deadline()
        # sudo: asking a director is not writing in the director's name
        request = self.sudo()
        request.write({"approver_ids": [fields.Command.link(u.id) for u in users]})
        request.deadline = deadline
        for user in users:
            request.activity_schedule(
                self._approve_activity,
                date_deadline=fields.Date.to_date(deadline),
                user_id=user.id,
            )

    def _deadline(self):
        """The working hours of the norm from now, in the branch's calendar."""
        company = self.company_id.sudo()  # sudo: its hours
        branch = self.branch_id.sudo()  # sudo: its hours
        calendar = branch.resource_calendar_id or company.resource_calendar_id
        now = fields.Datetime.now()
        hours = self.policy_id.sudo().sla_hours  # sudo: a number of the norms
        return calendar.plan_hours(hours, now, compute_leaves=True) or now

    def _tell_requester(self):
        """Let who asked know the answer, and what to do with it."""
        # sudo: the answer goes to who asked, in nobody's name
        self.sudo().activity_schedule(
            ANSWER_ACTIVITY,
            user_id=self.requested_by_id.id,
            note=self.decision_ids[-1:].comment,
        )
