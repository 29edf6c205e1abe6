from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .read_once import reading_once

# What has an amount, as the facts tell it: the basis, and the document that is counted.
FACTS = {"orders": ("order", "order_id"), "payments": ("payment", "move_id")}


class SalesMyDay(models.AbstractModel):
    """The evening line: what was done on a day, in figures.

    Computed of what was written down anyway, and never stored: a day that is over has
    the same line whenever it is asked for, unless its documents changed. An area adds
    what it counts in its own file, by ``_evening_counted``.
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
        :return: ``[{user_id, name, branch, own, activities, orders, orders_amount,
            payments, payments_amount}]``, and a number for each of
            `_evening_counted`; amounts untaxed, in company currency
        :raise AccessError: for somebody the reader does not direct
        """
        self._check_role()
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        day = self._day(day)
        user, branches = self.env.user, {}
        if self._has_role("branch_director"):
            run = self.env["evaluation.run"]
            branches = run._visible_members(self._period(day))
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
        # sudo: names of colleagues the reader may judge
        names = {user.id: user.name for user in users.sudo()}
        # sudo: names and time zones of their branches
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
                    "name": names[user.id],
                    "branch": secret[user.id].name or "",
                    "own": user == self.env.user,
                    **dict.fromkeys(self._evening_counted(), 0),
                    **{name: 0 for name in FACTS},
                    **{f"{name}_amount": 0.0 for name in FACTS},
                    **figures.get(user.id, {}),
                }
                for user in some
            ]
        return lines

    @api.model
    def _evening_counted(self):
        """``{figure: (model, whose, when, domain)}`` of what is counted.

        ``whose`` names the field of the user, or of their contact, who did it;
        ``when`` that of the moment.
        """
        # an activity is gone once it is done: the message stays
        done = Domain("mail_activity_type_id", "!=", False)
        return {"activities": ("mail.message", "author_id", "date", done)}

    @api.model
    def _evening_figures(self, day, users):
        """``{user id: {figure: value}}``; all that is counted in one query."""
        figures = {user.id: {} for user in users}
        # sudo: how much was done, of colleagues the reader was found to judge
        world = self.sudo()
        for figure, user_id, number in world._evening_numbers(day, users):
            figures[user_id][figure] = number
        for figure, user_id, number, amount in world._evening_facts(day, users):
            figures[user_id].update({figure: number, f"{figure}_amount": amount})
        return figures

    def _evening_numbers(self, day, users):
        """``[(figure, user id, number)]`` of `_evening_counted`; in sudo."""
        by_contact = {user.partner_id.id: user.id for user in users}
        parts = []
        for figure, (name, whose, when, domain) in self._evening_counted().items():
            model = self.env[name]
            is_contact = model._fields[whose].comodel_name == "res.partner"
            domain &= Domain(whose, "in", list(by_contact) if is_contact else users.ids)
            if "company_id" in model._fields:
                domain &= Domain("company_id", "=", day.company.id)
            query = model._search(
                domain & Domain(when, ">=", day.start) & Domain(when, "<", day.stop)
            )
            parts.append(
                query.select(
                    SQL("%s AS figure", figure),
                    SQL("%s AS is_contact", is_contact),
                    SQL("%s AS who", model._field_to_sql(query.table, whose, query)),
                )
            )
        rows = self.env.execute_query(
            SQL(
                "SELECT figure, is_contact, who, COUNT(*) FROM (%s) AS done "
                "GROUP BY figure, is_contact, who",
                SQL(" UNION ALL ").join(parts),
            )
        )
        return [
            (figure, by_contact[who] if is_contact else who, number)
            for figure, is_contact, who, number in rows
        ]

    def _evening_facts(self, day, users):
        """``[(figure, user id, number of documents, amount)]`` as the facts of the day
        count them, each to the part the user has; in sudo.

        Of orders those confirmed for the first time; of payments what came in, and of
        how many invoices.
        """
        by_basis = {basis: (figure, name) for figure, (basis, name) in FACTS.items()}
        documents = [name for __, name in by_basis.values()]
        rows = self.env["sales.fact.report"]._read_group(
            Domain("company_id", "=", day.company.id)
            & Domain("basis", "in", list(by_basis))
            & Domain("status", "=", "counted")
            & Domain("user_id", "in", users.ids)
            & Domain("date", "=", day.date),
            ["basis", "user_id"],
            ["amount:sum", *(f"{name}:array_agg_distinct" for name in documents)],
        )
        found = []
        for basis, user, amount, *ids in rows:
            figure, name = by_basis[basis]
            number = len([one for one in ids[documents.index(name)] if one])
            found.append((figure, user.id, number, amount))
        return found
