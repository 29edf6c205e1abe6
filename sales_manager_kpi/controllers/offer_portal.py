from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from .own_documents import OwnDocuments

MODEL = "sales.offer"
REPORT = "sales_manager_kpi.sales_offer_report"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OfferPortal(OwnDocuments):
    """Offers of customers, in their portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "sales_offer_count" in counters:
            values["sales_offer_count"] = self._own_count(MODEL)
        return values

    @http.route(
        ["/my/offers", "/my/offers/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_offers(self, page=1, **_kwargs):
        """What was offered to the user's company, the newest first."""
        template = "sales_manager_kpi.portal_my_offers"
        return self._own_page(MODEL, page, "/my/offers", "offer", template)

    @http.route("/my/offers/<int:offer_id>", type="http", auth="public", website=True)
    def portal_offer(self, offer_id, access_token=None, error=None, **kw):
        """An offer as it was sent."""
        offer = request.env[MODEL]._portal_find(offer_id, access_token)
        template = "sales_manager_kpi.portal_offer"
        asked = {**kw, "access_token": access_token}
        return self._document_page(offer, "offer", template, REPORT, asked, error=error)

    @http.route(
        "/my/offers/<int:offer_id>/interest",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_offer_interest(self, offer_id, access_token=None, words="", **_kwargs):
        """The customer is interested; the manager is told."""
        offer = request.env[MODEL]._portal_find(offer_id, access_token)
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
        offer = request.env[MODEL].browse(offer_id)
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
