from odoo import api, models
from odoo.tools import SQL

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
        # of their lines nothing else is asked here
        self.env["evaluation.criterion"]._remember_categories(plans)
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
        """``[{name, amount, count, model, domain}]``: quotations, and orders that are
        not invoiced."""
        own = [("user_id", "=", self.env.uid), ("company_id", "=", day.company.id)]
        sent = [*own, ("state", "=", "sent")]
        rows = [
            {
                "name": self.env._("Quotations sent"),
                "model": "sale.order",
                "domain": sent,
            }
        ]
        asked = [("sale.order", sent, "amount_untaxed")]
        if basis != "order":
            open_lines = [
                ("state", "=", "sale"),
                ("invoice_status", "in", ("to invoice", "no")),
            ]
            rows.append(
                {
                    "name": self.env._("Ordered, not invoiced"),
                    "model": "sale.order",
                    "domain": [*own, *open_lines],
                }
            )
            open_lines += [
                ("order_id.user_id", "=", self.env.uid),
                ("company_id", "=", day.company.id),
                ("is_downpayment", "=", False),
            ]
            asked.append(
                (
                    *("sale.order.line", open_lines),
                    *("price_subtotal", "untaxed_amount_invoiced"),
                )
            )
        amounts = self._open_amounts(day, asked)
        rows = [{**row, **open_} for row, open_ in zip(rows, amounts, strict=True)]
        return [row for row in rows if row["amount"] > 0]

    @api.model
    def _open_amounts(self, day, asked):
        """``[{"amount", "count"}]`` in company currency, in one query for all.

        :param asked: ``[(model, domain, amount, what is taken off it…)]``, fields of
            documents with a currency
        """
        parts = []
        for place, (name, domain, *amounts) in enumerate(asked):
            model = self.env[name]
            query = model._search(domain)
            currency, *amounts = (
                model._field_to_sql(query.table, field, query)
                for field in ("currency_id", *amounts)
            )
            whole = SQL(" - ").join(SQL("COALESCE(%s, 0)", one) for one in amounts)
            parts.append(
                query.select(
                    SQL("%s AS place", place),
                    SQL("%s AS currency_id", currency),
                    SQL("%s AS amount", whole),
                )
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT place, currency_id, SUM(amount), COUNT(*) FROM (%s) AS open "
                "GROUP BY place, currency_id",
                SQL(" UNION ALL ").join(parts),
            )
        )
        found = [{"amount": 0.0, "count": 0} for __ in asked]
        for place, currency_id, amount, count in rows:
            currency = self.env["res.currency"].browse(currency_id)
            found[place]["amount"] += self._in_company_currency(amount, currency, day)
            found[place]["count"] += count
        return found
