from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

REPORT = "sales_manager_kpi.customer_claim_report"


class ClaimPortal(CustomerPortal):
    """Claims of customers, in their portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "customer_claim_count" in counters:
            claims = request.env["customer.claim"]
            # sudo: a number, of the user's own company
            values["customer_claim_count"] = claims.sudo().search_count(
                claims._portal_own_domain(request.env.user)
            )
        return values

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_claims(self, page=1, **_kwargs):
        """The claims of the user's company, the newest first."""
        claims = request.env["customer.claim"]
        domain = claims._portal_own_domain(request.env.user)
        own = claims.sudo()  # sudo: of the user's own company
        pager = portal_pager(
            url="/my/claims",
            total=own.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "claims": own.search(
                domain, limit=self._items_per_page, offset=pager["offset"]
            ),
            "page_name": "claim",
            "pager": pager,
            "default_url": "/my/claims",
        }
        return request.render("sales_manager_kpi.portal_my_claims", values)

    @http.route("/my/claims/<int:claim_id>", type="http", auth="public", website=True)
    def portal_claim(
        self, claim_id, access_token=None, report_type=None, download=False, **kw
    ):
        """Where a claim stands, and what was written about it."""
        claim = request.env["customer.claim"]._portal_find(claim_id, access_token)
        if not claim:
            return request.redirect("/my")
        if report_type in ("html", "pdf"):
            return self._show_report(
                model=claim,
                report_type=report_type,
                report_ref=REPORT,
                download=download,
            )
        token = access_token or claim._portal_ensure_token()
        values = self._get_page_view_values(
            claim,
            token,
            {"claim": claim, "page_name": "claim"},
            "my_claims_history",
            False,
            **kw,
        )
        return request.render("sales_manager_kpi.portal_claim", values)

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
        claims = request.env["customer.claim"]
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
        return request.env["customer.claim"]._portal_open(
            order,
            picking,
            {**values, "kind_id": int(kind) if kind.isdecimal() else False},
            photos,
        )
