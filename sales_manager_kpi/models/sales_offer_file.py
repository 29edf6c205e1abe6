import io

import xlsxwriter

from odoo import models
from odoo.tools import format_date


class SalesOffer(models.Model):
    """An offer as a spreadsheet, and what its paper and page say of a line."""

    # Files have a file of their own.
    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def action_spreadsheet(self):
        """Download the offer as a spreadsheet.

        :raise UserError: for what may not be shown, see `_check_showable`
        """
        self.ensure_one()
        self.check_access("read")
        self._check_showable()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/sales_manager_kpi/offer/{self.id}.xlsx",
        }

    def _spreadsheet(self):
        """``(file name, content)``; who took it is written down.

        :raise UserError: for what may not be shown
        """
        self._check_showable()
        # sudo: nobody may write the log, and every export does
        self.env["sales.export.log"].sudo().create(
            {
                "user_id": self.env.uid,
                "res_model": self._name,
                "domain": f"[('id', 'in', {self.ids})]",
                "field_names": ", ".join(self._sheet_heads()),
                "record_count": len(self.line_ids),
            }
        )
        output = io.BytesIO()
        options = {
            "in_memory": True,
            # names that somebody typed are words, never formulas or links
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        with xlsxwriter.Workbook(output, options) as book:
            self._write_sheet(book)
        return f"{self._get_report_base_filename()}.xlsx", output.getvalue()

    def _sheet_heads(self):
        return [
            self.env._("Product"),
            self.env._("Composition"),
            self.env._("Quantity"),
            self.env._("Unit"),
            self.env._("Minimum"),
            self.env._("List price"),
            self.env._("Discount (%)"),
            self.env._("Your price"),
            self.env._("Untaxed amount"),
            self.env._("Currency"),
            self.env._("Expected bonus per unit"),
            self.env._("Availability"),
        ]

    def _write_sheet(self, book):
        sheet = book.add_worksheet(self.env._("Offer")[:31])
        bold = book.add_format({"bold": True, "text_wrap": True})
        number = 0
        for label, words in self._about():
            sheet.write_string(number, 0, label, bold)
            sheet.write_string(number, 1, words)
            number += 1
        number += 1
        heads = self._sheet_heads()
        sheet.set_column(0, len(heads) - 1, 16)
        sheet.write_row(number, 0, heads, bold)
        for line in self.line_ids:
            number += 1
            for place, value in enumerate(line._sheet_row()):
                if isinstance(value, str):
                    sheet.write_string(number, place, value[:32000])
                else:
                    sheet.write_number(number, place, value)

    def _about(self):
        """``[(label, words)]``: what the offer is about, for paper and files."""
        self.ensure_one()
        # sudo: names of what the customer is told anyway
        offer = self.sudo()
        rows = [
            (self.env._("Offer"), offer.name),
            (self.env._("Customer"), offer.partner_id.display_name),
            (self.env._("Branch"), offer.branch_id.name or offer.company_id.name),
            (self.env._("Your contact"), offer.user_id.name),
            (self.env._("Valid until"), format_date(self.env, offer.validity_date)),
            (self.env._("Payment"), offer.payment_term_id.name or ""),
            (self.env._("Loading and delivery"), offer.delivery_terms or ""),
            (
                self.env._("Prices and availability as of"),
                self._snapshot_words() or "",
            ),
        ]
        return [(label, words) for label, words in rows if words]

    def _bonus_lines(self):
        """Words about the bonus prospects, a line each."""
        return (self.bonus_words or "").splitlines()


class SalesOfferLine(models.Model):
    """A line as the customer reads it."""

    _inherit = "sales.offer.line"  # pylint: disable=consider-merging-classes-inherited

    def _sheet_row(self):
        return [
            self._product_words(),
            self.description or "",
            self.quantity,
            self.product_uom_id.name,
            self.min_qty,
            self.list_price,
            round(self.discount, 2),
            self.price_unit,
            self.price_subtotal,
            self.currency_id.name,
            round(self.bonus, 6),
            self.availability or "",
        ]

    def _product_words(self):
        """The name of the product in the customer's language, without our code."""
        lang = self.offer_id.partner_id.lang or self.env.lang
        product = self.product_id.with_context(lang=lang, display_default_code=False)
        return product.display_name
