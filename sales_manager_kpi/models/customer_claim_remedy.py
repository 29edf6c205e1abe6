from odoo import Command, api, fields, models
from odoo.exceptions import UserError

MANAGER = "sales_manager_kpi.group_manager"


class CustomerClaim(models.Model):
    """How a claim is put right: by documents of Odoo, which others confirm and post.

    The claim makes drafts and opens wizards, no more. It is executed once the
    documents of its remedy are done: goods came back, the note is posted, the
    replacement was delivered.
    """

    # Remedies have a file of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    return_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="remedied_claim_id",
        string="Returns",
        readonly=True,
        groups=MANAGER,
    )
    refund_ids = fields.One2many(
        comodel_name="account.move",
        inverse_name="remedied_claim_id",
        string="Credit Notes",
        readonly=True,
        groups=MANAGER,
    )
    replacement_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="remedied_claim_id",
        string="Replacements",
        readonly=True,
        groups=MANAGER,
    )
    return_count = fields.Integer(
        compute="_compute_remedy_counts", compute_sudo=True, groups=MANAGER
    )
    refund_count = fields.Integer(
        compute="_compute_remedy_counts", compute_sudo=True, groups=MANAGER
    )
    replacement_count = fields.Integer(
        compute="_compute_remedy_counts", compute_sudo=True, groups=MANAGER
    )

    @api.depends("return_ids", "refund_ids", "replacement_ids")
    def _compute_remedy_counts(self):
        for claim in self:
            claim.return_count = len(claim.return_ids)
            claim.refund_count = len(claim.refund_ids)
            claim.replacement_count = len(claim.replacement_ids)

    # ------------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------------

    def _check_remediable(self, remedy):
        self.ensure_one()
        self._check_working()
        self._check_state("decided")
        if self.remedy != remedy:
            labels = dict(self._fields["remedy"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The verdict on %(claim)s is: %(remedy)s. Nothing else is given.",
                    claim=self.name,
                    remedy=labels.get(self.remedy, "").lower(),
                )
            )

    def action_return(self):
        """Open Odoo's return of the delivery; what comes of it is linked.

        :raise UserError: without a delivery that was done
        """
        self._check_remediable("return")
        if self.picking_id.state != "done":
            raise UserError(
                self.env._("Choose a delivery that was done: its goods come back.")
            )
        return self._open_wizard("stock.act_stock_return_picking", self.picking_id)

    def action_credit(self):
        """Open Odoo's reversal of the invoice; what comes of it is linked.

        :raise UserError: without a posted invoice
        """
        self._check_remediable("credit")
        if self.move_id.state != "posted":
            raise UserError(
                self.env._("Choose a posted invoice: the credit note is for it.")
            )
        return self._open_wizard(
            "account.action_view_account_move_reversal", self.move_id
        )

    def _open_wizard(self, xmlid, document):
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["context"] = {
            "active_model": document._name,
            "active_id": document.id,
            "active_ids": document.ids,
        }
        return action

    def action_replace(self):
        """Draft a quotation of the same goods at no charge, and open it.

        Whoever confirms it needs what such an order needs of them.

        :raise UserError: without an order to replace, or a second time
        """
        self._check_remediable("replacement")
        lines = self._lines_to_replace()
        if not lines:
            raise UserError(
                self.env._("Choose the order, and its lines, that is replaced.")
            )
        # sudo: whether there is one, whoever may see it
        if self.sudo().replacement_ids.filtered(lambda row: row.state != "cancel"):
            raise UserError(
                self.env._("%s has a replacement already. Cancel it first.", self.name)
            )
        order = self.env["sale.order"].create(self._prepare_replacement(lines))
        order.sudo().remedied_claim_id = self  # sudo: the system's to write
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }

    def _lines_to_replace(self):
        lines = self.order_line_ids or self.order_id.order_line
        return lines.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and line.product_uom_qty > 0
            )
        )

    def _prepare_replacement(self, lines):
        single = len(lines) == 1 and self.claimed_qty
        return {
            "partner_id": self.order_id.partner_id.id,
            "partner_shipping_id": self.order_id.partner_shipping_id.id,
            "company_id": self.company_id.id,
            "user_id": self.order_id.user_id.id or self.user_id.id,
            "client_order_ref": self.order_id.client_order_ref,
            "origin": self.name,
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_id": line.product_uom_id.id,
                        "product_uom_qty": single or line.product_uom_qty,
                        "name": line.name,
                        "price_unit": 0.0,
                        # another quantity keeps the price somebody gave
                        "technical_price_unit": line.price_unit or 1.0,
                        "tax_ids": [Command.set(line.tax_ids.ids)],
                    }
                )
                for line in lines
            ],
        }

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    @api.model
    def _link_remedy(self, remedy, name, origin, documents):
        """Link ``documents`` to the decided claim about ``origin``; in sudo."""
        claim = self.search(
            [
                (name, "=", origin.id),
                ("remedy", "=", remedy),
                ("state", "=", "decided"),
            ],
            limit=1,
            order="id",
        )
        if claim:
            # sudo: the system's to write
            documents.sudo().write({"remedied_claim_id": claim.id})

    def _settle(self):
        """Those whose remedy is done are executed; in sudo."""
        done = self.filtered(
            lambda claim: claim.state == "decided" and claim._is_remedied()
        )
        if done:
            done.write({"state": "executed", "executed_at": fields.Datetime.now()})

    def _is_remedied(self):
        """Whether all documents of the remedy are done, and there is one; in sudo."""
        if self.remedy == "return":
            states = self.return_ids.mapped("state")
        elif self.remedy == "credit":
            states = [
                "done" if s == "posted" else s for s in self.refund_ids.mapped("state")
            ]
        elif self.remedy == "replacement":
            states = self.replacement_ids.picking_ids.filtered(
                lambda picking: picking.location_dest_id.usage == "customer"
            ).mapped("state")
        else:
            return False
        return set(states) - {"cancel"} == {"done"}

    # ------------------------------------------------------------------
    # Smart buttons
    # ------------------------------------------------------------------

    def action_open_returns(self):
        """Open the goods that came back, or will."""
        return self._open_documents("stock.picking", self.env._("Returns"))

    def action_open_refunds(self):
        """Open the credit notes."""
        return self._open_documents("account.move", self.env._("Credit notes"))

    def action_open_replacements(self):
        """Open the orders at no charge."""
        return self._open_documents("sale.order", self.env._("Replacements"))

    def _open_documents(self, model, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": [("remedied_claim_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
