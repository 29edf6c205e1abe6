from odoo import api, models
from odoo.fields import Domain

from .read_once import read_once, reading_once


class SalesMyDay(models.AbstractModel):
    """How far the month is from the plan, and what would bring it there."""

    # The month has a file of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def get_month(self, day=None):
        """Fact, target and pace of the reader's running month; False without a plan.

        Asked for by itself, so that the day is there before the month is. Amounts are
        untaxed, in company currency, as My month shows them.

        :return: ``fact``, ``target``, ``gap``, ``pace``, ``expected``, ``words``, and
            ``closing``: what is open and would count, largest first
        """
        self._check_role()
        if not self._has_role("manager"):
            return False
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        day, user = self._day(day), self.env.user
        period = self._period(day)
        # sudo: the reader's own plan and facts, measured whole
        plans = self.env["sales.plan"].sudo()._valid_plans(period, user)
        if not plans:
            return False
        plans = plans.sorted("day_from")
        forecast = self.env["sales.month.forecast"]
        values = forecast._of(period, user, {user.id: plans})[user.id]
        target = values["target"] or 0.0
        return {
            "name": period.display_name,
            "fact": values["fact"],
            "target": target,
            "gap": max(target - values["fact"], 0.0),
            "pace": values["pace"],
            "expected": values["expected"],
            "words": values["words"],
            "closing": self._closing(day, plans[-1].basis),
        }

    @api.model
    def get_rest(self, day=None):
        """The month and the evening line: what stands beside the day.

        Asked for together, so that what both want to know is read once.

        :param day: ISO date; today if none
        :return: ``{"month": see `get_month`, "evening": see `get_evening`}``
        """
        self._check_role()
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        return {"month": self.get_month(day), "evening": self.get_evening(day)}

    @api.model
    def _period(self, day):
        return read_once(
            self.env,
            ("my_day_period", day.company.id, day.date),
            lambda: self.env["sales.period"]._for_date(day.company, day.date),
        )

    @api.model
    def _closing(self, day, basis):
        """``[{name, amount, count, action}]``: quotations, and orders not invoiced."""
        quotations = self._open_amount(
            day, "sale.order", Domain("state", "=", "sent"), ["amount_untaxed:sum"]
        )
        rows = [
            {
                "name": self.env._("Quotations sent"),
                **quotations,
                "model": "sale.order",
                "domain": [
                    ("user_id", "=", self.env.uid),
                    ("company_id", "=", day.company.id),
                    ("state", "=", "sent"),
                ],
            }
        ]
        if basis != "order":
            ordered = self._open_amount(
                day,
                "sale.order.line",
                Domain("state", "=", "sale")
                & Domain("order_id.user_id", "=", self.env.uid)
                & Domain("invoice_status", "in", ("to invoice", "no"))
                & Domain("is_downpayment", "=", False),
                ["price_subtotal:sum", "untaxed_amount_invoiced:sum"],
            )
            rows.append(
                {
                    "name": self.env._("Ordered, not invoiced"),
                    **ordered,
                    "model": "sale.order",
                    "domain": [
                        ("user_id", "=", self.env.uid),
                        ("company_id", "=", day.company.id),
                        ("state", "=", "sale"),
                        ("invoice_status", "in", ("to invoice", "no")),
                    ],
                }
            )
        return [row for row in rows if row["amount"] > 0]

    @api.model
    def _open_amount(self, day, model, domain, aggregates):
        """The first sum less the second, of the reader's own, in company currency."""
        domain &= Domain("company_id", "=", day.company.id)
        if model == "sale.order":
            domain &= Domain("user_id", "=", self.env.uid)
        amount = count = 0
        groups = self.env[model]._read_group(
            domain, ["currency_id"], [*aggregates, "__count"]
        )
        for currency, whole, *less, number in groups:
            open_amount = whole - sum(less)
            amount += self._in_company_currency(open_amount, currency, day)
            count += number
        return {"amount": amount, "count": count}
