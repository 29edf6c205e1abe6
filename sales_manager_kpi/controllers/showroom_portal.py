from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.showroom_range import PAGE

PUBLIC = {"type": "http", "auth": "public", "website": True, "sitemap": False}
CACHED = 3600  # seconds


class ShowroomPortal(CustomerPortal):
    """What a showroom shows, for whoever has the link of its QR code."""

    def _showroom_branch(self, token):
        branch = request.env["sales.branch"]._showroom_of_token(token)
        if not branch:
            raise NotFound()
        return branch

    @http.route(
        ["/showroom/<string:token>", "/showroom/<string:token>/page/<int:page>"],
        readonly=True,
        **PUBLIC,
    )
    def showroom(self, token, page=1, product=None, category=None, **_kwargs):
        """The products on display; one of them, or of a category, if asked for."""
        branch = self._showroom_branch(token)
        product_id, category_id = _number(product), _number(category)
        values = branch._showroom_page(
            request.env.user, page, product_id=product_id, category_id=category_id
        )
        values |= {
            "token": token,
            "res_company": branch.company_id,
            "page_name": "showroom",
            "pager": portal_pager(
                url=f"/showroom/{token}",
                total=values["total"],
                page=values["page"],
                step=PAGE,
                url_args={"category": category_id} if category_id else None,
            ),
        }
        return request.render("sales_manager_kpi.showroom_page", values)

    @http.route(
        "/showroom/<string:token>/image/<int:product_id>", readonly=True, **PUBLIC
    )
    def showroom_image(self, token, product_id, **_kwargs):
        """The photo of a product that is on display."""
        product = self._showroom_branch(token)._showroom_pictured(product_id)
        if not product:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(product, "image_256")
        return stream.get_response(max_age=CACHED)


def _number(text):
    """An id of the address; None for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
