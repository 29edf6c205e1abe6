from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .read_once import read_once, reading_once

MOST = 50  # items of one source; what is worth most comes first
AWAY = 366  # days from today that may be looked at
ROLES = ("manager", "supply_supervisor", "pay")


class Day(NamedTuple):
    """A day of one reader: where it begins and ends, in naive UTC."""

    date: date
    today: date
    tz: str
    start: datetime
    stop: datetime
    company: models.BaseModel

    def local(self, moment):
        """The same moment on the clock of this place."""
        return pytz.utc.localize(moment).astimezone(pytz.timezone(self.tz))


class SalesMyDay(models.AbstractModel):
    """What one person has to do on a day, and what each of it is worth.

    Everything is found with the rights of the reader, so nobody is shown what they may
    not read. An area adds what it knows in a file of its own, ``<area>_my_day.py``:

    * ``_sources()`` names the source: ``{code: {"name", "model", "icon"}}``;
    * ``_items_<code>(day)`` returns its items, made by ``_item`` in one or two queries
      whatever the number of customers; where there mostly is nothing it also has
      ``_wanted_<code>(day)``, the records' model and domain: whether there is any is
      asked of all such sources in one query;
    * ``_actions()`` and ``_act_<action>(record, values)`` say what is done with one
      click; what may be done is decided by the document itself.

    The order is what it is worth: what is overdue first, then by the amount at stake
    in company currency, untaxed where the document knows it so; where there is no
    amount, by a twelfth of the customer's turnover of twelve months, which is what the
    customer brings in a month. Appointments stand apart, by their time.
    """

    _name = "sales.my.day"
    _description = "My Day"

    # ------------------------------------------------------------------
    # What areas add
    # ------------------------------------------------------------------

    @api.model
    def _sources(self):
        """``{code: {"name", "model", "icon"}}`` in the order of the filter."""
        return {}

    @api.model
    def _actions(self):
        """``{action: {"name", "icon", "asks"}}``; what it asks for is a list.

        Each thing asked for is a dict: ``name``, ``label``, ``type`` ("text", "date",
        "datetime", "amount", "selection"), ``required``, and for a selection
        ``options``. ``from`` names the key of the item that it begins with.
        """
        return {"open": {"name": self.env._("Open"), "icon": "fa-external-link"}}

    @api.model
    def _asking_types(self):
        """External ids of activities that say what an item says already."""
        return []

    # ------------------------------------------------------------------
    # What the client asks
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_data(self, day=None):
        """The day of the current user: who, and all there is to do.

        :param day: ISO date; today in the time zone of the reader's branch if none
        :return: a dict with ``items``, ``sources``, ``actions`` and the header
        :raise AccessError: for who has no role in sales management
        :raise UserError: for a day that is no date, or too far away
        """
        self._check_role()
        self = reading_once(self)  # pylint: disable=self-cls-assignment
        day = self._day(day)
        items, full = self._items(day)
        sources = self._sources()
        found = {item["source"] for item in items}
        company = day.company
        return {
            "user": {"id": self.env.uid, "name": self.env.user.name},
            "company": company.name if len(self.env.companies) > 1 else False,
            "currency_id": company.currency_id.id,
            "date": fields.Date.to_string(day.date),
            "is_today": day.date == day.today,
            "tz": day.tz,
            "branch": self._branch().name or False,
            "is_manager": self._has_role("manager"),
            "is_director": self._has_role("branch_director"),
            "acting_for": [
                {"id": row["id"], "name": row["name"], "until": row["until"]}
                for row in self.env["sales.substitution"]._acting_for()
            ],
            "items": items,
            "sources": [
                {"code": code, "name": spec["name"], "icon": spec.get("icon")}
                for code, spec in sources.items()
                if code in found
            ],
            "cut": [sources[code]["name"] for code in full],
            "most": MOST,
            "actions": self._actions(),
        }

    @api.model
    def act(self, action, source, res_id, values=None, day=None):
        """Do one thing with one item; the document decides whether it may be done.

        Only with what the source offers the reader on that day, and only what it
        offers to do with it.

        :param action: a key of `_actions`
        :param source: a key of `_sources`
        :param res_id: id of the item's record
        :param values: what the action asks for, by name
        :param day: ISO date of the day that is looked at; today if none
        :return: an action to open, or True
        :raise UserError: for an action or a source that does not exist, or what is not
            on the reader's day
        :raise AccessError: where the record is not the user's to see or to change
        """
        self._check_role()
        if action not in self._actions() or source not in self._sources():
            raise UserError(self.env._("My day does not know that. Reload the page."))
        if not isinstance(res_id, int) or isinstance(res_id, bool):
            raise UserError(self.env._("Choose one of the things to do."))
        record = self.env[self._sources()[source]["model"]].browse(res_id).exists()
        if not record:
            raise UserError(
                self.env._("This is gone: somebody else was first. Reload the page.")
            )
        record.check_access("read")
        if action not in self._offered(source, self._day(day)).get(res_id, ()):
            raise UserError(self._not_offered_words())
        return getattr(self, f"_act_{action}")(record, dict(values or {})) or True

    # ------------------------------------------------------------------
    # Who and when
    # ------------------------------------------------------------------

    @api.model
    def _has_role(self, name):
        return self.env.user.has_group(f"sales_manager_kpi.group_{name}")

    @api.model
    def _check_role(self):
        if not any(map(self._has_role, ROLES)):
            raise AccessError(
                self.env._(
                    "My day is for sales managers and those they work with. Ask an "
                    "administrator for the role."
                )
            )

    @api.model
    def _branch(self):
        """The branch of the reader: of membership, else the first one directed."""
        return read_once(self.env, ("my_day_branch",), self._find_branch)

    @api.model
    def _find_branch(self):
        company = self.env.company
        today = self.env["sales.branch"]._company_local_date(company)
        user = self.env.user
        found = self.env["sales.branch"]._branch_by_user(user, company, today)
        # sudo: name and time zone of the branch that one works in
        branches = self.env["sales.branch"].sudo()
        if user.id in found:
            return found[user.id].sudo()  # sudo: as above
        if not self._has_role("branch_director"):
            return branches
        return branches.search(
            [("director_id", "=", user.id), ("company_id", "=", company.id)], limit=1
        )

    @api.model
    def _day(self, day=None):
        """The :class:`Day` of the reader; cut at midnight of the branch."""
        Branch, company = self.env["sales.branch"], self.env.company
        return self._day_in(self._branch().tz or Branch._company_tz(company), day)

    @api.model
    def _day_in(self, tz, day=None):
        zone = pytz.timezone(tz)
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        try:
            chosen = fields.Date.to_date(day) or today
        except (TypeError, ValueError):
            chosen = None
        if not chosen or abs((chosen - today).days) > AWAY:
            raise UserError(self.env._("There is no such day. Choose one of a year."))

        def midnight(one):
            local = zone.localize(datetime.combine(one, datetime.min.time()))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return Day(
            chosen,
            today,
            tz,
            midnight(chosen),
            midnight(chosen + timedelta(days=1)),
            self.env.company,
        )

    @api.model
    def _principals(self, scope):
        """Ids of whom the reader stands in for now, in this area and company."""
        acting = self.env["sales.substitution"]._acting(scope)
        return list(acting.get(self.env.company.id, ()))

    @api.model
    def _mine(self, *names, scope="orders"):
        """Records of the company that are the reader's or of whom they stand in for."""
        owners = [self.env.uid, *self._principals(scope)]
        return Domain("company_id", "=", self.env.company.id) & Domain.OR(
            Domain(name, "in", owners) for name in names
        )

    @api.model
    def _mine_or_no_company(self, name, scope="orders"):
        """As `_mine`, of documents that need no company."""
        owners = [self.env.uid, *self._principals(scope)]
        companies = [self.env.company.id, False]
        return Domain("company_id", "in", companies) & Domain(name, "in", owners)

    @api.model
    def _until(self, name, day, or_none=False):
        """Records whose date is the day or an earlier one, or that have none."""
        due = Domain(name, "<=", day.date)
        return due | Domain(name, "=", False) if or_none else due

    @api.model
    def _date_words(self, date_):
        return tools.format_date(self.env, date_)

    @api.model
    def _for(self, *users, scope="orders"):
        """Id of the principal to whom something belongs; False for one's own."""
        ids = {user.id for user in users}
        if self.env.uid in ids:
            return False
        return next((one for one in self._principals(scope) if one in ids), False)

    @api.model
    def _in_company_currency(self, amount, currency, day):
        if currency == day.company.currency_id:
            return amount
        return currency._convert(amount, day.company.currency_id, day.company, day.date)

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    @api.model
    def _item(self, source, record, title, **values):
        """One thing to do, of what a source found.

        :param record: what it is about; its model is that of the source
        :param values: ``detail`` words; ``partner_id`` of the customer; ``due`` a date
            or a naive UTC datetime; ``overdue``; ``amount`` at stake in company
            currency or None; ``for_id`` of whom it is; ``actions`` codes, the usual
            one first; ``at`` and ``until``, which make an appointment of it; ``about``
            the ``(model, id)`` on which activities and meetings of it are planned
        """
        item = {
            "id": f"{source}-{record.id}",
            "source": source,
            "res_model": record._name,
            "res_id": record.id,
            "about": (record._name, record.id),
            "title": title,
            "detail": "",
            "partner_id": False,
            "due": False,
            "overdue": False,
            "amount": None,
            "for_id": False,
            "at": False,
            "until": False,
            "activity_id": False,
            "actions": ["open"],
        }
        return {**item, **values}

    @api.model
    def _items(self, day):
        """All items in their order, and the codes of sources that were cut."""
        items, full, idle = [], [], self._idle_sources(day)
        for code in self._sources():
            if code in idle:
                continue
            found = getattr(self, f"_items_{code}")(day)
            if len(found) >= MOST:
                full.append(code)
            items += found
        self._put_off(items, day)
        self._name_people(items)
        for item in items:
            self._rate(item, day)
        items.sort(
            key=lambda item: (not item["overdue"], -item["worth"], item["due"] or "~")
        )
        return items, full

    @api.model
    def _put_off(self, items, day):
        """Says of items what was planned for later; areas extend it."""

    @api.model
    def _name_people(self, items):
        """Names and turnover of customers, names of principals; in three queries."""
        partners = self.env["res.partner"].browse(
            {item["partner_id"] for item in items} - {False}
        )
        customers = self._customers(partners)
        users = self.env["res.users"].browse({i["for_id"] for i in items} - {False})
        names = {user.id: user.name for user in users}
        for item in items:
            item["customer"], item["turnover"] = customers.get(
                item["partner_id"], (False, 0.0)
            )
            item["for_name"] = names.get(item["for_id"], False)

    @api.model
    def _customers(self, partners):
        """``{partner id: (name, turnover of twelve months)}``.

        Turnover is 0 where no figures are kept, or where the reader may not read them.
        """
        if not partners:
            return {}
        # sudo: names of customers on documents that the reader was found to read
        known = partners.sudo()
        known.mapped("display_name")
        figures = self.env["customer.figure"]
        if figures.has_access("read"):
            figures = figures.search_fetch(
                [
                    ("partner_id", "in", known.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                ["partner_id", "turnover"],
            )
        turnover = {figure.partner_id.id: figure.turnover for figure in figures}
        return {
            partner.id: (
                partner.display_name,
                turnover.get(partner.commercial_partner_id.id, 0.0),
            )
            for partner in known
        }

    @api.model
    def _rate(self, item, day):
        """What an item is worth, and whether its day is over; see the class."""
        due = item["due"]
        if isinstance(due, datetime):
            item["overdue"] = item["overdue"] or due < fields.Datetime.now()
            item["due"] = fields.Datetime.to_string(due)
        elif due:
            item["overdue"] = item["overdue"] or due < day.date
            item["due"] = fields.Date.to_string(due)
        for name in ("at", "until"):
            item[name] = fields.Datetime.to_string(item[name] or False)
        by_amount = item["amount"] is not None
        item["worth"] = abs(item["amount"]) if by_amount else item["turnover"] / 12
        item["by_turnover"] = not by_amount and bool(item["worth"])


def source(name, model, icon):
    """A row of `_sources`."""
    return {"name": name, "model": model, "icon": icon}


def asked(name, label, kind, required=True, **more):
    """One thing that an action asks for; see `_actions`."""
    return {"name": name, "label": label, "type": kind, "required": required, **more}
