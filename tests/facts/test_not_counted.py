from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import FactsCommon

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


class TestNotCounted(FactsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register = cls.env["sales.not.counted"]

    def rows(self, documents=None, basis="invoice", window=JANUARY, **conditions):
        """``[(reason, amount, manager)]`` of January, the largest first."""
        domain = [
            ("company_id", "=", self.company.id),
            ("basis", "=", basis),
            ("date", ">=", window[0]),
            ("date", "<=", window[1]),
            *[(name, "=", value) for name, value in conditions.items()],
        ]
        if documents:
            field = "order_id" if documents._name == "sale.order" else "move_id"
            domain.append((field, "in", documents.ids))
        self.register.invalidate_model()
        found = self.register.search(domain)
        return sorted(
            ((row.reason, round(row.amount, 2), row.user_id) for row in found),
            key=lambda row: (-abs(row[1]), row[0], row[2].id),
        )

    def order_at(
        self, moment="2026-01-15 10:00:00", lines=None, confirm=True, **values
    ):
        lines = lines or [(self.cloth, 100.0)]
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "date_order": moment,
                "order_line": [
                    Command.create(self._prepare_line(line)) for line in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
            order.sudo().write(
                {"date_order": moment, "first_confirmation_date": moment}
            )
        return order

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    def test_what_counts_is_not_listed(self):
        self.make_document([(self.cloth, 100)])
        self.assertEqual(self.rows(), [])

    def test_quotation_and_its_cancellation(self):
        order = self.order_at(confirm=False)
        for basis in ("invoice", "order"):
            self.assertEqual(
                self.rows(order, basis), [("quotation", 100, self.manager_a)]
            )
        order._action_cancel()
        self.assertEqual(self.rows(order), [("cancelled", 100, self.manager_a)])

    def test_confirmed_order_is_not_invoiced_until_it_is(self):
        order = self.order_at()
        self.assertEqual(self.rows(order), [("to_invoice", 100, self.manager_a)])
        self.assertEqual(self.rows(order, "order"), [])
        move = order._create_invoices()
        move.invoice_date = "2026-01-20"
        self.assertEqual(self.rows(), [("draft", 100, self.manager_a)])
        move.action_post()
        self.assertEqual(self.rows(), [])

    def test_partly_invoiced_order_lists_the_rest(self):
        line = {**self._prepare_line((self.cloth, 100.0)), "product_uom_qty": 10}
        order = self.order_at(lines=[line])
        move = order._create_invoices()
        move.invoice_line_ids.quantity = 4
        move.invoice_date = "2026-01-20"
        move.action_post()
        self.assertEqual(self.rows(), [("to_invoice", 600, self.manager_a)])

    def test_order_invoiced_in_another_month(self):
        order = self.order_at()
        self.invoice_order(order, "2026-02-10")
        self.assertEqual(self.rows(), [("other_month", 100, self.manager_a)])
        self.assertEqual(self.rows(window=FEBRUARY), [])

    def test_cancelled_after_confirmation(self):
        order = self.order_at()
        order._action_cancel()
        for basis in ("invoice", "order"):
            self.assertEqual(
                self.rows(order, basis), [("cancelled", 100, self.manager_a)]
            )

    def test_draft_and_cancelled_invoice(self):
        move = self.make_document([(self.cloth, 100)])
        move.button_draft()
        self.assertEqual(self.rows(move), [("draft", 100, self.manager_a)])
        move.button_cancel()
        self.assertEqual(self.rows(move), [("cancelled", 100, self.manager_a)])
        self.assertEqual(self.rows(move, "order"), [])

    def test_draft_of_an_order_is_for_whom_the_order_counts(self):
        order = self.order_at()
        order._store_credit(
            {order.id: (self.manager_b.id, self.other_branch.id, "single")}
        )
        move = order._create_invoices()
        move.invoice_date = "2026-01-20"
        self.assertEqual(
            self.rows(move),
            [
                ("draft", 100, self.manager_b),
                ("other_manager", 100, self.manager_a),
            ],
        )

    def test_down_payment(self):
        order = self.order_at()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        wizard.create_invoices()
        move = order.invoice_ids
        move.invoice_date = "2026-01-20"
        move.action_post()
        self.assertEqual(self.rows(move), [("down_payment", 30, self.manager_a)])
        self.assertEqual(self.rows(order), [("to_invoice", 100, self.manager_a)])

    def test_own_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        sister.partner_id.user_id = self.manager_a
        self.env["customer.assignment"].search([]).date_from = "2020-01-01"
        partner = sister.partner_id
        posted = self.make_document([(self.cloth, 100)], partner_id=partner.id)
        draft = self.make_document([(self.cloth, 100)], partner_id=partner.id)
        draft.button_draft()
        order = self.order_at(partner_id=partner.id)
        expected = [("intercompany", 100, self.manager_a)]
        self.assertEqual(self.rows(posted), expected)
        self.assertEqual(self.rows(draft), expected)
        self.assertEqual(self.rows(order), expected)
        self.assertEqual(self.rows(order, "order"), expected)

    def test_credited_to_another_manager_names_them(self):
        move = self.make_document([(self.cloth, 100)])
        move._store_credit(
            {move.id: (self.manager_b.id, self.other_branch.id, "single")}
        )
        self.assertEqual(self.rows(move), [("other_manager", 100, self.manager_a)])
        row = self.register.search([("move_id", "=", move.id)])
        self.assertEqual(row.credited_user_id, self.manager_b)

    def test_part_of_another_on_a_shared_document(self):
        move = self.make_document([(self.cloth, 100)])
        self.share(move, {self.manager_a: 7000, self.manager_b: 3000})
        self.assertEqual(self.rows(move), [("other_manager", 30, self.manager_a)])

    def test_shared_order_waits_for_its_invoice_in_shares(self):
        order = self.order_at()
        self.share(order, {self.manager_a: 7000, self.manager_b: 3000})
        self.assertEqual(
            self.rows(order),
            [
                ("to_invoice", 70, self.manager_a),
                ("to_invoice", 30, self.manager_b),
            ],
        )

    def test_credit_note_without_origin(self):
        note = self.make_document([(self.cloth, 100)], move_type="out_refund")
        self.assertEqual(self.rows(note), [("needs_owner", -100, self.manager_a)])

    def test_nobody_owned_the_customer(self):
        nobody = self.env["res.users"]
        move = self.make_document([(self.cloth, 100)], partner_id=self.orphan.id)
        self.assertEqual(self.rows(move), [("no_owner", 100, nobody)])
        order = self.order_at(partner_id=self.orphan.id)
        self.assertEqual(self.rows(order), [("to_invoice", 100, nobody)])

    def test_quotation_of_a_salesperson_without_owner(self):
        order = self.order_at(
            confirm=False, partner_id=self.orphan.id, user_id=self.manager_b.id
        )
        self.assertEqual(self.rows(order), [("quotation", 100, self.manager_b)])

    def test_owner_came_after_the_document(self):
        move = self.make_document([(self.cloth, 100)], partner_id=self.orphan.id)
        self.orphan.user_id = self.manager_b
        self.env["customer.assignment"].search(
            [("partner_id", "=", self.orphan.id)]
        ).date_from = "2026-01-01"
        self.assertEqual(self.rows(move), [("unassigned", 100, self.manager_b)])

    def test_booked_in_another_month_still_counts(self):
        move = self.make_document([(self.cloth, 100)], date="2026-01-31")
        move.button_draft()
        move.date = "2026-02-05"
        move.action_post()
        self.assertEqual(self.rows(move), [])

    def test_last_evening_of_the_month(self):
        order = self.order_at("2026-01-31 23:30:00", confirm=False)
        self.assertEqual(self.rows(order), [])
        self.assertEqual(
            self.rows(order, window=FEBRUARY), [("quotation", 100, self.manager_a)]
        )

    def test_foreign_currency_is_in_company_currency(self):
        currency = self.setup_other_currency("GBP", rates=[("2020-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": currency.id}
        )
        order = self.order_at(pricelist_id=pricelist.id)
        self.assertEqual(self.rows(order), [("to_invoice", 50, self.manager_a)])

    # ------------------------------------------------------------------
    # Deliveries and payments
    # ------------------------------------------------------------------

    def pay(self, move, day, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        values = {"payment_date": day, **({"amount": amount} if amount else {})}
        wizard.create(values)._create_payments()

    def deliver(self, order, day, quantity=None):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking._action_done()
        picking.move_ids.date = f"{day} 10:00:00"

    def test_not_delivered_and_delivered_in_another_month(self):
        line = {**self._prepare_line((self.cloth, 10.0)), "product_uom_qty": 10}
        order = self.order_at(lines=[line])
        self.assertEqual(
            self.rows(order, "delivery"), [("to_deliver", 100, self.manager_a)]
        )
        self.deliver(order, "2026-01-20", 4)
        self.assertEqual(
            self.rows(order, "delivery"), [("to_deliver", 60, self.manager_a)]
        )
        self.deliver(order, "2026-02-10")
        self.assertEqual(
            self.rows(order, "delivery"), [("other_month", 60, self.manager_a)]
        )
        self.assertEqual(self.rows(order, "delivery", FEBRUARY), [])

    def test_discount_is_delivered_with_the_goods(self):
        order = self.order_at(lines=[(self.cloth, 100.0), (self.discount, -10.0)])
        self.assertEqual(
            self.rows(order, "delivery"), [("to_deliver", 90, self.manager_a)]
        )
        self.deliver(order, "2026-01-20")
        self.assertEqual(self.rows(order, "delivery"), [])

    def test_not_paid_and_paid_in_another_month(self):
        move = self.make_document([(self.cloth, 100)])
        self.assertEqual(self.rows(move, "payment"), [("to_pay", 100, self.manager_a)])
        self.pay(move, "2026-01-20", 30.0)
        self.assertEqual(self.rows(move, "payment"), [("to_pay", 70, self.manager_a)])
        self.pay(move, "2026-02-10")
        self.assertEqual(
            self.rows(move, "payment"), [("other_month", 70, self.manager_a)]
        )
        self.assertEqual(self.rows(move, "payment", FEBRUARY), [])

    def test_settled_by_a_credit_note_is_no_payment(self):
        move = self.make_document([(self.cloth, 100)])
        note = move._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=True)
        self.assertEqual(self.rows(move, "payment"), [("settled", 100, self.manager_a)])
        self.assertEqual(
            self.rows(note, "payment"), [("settled", -100, self.manager_a)]
        )

    def test_paid_and_delivered_is_not_listed(self):
        order = self.order_at()
        self.deliver(order, "2026-01-20")
        self.pay(self.invoice_order(order, "2026-01-21"), "2026-01-22")
        for basis in ("invoice", "order", "delivery", "payment"):
            self.assertEqual(self.rows(basis=basis), [], basis)

    # ------------------------------------------------------------------
    # Everything of the manager's customers is counted or listed
    # ------------------------------------------------------------------

    def test_every_document_is_counted_or_listed(self):
        moves = self.make_document([(self.cloth, 1000)])
        moves |= self.make_document([(self.cloth, 500), (self.discount, -50)])
        shared = self.make_document([(self.cloth, 333.33)])
        self.share(shared, {self.manager_a: 3333, self.manager_b: 6667})
        other = self.make_document([(self.cloth, 70)])
        other._store_credit(
            {other.id: (self.manager_b.id, self.other_branch.id, "single")}
        )
        draft = self.make_document([(self.cloth, 60)])
        draft.button_draft()
        moves |= shared | other | draft
        moves |= moves[0]._reverse_moves([{"invoice_date": "2026-01-20"}])
        moves[-1].action_post()
        moves |= self.make_document([(self.cloth, 25)], move_type="out_refund")
        part = self.order_at(
            lines=[{**self._prepare_line((self.cloth, 10.0)), "product_uom_qty": 9}]
        )
        invoice = part._create_invoices()
        invoice.invoice_line_ids.quantity = 4
        invoice.invoice_date = "2026-01-21"
        invoice.action_post()
        moves |= invoice
        orders = self.order_at(confirm=False) | self.order_at() | part
        for move in moves:
            counted = self.amounts(move, status="counted", user_id=self.manager_a.id)
            listed = self.rows(move, user_id=self.manager_a.id)
            self.assertAlmostEqual(
                sum(counted) + sum(row[1] for row in listed),
                move.amount_untaxed_signed,
                2,
                move.display_name,
            )
            self.assertLessEqual(len(listed), 1)
            self.assertTrue(counted or listed)
        for order in orders:
            listed = self.rows(order, user_id=self.manager_a.id)
            invoiced = sum(order.invoice_ids.mapped("amount_untaxed_signed"))
            self.assertAlmostEqual(
                invoiced + sum(row[1] for row in listed), order.amount_untaxed, 2
            )

    # ------------------------------------------------------------------
    # Rights, evidence, cost
    # ------------------------------------------------------------------

    def documents_of_both(self):
        self.order_at(confirm=False)
        self.order_at(
            confirm=False, partner_id=self.customer_b.id, lines=[(self.cloth, 200)]
        )
        self.order_at(
            confirm=False,
            partner_id=self.orphan.id,
            user_id=False,
            lines=[(self.cloth, 400)],
        )

    def seen_by(self, user):
        self.env.flush_all()
        rows = self.register.with_user(user)
        rows.invalidate_model()
        return sum(rows.search([("basis", "=", "invoice")]).mapped("amount"))

    def test_everybody_sees_what_the_role_says(self):
        self.documents_of_both()
        self.assertEqual(self.seen_by(self.manager_a), 100)
        self.assertEqual(self.seen_by(self.manager_b), 200)
        self.assertEqual(self.seen_by(self.director), 100)
        self.assertEqual(self.seen_by(self.other_director), 200)
        self.assertEqual(self.seen_by(self.commercial), 700)
        self.assertEqual(self.seen_by(self.admin), 700)
        portal = new_test_user(self.env, "portal_nc", groups="base.group_portal")
        for user in (self.plain, self.supervisor, portal):
            with self.assertRaises(AccessError):
                self.seen_by(user)

    def test_row_of_another_is_not_read_by_its_id(self):
        self.documents_of_both()
        row = self.register.search([("user_id", "=", self.manager_b.id)], limit=1)
        row.invalidate_recordset()
        with self.assertRaises(AccessError):
            row.with_user(self.manager_a).read(["amount"])
        self.assertEqual(
            row.with_user(self.manager_b).read(["amount"])[0]["amount"], 200
        )

    def test_rows_are_not_written(self):
        self.documents_of_both()
        rows = self.register.search([]).with_user(self.admin)
        for attempt in (
            lambda: rows.write({"amount": 1}),
            lambda: rows.unlink(),
            lambda: rows.create({"amount": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_manager_opens_the_document(self):
        self.documents_of_both()
        row = self.register.with_user(self.manager_a).search([], limit=1)
        action = row.action_open_document()
        document = self.env[action["res_model"]].browse(action["res_id"])
        self.open_form(document.with_user(self.manager_a))

    def test_action_of_a_month(self):
        order = self.order_at()
        self.make_document([(self.cloth, 100)])
        action = self.register._not_counted_action(
            self.company, *JANUARY, "invoice", self.manager_a
        )
        self.assertEqual(self.register.search(action["domain"]).order_id, order)

    def test_identifiers_are_unique_and_found_again(self):
        self.documents_of_both()
        order = self.order_at()
        self.share(order, {self.manager_a: 7000, self.manager_b: 3000})
        move = self.make_document([(self.cloth, 100)])
        self.share(move, {self.manager_a: 7000, self.manager_b: 3000})
        rows = self.register.search([])
        self.assertEqual(len(rows), len(set(rows.ids)))
        for row in rows:
            self.assertEqual(self.register.search([("id", "=", row.id)]), row)
            self.assertLess(row.id, 2**53)

    def test_number_of_queries(self):
        self.documents_of_both()
        self.order_at()
        domain = self.register._not_counted_domain(
            self.company, *JANUARY, "invoice", self.manager_a
        )
        self.register.search_read(domain, ["amount", "reason"])
        self.register.invalidate_model()
        with self.assertQueryCount(5):
            self.register.search_read(domain, ["amount", "reason"])
