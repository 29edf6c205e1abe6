from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_sales_own_customers_only = fields.Boolean(
        string="Managers open own customers only",
        group="sales_manager_kpi.group_manager",
        implied_group="sales_manager_kpi.group_own_customers_only",
        help="Managers open the customers they own or owned, and those nobody owns. "
        "Directors open all.",
    )
    sales_manager_kpi_plan_basis = fields.Selection(
        related="company_id.sales_manager_kpi_plan_basis",
        readonly=False,
        required=True,
    )
    sales_manager_kpi_new_customer_months = fields.Integer(
        related="company_id.sales_manager_kpi_new_customer_months",
        readonly=False,
    )
    sales_manager_kpi_target_policy = fields.Selection(
        related="company_id.sales_manager_kpi_target_policy",
        readonly=False,
        required=True,
    )
    sales_manager_kpi_plan_due_day = fields.Integer(
        related="company_id.sales_manager_kpi_plan_due_day", readonly=False
    )
    sales_manager_kpi_plan_remind_days = fields.Integer(
        related="company_id.sales_manager_kpi_plan_remind_days", readonly=False
    )
    sales_manager_kpi_self_assessment = fields.Boolean(
        related="company_id.sales_manager_kpi_self_assessment", readonly=False
    )
    sales_manager_kpi_scorecard_days = fields.Integer(
        related="company_id.sales_manager_kpi_scorecard_days", readonly=False
    )
    sales_manager_kpi_gaps_from = fields.Date(
        related="company_id.sales_manager_kpi_gaps_from", readonly=False
    )
    sales_manager_kpi_answer_hours = fields.Float(
        related="company_id.sales_manager_kpi_answer_hours", readonly=False
    )
    sales_manager_kpi_absence_days = fields.Integer(
        related="company_id.sales_manager_kpi_absence_days", readonly=False
    )
    sales_manager_kpi_bonus_accruals = fields.Boolean(
        related="company_id.sales_manager_kpi_bonus_accruals", readonly=False
    )
    sales_manager_kpi_bonus_grace_days = fields.Integer(
        related="company_id.sales_manager_kpi_bonus_grace_days", readonly=False
    )
    sales_manager_kpi_bonus_journal_id = fields.Many2one(
        related="company_id.sales_manager_kpi_bonus_journal_id",
        readonly=False,
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
    )
