from odoo import api, fields, models
from odoo.tools import SQL

# What the chain follows from, and what follows from it.
CHAINED = {"date_from", "date_to", "partner_id", "company_id"}


class SalesDatedChainMixin(models.AbstractModel):
    """Rows of a customer in a company, each holding until the next one begins.

    There can be neither overlap nor gap: only the first day of a row is written, its
    last day follows.
    """

    _name = "sales.dated.chain.mixin"
    _description = "Dated Rows of a Customer"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        ondelete="cascade",
        help="The commercial entity; its contacts follow it.",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        readonly=True,
        help="The day before the next row begins; empty for the row that holds now.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._link_chain(rows.partner_id.ids)
        return rows

    def write(self, vals):
        partner_ids = self.partner_id.ids
        result = super().write(vals)
        if not vals.keys().isdisjoint(CHAINED):
            self._link_chain({*partner_ids, *self.partner_id.ids})
        return result

    def unlink(self):
        partner_ids = self.partner_id.ids
        result = super().unlink()
        self._link_chain(partner_ids)
        return result

    @api.model
    def _link_chain(self, partner_ids):
        """Let every row of these customers end where the next one begins."""
        if not partner_ids:
            return
        self.flush_model(["company_id", "partner_id", "date_from", "date_to"])
        self.env.execute_query(
            SQL(
                """
                UPDATE %(table)s AS link
                   SET date_to = chain.date_to
                  FROM (
                      SELECT id,
                             lead(date_from) OVER (
                                 PARTITION BY company_id, partner_id ORDER BY date_from
                             ) - 1 AS date_to
                        FROM %(table)s
                       WHERE partner_id = ANY(%(partners)s)
                  ) AS chain
                 WHERE link.id = chain.id
                   AND link.date_to IS DISTINCT FROM chain.date_to
             RETURNING link.id
                """,
                table=SQL.identifier(self._table),
                partners=list(partner_ids),
            )
        )
        self.invalidate_model(["date_to"], flush=False)
