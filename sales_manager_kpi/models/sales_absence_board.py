from collections import defaultdict
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine.cover import clip
from ..engine.instants import instant
from .sales_absence_cover import PeopleHours

DAYS = 28
STEP = 14


class SalesAbsenceBoard(models.AbstractModel):
    """Who is there: people by the days of four weeks, red where nobody stands in.

    The same few queries for any number of people.
    """

    _name = "sales.absence.board"
    _inherit = ["sales.people.board"]
    _description = "Cover"
    _board_step = timedelta(days=STEP)

    def _shown(self, company, people, dates, today):
        rows = self._rows(company, people, dates)
        return {
            "days": [
                self._prepare_day(day, today, rows, i) for i, day in enumerate(dates)
            ],
            "rows": rows,
        }

    def _prepare_day(self, day, today, rows, i):
        kinds = [row["cells"][i]["kind"] for row in rows]
        return {
            "date": fields.Date.to_string(day),
            "name": format_date(self.env, day, date_format="EEEEEE d"),
            "week": format_date(self.env, day, date_format="d MMM")
            if day.weekday() == 0
            else "",
            "is_today": day == today,
            "is_weekend": day.weekday() > 4,
            "missing": sum(kind in ("uncovered", "partly", "later") for kind in kinds),
        }

    def _dates(self, first, today):
        first = self._first_day(first, today) or today
        first -= timedelta(days=first.weekday())
        return [first + timedelta(days=i) for i in range(DAYS)]

    # ------------------------------------------------------------------
    # What is read
    # ------------------------------------------------------------------

    def _scope(self, company):
        """Branches the reader sees: all, those directed now, and the own one."""
        if self.env.user.has_group("sales_manager_kpi.group_commercial_director"):
            return SQL("TRUE")
        return SQL(
            """(branch.director_id = ANY(%(directors)s) OR branch.id IN (
                SELECT own.branch_id
                  FROM sales_branch_member AS own
                 WHERE own.user_id = %(user)s
                   AND own.date_from <= %(today)s
                   AND COALESCE(own.date_to, 'infinity') >= %(today)s
            ))""",
            directors=self._directors(company),
            user=self.env.uid,
            today=self.env["sales.branch"]._company_local_date(company),
        )

    def _directors(self, company):
        """Oneself, and the directors one stands in for now."""
        acting = self.env["sales.substitution"]._acting("direction")
        return [self.env.uid, *acting.get(company.id, ())]

    def _people(self, company, dates):
        """Members and directors of the branches, with the days they are there."""
        self._flush_people()
        columns = (
            "user_id",
            "name",
            "branch_id",
            "branch",
            "director_id",
            "is_director",
            "from",
            "to",
            "tz",
            "calendar_id",
            "absence_days",
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT users.id, partner.name, branch.id, branch.name,
                       branch.director_id, spell.is_director, spell.first, spell.last,
                       branch.tz, branch.resource_calendar_id,
                       company.sales_manager_kpi_absence_days
                  FROM sales_branch AS branch
                  JOIN res_company AS company ON company.id = branch.company_id
                 CROSS JOIN LATERAL (
                    SELECT member.user_id, FALSE AS is_director,
                           member.date_from AS first, member.date_to AS last
                      FROM sales_branch_member AS member
                     WHERE member.branch_id = branch.id
                       AND member.date_from <= %(last)s
                       AND COALESCE(member.date_to, 'infinity') >= %(first)s
                     UNION ALL
                    SELECT branch.director_id, TRUE, %(first)s, NULL
                     WHERE NOT EXISTS (
                        SELECT 1
                          FROM sales_branch_member AS member
                         WHERE member.branch_id = branch.id
                           AND member.user_id = branch.director_id
                           AND member.date_from <= %(last)s
                           AND COALESCE(member.date_to, 'infinity') >= %(first)s
                     )
                  ) AS spell
                  JOIN res_users AS users ON users.id = spell.user_id
                  JOIN res_partner AS partner ON partner.id = users.partner_id
                 WHERE branch.company_id = %(company)s
                   AND branch.active
                   AND users.active
                   AND %(scope)s
              ORDER BY branch.sequence, branch.code, branch.id,
                       spell.is_director DESC, partner.name, users.id, spell.first
                """,
                company=company.id,
                first=dates[0],
                last=dates[-1],
                scope=self._scope(company),
            )
        )
        people = [dict(zip(columns, row, strict=True)) for row in rows]
        by_branch = {row["branch_id"]: row for row in people}
        branches = self.env["sales.branch"].browse(by_branch)
        for records, name, column in (
            (branches, "tz", "tz"),
            (branches, "resource_calendar_id", "calendar_id"),
            (company, "sales_manager_kpi_absence_days", "absence_days"),
        ):
            # read with the people, where the ORM would ask again
            values = [row[column] for row in by_branch.values()]
            records._fields[name]._insert_cache(records, values)
        return people

    def _absences(self, company, user_ids, bounds):
        """Absences within two moments, in one query."""
        # sudo: of the people the reader sees, as the record rules say
        return (
            self.env["sales.absence"]
            .sudo()
            .search_fetch(
                Domain("company_id", "=", company.id)
                & Domain("user_id", "in", user_ids)
                & Domain("start_at", "<", bounds[1])
                & Domain("stop_at", ">", bounds[0]),
                [
                    "user_id",
                    "company_id",
                    "branch_id",
                    "start_at",
                    "stop_at",
                    "is_member",
                    "is_director",
                ],
                order="start_at, id",
            )
        )

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _rows(self, company, people, days):
        day = timedelta(days=1)
        bounds = (
            datetime.combine(days[0] - day, datetime.min.time()),
            datetime.combine(days[-1] + 2 * day, datetime.min.time()),
        )
        user_ids = sorted({row["user_id"] for row in people})
        absences = self._absences(company, user_ids, bounds)
        if absences:
            # an absence counts as a whole, also what lies outside these weeks
            bounds = (
                min(bounds[0], *absences.mapped("start_at")),
                max(bounds[1], *absences.mapped("stop_at")),
            )
        Cover = self.env["sales.absence.cover"]
        stand_ins = Cover._stand_ins(company, bounds)
        # sudo: hours and absences of the people the reader sees
        users = self.env["res.users"].sudo().browse(user_ids)
        hours = PeopleHours(
            self.env["sales.working.days"], users | stand_ins.deputy_id, company, bounds
        )
        covers = Cover._covers(absences, stand_ins, hours)
        context = {
            "absences": absences.grouped(lambda a: a.user_id.id),
            "covers": covers,
            "by_deputy": stand_ins.grouped(lambda s: s.deputy_id.id),
            "by_principal": stand_ins.grouped(lambda s: s.principal_id.id),
            "hours": hours,
            "names": self._names(stand_ins, people),
            "days": days,
            "now": fields.Datetime.now(),
        }
        return [self._row(spells, context) for spells in self._spells(people).values()]

    def _names(self, stand_ins, people):
        names = {row["user_id"]: row["name"] for row in people}
        others = (stand_ins.principal_id | stand_ins.deputy_id).ids
        if not set(others) <= names.keys():
            # of colleagues elsewhere; the ORM would read users and partners in full
            names.update(
                self.env.execute_query(
                    SQL(
                        """
                        SELECT users.id, partner.name
                          FROM res_users AS users
                          JOIN res_partner AS partner ON partner.id = users.partner_id
                         WHERE users.id = ANY(%s)
                        """,
                        others,
                    )
                )
            )
        return names

    def _spells(self, people):
        spells = defaultdict(list)
        for row in people:
            spells[row["branch_id"], row["user_id"]].append(row)
        return spells

    def _row(self, spells, context):
        person = spells[0]
        # sudo: ids and hours, of people and branches that the reader sees
        user = self.env["res.users"].sudo().browse(person["user_id"])
        # sudo: as above
        branch = self.env["sales.branch"].sudo().browse(person["branch_id"])
        pieces, tz = context["hours"].of(user, branch)
        return {
            "user_id": user.id,
            "name": person["name"],
            "branch_id": branch.id,
            "branch": person["branch"],
            "is_director": user.id == person["director_id"],
            "can_appoint": self._can_appoint(person),
            "cells": [
                self._cell(user, day, self._span(day, tz), pieces, context)
                if self._there(spells, day)
                else {"kind": "away"}
                for day in context["days"]
            ],
        }

    def _there(self, spells, day):
        return any(
            row["from"] <= day and (not row["to"] or row["to"] >= day) for row in spells
        )

    def _can_appoint(self, person):
        """As the decision itself is checked: the director of others, or above."""
        me = self.env.user
        if person["user_id"] == me.id:
            return False
        if me.has_group("sales_manager_kpi.group_commercial_director"):
            return True
        return person["director_id"] in self._directors(self.env.company)

    def _span(self, day, tz):
        return instant(day, 0.0, tz), instant(day, 24.0, tz, late=True)

    def _cell(self, user, day, span, pieces, context):
        worked = clip(pieces, *span)
        cell = {"kind": "there" if worked else "off"}
        for absence in context["absences"].get(user.id, ()):
            kind = self._kind(absence, context["covers"][absence.id], span, context)
            if not kind:
                continue
            cell.update(kind=kind, absence_id=absence.id)
            missing = clip(context["covers"][absence.id].missing, *span)
            if missing:
                # hours that have passed are red for ever, and nobody's to appoint
                cell["open"] = missing[-1][1] > context["now"]
                break
        if cell["kind"] in ("covered", "partly"):
            cell["by"] = self._who("deputy_id", "by_principal", user, span, context)
        elif worked:
            acts = self._who("principal_id", "by_deputy", user, span, context)
            if acts:
                cell["acts"] = acts
        return cell

    def _kind(self, absence, cover, span, context):
        """How the absence is covered on one day; None where it says nothing of it."""
        away, missing = clip(cover.away, *span), clip(cover.missing, *span)
        if not away:
            return None
        if not missing:
            return "covered"
        if sum(p[2] for p in away) - sum(p[2] for p in missing) > 0.001:
            return "partly"
        return "later" if absence._is_later(context["now"]) else "uncovered"

    def _who(self, name, key, user, span, context):
        return [
            context["names"][row[name].id]
            for row in context[key].get(user.id, ())
            if row.start_at < min(span[1], row.stop_at) and span[0] < row.stop_at
        ]
