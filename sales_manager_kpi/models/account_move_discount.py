from odoo import models

LEAK_ACTIVITY = "sales_manager_kpi.mail_activity_type_discount_leak"


class AccountMove(models.Model):
    """Invoices below their orders are concessions too; credit notes take them back.

    Without an active policy an invoice is not looked at; where none holds for the
    branch of the order, or one that is off, nothing is recorded. What was recorded
    under one is taken back also when it holds no more.
    """

    # The area of discounts has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        governed = posted._under_discount_policy()
        invoices = governed.filtered(lambda m: m.move_type == "out_invoice")
        invoices._find_leaks()
        invoices._trace_invoiced()
        posted.filtered(lambda m: m.move_type == "out_refund")._credit_concessions()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._undo_concessions()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._undo_concessions()
        return result

    def _under_discount_policy(self):
        """Sales documents of companies with an active policy."""
        Policy = self.env["discount.policy"]
        companies = self.company_id.filtered(
            lambda company: any(p.mode != "off" for p in Policy._policies(company))
        )
        return self.filtered(
            lambda m: m.company_id in companies and m.is_sale_document()
        )

    # ------------------------------------------------------------------
    # Invoices below the order
    # ------------------------------------------------------------------

    def _find_leaks(self):
        """Record what these invoices give away beyond their orders; tell directors."""
        moves = self.sudo()  # sudo: who posts may not read the orders behind
        vals_list = []
        for move in moves:
            vals_list += [
                line._prepare_leak(amount, self.env.uid)
                for line, amount in move._leaks()
            ]
        # sudo: written by the system, whoever posts
        rows = self.env["discount.concession"].sudo().create(vals_list)
        for move, own in rows.grouped("move_id").items():
            move._tell_of_leak(own)

    def _leaks(self):
        """``[(invoice line, untaxed amount in company currency)]``."""
        orders = self.invoice_line_ids.sale_line_ids.order_id
        if not orders:
            return []
        found = []
        for line in self.invoice_line_ids:
            if line.display_type == "product":
                given = line._below_order()
                amount = self.currency_id._convert(
                    given,
                    self.company_id.currency_id,
                    self.company_id,
                    self.invoice_date or self.date,
                )
                # few lines leak: only of these is asked whose norms hold
                if given > 0 and amount > 0 and line._order_below()._discount_policy():
                    found.append((line, amount))
        return found

    def _tell_of_leak(self, rows):
        """An activity for the director of the branch, or for who stands above."""
        order = rows.order_id[:1]
        directors, admins = self.env["sales.plan"]._company_approvers(self.company_id)
        director = order.credited_branch_id.director_id or (directors or admins)[:1]
        total = self.company_id.currency_id.format(sum(rows.mapped("amount")))
        self.activity_schedule(
            LEAK_ACTIVITY,
            user_id=(director or self.env.user).id,
            note=self.env._(
                "%(amount)s less than on %(order)s, which nobody approved.",
                amount=total,
                order=", ".join(rows.order_id.mapped("name")),
            ),
        )

    # ------------------------------------------------------------------
    # Credit notes, and documents that no longer count
    # ------------------------------------------------------------------

    def _credit_concessions(self):
        """Take back in proportion what was given away with the goods credited."""
        moves = self.sudo()  # sudo: see _find_leaks
        sold = moves.invoice_line_ids.sale_line_ids
        if not sold:
            return
        # sudo: written by the system, whoever posts
        Row = self.env["discount.concession"].sudo()
        rows = Row.search(
            [("order_line_id", "in", sold.ids), ("reversal_of_id", "=", False)]
        ).grouped("order_line_id")
        vals_list = []
        for line in moves.invoice_line_ids:
            own = rows.get(line._sold_line(), Row)
            if own and (part := line._credited_part()):
                vals_list += own._prepare_take_back(
                    line.move_id.invoice_date or line.move_id.date, part, line.move_id
                )
        Row.create(vals_list)

    def _undo_concessions(self):
        """A document that is draft or cancelled gave nothing away, nor took it back."""
        moves = self.filtered(lambda m: m.is_sale_document())
        if not moves:
            return
        # sudo: written by the system, whoever resets the document
        rows = self.env["discount.concession"].sudo()
        rows = rows.search([("move_id", "in", moves.ids)])
        for company, own in rows.grouped("company_id").items():
            day = self.env["sales.branch"]._company_local_date(company)
            leaks = own.filtered(lambda r: r.kind == "invoice" and not r.reversal_of_id)
            leaks._take_back(day)
            refunds = own.filtered(lambda r: r.move_id.move_type == "out_refund")
            refunds._undo_take_back(day)


class AccountMoveLine(models.Model):
    """Compares an invoice line with the order line it comes from."""

    # The area of discounts has files of its own.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def _sold_line(self):
        """The order line it comes from, read together with those of other lines."""
        sold = self.sale_line_ids
        return sold[:1].with_prefetch(sold._prefetch_ids)

    def _below_order(self):
        """Untaxed amount, in the invoice's currency, below what the order says.

        A line that takes something off and comes from no order counts whole; other
        lines without order are no matter of a discount. Rounding is none.
        """
        sold = self._sold_line()
        if not sold:
            return max(0.0, -self.price_subtotal)
        if sold.is_downpayment:
            return 0.0
        quantity = self._quantity_as_ordered(sold)
        agreed = sold._untaxed_net() * quantity
        if sold.currency_id != self.currency_id:
            agreed = sold.currency_id._convert(
                agreed,
                self.currency_id,
                self.company_id,
                self.move_id.invoice_date or self.date,
            )
        ordered = abs(sold.product_uom_qty) or 1.0
        step = self.currency_id.rounding * (1 + max(1.0, abs(quantity) / ordered))
        given = agreed - self.price_subtotal
        return given if given > step else 0.0

    def _quantity_as_ordered(self, sold):
        """The quantity in the unit of the order line."""
        if not self.product_uom_id or self.product_uom_id == sold.product_uom_id:
            return self.quantity
        return self.product_uom_id._compute_quantity(
            self.quantity, sold.product_uom_id, round=False, raise_if_failure=False
        )

    def _credited_part(self):
        """Which part of its order line this line of a credit note gives back.

        By amount, since a credit note may credit some of the price; by quantity where
        the goods were given for nothing.
        """
        sold = self._sold_line()
        ordered = sold.product_uom_qty
        if not sold or sold.is_downpayment or not ordered:
            return 0.0
        origin = self.move_id.reversed_entry_id.invoice_line_ids.filtered(
            lambda line: line._sold_line() == sold
        )
        if origin:
            base = sum(origin.mapped("price_subtotal"))
            share = sum(line._quantity_as_ordered(sold) for line in origin) / ordered
        else:
            base, share = sold.price_subtotal, 1.0
        if base:
            return min(1.0, self.price_subtotal / base * share)
        return min(1.0, self._quantity_as_ordered(sold) / ordered)

    def _order_below(self):
        """The order whose price this line lowers, itself or as part of the invoice."""
        own = self._sold_line().order_id
        return own or self.move_id.invoice_line_ids.sale_line_ids.order_id[:1]

    def _prepare_leak(self, amount, user_id):
        sold, order = self._sold_line(), self._order_below()
        return {
            "currency_id": self.company_id.currency_id.id,
            "date": self.move_id.invoice_date or self.move_id.date,
            "company_id": self.company_id.id,
            "kind": "invoice",
            "amount": amount,
            "within_norm": False,
            "order_id": order.id,
            "order_line_id": sold.id,
            "move_id": self.move_id.id,
            "user_id": order.user_id.id,
            "acting_user_id": user_id,
            "partner_id": self.move_id.commercial_partner_id.id,
            "branch_id": order.credited_branch_id.id,
            "product_id": self.product_id.id,
            "categ_id": self.product_id.categ_id.id,
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _untaxed_net(self):
        """Untaxed price per unit after the line's discount."""
        if self.product_uom_qty:
            return self.price_subtotal / self.product_uom_qty
        return self._net_price() * self._untaxed_rate()
