from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

REPORT = "sales_manager_kpi.trade_bonus_statement_report"


class TradeBonusPortal(CustomerPortal):
    """The bonuses of customers, in their portal."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "trade_bonus_count" in counters:
            periods = request.env["trade.bonus.period"]._portal_own()
            values["trade_bonus_count"] = len(periods.agreement_id)
        return values

    @http.route(
        ["/my/trade-bonuses", "/my/trade-bonuses/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_trade_bonuses(self, page=1, **_kwargs):
        """The agreements of the user's company, the newest first."""
        own = request.env["trade.bonus.period"]._portal_own()
        agreements = own.agreement_id.sorted("date_from", reverse=True)
        pager = portal_pager(
            url="/my/trade-bonuses",
            total=len(agreements),
            page=page,
            step=self._items_per_page,
        )
        shown = agreements[pager["offset"] : pager["offset"] + self._items_per_page]
        mine = own.filtered(lambda row: row.agreement_id in shown)
        values = {
            **self._prepare_portal_layout_values(),
            "statements": sorted(
                mine._of_each_customer()._statements(),
                key=lambda row: shown.ids.index(row.agreement.id),
            ),
            "page_name": "trade_bonus",
            "pager": pager,
            "default_url": "/my/trade-bonuses",
        }
        return request.render("sales_manager_kpi.portal_my_trade_bonuses", values)

    @http.route(
        "/my/trade-bonuses/<int:agreement_id>",
        type="http",
        auth="public",
        website=True,
    )
    def portal_trade_bonus(
        self, agreement_id, access_token=None, report_type=None, download=False, **kw
    ):
        """The statement of one agreement; with ``report_type`` printed."""
        period = request.env["trade.bonus.period"]._portal_find(
            agreement_id, access_token
        )
        if not period:
            return request.redirect("/my")
        if report_type in ("html", "pdf"):
            return self._show_report(
                model=period,
                report_type=report_type,
                report_ref=REPORT,
                download=download,
            )
        values = {
            "statement": period._statements()[0],
            "period": period,
            "page_name": "trade_bonus",
        }
        values = self._get_page_view_values(
            period, access_token, values, "my_trade_bonuses_history", False, **kw
        )
        return request.render("sales_manager_kpi.portal_trade_bonus", values)
