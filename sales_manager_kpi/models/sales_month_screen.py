from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

FACTS = "sales.fact.report"
TREND_MONTHS = 6


class SalesMonthScreen(models.AbstractModel):
    """What My month and My team share: who may look, at which month, on what basis."""

    _name = "sales.month.screen"
    _description = "Screen of a Month"

    def _check_group(self):
        if not self.env.user.has_group("sales_manager_kpi.group_manager"):
            raise AccessError(
                self.env._(
                    "My month is for sales managers. Ask an administrator for the role."
                )
            )

    def _period(self, period_date):
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        try:
            date = fields.Date.to_date(period_date) or today
        except (TypeError, ValueError):
            date = None
        if not date or not (
            today - relativedelta(years=10) <= date <= today + relativedelta(years=2)
        ):
            raise UserError(
                self.env._(
                    "There is no such month. Choose one of the last ten years or the "
                    "next two."
                )
            )
        return self.env["sales.period"]._for_date(company, date)

    def _header(self, period, visible):
        users = self.env["res.users"].browse(visible)
        (users | self.env.user).mapped("name")  # the reader with the others, at once
        users = users.sorted("name")
        branches = self.env["sales.branch"].union(*visible.values()).sorted("name")
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        company = period.company_id
        return {
            # of several selected companies, the first is shown: say which
            "company": company.name if len(self.env.companies) > 1 else False,
            "as_of": fields.Datetime.to_string(fields.Datetime.now()),
            "currency_id": period.company_id.currency_id.id,
            "period": {
                "id": period.id,
                "name": period.display_name,
                "date": fields.Date.to_string(period.date_from),
                "previous": iso(period.date_from - relativedelta(months=1)),
                "next": iso(period.date_from + relativedelta(months=1)),
                "is_current": period.date_from <= today <= period.date_to,
            },
            "managers": [
                {"id": user.id, "name": user.name, "branch": visible[user.id].name}
                for user in users
            ],
            "branches": [{"id": b.id, "name": b.name} for b in branches],
            "has_team": self.env.user.has_group(
                "sales_manager_kpi.group_branch_director"
            ),
        }

    def _basis(self, period, plan):
        basis = self.env["evaluation.criterion"]._plan_basis(period, plan)
        labels = (
            self.env["sales.plan"]._fields["basis"]._description_selection(self.env)
        )
        return {"code": basis, "name": dict(labels)[basis]}

    # ------------------------------------------------------------------
    # What was agreed or closed goes before what the system computes
    # ------------------------------------------------------------------

    def _stands(self, card):
        """Whether a scorecard is final: agreed, or of a month that is closed."""
        return bool(card) and (card.state == "agreed" or card.period_id.state != "open")

    def _cards(self, period, users):
        """``{user id: scorecard}`` of the month, in sudo, in one query."""
        # sudo: of managers the reader was found to judge; who moved has a scorecard in
        # a branch that one of the directors does not see
        cards = (
            self.env["evaluation.scorecard"]
            .sudo()
            .search_fetch([("user_id", "in", users.ids), ("period_id", "=", period.id)])
        )
        return {card.user_id.id: card for card in cards}

    def _judged(self, period, visible, cards):
        """``{user id: Judged}`` of those whose scorecard does not stand yet."""
        # sudo: the system's figure, the same for everybody who may see these months
        return (
            self.env["evaluation.run"]
            .sudo()
            ._judge(
                period,
                members={
                    user_id: branch.sudo()
                    for user_id, branch in visible.items()
                    if not self._stands(cards.get(user_id))
                },
                evidence=False,
            )
        )

    def _assessed(self, card, judged):
        """What the head's scores make of a computed month: final lines and total.

        None while the head has corrected nothing.
        """
        heads = card._head_scores() if card and card.state != "computed" else {}
        if not heads:
            return None
        return self.env["evaluation.run"]._final_figures(card, judged, heads)


def tile(domain, amount=0, count=None):
    return {"domain": domain, "amount": amount, "count": count or 0}


def any_of(domains):
    """Rows of one of ``domains``, as a list of plain values that JSON can carry."""
    ands = [["&"] * (_terms(domain) - 1) + list(domain) for domain in domains]
    return ["|"] * (len(ands) - 1) + sum(ands, []) if ands[1:] else list(domains[0])


def _terms(domain):
    """How many whole terms stand side by side in ``domain``."""
    number = 0
    for item in reversed(domain):
        if item in ("&", "|"):
            number -= 1
        elif item != "!":
            number += 1
    return number


def is_valid(plan):
    return plan.state in ("approved", "running")


def number(figure):
    return None if figure is None else float(figure)


def iso(date):
    return fields.Date.to_string(date)


def month_domain(first):
    last = first + relativedelta(day=31)
    return [("date", ">=", iso(first)), ("date", "<=", iso(last))]
