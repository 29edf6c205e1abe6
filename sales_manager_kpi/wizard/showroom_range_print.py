from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.codes import qr_uri


class ShowroomRangePrint(models.TransientModel):
    """Prints what a showroom shows, for visitors: by category, with prices or not."""

    _name = "showroom.range.print"
    _description = "Print the Range of a Showroom"

    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        domain="[('has_showroom', '=', True)]",
        default=lambda self: self.env["sales.branch"]._of_user(),
    )
    company_id = fields.Many2one(related="branch_id.company_id")
    has_prices = fields.Boolean(string="With Prices", default=True)
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Empty: list prices.",
    )

    @api.constrains("branch_id", "pricelist_id")
    def _check_pricelist(self):
        for wizard in self:
            owner = wizard.pricelist_id.company_id
            if owner and owner != wizard.company_id:
                raise UserError(
                    self.env._(
                        "%(pricelist)s is of another company. Choose one of "
                        "%(company)s.",
                        pricelist=wizard.pricelist_id.display_name,
                        company=wizard.company_id.name,
                    )
                )

    def action_print(self):
        """The list as a PDF.

        :raise UserError: where nothing is shown
        """
        self.ensure_one()
        self.branch_id.check_access("read")
        if not self._products():
            raise UserError(
                self.env._("%s shows nothing yet.", self.branch_id.display_name)
            )
        return self.env.ref("sales_manager_kpi.showroom_range_report").report_action(
            self
        )

    def _products(self):
        return self.env["product.product"].search(
            self.branch_id._showroom_shown_domain(), order="categ_id, name, id"
        )

    def _groups(self):
        """``[(category, rows)]`` as printed; see ``sales.branch._showroom_rows``."""
        rows = self.branch_id._showroom_rows(
            self._products(), self.pricelist_id, self.has_prices
        )
        groups = {}
        for row in rows:
            groups.setdefault(row["category"], []).append(row)
        return list(groups.items())

    def _qr(self, link):
        """The QR code of ``link``, as an address for ``<img>``."""
        return qr_uri(link)
