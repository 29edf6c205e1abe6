from odoo import fields, models


class SalesPeriod(models.Model):
    """Who was a new customer of a closed month stays one, whatever comes later.

    That is nothing one could read from the frozen rows: it depends on what was sold
    before, and on whether a document was taken back since.
    """

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited

    frozen_new_customers = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups=fields.NO_ACCESS,
        help="By basis, rows of manager, customer, day and document. Kept when the "
        "month is closed, for the bases that are frozen.",
    )

    def _freeze_new_customers(self, bases):
        """Keep who is new in this month, basis by basis; while it is being closed."""
        # sudo: of everybody; a month is frozen as it is
        Fact = self.env["sales.fact.report"].sudo()
        days = self.date_from, self.date_to
        return {
            basis: [
                [user_id, partner_id, fields.Date.to_string(day), document_id]
                for user_id, partner_id, day, document_id in Fact._new_customer_rows(
                    self.company_id, *days, basis, None
                )
            ]
            for basis in bases
        }

    def _facts_where(self, basis, domain):
        """Model and domain of facts of this month: frozen once closed, else live.

        :param domain: a plain list of conditions that all must hold
        """
        self.ensure_one()
        if self._is_frozen(basis):
            frozen = [("period_id", "=", self.id), ("kind", "=", "frozen")]
            return "sales.fact.line", [*frozen, *domain]
        return "sales.fact.report", domain
