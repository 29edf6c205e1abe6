"""The demo company Lakenhal Textiles, made by Odoo's own flows under a frozen clock.

Called by `./dev demo`; the addon never imports it. The same seed and day give the same
company.
"""

from datetime import date, timedelta

from . import (
    absences,
    catalogue,
    counter,
    customers,
    discounts,
    finance,
    history,
    pay,
    people,
    plans,
    service,
)
from .calendar import last_working_day, month_start
from .clock import frozen_clock
from .world import World

SEED = 1640  # the year the Lakenhal was built
SETUP_MONTHS = 12  # between founding and the first order of the history


def main(env, months=18, orders=460, seed=SEED):
    """Found the company and play ``months`` months with about ``orders`` orders.

    The history ends yesterday.

    :return: the world, for whoever wants to look at what was made
    """
    last = date.today() - timedelta(days=1)
    first = month_start(last, 1 - months)
    with frozen_clock(env, month_start(first, -SETUP_MONTHS)) as clock:
        world = _found(env, clock, first, last, seed)
        _tell(world, orders)
    counter.today(world)
    return world


def _found(env, clock, first, last, seed):
    finance.switch_on_features(env)
    company = finance.found_company(env)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    world = World(env, clock, company.with_env(env), first, last, seed=seed)
    people.hire(world, [who for who in people.PEOPLE if not people.joined(world, who)])
    people.equip_admin(world)
    people.open_branches(world)
    return world


def _tell(world, orders):
    terms = finance.open_books(world)
    catalogue.stock_shelves(world)
    catalogue.launch_promotion(world)
    acquire = customers.prepare_book(world, terms)
    history.tell(world, orders, acquire)
    people.take_leave(world, "bram", last_working_day(world.last), 9)
    absences.today(world)
    world.clock.move(world.last, 21)
    world.env["stock.quant"]._quant_tasks()  # as the scheduler does every night
    service.look_for_gaps(world)
    discounts.ask(world, "anna")
    plans.judge(world)
    pay.settle(world)
    people.post_letters(world)
