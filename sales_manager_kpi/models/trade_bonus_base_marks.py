from odoo import models
from odoo.tools import SQL


class TradeBonusBaseMarks(models.AbstractModel):
    """Lines that were rewarded already, or sold too low."""

    _name = "trade.bonus.base.marks"
    _description = "Marks of Trade Bonus Bases"

    def _sql_marked(self, basis, terms) -> SQL:
        """``line_id, is_promo, is_below`` of order lines, or of their invoice lines."""
        found = []
        if any(terms.mapped("exclude_promo")):
            found.append(self._sql_promoted())
        if any(terms.mapped("exclude_below_norm")):
            found.append(self._sql_below_norm())
        if not found:
            return SQL(
                "SELECT NULL::integer AS line_id, FALSE AS is_promo, FALSE AS is_below"
                " WHERE FALSE"
            )
        by_line = basis in ("invoice", "payment")
        return SQL(
            """
            SELECT %(line)s AS line_id, bool_or(found.is_promo) AS is_promo,
                   bool_or(NOT found.is_promo) AS is_below
              FROM (%(found)s) AS found %(join)s
             GROUP BY 1
            """,
            line=SQL("rel.invoice_line_id") if by_line else SQL("found.line_id"),
            found=SQL(" UNION ALL ").join(found),
            join=SQL(
                "JOIN sale_order_line_invoice_rel AS rel"
                " ON rel.order_line_id = found.line_id"
            )
            if by_line
            else SQL(""),
        )

    def _promoted_lines_of(self, order):
        """Ids of the lines of ``order`` that a promotion lowered or gave."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT found.line_id FROM (%s) AS found"
                " JOIN sale_order_line AS own ON own.id = found.line_id"
                " WHERE own.order_id = %s",
                self._sql_promoted(),
                order.id,
            )
        )
        return {line_id for (line_id,) in rows}

    def _sql_promoted(self) -> SQL:
        """Lines of orders with a reward: those the reward names, or else all."""
        return SQL(
            """
            SELECT line.id AS line_id, TRUE AS is_promo
              FROM sale_order_line AS given
              JOIN loyalty_reward AS reward ON reward.id = given.reward_id
              JOIN loyalty_program AS program ON program.id = reward.program_id
               AND program.program_type NOT IN ('ewallet', 'gift_card')
              JOIN sale_order_line AS line ON line.order_id = given.order_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
             WHERE line.id = given.id
                OR (reward.reward_type = 'discount' AND CASE
                        WHEN reward.discount_applicability <> 'specific' THEN TRUE
                        WHEN EXISTS (SELECT FROM loyalty_reward_product_product_rel AS r
                                      WHERE r.loyalty_reward_id = reward.id)
                        THEN EXISTS (SELECT FROM loyalty_reward_product_product_rel AS r
                                      WHERE r.loyalty_reward_id = reward.id
                                        AND r.product_product_id = product.id)
                        WHEN reward.discount_product_category_id IS NOT NULL
                        THEN EXISTS (
                            SELECT FROM product_category AS above
                              JOIN product_category AS own
                                ON own.parent_path LIKE above.parent_path || '%%'
                             WHERE above.id = reward.discount_product_category_id
                               AND own.id = template.categ_id)
                        ELSE TRUE
                    END)
            """
        )

    def _sql_below_norm(self) -> SQL:
        return SQL(
            """
            SELECT concession.order_line_id AS line_id, FALSE AS is_promo
              FROM discount_concession AS concession
             WHERE concession.within_norm IS NOT TRUE
               AND concession.reversal_of_id IS NULL
               AND concession.order_line_id IS NOT NULL
               AND concession.kind <> 'promotion'
            """
        )

    def _sql_noted(self) -> SQL:
        """The few documents that correct another one, or settle a bonus.

        Found once, so that nobody looks up the document of every line.
        """
        return SQL(
            """
            SELECT move.id AS move_id, origin.invoice_date AS corrected_day,
                   COALESCE(move.trade_bonus_settlement_id,
                            origin.trade_bonus_settlement_id) IS NOT NULL AS is_bonus
              FROM account_move AS move
              LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
             WHERE move.reversed_entry_id IS NOT NULL
                OR move.trade_bonus_settlement_id IS NOT NULL
            """
        )
