from odoo import models

from .sales_plan_states import VALID_STATES


class SalesPlanForecastMixin(models.AbstractModel):
    """The part of ``sales.plan`` that says where the plan will end."""

    _name = "sales.plan.forecast.mixin"
    _description = "Forecast of a Plan"

    def get_prospect(self):
        """Days, effective target and forecast of this plan, in figures and words.

        The form asks for it by itself, since the forecast reads a year of sales.

        :return: dict; ``forecast`` is False where the plan is not agreed
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "currency_id": self.currency_id.id,
            "policy": self._policy(),
            "effective_target": self.effective_target,
            "is_target_lowered": self.is_target_lowered,
            "days_note": self.days_note,
            "forecast": self._forecasts().get(self, False),
        }

    def _forecasts(self):
        """``{plan: forecast}`` of agreed plans, set-based by month and days."""
        Forecast = self.env["sales.month.forecast"]
        agreed = self.filtered(lambda p: p.state in VALID_STATES and p.day_from)
        results = {}
        by_days = agreed.grouped(lambda p: (p.period_id, p.day_from, p.day_to))
        for (period, first, last), plans in by_days.items():
            found = Forecast._of(
                period,
                plans.user_id,
                {plan.user_id.id: plan for plan in plans},
                first,
                last,
            )
            results.update({plan: found[plan.user_id.id] for plan in plans})
        return results
