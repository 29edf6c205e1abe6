from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.timetable import next_run
from .sales_report_kind import KINDS

DIRECTOR = "sales_manager_kpi.group_branch_director"
READER = "sales_manager_kpi.group_manager"
TYPED = {"name", "active", "company_id", "report", "branch_id", "manager_id"}
TYPED |= {"period", "file_format", "recipient_ids", "next_run_on"}
TYPED |= {"interval_number", "interval_type"}


class SalesReportSchedule(models.Model):
    """A report that is mailed by itself: what, about whom, to whom, how often.

    Every reader gets what they may read themselves, whoever wrote the schedule.
    """

    _name = "sales.report.schedule"
    _description = "Scheduled Report"
    _inherit = "steps.only.mixin"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Set Up By",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    report = fields.Selection(
        selection=[
            ("sales", "Sales and shipments per manager and customer"),
            ("orders", "Execution of orders"),
            ("contracts", "Execution of contracts"),
            ("payment", "Payment control"),
            ("shipment", "Shipment by line"),
            ("claims", "Claims"),
            ("causes", "Causes of claims"),
            ("registration", "Registration quality"),
            ("customers", "Customer base"),
        ],
        required=True,
        default="sales",
    )
    has_period = fields.Boolean(compute="_compute_has_period")
    period = fields.Selection(
        selection=[
            ("last_week", "Last week"),
            ("month", "This month to date"),
            ("last_month", "Last month"),
        ],
        required=True,
        default="last_week",
        help="Reports without a period tell how things stand when they are made.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", check_company=True, help="Empty: all branches."
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: all managers whom the reader may see.",
    )
    file_format = fields.Selection(
        string="Format",
        selection=[("pdf", "PDF"), ("xlsx", "Spreadsheet (XLSX)")],
        required=True,
        default="pdf",
    )
    recipient_ids = fields.Many2many(
        comodel_name="res.users",
        relation="sales_report_schedule_recipient_rel",
        column1="schedule_id",
        column2="user_id",
        string="Readers",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Each gets a mail with what they may read themselves.",
    )
    next_run_on = fields.Date(
        string="Next Mail",
        required=True,
        default=lambda self: self._default_next_run_on(),
        help="Sent early that day, as the day is in the company's time zone.",
    )
    anchor_on = fields.Date(
        readonly=True,
        export_string_translation=False,
        help="The day from which the intervals are counted.",
    )
    interval_number = fields.Integer(string="Every", required=True, default=1)
    interval_type = fields.Selection(
        selection=[("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        string="Unit",
        required=True,
        default="weeks",
    )
    is_asked = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Somebody asked for it now; the next job sends it.",
    )
    last_sent_at = fields.Datetime(string="Last Sent", readonly=True, copy=False)
    last_result = fields.Char(string="What Came of It", readonly=True, copy=False)
    has_failed = fields.Boolean(
        string="Needs Attention",
        readonly=True,
        copy=False,
        help="Last time, not everybody could be sent it.",
    )

    _interval_positive = models.Constraint(
        "CHECK (interval_number > 0)", "A report goes out every 1 or more intervals."
    )
    _due_idx = models.Index("(next_run_on) WHERE active")

    @api.model
    def _default_next_run_on(self):
        today = self.env["sales.branch"]._company_local_date(self.env.company)
        return fields.Date.add(today, days=7 - today.weekday())  # next Monday

    @api.depends("report")
    def _compute_has_period(self):
        for schedule in self:
            kind = KINDS.get(schedule.report)
            schedule.has_period = bool(kind and kind.day)

    # ------------------------------------------------------------------
    # What may be written
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(vals_list)
        schedules._check_others()
        for schedule in schedules:
            # sudo: where the counting begins is the system's
            schedule.sudo().anchor_on = schedule.next_run_on
        return schedules

    def write(self, vals):
        result = super().write(vals)
        if "next_run_on" in vals and "anchor_on" not in vals:
            # sudo: as above
            self.sudo().write({"anchor_on": vals["next_run_on"]})
        if "recipient_ids" in vals:
            self._check_others()
        return result

    @api.constrains("recipient_ids", "company_id")
    def _check_recipients(self):
        for schedule in self:
            readers = schedule.recipient_ids
            if not readers:
                raise ValidationError(
                    self.env._("Say who reads it: “%s” has no reader.", schedule.name)
                )
            for reader in readers.filtered("active"):
                if not schedule._may_read(reader):
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work in sales management in "
                            "%(company)s. Choose another reader.",
                            user=reader.name,
                            company=schedule.company_id.name,
                        )
                    )

    def _check_others(self):
        """Managers mail themselves; who directs others mails others."""
        user = self.env.user
        if self.env.su or user.has_group(DIRECTOR):
            return
        if self.recipient_ids - user:
            raise ValidationError(
                self.env._("Only a director has reports mailed to somebody else.")
            )

    def _may_read(self, reader):
        """Whether ``reader`` works with the figures of this company; in sudo."""
        return self.company_id in reader.company_ids and reader.has_group(READER)

    @api.constrains("name")
    def _check_name(self):
        if any(not (schedule.name or "").strip() for schedule in self):
            raise ValidationError(self.env._("Give the report a name."))

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_download(self):
        """The file as whoever asks may see it, in their language."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/sales_manager_kpi/report/{self.id}",
            "target": "download",
        }

    def action_send(self):
        """Mail it now to all its readers; the day of the next mail stays.

        :raise UserError: where nobody is left to read it
        """
        self.check_access("write")
        for schedule in self:
            if not schedule.recipient_ids.filtered("active"):
                raise UserError(
                    self.env._(
                        "Nobody is left to read “%s”. Choose a reader first.",
                        schedule.name,
                    )
                )
        # sudo: a job sends it, and whoever asks may not read jobs
        self.sudo().write({"is_asked": True})
        cron = self.env.ref(
            "sales_manager_kpi.ir_cron_report_schedule", raise_if_not_found=False
        )
        if cron:
            cron.sudo()._trigger()  # sudo: as above
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is on its way to its readers."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _advance(self, today):
        """Set the next day; in sudo."""
        self.write(
            {
                "next_run_on": next_run(
                    self.anchor_on or self.next_run_on,
                    self.interval_type,
                    self.interval_number,
                    today,
                ),
                "anchor_on": self.anchor_on or self.next_run_on,
            }
        )
