from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

COUNTED = ("contacts", "activities", "orders", "payments", "holds", "claims")


class SalesMyDay(models.AbstractModel):
    """The evening line: what was done on a day, in figures.

    Computed of what was written down anyway, and never stored: a day that is over has
    the same line whenever it is asked for, unless its documents changed.
    """

    # The evening has a file of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def get_evening(self, day=None, user_id=None):
        """Evening lines of whom the reader may judge, themselves first.

        A manager gets the own one, a director those of the branch, a commercial
        director those of the company. Each day is cut at midnight of the branch.

        :param day: ISO date; today if none
        :param user_id: only of this user
        :return: ``[{user_id, name, branch, own, contacts, activities, orders,
            orders_amount, payments, payments_amount, holds, claims}]``; amounts
            untaxed, in company currency
        :raise AccessError: for somebody the reader does not direct
        """
        self._check_role()
        day = self._day(day)
        period = self.env["sales.period"]._for_date(day.company, day.date)
        branches = self.env["evaluation.run"]._visible_members(period)
        user = self.env.user
        branches.setdefault(user.id, self._branch())
        if user_id:
            if user_id not in branches:
                raise AccessError(
                    self.env._(
                        "You may not see the day of this colleague. Only they and the "
                        "director of their branch do."
                    )
                )
            branches = {user_id: branches[user_id]}
        users = self.env["res.users"].browse(branches)
        lines = self._evening_lines(day, users, branches)
        return sorted(lines, key=lambda line: (not line["own"], line["name"]))

    @api.model
    def _evening_lines(self, day, users, branches):
        # sudo: names and time zones of branches, of colleagues the reader may judge
        secret = {user_id: branch.sudo() for user_id, branch in branches.items()}
        zones = {}
        for user in users:
            tz = secret[user.id].tz or day.tz
            zones[tz] = zones.get(tz, users.browse()) | user
        lines = []
        for tz, some in zones.items():
            figures = self._evening_figures(self._day_in(tz, day.date), some)
            lines += [
                {
                    "user_id": user.id,
                    "name": user.name,
                    "branch": secret[user.id].name or "",
                    "own": user == self.env.user,
                    **{name: 0 for name in COUNTED},
                    "orders_amount": 0.0,
                    "payments_amount": 0.0,
                    **figures.get(user.id, {}),
                }
                for user in some
            ]
        return lines

    @api.model
    def _evening_figures(self, day, users):
        """``{user id: {figure: value}}`` in one query for each figure."""
        figures = {user.id: {} for user in users}
        # sudo: how much was done, of colleagues the reader was found to judge
        world = self.sudo()
        for name in COUNTED:
            for user_id, values in getattr(world, f"_evening_{name}")(day, users):
                if user_id in figures:
                    figures[user_id].update(values)
        return figures

    # ------------------------------------------------------------------
    # Each figure: [(user id, {name: value})]; in sudo
    # ------------------------------------------------------------------

    def _evening_contacts(self, day, users):
        rows = self._evening_count("customer.contact", "user_id", "at", day, users)
        return [(user.id, {"contacts": count}) for user, count in rows]

    def _evening_activities(self, day, users):
        """Activities are gone once they are done: the message stays."""
        rows = self.env["mail.message"]._read_group(
            [
                ("mail_activity_type_id", "!=", False),
                ("author_id", "in", users.partner_id.ids),
                *_within("date", day),
            ],
            ["author_id"],
            ["__count"],
        )
        by_partner = {user.partner_id.id: user.id for user in users}
        return [
            (by_partner[author.id], {"activities": count}) for author, count in rows
        ]

    def _evening_orders(self, day, users):
        """Orders confirmed for the first time, each to the part the user has."""
        return [
            (user.id, {"orders": len(orders), "orders_amount": amount})
            for user, orders, amount in self._evening_facts(
                "order", "order_id", day, users
            )
        ]

    def _evening_payments(self, day, users):
        """What came in, and of how many invoices."""
        return [
            (user.id, {"payments": len(moves), "payments_amount": amount})
            for user, moves, amount in self._evening_facts(
                "payment", "move_id", day, users
            )
        ]

    def _evening_facts(self, basis, document, day, users):
        """``[(user, ids of documents, amount)]`` as the facts of the day count them."""
        rows = self.env["sales.fact.report"]._read_group(
            Domain("company_id", "=", day.company.id)
            & Domain("basis", "=", basis)
            & Domain("status", "=", "counted")
            & Domain("user_id", "in", users.ids)
            & Domain("date", "=", day.date),
            ["user_id"],
            [f"{document}:array_agg_distinct", "amount:sum"],
        )
        return [
            (user, [one for one in found if one], amount)
            for user, found, amount in rows
        ]

    def _evening_holds(self, day, users):
        released = Domain("state", "=", "released")
        rows = self._evening_count(
            "stock.hold", "ended_by_id", "ended_at", day, users, released
        )
        return [(user.id, {"holds": count}) for user, count in rows]

    def _evening_claims(self, day, users):
        rows = self._evening_count(
            "customer.claim.decision", "user_id", "decided_at", day, users
        )
        return [(user.id, {"claims": count}) for user, count in rows]

    def _evening_count(self, model, owner, moment, day, users, domain=Domain.TRUE):
        """``[(user, number)]`` of what these did on the day, in one query."""
        return self.env[model]._read_group(
            domain
            & Domain("company_id", "=", day.company.id)
            & Domain(owner, "in", users.ids)
            & Domain.AND([[term] for term in _within(moment, day)]),
            [owner],
            ["__count"],
        )


def _within(name, day):
    return [(name, ">=", day.start), (name, "<", day.stop)]
