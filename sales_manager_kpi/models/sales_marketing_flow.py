from odoo import models
from odoo.exceptions import UserError


class SalesMarketingAction(models.Model):
    """The steps of an action: planned, begun, finished or cancelled."""

    # The steps have a file of their own.
    _inherit = "sales.marketing.action"  # pylint: disable=consider-merging-classes-inherited

    def action_plan(self):
        """Plan it; without a campaign it gets one of its own.

        :raise AccessError: for who does not direct its branches
        """
        for action in self:
            action._begin("draft")
            action._check_manager()
            values = {"state": "planned"}
            if not action.campaign_id:
                # with the rights of who plans: campaigns are everybody's to make
                campaign = self.env["utm.campaign"].create(
                    {
                        "title": action.name,
                        "user_id": action.user_id.id,
                        "company_id": action.company_id.id,
                    }
                )
                values["campaign_id"] = campaign.id
            action._set(values)
        return True

    def action_start(self):
        """Begin it.

        :raise AccessError: for who neither is responsible nor directs its branches
        """
        for action in self:
            action._begin("planned")
            action._check_worker()
            action._set({"state": "running"})
        return True

    def action_finish(self):
        """Finish it, with the result that is written in it.

        :raise AccessError: for who neither is responsible nor directs its branches
        :raise UserError: without a result
        """
        for action in self:
            action._begin("planned", "running")
            action._check_worker()
            if not (action.result or "").strip():
                raise UserError(
                    self.env._("Write down the result of %s first.", action.name)
                )
            action._set({"state": "done"})
        return True

    def action_cancel(self):
        """Cancel it; its campaign is free for another action.

        :raise AccessError: for who does not direct its branches
        """
        for action in self:
            action._begin("draft", "planned", "running")
            action._check_manager()
            action._set({"state": "cancelled"})
        return True

    def action_fill(self):
        """Open the choice of target customers."""
        self.ensure_one()
        self.check_access("read")
        self._check_worker()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_marketing_fill_action"
        )
        action["context"] = {"default_action_id": self.id}
        return action
