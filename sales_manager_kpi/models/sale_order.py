from odoo import api, fields, models

from .sales_credited_mixin import CREDIT_FIELDS, Credit


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "sales.credited.mixin",
        "sales.plan.effect.mixin",
        "sales.acting.note.mixin",
    ]
    _substitution_scope = "orders"
    _credit_document_field = "order_id"
    _substitution_customer_owner = "partner_id.commercial_partner_id.user_id"
    _substitution_follows = _substitution_customer_owner
    _stamp_fields = frozenset(
        {
            *CREDIT_FIELDS,
            "sales_credit_ids",
            "first_confirmation_date",
            "first_confirmation_rate",
            "confirmed_by_id",
            "acting_for_id",
            "discount_verdict",
            "discount_verdict_date",
            "registration_checked_on",
        }
    )

    sales_credit_ids = fields.One2many(
        comodel_name="sales.credit",
        inverse_name="order_id",
        string="Credit Shares",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    first_confirmation_date = fields.Datetime(
        string="First Confirmed On",
        copy=False,
        readonly=True,
        help="Order results count by this moment; confirming again does not move it.",
    )
    first_confirmation_rate = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        help="Order currency per company currency at the first confirmation.",
    )

    confirmed_by_id = fields.Many2one(
        comodel_name="res.users",
        copy=False,
        readonly=True,
        help="Who confirmed the order first.",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="Confirmed For",
        copy=False,
        readonly=True,
        help="For whom, where whoever confirmed stood in for somebody.",
    )

    _credited_user_confirmed_idx = models.Index(
        "(credited_user_id, first_confirmation_date) "
        "WHERE first_confirmation_date IS NOT NULL"
    )
    _company_confirmed_idx = models.Index(
        "(company_id, first_confirmation_date) "
        "WHERE first_confirmation_date IS NOT NULL"
    )

    _divided_credit_idx = models.Index(
        "(first_confirmation_date) WHERE credit_kind = 'shared'"
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # An import may bring orders that are confirmed already.
        orders.filtered(lambda o: o.state == "sale")._recognize_confirmation()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._forget_credit()
        if vals.get("state") == "sale":
            self._recognize_confirmation()
        return result

    def action_confirm(self):
        self._fetch_products()
        return super().action_confirm()

    def _fetch_products(self):
        """Read products together with the cost that is kept of them: one query less."""
        Product = self.env["product.product"].sudo()  # sudo: see _recognize_cost
        names = [
            name for name, field in Product._fields.items() if field.prefetch is True
        ]
        for company, orders in self.grouped("company_id").items():
            products = Product.browse(orders.order_line.product_id.ids)
            products.with_company(company).fetch([*names, "standard_price"])

    def _forget_credit(self):
        """Another customer is another owner, as long as the order is not confirmed."""
        orders = self.filtered(lambda o: o.state != "sale" and o.credit_kind)
        # sudo: shares are decided rows; here the customer they were for is gone
        orders.sudo().sales_credit_ids.unlink()
        orders._store_credit(dict.fromkeys(orders.ids, (False, False, None)))

    def _recognize_confirmation(self):
        """Stamp moment, rate, credit and cost of orders that count from now on.

        An order confirmed again keeps its first moment and rate.
        """
        orders = self.filtered(lambda o: not o.first_confirmation_date)
        again = self - orders
        for company, company_orders in (
            again.filtered(lambda o: not o.credit_kind).grouped("company_id").items()
        ):
            company_orders._store_credit(company_orders._resolve_credit(company))
        again.order_line._recognize_missing_cost()
        for company, company_orders in orders.grouped("company_id").items():
            stamps = company_orders._resolve_credit(company)
            # sudo: whoever may confirm an order makes the system stamp it
            for order in company_orders.sudo():
                order.write(order._prepare_recognition_vals(*stamps[order.id]))
        orders.order_line._recognize_cost()

    def _prepare_recognition_vals(self, user_id, branch_id, kind, substitution_id):
        return {
            "first_confirmation_date": self.date_order,
            "first_confirmation_rate": self.currency_rate or 1.0,
            "credited_user_id": user_id,
            "credited_branch_id": branch_id,
            "credit_kind": kind,
            "substitution_id": substitution_id,
            "confirmed_by_id": self.env.uid,
            "acting_for_id": self._acted_for().id,
        }

    def _counts_at(self):
        return self.date_order

    def _resolve_credit(self, company):
        """``{order id: Credit}`` for orders of one company.

        What somebody decided while it was a quotation stays decided. The owner's
        deputy gets what the policy says.
        """
        open_orders = self.filtered(lambda o: not o.credit_kind)
        events = [
            (o.partner_id.commercial_partner_id.id, o.user_id.id, o.date_order)
            for o in open_orders
        ]
        resolved = self.env["customer.assignment"]._resolve(company, events)
        stamps = {
            o.id: Credit(o.credited_user_id.id, o.credited_branch_id.id, o.credit_kind)
            for o in self - open_orders
        }
        for order, (user_id, branch_id) in zip(open_orders, resolved, strict=True):
            kind = "single" if user_id else "unassigned"
            stamps[order.id] = Credit(user_id, branch_id, kind)
        return open_orders._with_substitutions(company, stamps)
