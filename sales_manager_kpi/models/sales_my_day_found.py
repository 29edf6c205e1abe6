from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sales_my_day import MOST


class SalesMyDay(models.AbstractModel):
    """What sources find: asked where there is something, and offered to the reader."""

    # What is found has a file of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _idle_sources(self, day):
        """Codes of sources that have nothing; in one query for those that say so."""
        idle, asked = set(), []
        for code in self._sources():
            wanted = getattr(self, f"_wanted_{code}", None)
            if not wanted:
                continue
            model, domain = wanted(day)
            idle.add(code)
            if not domain.is_false():  # nothing of it is for the reader
                rows = model._search(domain, limit=1).subselect()
                asked.append(SQL("CASE WHEN EXISTS %s THEN %s END", rows, code))
        if asked:
            [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(asked)))
            idle.difference_update(row)
        return idle

    @api.model
    def _wanted(self, code, day, names=None, **options):
        """The records that a source wants, as ``search_fetch`` gives them."""
        model, domain = getattr(self, f"_wanted_{code}")(day)
        if domain.is_false():
            return model.browse()
        return model.search_fetch(domain, names, **{"limit": MOST, **options})

    @api.model
    def _if_role(self, name, domain):
        """A domain for who has the role; nothing for others."""
        return domain if self._has_role(name) else Domain.FALSE

    @api.model
    def _offered(self, source, day):
        """``{id: actions}`` of what a source offers the reader on a day."""
        offered = {}
        for item in getattr(self, f"_items_{source}")(day):
            offered.setdefault(item["res_id"], set()).update(item["actions"])
        return offered

    @api.model
    def _not_offered_words(self):
        return self.env._(
            "This is not on your day any more: it is done, or somebody else was first. "
            "Reload the page."
        )
