from dateutil.relativedelta import relativedelta

from odoo import fields, models

PLAN_BASIS = [
    ("invoice", "Invoices"),
    ("order", "Orders"),
    ("delivery", "Deliveries"),
    ("payment", "Payments"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_manager_kpi_plan_basis = fields.Selection(
        selection=PLAN_BASIS,
        string="Plan Basis",
        required=True,
        default="invoice",
        help="What fills the plans of this company, unless a plan says otherwise: "
        "invoices and credit notes by their date, orders by their first confirmation, "
        "goods when they are delivered, or invoices as they are paid.",
    )
    sales_manager_kpi_target_policy = fields.Selection(
        selection=[
            ("agreed", "Agreed targets"),
            ("effective", "Effective targets"),
        ],
        string="Counting Targets",
        required=True,
        default="agreed",
        help="Whether plans are measured by the target as agreed, or by its part that "
        "falls on the days the manager was there.",
    )
    sales_manager_kpi_new_customer_months = fields.Integer(
        string="Months of Silence of a New Customer",
        required=True,
        default=24,
        help="A customer who bought nothing for so many months is new again. "
        "0: only the first purchase ever makes a customer new.",
    )

    _sales_manager_kpi_new_customer_months_range = models.Constraint(
        "CHECK (sales_manager_kpi_new_customer_months BETWEEN 0 AND 1200)",
        "The months of silence of a new customer lie between 0 and 1200.",
    )

    sales_manager_kpi_self_assessment = fields.Boolean(
        string="Managers assess themselves first",
        help="When a month has ended, managers give their own scores before their "
        "director does. Otherwise the director is asked at once.",
    )
    sales_manager_kpi_scorecard_days = fields.Integer(
        string="Days until scorecards are sent",
        default=3,
        help="Days after the end of a month, so that late documents still count.",
    )

    _sales_manager_kpi_scorecard_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_scorecard_days BETWEEN 0 AND 27)",
        "Scorecards are sent between 0 and 27 days after the end of the month.",
    )

    # When plans are handed in

    sales_manager_kpi_plan_due_day = fields.Integer(
        string="Plans Are Due On Day",
        required=True,
        default=25,
        help="Plans are submitted until this day of the month before theirs. "
        "0: there is no deadline, and nobody is reminded.",
    )
    sales_manager_kpi_plan_remind_days = fields.Integer(
        string="Remind Days Before",
        required=True,
        default=5,
        help="So many days before plans are due, whoever has not submitted one is "
        "reminded.",
    )

    _sales_manager_kpi_plan_due_range = models.Constraint(
        "CHECK (sales_manager_kpi_plan_due_day BETWEEN 0 AND 31 "
        "AND sales_manager_kpi_plan_remind_days BETWEEN 0 AND 31)",
        "The day on which plans are due and the days of the reminder lie between 0 "
        "and 31.",
    )

    # Service gaps

    sales_manager_kpi_gaps_from = fields.Date(
        string="Service Gaps Count From",
        default=fields.Date.context_today,
        help="What fell due before this day is no service gap. Empty: none are kept.",
    )
    sales_manager_kpi_answer_hours = fields.Float(
        string="Hours to Answer a Customer",
        required=True,
        default=8,
        help="Working hours of the branch within which a customer's message is "
        "answered.",
    )

    _sales_manager_kpi_answer_hours_positive = models.Constraint(
        "CHECK (sales_manager_kpi_answer_hours > 0 "
        "AND sales_manager_kpi_answer_hours <= 1000)",
        "The working hours to answer a customer lie above 0, up to 1000.",
    )

    # Who stands in

    sales_manager_kpi_absence_days = fields.Integer(
        string="Name Deputies Days Before",
        required=True,
        default=14,
        help="So many days before an absence begins, whoever directs is asked to name "
        "who stands in. 0: on the day it begins.",
    )

    _sales_manager_kpi_absence_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_absence_days BETWEEN 0 AND 365)",
        "The days before an absence on which deputies are named lie between 0 and 365.",
    )

    # Trade bonuses

    sales_manager_kpi_bonus_accruals = fields.Boolean(
        string="Accrue Trade Bonuses",
        help="Post what bonuses were earned at the end of each month, for agreements "
        "with both accounts, and take it back on the first day of the next.",
    )
    sales_manager_kpi_bonus_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Bonus Accruals Journal",
        domain="[('type', '=', 'general'), ('company_id', '=', id)]",
        help="Empty: the first journal of miscellaneous entries.",
    )
    sales_manager_kpi_bonus_grace_days = fields.Integer(
        string="Days to Settle Trade Bonuses",
        default=14,
        help="After its end a period is settled, and an agreement renewed or closed, "
        "within so many days; later it is overdue in the evaluation.",
    )
    _sales_manager_kpi_bonus_grace_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_bonus_grace_days BETWEEN 0 AND 365)",
        "The days in which trade bonuses are settled lie between 0 and 365.",
    )

    def _plan_due_date(self, month):
        """The day until which plans of ``month`` are handed in; None without one.

        A day that the month before does not have is its last.
        """
        if not self.sales_manager_kpi_plan_due_day:
            return None
        day = self.sales_manager_kpi_plan_due_day
        return month - relativedelta(months=1) + relativedelta(day=day)
