from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from .own_documents import OwnDocuments

MODEL = "customer.claim"
REPORT = "sales_manager_kpi.customer_claim_report"


class ClaimPortal(OwnDocuments):
    """Claims of customers, in their portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "customer_claim_count" in counters:
            values["customer_claim_count"] = self._own_count(MODEL)
        return values

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_claims(self, page=1, **_kwargs):
        """The claims of the user's company, the newest first."""
        template = "sales_manager_kpi.portal_my_claims"
        return self._own_page(MODEL, page, "/my/claims", "claim", template)

    @http.route("/my/claims/<int:claim_id>", type="http", auth="public", website=True)
    def portal_claim(self, claim_id, access_token=None, **kw):
        """Where a claim stands, and what was written about it."""
        claim = request.env[MODEL]._portal_find(claim_id, access_token)
        template = "sales_manager_kpi.portal_claim"
        asked = {**kw, "access_token": access_token}
        return self._document_page(claim, "claim", template, REPORT, asked)

    @http.route(
        "/my/orders/<int:order_id>/claim",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_claim_open(self, order_id, access_token=None, picking_id=None, **values):
        """The form that opens a claim about an order or one of its deliveries."""
        try:
            order = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        picking = self._claim_picking(order, picking_id)
        error = None
        if request.httprequest.method == "POST":
            try:
                claim = self._open_claim(order, picking, values)
                return request.redirect(claim.get_portal_url())
            except UserError as problem:
                error = str(problem)
        claims = request.env[MODEL]
        return request.render(
            "sales_manager_kpi.portal_claim_open",
            {
                "order": order,
                "picking": picking,
                "kinds": claims._portal_kinds(order),
                "access_token": access_token,
                "values": values,
                "error": error,
                "page_name": "claim_open",
            },
        )

    def _claim_picking(self, order, picking_id):
        if not picking_id:
            return order.picking_ids.browse()
        picking = order.picking_ids.filtered(lambda row: str(row.id) == picking_id)
        if not picking:
            raise NotFound()
        return picking

    def _open_claim(self, order, picking, values):
        files = request.httprequest.files.getlist("photos")
        photos = [(one.filename, one.read()) for one in files if one.filename]
        kind = values.get("kind_id") or ""
        return request.env[MODEL]._portal_open(
            order,
            picking,
            {**values, "kind_id": int(kind) if kind.isdecimal() else False},
            photos,
        )
