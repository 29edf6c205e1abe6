from contextlib import ExitStack, contextmanager
from itertools import chain
from unittest.mock import patch

from odoo.sql_db import Cursor

from ..common import SalesManagementCommon

ADDON = "odoo.addons.sales_manager_kpi."
MODELS = ("crm.lead", "mail.activity")
HOOKED = ("create", "write")
MORE = 1  # queries of all steps together over plain Odoo


def plainly(klass, name):
    """The method as if ``klass`` had not extended it."""

    def method(self, *args, **kwargs):
        return getattr(super(klass, self), name)(*args, **kwargs)

    return method


class TestInertLead(SalesManagementCommon):
    """Leads of a company without a playbook cost what they cost in plain Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sales.playbook"].search([]).active = False
        cls.stages = cls.env["crm.stage"].search([("is_won", "=", False)])
        cls.other = cls.make_customer("Other", cls.manager_a)

    def queries(self, step):
        found, execute = [], Cursor.execute

        def kept(cursor, query, *args, **kwargs):
            found.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", kept):
            step()
            self.env.flush_all()
        return found

    def flow(self):
        """``{step: queries}`` of a lead from its making to its end."""
        Lead = self.env["crm.lead"].with_user(self.manager_a)
        lead = Lead.browse()

        def make():
            nonlocal lead
            lead = Lead.create(
                {
                    "name": "Curtains",
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                    "user_id": self.manager_a.id,
                    "company_id": self.company.id,
                }
            )

        def make_many():
            Lead.create([{"name": f"Lead {n}", "type": "lead"} for n in range(20)])

        steps = {
            "create": make,
            "create many": make_many,
            "edit": lambda: lead.write({"name": "Blinds", "expected_revenue": 9}),
            "move": lambda: lead.write({"stage_id": self.stages[1].id}),
            "customer": lambda: lead.write({"partner_id": self.other.id}),
            "activity": lambda: lead.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.manager_a.id
            ),
            "lost": lambda: lead.action_set_lost(),
            "again": lambda: lead.action_unarchive(),
            "won": lambda: lead.action_set_won(),
        }
        return {name: self.queries(step) for name, step in steps.items()}

    def warm(self):
        self.flow()
        return self.flow()

    @contextmanager
    def without(self):
        with ExitStack() as stack:
            models = [type(self.env[name]).__mro__ for name in MODELS]
            for klass in dict.fromkeys(chain.from_iterable(models)):
                for name in HOOKED if klass.__module__.startswith(ADDON) else ():
                    if name in vars(klass):
                        method = plainly(klass, name)
                        stack.enter_context(patch.object(klass, name, method))
            yield

    def test_without_a_playbook(self):
        with self.without():
            plain = self.warm()
        ours = self.warm()
        count = {step: (len(ours[step]), len(plain[step])) for step in ours}
        more = sum(one - other for one, other in count.values())
        self.assertLessEqual(more, MORE, count)
        for step, found in ours.items():
            with self.subTest(step):
                self.assertFalse(
                    [query for query in found if "sales_playbook" in query]
                )

    def test_with_a_playbook_it_costs(self):
        """So that the other test can fail."""
        self.env["sales.playbook"].create(
            {"name": "P", "step_ids": [(0, 0, {"name": "Call", "proof": "call"})]}
        )
        ours = self.warm()
        with self.without():
            plain = self.warm()
        self.assertGreater(len(ours["create"]), len(plain["create"]) + MORE)
