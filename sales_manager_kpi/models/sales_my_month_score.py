from odoo import models

from .sales_month_screen import number


class SalesMyMonth(models.AbstractModel):
    """The score of one manager's month."""

    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    def _score(self, period, user, visible):
        """The score that was agreed or closed; until then, what would be kept now.

        ``final`` is what the head's scores make of it, None where there are none.
        """
        cards = self._cards(period, user)
        card = cards.get(user.id) or self.env["evaluation.scorecard"]
        if self._stands(card):
            return {**self._score_state(card), **self._standing_score(card)}
        judged = self._judged(period, {user.id: visible[user.id]}, cards).get(user.id)
        if not judged:
            return False
        return {**self._score_state(card), **self._live_score(card, judged)}

    def _score_state(self, card):
        states = card._fields["state"]._description_selection(self.env)
        readable = card and card.sudo(False).has_access("read")
        return {
            "card_id": card.id if readable else False,
            "state": card.state,
            "state_name": dict(states).get(card.state, ""),
        }

    def _standing_score(self, card):
        return {
            "score": card.final_score if card.has_score else None,
            "final": None,
            "scheme": card.scheme_id.name,
            "lines": [
                {
                    "id": line.id,
                    "name": line.criterion_id.name,
                    "unit": line.unit,
                    "value": line.value if line.has_value else None,
                    "score": line.final_score if line.has_value else None,
                    "final": None,
                    "weight": line.effective_weight,
                }
                for line in card.line_ids
            ],
        }

    def _live_score(self, card, judged):
        assessed = self._assessed(card, judged)
        finals, total = assessed or ([None] * len(judged.lines), None)
        return {
            "score": number(judged.score),
            "final": number(total),
            "scheme": judged.scheme.name,
            "lines": [
                {
                    "id": line.scheme_line.id,
                    "name": line.scheme_line.criterion_id.name,
                    "unit": line.scheme_line.criterion_id.unit,
                    "value": number(line.value),
                    "score": number(line.scored.score),
                    "final": number(final.score)
                    if final and final.score != line.scored.score
                    else None,
                    "weight": line.scored.weight / 100,
                }
                for line, final in zip(judged.lines, finals, strict=True)
            ],
        }
