from odoo import fields, models
from odoo.tools import SQL

from .sales_credit import WHOLE

CREDIT_FIELDS = ["credited_user_id", "credited_branch_id", "credit_kind"]


class SalesCreditedMixin(models.AbstractModel):
    """A document that gives credit to a manager and a branch, resolved once.

    The stamp is written by the system when the document counts for the first time
    (confirmation, posting) and does not move when the salesperson changes later.
    """

    _name = "sales.credited.mixin"
    _description = "Document with Sales Credit"
    _inherit = ["sales.stamped.mixin"]
    _stamp_fields = frozenset({*CREDIT_FIELDS, "sales_credit_ids"})

    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited To",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The manager who owned the customer when this document first counted.",
    )
    credited_branch_id = fields.Many2one(
        comodel_name="sales.branch",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    credit_kind = fields.Selection(
        selection=[
            ("single", "One manager"),
            ("shared", "Shared"),
            ("by_line", "By line"),
            ("unassigned", "Nobody"),
            ("needs_owner", "Needs an owner"),
        ],
        string="Credit",
        copy=False,
        readonly=True,
        help="Empty while the document does not count yet. By line: its lines follow "
        "the orders they come from. Needs an owner: a credit note without origin.",
    )

    def _store_credit(self, credits_by_id):
        """Write stamps straight to the table: they change nothing else of a document.

        Going through ``write`` would run the checks for posted and locked documents,
        and their cost, for columns these know nothing of.

        :param dict credits_by_id: ``{id: (user id, branch id, kind)}``
        """
        if not credits_by_id:
            return
        self.flush_recordset(CREDIT_FIELDS)
        ids, users, branches, kinds = [], [], [], []
        for record_id, (user_id, branch_id, kind) in credits_by_id.items():
            ids.append(record_id)
            users.append(user_id or None)
            branches.append(branch_id or None)
            kinds.append(kind)
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS doc
                   SET credited_user_id = new.user_id,
                       credited_branch_id = new.branch_id,
                       credit_kind = new.kind
                  FROM unnest(
                           %(ids)s::int[], %(users)s::int[],
                           %(branches)s::int[], %(kinds)s::varchar[]
                       ) AS new(id, user_id, branch_id, kind)
                 WHERE doc.id = new.id
                """,
                table=SQL.identifier(self._table),
                ids=ids,
                users=users,
                branches=branches,
                kinds=kinds,
            )
        )
        self.invalidate_recordset(CREDIT_FIELDS, flush=False)

    def _credit_shares(self):
        """``[(user, branch, basis points)]`` of this document, empty for nobody."""
        if self.credit_kind == "shared":
            return [(s.user_id, s.branch_id, s.share_bp) for s in self.sales_credit_ids]
        if self.credited_user_id:
            return [(self.credited_user_id, self.credited_branch_id, WHOLE)]
        return []

    def _credit_key(self):
        """What two documents must share for one credit to serve both."""
        return tuple((u.id, b.id, bp) for u, b, bp in self._credit_shares())

    def action_share_credit(self):
        """Open the wizard that divides the credit of this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set credit"),
            "res_model": "sales.credit.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.id if self._name == "sale.order" else False,
                "default_move_id": self.id if self._name == "account.move" else False,
            },
        }
