from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_hold import LIVE

ORDER_FIELDS = frozenset({"user_id", "partner_id"})
LINE_FIELDS = frozenset(
    {"product_uom_qty", "product_uom_id", "product_id", "order_id", "display_type"}
)


class SaleOrder(models.Model):
    """Quotations with goods held for them.

    As long as nobody ever held anything, this costs a look into the cache.
    """

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    stock_hold_ids = fields.One2many(
        comodel_name="stock.hold",
        inverse_name="order_id",
        string="Holds",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    stock_hold_count = fields.Integer(
        string="Number of Holds",
        compute="_compute_stock_hold_count",
        groups="sales_manager_kpi.group_manager",
    )
    supply_branch_id = fields.Many2one(
        comodel_name="sales.branch",
        string="Branch of the Manager",
        compute="_compute_supply_branch",
        groups="sales_manager_kpi.group_manager",
        help="The branch in whose stock goods are held for this order.",
    )

    @api.depends("stock_hold_ids")
    def _compute_stock_hold_count(self):
        self.stock_hold_count = 0
        if not self.env["sales.branch"]._hold_locations():
            return
        groups = self.env["stock.hold"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        for order, count in groups:
            order.stock_hold_count = count

    @api.depends("user_id", "company_id")
    def _compute_supply_branch(self):
        branches = self._supply_branches()
        for order in self:
            order.supply_branch_id = branches.get(order)

    def _supply_branches(self):
        """``{order: branch}`` of their managers today; no query without branches."""
        Branch = self.env["sales.branch"]
        found = {}
        for company, orders in self.grouped("company_id").items():
            if not company or not Branch._exist(company):
                continue
            today = Branch._company_local_date(company)
            of_user = Branch._branch_by_user(orders.user_id, company, today)
            for order in orders:
                if order.user_id.id in of_user:
                    found[order] = of_user[order.user_id.id]
        return found

    # ------------------------------------------------------------------
    # What becomes of the order becomes of its holds
    # ------------------------------------------------------------------

    def _action_confirm(self):
        holds = self._live_holds()
        kept = holds._let_go() if holds else {}
        result = super()._action_confirm()
        if kept:
            holds._give_to_orders(kept)
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._release_holds(self.env._("The quotation was cancelled."))
        if not ORDER_FIELDS.isdisjoint(vals):
            self._follow_with_holds()
        return result

    def unlink(self):
        self._release_holds(self.env._("The quotation was deleted."))
        # sudo: holds stay when their order goes, whoever may read them. They let go
        # of it here: PostgreSQL checks both keys again on rows written just now,
        # in whatever order the order and its lines are deleted.
        holds = self.env["stock.hold"].sudo().search([("order_id", "in", self.ids)])
        holds.write({"order_id": False, "order_line_id": False})
        self.env.flush_all()
        return super().unlink()

    def _live_holds(self):
        """What is held for these orders now; as sudo."""
        Hold = self.env["stock.hold"]
        if not self.ids or not self.env["sales.branch"]._hold_locations():
            return Hold
        return Hold._live(("order_id", "in", self.ids))

    def _release_holds(self, reason):
        holds = self._live_holds()
        if holds:
            holds._close("released", reason)

    def _follow_with_holds(self):
        for hold in self._live_holds():
            hold.write(
                {
                    "user_id": hold.order_id.user_id.id,
                    "partner_id": hold.order_id.partner_id.id,
                }
            )

    def _check_holds_goods(self):
        """The branch in whose stock goods are held for this order, as sudo.

        :raise UserError: where there is none, or it would not help the order
        """
        self.ensure_one()
        # sudo: the warehouse of the branch; the caller has checked the order
        branch = self._supply_branches().get(self, self.env["sales.branch"]).sudo()
        if self.state not in ("draft", "sent"):
            message = self.env._("Goods are held for quotations only.")
        elif not branch:
            message = self.env._(
                "The manager of this quotation belongs to no branch: its goods cannot "
                "be held. Choose a manager of a branch."
            )
        elif not branch.warehouse_id:
            message = self.env._(
                "Branch %s has no warehouse to hold goods in. Set one on the branch.",
                branch.display_name,
            )
        elif self.warehouse_id != branch.warehouse_id:
            message = self.env._(
                "The quotation ships from %(order)s, goods are held in %(branch)s. "
                "Choose the warehouse of the branch first.",
                order=self.warehouse_id.name,
                branch=branch.warehouse_id.name,
            )
        else:
            return branch
        raise UserError(message)

    # ------------------------------------------------------------------
    # On the screen
    # ------------------------------------------------------------------

    def action_hold_goods(self):
        """Ask what of these goods is held, and until when."""
        self.ensure_one()
        return self.order_line._ask_what_to_hold(self)

    def action_open_holds(self):
        """Open what is or was held for this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.stock_hold_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}


class SaleOrderLine(models.Model):
    """Order lines whose goods may be held."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if not LINE_FIELDS.isdisjoint(vals):
            self._fit_holds()
        return result

    def unlink(self):
        holds = self._live_holds()
        if holds:
            holds._close("released", self.env._("The order line was deleted."))
        return super().unlink()

    def _live_holds(self):
        """What is held for these lines now; as sudo."""
        Hold = self.env["stock.hold"]
        if not self.ids or not self.env["sales.branch"]._hold_locations():
            return Hold
        return Hold._live(("order_line_id", "in", self.ids))

    def _live_held(self):
        """``{line: what is held of it now}``, in the product's unit, in one query."""
        # sudo: all that is held counts, whoever holds it
        groups = (
            self.env["stock.hold"]
            .sudo()
            ._read_group(
                [("order_line_id", "in", self.ids), ("state", "in", LIVE)],
                ["order_line_id"],
                ["product_qty:sum"],
            )
        )
        return {line.sudo(False): held for line, held in groups}

    def _fit_holds(self):
        """Holds of other goods than the line's end, and those of too much are lowered.

        The latest first: they were the least needed.
        """
        for line, holds in self._live_holds().grouped("order_line_id").items():
            others = holds.filtered(lambda hold, line=line: not line._is_of(hold))
            if others:
                others._close(
                    "released", self.env._("The order line is of other goods now.")
                )
            (holds - others)._fit_into(line)

    def _is_of(self, hold):
        """Whether ``hold`` is still of this line's order and goods."""
        return (
            hold.product_id == self.product_id
            and hold.order_id == self.order_id
            and self.product_uom_id._has_common_reference(hold.stock_uom_id)
        )

    def _moves_from(self, location):
        """Open moves of these lines, of all steps, that take from ``location``."""
        moves = self.move_ids
        moves |= moves.browse(moves._rollup_move_origs())
        return moves.filtered(
            lambda move: (
                move.state not in ("draft", "done", "cancel")
                and not move.picked
                and move.procure_method == "make_to_stock"
                and move.location_id._child_of(location)
            )
        )

    # ------------------------------------------------------------------
    # Hold
    # ------------------------------------------------------------------

    def action_hold_goods(self):
        """Ask what of this line is held, and until when."""
        self.ensure_one()
        return self._ask_what_to_hold(self.order_id)

    def _ask_what_to_hold(self, order):
        order.check_access("write")
        order._check_holds_goods()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "stock.hold.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_order_id": order.id,
                "hold_line_ids": self.ids,
            },
        }

    def _stock_quantity(self, quantity):
        """``quantity`` of the line's unit in the product's unit.

        :raise UserError: where the units are of different kinds: Odoo would convert
            metres into pieces without a word
        """
        self.ensure_one()
        unit, stock_unit = self.product_uom_id, self.product_id.uom_id
        if not unit._has_common_reference(stock_unit):
            raise UserError(
                self.env._(
                    "%(product)s is kept in %(stock)s, the line is in %(unit)s. Choose "
                    "a unit of the same kind.",
                    product=self.product_id.display_name,
                    stock=stock_unit.name,
                    unit=unit.name,
                )
            )
        return unit._compute_quantity(quantity, stock_unit, rounding_method="HALF-UP")

    def _hold(self, quantity, lots=None, until=None):
        """Hold ``quantity`` of the line's unit for the customer, for who may write it.

        :param lots: the rolls to take it from; the system chooses where none is given
        :param until: naive UTC; the end of the company's usual time if None
        :return: the hold
        :raise UserError: where it cannot be held; says why
        """
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        branch = order._check_holds_goods()
        self._check_may_be_held(quantity, branch)
        hold = (
            # sudo: holds are written by the system; the order was checked
            self.env["stock.hold"]
            .sudo()
            .create(self._prepare_hold(quantity, branch, lots, until))
        )
        hold._reserve()
        return hold.sudo(False)

    def _prepare_hold(self, quantity, branch, lots, until):
        order = self.order_id
        return {
            "order_line_id": self.id,
            "order_id": order.id,
            "partner_id": order.partner_id.id,
            "product_id": self.product_id.id,
            "lot_ids": lots.ids if lots else [],
            "product_uom_qty": quantity,
            "product_uom_id": self.product_uom_id.id,
            "product_qty": self._stock_quantity(quantity),
            "company_id": order.company_id.id,
            "branch_id": branch.id,
            "warehouse_id": branch.warehouse_id.id,
            "until_at": until or branch._hold_end(),
            "user_id": order.user_id.id,
            "held_by_id": self.env.uid,
            "acting_for_id": order._acted_for().id,
        }

    def _check_may_be_held(self, quantity, branch):
        product = self.product_id
        if self.product_uom_id.compare(quantity, 0) <= 0:
            raise UserError(
                self.env._("Hold more than 0 of %s.", product.display_name or self.name)
            )
        if self._bypasses_branch():
            raise UserError(
                self.env._(
                    "%s is delivered in parts or by its vendor: the branch has nothing "
                    "of it to hold.",
                    product.display_name,
                )
            )
        if not product.is_storable or not product.active:
            raise UserError(
                self.env._(
                    "%s is not kept in stock, or archived: there is nothing to hold.",
                    product.display_name or self.name,
                )
            )
        held = self._live_held().get(self, 0.0) + self._stock_quantity(quantity)
        ordered = self._stock_quantity(self.product_uom_qty)
        if product.uom_id.compare(held, ordered) > 0:
            raise UserError(
                self.env._(
                    "The line is of %(ordered)s %(unit)s of %(product)s; %(held)s "
                    "would be held. Raise the quantity of the line, or hold less.",
                    ordered=ordered,
                    unit=product.uom_id.name,
                    product=product.display_name,
                    held=held,
                )
            )
