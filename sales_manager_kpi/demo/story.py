"""The plot, in plain Python: which orders, when, of what, and the goods they need.

Nothing here knows Odoo, so that the whole history is known before it is played and
the warehouses can be filled in time.
"""

import math
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from .book import BOOK, HANDED_OVER
from .calendar import month_start, months_between, weekday_after, working_day
from .catalogue import CARTON, PRODUCTS, ROLL, by_metre, stocked
from .customers import country_branch
from .people import branch_of

SEASON = (0.9, 0.95, 1.15, 1.1, 1.0, 0.85, 0.6, 0.7, 1.2, 1.3, 1.15, 0.75)
GROWTH = {"anna": 0.22, "bram": -0.08, "elke": 0.1, "jonas": 0.03, "finn": 0.3, "": 0}
# How much more often than others a manager's customers order.
RHYTHM = {"anna": 0.9, "bram": 1.2, "elke": 1.0, "jonas": 1.35, "finn": 1.6, "": 1}
PACE = {"A": 1.25, "B": 0.62, "C": 0.24}  # orders a month
SIZE = {"A": 1.5, "B": 1.0, "C": 0.6}  # of an order line
TASTE = {
    "Manufacturing": ("VE", "BW", "OD"),
    "Food/Hospitality": ("BO", "SH", "HW", "WS", "DC"),
    "Wholesale/Retail": ("DC", "SH", "LI", "TR", "HW"),
    "Health/Social": ("BO", "SH", "BW", "WS"),
    "Entertainment": ("VE", "DC", "LI", "WS"),
    "Real Estate": ("BW", "SH", "BO", "HW"),
}
# Who takes a few metres on two days of the week, lately; the habit of its manager
# shows in them, however far the month is.
STANDING, STANDING_DAYS, STANDING_WEEKS = "Spree Interieur", (1, 3), 5


@dataclass
class Order:
    """One order from quotation to delivery; what comes later follows from it."""

    number: int
    customer: object
    branch: str
    quoted: date
    confirmed: date | None  # None: still open, or lost
    lines: list
    kind: str = ""  # what is special about it
    shipped: date | None = None
    rest_shipped: date | None = None  # the backorder
    returned: date | None = None
    minute: int = 0
    records: dict = field(default_factory=dict)  # filled while it is played


class Plot:
    """All orders between two days, and what the warehouses must hold for them."""

    def __init__(self, first, last, count, seed):
        self.first, self.last = first, last
        self.random = random.Random(seed)
        self.orders = self._write_orders(count)
        self._mark_specials()
        self.orders += list(self._standing_orders())

    # Orders ---------------------------------------------------------------

    def _write_orders(self, count):
        drafts = list(self._moments(count))
        self.random.shuffle(drafts)
        drafts = sorted(drafts[:count], key=lambda draft: (draft[0], draft[1].name))
        return [
            self._order(number, day, customer)
            for number, (day, customer) in enumerate(drafts)
        ]

    def _moments(self, count):
        """Days on which customers order, scaled to about ``count``."""
        months = range(months_between(self.first, self.last) + 1)
        weights = {
            (customer, month): self._weight(customer, month)
            for customer in BOOK
            for month in months
        }
        scale = count * 1.04 / sum(weights.values())
        due = {customer: self.random.random() for customer in BOOK}
        for (customer, month), weight in weights.items():
            start = month_start(self.first, month)
            # Customers order in a rhythm of their own rather than by pure chance.
            due[customer] += weight * scale
            number, due[customer] = divmod(due[customer], 1)
            for __ in range(int(number)):
                day = working_day(start + timedelta(days=self.random.randrange(28)))
                if self.first <= day <= self.last and day >= self.since(customer):
                    yield day, customer

    def _weight(self, customer, month):
        start = month_start(self.first, month)
        if month_start(self.since(customer)) > start or start > self.last:
            return 0
        days = min((self.last - start).days + 1, 28) / 28
        growth = (1 + GROWTH[customer.owner]) ** (month / 12)
        pace = PACE[customer.size] * RHYTHM[customer.owner]
        return pace * SEASON[start.month - 1] * growth * days

    def since(self, customer):
        """The day a customer is written down; the later ones come in mid-month."""
        if not customer.since:
            return self.first
        return working_day(month_start(self.first, customer.since) + timedelta(days=4))

    def _order(self, number, day, customer):
        quoted = day
        later = self.random.choice((0, 1, 2, 4, 6, 9))
        confirmed = working_day(day + timedelta(days=later))
        undecided = 0.3 if self.last - day < timedelta(days=25) else 0.05
        if confirmed > self.last or self.random.random() < undecided:
            confirmed = None
        order = Order(
            number,
            customer,
            branch_of(customer.owner) if customer.owner else country_branch(customer),
            quoted,
            confirmed,
            self._lines(customer),
            minute=self.random.randrange(60),
        )
        if confirmed:
            self._ship(order)
        return order

    def _standing_orders(self):
        """What one customer takes from roll to roll, agreed on the spot."""
        customer = next(row for row in BOOK if row.name == STANDING)
        days = [self.last - timedelta(days=n) for n in range(STANDING_WEEKS * 7, 0, -1)]
        days = [working_day(d) for d in days if d.weekday() in STANDING_DAYS]
        days = [d for d in days if self.since(customer) <= d <= self.last]
        for number, day in enumerate(days, len(self.orders)):
            order = Order(
                number,
                customer,
                branch_of(customer.owner),
                quoted=day,
                confirmed=day,
                lines=self._lines(customer)[:1],
                minute=self.random.randrange(60),
            )
            self._ship(order)
            yield order

    def _ship(self, order):
        ready = order.confirmed + timedelta(days=self.random.choice((1, 3, 5)))
        day = weekday_after(ready, 1, 3)
        order.shipped = day if day <= self.last else None

    def _lines(self, customer):
        wanted = TASTE[customer.industry]
        codes = [code for code in PRODUCTS if code[:2] in wanted]
        codes += [code for code in PRODUCTS if by_metre(code)][::3]
        count = min(self.random.choice((1, 2, 2, 3, 3, 4)), len(set(codes)))
        chosen = []
        while len(chosen) < count:
            code = self.random.choice(codes)
            if code not in chosen:
                chosen.append(code)
        return [(code, self._quantity(code, customer)) for code in chosen]

    def _quantity(self, code, customer):
        usual = PRODUCTS[code][4] * SIZE[customer.size]
        quantity = usual * self.random.uniform(0.5, 1.7)
        return max(1, round(quantity))

    # Specials ---------------------------------------------------------------

    def _mark_specials(self):
        """Every twist of the story that the screens should be able to show."""
        done = [order for order in self.orders if order.shipped]
        for kind, wanted in (
            ("down payment", 4),
            ("global discount", 3),
            ("reward", 2),
            ("split", 1),
        ):
            self._mark(kind, wanted, done)
        for order in self._mark("backorder", max(1, len(done) // 40), done):
            day = weekday_after(order.shipped + timedelta(days=6), 1, 3)
            order.rest_shipped = day if day <= self.last else None
        for order in self._mark("return", max(1, len(done) // 45), done):
            day = weekday_after(order.shipped + timedelta(days=9), 0)
            order.returned = day if day <= self.last else None
        self._mark("complaint", max(1, len(done) // 50), done)

    def _mark(self, kind, wanted, orders):
        free = [order for order in orders if self._suits(order, kind)]
        chosen = sorted(
            self.random.sample(free, min(wanted, len(free))),
            key=lambda order: order.number,
        )
        for order in chosen:
            order.kind = kind
        return chosen

    def _suits(self, order, kind):
        if order.kind or order.customer.currency != "EUR":
            return False
        if kind == "split":
            return order.customer.owner == "anna"
        if kind in ("backorder", "return"):
            return any(stocked(code) and quantity > 5 for code, quantity in order.lines)
        return bool(order.customer.owner)

    # Goods --------------------------------------------------------------------

    def needs(self, first, last, branch=None):
        """Quantities that leave between two days: ``{code: quantity}``."""
        needed = defaultdict(int)
        for order in self.orders:
            if not order.confirmed or branch not in (None, order.branch):
                continue
            day = order.shipped or self.last
            if first <= day <= last:
                for code, quantity in order.lines:
                    if stocked(code):
                        needed[code] += quantity
        return dict(sorted(needed.items()))

    def transfers(self):
        """When the central warehouse supplies a branch: ``{day: {code: {…}}}``.

        Every branch gets on the first working day of every second month what it
        ships until the next time, and a tenth more.
        """
        plan = defaultdict(dict)
        for start, end in self._rounds():
            for branch in ("UTR", "GNT", "HAM"):
                needed = self.needs(start, end - timedelta(days=1), branch)
                goods = {code: math.ceil(qty * 1.1) for code, qty in needed.items()}
                if goods:
                    plan[start][branch] = goods
        return dict(plan)

    def receipts(self):
        """What suppliers bring to the central warehouse, in whole rolls and cartons."""
        plan = {}
        for day, branches in self.transfers().items():
            total = defaultdict(int)
            for goods in branches.values():
                for code, quantity in goods.items():
                    total[code] += quantity
            plan[day] = {
                code: math.ceil(quantity / _pack(code) + 0.5) * _pack(code)
                for code, quantity in sorted(total.items())
            }
        return plan

    def _rounds(self):
        day = working_day(self.first)
        while day <= self.last:
            following = working_day(month_start(day, 2))
            yield day, following
            day = following

    # People -------------------------------------------------------------------

    def handover_day(self):
        """Half a year ago Jonas handed customers over; None in a short story."""
        day = working_day(month_start(self.last, -6) + timedelta(days=2))
        return day if day > self.first else None

    def handed_over(self, customer, day):
        """Whether Finn has this customer of Jonas by then."""
        start = self.handover_day()
        return bool(start) and customer.name in HANDED_OVER and day >= start


def _pack(code):
    return ROLL if by_metre(code) else CARTON
