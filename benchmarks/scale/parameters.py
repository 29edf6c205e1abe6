"""What the company is made of; the same parameters give the same rows."""

import argparse
import dataclasses
import datetime


@dataclasses.dataclass(frozen=True)
class Parameters:
    """Sizes, shares (0 to 1) and dates of the generated company."""

    managers: int = 200
    branches: int = 20
    customers: int = 20000
    products: int = 2000
    categories: int = 20
    orders: int = 200000
    leads: int = 20000
    months: int = 24
    end: str = "2026-11-23"
    seed: int = 42
    euro_share: float = 0.05
    refund_share: float = 0.02
    handover_share: float = 0.15
    reassigned_share: float = 0.01
    downpayment_share: float = 0.01
    discount_share: float = 0.02
    intercompany_share: float = 0.005

    @property
    def last_day(self):
        """The day on which the generated history stops."""
        return datetime.date.fromisoformat(self.end)

    @property
    def first_day(self):
        """The day on which it starts, `months` earlier."""
        year, month = divmod(self.last_day.year * 12 + self.last_day.month - 1, 12)
        year, month = divmod(year * 12 + month - self.months, 12)
        return datetime.date(year, month + 1, min(self.last_day.day, 28))

    @property
    def days(self):
        """Days between the first and the last."""
        return (self.last_day - self.first_day).days


def scaled(orders, **others):
    """Parameters in which everything shrinks with the number of orders."""
    full = Parameters()
    share = min(1.0, orders / full.orders)
    sizes = {
        "managers": max(4, round(full.managers * share**0.5)),
        "branches": max(2, round(full.branches * share**0.5)),
        "customers": max(40, round(full.customers * share)),
        "products": max(30, round(full.products * share**0.5)),
        "categories": max(3, round(full.categories * share**0.5)),
        "leads": max(10, round(full.leads * share)),
    }
    return dataclasses.replace(full, orders=orders, **{**sizes, **others})


def parse(argv):
    """Database name and parameters of a command line."""
    parser = argparse.ArgumentParser(prog="scale", description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--data-dir", required=True, help="Odoo's data folder")
    for field in dataclasses.fields(Parameters):
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, type=field.type)
    given = vars(parser.parse_args(argv))
    database, data_dir = given.pop("database"), given.pop("data_dir")
    chosen = {name: value for name, value in given.items() if value is not None}
    orders = chosen.pop("orders", Parameters.orders)
    return database, data_dir, scaled(orders, **chosen)
