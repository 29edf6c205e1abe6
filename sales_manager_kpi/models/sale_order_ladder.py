import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.stock.models.stock_rule import ProcurementException

from ..engine.sourcing import ANSWERED, promise
from .supply_ladder_batch import ladder_batch
from .supply_retry import tried_again

_logger = logging.getLogger(__name__)

CHUNK = 50


class SaleOrder(models.Model):
    """Orders whose goods come down the ladder of their branch."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    supply_source_ids = fields.One2many(
        comodel_name="sale.order.source",
        inverse_name="order_id",
        string="Sources of Goods",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    has_supply_ladder = fields.Boolean(compute="_compute_has_supply_ladder")
    supply_source_count = fields.Integer(compute="_compute_supply", compute_sudo=True)
    supply_promised_at = fields.Datetime(
        string="Goods Promised For",
        compute="_compute_supply",
        compute_sudo=True,
        help="When the last of the goods is at the branch, as its senders answered. "
        "Empty as long as an answer is missing.",
    )
    supply_unanswered = fields.Boolean(
        string="Answers Missing",
        compute="_compute_supply",
        compute_sudo=True,
    )
    supply_to_request = fields.Boolean(
        compute="_compute_supply",
        compute_sudo=True,
        help="Goods lie in another warehouse, and wait until somebody asks for them.",
    )
    supply_checked_at = fields.Datetime(
        string="Supply Looked After", copy=False, readonly=True
    )

    @api.depends("warehouse_id")
    def _compute_has_supply_ladder(self):
        ladders = self.env["sales.branch"]._ladder()
        for order in self:
            order.has_supply_ladder = order.warehouse_id.id in ladders

    @api.depends(
        "warehouse_id",
        "supply_source_ids.state",
        "supply_source_ids.promised_at",
    )
    def _compute_supply(self):
        ladders = self.env["sales.branch"]._ladder()
        nothing = self.env["sale.order.source"]
        for order in self:
            here = order.warehouse_id.id in ladders
            sources = order.supply_source_ids if here else nothing
            rungs = [source._rung() for source in sources]
            order.supply_source_count = len(sources)
            order.supply_promised_at = promise(rungs) or False
            order.supply_unanswered = any(
                rung.state not in ANSWERED and rung.state != "cancelled"
                for rung in rungs
            )
            order.supply_to_request = bool(sources._to_request())

    def _compute_warehouse_id(self):
        """Managers of a branch that is set up sell from its warehouse.

        A default that somebody set for all orders stays before it, as in core.
        """
        result = super()._compute_warehouse_id()
        ladders = self.env["sales.branch"]._ladder()
        if not ladders:
            return result
        warehouses = {row[0]: key for key, row in ladders.items()}
        default = self.env["ir.default"]._get_model_defaults("sale.order")
        if "warehouse_id" in default:
            return result
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        for order, branch in quotations._supply_branches().items():
            if branch.id in warehouses:
                order.warehouse_id = warehouses[branch.id]
        return result

    # ------------------------------------------------------------------
    # What changes a ladder
    # ------------------------------------------------------------------

    def _action_confirm(self):
        if not self.env["sales.branch"]._ladder():
            return super()._action_confirm()
        with ladder_batch(self.env) as batch:
            batch.add(self.order_line)
            result = super()._action_confirm()
        self._ask_supervisors()
        return result

    def _action_cancel(self):
        if not self.env["sales.branch"]._ladder():
            return super()._action_cancel()
        with ladder_batch(self.env) as batch:
            batch.add(self.order_line)
            return super()._action_cancel()

    def action_draft(self):
        if not self.env["sales.branch"]._ladder():
            return super().action_draft()
        with ladder_batch(self.env) as batch:
            batch.add(self.order_line)
            return super().action_draft()

    def _ask_supervisors(self):
        """Ask for what nobody has, and withdraw what is not missing any more."""
        self._supply_sources()._short()._raise_shortages(self)

    def _supply_sources(self):
        """The sources of these orders, of whoever may read them or not."""
        # sudo: goods are asked for whoever confirms; the order itself was checked
        Source = self.env["sale.order.source"].sudo()
        if not any(line._has_ladder() for line in self.order_line):
            return Source
        return Source.search([("order_id", "in", self.ids)])

    # ------------------------------------------------------------------
    # Asking for goods
    # ------------------------------------------------------------------

    def action_request_supply(self):
        """Ask the warehouses that have them for the goods still missing.

        :raise AccessError: for who may not change the order
        :raise UserError: where nothing is to be asked for, or no route leads there
        """
        self.check_access("write")
        wanted = self._supply_sources()._to_request()
        if not wanted:
            raise UserError(
                self.env._(
                    "No warehouse has goods left for this order. What is missing is "
                    "asked of the supervisors."
                )
            )
        wanted._procure()
        return True

    def action_open_supply_sources(self):
        """Open the sources of these orders."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sale_order_source_action"
        )
        action["domain"] = [("order_id", "in", self.ids)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Every night
    # ------------------------------------------------------------------

    @api.model
    def _cron_supply_ladder(self):
        """Look after every open order once a day.

        Odoo's rules measure what is free once, at confirmation: a count, a freed hold
        or goods given to somebody else change nothing afterwards. Orders whose goods
        somebody else is at work with are left for the next night.
        """
        domain = self._supply_open_domain()
        if not domain:
            return
        remaining = self.search_count(domain)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        last = 0
        while remaining:
            orders = self.search([*domain, ("id", ">", last)], limit=CHUNK, order="id")
            if not orders:
                break
            last = orders[-1].id
            if not tried_again(self.env, orders._look_after_supply):
                _logger.info("Goods of %s are in use, looked after later", orders)
            if not self.env["ir.cron"]._commit_progress(len(orders)):
                break

    @api.model
    def _supply_open_domain(self):
        """Confirmed orders of ladders, not delivered, not looked after today."""
        warehouses = list(self.env["sales.branch"]._ladder())
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return warehouses and [
            ("state", "=", "sale"),
            ("warehouse_id", "in", warehouses),
            ("delivery_status", "not in", (False, "full")),
            "|",
            ("supply_checked_at", "=", False),
            ("supply_checked_at", "<", today),
        ]

    def _look_after_supply(self):
        """Reserve what has become free, ask for what is missing, tell the rest."""
        # sudo: a job of the system
        orders = self.sudo()
        lines = orders.order_line.filtered(lambda line: line._has_ladder())
        with ladder_batch(self.env) as batch:
            batch.add(lines)
            lines.move_ids.filtered(
                lambda move: move.state in ("confirmed", "partially_available")
            )._action_assign()
        sources = orders._supply_sources()
        for order, wanted in sources._to_request().grouped("order_id").items():
            if wanted.branch_id.supply_mode == "automatic":
                order._procure_or_note(wanted)
        orders._settle_found_goods()
        orders._ask_supervisors()
        orders.write({"supply_checked_at": fields.Datetime.now()})

    def _procure_or_note(self, sources):
        """One order that cannot be served does not keep the others waiting."""
        try:
            with self.env.cr.savepoint():
                sources._procure(raise_user_error=False)
        except ProcurementException as error:
            words = "\n".join(words for _need, words in error.procurement_exceptions)
            _logger.warning("Supply of %s: %s", self.name, words)
            self._message_log(body=words)
