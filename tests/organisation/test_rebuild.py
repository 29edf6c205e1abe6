from datetime import date

from freezegun import freeze_time

from odoo import Command

from ..common import SalesManagementCommon


class TestRebuild(SalesManagementCommon):
    """Installation into years of data."""

    def forget(self, *customers):
        """As if we had not been there: no rows, no stamps."""
        self.env.flush_all()
        ids = [c.id for c in customers]
        cr = self.env.cr
        cr.execute("DELETE FROM customer_assignment WHERE partner_id = ANY(%s)", [ids])
        cr.execute(
            "UPDATE sale_order SET credit_kind = NULL, credited_user_id = NULL, "
            "credited_branch_id = NULL, first_confirmation_date = NULL, "
            "first_confirmation_rate = NULL WHERE partner_id = ANY(%s)",
            [ids],
        )
        cr.execute(
            "UPDATE account_move SET credit_kind = NULL, credited_user_id = NULL, "
            "credited_branch_id = NULL WHERE partner_id = ANY(%s)",
            [ids],
        )
        self.env.invalidate_all()

    def created(self, customer, day):
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = %s", [day, customer.id]
        )

    def track_change(self, customer, day, old, new):
        message = self.env["mail.message"].create(
            {"model": "res.partner", "res_id": customer.id, "date": day}
        )
        self.env["mail.tracking.value"].create(
            {
                "field_id": self.env["ir.model.fields"]
                ._get("res.partner", "user_id")
                .id,
                "old_value_integer": old.id,
                "new_value_integer": new.id,
                "mail_message_id": message.id,
            }
        )

    def order_on(self, day, customer, user):
        with freeze_time(f"{day} 12:00:00"):
            return self.make_order(customer, user_id=user.id)

    def chain(self, customer):
        rows = customer.customer_assignment_ids.sorted("date_from")
        self.assertEqual(set(rows.mapped("source")), {"rebuilt"})
        return [(r.user_id, r.date_from, r.date_to) for r in rows]

    def rebuild(self):
        self.env["customer.assignment"]._rebuild()
        self.env["sales.credit.fill"]._fill()

    def test_tracked_changes_tell_the_owners(self):
        self.created(self.customer, "2024-01-15")
        first = self.order_on("2024-03-01", self.customer, self.manager_a)
        second = self.order_on("2025-03-01", self.customer, self.manager_a)
        self.customer.user_id = self.manager_b
        self.track_change(
            self.customer, "2024-06-10 09:00:00", self.manager_a, self.manager_b
        )
        self.forget(self.customer)
        self.rebuild()
        self.assertEqual(
            self.chain(self.customer),
            [
                (self.manager_a, date(2024, 1, 15), date(2024, 6, 9)),
                (self.manager_b, date(2024, 6, 10), False),
            ],
        )
        self.assertEqual(first.credited_user_id, self.manager_a)
        self.assertEqual(first.credited_branch_id, self.branch)
        self.assertEqual(first.first_confirmation_date, first.date_order)
        self.assertEqual(second.credited_user_id, self.manager_b)

    def test_orders_tell_where_nothing_was_tracked(self):
        customer = self.make_customer("Untracked", self.manager_b)
        self.created(customer, "2024-01-15")
        for day in ("2024-03-01", "2024-04-01"):
            self.order_on(day, customer, self.manager_a)
        self.order_on("2024-05-01", customer, self.manager_b)  # once: a favour
        self.order_on("2024-06-01", customer, self.manager_a)
        self.order_on("2024-07-01", customer, self.manager_a)
        for day in ("2024-09-01", "2024-10-01"):
            self.order_on(day, customer, self.manager_b)
        self.forget(customer)
        self.rebuild()
        self.assertEqual(
            self.chain(customer),
            [
                (self.manager_a, date(2024, 1, 15), date(2024, 8, 31)),
                (self.manager_b, date(2024, 9, 1), False),
            ],
        )

    def test_salesperson_of_today_when_nothing_else_is_known(self):
        self.created(self.customer, "2024-01-15")
        self.forget(self.customer)
        self.rebuild()
        self.assertEqual(
            self.chain(self.customer), [(self.manager_a, date(2024, 1, 15), False)]
        )

    def test_customer_who_lost_the_salesperson(self):
        customer = self.make_customer("Orphan", self.manager_a)
        self.created(customer, "2024-01-15")
        for day in ("2024-03-01", "2024-04-01"):
            self.order_on(day, customer, self.manager_a)
        customer.user_id = False
        self.forget(customer)
        self.rebuild()
        chain = self.chain(customer)
        self.assertEqual([row[0] for row in chain][0], self.manager_a)
        self.assertFalse(chain[-1][0])

    def test_existing_rows_are_left_alone(self):
        before = self.customer.customer_assignment_ids.read()
        self.rebuild()
        self.customer.customer_assignment_ids.invalidate_recordset()
        self.assertEqual(self.customer.customer_assignment_ids.read(), before)

    def test_invoices_follow_orders_reversals_and_dates(self):
        self.created(self.customer, "2024-01-15")
        order = self.order_on("2024-03-01", self.customer, self.manager_a)
        invoice = self.invoice_order(order)
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        manual = self.make_invoice(date="2024-05-01")
        loose_refund = self.make_invoice(move_type="out_refund")
        self.forget(self.customer)
        self.rebuild()
        for document in (invoice, refund, manual):
            self.assertEqual(document.credited_user_id, self.manager_a)
            self.assertEqual(document.credited_branch_id, self.branch)
            self.assertEqual(document.credit_kind, "single")
        self.assertEqual(loose_refund.credit_kind, "needs_owner")

    def test_invoice_of_two_owners_goes_by_line(self):
        first = self.make_order(price=300)
        self.customer.user_id = self.manager_b
        second = self.make_order(price=100)
        invoice = (first | second)._create_invoices()
        invoice.action_post()
        self.env["sales.credit"].sudo().search([]).unlink()
        self.env.cr.execute(
            "UPDATE account_move SET credit_kind = NULL WHERE id = %s", invoice.ids
        )
        self.env.invalidate_all()
        self.env["sales.credit.fill"]._fill()
        self.assertEqual(invoice.credit_kind, "by_line")
        self.assertEqual(len(invoice.sales_credit_ids), 2)

    def test_invoice_of_two_salespersons_before_there_were_branches(self):
        users = [
            self.make_user(login, "sales_manager_kpi.group_manager")
            for login in ("late_x", "late_y")
        ]
        nobody = self.make_customer("Nobody's")
        orders = self.env["sale.order"]
        for user in users:
            orders |= self.make_order(nobody, user_id=user.id)
        invoice = orders._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.credit_kind, "unassigned")
        for user, branch in zip(users, (self.branch, self.other_branch), strict=True):
            branch.member_ids = [
                Command.create({"user_id": user.id, "date_from": "2024-01-01"})
            ]
        self.env["sales.credit.fill"]._fill()
        self.assertEqual(orders.mapped("credited_user_id"), users[0] | users[1])
        self.assertEqual(invoice.credit_kind, "by_line")

    def test_invoice_does_not_get_ahead_of_its_order(self):
        late = self.make_user("late_z", "sales_manager_kpi.group_manager")
        nobody = self.make_customer("Nobody's")
        with freeze_time("2026-03-01 12:00:00"):
            order = self.make_order(nobody, user_id=late.id)
        invoice = self.invoice_order(order)
        self.branch.member_ids = [
            Command.create({"user_id": late.id, "date_from": "2026-04-01"})
        ]
        self.env["sales.credit.fill"]._fill()
        self.assertEqual(order.credit_kind, "unassigned")
        self.assertEqual(invoice.credit_kind, "unassigned")

    def test_branches_that_come_later(self):
        user = self.make_user("late", "sales_manager_kpi.group_manager")
        customer = self.make_customer("Late's", user)
        customer.customer_assignment_ids.date_from = "2024-01-01"
        owned = self.make_order(customer)
        nobody = self.make_customer("Nobody's")
        loose = self.make_order(nobody, user_id=user.id)
        self.assertEqual(owned.credited_user_id, user)
        self.assertFalse(owned.credited_branch_id)
        self.assertEqual(loose.credit_kind, "unassigned")
        self.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2024-01-01"})
        ]
        self.env["sales.setup"].with_user(self.admin).create({}).action_fill()
        self.env.invalidate_all()
        self.assertEqual(owned.credited_branch_id, self.branch)
        self.assertEqual(loose.credited_user_id, user)
        self.assertEqual(loose.credited_branch_id, self.branch)
        self.assertEqual(customer.customer_assignment_ids.branch_id, self.branch)

    def test_filling_twice_changes_nothing(self):
        self.make_order()
        self.make_invoice()
        self.env["sales.credit.fill"]._fill()
        self.assertEqual(self.env["sales.credit.fill"]._fill(), 0)

    def test_fill_agrees_with_the_live_rule(self):
        """The set-based rule and the one at confirmation give the same credit."""
        nobody = self.make_customer("Nobody's")
        orders = self.make_order() | self.make_order(nobody, user_id=self.manager_b.id)
        orders |= self.make_order(nobody, user_id=self.commercial.id)
        moves = self.make_invoice() | self.make_invoice(nobody)
        names = ["credited_user_id", "credited_branch_id", "credit_kind"]
        live = [d.read(names) for documents in (orders, moves) for d in documents]
        self.env.flush_all()
        for table, records in (("sale_order", orders), ("account_move", moves)):
            self.env.cr.execute(
                f"UPDATE {table} SET credit_kind = NULL, credited_user_id = NULL, "
                "credited_branch_id = NULL WHERE id = ANY(%s)",
                [records.ids],
            )
        self.env.invalidate_all()
        self.env["sales.credit.fill"]._fill()
        filled = [d.read(names) for documents in (orders, moves) for d in documents]
        self.assertEqual(filled, live)
