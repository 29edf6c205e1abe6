from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..engine import scoring

BATCH = 200
# By model: the flag that tells whether there is a base, and the columns that are NULL
# without one.
BASE = {
    "evaluation.scorecard": ("has_score", ("score",)),
    "evaluation.scorecard.line": ("has_value", ("denominator", "value", "score")),
}


class JudgedLine(NamedTuple):
    """One criterion of one manager; figures are decimals, None where unknown."""

    scheme_line: object
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    scored: scoring.Scored
    evidence: dict


class Judged(NamedTuple):
    """A manager's month before it is kept."""

    branch: object
    scheme: object
    lines: list
    score: Decimal | None


class EvaluationRun(models.AbstractModel):
    """Collects, computes and keeps scorecards, each in one set-based step."""

    _name = "evaluation.run"
    _description = "Evaluation Run"

    # ------------------------------------------------------------------
    # Who is judged
    # ------------------------------------------------------------------

    @api.model
    def _members(self, period, users=None):
        """``{user id: branch}`` of the members of branches in the period.

        Who changed branch is judged where the period found them first, as their plan.
        """
        domain = [
            ("company_id", "=", period.company_id.id),
            ("date_from", "<=", period.date_to),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", period.date_from),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        # sudo: membership is readable for every manager; only ids leave this method
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(domain, ["user_id", "branch_id"], order="date_from desc, id")
        )
        return {member.user_id.id: member.branch_id for member in members}

    @api.model
    def _visible_members(self, period):
        """``{user id: branch}`` of those whose month the current user may see.

        Oneself, members of branches one directs, for a commercial director everybody.
        """
        user = self.env.user
        members = self._members(period)
        if self.env.su or user.has_group("sales_manager_kpi.group_commercial_director"):
            return members
        return {
            user_id: branch
            for user_id, branch in members.items()
            if user_id == user.id
            or (
                branch.director_id == user
                and user.has_group("sales_manager_kpi.group_branch_director")
            )
        }

    # ------------------------------------------------------------------
    # Collect and compute
    # ------------------------------------------------------------------

    @api.model
    def _judge(self, period, users=None, members=None, evidence=True):
        """Judge the members of branches without keeping anything.

        :param users: of them; everybody if None
        :param members: ``{user id: branch}`` if known already
        :param evidence: False where only the figures are wanted
        :return: ``{user id: Judged}``; who falls under no scheme is not judged
        """
        members = self._members(period, users) if members is None else members
        branches = self.env["sales.branch"].union(*members.values())
        schemes = self.env["evaluation.scheme"]._by_branch(
            period.company_id, branches, period.date_from
        )
        subjects = {
            user_id: (branch, schemes[branch.id])
            for user_id, branch in members.items()
            if branch.id in schemes
        }
        figures, evidences = self._collect(period, subjects, evidence)
        return {
            user_id: self._judge_one(user_id, *subject, figures, evidences)
            for user_id, subject in subjects.items()
        }

    @api.model
    def _collect(self, period, subjects, evidence):
        """Ask each criterion once, for all whose scheme names it.

        :return: figures and evidence, both by criterion id and then user id
        """
        user_ids = defaultdict(list)
        for user_id, (_branch, scheme) in subjects.items():
            for line in scheme.line_ids:
                user_ids[line.criterion_id].append(user_id)
        figures, evidences = {}, {}
        for criterion, ids in user_ids.items():
            users = self.env["res.users"].browse(ids)
            figures[criterion.id] = criterion._measure(period, users)
            evidences[criterion.id] = (
                criterion._evidences(period, users) if evidence else {}
            )
        return figures, evidences

    @api.model
    def _judge_one(self, user_id, branch, scheme, figures, evidences):
        rows = []
        for line in scheme.line_ids:
            criterion_id = line.criterion_id.id
            numerator, denominator, value, count = figures[criterion_id].get(
                user_id, (None, None, None, None)
            )
            numerator = scoring.exact(numerator)
            denominator = scoring.exact(denominator)
            sizes = {"numerator": (count, numerator), "denominator": (1, denominator)}
            evidence = {
                kind: (model, repr(domain), *sizes[kind])
                for kind, (model, domain) in evidences[criterion_id]
                .get(user_id, {})
                .items()
            }
            value = scoring.exact(value, scoring.VALUE)
            rows.append((line, numerator, denominator, value, evidence))
        scored, total = scoring.score_lines(
            [self._engine_line(line, value) for line, _n, _d, value, _e in rows]
        )
        lines = [
            JudgedLine(*figures, score, evidence)
            for (*figures, evidence), score in zip(rows, scored, strict=True)
        ]
        return Judged(branch, scheme, lines, total)

    @api.model
    def _engine_line(self, scheme_line, value):
        criterion = scheme_line.criterion_id
        return scoring.Line(
            scheme_line._weight_bp(), value, criterion.direction, criterion.score_cap
        )

    # ------------------------------------------------------------------
    # Keep
    # ------------------------------------------------------------------

    @api.model
    def _store(self, period, judged, users=None):
        """Create what is new, write what changed, say as of when.

        :param users: who was to be judged; their other scorecards are outdated. None
            for everybody
        """
        Scorecard = self.env["evaluation.scorecard"]
        domain = [
            ("company_id", "=", period.company_id.id),
            ("period_id", "=", period.id),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        known = Scorecard.search(domain)
        outdated = known.filtered(lambda card: card.user_id.id not in judged)
        cards = {card.user_id.id: card for card in known - outdated}
        outdated.unlink()
        now = fields.Datetime.now()
        vals_by_key = {
            user_id: self._prepare_card(period, user_id, result)
            for user_id, result in judged.items()
        }
        self._upsert(Scorecard, cards, vals_by_key, {"computed_on": now})
        stored = Scorecard.union(*cards.values())
        stored.write({"computed_on": now})
        self._store_lines(cards, judged)
        return stored

    @api.model
    def _store_lines(self, cards, judged):
        Line = self.env["evaluation.scorecard.line"]
        Evidence = self.env["evaluation.evidence"]
        known = Line.union(*(card.line_ids for card in cards.values()))
        lines = {(line.scorecard_id.id, line.criterion_id.id): line for line in known}
        line_vals, evidence_by_line = {}, {}
        for user_id, result in judged.items():
            for line in result.lines:
                key = (cards[user_id].id, line.scheme_line.criterion_id.id)
                line_vals[key] = self._prepare_line(*key, line)
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
    def _prepare_card(self, period, user_id, result):
        return {
            "user_id": user_id,
            "branch_id": result.branch.id,
            "period_id": period.id,
            "date_from": period.date_from,
            "company_id": period.company_id.id,
            "scheme_id": result.scheme.id,
            "score": _number(result.score),
            "has_score": result.score is not None,
        }

    @api.model
    def _prepare_line(self, card_id, criterion_id, line):
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
            "score": _number(line.scored.score),
            "weighted_score": _number(line.scored.weighted),
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

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _open_periods(self):
        """Running and previous month of every company with branches, if open."""
        Branch, Period = self.env["sales.branch"], self.env["sales.period"]
        periods = Period.browse()
        for (company,) in Branch._read_group([], ["company_id"]):
            today = Branch._company_local_date(company)
            dates = [today, today - relativedelta(months=1)]
            periods |= Period._for_months(company, dates)
        return periods.filtered(lambda period: period.state == "open")

    @api.model
    def _pending(self, period):
        """Batches of members whose scorecard was not computed today."""
        today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        cards = self.env["evaluation.scorecard"].search([("period_id", "=", period.id)])
        members = self._members(period)
        outsiders = cards.filtered(lambda card: card.user_id.id not in members)
        done = (cards - outsiders).filtered(lambda card: card.computed_on >= today)
        pending = sorted(members.keys() - set(done.user_id.ids))
        outsiders.unlink()
        User = self.env["res.users"]
        return [User.browse(ids) for ids in split_every(BATCH, pending)]

    @api.model
    def _cron_compute(self):
        """Compute the running and the previous month of every company with branches.

        In batches: a run that is stopped goes on with those not computed today.
        """
        todo = [
            (period, users)
            for period in self._open_periods()
            for users in self._pending(period)
        ]
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(todo))
        for period, users in todo:
            self.env["evaluation.scorecard"]._compute_period(period, users)
            if not Cron._commit_progress(1):
                break


def _known(vals):
    return {name: value for name, value in vals.items() if value is not None}


def _number(figure):
    return None if figure is None else float(figure)
