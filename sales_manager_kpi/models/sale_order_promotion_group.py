from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

SPARED = "promotion_spared"


class Spared:
    """Ids of lines that rewards do not look at; no client can send one."""

    def __init__(self, ids):
        self.ids = frozenset(ids)


class SaleOrder(models.Model):
    """Governed programmes beside each other, and beside discounts given by hand.

    Of an exclusive group an order gets one programme: the best for the customer, or
    the first. A programme may leave out lines on which a person went below the norm.
    """

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Lines that do not count
    # ------------------------------------------------------------------

    def _spared_lines(self):
        spared = self.env.context.get(SPARED)
        return self.order_line.filtered(
            lambda line: isinstance(spared, Spared) and line.id in spared.ids
        )

    def _sparing(self, lines):
        """This order, as rewards see it without ``lines``."""
        ids = {*lines.ids, *self._spared_lines().ids}
        return self.with_context(**{SPARED: Spared(ids)}) if ids else self

    def _get_no_effect_on_threshold_lines(self):
        lines = super()._get_no_effect_on_threshold_lines()
        return lines | self._spared_lines() if SPARED in self.env.context else lines

    def _get_not_rewarded_order_lines(self):
        lines = super()._get_not_rewarded_order_lines()
        return lines - self._spared_lines() if SPARED in self.env.context else lines

    def _program_check_compute_points(self, programs):
        sparing = self._that_spare_manual_lines(programs)
        manual = self._manual_lines() if sparing else None
        if not manual:
            return super()._program_check_compute_points(programs)
        order = self._sparing(manual)
        result = super()._program_check_compute_points(programs - sparing)
        result.update(super(SaleOrder, order)._program_check_compute_points(sparing))
        return result

    def _get_reward_values_discount(self, reward, coupon, **kwargs):
        order = self
        if self._that_spare_manual_lines(reward.program_id):
            order = self._sparing(self._manual_lines())
        return super(SaleOrder, order)._get_reward_values_discount(
            reward, coupon, **kwargs
        )

    def _that_spare_manual_lines(self, programs):
        governed = self.env["loyalty.program"]._governed()
        if not governed:
            return programs.browse()
        return programs.filtered(
            lambda p: p.id in governed and governed[p.id].spares_manual
        )

    def _manual_lines(self):
        """Lines on which a person went below what the price list gives."""
        figures = self.sudo()._concession_figures()  # sudo: only which lines they are
        ids = [
            line.key
            for line in figures.lines
            if (line.norm_price - line.net_price) * line.quantity > line.step
        ]
        return self.order_line.filtered(lambda line: line.id in ids)

    # ------------------------------------------------------------------
    # One of a group
    # ------------------------------------------------------------------

    def _get_claimable_rewards(self, forced_coupons=None):
        claimable = super()._get_claimable_rewards(forced_coupons)
        governed = self.env["loyalty.program"]._governed()
        if not any(coupon.program_id.id in governed for coupon in claimable):
            return claimable
        barred = set(self._barred_promotions())
        claimable = {
            coupon: rewards
            for coupon, rewards in claimable.items()
            if coupon.program_id.id not in barred
        }
        losers = self._losing_programs(claimable)
        return {
            coupon: rewards
            for coupon, rewards in claimable.items()
            if coupon.program_id not in losers
        }

    def _losing_programs(self, claimable):
        """Programmes of which nothing is claimable, as another one of the group is."""
        governed = self.env["loyalty.program"]._governed()
        by_group = defaultdict(list)
        for coupon, rewards in claimable.items():
            promotion = governed.get(coupon.program_id.id)
            if promotion and promotion.group_id:
                by_group[promotion.group_id].append((promotion, coupon, rewards))
        losers = self.env["loyalty.program"]
        for rows in by_group.values():
            programs = losers.union(*(coupon.program_id for _p, coupon, _r in rows))
            losers |= programs - self._winning_program(rows)
        return losers

    def _winning_program(self, rows):
        """The one that may be claimed, and the one the order has: it may give more."""
        promotion = rows[0][0]
        rivals = self._rival_lines(promotion.group_id)
        had = rivals.reward_id.sudo().program_id  # sudo: only which they are
        rows = [row for row in rows if row[1].program_id not in had]
        if not rows:
            return had
        if promotion.by_sequence:
            best = min(rows, key=lambda row: row[0].rank)
        else:
            best = max(
                rows, key=lambda row: (self._worth_of(*row[1:]), -row[0].rank[1])
            )
        if rivals and not self._beats(*best, rivals):
            return had
        return had | best[1].program_id

    def _rival_lines(self, group_id, but_program=None):
        """Reward lines of the programmes of a group."""
        governed = self.env["loyalty.program"]._governed()
        rivals = self.env["sale.order.line"]
        for program, lines in self._promotion_lines().items():
            if group_id == governed[program.id].group_id and program != but_program:
                rivals |= lines
        return rivals

    def _beats(self, promotion, coupon, rewards, rivals):
        """Whether it counts rather than what the order has of the group."""
        if not promotion.by_sequence:
            worth = self._worth_of(coupon, rewards, rivals)
            have = sum(line._reward_worth() for line in rivals)
            return self.currency_id.compare_amounts(worth, have) > 0
        governed = self.env["loyalty.program"]._governed()
        had = rivals.reward_id.sudo().program_id  # sudo: only which they are
        return promotion.rank < min(governed[program.id].rank for program in had)

    def _worth_of(self, coupon, rewards, but_lines=None):
        """What the best of ``rewards`` would give, as if ``but_lines`` were not there.

        In order currency, in the tax frame of prices.
        """
        lines = but_lines or self.env["sale.order.line"]
        if not but_lines and rewards:
            promotion = self.env["loyalty.program"]._governed()[coupon.program_id.id]
            lines = self._rival_lines(promotion.group_id)
        order = self._sparing(lines)
        return max((order._worth_of_reward(coupon, r) for r in rewards), default=0.0)

    def _worth_of_reward(self, coupon, reward):
        try:
            vals_list = self._get_reward_line_values(reward, coupon)
        except UserError:  # nothing to discount
            return 0.0
        if reward.reward_type != "product":
            return -sum(
                vals["price_unit"] * vals.get("product_uom_qty", 1.0)
                for vals in vals_list
            )
        worth = 0.0
        for vals in vals_list:
            product = self.env["product.product"].browse(vals["product_id"])
            quantity = vals["product_uom_qty"]
            price = self.pricelist_id._get_product_price(
                product, quantity, currency=self.currency_id
            )
            worth += price * quantity
        return worth

    def _apply_program_reward(self, reward, coupon, **kwargs):
        governed = self.env["loyalty.program"]._governed()
        promotion = governed.get(reward.program_id.id)
        if not promotion:
            return super()._apply_program_reward(reward, coupon, **kwargs)
        try:
            # what is refused leaves the rewards as they were
            with self.env.cr.savepoint():
                self._make_way_for(promotion, reward, coupon)
                result = super()._apply_program_reward(reward, coupon, **kwargs)
                self._check_applied(reward, result)
        except UserError as error:
            if self._is_told_of_refusals():
                raise
            return {"error": str(error)}
        return result

    def _make_way_for(self, promotion, reward, coupon):
        """Take off what the order has of the group, where this counts instead.

        :raise UserError: where it does not, or is not for this order
        """
        if promotion.id in self._barred_promotions():
            raise UserError(
                self.env._(
                    "%(program)s is not approved, or not for this customer.",
                    program=reward.program_id.name,
                )
            )
        if promotion.group_id:
            # sudo: which programmes of the group are on the order, whoever sells
            rivals = self._rival_lines(promotion.group_id, reward.program_id.sudo())
            if rivals and not self._beats(promotion, coupon, reward, rivals):
                raise UserError(self._words_of_rivals(reward.program_id, rivals))
            rivals.unlink()

    def _words_of_rivals(self, program, rivals):
        # sudo: the names of programmes, whoever sells
        return self.env._(
            "%(program)s does not go together with %(other)s, which counts before it. "
            "Take that reward off first.",
            program=program.name,
            other=", ".join(rivals.reward_id.sudo().program_id.mapped("name")),
        )

    def _check_applied(self, reward, result):
        """Raise where core, or what is left of the programme, refuses the reward."""
        if "error" in result:
            raise UserError(result["error"])
        refused = self._refused_promotions()
        if reward.program_id in refused:
            # sudo: the keys are in sudo
            raise UserError(refused[reward.program_id.sudo()])

    def _try_apply_program(self, program, coupon=None):
        """As core; a code whose programme loses in its group is refused with words."""
        result = super()._try_apply_program(program, coupon)
        promotion = self.env["loyalty.program"]._governed().get(program.id)
        if "error" in result or not promotion or not promotion.group_id:
            return result
        # sudo: see _make_way_for
        rivals = self._rival_lines(promotion.group_id, program.sudo())
        coupons = result.get("coupon", self.env["loyalty.card"])
        if not rivals or self._beats(
            promotion, coupons[:1], program.reward_ids, rivals
        ):
            return result
        self._remove_program_from_points(program)
        # sudo: core made these coupons as superuser, for this order only
        (coupons - (coupon or coupons.browse())).filtered(
            lambda card: card.order_id == self and not program.is_nominative
        ).sudo().unlink()
        return {"error": self._words_of_rivals(program, rivals)}

    def _keep_one_of_each_group(self):
        """Let one programme of a group stay, if more came together by a change."""
        if self.state not in ("draft", "sent"):
            return
        governed = self.env["loyalty.program"]._governed()
        by_group = defaultdict(dict)
        for program, lines in self._promotion_lines().items():
            by_group[governed[program.id].group_id][program] = lines
        for group_id, found in by_group.items():
            if group_id and len(found) > 1:
                ranked = sorted(found, key=lambda p: self._group_key(p, found[p]))
                for loser in ranked[1:]:
                    found[loser].unlink()

    def _group_key(self, program, lines):
        promotion = self.env["loyalty.program"]._governed()[program.id]
        if promotion.by_sequence:
            return promotion.rank
        return -sum(line._reward_worth() for line in lines), promotion.id


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _reward_worth(self):
        """What the customer has of this reward line, in the tax frame of prices."""
        self.ensure_one()
        return abs(self.price_unit * self.product_uom_qty)
