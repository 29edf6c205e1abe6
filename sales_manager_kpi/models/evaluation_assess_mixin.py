import math

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import scoring


class EvaluationAssessMixin(models.AbstractModel):
    """The scores that manager and head give, beside those that were computed."""

    _name = "evaluation.assess.mixin"
    _description = "Scores Given by People"

    def assess(self, scores, comment=None):
        """Give scores to criteria, as the manager judged or as the head.

        Only what differs from what was said before makes a row. The head's score goes
        before the computed one, and needs a reason where it differs; giving the
        computed score takes a correction back.

        :param scores: ``{criterion id: (score, reason)}``; criteria left out stay
        :param comment: text on the whole month; None leaves it as it is
        :raises UserError: where it is not the user's turn, for a criterion without
            base, a score out of range or a correction without reason
        """
        self.ensure_one().check_access("read")
        kind = self._required_kind()
        self._lock()
        lines = {line.criterion_id.id: line for line in self.line_ids}
        rows = []
        for criterion_id, (score, reason) in scores.items():
            line = lines.get(int(criterion_id))
            if not line:
                raise UserError(
                    self.env._("This criterion is not on the scorecard. Reload it.")
                )
            score = self._number(score)
            row = line._assessment(kind, score, (reason or "").strip())
            if row:
                rows.append(row)
        self._keep_assessment(kind, rows, comment)
        return True

    def _number(self, score):
        """``score`` as it arrives by RPC, as a number with two places."""
        if isinstance(score, int | float) and math.isfinite(score):
            return float(scoring.exact(float(score), scoring.SCORE))
        raise UserError(self.env._("A score is a number, for example 85."))

    def _required_kind(self):
        kind = self._assessing_kind()
        if not kind:
            raise UserError(
                self.env._(
                    "%(card)s cannot be assessed by you now: %(reason)s.",
                    card=self.display_name,
                    reason=self._why_not("assess"),
                )
            )
        return kind

    def _keep_assessment(self, kind, rows, comment):
        # sudo: nobody writes scorecards and assessments; whose turn it is was checked
        card = self.sudo()
        card.env["evaluation.correction"].create(
            [
                {
                    **row,
                    "scorecard_id": self.id,
                    "kind": kind,
                    "author_id": self.env.uid,
                    "date": fields.Datetime.now(),
                }
                for row in rows
            ]
        )
        lines = {line.criterion_id.id: line for line in card.line_ids}
        for row in rows:
            lines[row["criterion_id"]]._take_over(kind, row)
        if comment is not None:
            card[f"{kind}_comment"] = comment
        if kind == "head" and rows:
            card._refresh_final()

    def _head_scores(self):
        """``{(scorecard id, criterion id): score}`` of what heads said."""
        return {
            (line.scorecard_id.id, line.criterion_id.id): scoring.exact(
                line.head_score, scoring.SCORE
            )
            for line in self.line_ids
            if line.has_head_score
        }

    def _refresh_final(self):
        """Final scores, from the computed and the head's; the engine adds them up."""
        heads = self._head_scores()
        for card in self:
            finals, total = scoring.assess_lines(
                [line._engine_assessed(heads) for line in card.line_ids]
            )
            for line, final in zip(card.line_ids, finals, strict=True):
                if final.score is not None:
                    line.write(
                        {
                            "final_score": float(final.score),
                            "final_weighted": float(final.weighted),
                            "gate_closed": final.gate_closed,
                        }
                    )
            if total is not None:
                card.write(
                    {
                        "final_score": float(total),
                        "gate_closed": any(final.gate_closed for final in finals),
                    }
                )
