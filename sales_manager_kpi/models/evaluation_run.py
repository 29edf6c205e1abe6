from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..engine import scoring
from .read_once import reading_once

BATCH = 200


class JudgedLine(NamedTuple):
    """One criterion of one manager; figures are decimals, None where unknown."""

    scheme_line: object
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    target: Decimal | None
    scored: scoring.Scored
    evidence: dict


class Collected(NamedTuple):
    """What one criterion found, by user id."""

    curve: scoring.Curve
    figures: dict
    targets: dict
    evidences: dict


class Judged(NamedTuple):
    """A manager's month before it is kept."""

    branch: object
    scheme: object
    lines: list
    score: Decimal | None


class EvaluationRun(models.AbstractModel):
    """Collects, computes and keeps scorecards, each in one set-based step."""

    _name = "evaluation.run"
    _inherit = ["evaluation.store"]
    _description = "Evaluation Run"

    # ------------------------------------------------------------------
    # Who is judged
    # ------------------------------------------------------------------

    @api.model
    def _members(self, period, users=None):
        """``{user id: branch}`` of the members of branches in the period.

        Who changed branch is judged where the period found them first, as their plan.
        """
        memberships = self._memberships(period, users)
        return {member.user_id.id: member.branch_id for member in memberships}

    @api.model
    def _memberships(self, period, users=None):
        """Memberships that hold on a day of the period, in sudo, the first one last."""
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
        return (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(domain, ["user_id", "branch_id"], order="date_from desc, id")
        )

    @api.model
    def _visible_members(self, period):
        """``{user id: branch}`` of those whose month the current user may see.

        Oneself, members of branches one directs, for a commercial director everybody.
        Who changed branch in the period is seen by both directors.
        """
        user = self.env.user
        memberships = self._memberships(period)
        members = {member.user_id.id: member.branch_id for member in memberships}
        if self.env.su or user.has_group("sales_manager_kpi.group_commercial_director"):
            return members
        seen = {user.id}
        if user.has_group("sales_manager_kpi.group_branch_director"):
            seen.update(
                member.user_id.id
                for member in memberships
                if member.branch_id.director_id == user
            )
        return {u: branch for u, branch in members.items() if u in seen}

    # ------------------------------------------------------------------
    # Collect and compute
    # ------------------------------------------------------------------

    @api.model
    def _judge(self, period, users=None, members=None, evidence=True):
        """Judge the members of branches without keeping anything.

        Collect (each criterion once), compute (the engine, on plain values).

        :param users: of them; everybody if None
        :param members: ``{user id: branch}`` if known already
        :param evidence: False where only the figures are wanted
        :return: ``{user id: Judged}``; who falls under no scheme is not judged
        """
        members = self._members(period, users) if members is None else members
        subjects = self._subjects(period, members)
        collected = self._collect(period, subjects, evidence)
        return {
            user_id: self._judge_one(user_id, *subject, collected)
            for user_id, subject in subjects.items()
        }

    @api.model
    def _subjects(self, period, members):
        """``{user id: (branch, scheme)}`` of those who fall under a scheme."""
        schemes = self.env["evaluation.scheme"]._in_force(
            period.company_id, period.date_from
        )
        jobs = self._jobs(period, members) if any(schemes.mapped("by_job")) else {}
        nearest = {}  # many managers, few branches and jobs
        subjects = {}
        for user_id, branch in members.items():
            key = branch, jobs.get(user_id)
            if key not in nearest:
                nearest[key] = schemes._nearest(*key)
            if nearest[key]:
                subjects[user_id] = branch, nearest[key]
        return subjects

    @api.model
    def _jobs(self, period, members):
        """``{user id: job}`` where the period found them first, as their branch."""
        users = self.env["res.users"].browse(members)
        memberships = self._memberships(period, users)
        return {member.user_id.id: member.job_id for member in memberships}

    @api.model
    def _collect(self, period, subjects, evidence):
        """Ask each criterion once, for all whose scheme names it.

        :return: ``{criterion id: Collected}``
        """
        user_ids = defaultdict(list)
        for user_id, (_branch, scheme) in subjects.items():
            for line in scheme.line_ids:
                user_ids[line.criterion_id].append(user_id)
        collected = {}
        once = reading_once(self)  # criteria ask for the same plans and facts
        for criterion, ids in user_ids.items():
            criterion = criterion.with_env(once.env)
            users = self.env["res.users"].browse(ids)
            collected[criterion.id] = Collected(
                criterion._engine_curve(),
                criterion._measure(period, users),
                criterion._targets(period, users),
                criterion._evidences(period, users) if evidence else {},
            )
        return collected

    @api.model
    def _judge_one(self, user_id, branch, scheme, collected):
        drafts = [
            self._draft_line(line, user_id, collected[line.criterion_id.id])
            for line in scheme.line_ids
        ]
        scored, total = scoring.score_lines([line for _draft, line in drafts])
        lines = [
            draft._replace(scored=score)
            for (draft, _line), score in zip(drafts, scored, strict=True)
        ]
        return Judged(branch, scheme, lines, total)

    @api.model
    def _draft_line(self, scheme_line, user_id, collected):
        """A line before it is scored, and what the engine is to score."""
        numerator, denominator, value, count = collected.figures.get(
            user_id, (None, None, None, None)
        )
        numerator, denominator = scoring.exact(numerator), scoring.exact(denominator)
        value, target = scoring.exact(value, scoring.VALUE), None
        reading = value
        if collected.curve.targeted:
            target = scoring.exact(collected.targets.get(user_id) or None)
            reading = scoring.share_of_target(value, target)
            value = None if reading is None else value
        # how many records the denominator has is seen when it is opened
        sizes = {"numerator": (count, numerator), "denominator": (None, denominator)}
        evidence = {
            kind: (model, repr(domain), *sizes[kind])
            for kind, (model, domain) in collected.evidences.get(user_id, {}).items()
        }
        draft = JudgedLine(
            scheme_line, numerator, denominator, value, target, None, evidence
        )
        return draft, scoring.Line(scheme_line._weight_bp(), reading, collected.curve)

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
        done = (cards - outsiders).filtered(
            lambda card: card.computed_on >= today or card.state == "agreed"
        )
        pending = sorted(members.keys() - set(done.user_id.ids))
        outsiders._untouched().unlink()
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

    @api.model
    def _ended_periods(self):
        """The previous month of every company with branches, when its days are over."""
        Branch, Period = self.env["sales.branch"], self.env["sales.period"]
        periods = Period.browse()
        for (company,) in Branch._read_group([], ["company_id"]):
            today = Branch._company_local_date(company)
            if today.day > company.sales_manager_kpi_scorecard_days:
                before = today - relativedelta(months=1)
                periods |= Period._for_date(company, before)
        return periods
