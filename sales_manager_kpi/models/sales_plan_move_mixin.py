from contextlib import contextmanager
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date

from ..engine import working_days
from ..engine.allocation import to_units
from .sales_plan_states import OPEN_STATES, VALID_STATES


class SalesPlanMoveMixin(models.AbstractModel):
    """The part of ``sales.plan`` that follows a manager who changes branch.

    A month is cut on the first day in the next branch. An agreed plan of the whole
    month is then divided over the branches by working days, to the cent; what was
    agreed is kept as the previous version. A plan in preparation is only restricted to
    its days.
    """

    _name = "sales.plan.move.mixin"
    _description = "Plans of Who Changes Branch"

    # ------------------------------------------------------------------
    # The days of a plan
    # ------------------------------------------------------------------

    @api.model
    def _segments(self, spans, period):
        """The branches of ``period`` with their days; see `working_days.segments`."""
        return working_days.segments(spans or (), period.date_from, period.date_to)

    def _own_days(self, spans):
        """First and last day of this plan: its branch's, else the whole month."""
        period = self.period_id
        segments = self._segments(spans, period)
        for segment in segments if len(segments) > 1 else ():
            if segment.key.id == self.branch_id._origin.id:
                return segment.first, segment.last
        return period.date_from, period.date_to

    def _is_whole_month(self):
        first = self.date_from  # the plan's own copy, which spares reading the month
        last = first and self.period_id._last_day(first)
        return (self.day_from, self.day_to) == (first, last)

    # ------------------------------------------------------------------
    # Memberships that change
    # ------------------------------------------------------------------

    @contextmanager
    def _following_moves(self, users, companies):
        """Within, memberships of ``users`` may change; afterwards plans follow them."""
        Days = self.env["sales.working.days"]
        before = Days._spans(users, companies)
        yield
        after = Days._spans(users, companies)
        # sudo: plans follow the memberships, whoever may write these
        plans = self.env["sales.plan"].sudo()
        plans._follow_moves(before, after)

    @api.model
    def _follow_moves(self, before, after):
        changed = {key for key in before | after if before.get(key) != after.get(key)}
        if not changed:
            return
        plans = self.search(
            [
                ("user_id", "in", [user_id for user_id, __ in changed]),
                ("company_id", "in", [company_id for __, company_id in changed]),
                ("state", "in", OPEN_STATES + VALID_STATES),
                ("period_id.state", "=", "open"),
            ]
        )
        months = plans.grouped(lambda plan: (plan.user_id, plan.period_id))
        for (user, period), of_month in months.items():
            key = user.id, period.company_id.id
            old = self._segments(before.get(key), period)
            new = self._segments(after.get(key), period)
            if old and new and old != new:
                of_month._follow_move(old, new)

    def _follow_move(self, old, new):
        """Plans of one manager and month, whose branches were ``old`` until now."""
        was = self.browse().branch_id.union(*(segment.key for segment in old))
        plans = self.filtered(lambda plan: plan.branch_id in was)
        valid = plans.filtered(lambda plan: plan.state in VALID_STATES)
        opened = plans - valid
        if valid._cover_month():
            days = {(plan.branch_id, plan.day_from, plan.day_to) for plan in valid}
            if days != {(s.key, s.first, s.last) for s in new}:
                agreed = valid._divide_over(new)
                opened._revise_instead(valid, agreed)
        else:
            valid._recompute_days()
        opened._restrict(new)

    def _cover_month(self):
        """Whether these plans speak of every day of their month."""
        days = sum((plan.day_to - plan.day_from).days + 1 for plan in self)
        period = self.period_id[:1]
        return days and days == (period.date_to - period.date_from).days + 1

    def _recompute_days(self):
        for name in ("day_from", "day_to"):
            self.env.add_to_compute(self._fields[name], self)
        self.flush_recordset(["day_from", "day_to"])

    def _restrict(self, segments):
        """Plans in preparation: to the days of their branch, or out of the way."""
        branches = [segment.key for segment in segments]
        for plan in self.filtered(lambda plan: plan.branch_id not in branches):
            free = [b for b in branches if b not in (self - plan).branch_id]
            if free:
                plan._as_system().branch_id = free[0]
            else:
                reason = plan._move_reason(segments)
                plan._set_state("cancelled", reason=reason)
        self.filtered(lambda plan: plan.state in OPEN_STATES)._recompute_days()

    def _revise_instead(self, replaced, agreed):
        """Versions in preparation go on from what the system made of the agreed one."""
        for plan in self.filtered(lambda plan: plan.previous_id in replaced):
            now = agreed.filtered(lambda new, p=plan: new.branch_id == p.branch_id)
            if now:
                plan._as_system().write(
                    {"previous_id": now.id, "version": now.version + 1}
                )

    # ------------------------------------------------------------------
    # Dividing what was agreed
    # ------------------------------------------------------------------

    def _divide_over(self, segments):
        """Replace these agreed plans of a whole month by one per segment.

        :return: the plans made, approved or running
        """
        plans = self.sorted("day_from")
        period, user = plans.period_id, plans.user_id
        days = self.env["sales.working.days"]._of(
            user, period.company_id, period.date_from, period.date_to
        )[user.id]
        weights = [days.working(segment.first, segment.last) for segment in segments]
        lines = plans._divided_lines(weights)
        reason = plans._move_reason(segments)
        plans._give_way(segments, reason)
        made = plans._as_system().create(
            [
                plans._prepare_segment_vals(segment, part, reason)
                for segment, part in zip(segments, lines, strict=True)
            ]
        )
        made = made.with_env(self.env)
        made._start_begun()
        plans._tell_about_move(made, weights, reason)
        return made

    def _give_way(self, segments, reason):
        branches = [segment.key for segment in segments]
        staying = self.filtered(lambda plan: plan.branch_id in branches)
        staying._set_state("superseded")
        (self - staying)._set_state("cancelled", reason=reason)

    def _prepare_segment_vals(self, segment, lines, reason):
        own = self.filtered(lambda plan: plan.branch_id == segment.key)
        origin = own or self[0]
        return {
            "user_id": origin.user_id.id,
            "company_id": origin.company_id.id,
            "period_id": origin.period_id.id,
            "branch_id": segment.key.id,
            "basis": origin.basis,
            "note": origin.note,
            "state": "approved",
            "version": own.version + 1 if own else 1,
            "previous_id": own.id,
            "submitted_on": origin.submitted_on,
            "approver_id": origin.approver_id.id,
            "approved_on": fields.Datetime.now(),
            "reason": reason,
            "line_ids": [fields.Command.create(vals) for vals in lines],
        }

    def _divided_lines(self, weights):
        """Values of the lines of every segment; each target adds up exactly.

        The total is not divided by itself: its categories and the rest are, so that
        they cannot come to more than their total by a cent.
        """
        parts = [[] for _weight in weights]
        total, rests = None, [0] * len(weights)
        inside = 0.0
        for line, target in self._summed_lines():
            if line.is_main and line.dimension == "total":
                total = line, target
                continue
            divided = line._divide_target(target, weights)
            if line.is_main:
                inside += target
                rests = [a + b for a, b in zip(rests, divided, strict=True)]
            for vals_list, part in zip(parts, divided, strict=True):
                vals_list.append(line._prepare_part_vals(part))
        if total:
            line, target = total
            divided = line._divide_target(target - inside, weights)
            for vals_list, part, rest in zip(parts, divided, rests, strict=True):
                vals_list.append(line._prepare_part_vals(part + rest))
        return parts

    def _summed_lines(self):
        """``[(line, its target in all of these plans)]``, by what the lines are of."""
        sums = {}
        for line in self.line_ids:
            first, target = sums.get(line._key(), (line, 0.0))
            sums[line._key()] = first, target + line._target()
        return list(sums.values())

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _move_reason(self, segments):
        user = self.user_id[:1]
        if len(segments) == 1:
            return self.env._(
                "%(user)s works in %(branch)s in the whole of %(month)s.",
                user=user.name,
                branch=segments[0].key.name,
                month=self.period_id[:1].display_name,
            )
        return " ".join(
            self.env._(
                "%(user)s moved to %(branch)s on %(date)s.",
                user=user.name,
                branch=segment.key.name,
                date=format_date(self.env, segment.first),
            )
            for segment in segments[1:]
        )

    def _tell_about_move(self, made, weights, reason):
        """Say what became of the plan in all of them, and to everybody concerned."""
        branches = self.branch_id | made.branch_id
        people = branches.director_id | self.user_id
        parts = [
            self.env._(
                "%(branch)s, %(first)s to %(last)s: %(target)s for %(days)s working "
                "days",
                branch=plan.branch_id.name,
                first=format_date(self.env, plan.day_from),
                last=format_date(self.env, plan.day_to),
                target=plan.currency_id.format(plan.target_amount),
                days=f"{weight:g}",
            )
            for plan, weight in zip(made, weights, strict=True)
        ]
        told = self.env._(
            "%(reason)s The plan was divided by working days: %(parts)s. Either "
            "director may revise the part of their branch.",
            reason=reason,
            parts="; ".join(parts),
        )
        for plan in self:
            plan._message_log(body=told)
        for plan in made:
            plan.message_post(
                body=told,
                partner_ids=people.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )


class SalesPlanLineMoveMixin(models.AbstractModel):
    """The part of ``sales.plan.line`` that is divided when the manager moves."""

    _name = "sales.plan.line.move.mixin"
    _description = "Plan Line of Who Changes Branch"

    def _divide_target(self, target, weights):
        """Parts of ``target``, in whole cents, units or customers."""
        if self.measure == "new_customers":
            step = Decimal(1)
        elif self.measure == "quantity":
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            step = Decimal(1).scaleb(-digits)
        else:
            step = Decimal(str(self.currency_id.rounding or 0.01))
        units = to_units(str(target), step)
        parts = working_days.divide(units, weights)
        return [float(part * step) for part in parts]

    def _prepare_part_vals(self, target):
        return {
            "sequence": self.sequence,
            "dimension": self.dimension,
            "measure": self.measure,
            "categ_id": self.categ_id.id,
            "partner_id": self.partner_id.id,
            "partner_category_id": self.partner_category_id.id,
            "uom_id": self.uom_id.id,
            self._target_field(): target,
        }
