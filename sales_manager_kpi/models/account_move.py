from odoo import fields, models
from odoo.tools import SQL

from .sales_credit import WHOLE
from .sales_credited_mixin import CREDIT_FIELDS, Credit


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = [
        "account.move",
        "sales.credited.mixin",
        "sales.acting.note.mixin",
    ]
    _substitution_scope = "invoices"
    _substitution_owner = "invoice_user_id"
    _credit_document_field = "move_id"
    _substitution_customer_owner = "commercial_partner_id.user_id"
    _substitution_follows = _substitution_customer_owner
    _stamp_fields = frozenset(
        {*CREDIT_FIELDS, "sales_credit_ids", "acted_by_id", "acting_for_id"}
    )

    sales_credit_ids = fields.One2many(
        comodel_name="sales.credit",
        inverse_name="move_id",
        string="Credit Shares",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    acted_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Posted or Sent By",
        copy=False,
        readonly=True,
        help="Who posted or sent the document in the place of somebody else.",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="Posted or Sent For",
        copy=False,
        readonly=True,
        help="For whom, where whoever posted or sent it stood in for somebody.",
    )

    # Core counts payments with the reader's rights, so that the invoice form would not
    # open for a salesperson without accounting rights. It is a number, no payment.
    payment_count = fields.Integer(compute_sudo=True)

    _credited_user_date_idx = models.Index(
        "(credited_user_id, invoice_date) WHERE credited_user_id IS NOT NULL"
    )
    # What a customer bought, and whether ever before.
    _customer_date_idx = models.Index(
        "(commercial_partner_id, invoice_date) "
        "WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    # Few, and asked for whenever somebody wants to know what does not count.
    _unposted_idx = models.Index(
        "(company_id) WHERE state IN ('draft', 'cancel') "
        "AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    # The rare roads of the facts, so that the common one does not pay for them.
    _divided_credit_idx = models.Index(
        "(invoice_date) WHERE credit_kind IN ('shared', 'by_line')"
    )
    _booked_elsewhere_idx = models.Index(
        "(invoice_date, date) WHERE invoice_date <> date "
        "AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    _undated_document_idx = models.Index(
        "(date) WHERE invoice_date IS NULL "
        "AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self.filtered(
                lambda m: m.state == "draft" and m.credit_kind
            )._forget_credit()
        return result

    def button_draft(self):
        result = super().button_draft()
        # The lines of a mixed invoice may change now; the others keep their stamp.
        self.filtered(lambda m: m.credit_kind == "by_line")._forget_credit()
        return result

    def _forget_mixed(self):
        """Documents of one manager that got lines of another's order while draft."""
        mixed = self.filtered(
            lambda m: (
                m.credit_kind in ("single", "unassigned")
                and len({order._credit_key() for order in m._credit_origins()}) > 1
            )
        )
        mixed._forget_credit()

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted.filtered(
            lambda m: m.is_sale_document(include_receipts=True)
        )._recognize_posting()
        return posted

    def _forget_credit(self):
        """Resolve again at the next posting: another customer, another owner."""
        # sudo: shares are decided rows; here the document they were for is gone
        self.sudo().sales_credit_ids.unlink()
        self._store_credit(dict.fromkeys(self.ids, (False, False, None)))

    def _recognize_posting(self):
        """Stamp credit and cost where an invoice or credit note first counts."""
        self.filtered("credit_kind")._forget_mixed()
        moves = self.filtered(lambda m: not m.credit_kind)
        stamps = {}
        for company, company_moves in moves.grouped("company_id").items():
            stamps.update(company_moves._resolve_credit(company))
        moves._store_credit(stamps)
        self._recognize_cost()
        self._stamp_acting()

    def _stamp_acting(self):
        """Keep who did this for whom; who acts for nobody leaves no trace here."""
        for move, principals in self._principals().items():
            # sudo: stamps are the system's, whoever posts or sends
            move.sudo().write(
                {"acted_by_id": self.env.uid, "acting_for_id": principals[:1].id}
            )

    # ------------------------------------------------------------------
    # Credit: origin document → owner on the day → salesperson → nobody
    # ------------------------------------------------------------------

    def _resolve_credit(self, company):
        """``{move id: Credit}``; shares are created on the way."""
        stamps, shares, rest = {}, [], self.browse()
        for move in self:
            origins = move._credit_origins()
            if not origins:
                rest |= move
                continue
            stamps[move.id], rows = move._credit_from(origins)
            shares += rows
        stamps.update(rest._resolve_without_origin(company))
        # sudo: shares follow the origin's, whoever posts
        self.env["sales.credit"].sudo().create(shares)
        return stamps

    def _credit_origins(self):
        """Where the credit comes from: the reversed document, else the orders."""
        # sudo: the poster may not read the orders behind the invoice
        move = self.sudo()
        origin = move.reversed_entry_id.filtered("credit_kind")
        if origin:
            return origin
        return move.line_ids.sale_line_ids.order_id.filtered("credit_kind")

    def _credit_from(self, origins):
        """The stamp and the share rows that follow from ``origins``."""
        first = origins[0]
        if len({origin._credit_key() for origin in origins}) > 1:
            rows = self._prepare_line_shares()
            main = rows[0] if rows else {}
            stamp = Credit(main.get("user_id"), main.get("branch_id"), "by_line")
            return stamp, rows
        shared = first.credit_kind in ("shared", "by_line")
        rows = [
            {
                "move_id": self.id,
                "user_id": share.user_id.id,
                "branch_id": share.branch_id.id,
                "share_bp": share.share_bp,
                "sequence": share.sequence,
                "kind": share.kind,
                "reason": share.reason,
            }
            for share in (first.sales_credit_ids if shared else ())
        ]
        stamp = Credit(
            first.credited_user_id.id,
            first.credited_branch_id.id,
            first.credit_kind,
            first.substitution_id.id,
        )
        return stamp, rows

    def _resolve_without_origin(self, company):
        manual_refunds = self.filtered(lambda m: m.move_type == "out_refund")
        nobody = Credit(None, None, "needs_owner")
        stamps = dict.fromkeys(manual_refunds.ids, nobody)
        others = self - manual_refunds
        events = [
            (m.commercial_partner_id.id, m.invoice_user_id.id, m.invoice_date or m.date)
            for m in others
        ]
        resolved = self.env["customer.assignment"]._resolve(company, events)
        for move, (user_id, branch_id) in zip(others, resolved, strict=True):
            kind = "single" if user_id else "unassigned"
            stamps[move.id] = Credit(user_id, branch_id, kind)
        return others._with_substitutions(company, stamps)

    def _counts_at(self):
        return self.invoice_date or self.date

    def _prepare_line_shares(self):
        """Share rows of an invoice of several owners, by what its lines weigh.

        They give access and show the parts; figures follow each line's own order.
        """
        weights = {}
        for line in self.sudo().invoice_line_ids:  # sudo: see _credit_origins
            orders = line.sale_line_ids.order_id.filtered("credit_kind").sorted("id")
            for user, branch, share_bp in orders[:1]._credit_shares():
                key = (user.id, branch.id)
                weights[key] = weights.get(key, 0) + abs(line.balance) * share_bp
        weights = {key: weight for key, weight in weights.items() if key[0]}
        parts = _basis_points(list(weights.values()))
        return [
            {
                "move_id": self.id,
                "user_id": user_id,
                "branch_id": branch_id,
                "share_bp": part,
                "sequence": sequence,
                "kind": "by_line",
                "reason": self.env._("The lines come from orders of several owners."),
            }
            for sequence, ((user_id, branch_id), part) in enumerate(
                zip(weights, parts, strict=True)
            )
        ]

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def _recognize_cost(self):
        """Keep today's cost and category on the lines; a reversal takes what it
        reverses.

        In one statement, past the checks for posted lines, which know nothing of it.
        """
        if not self.ids:
            return
        self.env["product.product"].flush_model(["standard_price"])
        self.env["product.template"].flush_model(["categ_id"])
        self.line_ids.flush_recordset(["product_id", "display_type", "move_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line AS line
                   SET recognition_cost = COALESCE(
                           line.recognition_cost,
                           reversed.cost,
                           NULLIF(
                               (product.standard_price ->> move.company_id::text)
                               ::double precision,
                               0
                           )
                       ),
                       recognition_categ_id = COALESCE(
                           line.recognition_categ_id,
                           reversed.categ_id,
                           template.categ_id
                       )
                  FROM account_move AS move,
                       product_product AS product,
                       product_template AS template,
                       LATERAL (
                           SELECT avg(origin.recognition_cost) AS cost,
                                  min(origin.recognition_categ_id) AS categ_id
                             FROM account_move_line AS origin
                            WHERE origin.move_id = move.reversed_entry_id
                              AND origin.product_id = product.id
                       ) AS reversed
                 WHERE line.move_id = move.id
                   AND product.id = line.product_id
                   AND template.id = product.product_tmpl_id
                   AND line.display_type = 'product'
                   AND (line.recognition_cost IS NULL
                        OR line.recognition_categ_id IS NULL)
                   AND move.id = ANY(%s)
             RETURNING line.id, line.recognition_cost, line.recognition_categ_id
                """,
                self.ids,
            )
        )
        self.line_ids._keep_in_memory(self.env.cr.fetchall())


def _basis_points(weights):
    """Divide 10,000 basis points by ``weights``; each gets one at least."""
    total = sum(weights)
    if not weights:
        return []
    if not total:
        weights, total = [1] * len(weights), len(weights)
    parts = [max(1, int(WHOLE * weight / total)) for weight in weights]
    parts[parts.index(max(parts))] += WHOLE - sum(parts)
    return parts
