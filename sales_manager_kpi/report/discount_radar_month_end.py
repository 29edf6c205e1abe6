"""Whether most of a month was given away on its last three working days."""

from odoo.tools import SQL

# Working days are those of the branch: the attendances of its calendar, else of the
# company's, without public holidays; from Monday to Friday where a calendar has no
# attendances. See ``sales.working.days``, which counts them for plans.
MONTH_END = SQL(
    """
    WITH given AS (
        SELECT id, date, company_id, user_id, branch_id, order_id, amount,
               date_trunc('month', date)::date AS month
          FROM discount_concession
         WHERE reversal_of_id IS NULL
           AND kind <> 'promotion'
    ), place AS (
        SELECT month.month, month.company_id, month.branch_id, calendar.id AS calendar,
               COALESCE(calendar.two_weeks_calendar, FALSE) AS two_weeks,
               COALESCE(branch.tz, calendar.tz, home.tz, 'UTC') AS tz
          FROM (SELECT DISTINCT month, company_id, branch_id FROM given) AS month
          JOIN res_company AS company ON company.id = month.company_id
          JOIN res_partner AS home ON home.id = company.partner_id
          LEFT JOIN sales_branch AS branch ON branch.id = month.branch_id
          LEFT JOIN resource_calendar AS calendar
            ON calendar.id
               = COALESCE(branch.resource_calendar_id, company.resource_calendar_id)
    ), hours AS (
        SELECT calendar_id AS calendar, dayofweek::integer + 1 AS weekday,
               week_type, hour_from, hour_to
          FROM resource_calendar_attendance
         WHERE display_type IS NULL
           AND day_period IS DISTINCT FROM 'lunch'
         UNION ALL
        SELECT own.calendar, weekday, NULL, 9, 17
          FROM (SELECT DISTINCT calendar FROM place) AS own
         CROSS JOIN generate_series(1, 5) AS weekday
         WHERE NOT EXISTS (
                SELECT FROM resource_calendar_attendance AS attendance
                 WHERE attendance.calendar_id = own.calendar
               )
    ), worked AS (
        SELECT place.month, place.company_id, place.branch_id, day.day::date AS day,
               dense_rank() OVER (
                   PARTITION BY place.month, place.company_id, place.branch_id
                   ORDER BY day.day DESC
               ) AS number
          FROM place
         CROSS JOIN generate_series(
               place.month, place.month + INTERVAL '1 month - 1 day', INTERVAL '1 day'
               ) AS day(day)
          JOIN hours
            ON hours.calendar IS NOT DISTINCT FROM place.calendar
           AND hours.weekday = extract(isodow FROM day.day)
           AND (NOT place.two_weeks OR hours.week_type IS NULL
                OR hours.week_type::integer
                   = mod((day.day::date - DATE '0001-01-01') / 7, 2))
         WHERE NOT EXISTS (
                SELECT
                  FROM resource_calendar_leaves AS leave
                 WHERE leave.resource_id IS NULL
                   AND leave.time_type = 'leave'
                   AND (leave.calendar_id IS NULL
                        OR leave.calendar_id = place.calendar)
                   AND (leave.company_id IS NULL
                        OR leave.company_id = place.company_id)
                   AND leave.date_from AT TIME ZONE 'UTC' AT TIME ZONE place.tz
                       <= day.day::timestamp + hours.hour_from * INTERVAL '1 hour'
                   AND leave.date_to AT TIME ZONE 'UTC' AT TIME ZONE place.tz
                       >= day.day::timestamp + hours.hour_to * INTERVAL '1 hour'
                          - INTERVAL '1 minute'
               )
    ), last AS (
        SELECT month, company_id, branch_id, min(day) AS day
          FROM worked
         WHERE number <= 3
         GROUP BY month, company_id, branch_id
    )
    SELECT max(given.id) * 8 + 2, 'month_end', max(given.date),
           given.company_id, given.user_id, NULL::integer,
           max(given.branch_id), NULL::integer,
           sum(given.amount) FILTER (WHERE given.date >= last.day),
           count(DISTINCT given.order_id) FILTER (WHERE given.date >= last.day),
           string_agg(DISTINCT given.order_id::text, ',')
               FILTER (WHERE given.date >= last.day)
      FROM given
      JOIN last
        ON last.month = given.month
       AND last.company_id = given.company_id
       AND last.branch_id IS NOT DISTINCT FROM given.branch_id
     GROUP BY given.company_id, given.user_id, given.month
    HAVING count(DISTINCT given.order_id) FILTER (WHERE given.date >= last.day) >= 3
       AND sum(given.amount) FILTER (WHERE given.date >= last.day)
           > 0.5 * sum(given.amount)
    """
)
