from odoo import Command

from ..common import SalesManagementCommon
from ..kept import kept


@kept
class EvaluationCommon(SalesManagementCommon):
    """The running month of the common company, with plans agreed by their directors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env["sales.branch"]._company_local_date(cls.company)
        cls.period = cls.env["sales.period"]._for_date(cls.company, cls.today)
        cls.criterion = cls.env.ref(
            "sales_manager_kpi.evaluation_criterion_plan_fulfilment"
        )
        # one criterion, so that figures can be told by heart
        cls.env.ref("sales_manager_kpi.evaluation_scheme_default").line_ids = [
            Command.clear(),
            Command.create({"criterion_id": cls.criterion.id, "weight": 100}),
        ]
        cls.Scorecard = cls.env["evaluation.scorecard"]
        cls.my_customer = cls.customer
        cls.other_customer = cls.make_customer("Customer B", cls.manager_b)

    @classmethod
    def make_plan(cls, user, total=None, categories=None, approve=True, **values):
        """A plan of the running month; ``categories`` is ``{category: target}``."""
        lines = [
            Command.create(
                {"dimension": "category", "categ_id": c.id, "target_amount": amount}
            )
            for c, amount in (categories or {}).items()
        ]
        if total is not None:
            lines.append(Command.create({"dimension": "total", "target_amount": total}))
        plan = cls.env["sales.plan"].create(
            {
                "user_id": user.id,
                "company_id": cls.company.id,
                "period_id": cls.period.id,
                "line_ids": lines,
                **values,
            }
        )
        if approve:
            plan.with_user(user).action_submit()
            plan.with_user(plan.branch_id.director_id).action_approve()
        return plan

    @classmethod
    def make_product_invoice(cls, product, price):
        """Post an invoice of today for one ``product``."""
        invoice = cls.make_invoice(price=price, date=cls.today, post=False)
        line = invoice.invoice_line_ids
        line.product_id = product
        line.write({"price_unit": price, "tax_ids": [Command.clear()]})
        invoice.action_post()
        return invoice

    @classmethod
    def make_managers(cls, number):
        """More members of the first branch, each with a plan and an invoice."""
        users = cls.env["res.users"]
        for i in range(number):
            user = cls.make_user(f"more_{i}", "sales_manager_kpi.group_manager")
            users |= user
        cls.env["sales.branch.member"].create(
            [
                {
                    "branch_id": cls.branch.id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                }
                for user in users
            ]
        )
        for i, user in enumerate(users):
            cls.make_plan(user, 100.0 * (i + 1))
            customer = cls.make_customer(f"Customer of {user.name}", user)
            cls.make_invoice(customer, 90.0, cls.today)
        return users

    @classmethod
    def compute(cls, users=None):
        cards = cls.Scorecard._compute_period(cls.period, users)
        cls.env.flush_all()
        return cards

    @classmethod
    def card_of(cls, user):
        return cls.Scorecard.search(
            [("user_id", "=", user.id), ("period_id", "=", cls.period.id)]
        )
