from odoo import fields, models

from .discount_policy_line import ROLE_NAMES


class DiscountRequest(models.Model):
    """Binds a yes to the norms it was given under.

    Under other norms, such as the next version of the policy, it holds as long as they
    are no stricter in what it went beyond, and whoever said it could say it again. An
    order that was confirmed keeps what it was confirmed with.
    """

    # The area of discounts has files of its own.
    _inherit = "discount.request"  # pylint: disable=consider-merging-classes-inherited

    answered_policy_id = fields.Many2one(
        comodel_name="discount.policy",
        string="Answered Under",
        readonly=True,
        ondelete="restrict",
        help="The version of the norms that held when it was approved.",
    )

    def _prepare_answer_norms(self):
        order = self.order_id.sudo()  # sudo: who decides may not read it
        policy = order and order._discount_policy()
        return {"answered_policy_id": policy.id if policy else self.policy_id.id}

    def _holds_for(self, order, judgement):
        """Whether the yes counts by the norms that hold now for ``order``.

        :param judgement: of the order by these norms
        """
        self.ensure_one()
        policy = order._discount_policy()
        if not policy or policy.id == self.policy_id.id:
            return True
        return (
            policy.mode != "block"
            and self._could_be_said_again(judgement)
            and not self._stricter_norms(order, policy, judgement)
        )

    def _could_be_said_again(self, judgement):
        """Whether who said yes has the authority by the norms that hold now."""
        covering = judgement.covering_role
        return covering is not None and (
            ROLE_NAMES.index(covering) <= ROLE_NAMES.index(self._answered_role())
        )

    def _answered_role(self):
        """The highest role of those who stand behind the yes."""
        answer = self.decision_ids.filtered(
            lambda row: row.decision in ("approve", "counter")
        )[-1:]
        people = answer.user_id | answer.acting_for_id
        roles = [self.role, *(user._discount_role() for user in people)]
        return max(roles, key=ROLE_NAMES.index)

    def _stricter_norms(self, order, policy, judgement):
        """What the order leaves further now than by the norms it was approved under."""
        before = self.answered_policy_id or self.policy_id
        if before.id == policy.id:
            return []
        earlier = order._discount_judgement(before._plain())
        return judgement.verdict.stricter_than(earlier.verdict)

    def _version_words(self, order):
        """Why the yes counts no more, and what to do."""
        policy = self.env["discount.policy"].browse(order._discount_policy().id)
        return self.env._(
            "Approved under %(before)s; %(now)s is stricter. Ask for approval again.",
            before=(self.answered_policy_id or self.policy_id).display_name,
            now=policy.display_name,
        )
