from odoo import models
from odoo.tools import SQL

from .sales_fact_query import (
    KIND_MOVE_LINE,
    KIND_MOVE_SPREAD,
    KIND_MOVED_IN,
    KIND_MOVED_OUT,
)


class SalesFactInvoice(models.AbstractModel):
    """Facts on the invoice basis: every posted line on an income account, explained.

    Per company and month of accounting, counted + unassigned + excluded is what the
    income accounts say.
    """

    _name = "sales.fact.invoice"
    _inherit = ["sales.fact.invoice.parts"]
    _description = "Facts Query: Invoices"

    def _sql_invoice_basis(self) -> SQL:
        """All facts on the invoice basis, as branches that filters can reach into."""
        return SQL("\nUNION ALL\n").join(self._sql_invoice_branches())

    def _sql_invoice_branches(self) -> list:
        """The branches that can have rows; planning a branch costs more than asking."""
        exists = self._find_existing(
            {
                "divided": self._sql_divided_moves(),
                "discounted": SQL(
                    "SELECT TRUE FROM (%s) AS found", self._sql_discounted_lines()
                ),
                "moved": self._sql_moves_booked_elsewhere(),
                "undated": self._sql_undated_moves(),
            }
        )
        branches = [self._sql_move_lines()]
        if not self._asks_what_counts():
            branches.append(self._sql_other_entries())
        if exists["divided"]:
            branches.append(self._sql_move_lines_divided())
        if exists["discounted"] and not self._asks_whole_documents():
            branches.append(self._sql_move_spread())
        if exists["divided"] and exists["discounted"]:
            branches.append(self._sql_move_spread_divided())
        if exists["moved"]:
            branches += [self._sql_moved_out(), self._sql_moved_in()]
        if exists["undated"]:
            branches.append(self._sql_undated_documents())
        return branches

    def _sql_moves_booked_elsewhere(self) -> SQL:
        return SQL(
            "SELECT TRUE FROM account_move AS move WHERE %s AND %s"
            " ORDER BY move.invoice_date, move.date",
            self._sql_is_sales_document(),
            self._sql_is_booked_elsewhere(),
        )

    def _sql_undated_moves(self) -> SQL:
        return SQL(
            "SELECT TRUE FROM account_move AS move"
            " WHERE %s AND move.invoice_date IS NULL AND move.state = 'posted'"
            " ORDER BY move.date",
            self._sql_is_sales_type(),
        )

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_move_lines(self) -> SQL:
        """The common path: documents of one manager or nobody, line by line."""
        return SQL(
            "SELECT %s %s %s %s WHERE %s AND %s AND (%s) IS NOT TRUE AND %s",
            self._sql_select(
                self._sql_move_columns(KIND_MOVE_LINE),
                self._sql_move_line_columns(),
            ),
            self._sql_from_moves(),
            self._sql_optional_currency(),
            self._sql_product_joins(),
            self._sql_is_sales_document(),
            self._sql_is_ledger_line(),
            self._sql_is_divided(),
            SQL("TRUE")
            if self._asks_whole_documents()
            else SQL("(%s) IS NOT TRUE", self._sql_is_move_adjustment()),
        )

    def _sql_move_lines_divided(self) -> SQL:
        """Documents of several managers: one row per line and share."""
        value = SQL("-line.balance")
        return SQL(
            "SELECT %s %s %s %s %s %s WHERE %s AND %s AND %s AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_move_columns(KIND_MOVE_LINE, rank=self._sql_rank()),
                self._sql_move_line_columns(part=SQL("COALESCE(share.part, 1)")),
                self._sql_divided_columns(value),
            ),
            self._sql_from_moves(),
            self._sql_company_currency(),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_sales_document(),
            self._sql_is_ledger_line(),
            self._sql_is_divided(),
            self._sql_is_move_adjustment(),
        )

    def _sql_move_spread(self) -> SQL:
        """Discounts on whole documents of one manager, on the lines they lower."""
        value = SQL("spread.amount")
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_move_columns(KIND_MOVE_SPREAD),
                self._sql_spread_columns(value),
            ),
            self._sql_from_spread(),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    def _sql_move_spread_divided(self) -> SQL:
        """The same for documents of several managers, within each origin order."""
        value = SQL("spread.amount")
        return SQL(
            "SELECT %s %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_move_columns(KIND_MOVE_SPREAD, rank=self._sql_rank()),
                self._sql_spread_columns(SQL("COALESCE(share.amount, %s)", value)),
                self._sql_divided_columns(value),
            ),
            self._sql_from_spread(),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    def _sql_moved_out(self) -> SQL:
        """Takes a line back out of the invoice date's month, booked in another."""
        return self._sql_moved(KIND_MOVED_OUT, SQL("move.invoice_date"), SQL("-1"))

    def _sql_moved_in(self) -> SQL:
        """Puts it into the month it is booked in."""
        return self._sql_moved(KIND_MOVED_IN, SQL("move.date"), SQL("1"))

    def _sql_moved(self, kind, date, sign) -> SQL:
        value = SQL("-line.balance * %s", sign)
        columns = {
            **self._sql_move_columns(kind, rank=self._sql_rank()),
            **self._sql_product_columns(),
            **self._sql_divided_columns(value),
            **self._sql_status(SQL("TRUE"), SQL("NULL")),
            "reason": SQL("'other_month'"),
            "date": date,
            "moment": date,
        }
        return SQL(
            "SELECT %s %s %s %s %s %s WHERE %s AND %s AND %s",
            self._sql_select(columns),
            self._sql_from_moves(),
            self._sql_company_currency(),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_sales_document(),
            self._sql_is_ledger_line(),
            self._sql_is_booked_elsewhere(),
        )

    def _sql_other_entries(self) -> SQL:
        """Income without a sales document: nobody's, with the reason."""
        columns = {
            **self._sql_move_columns(KIND_MOVE_LINE),
            **self._sql_product_columns(),
            **self._sql_status(SQL("TRUE"), SQL("NULL")),
            "reason": SQL(
                "CASE WHEN move.move_type IN ('in_invoice', 'in_refund', 'in_receipt')"
                " THEN 'vendor_document' ELSE 'manual_entry' END"
            ),
            "date": SQL("move.date"),
            "moment": SQL("move.date"),
            "user_id": SQL("NULL"),
            "branch_id": SQL("NULL"),
            "amount": SQL("-line.balance"),
        }
        return SQL(
            "SELECT %s %s %s WHERE NOT %s AND %s",
            self._sql_select(columns),
            self._sql_from_moves(),
            self._sql_product_joins(),
            self._sql_is_sales_type(),
            self._sql_is_ledger_line(),
        )

    def _sql_undated_documents(self) -> SQL:
        """Sales documents posted past Odoo, without invoice date: by accounting date.

        Odoo always sets the date at posting. Such a line counts whole for the
        document's main manager, discounts as they are.
        """
        columns = {
            **self._sql_move_columns(KIND_MOVE_LINE),
            **self._sql_move_line_columns(),
            "date": SQL("move.date"),
            "moment": SQL("move.date"),
            "rate_date": SQL("move.date"),
        }
        return SQL(
            "SELECT %s %s %s %s WHERE %s AND move.invoice_date IS NULL AND %s",
            self._sql_select(columns),
            self._sql_from_moves(),
            self._sql_optional_currency(),
            self._sql_product_joins(),
            self._sql_is_sales_type(),
            self._sql_is_ledger_line(),
        )
