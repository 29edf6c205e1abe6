-- Lines of the norm that are satisfied, by branch: plain SQL on the same rows.
WITH there AS (
    SELECT branch_id, product_id, sample_type_id, count(*) AS number
      FROM showroom_sample
     WHERE state = 'on_display'
  GROUP BY 1, 2, 3
)
SELECT line.branch_id,
       count(*),
       sum(line.weight),
       count(*) FILTER (WHERE there.number >= line.min_qty),
       coalesce(sum(line.weight) FILTER (WHERE there.number >= line.min_qty), 0)
  FROM showroom_norm_line line
LEFT JOIN there USING (branch_id, product_id, sample_type_id)
 WHERE line.min_qty > 0
GROUP BY line.branch_id
