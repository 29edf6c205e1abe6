from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang

from ..engine.instants import instant
from ..engine.timetable import window
from .sales_report_kind import KINDS

# What goes into one file; the narrower the filter, the more use.
LIMIT = 20_000
SHARES = {"shipped_share", "target_share", "fact_share", "completeness"}


class Column(NamedTuple):
    label: str
    kind: str  # the type of the field, or ``share``
    is_total: bool


class Row(NamedTuple):
    values: list
    currency: Any  # what its money is in


class Block(NamedTuple):
    title: str
    rows: list
    totals: list


class Table(NamedTuple):
    """What a report says, before it is on paper or in a spreadsheet."""

    title: str
    group: str
    columns: list
    blocks: list
    totals: list
    currency: Any
    count: int
    is_cut: bool  # there was more


class SalesReportSchedule(models.Model):
    """The table of a report, as its reader may see it: nothing here is in sudo."""

    # How a report is made has files of its own.
    _inherit = "sales.report.schedule"  # pylint: disable=consider-merging-classes-inherited

    def _as_reader(self, reader):
        """This report as ``reader`` may see it, in their language and one company."""
        return (
            self.with_user(reader)
            .with_company(self.company_id)
            .with_context(
                lang=reader.lang,
                tz=reader.tz,
                allowed_company_ids=self.company_id.ids,
            )
        )

    def _reader_table(self):
        """What the user of this environment gets to read.

        :raise AccessError: where they may not read the model at all
        """
        self.ensure_one()
        kind = KINDS[self.report]
        Model = self.env[kind.model]
        Model.check_access("read")
        domain = self._rows_domain(kind)
        blocks = self._summed if kind.sums else self._listed
        columns, found, count, is_cut = blocks(kind, Model, domain)
        return Table(
            title=self.name,
            group=self._label(Model, kind.group),
            columns=columns,
            blocks=[self._block(columns, *pair) for pair in found],
            totals=_added(columns, [row for _title, rows in found for row in rows]),
            currency=self.company_id.currency_id,
            count=count,
            is_cut=is_cut,
        )

    def _rows_domain(self, kind):
        domain = Domain(list(kind.domain)) & Domain(
            "company_id", "=", self.company_id.id
        )
        if self.branch_id:
            domain &= Domain(kind.branch, "=", self.branch_id.id)
        if self.manager_id:
            domain &= Domain.OR(
                [Domain(path, "=", self.manager_id.id) for path in kind.users]
            )
        if kind.day:
            domain &= self._days_domain(kind)
        return domain

    def _days_domain(self, kind):
        """The period, in days of the company."""
        first, last = self._days()
        path, _dot, name = kind.day.rpartition(".")
        Model = self.env[kind.model]
        if path:
            Model = self.env[Model._fields[path].comodel_name]
        if Model._fields[name].type == "datetime":
            tz = self.env["sales.branch"]._company_tz(self.company_id)
            start, stop = instant(first, 0, tz), instant(last, 24, tz)
            days = Domain(name, ">=", start) & Domain(name, "<", stop)
        else:
            days = Domain(name, ">=", first) & Domain(name, "<=", last)
        # the row is the reader's; of the document behind it, only its day is asked
        return Domain(path, "any!", days) if path else days

    def _days(self):
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        return window(self.period, today)

    # ------------------------------------------------------------------
    # Row by row
    # ------------------------------------------------------------------

    def _listed(self, kind, Model, domain):
        names = [name for name in kind.columns if _is_open(Model, name)]
        currency = Model._fields.get("currency_id")
        asked = [kind.group, *names, *(["currency_id"] if currency else [])]
        rows = Model.search(domain, limit=LIMIT + 1, order=kind.order)
        is_cut = len(rows) > LIMIT
        rows = rows[:LIMIT]
        selections = {name: self._words_of(Model, name) for name in asked}
        blocks = defaultdict(list)
        for values in rows.read(asked):
            self._leave_out(values)
            cells = [selections[name](values[name]) for name in names]
            blocks[selections[kind.group](values[kind.group])].append(
                Row(cells, self._money_of(Model, values))
            )
        columns = [
            Column(self._label(Model, name), _kind(Model, name), name in kind.totals)
            for name in names
        ]
        return columns, self._in_order(blocks), len(rows), is_cut

    @api.model
    def _leave_out(self, values):
        """An obligation is an amount or a share: the other one is nothing, not 0."""
        if "target_share" not in values:
            return
        if values["target_amount"]:
            values["target_share"] = None
        else:
            values["target_amount"] = values["fact_amount"] = None

    def _money_of(self, Model, values):
        """What the money of a row is in; of claims, the columns are the company's."""
        if Model._name == "customer.claim" or not values.get("currency_id"):
            return self.company_id.currency_id
        return self.env["res.currency"].browse(values["currency_id"][0])

    @api.model
    def _words_of(self, Model, name):
        """How a value that ``read`` gave is shown: names and labels as text."""
        field = Model._fields[name]
        if field.type == "many2one":
            return lambda value: value[1] if value else ""
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return lambda value: labels.get(value, "")
        if field.type in ("char", "text", "date", "datetime"):
            return lambda value: value or ""
        return lambda value: value

    # ------------------------------------------------------------------
    # Added up
    # ------------------------------------------------------------------

    def _summed(self, kind, Model, domain):
        by = [kind.group, *kind.columns]
        sums = [
            row
            for row in self.env["sales.report.kind"]._sums(self.report)
            if row[1] == "__count" or _is_open(Model, row[1].partition(":")[0])
        ]
        found = defaultdict(lambda: [0] * len(sums))
        for place, (_label, aggregate, conditions) in enumerate(sums):
            rows = Model._read_group(domain & Domain(conditions), by, [aggregate])
            for *key, value in rows:
                found[tuple(key)][place] = value or 0
        columns = [
            *(Column(self._label(Model, name), "char", False) for name in kind.columns),
            *(
                Column(label, _sum_kind(Model, aggregate), True)
                for label, aggregate, _conditions in sums
            ),
        ]
        blocks = defaultdict(list)
        currency = self.company_id.currency_id
        for key, values in found.items():
            title, *rest = [
                self._name_of(Model, name, value)
                for name, value in zip(by, key, strict=True)
            ]
            blocks[title].append(Row([*rest, *values], currency))
        for rows in blocks.values():
            rows.sort(key=lambda row: [-value for value in row.values[len(by) - 1 :]])
        is_cut = len(found) > LIMIT
        return columns, self._in_order(blocks), len(found), is_cut

    def _name_of(self, Model, name, value):
        if isinstance(value, models.BaseModel):
            # sudo: the name of what a row of the reader is about
            return value.sudo().display_name or ""
        return self._words_of(Model, name)(value)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _block(self, columns, title, rows):
        return Block(title or self.env._("None"), rows, _added(columns, rows))

    @api.model
    def _in_order(self, blocks):
        return sorted(blocks.items(), key=lambda pair: (not pair[0], pair[0].lower()))

    @api.model
    def _label(self, Model, name):
        return Model._fields[name]._description_string(self.env)

    @api.model
    def _written(self, column, value, currency):
        """A value of the table as text, in the reader's language."""
        if value is None or value is False or value == "":
            return ""
        if column.kind == "share":
            return f"{formatLang(self.env, value * 100, digits=0)} %"
        writers = {
            "monetary": lambda: currency.format(value),
            "float": lambda: formatLang(self.env, value, digits=2),
            "integer": lambda: str(value),
            "date": lambda: format_date(self.env, value),
            "datetime": lambda: format_datetime(self.env, value, dt_format="short"),
            "boolean": lambda: self.env._("Yes"),
        }
        return writers.get(column.kind, lambda: str(value))()


def _is_open(Model, name):
    """Whether the reader may see this field."""
    return Model._has_field_access(Model._fields[name], "read")


def _kind(Model, name):
    if name in SHARES:
        return "share"
    return Model._fields[name].type


def _sum_kind(Model, aggregate):
    if aggregate == "__count":
        return "integer"
    return Model._fields[aggregate.partition(":")[0]].type


def _added(columns, rows):
    """The totals of some rows; None where a column is not added up."""
    return [
        sum(row.values[place] or 0 for row in rows) if column.is_total else None
        for place, column in enumerate(columns)
    ]
