from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

SHOWN = 6


class SalesDeputySuggestion(models.AbstractModel):
    """Who could stand in, the best first, and why.

    For a model with ``principal_id``, ``company_id``, ``branch_id``, ``date_from``,
    ``date_to``, ``for_direction``, ``absence_id`` and ``deputy_id``.
    """

    _name = "sales.deputy.suggestion"
    _description = "Suggested Deputies"

    suggestions = fields.Json(
        compute="_compute_suggestions",
        compute_sudo=False,
        export_string_translation=False,
    )

    @api.depends("principal_id", "company_id", "date_from", "date_to", "for_direction")
    @api.depends_context("uid")
    def _compute_suggestions(self):
        for record in self:
            ready = record.principal_id and record.date_from and record.date_to
            record.suggestions = record._suggest() if ready else []

    @api.depends("suggestions")
    def _compute_deputy_id(self):
        for record in self:
            found = {row["id"]: row for row in record.suggestions or []}
            chosen = record.deputy_id._origin
            if not chosen or (chosen.id in found and found[chosen.id]["away"]):
                best = next((row for row in found.values() if not row["away"]), None)
                record.deputy_id = best["id"] if best else chosen

    def _suggest(self):
        """Candidates as plain values, the best first; some queries for all of them."""
        self.ensure_one()
        people = self._candidates()
        elsewhere = self._stand_ins_elsewhere(people)
        people = people.filtered(lambda user: elsewhere.get(user.id) is not None)
        homes = self._homes(people)
        absent = self._days_away(people)
        customers = self._customer_counts(people)
        rows = [
            {
                "id": user.id,
                "name": user.name,
                # sudo: the name of a branch
                "branch": homes[user.id].sudo().name if user.id in homes else "",
                "same": homes.get(user.id) == self.branch_id,
                "away": absent[user.id],
                "elsewhere": elsewhere[user.id],
                "customers": customers.get(user.id, 0),
            }
            for user in people
        ]
        rows.sort(
            key=lambda row: (
                row["away"] > 0,
                not row["branch"],
                not row["same"],
                row["elsewhere"],
                row["customers"],
                row["name"],
            )
        )
        return [{**row, "why": self._why(row)} for row in rows[:SHOWN]]

    def _homes(self, people):
        """``{user id: the branch they work in, or else direct}``."""
        Branch = self.env["sales.branch"]
        # sudo: who directs which branch is no secret
        directed = Branch.sudo().search(
            [
                ("director_id", "in", people.ids),
                ("company_id", "=", self.company_id.id),
            ],
            order="id desc",
        )
        return {
            **{branch.director_id.id: branch for branch in directed},
            **Branch._branch_by_user(people, self.company_id, self.date_from),
        }

    def _candidates(self):
        """Colleagues with the same kind of work, who did not ask themselves."""
        # sudo: groups and memberships of colleagues, to find who could stand in
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("date_from", "<=", self.date_from),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", self.date_to),
                ]
            )
        )
        domain = Domain("all_group_ids", "in", self._wanted_group().id)
        if not self._wants_office() and not self.for_direction:
            domain &= Domain("id", "in", members.user_id.ids)
        # sudo: as above
        return (
            self.env["res.users"]
            .sudo()
            .search(
                domain
                & Domain("company_ids", "in", self.company_id.id)
                & Domain("share", "=", False)
                & Domain("id", "not in", [self.principal_id.id, self.env.uid])
            )
        )

    def _wants_office(self):
        absence = self.absence_id
        return not absence.is_member and not absence.is_director

    def _wanted_group(self):
        name = "group_manager"
        # sudo: which group a colleague is in
        supervises = self.principal_id.sudo().has_group(
            "sales_manager_kpi.group_supply_supervisor"
        )
        if self._wants_office() and supervises:
            name = "group_supply_supervisor"
        elif self._wants_office() or self.for_direction:
            name = "group_branch_director"
        return self.env.ref(f"sales_manager_kpi.{name}")

    def _stand_ins_elsewhere(self, people):
        """``{user id: for how many others they stand in}``; without who is absent."""
        # sudo: substitutions of the company, of which numbers leave us
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("decision", "=", "appointed"),
                    ("date_from", "<=", self.date_to),
                    ("date_to", ">=", self.date_from),
                    "|",
                    ("deputy_id", "in", people.ids),
                    ("principal_id", "in", people.ids),
                ]
            )
        )
        counts = Counter(row.deputy_id.id for row in rows)
        principals = set(rows.principal_id.ids)
        return {
            user.id: counts[user.id] for user in people if user.id not in principals
        }

    def _days_away(self, people):
        """``{user id: working days in the period on which they are absent}``."""
        days = self.env["sales.working.days"]._of(
            people, self.company_id, self.date_from, self.date_to
        )
        period = self.date_from, self.date_to
        return {
            user_id: round(own.working(*period) - own.planned(*period), 2)
            for user_id, own in days.items()
        }

    def _customer_counts(self, people):
        # sudo: numbers of customers, for comparing the load
        groups = (
            self.env["customer.assignment"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", people.ids),
                    ("company_id", "=", self.company_id.id),
                    ("date_to", "=", False),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return {user.id: count for user, count in groups}

    def _why(self, row):
        words = [row["branch"]] if row["branch"] else []
        if row["away"]:
            words.append(self.env._("working days away: %s", f"{row['away']:g}"))
        else:
            words.append(self.env._("there all the time"))
        if row["elsewhere"]:
            words.append(self.env._("stands in for others: %s", row["elsewhere"]))
        words.append(self.env._("customers: %s", row["customers"]))
        return " · ".join(words)
