from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import SupplyCommon

MANAGER = "sales_manager_kpi.group_manager"
SUPPLY = "sales_manager_kpi.group_supply_supervisor"


class TestRequest(SupplyCommon):
    """From asking to the goods, with what may go wrong on the way."""

    def moves_of(self, line):
        return line.sudo().move_ids.sorted("id")

    # ------------------------------------------------------------------
    # The way it should go
    # ------------------------------------------------------------------

    def test_granted_goods_come_from_the_central_warehouse(self):
        self.stock(self.cloth, self.central, 50)
        request = self.make_request((self.cloth, 12))
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.department_id, self.regional)
        self.assertEqual(request.supervisor_id, self.supervisor)
        activity = request.sudo().activity_ids
        self.assertEqual(activity.user_id, self.supervisor)
        self.answer(request.line_ids)
        self.assertEqual(request.state, "in_progress")
        self.assertFalse(
            request.sudo().activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        )
        incoming, outgoing = self.moves_of(request.line_ids).sorted(
            lambda m: m.location_id.usage != "transit"
        )
        self.assertEqual(outgoing.location_id, self.central.lot_stock_id)
        self.assertEqual(incoming.location_dest_id, self.store.lot_stock_id)
        self.assertEqual(incoming.product_qty, 12)
        self.carry_out(outgoing)
        self.assertEqual(request.line_ids.arrived_qty, 0)
        self.assertEqual(request.state, "in_progress")
        self.carry_out(incoming)
        self.assertEqual(request.line_ids.arrived_qty, 12)
        self.assertTrue(request.line_ids.is_promise_kept)
        self.assertEqual(request.state, "done")
        decisions = request.decision_ids.mapped("decision")
        self.assertEqual(decisions, ["submit", "answer", "run", "arrive"])
        told = request.sudo().activity_ids.filtered(
            lambda a: a.user_id == self.manager_a
        )
        self.assertEqual(len(told), 1, "one until it is looked at")
        self.assertIn("Answered", told.note)
        self.assertIn("have arrived", told.note)

    def test_part_comes_and_the_rest_follows(self):
        self.stock(self.cloth, self.central, 50)
        line = self.make_request((self.cloth, 10)).line_ids
        self.answer(line, "partial", 8)
        incoming, outgoing = self.moves_of(line).sorted(
            lambda m: m.location_id.usage != "transit"
        )
        self.carry_out(outgoing)
        incoming._action_assign()
        incoming.write({"quantity": 5, "picked": True})
        incoming._action_done()
        self.assertEqual((line.arrived_qty, line.state), (5, "in_progress"))
        rest = self.moves_of(line).filtered(lambda m: m.state not in ("done", "cancel"))
        self.carry_out(rest)
        self.assertEqual((line.arrived_qty, line.state), (8, "done"))

    def test_a_mixed_answer(self):
        self.stock(self.cloth, self.central, 50)
        request = self.make_request((self.cloth, 10), (self.felt, 4))
        first, second = request.line_ids
        self.answer(first)
        self.assertEqual(request.state, "submitted", "another line waits")
        self.answer(second, "rejected", alternative_product_id=self.cloth.id)
        self.assertEqual(request.state, "in_progress")
        self.assertEqual(second.state, "done")
        self.assertTrue(request.is_answered_in_time)
        request = self.make_request((self.felt, 4))
        self.answer(request.line_ids, "rejected")
        self.assertEqual(request.state, "done")

    def test_bulk_answers(self):
        self.stock(self.cloth, self.central, 50)
        requests = self.make_request((self.cloth, 1)) | self.make_request(
            (self.cloth, 2), (self.felt, 3)
        )
        lines = requests.line_ids.with_user(self.supervisor)
        wizard = (
            self.env["supply.answer"]
            .with_user(self.supervisor)
            .with_context(active_model="supply.request.line", active_ids=lines.ids)
            .create({"verdict": "granted", "promised_date": self.tomorrow})
        )
        wizard.action_answer()
        self.assertEqual(lines.mapped("granted_qty"), lines.mapped("asked_qty"))
        self.assertEqual(set(requests.mapped("state")), {"in_progress"})
        with self.assertRaises(UserError):
            lines.action_answer()

    def test_grant_all_then_answer(self):
        request = self.make_request((self.cloth, 1), (self.felt, 3))
        lines = request.line_ids.with_user(self.supervisor)
        lines.action_grant()
        with self.assertRaisesRegex(UserError, "promise a date"):
            lines.action_answer()
        lines.write({"promised_date": self.tomorrow})
        lines.action_answer()
        self.assertEqual(set(lines.mapped("state")), {"in_progress"})

    def test_an_answer_that_changes(self):
        self.stock(self.cloth, self.central, 50)
        self.customer.email = "customer@example.com"
        request = self.make_request(
            (self.cloth, 10), partner_id=self.customer.id, tell_customer=True
        )
        line = self.answer(request.line_ids)
        moves = self.moves_of(line)
        later = self.tomorrow + timedelta(days=9)
        to_customer = [("recipient_ids", "in", self.customer.ids)]
        self.assertFalse(self.env["mail.mail"].search(to_customer))
        wizard = (
            self.env["supply.answer"]
            .with_user(self.supervisor)
            .with_context(active_model="supply.request.line", active_ids=line.ids)
            .create({"promised_date": later, "reason": "Ship is late"})
        )
        self.assertTrue(wizard.is_change)
        wizard.action_answer()
        self.assertEqual(line.promised_date, later)
        self.assertEqual(line.first_promised_date, self.tomorrow)
        self.assertEqual(self.moves_of(line), moves, "nothing is ordered twice")
        self.assertEqual((line.state, request.state), ("in_progress", "in_progress"))
        dates = line.decision_ids.filtered(
            lambda d: d.decision in ("answer", "change")
        ).mapped("promised_date")
        self.assertEqual(dates, [self.tomorrow, later])
        mail = self.env["mail.mail"].search(to_customer)
        self.assertEqual(len(mail), 1)
        self.assertIn("Cloth", mail.subject)
        # less, before anything has left: ordered anew
        line.change_answer({"verdict": "partial", "granted_qty": 6, "reason": "Less"})
        alive = self.moves_of(line).filtered(lambda m: m.state != "cancel")
        self.assertEqual(set(alive.mapped("product_qty")), {6})
        self.carry_out(alive.filtered(lambda m: m.location_id.usage == "internal"))
        with self.assertRaisesRegex(UserError, "under way"):
            line.change_answer(
                {
                    "verdict": "rejected",
                    "granted_qty": 0,
                    "promised_date": False,
                    "reason": "No",
                }
            )

    def test_a_rejection_that_becomes_a_yes(self):
        line = self.answer(self.make_request((self.cloth, 10)).line_ids, "rejected")
        self.assertEqual(line.request_id.state, "done")
        line.change_answer(
            {"verdict": "granted", "granted_qty": 10, "promised_date": self.tomorrow}
        )
        self.assertEqual(line.state, "in_progress")
        self.assertEqual(line.request_id.state, "in_progress")

    # ------------------------------------------------------------------
    # The director of the branch
    # ------------------------------------------------------------------

    def test_stocking_is_approved_by_the_director(self):
        request = self.make_request((self.cloth, 10), kind="stocking")
        self.assertEqual(request.state, "to_approve")
        self.assertEqual(request.sudo().activity_ids.user_id, self.director)
        for user in (self.manager_a, self.other_director, self.supervisor):
            with self.assertRaises(AccessError):
                request.with_user(user).action_approve()
        request.with_user(self.director).line_ids.product_uom_qty = 8
        with self.assertRaises(UserError):
            request.line_ids.product_uom_qty = 20
        request.with_user(self.director).send_back("Too much")
        self.assertEqual(request.state, "draft")
        request.action_submit()
        request.with_user(self.director).action_approve()
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.line_ids.asked_qty, 8)

    def test_a_director_does_not_approve_their_own(self):
        request = self.make_request(
            (self.cloth, 10), kind="stocking", user=self.director
        )
        self.assertEqual(request.state, "to_approve")
        with self.assertRaises(AccessError):
            request.action_approve()
        request.with_user(self.commercial).action_approve()
        self.assertEqual(request.state, "submitted")

    # ------------------------------------------------------------------
    # The clock
    # ------------------------------------------------------------------

    def test_the_clock_runs_in_working_hours(self):
        start = fields.Datetime.to_datetime("2026-03-27 14:00:00")  # Friday, 15:00
        due = self.regional._due_at(start)
        # two hours on Friday (15-17), six on Monday from 8:00, after the clocks changed
        self.assertEqual(due, fields.Datetime.to_datetime("2026-03-30 13:00:00"))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Easter",
                "calendar_id": self.regional.resource_calendar_id.id,
                "date_from": "2026-03-30 00:00:00",
                "date_to": "2026-03-30 21:59:59",
            }
        )
        due = self.regional._due_at(start)
        self.assertEqual(due, fields.Datetime.to_datetime("2026-03-31 13:00:00"))

    def test_a_late_answer_is_escalated_once(self):
        request = self.make_request((self.cloth, 1))
        Request = self.env["supply.request"]
        self.assertNotIn(request, Request.search([("is_overdue", "=", True)]))
        request.sudo().due_at = fields.Datetime.now() - timedelta(hours=1)
        self.assertTrue(request.is_overdue)
        self.assertIn(request, Request.search([("is_overdue", "=", True)]))
        self.assertNotIn(request, Request.search([("is_overdue", "=", False)]))
        for __ in range(2):
            Request._cron_watch()
        users = request.sudo().activity_ids.mapped("user_id")
        self.assertEqual(users, self.supervisor | self.head)
        self.assertEqual(request.decision_ids.mapped("decision").count("escalate"), 1)
        self.answer(request.line_ids, user=self.head)
        self.assertFalse(request.is_answered_in_time)
        self.assertFalse(request.is_overdue)

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_quantities_and_units(self):
        for quantity in (0, -5):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.make_request((self.cloth, quantity))
                self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "not measured"):
            self.make_request(
                (self.cloth, 1), submit=False
            ).line_ids.product_uom_id = self.env.ref("uom.product_uom_kgm")
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self.make_request((self.cloth, 2), submit=False).line_ids
        line.product_uom_id = dozen
        self.assertEqual(line.asked_qty, 24)

    def test_products_that_cannot_be_asked_for(self):
        self.felt.action_archive()
        with self.assertRaisesRegex(ValidationError, "archived"):
            self.make_request((self.felt, 1))
        service = self.make_goods("Advice", type="service", is_storable=False)
        with self.assertRaisesRegex(ValidationError, "not goods"):
            self.make_request((service, 1))

    def test_incomplete_requests(self):
        with self.assertRaisesRegex(UserError, "add a line"):
            self.make_request()
        self.branch.warehouse_id = False
        with self.assertRaisesRegex(UserError, "no warehouse"):
            self.make_request((self.cloth, 1))
        self.regional.active = False
        with self.assertRaisesRegex(UserError, "No department"):
            self.make_request((self.cloth, 1))

    def test_incomplete_answers(self):
        line = self.make_request((self.cloth, 10)).line_ids
        for verdict, granted, values, words in (
            (False, 0, {}, "choose an answer"),
            ("granted", 9, {}, "all of it"),
            ("partial", 10, {}, "less than asked"),
            ("partial", 0, {}, "more than zero"),
            ("partial", 5, {"reason": " "}, "reason"),
            ("granted", 10, {"promised_date": False}, "promise a date"),
            ("granted", 10, {"promised_date": "2020-01-01"}, "not past"),
            ("rejected", 3, {}, "Enter 0"),
            ("rejected", 0, {"reason": False}, "reason"),
        ):
            with self.subTest(words=words), self.cr.savepoint() as savepoint:
                with self.assertRaisesRegex(UserError, words):
                    self.answer(line, verdict, granted, **values)
                savepoint.rollback()
        self.assertEqual(line.state, "waiting")

    def test_a_closed_request_is_not_answered(self):
        request = self.make_request((self.cloth, 10))
        request.action_cancel()
        with self.assertRaisesRegex(UserError, "not waiting"):
            self.answer(request.line_ids)
        with self.assertRaises(UserError):
            request.action_submit()

    def test_what_is_under_way_is_not_withdrawn(self):
        request = self.make_request((self.cloth, 10))
        self.answer(request.line_ids)
        with self.assertRaisesRegex(UserError, "on the way"):
            request.action_cancel()

    def test_without_routes_the_line_says_what_to_set(self):
        self.store.resupply_wh_ids = False
        self.stock(self.felt, self.central, 9)
        request = self.make_request((self.cloth, 10))
        line = self.answer(request.line_ids)
        self.assertIn("Resupply From", line.error)
        self.assertEqual((line.state, request.state), ("answered", "answered"))
        self.assertFalse(line.sudo().move_ids, "no receipt out of thin air")
        self.store.resupply_wh_ids = self.central
        request.with_user(self.supervisor).action_run()
        self.assertEqual((line.state, line.error), ("in_progress", False))
        self.assertEqual(request.state, "in_progress")

    def test_one_line_that_fails_leaves_the_others(self):
        request = self.make_request((self.cloth, 10), (self.felt, 1))
        other = self.env["stock.route"].create({"name": "Nowhere"})
        lines = request.line_ids.with_user(self.supervisor)
        lines.action_grant()
        lines.write({"promised_date": self.tomorrow})
        lines[0].route_id = self.make_bad_route(other)
        lines.action_answer()
        self.assertTrue(lines[0].error)
        self.assertEqual(lines.mapped("state"), ["answered", "in_progress"])

    def make_bad_route(self, route):
        """A route of a rule that knows no place to take goods from."""
        self.env["stock.rule"].create(
            {
                "name": "From nowhere",
                "route_id": route.id,
                "action": "pull",
                "location_dest_id": self.store.lot_stock_id.id,
                "picking_type_id": self.store.in_type_id.id,
                "location_src_id": False,
            }
        )
        route.warehouse_selectable = True
        return route

    def test_cancelled_transfers_are_ordered_again(self):
        request = self.make_request((self.cloth, 10))
        line = self.answer(request.line_ids)
        line.sudo().move_ids._action_cancel()
        self.assertEqual(line.state, "answered")
        self.assertIn("cancelled", line.error)
        self.assertEqual(request.state, "answered")
        line.action_run()
        self.assertEqual(line.state, "in_progress")
        alive = self.moves_of(line).filtered(lambda m: m.state != "cancel")
        self.assertEqual(alive.mapped("product_qty"), [10, 10])

    def test_requests_never_share_a_move(self):
        lines = self.make_request((self.cloth, 3)).line_ids
        lines |= self.make_request((self.cloth, 4)).line_ids
        for line in lines:
            self.answer(line)
        for line in lines:
            self.assertEqual(
                set(self.moves_of(line).mapped("product_qty")), {line.asked_qty}
            )

    def test_two_step_receipts_arrive_in_stock(self):
        self.store.reception_steps = "two_steps"
        self.central.delivery_steps = "pick_ship"
        self.stock(self.cloth, self.central, 50)
        line = self.make_request((self.cloth, 7)).line_ids
        self.answer(line)
        for __ in range(6):
            ready = self.moves_of(line).filtered(
                lambda m: (
                    m.state not in ("done", "cancel")
                    and (
                        not m.move_orig_ids or "done" in m.move_orig_ids.mapped("state")
                    )
                )
            )
            if not ready:
                break
            self.assertEqual(line.arrived_qty, 0)
            self.carry_out(ready)
        self.assertEqual((line.arrived_qty, line.state), (7, "done"))
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.cloth.id),
                ("location_id", "=", self.store.lot_stock_id.id),
            ]
        )
        self.assertEqual(quants.quantity, 7)

    def test_answers_stay_as_they_were_written(self):
        line = self.answer(self.make_request((self.cloth, 10)).line_ids)
        decision = line.decision_ids[:1]
        for user in (self.supervisor, self.admin):
            with self.assertRaises(AccessError):
                decision.with_user(user).write({"comment": "Other"})
            with self.assertRaises(AccessError):
                decision.with_user(user).unlink()
        request = line.request_id
        with self.assertRaises(UserError):
            request.with_user(self.admin).unlink()

    def test_a_supervisor_who_left(self):
        self.supervisor.active = False
        request = self.make_request((self.cloth, 1))
        self.assertEqual(request.sudo().activity_ids.user_id, self.head)
        self.answer(request.line_ids, user=self.head)
        self.assertEqual(request.state, "in_progress")

    def test_departments_want_supervisors(self):
        for values in (
            {"supervisor_id": self.manager_a.id},
            {"escalation_user_id": self.plain.id},
        ):
            with self.assertRaises(ValidationError):
                self.regional.write(values)

    def test_who_asks_does_not_answer(self):
        both = self.make_user("both", f"{MANAGER},{SUPPLY}")
        self.regional.supervisor_id = both
        request = self.make_request((self.cloth, 1), user=both)
        self.assertEqual(request.sudo().activity_ids.user_id, self.head)
        with self.assertRaises(AccessError):
            self.answer(request.line_ids, user=both)
        self.answer(request.line_ids, user=self.head)

    def test_copy_asks_again(self):
        request = self.make_request((self.cloth, 4))
        self.answer(request.line_ids)
        copy = request.copy()
        self.assertEqual(copy.state, "draft")
        self.assertEqual(copy.line_ids.state, "waiting")
        self.assertFalse(copy.line_ids.verdict)
        self.assertEqual(copy.line_ids.asked_qty, 4)
        self.assertNotEqual(copy.name, request.name)

    def test_import_cannot_decide(self):
        values = {"branch_id": self.branch.id, "kind": "sample"}
        Request = self.env["supply.request"].with_user(self.manager_a)
        for bad in (
            {"state": "answered"},
            {"user_id": self.manager_b.id},
            {"due_at": "2030-01-01"},
            {
                "line_ids": [
                    Command.create({"product_id": self.cloth.id, "granted_qty": 5})
                ]
            },
        ):
            with self.subTest(bad=bad), self.assertRaises(AccessError):
                Request.create({**values, **bad})
