from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import freeze_time

from .common import ClosingCommon

DOCUMENTS = 3
CHANGES = (
    "owner",
    "share",
    "reset",
    "repost",
    "cancel",
    "price",
    "backdate",
    "credit_note",
    "cost",
    "move",
    "move_back",
    "cancel_order",
    "confirm_order",
    "close_next",
    "book",
)


@freeze_time("2026-03-10 12:00:00")
class TestFrozenAndLateAreLive(ClosingCommon):
    """Whatever happens to the documents of closed months, in whatever order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sales_manager_kpi_plan_basis = "order"
        customers = [cls.customer, cls.customer_b, cls.customer]
        cls.documents = [
            cls.make_document(
                [(cls.cloth, 100.0 + number), (cls.thread, 10.0)],
                partner_id=customers[number].id,
                date=f"2026-01-{10 + number}",
            )
            for number in range(DOCUMENTS)
        ]
        cls.orders = []
        for number in range(DOCUMENTS):
            with freeze_time(f"2026-01-{20 + number} 12:00:00"):
                cls.orders.append(
                    cls.make_sale(
                        [(cls.cloth, 40.0 + number)],
                        partner_id=customers[number].id,
                    )
                )
        cls.close(cls.january)
        cls.seal = cls.january.close_hash

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(CHANGES), st.integers(0, DOCUMENTS - 1)),
            min_size=1,
            max_size=6,
        )
    )
    def test_always(self, changes):
        with self.env.cr.savepoint() as savepoint:
            for name, number in changes:
                self.change(name, self.documents[number], self.orders[number])
            self.book()
            for period in self.env["sales.period"]._closed_months(self.company):
                self.assert_is_live(period)
            self.assertEqual(self.Line._seal(self.january), self.seal)
            self.assertFalse(self.book(), "asked again, there is nothing")
            savepoint.rollback()
            self.env.transaction.clear()

    def change(self, name, move, order):
        """Change what can be changed in this way now, and nothing otherwise."""
        document = order if name.endswith("_order") else move
        getattr(self, f"change_{name}")(document)

    def change_owner(self, move):
        move._store_credit(
            {move.id: (self.manager_b.id, self.other_branch.id, "owner")}
        )

    def change_share(self, move):
        if not self.credits(move):
            self.share(move, {self.manager_a: 3333, self.manager_b: 6667})

    def change_reset(self, move):
        if move.state == "posted":
            move.button_draft()

    def change_repost(self, move):
        if move.state == "draft":
            move.action_post()

    def change_cancel(self, move):
        if move.state == "posted":
            move.button_draft()
            move.button_cancel()

    def change_price(self, move):
        if move.state == "posted":
            move.button_draft()
            line = move.invoice_line_ids[:1]
            move.invoice_line_ids = [Command.update(line.id, {"quantity": 3})]
            move.action_post()

    def change_backdate(self, move):
        self.make_document([(self.thread, 7.77)], date="2026-01-31")

    def change_credit_note(self, move):
        if move.state == "posted":
            self.make_document(
                [(self.cloth, 20.0)],
                "out_refund",
                reversed_entry_id=move.id,
                partner_id=move.partner_id.id,
            )

    def change_cost(self, move):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET recognition_cost = 61"
            " WHERE move_id = %s AND product_id = %s",
            [move.id, self.cloth.id],
        )
        self.env.invalidate_all()

    def change_move(self, move):
        self.redate(move, "2026-02-15")

    def change_move_back(self, move):
        self.redate(move, "2026-01-05")

    def change_cancel_order(self, order):
        if order.state == "sale":
            order._action_cancel()

    def change_confirm_order(self, order):
        if order.state == "cancel":
            order.action_draft()
            order.action_confirm()

    def change_close_next(self, move):
        blocks = any(
            row["count"] and row["severity"] == "blocks"
            for row in self.february._closing_checks()
        )
        if self.february.state == "open" and not blocks:
            self.close(self.february)

    def change_book(self, move):
        self.book()

    def credits(self, move):
        return self.env["sales.credit"].search([("move_id", "=", move.id)])

    def redate(self, move, day):
        if move.state == "posted":
            move.button_draft()
            move.invoice_date = day
            move.action_post()
