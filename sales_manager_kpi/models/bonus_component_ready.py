from odoo import models
from odoo.exceptions import ValidationError

from ..engine.pay_terms import Rule
from ..engine.pay_tiers import Ladder
from ..engine.trade_bonus import Tier, exact
from .bonus_component import FACT_KINDS

# By kind: what may decide about the tier. The first is what is meant by the base.
AXES_OF = {
    "own_deals": ("amount", "attainment", "score", "discount"),
    "programme": ("amount", "attainment", "score", "discount"),
    "team_override": ("amount", "score", "discount"),
    "new_customers": ("amount", "count", "attainment", "score"),
    "plan": ("amount", "attainment"),
    "criterion": ("amount", "score"),
    "growth": ("amount", "growth"),
    "multiplier": ("amount", "score", "attainment"),
}
NEED_AMOUNT = ("plan", "criterion", "fixed", "minimum")


class BonusComponent(models.Model):
    """Components as the engine knows them, and whether it can calculate them."""

    # The area of pay has files of its own.
    _inherit = "bonus.component"  # pylint: disable=consider-merging-classes-inherited

    def _rule(self):
        """This component as `engine.pay_terms.Rule`."""
        self.ensure_one()
        return Rule(
            code=self.code,
            kind=self.kind,
            amount=exact(self.amount) if self.amount else None,
            rate=exact(self.rate_percent),
            ladder=self._ladder(),
            axis=self.tier_axis,
            gate_score=exact(self.gate_score) if self.gate_score else None,
            gate_attainment=(
                exact(self.gate_attainment) if self.gate_attainment else None
            ),
            scorecard_gates=self.scorecard_gates,
            floor=exact(self.floor) if self.floor else None,
            cap=exact(self.cap) if self.cap else None,
            hold=exact(self.hold_percent),
            is_multiplied=self.is_multiplied,
        )

    def _ladder(self):
        if not self.tier_ids:
            return None
        money = self.tier_pays == "amount"
        tiers = self.tier_ids.sorted("start")
        return Ladder(
            method=self.tier_method,
            tiers=tuple(
                Tier(exact(tier.start), exact(tier.amount if money else tier.rate))
                for tier in tiers
            ),
            gives_money=money,
        )

    def _decays(self):
        """``[(from days late, per cent that remains)]`` upwards."""
        return [
            (decay.days_late, exact(decay.kept_percent))
            for decay in self.decay_ids.sorted("days_late")
        ]

    def _check_ready(self):
        """
        :raise ValidationError: for the first component that cannot be calculated
        """
        for component in self:
            reason = next(component._unready(), None)
            if reason:
                raise ValidationError(
                    self.env._(
                        "%(component)s: %(reason)s",
                        component=component.name,
                        reason=reason,
                    )
                )

    def _unready(self):
        """What is wrong with it, in sentences that say what to do."""
        if self.kind in NEED_AMOUNT and not self.amount and not self._has_money_tiers():
            yield self.env._("say which amount it pays.")
        if self.kind in FACT_KINDS and not (
            self.rate_percent or self.tier_ids or self.amount
        ):
            yield self.env._("give it a rate or tiers, else it pays nothing.")
        if self.kind == "growth" and not (
            self.amount or self.rate_percent or self.tier_ids
        ):
            yield self.env._(
                "give it an amount, a rate or tiers, else it pays nothing."
            )
        if self.kind == "multiplier" and not (self.rate_percent or self.tier_ids):
            yield self.env._("give it tiers: 100 % leaves the pay as it is.")
        if self.kind == "programme" and not self.program_ids:
            yield self.env._("choose the promotions it pays for.")
        yield from self._unready_tiers()
        yield from self._unready_decay()

    def _has_money_tiers(self):
        return bool(self.tier_ids) and self.tier_pays == "amount"

    def _unready_tiers(self):
        if not self.tier_ids:
            return
        axes = AXES_OF.get(self.kind)
        if axes is None:
            yield self.env._("it knows no tiers. Remove them.")
        elif self.tier_axis not in axes:
            yield self.env._("its tiers cannot be decided by that. Choose another one.")
        if self.tier_method == "marginal":
            yield from self._unready_marginal()
        if self.tier_axis == "discount" and self.tier_pays == "amount":
            yield self.env._("tiers by discount give a rate of each line.")
        if self.kind == "multiplier" and self.tier_pays == "amount":
            yield self.env._(
                "a multiplier gives a rate: 100 % leaves the pay as it is."
            )
        if (
            self.kind in FACT_KINDS
            and self.tier_pays == "rate"
            and max(self.tier_ids.mapped("rate")) > 100
        ):
            yield self.env._("a rate is at most 100 %.")

    def _unready_marginal(self):
        if self.tier_pays == "amount":
            yield self.env._(
                "amounts of tiers are not added up. Choose the whole or the "
                "interpolated method."
            )
        if self.tier_axis == "discount" or self.kind == "multiplier":
            yield self.env._("choose the whole or the interpolated method.")

    def _unready_decay(self):
        if self.decay_ids and not self.hold_percent:
            yield self.env._(
                "nothing is held, so nothing decays. Say how much is held."
            )
        kept = [100.0, *self.decay_ids.sorted("days_late").mapped("kept_percent")]
        if any(later > sooner for sooner, later in zip(kept, kept[1:], strict=False)):
            yield self.env._("who pays later cannot keep more. Put the decay in order.")
