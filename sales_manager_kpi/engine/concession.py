"""What an order gives away against the norm price, on plain values.

Prices are per unit of the line's unit of measure, in the order's currency and in the
tax frame of the line's price; amounts are price times quantity. What is given away is
measured in money, and a percentage is that money per norm amount: never the number that
stands in a discount field.
"""

from dataclasses import dataclass, field, fields, replace

# Limits that say the least that may remain; the others say the most that may be given.
LEAST_ALLOWED = ("margin", "floor")


@dataclass(frozen=True)
class LineFigures:
    """One governed line.

    :param list_price: without any rule or discount
    :param norm_price: what the customer's price list gives, with its own discounts
    :param net_price: what the line asks, its discount taken off
    :param order_part: its part of the discounts on the whole document, as amount
    :param promo_part: its part of what promotions give, as amount
    :param unit_cost: cost per unit in the order's currency; None where not known
    :param step: what of the norm amount is no more than rounding
    """

    key: int
    quantity: float
    list_price: float
    norm_price: float
    net_price: float
    unit_cost: float | None = None
    order_part: float = 0.0
    promo_part: float = 0.0
    step: float = 0.0
    untaxed_rate: float = 1.0

    @property
    def norm_amount(self):
        """What the line would bring at the norm."""
        return self.norm_price * self.quantity

    @property
    def line_amount(self):
        """Given away on the line itself; negative where it asks more than the norm."""
        return self._beyond_rounding((self.norm_price - self.net_price) * self.quantity)

    @property
    def manual_amount(self):
        """Given away by a person: on the line, and its part of the whole document."""
        return self._beyond_rounding(
            (self.norm_price - self.net_price) * self.quantity + self.order_part
        )

    @property
    def manual_percent(self):
        """Manual part per norm, in per cent; None without a norm."""
        return percent(self.manual_amount, self.norm_amount)

    @property
    def final_price(self):
        """What remains per unit when all discounts but promotions are taken off."""
        if not self.quantity:
            return self.net_price
        return self.net_price - self.order_part / self.quantity

    @property
    def revenue(self):
        """Untaxed amount after everything, promotions included."""
        gross = self.net_price * self.quantity - self.order_part - self.promo_part
        return gross * self.untaxed_rate

    @property
    def margin(self):
        """Untaxed revenue less cost; None where the cost is not known."""
        if self.unit_cost is None:
            return None
        return self.revenue - self.unit_cost * self.quantity

    @property
    def margin_percent(self):
        """Margin per untaxed revenue; None without cost or revenue."""
        return None if self.margin is None else percent(self.margin, self.revenue)

    @property
    def is_gift(self):
        """Goods for nothing, which no promotion gives."""
        return self.norm_price > 0 and not self.net_price and self.quantity > 0

    @property
    def is_unpriced(self):
        """Nothing says what it should cost."""
        return not self.norm_price and not self.list_price and self.quantity > 0

    def _beyond_rounding(self, amount):
        return 0.0 if abs(amount) <= self.step else amount


@dataclass(frozen=True)
class OrderFigures:
    """All governed lines of an order, and what only the whole of it has."""

    lines: tuple = ()
    promo_amount: float = 0.0
    reward_cost: float = 0.0
    payment_percent: float = 0.0
    payment_days: int = 0
    foreign_pricelist: bool = False

    @property
    def norm_amount(self):
        """What the order would bring at the norm."""
        return sum(line.norm_amount for line in self.lines)

    @property
    def manual_amount(self):
        """Given away by persons; what a line asks more counts against it here."""
        return sum(line.manual_amount for line in self.lines)

    @property
    def manual_untaxed(self):
        """The same without taxes."""
        return sum(line.manual_amount * line.untaxed_rate for line in self.lines)

    @property
    def manual_percent(self):
        """Manual part per norm, weighted by the lines; None without a norm."""
        return percent(self.manual_amount, self.norm_amount)

    @property
    def gift_amount(self):
        """Goods given for nothing, at the norm."""
        return sum(line.norm_amount for line in self.lines if line.is_gift)

    @property
    def order_amount(self):
        """Manual discounts on the whole document."""
        return sum(line.order_part for line in self.lines)

    @property
    def costed(self):
        """The lines whose cost is known."""
        return [line for line in self.lines if line.unit_cost is not None]

    @property
    def costed_revenue(self):
        """Untaxed revenue of the lines whose cost is known."""
        return sum(line.revenue for line in self.costed)

    @property
    def margin(self):
        """Of the lines whose cost is known; None where none is."""
        if not self.costed:
            return None
        return sum(line.margin for line in self.costed) - self.reward_cost

    @property
    def margin_at_norm(self):
        """What the margin would be if nobody had given anything away; None as above."""
        if self.margin is None:
            return None
        given = sum(line.manual_amount * line.untaxed_rate for line in self.costed)
        return self.margin + given

    @property
    def margin_percent(self):
        """Margin per untaxed revenue of the lines whose cost is known."""
        return percent(self.margin, self.costed_revenue) if self.costed else None


@dataclass(frozen=True)
class Limits:
    """How far somebody may go; None means that nothing is said about it."""

    line_percent: float | None = None
    order_percent: float | None = None
    amount: float | None = None
    margin_percent: float | None = None
    floor_price: float | None = None
    payment_percent: float | None = None
    payment_days: int | None = None
    gift: bool | None = None
    pricelist: bool | None = None
    purse: float | None = None
    bonus_percent: float | None = None
    bonus_amount: float | None = None
    bonus_months: int | None = None
    source: int | None = None

    def strictest(self, other):
        """The tighter of two in everything."""
        return Limits(
            line_percent=_least(self.line_percent, other.line_percent),
            order_percent=_least(self.order_percent, other.order_percent),
            amount=_least(self.amount, other.amount),
            margin_percent=_most(self.margin_percent, other.margin_percent),
            floor_price=_most(self.floor_price, other.floor_price),
            payment_percent=_least(self.payment_percent, other.payment_percent),
            payment_days=_least(self.payment_days, other.payment_days),
            gift=_least(self.gift, other.gift),
            pricelist=_least(self.pricelist, other.pricelist),
            purse=_least(self.purse, other.purse),
            bonus_percent=_least(self.bonus_percent, other.bonus_percent),
            bonus_amount=_least(self.bonus_amount, other.bonus_amount),
            bonus_months=_least(self.bonus_months, other.bonus_months),
            source=self.source or other.source,
        )

    def filled(self, other):
        """These, and from ``other`` what these say nothing about."""
        own = {f.name: getattr(self, f.name) for f in fields(self)}
        return Limits(
            **{
                name: getattr(other, name) if value is None else value
                for name, value in own.items()
            }
        )


@dataclass(frozen=True)
class Finding:
    """One way in which an order leaves a limit."""

    code: str
    value: float
    limit: float
    key: int | None = None
    source: int | None = None

    @property
    def place(self):
        """Which limit of which line it leaves."""
        return self.code, self.key

    def is_stricter_than(self, other):
        """Whether its limit leaves less room than that of ``other``."""
        if self.code in LEAST_ALLOWED:
            return self.limit > other.limit
        return self.limit < other.limit


@dataclass
class Verdict:
    """What somebody's limits say about an order."""

    findings: list = field(default_factory=list)

    @property
    def within(self):
        """Whether nothing leaves a limit."""
        return not self.findings

    def by_line(self):
        """Findings of single lines, ``{key: [findings]}``."""
        found = {}
        for finding in self.findings:
            if finding.key is not None:
                found.setdefault(finding.key, []).append(finding)
        return found

    def stricter_than(self, other):
        """Its findings whose limit ``other`` does not have, or has looser."""
        before = {finding.place: finding for finding in other.findings}
        return [
            finding
            for finding in self.findings
            if finding.place not in before
            or finding.is_stricter_than(before[finding.place])
        ]


@dataclass(frozen=True)
class Judgement:
    """What was found, by whose authority, and whose would cover it.

    :param role: the lowest role of those who are judged
    :param covering_role: the lowest role within whose authority it is; None: nobody's
    """

    figures: OrderFigures
    verdict: Verdict
    role: str
    covering_role: str | None


def percent(part, whole):
    """``part`` per ``whole`` in per cent; None where there is no whole."""
    return part / whole * 100 if whole else None


def judge(figures, order_limits, line_limits, unpriced=True, digits=6):
    """Everything in which ``figures`` leaves the limits, the strict ``>`` way.

    :param order_limits: `Limits` of the whole
    :param line_limits: ``{line key: Limits}``
    :param unpriced: whether a line that nothing gives a price to is a finding
    :param digits: percentages that differ less are equal
    """
    findings = []
    for line in figures.lines:
        limits = line_limits.get(line.key, Limits())
        if line.is_unpriced:
            findings += [Finding("unpriced", line.net_price, 0.0, line.key)] * unpriced
        else:
            findings += _line_findings(line, limits, digits)
    findings += _order_findings(figures, order_limits, digits)
    return Verdict(findings)


def _line_findings(line, limits, digits):
    found = []

    def add(code, value, limit):
        found.append(Finding(code, value, limit, line.key, limits.source))

    if line.is_gift and limits.gift is not None:
        if not limits.gift:
            add("gift", line.norm_amount, 0.0)
        return found
    given = line.manual_percent
    if _exceeds(given, limits.line_percent, digits) and line.manual_amount > 0:
        add("line_percent", given, limits.line_percent)
    if _exceeds(limits.margin_percent, line.margin_percent, digits):
        add("margin", line.margin_percent, limits.margin_percent)
    if limits.floor_price is not None and (
        (limits.floor_price - line.final_price) * line.quantity > line.step
    ):
        add("floor", line.final_price, limits.floor_price)
    return found


def _order_findings(figures, limits, digits):
    checks = (
        ("order_percent", figures.manual_percent, limits.order_percent),
        ("amount", figures.manual_untaxed, limits.amount),
        ("payment_percent", figures.payment_percent, limits.payment_percent),
        ("payment_days", figures.payment_days, limits.payment_days),
    )
    found = [
        Finding(code, value, limit, source=limits.source)
        for code, value, limit in checks
        if _exceeds(value, limit, digits)
    ]
    if figures.foreign_pricelist and limits.pricelist is False:
        found.append(Finding("pricelist", 1, 0, source=limits.source))
    return found


def _exceeds(value, limit, digits):
    if value is None or limit is None:
        return False
    return round(value - limit, digits) > 0


def spread(amount, lines, rounding, name="order_part"):
    """Divide a discount on the whole document over lines, by what they bring.

    By largest remainder of the currency's rounding, so that the parts are the whole.

    :param lines: `LineFigures`; those that bring nothing get nothing, unless all do
    :param name: which part of theirs it is
    :return: the lines, with their part added
    """
    weights = [max(0.0, line.net_price * line.quantity) for line in lines]
    if not sum(weights):
        weights = [max(0.0, line.norm_amount) for line in lines]
    total = sum(weights)
    if not total or not amount:
        return list(lines)
    units = round(amount / rounding)
    exact = [units * weight / total for weight in weights]
    parts = [int(part) for part in exact]
    left = units - sum(parts)
    order = sorted(range(len(lines)), key=lambda i: -abs(exact[i] - parts[i]))
    for index in order[: abs(left)]:
        parts[index] += 1 if left > 0 else -1
    return [
        replace(line, **{name: getattr(line, name) + part * rounding})
        for line, part in zip(lines, parts, strict=True)
    ]


def _least(one, other):
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _most(one, other):
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
