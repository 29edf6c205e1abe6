from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import scoring

# By model: the flag that tells whether there is a base, and the columns that are NULL
# without one.
BASE = {
    "evaluation.scorecard": ("has_score", ("score", "final_score")),
    "evaluation.scorecard.line": (
        "has_value",
        ("denominator", "value", "score", "final_score"),
    ),
}


class EvaluationStore(models.AbstractModel):
    """Keeps what was judged: creates what is new, writes what changed, nothing else."""

    _name = "evaluation.store"
    _description = "Store of Scorecards"

    @api.model
    def _take_turn(self, period):
        """Of two who compute a period at once, the second is served again by Odoo.

        Both would create the same scorecards; a row that both write makes it a
        serialization failure, which Odoo retries, instead of a double key.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE sales_period SET write_date = write_date WHERE id = %s",
                period.id,
            ),
            log_exceptions=False,
        )

    @api.model
    def _store(self, period, judged, users=None):
        """Create what is new, write what changed, say as of when.

        What is agreed stands. Who is judged no more keeps the scorecard, unless they
        were in no branch in that period at all.

        :param users: who was to be judged; None for everybody
        :return: the scorecards of ``judged``, without those that are agreed
        """
        # What the system computes is no news for followers.
        Scorecard = self.env["evaluation.scorecard"].with_context(tracking_disable=True)
        domain = [
            ("company_id", "=", period.company_id.id),
            ("period_id", "=", period.id),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        known = Scorecard.search(domain)
        agreed = set(known.filtered(lambda card: card.state == "agreed").user_id.ids)
        judged = {u: result for u, result in judged.items() if u not in agreed}
        outdated = known.filtered(lambda card: card.user_id.id not in judged)
        cards = {card.user_id.id: card for card in known - outdated}
        if users is None:
            # Only the run over everybody knows who left; a reader who asks for some
            # scorecards again must not lose one.
            self._drop_outsiders(period, outdated)
        self._store_judged(period, cards, judged)
        return Scorecard.union(*cards.values())

    @api.model
    def _drop_outsiders(self, period, outdated):
        outdated = outdated._untouched()
        if outdated:
            members = self._members(period)
            outdated.filtered(lambda card: card.user_id.id not in members).unlink()

    @api.model
    def _store_judged(self, period, cards, judged):
        """Keep scorecards, lines and evidence; ``cards`` is completed in place."""
        Scorecard = self.env["evaluation.scorecard"].with_context(tracking_disable=True)
        now = fields.Datetime.now()
        heads = Scorecard.union(*cards.values())._head_scores()
        finals = {
            user_id: self._final_figures(cards.get(user_id), result, heads)
            for user_id, result in judged.items()
        }
        vals_by_key = {
            user_id: self._prepare_card(period, user_id, result, *finals[user_id])
            for user_id, result in judged.items()
        }
        self._upsert(Scorecard, cards, vals_by_key, {"computed_on": now})
        Scorecard.union(*cards.values()).write({"computed_on": now})
        self._store_lines(cards, judged, finals)

    @api.model
    def _final_figures(self, card, result, heads):
        """What counts of a judged month, with what its head said before."""
        return scoring.assess_lines(
            [
                scoring.Assessed(
                    line.scored.score,
                    line.scored.weight,
                    heads.get((card and card.id, line.scheme_line.criterion_id.id)),
                    scoring.exact(line.scheme_line.gate_score, scoring.SCORE),
                )
                for line in result.lines
            ]
        )

    @api.model
    def _store_lines(self, cards, judged, finals):
        Line = self.env["evaluation.scorecard.line"]
        Evidence = self.env["evaluation.evidence"]
        known = Line.union(*(card.line_ids for card in cards.values()))
        lines = {(line.scorecard_id.id, line.criterion_id.id): line for line in known}
        line_vals, evidence_by_line = {}, {}
        for user_id, result in judged.items():
            for line, final in zip(result.lines, finals[user_id][0], strict=True):
                key = (cards[user_id].id, line.scheme_line.criterion_id.id)
                line_vals[key] = self._prepare_line(*key, line, final)
                evidence_by_line[key] = line.evidence
        self._drop_outdated(lines, line_vals)
        self._upsert(Line, lines, line_vals)
        known = Evidence.union(*(line.evidence_ids for line in lines.values()))
        evidences = {
            (evidence.line_id.id, evidence.kind): evidence for evidence in known
        }
        evidence_vals = {
            (lines[key].id, kind): self._prepare_evidence(
                lines[key].id, kind, *evidence
            )
            for key, by_kind in evidence_by_line.items()
            for kind, evidence in by_kind.items()
        }
        self._drop_outdated(evidences, evidence_vals)
        self._upsert(Evidence, evidences, evidence_vals)

    @api.model
    def _drop_outdated(self, records, vals_by_key):
        outdated = [key for key in records if key not in vals_by_key]
        if outdated:
            first, *others = (records.pop(key) for key in outdated)
            first.union(*others).unlink()

    @api.model
    def _upsert(self, model, records, vals_by_key, defaults=None):
        """Create or write by key, in one create; ``records`` is completed in place.

        None is left out at creation, so that the column stays NULL.
        """
        lost = model.browse()
        for key in records.keys() & vals_by_key.keys():
            lost |= self._write_changes(records[key], vals_by_key[key])
        self._blank(lost)
        new = [key for key in vals_by_key if key not in records]
        created = model.create(
            [{**_known(vals_by_key[key]), **(defaults or {})} for key in new]
        )
        records.update(zip(new, created, strict=True))

    @api.model
    def _write_changes(self, record, vals):
        """Write the values that differ from what is stored; rows alike stay untouched.

        :return: the record if it has lost its base
        """
        flag = BASE.get(record._name, (None,))[0]
        flipped = flag and record[flag] != vals[flag]
        changes = {
            name: value
            for name, value in _known(vals).items()
            if flipped or self._differs(record, name, value)
        }
        if changes:
            record.write(changes)
        return record if flipped and not vals[flag] else record.browse()

    @api.model
    def _differs(self, record, name, value):
        field = record._fields[name]
        stored = field.convert_to_cache(record[name], record)
        return field.convert_to_cache(value, record) != stored

    @api.model
    def _blank(self, records):
        """NULL in the columns of what lost its base, where the ORM would write 0."""
        if not records:
            return
        names = BASE[records._name][1]
        records.flush_recordset(names)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                SQL(", ").join(SQL("%s = NULL", SQL.identifier(n)) for n in names),
                records.ids,
            )
        )
        records.invalidate_recordset(names, flush=False)

    @api.model
    def _prepare_card(self, period, user_id, result, finals, total):
        return {
            "user_id": user_id,
            "branch_id": result.branch.id,
            "period_id": period.id,
            "date_from": period.date_from,
            "company_id": period.company_id.id,
            "scheme_id": result.scheme.id,
            "score": _number(result.score),
            "has_score": result.score is not None,
            "final_score": _number(total),
            "gate_closed": any(final.gate_closed for final in finals),
        }

    @api.model
    def _prepare_line(self, card_id, criterion_id, line, final):
        return {
            "scorecard_id": card_id,
            "criterion_id": criterion_id,
            "sequence": line.scheme_line.sequence,
            "weight": line.scheme_line.weight,
            "effective_weight": line.scored.weight / 100,
            "numerator": _number(line.numerator),
            "denominator": _number(line.denominator),
            "value": _number(line.value),
            "has_value": line.value is not None,
            "unit": line.scheme_line.criterion_id.unit,
            "target": _number(line.target) or 0.0,
            "has_target": line.target is not None,
            "score": _number(line.scored.score),
            "weighted_score": _number(line.scored.weighted),
            "final_score": _number(final.score),
            "final_weighted": _number(final.weighted),
            "gate_score": line.scheme_line.gate_score,
            "gate_closed": final.gate_closed,
        }

    @api.model
    def _prepare_evidence(self, line_id, kind, model, domain, count, amount):
        return {
            "line_id": line_id,
            "kind": kind,
            "res_model": model,
            "domain": domain,
            "count": count,
            "amount": _number(amount),
        }


def _known(vals):
    return {name: value for name, value in vals.items() if value is not None}


def _number(figure):
    return None if figure is None else float(figure)
