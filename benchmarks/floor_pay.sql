-- What a month pays by the scheme of pay.py, by plain SQL: per member of a branch the
-- turnover on the invoice basis, what it earns in all, and what is held of it, invoice
-- by invoice that is not paid in full by the end of the month.
-- Parameters: company, date_from, date_to (both included), period, scheme.

WITH component AS (
    SELECT * FROM bonus_component WHERE scheme_id = %(scheme)s
),
tier AS (
    SELECT component.code,
           tier.start,
           tier.rate,
           lead(tier.start) OVER rising AS next_start,
           lead(tier.rate) OVER rising AS next_rate
      FROM bonus_tier AS tier
      JOIN component ON component.id = tier.component_id
    WINDOW rising AS (PARTITION BY tier.component_id ORDER BY tier.start)
),
document AS MATERIALIZED (
    SELECT move.id,
           move.credited_user_id AS user_id,
           move.payment_state IN ('paid', 'in_payment', 'reversed') AS is_settled,
           sum(-line.balance) AS amount
      FROM account_move AS move
      JOIN account_move_line AS line ON line.move_id = move.id
      JOIN account_account AS account ON account.id = line.account_id
     WHERE move.company_id = %(company)s
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
       AND line.parent_state = 'posted'
       AND account.account_type IN ('income', 'income_other')
       AND line.display_type = 'product'
       AND line.is_downpayment IS NOT TRUE
       AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
     GROUP BY move.id
),
paid AS (
    SELECT document.id, max(partial.max_date) AS day
      FROM document
      JOIN account_move_line AS line ON line.move_id = document.id
      JOIN account_account AS account
        ON account.id = line.account_id
       AND account.account_type = 'asset_receivable'
      JOIN account_partial_reconcile AS partial
        ON partial.debit_move_id = line.id
        OR partial.credit_move_id = line.id
     WHERE document.is_settled
     GROUP BY document.id
),
sold AS (
    SELECT document.user_id,
           document.id AS move_id,
           document.amount,
           document.amount > 0
               AND (paid.day IS NULL OR paid.day > %(date_to)s) AS waits,
           sum(document.amount) OVER (PARTITION BY document.user_id) AS base
      FROM document
      LEFT JOIN paid ON paid.id = document.id
),
fee AS (
    SELECT row.deputy_id AS user_id, sum(round(row.duty_fee_amount * days.count, 2)) AS amount
      FROM sales_substitution AS row
      JOIN res_company AS company ON company.id = row.company_id
     CROSS JOIN LATERAL (
         SELECT count(*)
           FROM generate_series(row.start_at, row.stop_at - interval '1 day', '1 day') AS day
          WHERE EXISTS (
                SELECT FROM resource_calendar_attendance AS attendance
                 WHERE attendance.calendar_id = company.resource_calendar_id
                   AND attendance.dayofweek = (extract(isodow FROM day) - 1)::text
                )
     ) AS days
     WHERE row.company_id = %(company)s
       AND row.decision IN ('appointed', 'revoked')
       AND row.credit_policy = 'duty_fee'
       AND row.start_at >= %(date_from)s
       AND row.stop_at < %(date_to)s
     GROUP BY row.deputy_id
),
person AS (
    SELECT member.user_id,
           coalesce(base.amount, 0) AS base,
           coalesce(base.amount, 0) * 100 / plan.target_amount AS attainment,
           card.final_score::numeric AS score,
           coalesce(fee.amount, 0) AS fee
      FROM (
          SELECT DISTINCT user_id
            FROM sales_branch_member
           WHERE company_id = %(company)s
             AND date_from <= %(date_to)s
             AND (date_to IS NULL OR date_to >= %(date_from)s)
      ) AS member
      JOIN sales_plan AS plan
        ON plan.user_id = member.user_id
       AND plan.period_id = %(period)s
       AND plan.company_id = %(company)s
       AND plan.state IN ('approved', 'running')
      JOIN evaluation_scorecard AS card
        ON card.user_id = member.user_id
       AND card.period_id = %(period)s
       AND card.company_id = %(company)s
      LEFT JOIN (SELECT user_id, sum(amount) AS amount FROM sold GROUP BY user_id) AS base
        ON base.user_id = member.user_id
      LEFT JOIN fee ON fee.user_id = member.user_id
),
earned AS (
    SELECT person.*,
           round(person.base * deals.rate::numeric / 100, 2) AS deals,
           round(plan.amount * coalesce(reached.rate, 0) / 100, 2) AS plan,
           multiplier.rate::numeric AS multiplier,
           least_pay.amount AS least_pay
      FROM person
      JOIN tier AS deals
        ON deals.code = 'deals'
       AND deals.start <= greatest(person.attainment, 0)
       AND (deals.next_start IS NULL OR deals.next_start > greatest(person.attainment, 0))
      JOIN tier AS multiplier
        ON multiplier.code = 'score'
       AND multiplier.start <= person.score
       AND (multiplier.next_start IS NULL OR multiplier.next_start > person.score)
      JOIN component AS plan ON plan.code = 'plan'
      JOIN component AS least_pay ON least_pay.code = 'minimum'
      LEFT JOIN LATERAL (
          SELECT tier.rate::numeric
                 + coalesce(
                     (tier.next_rate - tier.rate)::numeric
                     * (person.attainment - tier.start::numeric)
                     / (tier.next_start - tier.start)::numeric,
                     0
                 ) AS rate
            FROM tier
           WHERE tier.code = 'plan'
             AND tier.start <= person.attainment
             AND (tier.next_start IS NULL OR tier.next_start > person.attainment)
      ) AS reached ON TRUE
),
multiplied AS (
    SELECT earned.*,
           deals + plan + fee
           + round(greatest(deals + plan, 0) * (multiplier - 100) / 100, 2) AS amount
      FROM earned
),
held AS (
    SELECT user_id,
           sum(part) AS amount,
           count(*) AS rows,
           array_agg(move_id) AS move_ids,
           array_agg(part) AS parts
      FROM (
          SELECT user_id,
                 move_id,
                 so_far - lag(so_far, 1, 0.0) OVER (
                     PARTITION BY user_id ORDER BY move_id
                 ) AS part
            FROM (
                SELECT sold.user_id,
                       sold.move_id,
                       round(
                           earned.deals * deals.hold_percent::numeric / 100
                           * sum(sold.amount) OVER (
                               PARTITION BY sold.user_id ORDER BY sold.move_id
                           )
                           / greatest(
                               sold.base,
                               sum(sold.amount) OVER (PARTITION BY sold.user_id)
                           ),
                           2
                       ) AS so_far
                  FROM sold
                  JOIN earned
                    ON earned.user_id = sold.user_id AND earned.deals > 0
                  JOIN component AS deals ON deals.code = 'deals'
                 WHERE sold.waits
            ) AS reached
      ) AS waiting
     WHERE part <> 0
     GROUP BY user_id
)
SELECT multiplied.user_id,
       multiplied.base,
       multiplied.amount + greatest(multiplied.least_pay - multiplied.amount, 0)
           AS variable,
       coalesce(held.amount, 0) AS held,
       coalesce(held.rows, 0) AS rows,
       held.move_ids,
       held.parts
  FROM multiplied
  LEFT JOIN held ON held.user_id = multiplied.user_id
 ORDER BY multiplied.user_id
