from .common import LadderCommon


class TestFlow(LadderCommon):
    """From the order to the customer with automatic transfers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up()

    def moves(self, order, source=None, target=None):
        """Open moves of an order, by the warehouses they leave and reach."""
        return order.order_line.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
            and move.location_id.warehouse_id == (source or move.env["stock.warehouse"])
            and move.location_dest_id.warehouse_id
            == (target or move.env["stock.warehouse"])
        )

    def test_branch_and_centre(self):
        self.put(12, self.shop)
        self.put(30, self.central)
        order = self.make_order((self.cloth, 20))
        self.assertEqual(
            self.ladder(order), [("branch", "approved", 12), ("central", "approved", 8)]
        )
