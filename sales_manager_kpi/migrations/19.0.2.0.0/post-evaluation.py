"""Scorecards of before have no word of a head: what was computed is what counts."""


def migrate(cr, version):
    """Fill what counts, and the unit, of scorecards that were kept before."""
    cr.execute(
        """
        UPDATE evaluation_scorecard
           SET final_score = score
         WHERE final_score IS NULL
           AND score IS NOT NULL
        """
    )
    cr.execute(
        """
        UPDATE evaluation_scorecard_line AS line
           SET final_score = line.score,
               final_weighted = line.weighted_score,
               unit = criterion.unit
          FROM evaluation_criterion AS criterion
         WHERE criterion.id = line.criterion_id
           AND line.unit IS NULL
        """
    )
