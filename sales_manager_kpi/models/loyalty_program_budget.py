from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.promotions import Taken


class LoyaltyProgramBudget(models.Model):
    """What is reserved and used of a programme, and the row that is locked for it.

    The truth is in ``promotion.use``; the sums here are made anew from it with every
    change of a programme that gives only so much. Whoever changes it holds the row, so
    that of two confirmations at once the second one waits, fails where Odoo tries
    again, and then sees the first.
    """

    _name = "loyalty.program.budget"
    _description = "Budget of a Promotion Programme"
    _rec_name = "program_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.program", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    reserved_amount = fields.Monetary(
        readonly=True, help="In quotations that were sent and are valid."
    )
    used_amount = fields.Monetary(
        readonly=True, help="In confirmed orders, less what was credited."
    )

    _program_uniq = models.UniqueIndex("(program_id)")

    @api.model
    def _hold(self, programs):
        """Lock the rows of ``programs`` until the end of the transaction; waits.

        Core's ``lock_for_update`` skips what is locked, and Odoo does not try again
        after its error.

        :raise psycopg2.errors.SerializationFailure: where somebody else has changed
            one since this transaction began; Odoo then tries again
        """
        if programs:
            self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM loyalty_program_budget
                     WHERE program_id IN %s ORDER BY program_id FOR NO KEY UPDATE
                    """,
                    tuple(programs.ids),
                )
            )

    @api.model
    def _taken(self, programs, customer, but_order, day):
        """What others than ``but_order`` have of ``programs``, in one query.

        :param customer: a commercial partner
        :return: ``{program id: engine.promotions.Taken}``, in programme currency
        """
        self.env["promotion.use"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT program_id, SUM(budget_amount),
                       COUNT(DISTINCT order_id) FILTER (WHERE budget_amount > 0),
                       COALESCE(SUM(budget_amount) FILTER (
                           WHERE partner_id = %(customer)s), 0),
                       COUNT(DISTINCT order_id) FILTER (
                           WHERE partner_id = %(customer)s AND budget_amount > 0)
                  FROM promotion_use
                 WHERE program_id IN %(programs)s
                   AND (state = 'confirmed' OR (state = 'reserved'
                        AND (valid_until IS NULL OR valid_until >= %(day)s)))
                   AND order_id IS DISTINCT FROM %(order)s
                 GROUP BY program_id
                """,
                customer=customer.id,
                programs=tuple(programs.ids),
                order=but_order.id,
                day=day,
            )
        )
        return {program_id: Taken(*figures) for program_id, *figures in rows}

    @api.model
    def _refresh(self, programs):
        """Make the sums of ``programs`` anew; what their row is locked by.

        Programmes without limits are not counted, so that their orders do not wait
        for each other.
        """
        counted = programs._are_counted()
        if not counted:
            return
        self.env["promotion.use"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_program_budget AS budget
                   SET reserved_amount = sums.reserved, used_amount = sums.used
                  FROM (SELECT program.id,
                               COALESCE(SUM(budget_amount) FILTER (
                                   WHERE use.state = 'reserved'), 0) AS reserved,
                               COALESCE(SUM(budget_amount) FILTER (
                                   WHERE use.state = 'confirmed'), 0) AS used
                          FROM unnest(%s) AS program(id)
                          LEFT JOIN promotion_use AS use ON use.program_id = program.id
                         GROUP BY program.id) AS sums
                 WHERE budget.program_id = sums.id
                """,
                counted.ids,
            )
        )
        self.invalidate_model(["reserved_amount", "used_amount"])
