from odoo import http
from odoo.http import content_disposition, request


class Payroll(http.Controller):
    """Pay that was approved, as a file."""

    @http.route("/sales_manager_kpi/payroll", type="http", auth="user", methods=["GET"])
    def payroll(self, ids="", **_kwargs):
        """The statements of ``ids``, separated by commas, as CSV.

        The model checks who takes them and that they are approved.
        """
        wanted = [int(one) for one in ids.split(",") if one.isdecimal()]
        statements = request.env["bonus.statement"].browse(wanted).exists()
        return request.make_response(
            # Excel reads UTF-8 by its mark
            "\ufeff" + statements._payroll_csv(),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition("payroll.csv")),
            ],
        )
