from odoo import models
from odoo.exceptions import UserError


class SalesNotCounted(models.Model):
    """A document that does not count, disputed by whose customer it is of."""

    # Disputes have files of their own.
    _inherit = "sales.not.counted"  # pylint: disable=consider-merging-classes-inherited

    def action_dispute(self):
        """Open a dispute that this document is missing, of the month it is of.

        Of the statement where one waits for an answer, else of the scorecard.

        :raise UserError: for what is of somebody else, and where the month has neither
            scorecard nor statement yet
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise UserError(
                self.env._("Only the manager whom it would count for disputes this.")
            )
        own = [
            ("user_id", "=", self.env.uid),
            ("company_id", "=", self.company_id.id),
            ("date_from", "=", self.date.replace(day=1)),
        ]
        statements = self.env["bonus.statement"].search(own)
        source = statements.filtered("can_dispute")[:1] or self.env[
            "evaluation.scorecard"
        ].search(own, limit=1)
        if not source:
            raise UserError(
                self.env._(
                    "There is no scorecard of that month yet. It comes when the month "
                    "is judged: dispute this then."
                )
            )
        action = source._ask_dispute()
        document = self.order_id or self.move_id
        action["context"] |= {
            "default_kind": "missing_deal",
            "default_document": f"{document._name},{document.id}",
        }
        return action
