"""Requests of before the revenue behind their margin was kept."""


def migrate(cr, version):
    """Give them the revenue that their percentages are of, where it is certain.

    What each line asked times its quantity, of the lines with a margin. It is right
    where it gives back both margins that were kept: without promotions, taxes in the
    prices or lines of unknown cost. Elsewhere the amounts stay without percentages.
    """
    cr.execute(
        """
        WITH line AS (
            SELECT line.request_id,
                   SUM(line.asked_price * line.quantity) AS revenue,
                   SUM(line.asked_price * line.quantity * line.margin_percent / 100)
                       AS margin,
                   SUM((line.norm_price - line.asked_price) * line.quantity) AS given,
                   0.01 * COUNT(*)
                   + SUM(ABS(line.asked_price * line.quantity)) * 0.00005 AS step
              FROM discount_request_line AS line
          GROUP BY line.request_id
            HAVING BOOL_AND(COALESCE(line.margin_percent, 0) <> 0)
        ), request AS (
            UPDATE discount_request AS request
               SET margin_revenue = line.revenue
              FROM line
             WHERE line.request_id = request.id
               AND COALESCE(request.margin_revenue, 0) = 0
               AND ABS(request.margin_asked - line.margin) <= line.step
               AND ABS(request.margin_norm - request.margin_asked - line.given)
                   <= line.step
         RETURNING request.id
        )
        UPDATE discount_request_line AS line
           SET is_costed = TRUE,
               untaxed_rate = 1.0
          FROM request
         WHERE line.request_id = request.id
        """
    )
