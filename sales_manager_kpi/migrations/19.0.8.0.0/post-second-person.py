def migrate(cr, version):
    """Who approves pay alone goes on: a second person is asked for when one chooses."""
    if version:
        cr.execute("UPDATE res_company SET sales_manager_kpi_scheme_four_eyes = FALSE")
