import io

import xlsxwriter

from odoo import fields, models
from odoo.tools import format_date

REPORT = "sales_manager_kpi.sales_report_schedule_report"
# Paper of more rows is not read, and takes minutes to make.
PAPER_LIMIT = 1000


class SalesReportSchedule(models.Model):
    """A report as a file: PDF or spreadsheet."""

    # How a report is made has files of its own.
    _inherit = "sales.report.schedule"  # pylint: disable=consider-merging-classes-inherited

    def _file(self):
        """``(file name, mimetype, content, number of rows)`` as the user may see it."""
        table = self._reader_table()
        self._log_export(table)
        name = f"{self.name} {self._company_today()}".replace("/", "-")
        if self.file_format == "xlsx":
            kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            content = self._spreadsheet(table)
        else:
            kind = "pdf"
            report = self.env["ir.actions.report"].with_context(report_table=table)
            content, _kind = report._render_qweb_pdf(REPORT, self.ids)
        return f"{name}.{self.file_format}", f"application/{kind}", content, table.count

    def _company_today(self):
        return self.env["sales.branch"]._company_local_date(self.company_id)

    def _log_export(self, table):
        """Who got what, as for other exports."""
        kind = self.env["sales.report.kind"]._kind(self.report)
        # sudo: nobody may write the log, and every export does
        self.env["sales.export.log"].sudo().create(
            {
                "user_id": self.env.uid,
                "res_model": kind.model,
                "domain": str(list(self._rows_domain(kind))),
                "field_names": ", ".join(column.label for column in table.columns),
                "record_count": table.count,
            }
        )

    # ------------------------------------------------------------------
    # Paper
    # ------------------------------------------------------------------

    def _paper(self):
        """The table for the PDF: ``[(block title, rows of words, totals)]`` and more.

        A row is a list of (words, whether they stand right).
        """
        table = self.env.context.get("report_table")
        if not table:  # printed without a file of ours
            table = self._reader_table()
            self._log_export(table)
        left, blocks = PAPER_LIMIT, []
        for block in table.blocks:
            rows = block.rows[:left]
            left -= len(rows)
            if rows:
                blocks.append(
                    {
                        "title": block.title,
                        "rows": [
                            self._line(table, row.values, row.currency) for row in rows
                        ],
                        "totals": self._line(table, block.totals, table.currency),
                    }
                )
        return {
            "columns": [(c.label, _is_number(c)) for c in table.columns],
            "group": table.group,
            "blocks": blocks,
            "totals": self._line(table, table.totals, table.currency),
            "has_totals": any(column.is_total for column in table.columns),
            "count": table.count,
            "left_out": max(table.count - PAPER_LIMIT, 0),
            "is_cut": table.is_cut,
            "about": self._about(),
        }

    def _line(self, table, values, currency):
        return [
            (self._written(column, value, currency), _is_number(column))
            for column, value in zip(table.columns, values, strict=True)
        ]

    def _about(self):
        """``[(label, words)]``: what the report is about."""
        rows = [
            (self.env._("Report"), self._selected("report")),
            (self.env._("Company"), self.company_id.name),
        ]
        if self.has_period:
            days = " – ".join(format_date(self.env, day) for day in self._days())
            rows.append((self._selected("period"), days))
        rows.append((self.env._("As of"), format_date(self.env, self._company_today())))
        # sudo: names of what the report was narrowed to
        narrowed = self.sudo()
        if narrowed.branch_id:
            rows.append((self.env._("Branch"), narrowed.branch_id.name))
        if narrowed.manager_id:
            rows.append((self.env._("Manager"), narrowed.manager_id.name))
        rows.append((self.env._("As seen by"), self.env.user.name))
        return rows

    def _selected(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    # ------------------------------------------------------------------
    # Spreadsheet
    # ------------------------------------------------------------------

    def _spreadsheet(self, table):
        """One flat sheet to filter and sum in, and one that says what it is."""
        output = io.BytesIO()
        options = {
            "in_memory": True,
            # names that somebody typed are words, never formulas or links
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        with xlsxwriter.Workbook(output, options) as book:
            sheet = book.add_worksheet(self.env._("Report")[:31])
            self._write_rows(book, sheet, table)
            about = book.add_worksheet(self.env._("About")[:31])
            about.set_column(0, 1, 40)
            for number, row in enumerate(self._about()):
                about.write_row(number, 0, row)
            if table.is_cut:
                about.write_string(len(self._about()), 0, self._cut_words())
        return output.getvalue()

    def _cut_words(self):
        return self.env._("There is more: narrow the report to see all of it.")

    def _write_rows(self, book, sheet, table):
        bold = book.add_format({"bold": True, "text_wrap": True})
        others = any(
            row.currency != table.currency
            for block in table.blocks
            for row in block.rows
        )
        heads = [table.group, *(column.label for column in table.columns)]
        heads += [self.env._("Currency")] if others else []
        sheet.write_row(0, 0, heads, bold)
        sheet.set_column(0, len(heads) - 1, 18)
        sheet.freeze_panes(1, 0)
        styles = {
            kind: book.add_format({"num_format": _number_format(kind, table.currency)})
            for kind in ("monetary", "float", "share", "date", "datetime")
        }
        number = 0
        for block in table.blocks:
            for row in block.rows:
                number += 1
                sheet.write_string(number, 0, block.title)
                self._write_cells(sheet, number, table.columns, row.values, styles)
                if others:
                    sheet.write_string(number, len(heads) - 1, row.currency.name)
        if number:
            sheet.autofilter(0, 0, number, len(heads) - 1)
            sheet.write_string(number + 1, 0, self.env._("Total"), bold)
            self._write_cells(sheet, number + 1, table.columns, table.totals, styles)

    def _write_cells(self, sheet, number, columns, values, styles):
        for place, (column, value) in enumerate(zip(columns, values, strict=True), 1):
            if value is None or value == "":
                continue
            if column.kind == "datetime":
                local = fields.Datetime.context_timestamp(self, value)
                local = local.replace(tzinfo=None)
                sheet.write_datetime(number, place, local, styles["datetime"])
            elif column.kind == "date":
                sheet.write_datetime(number, place, value, styles["date"])
            elif column.kind == "boolean":
                sheet.write_boolean(number, place, bool(value))
            elif _is_number(column):
                sheet.write_number(number, place, value, styles.get(column.kind))
            else:
                sheet.write_string(number, place, str(value)[:32000])


def _is_number(column):
    return column.kind in ("monetary", "float", "integer", "share")


def _number_format(kind, currency):
    zeros = "0" * currency.decimal_places
    return {
        "monetary": f"#,##0.{zeros}" if zeros else "#,##0",
        "float": "#,##0.00",
        "share": "0%",
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
    }[kind]
