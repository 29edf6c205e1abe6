from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.stock.models.stock_rule import ProcurementException

from ..engine.instants import instant

NOON = 12


class SupplyRequestLine(models.Model):
    """Ordering what is granted: Odoo's own routes decide how the goods come."""

    # Ordering has a file of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    origin_move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Waiting Transfer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="A transfer to the branch that waits for the goods already. Then they are "
        "ordered for the warehouse it leaves from, and no second one is made.",
    )
    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="supply_request_line_id",
        string="Moves",
        readonly=True,
        groups="stock.group_stock_user",
    )
    ordered_qty = fields.Float(
        string="Ordered",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="What routes were asked for, in the product unit.",
    )
    error = fields.Text(string="Not Ordered Because", readonly=True, copy=False)

    def action_run(self):
        """Try again to order what is granted, after routes were corrected.

        :raise AccessError: for who may not answer
        """
        self.request_id._check_answering()
        # sudo: what the orders have got meanwhile needs no order any more
        self.sudo().order_line_id.order_id._settle_found_goods()
        return self._run()

    def _run(self):
        """Order what is granted and not ordered yet; a line that fails keeps why.

        Each line has a savepoint of its own, so that the others go on.
        """
        # sudo: moves, purchases and productions are made for who answers
        for line in self.sudo():
            quantity = line.granted_qty - line.ordered_qty
            if line.state != "answered" or line.uom_id.compare(quantity, 0.0) <= 0:
                continue
            line._run_one(quantity)
        self.request_id._settle()
        return True

    def _run_one(self, quantity):
        try:
            with self.env.cr.savepoint():
                self._procure(quantity)
        except (ProcurementException, UserError) as error:
            self._keep_error(error)
        else:
            self.write(
                {
                    "state": "in_progress",
                    "ordered_qty": self.ordered_qty + quantity,
                    "error": False,
                }
            )
            self.request_id._decide("run", lines=self, quantity=quantity)

    def _keep_error(self, error):
        words = (
            "\n".join(message for __, message in error.procurement_exceptions)
            if isinstance(error, ProcurementException)
            else str(error)
        )
        self.error = words
        self.request_id._decide("fail", words, lines=self)

    def _procure(self, quantity):
        """Ask Odoo's routes for ``quantity``, in the product unit.

        :raise UserError: where no route is set that says how the goods come
        """
        if self.origin_move_id:
            self._follow_origin()
        procurement = self._prepare_procurement(quantity)
        self._check_rule(procurement)
        self.env["stock.rule"].run([procurement], raise_user_error=False)

    def _check_rule(self, procurement):
        """What Odoo would pass over in silence is said here.

        :raise UserError: where goods would be received that nobody ordered, or bought
            from nobody
        """
        rule = self.env["stock.rule"]._get_rule(
            procurement.product_id, procurement.location_id, procurement.values
        )
        if rule.action == "buy" and not self._has_vendor():
            raise UserError(
                self.env._(
                    "No vendor of %(product)s is known. Add one to the product.",
                    product=self.product_id.display_name,
                )
            )
        if _takes_from_vendor(rule) and not self.route_id:
            raise UserError(
                self.env._(
                    "The routes of %(branch)s would receive %(product)s from a vendor "
                    "that nobody ordered from. Check the resupply routes of its "
                    "warehouse, or choose a route on the line.",
                    branch=self.branch_id.display_name,
                    product=self.product_id.display_name,
                )
            )

    def _has_vendor(self):
        sellers = self.product_id._prepare_sellers(False)
        return any(
            seller.company_id in (self.company_id, seller.company_id.browse())
            for seller in sellers
        )

    def _prepare_procurement(self, quantity):
        request, place = self.request_id, self._destination()
        return self.env["stock.rule"].Procurement(
            self.product_id,
            quantity,
            self.product_id.uom_id,
            place.lot_stock_id,
            request.name,
            request.name,
            self.company_id,
            self._prepare_procurement_values(place),
        )

    def _destination(self):
        """The warehouse the goods are ordered for.

        The branch's; where a transfer to it waits already, the one it leaves from.
        """
        self.ensure_one()
        if self.origin_move_id:
            return self.origin_move_id.location_id.warehouse_id
        return self.branch_id.warehouse_id

    def _prepare_procurement_values(self, place):
        planned = self._promised_at()
        return {
            "route_ids": self._routes(place),
            "warehouse_id": place,
            "date_planned": planned,
            "date_deadline": planned,
            "reference_ids": self._references(),
            "company_id": self.company_id,
            "origin": self.request_id.name,
            "supply_request_line_id": self.id,
        }

    def _promised_at(self):
        """The promised day at noon in the branch, as naive UTC."""
        tz = self.branch_id.tz or "UTC"
        if not self.promised_date:
            return datetime.combine(fields.Date.today(), time(NOON))
        return instant(self.promised_date, NOON, tz)

    def _references(self):
        """By which the goods find who asked: of the order, and of the request."""
        request = self.request_id
        if not request.reference_id:
            request.reference_id = self.env["stock.reference"].create(
                {"name": request.name}
            )
        own = request.reference_id
        return (
            request.order_id.stock_reference_ids
            | self.origin_move_id.reference_ids
            | own
        )

    def _routes(self, place):
        """The route that was chosen, else those that resupply the branch.

        Without them Odoo would take the receipt from vendors, silently: a branch
        without resupply routes is an error to correct.
        """
        if self.route_id:
            return self.route_id
        if self.origin_move_id:
            return self._routes_of_supplier(place)
        routes = place.resupply_route_ids.filtered("active")
        source = self.request_id._source_warehouse()
        if source:
            routes = routes.filtered(lambda route: route.supplier_wh_id == source)
        if not routes:
            raise UserError(
                self.env._(
                    "No route brings goods from %(supplier)s to %(warehouse)s. Set "
                    "Resupply From on the warehouse of %(branch)s, or choose a route "
                    "on the line.",
                    supplier=source.name or self.env._("another warehouse"),
                    warehouse=place.name,
                    branch=self.branch_id.display_name,
                )
            )
        return routes

    def _routes_of_supplier(self, place):
        """How the supplying warehouse gets goods itself.

        None are given where Odoo finds by itself how they are bought or made; else
        the routes by which another warehouse brings them.

        :raise UserError: where there is neither, since Odoo would then receive goods
            that nobody ordered
        """
        rule = self.env["stock.rule"]._get_rule(
            self.product_id,
            place.lot_stock_id,
            {"warehouse_id": place, "company_id": self.company_id},
        )
        none = self.env["stock.route"]
        if rule and not _takes_from_vendor(rule):
            return none
        routes = place.resupply_route_ids.filtered("active")
        if not routes:
            raise UserError(
                self.env._(
                    "%(warehouse)s has no route that buys, makes or brings "
                    "%(product)s. Set a route on the product, or choose one on the "
                    "line.",
                    warehouse=place.name,
                    product=self.product_id.display_name,
                )
            )
        return routes

    def _follow_origin(self):
        """What waits already is what the line waits for, up to the branch."""
        moves = self.origin_move_id
        moves |= moves.browse(moves._rollup_move_dests())
        inside = self.branch_id.warehouse_id.view_location_id
        legs = moves.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and not move.supply_request_line_id
                and (
                    move == self.origin_move_id
                    or (
                        move.location_dest_id._child_of(inside)
                        and not move.location_id._child_of(inside)
                    )
                )
            )
        )
        legs.supply_request_line_id = self

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _take_back(self, before):
        """Cancel what was ordered where the new answer grants less than before.

        :raise UserError: where some of it has left already
        """
        for line in self:
            less = line.uom_id.compare(line.granted_qty, before[line][1]) < 0
            if less and line.ordered_qty:
                line._cancel_moves()
                line.ordered_qty = 0.0

    def _cancel_moves(self):
        if self.origin_move_id or "done" in self.move_ids.mapped("state"):
            raise UserError(
                self.env._(
                    "%(product)s has been ordered and some of it is under way. Let "
                    "the warehouse cancel what is not wanted, then answer again.",
                    product=self.product_id.display_name,
                )
            )
        self.move_ids.filtered(lambda move: move.state != "cancel")._action_cancel()


class SupplyRequest(models.Model):
    """Where the goods of a request come from."""

    # Ordering has a file of its own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _source_of(self, branch, department):
        """The warehouse that supplies ``branch`` on behalf of ``department``."""
        # sudo: where goods come from is asked by whoever asks for them
        return department.sudo().warehouse_id or branch.sudo().supplying_warehouse_id

    def _source_warehouse(self):
        self.ensure_one()
        return self._source_of(self.branch_id, self.department_id)

    def action_run(self):
        """Try again to order what could not be ordered."""
        return self.line_ids.action_run()


def _takes_from_vendor(rule):
    """Whether the rule waits for a receipt, without any order to the vendor."""
    return rule.action in ("pull", "pull_push") and (
        rule.location_src_id.usage == "supplier"
    )
