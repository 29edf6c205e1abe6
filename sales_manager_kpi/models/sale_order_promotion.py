from functools import cache

from odoo import fields, models

from ..engine.promotions import STOPPED


class SaleOrder(models.Model):
    """Which governed programmes an order may use.

    Without a governed programme nothing here asks the database.
    """

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _get_program_domain(self):
        domain = super()._get_program_domain()
        barred = self._barred_promotions()
        return [*domain, ("id", "not in", barred)] if barred else domain

    def _get_trigger_domain(self):
        domain = super()._get_trigger_domain()
        barred = self._barred_promotions()
        return [*domain, ("program_id", "not in", barred)] if barred else domain

    def _barred_promotions(self):
        """Ids of governed programmes that are not for this order."""
        self.ensure_one()
        promotions = self.env["loyalty.program"]._governed().values()
        if not promotions:
            return []
        kept = self._kept_promotions(promotions)
        branch_id = cache(self._promotion_branch_id)
        class_id = cache(self._promotion_class_id)
        return [
            promotion.id
            for promotion in promotions
            if promotion.id not in kept
            and not (
                promotion.is_open_to(branch_id, class_id)
                and self._is_promoted_customer(promotion)
            )
        ]

    def _kept_promotions(self, promotions):
        """Ids of stopped programmes whose reward this order was offered in time."""
        stopped = [p.id for p in promotions if p.state == STOPPED and p.keeps_offers]
        if not stopped or self.state not in ("sent", "sale"):
            return set()
        # sudo: what was offered holds, whoever asks
        uses = self.env["promotion.use"].sudo()
        uses = uses.search(
            [
                ("order_id", "in", self._origin.ids),
                ("program_id", "in", stopped),
                ("state", "in", ("reserved", "confirmed")),
            ]
        )
        day = self._promotion_day()
        return set(uses.filtered(lambda use: use._stands_on(day)).program_id.ids)

    def _promotion_day(self):
        """The day whose programmes count, as core has it."""
        return self._get_confirmed_tx_create_date()

    def _promotion_branch_id(self):
        """Where the manager works who gets the credit, or would get it now."""
        if self.credit_kind:
            return self.credited_branch_id.id
        customer = self.partner_id.commercial_partner_id
        [(_user_id, branch_id)] = self.env["customer.assignment"]._resolve(
            self.company_id, [(customer.id, self.user_id.id, fields.Datetime.now())]
        )
        return branch_id

    def _promotion_class_id(self):
        customer = self.partner_id.commercial_partner_id
        found = self.env["customer.class.member"]._classes_at(
            customer, self.company_id, self._promotion_day()
        )
        return found.get(customer.id, self.env["customer.class"]).id

    def _is_promoted_customer(self, promotion):
        if not promotion.customer_domain:
            return True
        # sudo: the filter was approved, whoever sells
        program = self.env["loyalty.program"].sudo().browse(promotion.id)
        # sudo: what the filter asks of the customer may be more than the seller reads
        customer = self.partner_id.commercial_partner_id.sudo()
        customer = customer.with_company(self.company_id)
        return bool(customer.filtered_domain(program._customers()))
