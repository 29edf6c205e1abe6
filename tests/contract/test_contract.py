import base64
from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import SalesManagementCommon

PAPER = base64.b64encode(b"%PDF-1.4 signed")


class ContractCommon(SalesManagementCommon):
    @classmethod
    def make_contract(cls, activate=True, **values):
        contract = cls.env["sales.contract"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.manager_a.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "committed_amount": 1000,
                "committed_period": "month",
                "document": PAPER,
                "signed_on": "2025-12-20",
                **values,
            }
        )
        if activate:
            contract.with_user(cls.director).action_activate()
        return contract


class TestContract(ContractCommon):
    def test_flow(self):
        """The manager writes, the director activates; then its terms stand."""
        draft = (
            self.env["sales.contract"]
            .with_user(self.manager_a)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "committed_amount": 1000,
                    "credit_limit": 500,
                }
            )
        )
        self.assertTrue(draft.name.startswith("FC/"))
        self.assertEqual(draft.branch_id, self.branch)
        with self.assertRaises(AccessError):
            draft.action_activate()
        with self.assertRaises(AccessError):
            draft.state = "active"
        with self.assertRaises(AccessError):
            draft.with_user(self.other_director).action_activate()
        with self.assertRaises(UserError):  # not signed
            draft.with_user(self.director).action_activate()
        draft.write({"document": PAPER, "signed_on": "2025-12-20"})
        draft.with_user(self.director).action_activate()
        self.assertEqual(
            (draft.state, draft.activated_by_id), ("active", self.director)
        )
        self.assertEqual(
            draft.duty_ids.mapped("kind"),
            ["ordered", "invoiced", "payment", "credit", "delivery"],
        )
        for user in (self.manager_a, self.director, self.admin):
            with self.assertRaises(UserError):
                draft.with_user(user).committed_amount = 1
        with self.assertRaises(UserError):
            draft.with_user(self.director).unlink()
        with self.assertRaises(UserError):  # no reason
            draft.with_user(self.director).action_terminate()
        draft.termination_reason = "They moved to another mill"
        draft.with_user(self.director).action_terminate()
        self.assertEqual(draft.state, "terminated")
        copied = draft.copy()
        self.assertEqual((copied.state, copied.document), ("draft", False))
        self.assertNotEqual(copied.name, draft.name)

    def test_no_overlap(self):
        contract = self.make_contract()
        late = self.make_contract(
            activate=False, date_from="2026-12-31", date_to="2027-12-31"
        )
        with self.assertRaisesRegex(UserError, contract.name):
            late.with_user(self.director).action_activate()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                late.sudo().state = "active"  # the database refuses whoever writes
                self.env.flush_all()
        self.env.invalidate_all()
        late.date_from = "2027-01-01"
        late.with_user(self.director).action_activate()
        other = self.make_contract(partner_id=self.make_customer("B").id)
        self.assertEqual(other.state, "active")
        company = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.make_contract(activate=False, company_id=company.id)
        elsewhere.with_user(self.env.user).action_activate()
        self.assertEqual(elsewhere.state, "active")

    def test_bad_input(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        foreign = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": self.setup_other_currency("CAD").id}
        )
        for values, error in (
            ({"partner_id": contact.id}, ValidationError),
            ({"pricelist_id": foreign.id}, ValidationError),
            ({"date_to": "2025-12-31"}, IntegrityError),
            ({"committed_amount": -1}, IntegrityError),
            ({"payment_target": 1.5}, IntegrityError),
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                self.make_contract(activate=False, **values)
                self.env.flush_all()

    def test_rights(self):
        contract = self.make_contract()
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.assertTrue(self.open_form(contract.with_user(user)))
        for user in (self.manager_b, self.other_director, self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                contract.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                contract.duty_ids.with_user(user).read(["kind"])
        with self.assertRaises(AccessError):
            contract.duty_ids.with_user(self.manager_a).write({"is_breached": True})
        theirs = self.make_contract(
            activate=False, partner_id=self.make_customer("B", self.manager_b).id
        )
        theirs.user_id = self.manager_b
        with self.assertRaises(AccessError):
            theirs.with_user(self.director).action_activate()

    @freeze_time("2026-03-10 10:00:00")
    def test_screens(self):
        """All views of the area load for each role, and show what they show."""
        contract = self.make_contract()
        action = self.env.ref("sales_manager_kpi.sales_contract_action")
        views = [(False, kind) for kind in [*action.view_mode.split(","), "search"]]
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            contracts = self.env["sales.contract"].with_user(user)
            self.assertLessEqual(
                {"graph", "pivot", "kanban"}, set(contracts.get_views(views)["views"])
            )
            self.assertTrue(self.open_form(contract.with_user(user)))
            groups = contracts.formatted_read_group(
                [("id", "=", contract.id)], ["user_id"], ["committed_amount:sum"]
            )
            self.assertEqual(groups[0]["committed_amount:sum"], 1000)
            duties = self.env["sales.contract.duty"].with_user(user)
            self.assertTrue(duties.get_views([(False, "list"), (False, "search")]))

    def test_on_the_card(self):
        contract = self.make_contract(
            date_from=date.today(), date_to=date.today().replace(month=12, day=31)
        )
        figures = self.env["customer.figure"].sudo()
        figure = figures.create(
            {"partner_id": self.customer.id, "company_id": self.company.id}
        )
        mine = figure.with_user(self.manager_a).sudo(False)
        self.assertIn(contract.name, mine._contract_words())
        self.assertIsNone(mine.with_user(self.manager_b)._contract_words())
        other = self.make_customer("Without", self.manager_a)
        figure = figures.create({"partner_id": other.id, "company_id": self.company.id})
        self.assertIsNone(figure.with_user(self.manager_a)._contract_words())

    def test_order_takes_it(self):
        """Proposed on new orders, never over what was typed; kept once confirmed."""
        terms = self.env["account.payment.term"].create({"name": "45 days"})
        prices = self.env["product.pricelist"].create({"name": "Frame"})
        typed = self.make_order(confirm=False, payment_term_id=False)
        contract = self.make_contract(payment_term_id=terms.id, pricelist_id=prices.id)
        self.assertEqual(typed.sales_contract_id, contract, "a quotation follows")
        self.assertFalse(typed.payment_term_id, "what was there stays")
        order = self.make_order(confirm=False)
        self.assertEqual(
            (order.sales_contract_id, order.payment_term_id, order.pricelist_id),
            (contract, terms, prices),
        )
        other = self.env["account.payment.term"].create({"name": "Cash"})
        own = self.make_order(payment_term_id=other.id)
        self.assertEqual(own.payment_term_id, other)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self.make_order(contact).sales_contract_id, contract)
        stranger = self.make_order(self.make_customer("B"))
        self.assertFalse(stranger.sales_contract_id)
        later = self.make_order(confirm=False, date_order=datetime(2027, 1, 1))
        self.assertFalse(later.sales_contract_id)
        with Form(self.env["sale.order"].with_user(self.manager_a)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.payment_term_id, terms)
            form.payment_term_id = other
        self.assertEqual(form.record.payment_term_id, other)
        contract.termination_reason = "Over"
        contract.with_user(self.director).action_terminate()
        self.assertFalse(order.sales_contract_id)
        self.assertEqual(own.sales_contract_id, contract)

    def test_plain_salesperson(self):
        """Reads the order with its contract, though not the contract."""
        self.make_contract(
            date_from=date.today().replace(month=1, day=1), date_to="2099-12-31"
        )
        seller = self.make_user("seller", "sales_team.group_sale_salesman")
        order = self.make_order(user_id=seller.id)
        self.env.invalidate_all()
        shown = self.open_form(order.with_user(seller))[0]
        self.assertEqual(
            shown["sales_contract_id"]["display_name"], order.sales_contract_id.name
        )

    def test_inert(self):
        """No contract in the company: one cached look-up."""
        self.env["sales.contract"]._in_force(self.company.id)
        orders = self.make_order(confirm=False)
        with self.assertQueryCount(0):
            self.assertIsNone(orders._contract_in_force())
