from typing import NamedTuple

from odoo import api, models

from ..engine import pay_terms as terms
from ..engine.categories import path_ids
from ..engine.trade_bonus import HUNDRED, ZERO, exact
from .read_once import reading_once

SOLD = ("own_deals", "programme")
MORE_DISCOUNT = exact(1.0)  # per cent of the price before discounts


class Sold(NamedTuple):
    """A line of an order that is not counted yet, decimals in company currency."""

    line: object
    amount: object
    discount: object

    def lowered(self):
        """The same with more discount."""
        left = HUNDRED - self.discount
        if left <= 0:
            return self
        price = self.amount * HUNDRED / left
        return self._replace(
            amount=self.amount - price * MORE_DISCOUNT / HUNDRED,
            discount=self.discount + MORE_DISCOUNT,
        )


class BonusRunWhatIf(models.AbstractModel):
    """What more turnover does to somebody's pay of the running month.

    For the person's own eyes: nobody is shown what a colleague would get. New customers
    and the share of a branch's deals are left out, they are known once it is sold.
    """

    _inherit = "bonus.run"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _what_if(self, order):
        """What ``order`` does to the reader's own pay of the running month.

        :return: None where no scheme pays the reader, or nothing of the order is still
            to count for them; else a dict of ``now`` and ``then``, the variable pay of
            the month without and with the order; ``discount_cost``, what one per cent
            more discount on all lines costs; ``next``, see `_next_tier`; amounts are
            floats in company currency
        """
        order.ensure_one()
        known = self._know_own(order.company_id)
        if not known:
            return None
        period, subject, known = known
        shares = order._plan_shares(order.company_id).get(order)
        if not shares or shares[0].id != subject.user_id:
            return None
        part = exact(float(shares[1]))
        bases = {c.basis for c in subject.scheme.component_ids if c.kind in SOLD}
        sold = {basis: self._sold_on(order, basis, part) for basis in bases}
        effect = order._plan_effect()
        planned = ZERO
        if effect and effect["user"].id == subject.user_id:
            planned = exact(float(effect["amount"]))
        if not planned and not any(sold.values()):
            return None
        now = self._variable(period, subject, known)
        with_order = self._with_sold(subject, known, sold, planned, order)
        then = self._variable(period, subject, with_order)
        lowered = {
            basis: [one.lowered() for one in rows] for basis, rows in sold.items()
        }
        cheaper = self._variable(
            period,
            subject,
            self._with_sold(
                subject, known, lowered, planned * _ratio(lowered, sold), order
            ),
        )
        return {
            "now": float(now),
            "then": float(then),
            "discount_cost": float(then - cheaper),
            "next": self._next_tier(period, subject, with_order, then),
        }

    @api.model
    def _own_month(self, company, period=None):
        """The reader's own pay of an open month, line by line; None where none is due.

        :return: dict of ``lines`` (``name, amount, text``), ``variable``, ``payable``
            and ``next``, see `_next_tier`; floats in company currency
        """
        known = self._know_own(company, period)
        if not known:
            return None
        period, subject, known = known
        # sudo: the reader's own pay, by schemes nobody reads
        run = self.sudo()
        result = run._pay_one(period, subject, known)
        currency = company.currency_id
        return {
            "lines": [
                {
                    "id": place,
                    "name": line["name"],
                    "amount": float(line["amount"]),
                    "text": self._trace_text(line["trace"], currency),
                }
                for place, line in enumerate(result.lines)
            ],
            "variable": float(result.totals.variable),
            "payable": float(result.totals.payable),
            "next": self._next_tier(period, subject, known, result.totals.variable),
        }

    # ------------------------------------------------------------------
    # What is known
    # ------------------------------------------------------------------

    @api.model
    def _know_own(self, company, period=None):
        """``(period, Subject, Known)`` of the reader; None where no scheme pays."""
        today = self.env["sales.branch"]._company_local_date(company)
        month = period.date_from if period else today.replace(day=1)
        if not self.env["bonus.scheme"]._in_force(company, month):
            return None
        period = period or self.env["sales.period"]._for_date(company, today)
        # sudo: the reader's own pay, by schemes and documents they do not all read
        run = reading_once(self.sudo())
        period = period.with_env(run.env)
        subjects = run._subjects(period, self.env.user)
        if self.env.uid not in subjects:
            return None
        known = run._collect(period, subjects)
        return period, subjects[self.env.uid], known

    @api.model
    def _variable(self, period, subject, known):
        # sudo: the reader's own pay, by schemes nobody reads
        return self.sudo()._pay_one(period, subject, known).totals.variable

    # ------------------------------------------------------------------
    # What is added
    # ------------------------------------------------------------------

    @api.model
    def _sold_on(self, order, basis, part):
        """Lines of an order that are still to count on a basis: ``[Sold]``."""
        rate = exact(float(order.currency_rate or 1.0))
        # sudo: which of our companies a customer is, is no secret
        if order.sudo().partner_id.commercial_partner_id.ref_company_ids:
            return []  # a delivery to an own company is no turnover
        found = []
        for line in order.order_line:
            if line.display_type or line.is_downpayment:
                continue
            amount = exact(float(line._open_for_plan(basis))) * part / rate
            if amount:
                found.append(Sold(line, amount, exact(float(line.discount or 0.0))))
        return found

    @api.model
    def _with_sold(self, subject, known, sold, planned, order):
        """`Known` with what an order adds."""
        parts = dict(known.parts)
        for component in subject.scheme.component_ids:
            if component.kind not in SOLD:
                continue
            rows = [
                terms.Part(one.amount, one.discount, None)
                for one in sold.get(component.basis, ())
                if self._counts_line(component, one, order)
            ]
            if rows:
                own = dict(parts.get(component.id, {}))
                own[subject.user_id] = [*own.get(subject.user_id, ()), *rows]
                parts[component.id] = own
        return known._replace(
            parts=_filled(known.parts, parts),
            plans=self._plans_with(known, subject, planned),
        )

    @api.model
    def _plans_with(self, known, subject, planned):
        if subject.user_id not in known.plans:
            return known.plans
        fact, target = known.plans[subject.user_id]
        return {**known.plans, subject.user_id: (fact + planned, target)}

    @api.model
    def _counts_line(self, component, sold, order):
        """Whether a component counts a line of an order."""
        product = sold.line.product_id
        above = set(path_ids(product.categ_id.parent_path or ""))
        if component.categ_ids or component.product_ids:
            chosen = not above.isdisjoint(component.categ_ids.ids)
            if not chosen and product.product_tmpl_id not in component.product_ids:
                return False
        if not above.isdisjoint(component.exclude_categ_ids.ids):
            return False
        limit = component.max_discount
        if limit and sold.discount > exact(float(limit)):
            return False
        return self._counts_order(component, order)

    @api.model
    def _counts_order(self, component, order):
        # sudo: class and promotions of an order that the reader reads already
        order = order.sudo()
        customer = order.partner_id.commercial_partner_id
        if component.class_ids and (
            customer.with_company(order.company_id).customer_class_id
            not in component.class_ids
        ):
            return False
        if component.program_ids:
            used = order.order_line.reward_id.program_id
            return bool(component.program_ids & used)
        return not component.new_customer_months

    # ------------------------------------------------------------------
    # The next tier
    # ------------------------------------------------------------------

    @api.model
    def _next_tier(self, period, subject, known, then):
        """The nearest tier above, in turnover: what is missing, what it brings.

        :return: dict of ``name`` (of the component), ``start``, ``axis``, ``gap`` and
            ``gain``; None where every ladder is at its top or is not climbed by sales
        """
        best = None
        for component in subject.scheme.component_ids:
            if not subject.gets(component) or not component.tier_ids:
                continue
            found = self._gap(component, subject, known)
            if found and (best is None or found[0] < best[0]):
                best = (*found, component)
        if best is None:
            return None
        gap, start, axis, component = best
        raised = self._raised(subject, known, component, gap)
        return {
            "name": component.name,
            "start": float(start),
            "axis": axis,
            "gap": float(gap),
            "gain": float(self._variable(period, subject, raised) - then),
        }

    @api.model
    def _gap(self, component, subject, known):
        """``(turnover to the next tier, its start, axis)``, or None."""
        ladder = known.rules[component.id].ladder
        axis = component.tier_axis
        if component.kind == "plan" and axis == "amount":
            axis = "attainment"
        if axis == "attainment" and subject.user_id in known.plans:
            fact, target = known.plans[subject.user_id]
            position = terms.percent(fact, target)
            following = None if position is None else ladder.following(position)
            if following:
                return following.start * target / HUNDRED - fact, following.start, axis
        if axis == "amount" and component.kind in SOLD:
            parts = known.parts[component.id].get(subject.user_id, ())
            base = sum((part.amount for part in parts), ZERO)
            following = ladder.following(base)
            if following:
                return following.start - base, following.start, axis
        return None

    @api.model
    def _raised(self, subject, known, component, gap):
        """`Known` once the gap is sold, in what the component counts."""
        parts = dict(known.parts)
        for one in subject.scheme.component_ids:
            if one == component and one.kind in SOLD:
                own = dict(parts.get(one.id, {}))
                own[subject.user_id] = [
                    *own.get(subject.user_id, ()),
                    terms.Part(gap, ZERO, None),
                ]
                parts[one.id] = own
        return known._replace(
            parts=_filled(known.parts, parts),
            plans=self._plans_with(known, subject, gap),
        )


def _ratio(lowered, sold):
    """Lowered per sold, over all lines of the first basis that has some."""
    for basis, rows in sold.items():
        whole = sum((one.amount for one in rows), ZERO)
        if whole:
            return sum((one.amount for one in lowered[basis]), ZERO) / whole
    return exact(1.0) - MORE_DISCOUNT / HUNDRED


def _filled(known_parts, parts):
    """A mapping as the run reads it: what nobody has is empty."""
    filled = known_parts.copy()
    filled.update(parts)
    return filled
