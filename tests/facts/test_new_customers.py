from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tools import mute_logger

from .common import FactsCommon

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


class TestNewCustomers(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = cls.make_customer("Fresh", cls.manager_a)
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"

    def new(self, window=JANUARY, **kwargs):
        company = kwargs.pop("company", self.company)
        return self.env["sales.fact.report"]._new_customers(company, *window, **kwargs)

    def sell(self, customer=None, day="2026-01-15", price=100.0, **values):
        return self.make_document(
            [(self.cloth, price)],
            date=day,
            partner_id=(customer or self.fresh).id,
            **values,
        )

    def order(self, customer=None, moment="2026-01-15 10:00:00", price=100.0):
        order = self.make_sale(
            [(self.cloth, price)], partner_id=(customer or self.fresh).id
        )
        order.sudo().write({"date_order": moment, "first_confirmation_date": moment})
        return order

    def assert_new(self, expected, **kwargs):
        found = self.new(**kwargs)
        self.assertEqual(
            {user: set(partners) for user, partners in found.items()},
            {user.id: {p.id for p in partners} for user, partners in expected.items()},
        )

    # ------------------------------------------------------------------
    # New, and whose
    # ------------------------------------------------------------------

    def test_first_purchase_ever(self):
        self.sell(day="2026-01-20")
        self.sell(day="2026-01-12")
        self.assertEqual(
            self.new(), {self.manager_a.id: {self.fresh.id: date(2026, 1, 12)}}
        )
        self.assert_new({}, window=(date(2025, 12, 1), date(2025, 12, 31)))
        self.assert_new({}, window=(date(2026, 1, 13), date(2026, 1, 31)))

    def test_many_lines_and_documents_are_one_customer(self):
        """Trap 9: customers are counted, not the lines they bought."""
        for day in ("2026-01-12", "2026-01-20"):
            self.make_document(
                [(self.cloth, 500), (self.cloth, 200), (self.thread, 100)],
                date=day,
                partner_id=self.fresh.id,
            )
        self.assertEqual(
            self.new(), {self.manager_a.id: {self.fresh.id: date(2026, 1, 12)}}
        )

    def test_first_and_last_day_belong_to_the_window(self):
        self.sell(day="2026-01-01")
        self.sell(self.customer, day="2026-01-31")
        self.assert_new({self.manager_a: [self.fresh, self.customer]})

    def test_known_customer_is_not_new(self):
        self.sell(day="2025-12-31")
        self.sell(day="2026-01-15")
        self.assert_new({})

    def test_silence_of_exactly_the_months_makes_new_again(self):
        self.sell(day="2024-01-15")
        self.sell(self.customer, day="2024-01-16")
        self.sell(day="2026-01-15")
        self.sell(self.customer, day="2026-01-15")
        self.assert_new({self.manager_a: [self.fresh]})

    def test_months_of_silence_are_a_setting(self):
        self.sell(day="2025-10-15")
        self.sell(day="2026-01-15")
        self.assert_new({})
        self.company.sales_manager_kpi_new_customer_months = 3
        self.assert_new({self.manager_a: [self.fresh]})
        self.company.sales_manager_kpi_new_customer_months = 4
        self.assert_new({})

    def test_without_months_only_the_first_ever_counts(self):
        self.company.sales_manager_kpi_new_customer_months = 0
        self.sell(day="2015-01-15")
        self.sell(day="2026-01-15")
        self.sell(self.customer)
        self.assert_new({self.manager_a: [self.customer]})

    def test_silence_within_a_long_window(self):
        self.company.sales_manager_kpi_new_customer_months = 3
        self.sell(day="2025-10-15")
        self.sell(day="2025-12-01")
        self.sell(day="2026-03-01")
        self.sell(day="2026-03-15")
        year = (date(2026, 1, 1), date(2026, 12, 31))
        self.assertEqual(
            self.new(year), {self.manager_a.id: {self.fresh.id: date(2026, 3, 1)}}
        )

    @mute_logger("odoo.sql_db")
    def test_negative_months_are_refused(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.company.sales_manager_kpi_new_customer_months = -1

    # ------------------------------------------------------------------
    # What is no purchase
    # ------------------------------------------------------------------

    def test_credit_note_alone_makes_nobody_new(self):
        credit_note = self.sell(move_type="out_refund")
        credit_note._store_credit(
            {credit_note.id: (self.manager_a.id, self.branch.id, "single")}
        )
        self.assert_new({})

    def test_credit_note_does_not_break_the_silence(self):
        self.sell(day="2023-06-15")
        self.sell(day="2025-06-15", move_type="out_refund")
        self.sell(day="2026-01-15")
        self.assert_new({self.manager_a: [self.fresh]})

    def test_free_document_makes_nobody_new(self):
        self.make_document(
            [(self.cloth, 100.0), (self.discount, -100.0)], partner_id=self.fresh.id
        )
        self.assert_new({})
        self.sell(day="2026-02-15")
        february = (date(2026, 2, 1), date(2026, 2, 28))
        self.assert_new({self.manager_a: [self.fresh]}, window=february)

    def test_invoice_taken_back_in_full_is_no_purchase(self):
        self.sell()._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=True)
        self.assert_new({})
        self.sell(day="2026-02-15")
        february = (date(2026, 2, 1), date(2026, 2, 28))
        self.assert_new({self.manager_a: [self.fresh]}, window=february)

    def test_draft_and_cancelled_are_no_purchases(self):
        self.sell().button_draft()
        self.assert_new({})
        self.order()._action_cancel()
        self.assert_new({}, basis="order")

    def test_own_companies_are_never_new(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        sister.partner_id.user_id = self.manager_a
        self.sell(sister.partner_id)
        self.assert_new({})

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def test_shared_first_document_is_the_largest_part(self):
        self.share(self.sell(), {self.manager_a: 4000, self.manager_b: 6000})
        self.assert_new({self.manager_b: [self.fresh]})

    def test_equal_shares_go_to_the_first_named(self):
        self.share(self.sell(), {self.manager_b: 5000, self.manager_a: 5000})
        self.assert_new({self.manager_b: [self.fresh]})

    def test_later_documents_change_nothing(self):
        self.sell(day="2026-01-10")
        later = self.sell(day="2026-01-11", price=900.0)
        later._store_credit(
            {later.id: (self.manager_b.id, self.other_branch.id, "single")}
        )
        self.assert_new({self.manager_a: [self.fresh]})

    def test_first_document_of_nobody_is_nobodys(self):
        first = self.sell(self.orphan, day="2026-01-10")
        self.assertFalse(first.credited_user_id)
        later = self.sell(self.orphan, day="2026-01-11")
        later._store_credit({later.id: (self.manager_a.id, self.branch.id, "single")})
        self.assert_new({})
        first._store_credit(
            {first.id: (self.manager_b.id, self.other_branch.id, "single")}
        )
        self.assert_new({self.manager_b: [self.orphan]})

    def test_contacts_are_one_customer(self):
        contact, other = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.fresh.id, "type": "delivery"}
                for name in ("Shop", "Store")
            ]
        )
        self.sell(contact, day="2026-01-10")
        self.sell(other, day="2026-01-11")
        self.assert_new({self.manager_a: [self.fresh]})
        self.order(contact)
        self.order(other, moment="2026-01-16 10:00:00")
        self.assert_new({self.manager_a: [self.fresh]}, basis="order")

    def test_archived_customer_and_manager_stay_counted(self):
        self.sell()
        self.fresh.active = False
        self.manager_a.active = False
        self.assert_new({self.manager_a: [self.fresh]})

    def test_companies_stay_apart(self):
        data = self.setup_other_company(name="Second")
        other = data["company"]
        self.env.user.company_ids |= other
        move = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "journal_id": data["default_journal_sale"].id,
                    "partner_id": self.fresh.id,
                    "invoice_date": "2025-06-15",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Cloth",
                                "price_unit": 100.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        self.sell()
        self.assert_new({self.manager_a: [self.fresh]})
        self.assert_new({}, company=other)

    def test_only_asked_managers(self):
        self.sell()
        self.sell(self.customer_b)
        self.assert_new({self.manager_b: [self.customer_b]}, users=self.manager_b)
        self.assert_new({}, users=self.director)

    def test_figure_does_not_depend_on_its_reader(self):
        self.sell()
        self.env.flush_all()
        Fact = self.env["sales.fact.report"].with_user(self.manager_b)
        found = Fact._new_customers(self.company.with_user(self.manager_b), *JANUARY)
        self.assertEqual(set(found), {self.manager_a.id})

    # ------------------------------------------------------------------
    # Bases
    # ------------------------------------------------------------------

    def test_order_basis_goes_by_first_confirmation(self):
        self.order(moment="2026-01-20 10:00:00")
        self.assertEqual(
            self.new(basis="order"),
            {self.manager_a.id: {self.fresh.id: date(2026, 1, 20)}},
        )
        self.assert_new({})
        self.order(self.customer, moment="2025-12-31 23:30:00")  # 1 January there
        self.assert_new({self.manager_a: [self.fresh, self.customer]}, basis="order")

    def test_known_on_the_order_basis(self):
        self.order(moment="2025-06-20 10:00:00")
        self.order(moment="2026-01-20 10:00:00")
        self.assert_new({}, basis="order")

    def pay(self, move, day, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"payment_date": day, **({"amount": amount} if amount else {})}
        wizard.create(values)._create_payments()

    def deliver(self, order, day):
        """All of ``order`` leaves on ``day``."""
        for move in order.picking_ids.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        order.picking_ids._action_done()
        order.picking_ids.move_ids.date = f"{day} 10:00:00"

    def test_payment_basis_goes_by_the_first_payment(self):
        self.pay(self.sell(day="2025-12-15"), "2026-01-12")
        self.assertEqual(
            self.new(basis="payment"),
            {self.manager_a.id: {self.fresh.id: date(2026, 1, 12)}},
        )
        known = self.sell(self.customer, day="2025-06-10")
        self.pay(known, "2025-06-15", 40.0)
        self.pay(self.sell(self.customer), "2026-01-15")
        self.assert_new({self.manager_a: [self.fresh]}, basis="payment")

    def test_delivery_basis_goes_by_the_first_delivery(self):
        order = self.order(moment="2025-12-20 10:00:00")
        self.deliver(order, "2026-01-12")
        self.assertEqual(
            self.new(basis="delivery"),
            {self.manager_a.id: {self.fresh.id: date(2026, 1, 12)}},
        )
        known = self.order(self.customer, moment="2025-06-20 10:00:00")
        self.deliver(known, "2025-06-25")
        self.deliver(self.order(self.customer), "2026-01-15")
        self.assert_new({self.manager_a: [self.fresh]}, basis="delivery")

    # ------------------------------------------------------------------
    # Evidence and cost
    # ------------------------------------------------------------------

    def test_evidence_gives_the_figure_again(self):
        Fact = self.env["sales.fact.report"]
        self.share(self.sell(), {self.manager_a: 4000, self.manager_b: 6000})
        self.sell(day="2026-01-20")
        self.sell(self.customer)
        self.sell(self.customer_b)
        self.order()
        for basis in ("invoice", "order"):
            found = self.new(basis=basis)
            domains = Fact._new_customers_domains(self.company, *JANUARY, basis=basis)
            self.assertEqual(set(domains), set(found))
            for user_id, domain in domains.items():
                partners = Fact.search(domain).partner_id
                self.assertEqual(set(partners.ids), set(found[user_id]))
            domain = Fact._new_customers_domain(self.company, *JANUARY, basis=basis)
            partners = {p for customers in found.values() for p in customers}
            self.assertEqual(set(Fact.search(domain).partner_id.ids), partners)
        nobody = Fact._new_customers_domain(self.company, *JANUARY, users=self.director)
        self.assertFalse(Fact.search(nobody))

    def test_two_queries(self):
        self.sell()
        self.new()
        with self.assertQueryCount(2):
            self.new()
        with self.assertQueryCount(2):
            self.new(basis="order")
