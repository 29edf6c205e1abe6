from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

REPORT = "sales_manager_kpi.sales_offer_report"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OfferPortal(CustomerPortal):
    """Offers of customers, in their portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "sales_offer_count" in counters:
            offers = request.env["sales.offer"]
            # sudo: a number, of the user's own company
            values["sales_offer_count"] = offers.sudo().search_count(
                offers._portal_own_domain(request.env.user)
            )
        return values

    @http.route(
        ["/my/offers", "/my/offers/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_offers(self, page=1, **_kwargs):
        """What was offered to the user's company, the newest first."""
        offers = request.env["sales.offer"]
        domain = offers._portal_own_domain(request.env.user)
        own = offers.sudo()  # sudo: of the user's own company
        pager = portal_pager(
            url="/my/offers",
            total=own.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = {
            **self._prepare_portal_layout_values(),
            "offers": own.search(
                domain, limit=self._items_per_page, offset=pager["offset"]
            ),
            "page_name": "offer",
            "pager": pager,
            "default_url": "/my/offers",
        }
        return request.render("sales_manager_kpi.portal_my_offers", values)

    @http.route("/my/offers/<int:offer_id>", type="http", auth="public", website=True)
    def portal_offer(
        self,
        offer_id,
        access_token=None,
        report_type=None,
        download=False,
        error=None,
        **kw,
    ):
        """An offer as it was sent."""
        offer = request.env["sales.offer"]._portal_find(offer_id, access_token)
        if not offer:
            return request.redirect("/my")
        if report_type in ("html", "pdf"):
            return self._show_report(
                model=offer,
                report_type=report_type,
                report_ref=REPORT,
                download=download,
            )
        token = access_token or offer._portal_ensure_token()
        values = self._get_page_view_values(
            offer,
            token,
            {"offer": offer, "page_name": "offer", "error": error},
            "my_offers_history",
            False,
            **kw,
        )
        return request.render("sales_manager_kpi.portal_offer", values)

    @http.route(
        "/my/offers/<int:offer_id>/interest",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_offer_interest(self, offer_id, access_token=None, words="", **_kwargs):
        """The customer is interested; the manager is told."""
        offer = request.env["sales.offer"]._portal_find(offer_id, access_token)
        if not offer:
            return request.redirect("/my")
        try:
            offer._portal_interest(words)
        except UserError as problem:
            return self.portal_offer(offer_id, access_token, error=str(problem))
        return request.redirect(offer.get_portal_url())

    @http.route(
        "/sales_manager_kpi/offer/<int:offer_id>.xlsx", type="http", auth="user"
    )
    def offer_spreadsheet(self, offer_id):
        """An offer as a spreadsheet, for who may read it."""
        offer = request.env["sales.offer"].browse(offer_id)
        try:
            offer.check_access("read")
            name, content = offer._spreadsheet()
        except (AccessError, MissingError, UserError) as error:
            raise NotFound() from error
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
