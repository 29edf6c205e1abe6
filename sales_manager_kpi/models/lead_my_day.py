from odoo import api, models
from odoo.fields import Domain

from .read_once import read_once
from .sales_my_day import MOST, source


class SalesMyDay(models.AbstractModel):
    """Leads that stand still: the next step of the playbook takes too long."""

    # Leads have a file of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "steps": source(
                self.env._("Steps of leads that are late"),
                "crm.lead",
                "fa-step-forward",
            ),
        }

    def _items_leads(self, day):
        """Those that stand still are said so, once."""
        late = self._late_leads()
        found = super()._items_leads(day)
        return [item for item in found if item["res_id"] not in late.ids]

    def _items_steps(self, day):
        """Of the reader's leads those whose step takes longer than expected."""
        return [
            self._item(
                "steps",
                lead,
                self.env._("Next step is late"),
                # sudo: the step's name, of a lead that the reader was found to read
                detail=f"{lead.name}: {lead.sudo().playbook_step_id.name}",
                partner_id=lead.partner_id.id,
                overdue=True,
                amount=lead.expected_revenue or None,
                for_id=self._for(lead.user_id, scope="leads"),
                actions=[
                    *(["log_contact"] if lead.partner_id else []),
                    *("open", "plan", "later"),
                ],
            )
            for lead in self._late_leads()
        ]

    @api.model
    def _late_leads(self):
        return read_once(self.env, ("my_day_late_leads",), self._find_late_leads)

    @api.model
    def _find_late_leads(self):
        if not self._has_role("manager") or not self.env["sales.playbook"]._in_use():
            return self.env["crm.lead"]
        leads = self.env["crm.lead"].search_fetch(
            self._mine_or_no_company("user_id", scope="leads")
            & Domain("playbook_step_id.expected_days", ">", 0)
            & Domain("won_status", "=", "pending"),
            order="expected_revenue desc, id",
            limit=5 * MOST,
        )
        # sudo: how long steps take, of leads that the reader was found to read
        late = {lead.id for lead, _step in leads.sudo()._late_steps()}
        return leads.filtered(lambda lead: lead.id in late)[:MOST]
