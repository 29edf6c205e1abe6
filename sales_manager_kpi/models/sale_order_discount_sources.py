from odoo import fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """What or who is behind the steps of a price: kept as values, read as words.

    A source is a plain dict: ``label``; of a rule or a promotion ``date_from`` and
    ``date_to`` as they are stored, a day or a moment in UTC; of what a person gave
    ``kind`` (approved, own, nobody) and for whom they stood in (``principal``).
    """

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _step_sources(self, event, judgement, request):
        """``{code: sources}`` of the steps that all lines of this order share.

        :param event: of the trace; None while somebody only reads
        """
        granted = [self._granted_source(event, judgement, request)]
        # goods given for nothing are lines of their own and change no price
        programs = (
            self.order_line.filtered("reward_id")
            .filtered(lambda line: line.price_unit * line.product_uom_qty < 0)
            .reward_id.program_id
        )
        return {
            "manual": granted,
            "order": granted,
            "promotion": [
                _dated(program.name, program.date_from, program.date_to)
                for program in programs
            ],
        }

    def _rule_source(self, rule, label):
        return _dated(label, rule.date_start, rule.date_end)

    def _granted_source(self, event, judgement, request):
        """Who gave what was taken off by hand: an approver, or who sells."""
        answer = request.decision_ids.filtered(
            lambda row: row.decision in ("approve", "counter")
        )[-1:]
        if answer and not judgement.verdict.within:
            return {
                "kind": "approved",
                "label": answer.user_id.name,
                "principal": answer.acting_for_id.name or "",
            }
        seller, acting = self.user_id or self.env.user, self.env.user
        acts = event and self.is_acted_for and acting != seller
        return {
            "kind": "own" if judgement.verdict.within else "nobody",
            "label": acting.name if acts else seller.name,
            "principal": seller.name if acts else "",
        }

    # ------------------------------------------------------------------
    # In words
    # ------------------------------------------------------------------

    def _source_words(self, source):
        """``label`` and ``validity`` as a reader sees them."""
        return {
            "label": self._source_label(source),
            "validity": self._validity_words(
                source.get("date_from"), source.get("date_to")
            ),
        }

    def _source_label(self, source):
        person = source["label"]
        if source.get("principal"):
            person = self.env._(
                "%(user)s for %(principal)s",
                user=person,
                principal=source["principal"],
            )
        kind = source.get("kind")
        if kind == "approved":
            return self.env._("Granted by %(user)s", user=person)
        if kind == "own":
            return self.env._("%(user)s, within own authority", user=person)
        if kind == "nobody":
            return self.env._("%(user)s, approved by nobody", user=person)
        return person

    def _validity_words(self, first, last):
        """Days in the reader's time zone; empty where it holds always."""
        first = format_date(self.env, first) if first else ""
        last = format_date(self.env, last) if last else ""
        if first and last:
            return self.env._("%(first)s to %(last)s", first=first, last=last)
        if first:
            return self.env._("from %(first)s", first=first)
        return self.env._("until %(last)s", last=last) if last else ""


def _dated(label, first, last):
    return {
        "label": label,
        "date_from": _stored(first),
        "date_to": _stored(last),
    }


def _stored(moment):
    """A day or a moment as a string; empty for none."""
    if not moment:
        return ""
    kind = fields.Datetime if hasattr(moment, "hour") else fields.Date
    return kind.to_string(moment)
