from odoo import api, models
from odoo.fields import Domain

from ..engine.need_season import starting_months
from .customer_need_season import AHEAD
from .sales_my_day import source

LARGEST = 10  # needs to call about; more of them is a list, not a day


class SalesMyDay(models.AbstractModel):
    """Visitors at the counter, and customers whose season begins."""

    # The counter has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "visits": source(
                self.env._("Visitors at the counter"), "branch.visit", "fa-users"
            ),
            "needs": source(
                self.env._("Needs whose season begins"), "customer.need", "fa-leaf"
            ),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "serve": {"name": self.env._("Serve"), "icon": "fa-handshake-o"},
        }

    @api.model
    def _evening_counted(self):
        return {
            **super()._evening_counted(),
            "visits": (
                *("branch.visit", "served_by_id", "ended_at"),
                Domain("state", "=", "done"),
            ),
        }

    def _wanted_visits(self, day):
        branch = self._branch()
        # sudo: everybody sees the visits of the branch they work in; asking the rule
        # for all branches costs more than the visits
        visits = self.env["branch.visit"].sudo()
        if not branch or day.date != day.today:
            return visits, Domain.FALSE
        return visits, self._if_role(
            "manager",
            Domain("branch_id", "=", branch.id)
            & Domain("company_id", "=", day.company.id)
            & (
                Domain("state", "=", "waiting")
                | Domain("state", "=", "served")
                & Domain("served_by_id", "=", self.env.uid)
            ),
        )

    def _items_visits(self, day):
        """Who waits in the reader's branch, and whom the reader has not finished."""
        visits = self._wanted("visits", day, order="arrived_at, id")
        return [
            self._item(
                "visits",
                visit,
                self.env._("Waits at the counter")
                if visit.state == "waiting"
                else self.env._("Visit to end"),
                detail=" · ".join(filter(None, [visit.display_name, visit.wish])),
                partner_id=visit.partner_id.id,
                due=visit.arrived_at,
                actions=["serve", "open"] if visit.state == "waiting" else ["open"],
            )
            for visit in visits
        ]

    def _wanted_needs(self, day):
        starting = starting_months(day.date, AHEAD)
        return self.env["customer.need"], self._if_role(
            "manager",
            self._mine("user_id")
            & Domain("season_from", "in", [str(month) for month in starting]),
        )

    def _items_needs(self, day):
        """The largest customers whose season begins, and who were offered nothing."""
        Need = self.env["customer.need"]
        ids = Need._due_ids(day=day.date) if self._has_role("manager") else ()
        if not ids:
            return []
        needs = Need.search_fetch(
            self._mine("user_id") & Domain("id", "in", list(ids)),
            order="id",
        )
        by_customer = needs.grouped("partner_id")
        turnover = self._customers(needs.partner_id)
        largest = sorted(
            by_customer,
            key=lambda one: turnover.get(one.id, ("", 0.0))[1],
            reverse=True,
        )
        return [
            self._item(
                "needs",
                by_customer[customer][0],
                self.env._("Season begins, nothing offered yet"),
                detail=", ".join(
                    (need.product_id or need.categ_id).display_name
                    for need in by_customer[customer]
                ),
                partner_id=customer.id,
                due=min(need.season_starts_on for need in by_customer[customer]),
                for_id=self._for(by_customer[customer][0].user_id),
                about=("res.partner", customer.id),
                actions=["log_contact", "plan", "open"],
            )
            for customer in largest[:LARGEST]
        ]

    def _act_serve(self, record, values):
        """Serve a visitor; a colleague who was quicker is named."""
        record.action_serve()
        return record._get_records_action()
