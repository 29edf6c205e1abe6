from odoo import models
from odoo.tools import SQL


class MergePartnerAutomatic(models.TransientModel):
    """Two customers become one: one row of figures, one history of each kind.

    Core moves rows to the customer that is kept, and knows no unique indexes: what
    both have is let go of before.
    """

    # The customer base has files of its own.
    _inherit = "base.partner.merge.automatic.wizard"  # pylint: disable=consider-merging-classes-inherited

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids)
        result = super()._merge(
            partner_ids, dst_partner=dst_partner, extra_checks=extra_checks
        )
        kept = partners.exists()
        # sudo: figures are the system's, whoever may merge contacts
        figures = self.env["customer.figure"].sudo()
        for figure in figures.search([("partner_id", "in", kept.ids)]):
            figures._refresh(kept, figure.company_id)
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: as above
        figures = self.env["customer.figure"].sudo()
        figures._merge_into(src_partners, dst_partner)
        for model, column in (
            ("customer.assignment", "date_from"),
            ("customer.class.member", "date_from"),
            ("customer.contact", "source_key"),
        ):
            self._let_go_of_twins(model, column, src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _let_go_of_twins(self, model, column, src_partners, dst_partner):
        """Delete rows that another of the same company and ``column`` stays for."""
        self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM %(table)s AS mine
                 USING %(table)s AS theirs
                 WHERE mine.partner_id = ANY(%(sources)s)
                   AND theirs.partner_id = ANY(%(all)s)
                   AND theirs.company_id = mine.company_id
                   AND theirs.%(column)s = mine.%(column)s
                   AND (theirs.partner_id = %(kept)s OR theirs.id < mine.id)
                   AND theirs.id <> mine.id
                """,
                table=SQL.identifier(self.env[model]._table),
                column=SQL.identifier(column),
                sources=src_partners.ids,
                all=(src_partners | dst_partner).ids,
                kept=dst_partner.id,
            )
        )
        self.env[model].invalidate_model(flush=False)


class CustomerFigure(models.Model):
    """Figures of customers that become one."""

    # The customer base has files of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _merge_into(self, src_partners, dst_partner):
        """Leave one row in each company, with the contacts of all; in sudo."""
        figures = self.with_context(active_test=False).search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        for own in figures.grouped("company_id").values():
            kept = own.filtered(lambda f: f.partner_id == dst_partner) or own[:1]
            gone = own - kept
            gone.contact_ids.write({"figure_id": kept.id})
            dues = self.env["customer.contact.due"].search(
                [("figure_id", "in", gone.ids), ("ended_on", "!=", False)]
            )
            dues.write({"figure_id": kept.id})
            gone.unlink()
        self.env.flush_all()
