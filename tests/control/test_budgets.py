from unittest.mock import patch

from .common import ControlCommon


class TestBudgets(ControlCommon):
    """Hooks cost the same few statements, however many documents a call touches."""

    def queries_of_settling(self):
        """What the end of the call costs beyond writing what is pending anyway."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env.cr.precommit.run()
        return self.env.cr.sql_log_count - before

    def billed(self, count):
        orders = self.env["sale.order"].union(
            *(self.sell(confirm=False) for _number in range(count))
        )
        orders.action_confirm()
        self.settle()
        invoices = orders.with_context(raise_if_nothing_to_invoice=False)
        invoices = invoices._create_invoices(grouped=True)
        self.assertEqual(len(invoices), count)
        return orders, invoices

    def test_payment_costs_at_most_five(self):
        costs = []
        for count in (1, 50):
            orders, invoices = self.billed(count)
            self.settle()
            invoices.action_post()
            self.assertLessEqual(self.queries_of_settling(), 5)
            wizard = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoices.ids)
                .create({"group_payment": False})
            )
            wizard._create_payments()
            costs.append(self.queries_of_settling())
            rows = self.env["sale.order.control"].search(
                [("order_id", "in", orders.ids)]
            )
            self.assertEqual(rows.mapped("payment_state"), ["paid"] * count)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 5)

    def test_delivery_costs_at_most_five(self):
        costs = []
        for count in (1, 50):
            orders, _invoices = self.billed(count)
            pickings = orders.picking_ids
            pickings.action_assign()
            pickings.move_ids.picked = True
            self.settle()
            pickings.button_validate()
            costs.append(self.queries_of_settling())
            rows = self.env["sale.order.control"].search(
                [("order_id", "in", orders.ids)]
            )
            self.assertEqual(rows.mapped("shipment_state"), ["shipped"] * count)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[0], 5)

    def test_limit_is_asked_once_a_batch(self):
        self.env["payment.limit"].create({"mode": "hold"})
        costs = []
        for count in (1, 20):
            orders, _invoices = self.billed(count)
            moves = orders.picking_ids.move_ids
            moves.mapped("picking_id.partner_id.commercial_partner_id.name")
            orders.mapped("partner_id.commercial_partner_id.name")
            before = self.env.cr.sql_log_count
            moves._check_payment()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0])
        self.assertLessEqual(costs[1], 3)

    # ------------------------------------------------------------------
    # All of a call, savepoints included
    # ------------------------------------------------------------------

    def queries_of(self, act):
        self.settle()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.settle()
        return self.env.cr.sql_log_count - before

    def extra_queries(self, prepare, act):
        """What hooks add to ``act``, on things that ``prepare`` makes alike."""
        warm, first, second = prepare(), prepare(), prepare()
        self.queries_of(lambda: act(warm))
        with_hooks = self.queries_of(lambda: act(first))
        Control = self.registry["sale.order.control"]
        with patch.object(Control, "_touch", lambda *_args: None):
            without = self.queries_of(lambda: act(second))
        return with_hooks - without

    def test_whole_payment(self):
        extra = self.extra_queries(lambda: self.bill(self.sell()), self.pay)
        self.assertTrue(0 < extra <= 5, extra)

    def test_whole_delivery(self):
        def prepared():
            picking = self.sell().picking_ids
            picking.action_assign()
            picking.move_ids.picked = True
            return picking

        extra = self.extra_queries(prepared, lambda one: one.button_validate())
        self.assertTrue(0 < extra <= 5, extra)
