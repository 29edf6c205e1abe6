{
    "name": "Sales Management",
    "summary": "Run the work of sales managers: owned customers, plans, results, pay",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Manager KPI contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": [
        "sale_management",
        "sale_stock",
        "sale_margin",
        "sale_crm",
        "sale_loyalty",
        "spreadsheet_dashboard",
    ],
    "data": [
        # security
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/organisation_rules.xml",
        "security/fact_rules.xml",
        # data
        "data/ir_cron.xml",
        # views
        "views/sales_branch_views.xml",
        "views/sales_territory_views.xml",
        "views/customer_assignment_views.xml",
        "views/customer_handover_views.xml",
        "wizard/sales_credit_wizard_views.xml",
        "views/res_partner_views.xml",
        "views/res_config_settings_views.xml",
        "views/sales_export_log_views.xml",
        "wizard/sales_setup_views.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/sales_fact_report_views.xml",
        "views/sales_reconciliation_views.xml",
        # menus
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sales_manager_kpi/static/src/**/*",
        ],
        "web.assets_tests": [
            "sales_manager_kpi/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
