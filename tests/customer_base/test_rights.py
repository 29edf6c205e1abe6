from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import MANAGER
from .common import BaseCommon

MODELS = ("customer.figure", "customer.contact", "customer.contact.due")


class TestRights(BaseCommon):
    """Whose customers, contacts and due contacts each role sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_customer("Customer B", cls.manager_b)
        cls.nobodys = cls.make_customer("Customer C", cls.manager_a)
        for customer in (cls.customer, cls.other):
            cls.put_in_class(customer)
        cls.night()
        cls.nobodys.user_id = False
        cls.log(cls.customer)
        cls.log(cls.other, user=cls.manager_b)

    def seen(self, user, model):
        """The customers whose rows ``user`` finds."""
        rows = (
            self.env[model]
            .with_user(user)
            .search([("company_id", "=", self.company.id)])
        )
        ours = self.customer | self.other | self.nobodys
        return rows.partner_id.sudo() & ours

    def test_each_role(self):
        a, b, c = self.customer, self.other, self.nobodys
        expected = {
            self.manager_a: (a, a, a),
            self.manager_b: (b, b, b),
            self.director: (a | c, a, a),
            self.other_director: (b | c, b, b),
            self.commercial: (a | b | c, a | b, a | b),
            self.admin: (a | b | c, a | b, a | b),
        }
        for user, customers in expected.items():
            for model, found in zip(MODELS, customers, strict=True):
                with self.subTest(user=user.login, model=model):
                    self.assertEqual(self.seen(user, model), found)
        for user in (self.plain, self.supervisor):
            for model in MODELS:
                with self.assertRaises(AccessError):
                    self.seen(user, model)

    def test_nobody_writes_them(self):
        figure = self.figure()
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            for rows, values in (
                (figure, {"turnover": 1.0}),
                (figure, {"next_contact_on": "2030-01-01"}),
                (figure.contact_ids, {"note": "x"}),
                (self.env["customer.contact.due"].search([]), {"due_on": "2030-01-01"}),
            ):
                with self.assertRaises(AccessError):
                    rows.with_user(user).write(values)

    def test_buttons(self):
        """Renewing and opening are for who may read the figures."""
        figure = self.figure()
        for user in (self.manager_a, self.director):
            figure.with_user(user).action_refresh()
            action = self.customer.with_user(user).action_open_customer_figure()
            self.assertEqual(action["res_id"], figure.id)
        with self.assertRaises(AccessError):
            figure.with_user(self.manager_b).action_refresh()
        with self.assertRaises(UserError):
            self.customer.with_user(self.manager_b).action_open_customer_figure()
        theirs = self.customer.with_user(self.manager_b)
        self.assertFalse(theirs.customer_figure_id)
        self.assertFalse(theirs.customer_missing_words)

    def test_private_steps_are_not_for_clients(self):
        """What writes for the system is no public method."""
        for model, names in {
            "customer.figure": ("_refresh", "_refresh_company", "_renew_contacts"),
            "customer.contact": ("_log",),
        }.items():
            for name in names:
                self.assertTrue(name.startswith("_") and hasattr(self.env[model], name))

    def test_two_companies(self):
        """Figures of a company are for those who work in it."""
        far = self.env["res.company"].create({"name": "Far"})
        theirs = self.make_user("far_manager", MANAGER, far)
        branch = self.env["sales.branch"].create(
            {
                "code": "FAR",
                "name": "Far",
                "company_id": far.id,
                "resource_calendar_id": far.resource_calendar_id.id,
                "tz": "UTC",
                "member_ids": [
                    Command.create({"user_id": theirs.id, "date_from": "2020-01-01"})
                ],
            }
        )
        customer = (
            self.env["res.partner"]
            .with_company(far)
            .create({"name": "Shared", "is_company": True, "user_id": theirs.id})
        )
        self.env["customer.figure"]._refresh_company(far)
        figure = self.figure(customer, far)
        self.assertEqual((figure.user_id, figure.branch_id), (theirs, branch))
        self.assertFalse(self.figure(customer))
        self.assertTrue(figure.with_user(theirs).has_access("read"))
        self.assertFalse(figure.with_user(self.commercial).has_access("read"))
        self.assertFalse(self.figure().with_user(theirs).has_access("read"))

    def test_card_and_screens(self):
        """The card shows what the reader may see, and no cost to who may not."""
        figure = self.figure().with_user(self.manager_a)
        values = figure._card_values()
        self.assertFalse(values["sees_cost"])
        self.assertEqual(len(values["contacts"]), 1)
        self.assertEqual([row[0] for row in values["rows"]], ["Open claims", "Overdue"])
        html, __ = (
            self.env["ir.actions.report"]
            .with_user(self.manager_a)
            ._render_qweb_html("sales_manager_kpi.report_customer_card", figure.ids)
        )
        text = html.decode()
        self.assertIn("Customer A", text)
        self.assertIn("Missing", text)
        self.assertNotIn("Margin", text)
        action = self.customer.with_user(self.manager_a).action_open_sales_history()
        self.assertNotIn("margin", action["context"]["pivot_measures"])
