"""A long order with everything in use that an order meets, and without the addon.

Thirty lines with a discount within the norms, a promotion on the whole order, goods of
which half lie at the branch and half in the centre, and a customer with a trade bonus
agreement: from creation to payment. Both databases have the same price list, the same
loyalty program and the same routes; ours has norms, a ladder, an agreement, and an
approved programme with a budget and a scope.
"""

import sys

from benchmarks.activation import users
from benchmarks.discount_flow import GovernedFlow
from benchmarks.odoo_process import environment
from benchmarks.order_flow import SALESMAN, Budget, compare, customer_of
from benchmarks.supply_flow import SupplyFlow
from tools.paths import ROOT, cache

ACTIVE = Budget("order of 30 lines, everything active", 1.15, 15)
PROGRAM = "Season"
TIERS = ((1000, 1), (5000, 2), (20000, 3))


class ActiveFlow(SupplyFlow):
    """All steps of an order, with a reward, from two warehouses."""

    line_values = GovernedFlow.line_values

    @staticmethod
    def prepare(database):
        """Price list, routes, and a promotion as core has them. Commits."""
        GovernedFlow.prepare(database)
        SupplyFlow.prepare(database)
        with environment(database, cache() / "data", ROOT) as env:
            _promote(env)
            env.cr.commit()

    @staticmethod
    def activate(database):
        """A branch with a ladder, norms, an agreement, an approval. Commits."""
        SupplyFlow.activate(database)
        GovernedFlow.activate(database)
        with environment(database, cache() / "data", ROOT) as env:
            _agree(env)
            _govern(env)
            env.cr.commit()

    def _steps(self):
        salesman, clerk = self._as(SALESMAN), self._as("admin")
        values = self._order_values(salesman)
        with self._measured("create"):
            order = salesman["sale.order"].create(values)
        self._stock_up(order)
        with self._measured("reward"):
            self._claim(order)
        with self._measured("confirm"):
            order.action_confirm()
        self._check_chain(order.sudo())
        self._deliver(order.with_env(clerk))
        with self._measured("invoice"):
            invoice = order._create_invoices()
        invoice = invoice.with_env(clerk)
        with self._measured("post"):
            invoice.action_post()
        with self._measured("pay"):
            self._pay(clerk, invoice)

    @staticmethod
    def _claim(order):
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            if coupon.program_id.name == PROGRAM:
                order._apply_program_reward(rewards[:1], coupon)
        if not order.order_line.filtered("reward_id"):
            raise AssertionError("the order got no reward")

    def _deliver(self, order):
        """The chain from the centre as the goods go, then to the customer."""
        way = {"transit": "send", "internal": "receive", "customer": "deliver"}
        steps = {way[p.location_dest_id.usage]: p for p in order.picking_ids}
        for step in way.values():
            with self._measured(step):
                steps[step].button_validate()
            if steps[step].state != "done":
                raise AssertionError(f"{steps[step].name} was not done")


def _promote(env):
    """Core's own promotion: 3 % of the order, without a code."""
    from odoo.fields import Command

    env["loyalty.program"].create(
        {
            "name": PROGRAM,
            "program_type": "promotion",
            "trigger": "auto",
            "company_id": 1,
            "rule_ids": [Command.clear(), Command.create({"minimum_amount": 10})],
            "reward_ids": [Command.clear(), Command.create({"discount": 3})],
        }
    )


def _agree(env):
    """An agreement in force with the customer who orders."""
    from odoo.fields import Command

    company = env["res.company"].browse(1)
    customer = customer_of(env, users(env, SALESMAN).id)
    bonus = env["product.product"].create({"name": "Bonus", "type": "service"})
    tiers = [Command.create({"start": start, "rate": rate}) for start, rate in TIERS]
    agreement = env["trade.bonus.agreement"].create(
        {
            "name": "Bonus of the year",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "partner_ids": [Command.set(customer.commercial_partner_id.ids)],
            "date_from": "2020-01-01",
            "date_to": "2099-12-31",
            "product_id": bonus.id,
            "contract": b"Y29udHJhY3Q=",
            "contract_name": "contract.pdf",
            "state": "active",
            "term_ids": [
                Command.create(
                    {"name": "Volume", "method": "stepped", "tier_ids": tiers}
                )
            ],
        }
    )
    agreement._make_periods()


def _govern(env):
    """Let the promotion be a governed programme with limits, approved."""
    from odoo.fields import Command

    program = env["loyalty.program"].search([("name", "=", PROGRAM)])
    program.write(
        {
            "is_governed": True,
            "goal": "More metres",
            "owner_id": users(env, SALESMAN).id,
            "branch_ids": [Command.set(env["sales.branch"].search([]).ids)],
            "limit_budget": True,
            "budget_amount": 10**6,
            "limit_customer_amount": True,
            "customer_max_amount": 10**5,
        }
    )
    program.action_submit_promotion()
    program.action_approve_promotion()


def main(argv):
    """Measure on two copies of the plain scale database named in argv."""
    return compare(argv, ActiveFlow, ACTIVE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
