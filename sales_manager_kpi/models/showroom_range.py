import secrets

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.codes import qr_uri

PAGE = 24
TOKEN_LENGTH = 20


class SalesBranch(models.Model):
    """What a showroom shows, for visitors: printed, and as a page behind a QR code.

    Visitors learn of products what is on display, their photo, composition and unit;
    a price only in the name of a customer. Nothing of stock, cost or rolls.
    """

    # The area of the showroom has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    showroom_is_public = fields.Boolean(
        string="Page for Visitors",
        tracking=True,
        help="Whoever has the link, such as by the QR code of a label, sees what is "
        "shown, without prices; customers that are signed in see theirs.",
    )
    showroom_token = fields.Char(
        compute="_compute_showroom_token",
        store=True,
        copy=False,
        groups="sales_manager_kpi.group_manager",
        export_string_translation=False,
    )
    showroom_url = fields.Char(
        string="Link for Visitors",
        compute="_compute_showroom_url",
        groups="sales_manager_kpi.group_manager",
    )
    showroom_qr = fields.Html(
        string="QR Code for Visitors",
        compute="_compute_showroom_qr",
        sanitize=False,
        groups="sales_manager_kpi.group_manager",
    )

    _showroom_token_uniq = models.UniqueIndex("(showroom_token)")
    _showroom_token_long = models.Constraint(
        f"CHECK (length(showroom_token) >= {TOKEN_LENGTH})",
        "The link for visitors must not be guessed. Make a new one.",
    )

    @api.depends("showroom_is_public")
    def _compute_showroom_token(self):
        for branch in self:
            if branch.showroom_is_public and not branch.showroom_token:
                branch.showroom_token = secrets.token_urlsafe(TOKEN_LENGTH)
            else:
                branch.showroom_token = branch.showroom_token

    @api.depends("showroom_is_public", "showroom_token")
    def _compute_showroom_url(self):
        for branch in self:
            branch.showroom_url = branch._showroom_link()

    @api.depends("showroom_url")
    def _compute_showroom_qr(self):
        for branch in self:
            url = branch.showroom_url
            branch.showroom_qr = (
                Markup('<img src="%s" style="width: 150px;" alt="QR"/>') % qr_uri(url)
                if url
                else False
            )

    def _showroom_link(self, product=None):
        """The page for visitors, at ``product`` if given; False where there is none."""
        if not (self.showroom_is_public and self.showroom_token and self.has_showroom):
            return False
        link = f"{self.get_base_url()}/showroom/{self.showroom_token}"
        return f"{link}?product={product.id}" if product else link

    def action_showroom_new_link(self):
        """Make a new link for visitors: the old one, and what was printed, is void.

        :raise AccessError: for who neither directs the branch nor may change it
        """
        for branch in self:
            if not branch.has_access("write") and not (
                branch._is_directed_by(self.env.user)
            ):
                raise AccessError(
                    self.env._(
                        "The director of %s, or an administrator, makes a new link.",
                        branch.display_name,
                    )
                )
            # sudo: who directs a branch may not write all of it
            branch.sudo().showroom_token = secrets.token_urlsafe(TOKEN_LENGTH)
        return True

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _showroom_shown_domain(self):
        """Products that are sold and have a sample on display, or counted as such."""
        self.ensure_one()
        # sudo: what is shown to visitors is known to all
        Sample = self.env["showroom.sample"].sudo()
        rows = Sample._read_group(
            Domain("branch_id", "=", self.id) & Domain(Sample._present_domain()),
            ["product_id"],
        )
        return Domain("sale_ok", "=", True) & Domain(
            "id", "in", [product.id for [product] in rows]
        )

    def _showroom_rows(self, products, pricelist=None, priced=True):
        """What visitors read of ``products``, in a number of queries that is constant.

        :param pricelist: the list price in the currency of the company if empty
        :param priced: whether to tell prices at all
        :return: ``[{product, name, composition, description, unit, price, currency}]``
        """
        company = self.company_id
        products = products.with_company(company)
        pricelist = pricelist or self.env["product.pricelist"]
        currency = pricelist.currency_id or company.currency_id
        prices = (
            pricelist.with_company(company)._get_products_price(
                products, 1.0, currency=currency
            )
            if priced
            else {}
        )
        return [
            {
                "product": product,
                "name": product.with_context(display_default_code=False).display_name,
                "category": product.categ_id,
                "composition": product._showroom_composition(),
                "description": product.description_sale,
                "unit": product.uom_id.name,
                "price": prices.get(product.id),
                "currency": currency,
            }
            for product in products
        ]

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    @api.model
    def _showroom_of_token(self, token):
        """The branch whose page ``token`` opens, in sudo; empty if none."""
        if not token or len(token) < TOKEN_LENGTH:
            return self.browse()
        # sudo: whoever has the link sees the page; nothing else of the branch is told
        branch = self.sudo().search(
            [
                ("showroom_token", "=", token),
                ("showroom_is_public", "=", True),
                ("has_showroom", "=", True),
            ]
        )
        company = branch.company_id
        return branch.with_company(company).with_context(
            allowed_company_ids=company.ids
        )

    def _showroom_pricelist_of(self, user):
        """``(pricelist, whether prices are told)`` to ``user``, a visitor of the page.

        Who is signed in has the price of their company; anybody else none.
        """
        if user._is_public():
            return None, False
        # the branch is in sudo: the terms of the reader's own company
        customer = self.env["res.partner"].browse(
            user.sudo().partner_id.commercial_partner_id.id  # sudo: as above
        )
        return customer.with_company(self.company_id).property_product_pricelist, True

    def _showroom_page(self, user, page=1, product_id=None, category_id=None):
        """What the page tells ``user``; in sudo, of this branch alone.

        :param page: from 1; one that is not there is the nearest
        :return: ``{rows, categories, total, page}``
        """
        shown = self._showroom_shown_domain()
        Product = self.env["product.product"]
        categories = [
            category
            for [category] in Product._read_group(shown, ["categ_id"], order="categ_id")
            if category
        ]
        if product_id:
            shown &= Domain("id", "=", product_id)
        if category_id:
            shown &= Domain("categ_id", "=", category_id)
        total = Product.search_count(shown)
        page = max(1, min(page, -(-total // PAGE)))
        products = Product.search(
            shown,
            order="categ_id, name, id",
            offset=(page - 1) * PAGE,
            limit=PAGE,
        )
        pricelist, priced = self._showroom_pricelist_of(user)
        return {
            "branch": self,
            "rows": self._showroom_rows(products, pricelist, priced),
            "categories": categories,
            "category_id": category_id,
            "product_id": product_id,
            "priced": priced,
            "total": total,
            "page": page,
        }

    def _showroom_pictured(self, product_id):
        """The product, in sudo, if it is shown here; else none."""
        shown = self._showroom_shown_domain() & Domain("id", "=", product_id)
        return self.env["product.product"].search(shown)
