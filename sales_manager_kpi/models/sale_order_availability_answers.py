from odoo import models
from odoo.fields import Domain

from .supply_request_line import GRANTING

UNDER_WAY = ("answered", "in_progress")
ANSWER_FIELDS = (
    "granted_qty",
    "arrived_qty",
    "kind",
    "order_line_id",
    "product_id",
    "promised_date",
)


class SaleOrder(models.Model):
    """What supervisors have answered for the goods of a quotation."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _supply_answers(self, branch, products):
        """Lines granted and not yet there: of this order, or to stock its branch.

        Answers for other orders are theirs; samples are not for sale.
        """
        Line = self.env["supply.request.line"]
        if not self.env["supply.department"]._exist():
            return Line
        asked = Domain.FALSE  # an order that exists in memory only asked for nothing
        if self._origin:
            asked = Domain("kind", "=", "shortage") & Domain(
                "request_id.order_id", "=", self._origin.id
            )
        # sudo: what was promised for the branch is for all to know who sell there
        return Line.sudo().search_fetch(
            Domain("branch_id", "=", branch.id)
            & Domain("product_id", "in", products.ids)
            & Domain("state", "in", UNDER_WAY)
            & Domain("verdict", "in", GRANTING)
            & (Domain("kind", "=", "stocking") | asked),
            ANSWER_FIELDS,
            order="promised_date, id",
        )

    def _beside_answers(self, branch):
        """Domain of the moves that count as coming, beside what was answered.

        What carries an answer out says the same twice, without the day that somebody
        promised. Samples and what other quotations asked for is not for sale. What
        comes for orders counts: they wait for it, and that is taken off.
        """
        Request = self.env["supply.request"].sudo()  # sudo: see _supply_answers
        if not self.env["supply.department"]._exist():
            return Domain.TRUE
        ordered = Domain("order_id.state", "=", "sale")
        requests = Request._search(
            Domain("branch_id", "=", branch.id)
            & Domain("state", "in", ("submitted", "in_review", *UNDER_WAY))
            & ~ordered
        )
        references = Domain("id", "in", requests.subselect("reference_id"))
        lines = Domain("state", "in", UNDER_WAY) & Domain("request_id", "in", requests)
        return Domain("supply_request_line_id", "not any!", lines) & Domain(
            "reference_ids", "not any!", references
        )


class SaleOrderLine(models.Model):
    """What of it is for a line."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _answered_facts(self, answers):
        """What ``answers`` promise: two of ``[(day, quantity)]``.

        The first for this line alone: asked with it, or with its order and it is the
        first of its product. The second for whoever sells from the branch.
        """
        order = self.order_id
        first = order.order_line.filtered(
            lambda line: line.product_id == self.product_id
        )[:1]
        own, shared = [], []
        for answer in answers:
            fact = answer.promised_date, answer._still_to_come()
            asked_with = answer.order_line_id.sudo(False) or first
            if answer.kind == "stocking":
                shared.append(fact)
            elif asked_with._origin == self._origin:
                own.append(fact)
        return own, shared


class SupplyRequestLine(models.Model):
    """What is still to come of an answer."""

    # The area of supply has files of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def _still_to_come(self):
        """What was granted and has not come, in the product's unit."""
        self.ensure_one()
        return max(0.0, self.granted_qty - self.arrived_qty)
