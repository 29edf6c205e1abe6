from odoo import api, fields, models
from odoo.exceptions import AccessError

REFUSED = {"refused_qty", "refused_reason"}


class CustomerClaim(models.Model):
    """Goods refused at the door open a claim by themselves, one for each delivery.

    Who handles the customer completes it. While nobody has judged it, it follows what
    is written on the delivery, and says what was written before; afterwards another
    refusal is another claim. Whoever takes back that anything was refused takes back no
    claim: who handles it withdraws it, with the reason.
    """

    # The door has a file of its own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    source = fields.Selection(
        selection_add=[("door", "Refused at the door")],
        ondelete={"door": "set default"},
    )
    refused_move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="refused_claim_id",
        string="Refused Goods",
        readonly=True,
    )

    def _follow_refused(self):
        """Say what is refused now, and keep what was said before. In sudo."""
        for claim in self.filtered(lambda claim: claim.state == "new"):
            refused = claim.refused_move_ids.filtered("refused_qty")
            if not refused:
                claim._log_refusal(
                    self.env._(
                        "It was written at the delivery that nothing was refused after "
                        "all. The claim stays; withdraw it, with the reason, if that "
                        "is so."
                    )
                )
                continue
            vals = refused._prepare_refusal()
            if claim.description != vals["description"]:
                claim._log_refusal(
                    self.env._("Refused before: %s", claim.description or "–")
                )
            claim.write(vals)

    def _log_refusal(self, words):
        self._message_log(body=words, author_id=self.env.user.partner_id.id)


class StockMove(models.Model):
    """Refused goods, and the claim that they opened."""

    # Control has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    refused_claim_id = fields.Many2one(
        comodel_name="customer.claim",
        string="Claim about Refused Goods",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_manager_kpi.group_manager",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_claim(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_claim(vals)
        result = super().write(vals)
        if not REFUSED.isdisjoint(vals):
            # sudo: whoever stands at the door opens claims of other people's customers
            self.sudo()._claim_refused()
        return result

    @api.model
    def _refuse_claim(self, vals):
        """
        :raise AccessError: where somebody says which claim it is
        """
        if vals.get("refused_claim_id") and not self.env.su:
            raise AccessError(
                self.env._("Write down what was refused: its claim follows by itself.")
            )

    def _claim_refused(self):
        """Open a claim about what was refused, or put the open one right; in sudo."""
        known = self.refused_claim_id.filtered(lambda claim: claim.state == "new")
        new = self.filtered(lambda move: move.refused_qty and not move.refused_claim_id)
        for picking, moves in new.grouped("picking_id").items():
            claim = picking.move_ids.refused_claim_id.filtered(
                lambda claim: claim.state == "new"
            )[:1]
            claim = claim or moves._open_refusal(picking)
            if claim.refused_move_ids:
                known |= claim
            moves.refused_claim_id = claim
        known._follow_refused()

    def _open_refusal(self, picking):
        """The claim about these of one delivery; none where nobody would handle it."""
        Claim = self.env["customer.claim"]
        partner = picking.sale_id.partner_id or picking.partner_id
        if not partner or not self.env["sales.branch"]._exist(picking.company_id):
            return Claim
        claim = Claim.create(
            {
                **self._prepare_refusal(),
                "subject": self.env._("Refused at the door: %s", picking.name),
                "source": "door",
                "company_id": picking.company_id.id,
                "partner_id": partner.id,
                "order_id": picking.sale_id.id,
                "picking_id": picking.id,
            }
        )
        claim._notice_opened()
        return claim

    @api.model
    def _refused_words(self, move):
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s: %(reason)s",
            quantity=f"{move.refused_qty:g}",
            unit=move.product_uom.name,
            product=move.product_id.display_name,
            reason=move.refused_reason,
        )

    def _prepare_refusal(self):
        """What was refused, line by line and why; a quantity only of one line."""
        lines = self.sale_line_id
        words = [self._refused_words(move) for move in self.sorted("id")]
        return {
            "order_line_ids": [fields.Command.set(lines.ids)],
            "claimed_qty": self._refused_of_line() if len(lines) == 1 else 0.0,
            "description": "\n".join(words),
        }

    def _refused_of_line(self):
        """In the unit of the order line; 0 for parts of what was ordered."""
        line = self.sale_line_id
        if self.product_id != line.product_id:
            return 0.0
        return sum(
            move.product_uom._compute_quantity(move.refused_qty, line.product_uom_id)
            for move in self
        )
