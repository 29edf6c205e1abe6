from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tools import SQL

from ..common import OrganisationCommon
from ..kept import kept

FACT_COLUMNS = """
    id bigserial, basis varchar, status varchar, date date, company_id integer,
    currency_id integer, user_id integer, branch_id integer, partner_id integer,
    product_id integer, categ_id integer, uom_id integer, quantity numeric,
    amount numeric, margin numeric, discount_amount numeric, is_return boolean,
    move_id integer, order_id integer,
    is_excluded boolean GENERATED ALWAYS AS (status = 'excluded') STORED,
    moment timestamp GENERATED ALWAYS AS (date::timestamp) STORED
"""


@kept
class MarchCommon(OrganisationCommon):
    """March 2026, a tree of categories, and a table for facts by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.commercial_2 = cls.make_user(
            "commercial_2", "sales_manager_kpi.group_commercial_director"
        )
        Category = cls.env["product.category"]
        cls.fabrics = Category.create({"name": "Fabrics"})
        cls.linen = Category.create({"name": "Linen", "parent_id": cls.fabrics.id})
        cls.cotton = Category.create({"name": "Cotton", "parent_id": cls.fabrics.id})
        cls.tools = Category.create({"name": "Tools"})
        cls.march = cls.month("2026-03-01")
        cls.env.cr.execute(f"CREATE TEMP TABLE test_fact ({FACT_COLUMNS})")

    @classmethod
    def month(cls, day, company=None):
        date = cls.env["sales.period"]._fields["date_from"].to_date(day)
        return cls.env["sales.period"]._for_date(company or cls.company, date)


class PlanCommon(MarchCommon):
    """A manager with a plan for March 2026, and facts of that month.

    Facts come from a table of the test, so that a test says in one line what was sold;
    test_real_documents goes the whole way from invoices.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.registry["sales.fact.report"]
        query = property(lambda self: SQL("SELECT * FROM test_fact"))
        cls.startClassPatcher(patch.object(model, "_table_query", query))

    @classmethod
    def make_fact(cls, user, date, amount, categ=None, **values):
        row = {
            "basis": "invoice",
            "status": "counted",
            "company_id": cls.company.id,
            "user_id": user.id or None,
            "date": date,
            "amount": amount,
            "categ_id": categ.id if categ else None,
            **values,
        }
        cls.env.cr.execute(
            SQL(
                "INSERT INTO test_fact (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, row)),
                tuple(row.values()),
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def make_plan(cls, user=None, total=1000.0, lines=(), period=None, **values):
        """A draft of ``user`` (manager A), made by that user."""
        user = user or cls.manager_a
        commands = [
            Command.create({"categ_id": categ.id, "target_amount": amount})
            for categ, amount in lines
        ]
        if total is not None:
            commands.append(
                Command.create({"dimension": "total", "target_amount": total})
            )
        plan = (
            cls.env["sales.plan"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "period_id": (period or cls.march).id,
                    "line_ids": commands,
                    **values,
                }
            )
        )
        return plan.with_env(cls.env)

    @classmethod
    def submit(cls, plan):
        for one in plan:
            one.with_user(one.user_id).action_submit()
        return plan

    @classmethod
    def approve(cls, plan, user=None):
        cls.submit(plan.filtered(lambda p: p.state in ("draft", "returned")))
        plan.with_user(user or cls.commercial).action_approve()
        return plan

    def further(self, plan, of, target, measure="amount", uom=None):
        """Add a further target on a category, customer, customer group or the total."""
        line = self.env["sales.plan.line"].with_user(plan.user_id)
        return line.create(
            {"plan_id": plan.id, **self.prepare_line(of, target, measure, uom)}
        ).with_env(self.env)

    def prepare_line(self, of, target, measure="amount", uom=None):
        dimension, name = {
            "product.category": ("category", "categ_id"),
            "res.partner": ("customer", "partner_id"),
            "res.partner.category": ("customer_group", "partner_category_id"),
        }.get(of and of._name, ("total", None))
        counted = measure in ("quantity", "new_customers")
        vals = {
            "dimension": dimension,
            "measure": measure,
            "target_quantity" if counted else "target_amount": target,
            "uom_id": uom.id if uom else False,
        }
        return {**vals, name: of.id} if name else vals

    def rpc(self, user, records, method, *args, **kwargs):
        """Call as a client would: only public methods, only ids and plain values."""
        model = records.browse().with_user(user)
        model.env.invalidate_all()
        return call_kw(model, method, [records.ids, *args], kwargs)

    def rpc_create(self, user, model, vals, **kwargs):
        return call_kw(self.env[model].with_user(user), "create", [vals], kwargs)

    @contextmanager
    def refused(self, text, error=UserError):
        """The block raises ``error`` with ``text``, and leaves nothing behind."""
        with self.assertRaisesRegex(error, text), self.cr.savepoint():
            yield

    def act(self, plan, user):
        return plan.with_user(user)
