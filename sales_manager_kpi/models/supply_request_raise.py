from collections import defaultdict

from odoo import api, models
from odoo.fields import Command

from .supply_request import CLOSED


class SupplyRequest(models.Model):
    """Shortages ask by themselves: one open request of a branch, department and order.

    Called at confirmation and every night; calling again changes nothing.
    """

    # Shortages have a file of their own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _short_quantities(self, moves):
        """What open moves lack in the warehouse they leave from.

        What is reserved, free or coming in by its day is no shortage.

        :param moves: ``stock.move``, not done, leaving a warehouse
        :return: ``{move: quantity in the product unit}`` of those that lack something
        """
        short = {}
        # sudo: the forecast of the warehouse, whoever confirms
        for move in moves.sudo():
            if move.state in ("done", "cancel", "draft"):
                continue
            uom = move.product_id.uom_id
            there = max(
                move.forecast_availability,
                move.product_uom._compute_quantity(
                    move.quantity, uom, rounding_method="HALF-UP"
                ),
            )
            lacking = move.product_qty - there
            if uom.compare(lacking, 0.0) > 0:
                short[move.sudo(False)] = lacking
        return short

    @api.model
    def _raise_shortages(self, shortages):
        """Ask the departments for what orders lack; idempotent.

        What is asked already, was rejected or is under way is not asked again; a line
        that waits follows a shortage that grew or shrank.

        :param shortages: ``[(branch, sale.order.line, stock.move, quantity)]``;
            the move, if any, is the transfer to the branch that waits for the goods,
            the quantity what it lacks now, in the product unit
        :return: the requests concerned; none where no department answers
        """
        shortages = list(shortages)
        if not shortages or not self.env["supply.department"]._exist():
            return self.browse()
        # sudo: the system asks, whoever confirms the order
        System = self.sudo()
        lines = System._lines_of_shortages(shortages)
        departments = System._departments_of(shortages)
        requests, asked = System.browse(), defaultdict(list)
        for branch, order_line, move, quantity in shortages:
            own = lines[order_line.id, move.id]
            requests |= own.request_id
            left = own._cover_shortage(quantity)
            department = departments[branch.id, order_line.product_id.id]
            if department and order_line.product_id.uom_id.compare(left, 0.0) > 0:
                # sudo: as above
                key = branch.sudo(), department, order_line.order_id.sudo()
                asked[key].append(Command.create(_prepare_line(order_line, move, left)))
        requests |= System._ask_shortages(asked)
        requests._settle()
        return requests.sudo(False)

    @api.model
    def _lines_of_shortages(self, shortages):
        """``{(order line id, move id): lines}`` that ask for these already."""
        lines = self.env["supply.request.line"].search(
            [
                ("order_line_id", "in", [line.id for __, line, *___ in shortages]),
                ("state", "!=", "cancelled"),
                ("kind", "=", "shortage"),
            ]
        )
        found = defaultdict(lines.browse)
        for line in lines:
            key = line.order_line_id.id, line.origin_move_id.id
            found[key] = (found[key] | line).with_prefetch(lines._prefetch_ids)
        return found

    @api.model
    def _departments_of(self, shortages):
        """``{(branch id, product id): department}``, in a query for each branch."""
        products = defaultdict(self.env["product.product"].browse)
        for branch, order_line, *__ in shortages:
            products[branch] |= order_line.product_id
        Department = self.env["supply.department"]
        return {
            (branch.id, product.id): department.sudo()  # sudo: the system asks it
            for branch, goods in products.items()
            for product, department in Department._answering_for(branch, goods).items()
        }

    @api.model
    def _ask_shortages(self, asked):
        """Add lines to the open requests of orders; make those that are missing.

        :param asked: ``{(branch, department, order): [commands of lines]}``
        """
        found = self.search(
            [
                ("order_id", "in", [order.id for __, ___, order in asked]),
                ("kind", "=", "shortage"),
                ("state", "not in", CLOSED),
            ],
            order="id desc",
        )
        by_key = {(r.branch_id, r.department_id, r.order_id): r for r in found}
        missing = [key for key in asked if key not in by_key]
        made = self.create(
            [
                {**self._prepare_shortage(*key), "line_ids": asked[key]}
                for key in missing
            ]
        )
        made._submit_shortages()
        more = self.browse()
        for key in asked.keys() - set(missing):
            by_key[key].line_ids = asked[key]
            by_key[key]._reopen()
            more |= by_key[key]
        return made | more

    @api.model
    def _prepare_shortage(self, branch, department, order):
        return {
            "kind": "shortage",
            "company_id": branch.company_id.id,
            "branch_id": branch.id,
            "department_id": department.id,
            "order_id": order.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "user_id": (order.user_id or self.env.user).id,
            "tell_customer": order.supply_tell_customer,
            "need_by": branch._local_date(order.commitment_date)
            if order.commitment_date
            else False,
        }

    def _submit_shortages(self):
        for request in self:
            request._decide("submit", self.env._("Short in the supplying warehouse"))
            request._ask_department()

    def _reopen(self):
        """A line more after all were answered: the clock starts again for it."""
        if self.state in ("answered", "in_progress"):
            self.write({"answered_at": False, "is_answered_in_time": False})
            self._ask_department()


class SupplyRequestLine(models.Model):
    """What lines ask for already, of a shortage."""

    # Shortages have a file of their own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def _cover_shortage(self, quantity):
        """Let lines that wait follow the shortage.

        :return: what is asked nowhere yet, in the product unit
        """
        waiting = self.filtered(lambda line: line.state == "waiting")
        for line in self - waiting:
            quantity -= line._covers_shortage()
        if not waiting:
            return max(0.0, quantity)
        line = waiting[0]
        if line.product_id.uom_id.compare(quantity, 0.0) <= 0:
            line.state = "cancelled"
        elif line.product_id.uom_id.compare(quantity, line.asked_qty) != 0:
            line.write(
                {
                    "product_uom_id": line.product_id.uom_id.id,
                    "product_uom_qty": quantity,
                }
            )
        return 0.0

    def _covers_shortage(self):
        """What of a shortage this line stands for: a no counts as answered too."""
        if self.verdict == "rejected" or self.state != "done":
            return self.asked_qty
        return self.asked_qty - self.granted_qty


def _prepare_line(order_line, move, quantity):
    return {
        "product_id": order_line.product_id.id,
        "product_uom_id": order_line.product_id.uom_id.id,
        "product_uom_qty": quantity,
        "order_line_id": order_line.id,
        "origin_move_id": move.id,
    }
