from odoo import api, fields, models
from odoo.exceptions import AccessError

COMMERCIAL = "sales_manager_kpi.group_commercial_director"


class CustomerClaimAuthority(models.AbstractModel):
    """The part of ``customer.claim`` that knows who handles it and who decides.

    Nobody decides about a claim that they opened or may be responsible for, nor do
    those who stand in for such a person; an appeal is decided by somebody new.
    """

    _name = "customer.claim.authority"
    _inherit = ["sales.own.matter.mixin"]
    _description = "Who Decides a Claim"

    can_work = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")
    can_appeal = fields.Boolean(compute="_compute_can")
    can_direct = fields.Boolean(compute="_compute_can")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_can(self):
        user = self.env.user
        for claim in self:
            claim.can_work = claim._may_work(user)
            claim.can_direct = claim._may_direct(user)
            claim.can_decide = claim.state in (
                "review",
                "appealed",
            ) and claim._may_decide(user)
            claim.can_appeal = bool(claim._appeal_sides(user))

    @api.model
    def _substitution_roads(self):
        """Whose claims a deputy works with: handled, judged, of the own customers."""
        return [
            ("orders", "user_id", "company_id"),
            ("orders", "responsible_user_id", "company_id"),
            ("orders", "commercial_partner_id.user_id", "company_id"),
            ("direction", "branch_id.director_id", "company_id"),
        ]

    # ------------------------------------------------------------------
    # Handling
    # ------------------------------------------------------------------

    def _may_work(self, user):
        """Whether ``user`` handles the claim, owns its customer, or directs these."""
        self.ensure_one()
        claim = self.sudo()  # sudo: whose claim it is, whoever asks
        people = claim.user_id | claim.opened_by_id | claim._owner()
        return (
            self.env.su
            or bool(people & claim._orders_selves(user))
            or claim._may_direct(user)
        )

    def _owner(self):
        return self.commercial_partner_id.user_id

    def _orders_selves(self, user):
        """``user`` and for whom they look after customers and orders now."""
        acting = self.env["sales.substitution"]._acting("orders", user)
        return user | user.browse(acting.get(self.company_id.id, ()))

    def _may_direct(self, user):
        """Whether ``user`` directs the branch of all these, or the company."""
        claims = self.sudo()  # sudo: who directs a branch is no secret
        return all(
            claim._is_commercial(user)
            or (claim.branch_id and claim.branch_id._is_directed_by(user))
            for claim in claims
        )

    def _is_commercial(self, user):
        # sudo: which groups and companies a colleague has
        person = user.sudo()
        return person.has_group(COMMERCIAL) and self.company_id in person.company_ids

    def _check_working(self):
        """
        :raise AccessError: for who neither handles the claim nor directs who does
        """
        for claim in self:
            if not claim._may_work(self.env.user):
                raise AccessError(
                    self.env._(
                        "%(claim)s is handled by %(user)s. Ask them, or the director "
                        "of the branch.",
                        claim=claim.name,
                        user=claim.sudo().user_id.name  # sudo: the name of a colleague
                        or self.env._("nobody yet"),
                    )
                )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def _may_decide(self, user):
        """Whether ``user`` directs the branch or the company, and is no party to it."""
        self.ensure_one()
        claim = self.sudo()  # sudo: who may decide, whoever asks
        if not user.active or claim._is_own_matter(user):
            return False
        return claim._may_direct(user) and not claim._has_decided(user)

    def _own_people(self):
        return self.responsible_user_id | self.opened_by_id

    def _has_decided(self, user):
        """Whether an earlier verdict is of ``user``, or of whom they stand in for."""
        decisions = self.decision_ids
        earlier = decisions.user_id | decisions.acting_for_id
        return bool(earlier & self.env["sales.substitution"]._selves(user))

    def _deciders(self):
        """Whom to ask for a verdict: the director or who stands in, else above."""
        self.ensure_one()
        claim = self.sudo()  # sudo: who may decide, whoever asks
        director = claim.branch_id.director_id
        users = director | director._deputies("direction", claim.company_id)
        found = users.filtered(claim._may_decide)
        if found:
            return found
        directors, admins = self.env["sales.plan"]._company_approvers(claim.company_id)
        return (directors or admins).filtered(claim._may_decide)

    def _check_deciding(self, responsible):
        """
        :raise AccessError: for a party to the claim, or who does not direct its branch
        """
        user = self.env.user
        selves = self.env["sales.substitution"]._selves(user)
        for claim in self:
            # sudo: who opened it and may be responsible, whoever asks
            if responsible & selves or claim.sudo()._is_own_matter(user):
                raise AccessError(
                    self.env._(
                        "Nobody decides about a claim that they opened or may be "
                        "responsible for, nor whoever stands in for them. Ask another "
                        "director to decide %(claim)s.",
                        claim=claim.name,
                    )
                )
            if not claim._may_decide(user):
                raise AccessError(
                    self.env._(
                        "The director of the branch decides %(claim)s, or a commercial "
                        "director; an appeal is decided by somebody else than before.",
                        claim=claim.name,
                    )
                )

    # ------------------------------------------------------------------
    # Appealing
    # ------------------------------------------------------------------

    def _appeal_sides(self, user):
        """For whom ``user`` may appeal: the responsible person, the customer."""
        self.ensure_one()
        claim = self.sudo()  # sudo: whose claim it is, whoever asks
        if claim.state not in ("decided", "executed", "closed"):
            return []
        sides = []
        if claim.responsible_user_id & claim._orders_selves(user):
            sides.append("responsible")
        if claim._may_work(user) and not claim._has_decided(user):
            sides.append("customer")
        return sides
