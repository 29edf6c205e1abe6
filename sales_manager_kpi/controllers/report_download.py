from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class ReportDownload(http.Controller):
    """Scheduled reports as a file, as whoever asks may see them."""

    # not readonly: what is taken out is logged
    @http.route("/sales_manager_kpi/report/<int:schedule_id>", type="http", auth="user")
    def download(self, schedule_id):
        """The file of a scheduled report that the user may read."""
        schedule = request.env["sales.report.schedule"].browse(schedule_id)
        try:
            schedule.check_access("read")
            schedule = schedule._as_reader(request.env.user)
            name, mimetype, content, _count = schedule._file()
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
