from odoo import Command

from ..common import MANAGER
from ..kept import kept
from ..showroom.common import ShowroomCommon


class CounterWorld:
    """Visitors of Utrecht: a customer of a colleague, and somebody unknown."""

    @classmethod
    def _make_counter(cls):
        cls.colleague = cls.make_manager("colleague", cls.branch)
        cls.customer.write({"phone": "+31 30 555 0101", "email": "a@customer.example"})
        cls.rival = cls.make_customer("Rival", cls.manager_b)

    @classmethod
    def come(cls, user=None, **values):
        """Somebody comes in, written down by ``user``."""
        visits = cls.env["branch.visit"].with_user(user or cls.manager_a)
        return visits.with_company(cls.company).create(
            {"branch_id": cls.branch.id, "wish": "Curtains\nfor six windows", **values}
        )

    @classmethod
    def serve(cls, user=None, **values):
        visit = cls.come(user, **values)
        visit.action_serve()
        return visit

    @classmethod
    def end(cls, visit, outcome="looking", **values):
        """Done, by the wizard that asks what came of it."""
        action = visit.action_done()
        wizards = visit.env[action["res_model"]].with_context(**action["context"])
        wizards.create({"outcome": outcome, **values}).action_confirm()

    @classmethod
    def sell_goods(cls, product, customer=None, day=None, confirm=True, **values):
        """An order of ``product``, confirmed on that day unless said otherwise."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "user_id": (customer or cls.customer).user_id.id,
                "order_line": [Command.create({"product_id": product.id, **values})],
            }
        )
        if confirm:
            order.action_confirm()
        if day:
            order.date_order = day
        return order

    @classmethod
    def make_foreign(cls, rate=2.0, day="2020-01-01"):
        currency = cls.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        if rate:
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "company_id": cls.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
        return currency

    @classmethod
    def make_stranger(cls):
        """A commercial director of another company."""
        other = cls.env["res.company"].create({"name": "Elsewhere"})
        return cls.make_user("elsewhere", f"{MANAGER},{cls.COMMERCIAL}", other)


@kept
class CounterCommon(CounterWorld, ShowroomCommon):
    """The counter without accounting: quick."""

    COMMERCIAL = "sales_manager_kpi.group_commercial_director"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_counter()
