from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ..engine.deputy_credit import Event
from .sales_credit import WHOLE

CREDIT_FIELDS = [
    "credited_user_id",
    "credited_branch_id",
    "credit_kind",
    "substitution_id",
]


class Credit(NamedTuple):
    """What is stamped on a document; ids, False or None for none."""

    user_id: int | None
    branch_id: int | None
    kind: str | None
    substitution_id: int | None = None


class SalesCreditedMixin(models.AbstractModel):
    """A document that gives credit to a manager and a branch, resolved once.

    The stamp is written by the system when the document counts for the first time
    (confirmation, posting) and does not move when the salesperson changes later.
    """

    _name = "sales.credited.mixin"
    _description = "Document with Sales Credit"
    _inherit = ["sales.stamped.mixin"]
    _stamp_fields = frozenset({*CREDIT_FIELDS, "sales_credit_ids"})
    # The field of ``sales.credit`` that points at documents of this model.
    _credit_document_field = None

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
    substitution_id = fields.Many2one(
        comodel_name="sales.substitution",
        string="Credited by Substitution",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="sales_manager_kpi.group_manager",
        help="The owner had a deputy when this document first counted; the policy of "
        "this substitution decided who gets the credit.",
    )

    def _store_credit(self, credits_by_id):
        """Write stamps straight to the table: they change nothing else of a document.

        Going through ``write`` would run the checks for posted and locked documents,
        and their cost, for columns these know nothing of.

        :param dict credits_by_id: ``{id: Credit}`` or the same as a tuple; what is
            decided by somebody is no substitution's any more
        """
        if not credits_by_id:
            return
        self.flush_recordset(CREDIT_FIELDS)
        rows = [
            (record_id, *(value or None for value in Credit(*credit)))
            for record_id, credit in credits_by_id.items()
        ]
        ids, users, branches, kinds, substitutions = map(list, zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS doc
                   SET credited_user_id = new.user_id,
                       credited_branch_id = new.branch_id,
                       credit_kind = new.kind,
                       substitution_id = new.substitution_id
                  FROM unnest(
                           %(ids)s::int[], %(users)s::int[],
                           %(branches)s::int[], %(kinds)s::varchar[],
                           %(substitutions)s::int[]
                       ) AS new(id, user_id, branch_id, kind, substitution_id)
                 WHERE doc.id = new.id
                """,
                table=SQL.identifier(self._table),
                ids=ids,
                users=users,
                branches=branches,
                kinds=kinds,
                substitutions=substitutions,
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
        shares = tuple((u.id, b.id, bp) for u, b, bp in self._credit_shares())
        return shares, self.substitution_id.id

    # ------------------------------------------------------------------
    # The owner has a deputy
    # ------------------------------------------------------------------

    def _with_substitutions(self, company, credits_by_id, acts=None):
        """``credits_by_id`` after the policies of the substitutions then in force.

        Share rows are created on the way. Costs no query while the company has never
        had a substitution.

        :param acts: ``{document id: user id}`` of who confirmed or posted, where it is
            not the current user who does so now
        """
        Substitution = self.env["sales.substitution"]
        if not Substitution._any_decided(company):
            return credits_by_id
        events = {
            document: document._substitution_event(
                *credits_by_id[document.id][:2],
                self.env.uid if acts is None else acts[document.id],
            )
            for document in self
            if credits_by_id[document.id].user_id
        }
        divided = Substitution._divide_credit(company, self._substitution_scope, events)
        rows = []
        for document, (substitution, shares) in divided.items():
            user_id, branch_id, share_bp = shares[0]
            kind = "single" if share_bp == WHOLE else "shared"
            credits_by_id[document.id] = Credit(
                user_id, branch_id, kind, substitution.id
            )
            if kind == "shared":
                rows += document._prepare_substitution_shares(substitution, shares)
        # sudo: the shares follow the director's decision, whoever confirms or posts
        self.env["sales.credit"].sudo().create(rows)
        return credits_by_id

    def _prepare_substitution_shares(self, substitution, shares):
        reason = substitution._credit_reason()
        return [
            {
                self._credit_document_field: self.id,
                "user_id": user_id,
                "branch_id": branch_id,
                "share_bp": share_bp,
                "sequence": sequence,
                "kind": "substitution",
                "reason": reason,
            }
            for sequence, (user_id, branch_id, share_bp) in enumerate(shares)
        ]

    def _substitution_event(self, user_id, branch_id, by):
        """The document, found to be of this owner, for a substitution to decide."""
        return Event(
            user_id=user_id,
            branch_id=branch_id,
            at=self._counts_at(),
            by=by,
            made_at=self.create_date or fields.Datetime.now(),
            made_by=self.create_uid.id,
        )

    def _counts_at(self):
        """The moment (naive UTC) or the day at which the document first counts."""
        raise NotImplementedError

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
