from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager


class OwnDocuments(CustomerPortal):
    """Documents of ``sales.portal.mixin`` that a customer's company sees in the portal.

    Each kind has a controller of its own with its addresses; what they have in common
    is here, and has no address.
    """

    def _own_count(self, model):
        """How many there are of the user's own company."""
        documents = request.env[model]
        # sudo: a number, of the user's own company
        return documents.sudo().search_count(
            documents._portal_own_domain(request.env.user)
        )

    def _own_page(self, model, page, url, name, template):
        """A page of those of the user's company, in the order of the model.

        :param name: what the template calls one of them
        """
        documents = request.env[model]
        domain = documents._portal_own_domain(request.env.user)
        own = documents.sudo()  # sudo: of the user's own company
        step = self._items_per_page
        pager = portal_pager(
            url=url, total=own.search_count(domain), page=page, step=step
        )
        values = {
            **self._prepare_portal_layout_values(),
            f"{name}s": own.search(domain, limit=step, offset=pager["offset"]),
            "page_name": name,
            "pager": pager,
            "default_url": url,
        }
        return request.render(template, values)

    def _document_page(self, document, name, template, report, asked, **values):
        """One of them, or its report where that is asked for.

        :param document: what ``_portal_find`` found, which may be nothing
        :param asked: what came with the address
        :param values: what else the template shows
        """
        if not document:
            return request.redirect("/my")
        asked = dict(asked)
        token = asked.pop("access_token", None)
        report_type = asked.pop("report_type", None)
        download = asked.pop("download", False)
        if report_type in ("html", "pdf"):
            return self._show_report(
                model=document,
                report_type=report_type,
                report_ref=report,
                download=download,
            )
        values = self._get_page_view_values(
            document,
            token or document._portal_ensure_token(),
            {name: document, "page_name": name, **values},
            f"my_{name}s_history",
            False,
            **asked,
        )
        return request.render(template, values)
