from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from .common import ShowroomCommon


class ReplaceCommon(ShowroomCommon):
    """The branch is supplied from a central warehouse, by a department."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.central = cls.make_warehouse("CENS")
        cls.warehouse.resupply_wh_ids = [Command.link(cls.central.id)]
        cls.branch.supplying_warehouse_id = cls.central
        cls.department = cls.env["supply.department"].create(
            {
                "name": "Regional",
                "company_id": cls.company.id,
                "supervisor_id": cls.supervisor.id,
                "tz": "Europe/Amsterdam",
            }
        )
        cls.soon = fields.Date.add(fields.Date.today(), days=3)

    def propose(self, user=None, samples=None, lines=None, branch=None):
        """The proposal as ``user`` opens it: of the board, samples, or the norm."""
        records = samples or lines or branch or self.branch
        records = records.with_user(user or self.manager_a)
        action = (
            records.action_showroom_propose()
            if records._name == "sales.branch"
            else records.action_propose()
        )
        return records.env[action["res_model"]].browse(action["res_id"])

    def found(self, wizard):
        """``{(product, type): (count, samples, choice)}`` of a proposal."""
        return {
            (line.product_id, line.sample_type_id): (
                line.sample_count,
                line.sample_ids.sudo(False).with_env(self.env),
                line.choice,
            )
            for line in wizard.line_ids
        }

    def ask(self, wizard):
        """Confirm, and submit the request that was made; its line."""
        action = wizard.action_confirm()
        self.assertEqual(action["res_model"], "supply.request")
        request = wizard.env["supply.request"].browse(action["res_id"])
        request.action_submit()
        return request.line_ids

    def grant(self, line, quantity=None):
        line = line.with_user(self.supervisor)
        part = quantity is not None
        line.write(
            {
                "verdict": "partial" if part else "granted",
                "granted_qty": quantity if part else line.asked_qty,
                "promised_date": self.soon,
                "reason": "Little left" if part else False,
            }
        )
        line.action_answer()

    def bring(self, line, lot=None):
        """The warehouses carry out the transfers of ``line``, leg by leg."""
        for __ in range(2):
            moves = line.sudo().move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            for move in moves:
                if move.state == "waiting":
                    continue
                move._action_assign()
                move.quantity = move.product_uom_qty
                move.picked = True
                move.picking_id._action_done()


class TestPropose(ReplaceCommon):
    def test_what_is_proposed(self):
        """Worn samples and gaps of the norm: once, not twice."""
        self.put(self.velvet, 5, "R5")
        self.make_norm(self.velvet, count=2)
        self.make_norm(self.lamp, self.piece)
        worn = self.make_sample()
        worn.action_replace()
        found = self.found(self.propose())
        self.assertEqual(
            found,
            {
                (self.velvet, self.swatch): (2, worn, "make"),
                (self.lamp, self.piece): (1, worn.browse(), "ask"),
            },
        )
        words = self.propose().line_ids.mapped("why")
        self.assertEqual(set(words), {"1 × Worn, 1 × Missing", "1 × Missing"})

    def test_rolls_decide_where_it_is_made(self):
        """Two cuts of half a metre do not come out of two remnants of 0.4."""
        self.put(self.velvet, 0.4, "A")
        self.put(self.velvet, 0.9, "B")
        self.make_norm(self.velvet, count=2)
        line = self.propose().line_ids
        self.assertEqual((line.choice, line.free_qty, line.need_qty), ("ask", 1.3, 1.0))
        self.put(self.velvet, 0.5, "C")
        self.assertEqual(self.propose().line_ids.choice, "make")

    def test_one_roll_serves_once(self):
        """What one line takes is not free for the next."""
        cut = self.make_type("Cut", "cut", 1.0)
        self.put(self.velvet, 1.2, "A")
        self.make_norm(self.velvet)
        self.make_norm(self.velvet, cut)
        choices = sorted(self.propose().line_ids.mapped("choice"))
        self.assertEqual(choices, ["ask", "make"])

    def test_not_sold_any_more(self):
        """Such samples go; unless something else is shown instead."""
        self.put(self.velvet, 5, "R5")
        self.put(self.lamp, 2)
        cloth = self.make_sample()
        lamp = self.make_sample(self.lamp, self.piece)
        (self.velvet | self.lamp).sale_ok = False
        self.env["showroom.sample"]._cron_mark()
        wizard = self.propose()
        self.assertEqual(set(wizard.line_ids.mapped("choice")), {"out"})
        silk = self.make_goods("Silk", uom_id=self.metre.id)
        line = wizard.line_ids.filtered(lambda line: line.product_id == self.velvet)
        line.choice = "ask"
        with self.assertRaisesRegex(ValidationError, "not sold any more"):
            wizard.action_confirm()
        line.successor_id = silk
        asked = self.ask(wizard)
        self.assertEqual((asked.product_id, asked.asked_qty), (silk, 0.5))
        self.assertEqual(asked.showroom_sample_ids, cloth)
        self.assertEqual((lamp.state, lamp.end_reason), ("withdrawn", "Not sold"))
        self.assertEqual(self.quantity(self.lamp, self.stock), 2)

    def test_make_it_here(self):
        """The new sample hangs where the old one did, and that one is gone."""
        roll = self.put(self.velvet, 5, "R5")
        longer = self.put(self.velvet, 9, "R9")
        worn = self.make_sample(place="Stand 3")
        worn.action_replace()
        wizard = self.propose(samples=worn)
        wizard.line_ids.lot_id = longer
        action = wizard.action_confirm()
        new = self.env["showroom.sample"].search(action["domain"])
        self.assertEqual((new.state, new.place), ("on_display", "Stand 3"))
        self.assertEqual((new.lot_id, worn.lot_id), (longer, roll))
        self.assertEqual((worn.state, worn.replaced_by_id), ("consumed", new))
        with self.assertRaisesRegex(UserError, "at least one line"):
            wizard.action_confirm()

    def test_never_asked_twice(self):
        self.make_norm(self.velvet, count=2)
        first, second = self.propose(), self.propose(self.director)
        line = self.ask(first)
        self.assertEqual((line.sample_count, line.asked_qty), (2, 1.0))
        with self.assertRaisesRegex(UserError, "meanwhile"):
            second.action_confirm()
        with self.assertRaisesRegex(UserError, "on its way"):
            self.propose()
        norm_line = self.env["showroom.norm.line"].search(
            [("product_id", "=", self.velvet.id), ("branch_id", "=", self.branch.id)]
        )
        self.assertEqual((norm_line.missing_qty, norm_line.asked_qty), (2, 2))
        with self.assertRaisesRegex(UserError, "on its way"):
            self.propose(lines=norm_line)
        self.grant(line, 0.5)
        self.assertEqual(self.propose().line_ids.sample_count, 1)
        line.request_id.with_user(self.supervisor).line_ids.change_answer(
            {"verdict": "rejected", "granted_qty": 0.0, "promised_date": False}
        )
        self.assertEqual(self.propose().line_ids.sample_count, 2)

    def test_replaced_while_it_hangs(self):
        """A sample on display may be replaced early; that fills no gap of the norm."""
        self.put(self.velvet, 0.5, "R05")
        self.make_norm(self.velvet, count=2)
        shown = self.make_sample()
        wizard = self.propose(samples=shown)
        self.assertEqual(
            self.found(wizard), {(self.velvet, self.swatch): (1, shown, "ask")}
        )
        self.ask(wizard)
        self.assertEqual(self.propose().line_ids.sample_count, 1)
        with self.assertRaisesRegex(UserError, "on its way"):
            self.propose(samples=shown)

    def test_lost_samples_are_replaced(self):
        self.put(self.velvet, 0.5, "R05")
        self.make_norm(self.velvet)
        sample = self.make_sample()
        sample._end("lost", "Not found")
        wizard = self.propose()
        self.assertEqual(wizard.line_ids.sample_ids, sample)
        self.assertEqual(wizard.line_ids.why, "1 × Lost")

    def test_products_of_another_unit_are_left_out(self):
        """A product whose unit was changed does not stop the proposal of all others."""
        rings = self.make_goods("Rings", categ_id=self.velvets.id)
        self.make_norm(self.velvets)
        self.assertEqual(len(self.propose().line_ids), 2)
        self.swatch.cut_uom_id = self.metre
        self.assertFalse(self.swatch._fitting(rings))
        self.assertEqual(self.propose().line_ids.product_id, self.velvet)

    def test_who_may_propose(self):
        self.make_norm(self.velvet)
        for user in (self.manager_a, self.director, self.commercial):
            self.assertEqual(self.propose(user).line_ids.product_id, self.velvet)
        for user in (self.manager_b, self.other_director):
            with self.assertRaisesRegex(AccessError, "kept by"):
                self.propose(user)
        for user in (self.supervisor, self.plain):
            with self.assertRaises(AccessError):
                self.propose(user)
        wizard = self.propose()
        with self.assertRaises(AccessError):
            wizard.with_user(self.director).action_confirm()

    def test_bad_input(self):
        self.put(self.velvet, 5, "R5")
        self.make_norm(self.velvet)
        sample = self.make_sample(branch_id=self.branch.id)
        draft = self.make_sample(made=False)
        with self.assertRaisesRegex(UserError, "is to make"):
            draft.action_propose()
        draft.unlink()
        self.put(self.velvet, 5, "H5", self.other_warehouse.lot_stock_id)
        foreign = self.make_sample(branch_id=self.other_branch.id)
        with self.assertRaisesRegex(UserError, "one branch"):
            (sample | foreign).action_propose()
        sample.action_replace()
        for values, words in (
            ({"sample_count": 0}, "1 to"),
            ({"sample_count": 100000}, "1 to"),
            ({"sample_ids": [Command.set(foreign.ids)]}, "another branch"),
        ):
            wizard = self.propose()
            wizard.line_ids.write(values)
            with self.assertRaisesRegex(ValidationError, words):
                wizard.action_confirm()
        wizard = self.propose()
        wizard.line_ids.write({"sample_count": 20})
        with self.assertRaisesRegex(UserError, "Ask for goods"):
            wizard.action_confirm()

    def test_constant_queries(self):
        """Forty products cost as many queries as ten."""
        self.branch._showroom_needs()  # what is asked once for all, as settings
        counts = []
        for step in (10, 30):
            for number in range(step):
                goods = self.make_goods(f"G{step}{number}", uom_id=self.metre.id)
                self.make_norm(goods)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            needs = self.branch._showroom_needs()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(needs), 40)
        self.assertEqual(*counts)


class TestFollow(ReplaceCommon):
    def test_arrived_and_hung(self):
        """Goods come from the central warehouse, and the old sample goes."""
        self.put(self.velvet, 0.5, "R05")
        worn = self.make_sample(place="Stand 3")
        worn.action_replace()
        self.branch.showroom_user_id = keeper = self.make_manager("k", self.branch)
        self.put(self.velvet, 5, "R5", self.central.lot_stock_id)
        line = self.ask(self.propose())
        self.assertEqual((line.showroom_state, line.takes_goods), ("asked", True))
        self.grant(line)
        with self.assertRaisesRegex(UserError, "waits to be hung"):
            line.action_hang()
        self.bring(line)
        self.assertEqual((line.state, line.showroom_state), ("done", "arrived"))
        draft = line.made_sample_ids
        self.assertEqual(
            (draft.state, draft.place, draft.replaces_ids), ("draft", "Stand 3", worn)
        )
        self.assertEqual(draft.activity_ids.user_id, keeper)
        self.assertEqual(self.branch.showroom_to_make, 1)
        with self.assertRaisesRegex(UserError, "on its way"):
            self.propose()
        self.assertEqual(self.quantity(self.velvet, self.stock), 0.5)
        line.with_user(keeper).action_hang()
        self.assertEqual(line.showroom_state, "hung")
        self.assertEqual((draft.state, draft.lot_id.name), ("on_display", "R5"))
        self.assertEqual((worn.state, worn.replaced_by_id), ("consumed", draft))
        self.assertFalse(draft.activity_ids)
        self.assertEqual(self.quantity(self.velvet, self.stock), 0)
        with self.assertRaisesRegex(UserError, "waits to be hung"):
            line.action_hang()

    def test_cards_move_no_goods(self):
        """They are granted and received; nothing moves."""
        self.make_norm(self.velvet, self.card, 2)
        self.branch.showroom_user_id = keeper = self.make_manager("k", self.branch)
        wizard = self.propose()
        self.assertEqual(wizard.line_ids.choice, "ask")
        line = self.ask(wizard)
        self.assertEqual((line.asked_qty, line.takes_goods), (2, False))
        self.grant(line)
        self.assertEqual((line.state, line.request_id.state), ("in_progress",) * 2)
        self.assertFalse(line.sudo().move_ids)
        for user in (self.manager_b, self.supervisor):
            with self.assertRaises(AccessError):
                line.with_user(user).action_received()
        line.with_user(keeper).action_received()
        self.assertEqual((line.state, line.request_id.state), ("done", "done"))
        self.assertEqual((line.showroom_state, line.is_promise_kept), ("arrived", True))
        with self.assertRaisesRegex(UserError, "not on its way"):
            line.action_received()
        line.action_hang()
        self.assertEqual(line.made_sample_ids.mapped("state"), ["on_display"] * 2)
        self.assertFalse(line.made_sample_ids.sudo().move_ids)
        told = line.request_id.activity_ids.mapped("note")
        self.assertTrue(any("2 Card of Velvet" in note for note in told), told)

    def test_cards_granted_in_part_or_taken_back(self):
        self.make_norm(self.velvet, self.card, 3)
        line = self.ask(self.propose())
        self.grant(line, 2)
        line.with_user(self.supervisor).change_answer(
            {"granted_qty": 1, "promised_date": self.soon, "reason": "One left"}
        )
        self.assertEqual((line.state, line.ordered_qty), ("in_progress", 1))
        line.action_received()
        self.assertEqual(len(line.made_sample_ids), 1)

    def test_goods_are_not_received_by_hand(self):
        self.make_norm(self.velvet)
        self.put(self.velvet, 5, "R5", self.central.lot_stock_id)
        line = self.ask(self.propose())
        self.grant(line)
        with self.assertRaisesRegex(UserError, "followed by its transfers"):
            line.action_received()

    def test_who_hangs(self):
        """Who asked from elsewhere, and who supplies, do not hang samples."""
        self.make_norm(self.velvet, self.card)
        line = self.ask(self.propose(self.director))
        self.grant(line)
        line.action_received()
        with self.assertRaises(AccessError):
            line.with_user(self.supervisor).action_hang()
        with self.assertRaises(AccessError):
            line.with_user(self.manager_b).action_hang()
        line.made_sample_ids.sudo().unlink()
        self.assertEqual(line.showroom_state, "arrived")
        line.with_user(self.director).action_hang()
        self.assertEqual(line.showroom_state, "hung")

    def test_samples_ride_along_with_stocking(self):
        """They keep their type, are followed alike, and are no demand."""
        self.make_norm(self.velvet)
        request = (
            self.env["supply.request"]
            .with_user(self.manager_a)
            .create({"kind": "stocking", "branch_id": self.branch.id})
        )
        action = request.action_add_samples()
        wizard = request.env[action["res_model"]].browse(action["res_id"])
        wizard.action_confirm()
        line = request.line_ids
        self.assertEqual((line.kind, line.sample_type_id), ("stocking", self.swatch))
        self.assertFalse(request._stocking_lines())
        request.action_submit()
        with self.assertRaisesRegex(UserError, "submitted|Reload"):
            request.action_add_samples()
        request.with_user(self.director).action_approve()
        self.put(self.velvet, 5, "R5", self.central.lot_stock_id)
        self.grant(line)
        self.bring(line)
        self.assertEqual(line.showroom_state, "arrived")
        self.assertFalse(line.score_due_on)

    def test_lines_by_hand(self):
        """A request may be typed: the form counts the goods, and nobody cheats."""
        with Form(self.env["supply.request"].with_user(self.manager_a)) as form:
            form.kind = "sample"
            with form.line_ids.new() as line:
                line.product_id = self.velvet
                line.sample_type_id = self.swatch
                line.sample_count = 3
        line = form.save().line_ids
        self.assertEqual(line.asked_qty, 1.5)
        self.swatch.cut_uom_id = self.metre
        foreign = self.make_sample(branch_id=self.other_branch.id, made=False)
        for values, words in (
            ({"product_uom_qty": 1.0}, "take 1.5"),
            ({"sample_count": 0}, "1 or more"),
            ({"showroom_sample_ids": [Command.set(foreign.ids)]}, "another branch"),
            ({"product_id": self.lamp.id}, "Choose another sample type"),
        ):
            with (
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                line.write(values)
        for name, value in (("showroom_state", "hung"), ("takes_goods", False)):
            with self.assertRaises(AccessError):
                line.write({name: value})
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager_b).write({"replaced_by_id": foreign.id})
        line.request_id.action_submit()
        with self.assertRaisesRegex(UserError, "submitted"):
            line.write({"sample_count": 1})
