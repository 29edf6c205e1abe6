"""Plans of before the kinds of lines, the days of a plan and the negotiation."""


def migrate(cr, version):
    """Lines are amounts; what was handed in is what stands there."""
    cr.execute("UPDATE sales_plan_line SET measure = 'amount' WHERE measure IS NULL")
    cr.execute(
        """
        UPDATE sales_plan_line
           SET is_main = measure = 'amount' AND dimension IN ('total', 'category')
         WHERE is_main IS NULL
        """
    )
    cr.execute(
        """
        UPDATE sales_plan AS plan
           SET day_from = COALESCE(plan.day_from, period.date_from),
               day_to = COALESCE(plan.day_to, period.date_to)
          FROM sales_period AS period
         WHERE period.id = plan.period_id
           AND (plan.day_from IS NULL OR plan.day_to IS NULL)
        """
    )
    # Who proposed what before cannot be told any more, so that there are no rows of
    # it; the last thing handed in or agreed is the proposal from here on.
    cr.execute(
        """
        UPDATE sales_plan_line AS line
           SET proposed_amount = line.target_amount
          FROM sales_plan AS plan
         WHERE plan.id = line.plan_id
           AND plan.submitted_on IS NOT NULL
           AND COALESCE(plan.negotiation_round, 0) = 0
           AND COALESCE(line.proposed_amount, 0) = 0
        """
    )
    cr.execute(
        """
        UPDATE sales_plan
           SET negotiation_round = 1
         WHERE submitted_on IS NOT NULL AND COALESCE(negotiation_round, 0) = 0
        """
    )
