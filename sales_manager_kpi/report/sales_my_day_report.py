from odoo import api, fields, models


class ReportMyDay(models.AbstractModel):
    """My day on paper: always that of who prints it, whatever ids are asked for."""

    _name = "report.sales_manager_kpi.report_my_day"
    _description = "My Day, Printed"

    @api.model
    def _get_report_values(self, docids, data=None):
        MyDay = self.env["sales.my.day"].with_user(self.env.user)
        date = (data or {}).get("day") or None
        day = MyDay._day(date)
        values = MyDay.get_data(date)
        items = [item for item in values["items"] if not item["later"]]
        agenda = sorted(filter(lambda i: i["at"], items), key=lambda i: i["at"])
        for item in items:
            item["time"] = self._clock(day, item["at"])
            item["due_words"] = self._due_words(day, item["due"])
        return {
            "day": values,
            "date": day.date,
            "currency": day.company.currency_id,
            "month": MyDay.get_month(date),
            "agenda": agenda,
            "todo": [item for item in items if not item["at"]],
        }

    @api.model
    def _clock(self, day, moment):
        moment = fields.Datetime.to_datetime(moment)
        return day.local(moment).strftime("%H:%M") if moment else ""

    @api.model
    def _due_words(self, day, due):
        """A day as a date, a moment of the day as its time on the branch's clock."""
        if not due:
            return ""
        if len(due) == 10:
            return self.env["sales.my.day"]._date_words(due)
        local = day.local(fields.Datetime.to_datetime(due))
        if local.date() == day.date:
            return local.strftime("%H:%M")
        return self.env["sales.my.day"]._date_words(local.date())
