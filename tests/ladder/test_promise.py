from datetime import timedelta

from odoo import fields

from .test_known import KnownCommon


class PromiseCommon(KnownCommon):
    def setUp(self):
        super().setUp()
        self.order = self.make_order((self.cloth, 20))
        self.line = self.order.supply_request_ids.line_ids
        self.later = fields.Date.add(self.friday, days=4)

    def promise(self, day):
        self.line.with_user(self.supervisor).change_answer({"promised_date": day})

    def day(self, moves, name="date"):
        """The days in the branch's time zone of moves, each once."""
        return {self.branch._local_date(moment) for moment in moves.mapped(name)}

    def alive(self, moves):
        return moves.filtered(lambda move: move.state not in ("done", "cancel"))

    def carry_to_the_centre(self, asked):
        """The centre gets what was ordered for it, in two legs."""
        for warehouse in (self.central.browse(), self.central):
            self.finish(
                asked.move_ids.filtered(
                    lambda move, to=warehouse: (
                        move.state == "assigned"
                        and move.location_dest_id.warehouse_id == to
                        and move.location_id.warehouse_id != self.central
                    )
                )
            )

    def delivery(self):
        return self.order.order_line.move_ids.filtered(
            lambda move: move.location_dest_id.usage == "customer"
        )

    def waiting_transfer(self):
        return self.alive(self.line.move_ids & self.order.order_line.move_ids)


class TestPromiseMoves(PromiseCommon):
    """What the warehouses plan to do follows what was promised."""

    def test_transfer_and_delivery_that_wait(self):
        deadline = self.delivery().date_deadline
        self.answer(self.line, "granted", 8)
        moves = self.alive(self.line.move_ids)
        self.assertEqual(len(moves), 4, "two that waited, two to the centre")
        self.assertEqual(self.day(moves | self.delivery()), {self.friday})
        self.promise(self.later)
        self.assertEqual(self.day(moves | self.delivery()), {self.later})
        own = moves - self.order.order_line.move_ids
        self.assertEqual(self.day(own, "date_deadline"), {self.later})
        self.assertEqual(self.delivery().date_deadline, deadline, "told the customer")
        self.assertTrue(self.delivery().picking_id.has_deadline_issue)
        sooner = fields.Date.add(self.friday, days=-1)
        self.promise(sooner)
        self.assertEqual(self.day(moves | self.delivery()), {sooner})

    def test_what_is_done_stays(self):
        self.answer(self.line, "granted", 8)
        first = self.line.move_ids.filtered(lambda move: move.state == "assigned")
        self.finish(first)
        done = first.date
        self.promise(self.later)
        self.assertEqual(first.date, done)
        self.assertEqual(self.day(self.alive(self.line.move_ids)), {self.later})

    def test_not_before_the_day_agreed(self):
        agreed = fields.Date.add(self.friday, days=20)
        self.order.commitment_date = fields.Datetime.to_datetime(agreed)
        self.answer(self.line, "granted", 8)
        self.assertEqual(self.day(self.waiting_transfer()), {self.friday})
        self.assertEqual(self.day(self.delivery()), {agreed})

    def test_the_last_promise_counts(self):
        self.answer(self.line, "granted", 8)
        self.order.order_line.product_uom_qty = 22
        self.assertEqual(self.day(self.delivery()), {self.friday}, "core plans anew")
        second = self.order.supply_request_ids.line_ids - self.line
        self.answer(second, "granted", 2, promised_date=self.later)
        self.assertEqual(self.day(self.delivery()), {self.later})
        self.assertEqual(self.day(self.alive(self.line.move_ids)), {self.friday})
        self.assertEqual(self.day(self.alive(second.move_ids)), {self.later})

    def test_legs_keep_their_distance(self):
        rule = self.branch._resupply_routes()[:1].rule_ids.filtered(
            lambda rule: rule.location_dest_id.usage == "transit"
        )
        rule.delay = 2
        order = self.make_order((self.cloth, 3))
        line = order.supply_request_ids.line_ids
        self.answer(line, "granted", 3)
        into, out = (order.order_line.move_ids & line.move_ids).sorted("id")[:2]
        if into.location_id.warehouse_id == self.central:
            into, out = out, into
        self.assertEqual(into.date - out.date, timedelta(days=2))
        self.assertEqual(self.branch._local_date(into.date), self.friday)

    def test_second_answer_after_an_increase(self):
        """Each answer has a transfer of its own, and ends when that has come."""
        self.answer(self.line, "granted", 8)
        self.order.order_line.product_uom_qty = 22
        second = self.order.supply_request_ids.line_ids - self.line
        self.answer(second, "granted", 2)
        self.assertNotEqual(second.origin_move_id, self.line.origin_move_id)
        for asked in (self.line, second):
            self.carry_to_the_centre(asked)
        self.assertEqual(
            self.asked(self.order), [(8, "in_progress"), (2, "in_progress")]
        )
        self.ship(self.order)
        self.receive(self.order)
        self.assertEqual(self.asked(self.order), [(8, "done"), (2, "done")])
        self.assertFalse(second.error)

    def test_what_was_refused_keeps_nobody_waiting(self):
        """The transfer waits for 8, of which 5 were granted: 5 are all that comes."""
        self.answer(self.line, "partial", 5)
        self.carry_to_the_centre(self.line)
        self.ship(self.order, 5)
        self.finish(self.open_moves(self.order, None, self.shop), 5)
        self.assertEqual((self.line.arrived_qty, self.line.state), (5, "done"))


class TestPromiseOnApproval(PromiseCommon):
    MODE = "approval"

    def test_transfers_of_the_request(self):
        self.answer(self.line, "granted", 8)
        moves = self.line.move_ids
        self.assertEqual(len(moves), 2)
        for day in (self.later, fields.Date.add(self.later, days=-6)):
            self.promise(day)
            self.assertEqual(self.day(moves | self.delivery()), {day})
            self.assertEqual(self.day(moves, "date_deadline"), {day})
        promised = self.branch._local_date(self.order.supply_promised_at)
        self.assertEqual(promised, day)
