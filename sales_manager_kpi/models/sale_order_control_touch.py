from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

KEY = "sales_manager_kpi.control"
ORDER_FIELDS = frozenset(
    {"state", "commitment_date", "user_id", "partner_id", "currency_id"}
)
LINE_FIELDS = frozenset(
    {
        "product_uom_qty",
        "product_uom_id",
        "product_id",
        "price_unit",
        "discount",
        "tax_ids",
    }
)
# Of a move: what says when goods leave; what is done goes through `_action_done`.
MOVE_FIELDS = frozenset({"date", "date_deadline", "state"})


class SaleOrderControl(models.Model):
    """Orders are written down anew at the end of the call that touched them.

    Hooks only remember ids; whatever a call does to how many documents, the same few
    statements are run for all of them, when the transaction is flushed.
    """

    # Hooks have a file of their own.
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _touch(self, kind, ids):
        """Remember that ``ids`` (of ``kind``, see `_project_touched`) have changed."""
        callbacks = self.env.cr.precommit
        if not ids:
            return
        if KEY not in callbacks.data:
            callbacks.data[KEY] = defaultdict(set)
            # sudo: kept by the system, whoever pays, ships or sells
            callbacks.add(self.sudo()._project_touched)
        callbacks.data[KEY][kind].update(ids)

    @api.model
    def _project_touched(self):
        """Write the rows of all that was touched, then look at the payments."""
        touched = self.env.cr.precommit.data.pop(KEY, {})
        if not touched:
            return
        orders, partners = touched["order"], touched["partner"]
        documents, moves = touched["document"], touched["move"]
        self._project(
            self._sql_touched(orders, partners, documents, moves),
            payment=bool(orders or partners or documents),
            shipment=bool(orders or partners or moves),
        )
        if documents:
            self._after_money(documents)

    @api.model
    def _after_money(self, document_ids):
        """Money came or went: what else has to be looked at; in sudo."""

    @api.model
    def _sql_touched(self, orders, partners, documents, moves):
        """SQL of the ids of orders that these documents belong to.

        A payment belongs to the orders of all invoices it pays.
        """
        queries = [SQL("SELECT id FROM sale_order WHERE id = ANY(%s)", list(orders))]
        if partners:
            queries.append(
                SQL(
                    """
                    SELECT o.id FROM sale_order o
                      JOIN res_partner partner ON partner.id = o.partner_id
                     WHERE partner.commercial_partner_id = ANY(%s)
                    """,
                    list(partners),
                )
            )
        if documents:
            queries.append(self._sql_orders_of_documents(documents))
        if moves:
            queries.append(
                SQL(
                    """
                    SELECT sold.order_id FROM stock_move move
                      JOIN sale_order_line sold ON sold.id = move.sale_line_id
                     WHERE move.id = ANY(%s)
                    """,
                    list(moves),
                )
            )
        return SQL(" UNION ").join(queries)

    @api.model
    def _sql_orders_of_documents(self, documents):
        return SQL(
            """
            SELECT sold.order_id
              FROM (
                    SELECT unnest(%(ids)s) AS id
                     UNION
                    SELECT debit.move_id
                      FROM account_move_line credit
                      JOIN account_partial_reconcile partial
                        ON partial.credit_move_id = credit.id
                      JOIN account_move_line debit
                        ON debit.id = partial.debit_move_id
                     WHERE credit.move_id = ANY(%(ids)s)
                   ) AS document
              JOIN account_move_line line ON line.move_id = document.id
              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
              JOIN sale_order_line sold ON sold.id = rel.order_line_id
            """,
            ids=list(documents),
        )

    @api.model
    def _is_kept_for(self, companies):
        """Whether any of these companies has branches; cached, for the inert case."""
        exist = self.env["sales.branch"]._exist
        return any(exist(company) for company in companies)


class SaleOrder(models.Model):
    # Control has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    control_ids = fields.One2many(
        comodel_name="sale.order.control",
        inverse_name="order_id",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    control_line_ids = fields.One2many(
        comodel_name="sale.order.control.line",
        inverse_name="order_id",
        string="Shipment of Lines",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._touch_control()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if not ORDER_FIELDS.isdisjoint(vals):
            self.filtered(
                lambda order: order.state == "sale" or "state" in vals
            )._touch_control()
        return result

    def _touch_control(self):
        Control = self.env["sale.order.control"]
        if self and Control._is_kept_for(self.company_id):
            Control._touch("order", self.ids)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._touch_control()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not LINE_FIELDS.isdisjoint(vals):
            self._touch_control()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.filtered(lambda order: order.state == "sale")._touch_control()
        return result

    def _touch_control(self):
        self.order_id.filtered(lambda order: order.state == "sale")._touch_control()


class AccountMove(models.Model):
    # Control has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "invoice_date_due" in vals:
            Control = self.env["sale.order.control"]
            if Control._is_kept_for(self.company_id):
                Control._touch("document", self.ids)
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._touch_control()
        return partials

    def unlink(self):
        documents = self._controlled_documents()
        result = super().unlink()
        self.env["sale.order.control"]._touch("document", documents)
        return result

    def _touch_control(self):
        self.env["sale.order.control"]._touch("document", self._controlled_documents())

    def _controlled_documents(self):
        """Ids of the journal entries on both sides, where orders are controlled."""
        # sudo: which documents are settled, whoever settles them
        partials = self.sudo()
        lines = partials.debit_move_id | partials.credit_move_id
        if not self.env["sale.order.control"]._is_kept_for(lines.company_id):
            return []
        return lines.move_id.ids


class StockMove(models.Model):
    # Control has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if not MOVE_FIELDS.isdisjoint(vals):
            self._touch_control()
        return result

    def _touch_control(self):
        Control = self.env["sale.order.control"]
        if Control._is_kept_for(self.company_id):
            # receipts and moves between warehouses are no shipments
            Control._touch("move", self.filtered("sale_line_id").ids)


class ResPartner(models.Model):
    # Control has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if not {"user_id", "parent_id"}.isdisjoint(vals):
            Control = self.env["sale.order.control"]
            if Control._is_kept_for(self.env.companies):
                Control._touch("partner", self.commercial_partner_id.ids)
        return result
