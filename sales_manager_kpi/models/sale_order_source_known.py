from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models

from ..engine.instants import HOURS, instant
from ..engine.sourcing import Place, Rung
from .sale_order_source_request import SUPERVISED
from .stock_hold import LIVE
from .supply_ladder_batch import ladder_batch
from .supply_request_line import GRANTING

ANSWER_FIELDS = frozenset(
    {"state", "verdict", "granted_qty", "promised_date", "arrived_qty", "asked_qty"}
    | {"product_uom_qty", "order_line_id", "origin_move_id"}
)


class SaleOrderSource(models.Model):
    """What holds keep and supervisors say for order lines, and what they are asked."""

    # The area of supply has files of its own.
    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    request_line_id = fields.Many2one(
        comodel_name="supply.request.line",
        string="Asked With",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # One request may be answered in part: a row per answer, beside one per place.
    _place_uniq = models.UniqueIndex(
        "(order_line_id, kind, COALESCE(warehouse_id, 0),"
        " COALESCE(request_line_id, 0), state)",
        "The sources of this line are being rewritten by somebody else. Try again.",
    )

    def _place(self):
        return super()._place()._replace(request_id=self.request_line_id.id)

    def _place_vals(self, place):
        return {
            **super()._place_vals(place),
            "request_line_id": place.request_id or False,
        }

    # ------------------------------------------------------------------
    # Holds
    # ------------------------------------------------------------------

    def _held_by_line(self, lines):
        """As super: of a quotation what is held now, of an order what was."""
        if not self.env["sales.branch"]._hold_locations():
            return super()._held_by_line(lines)
        rows = (
            # sudo: what is held counts, whoever looks
            self.env["stock.hold"]
            .sudo()
            ._read_group(
                [
                    ("order_line_id", "in", lines.ids),
                    ("state", "in", (*LIVE, "consumed")),
                ],
                ["order_line_id", "state"],
                ["product_qty:sum", "held_qty:sum"],
            )
        )
        held = defaultdict(float)
        for line, state, asked, now in rows:
            ordered = line.state == "sale"
            if ordered == (state == "consumed"):
                held[line.id] += asked if ordered else now
        return held

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _answered_by_line(self, lines):
        if not self.env["supply.department"]._exist():
            return super()._answered_by_line(lines)
        return {
            line.id: [
                rung
                for asked in line.supply_line_ids.sorted("id")
                for rung in asked._rungs_of(line)
            ]
            for line in lines.sudo()  # sudo: the projection is the system's
        }

    def _facts(self, lines):
        """What was answered about a waiting transfer stands for it.

        The transfer waits with a date that nobody promised; the answer has one.
        """
        facts, legs = super()._facts(lines)
        if not self.env["supply.department"]._exist():
            return facts, legs
        for line in lines.sudo():  # sudo: as above
            answered = line.supply_line_ids.filtered(
                lambda asked: (
                    asked.origin_move_id and asked.state not in ("waiting", "cancelled")
                )
            )
            steps = sum(
                rung.quantity for asked in answered for rung in asked._rungs_of(line)
            )
            if steps:
                facts[line] = replace(
                    facts[line], lanes=tuple(_less_asked(facts[line].lanes, steps))
                )
        return facts, legs

    # ------------------------------------------------------------------
    # Asking supervisors
    # ------------------------------------------------------------------

    def _short(self):
        """As super, and what a supervisor was asked for and has not answered."""
        asked = self.filtered(
            lambda source: source.state == "requested" and source.kind in SUPERVISED
        )
        return super()._short() | asked

    def _shortages(self):
        """As super; each in whole, with what was answered of it already."""
        found = defaultdict(float)
        for branch, line, move, quantity in super()._shortages():
            found[branch, line, move] += quantity
        return [
            (branch, line, move, quantity + line._supply_answered(move))
            for (branch, line, move), quantity in found.items()
        ]

    def _raise_shortages(self, orders):
        if not self.env["supply.department"]._exist():
            return super()._raise_shortages(orders)
        shortages = self._shortages()
        known = {(line.id, move.id) for __, line, move, *__ in shortages}
        # what waits for an answer and is not missing any more is withdrawn
        waiting = orders.sudo().order_line.supply_line_ids.filtered(  # sudo: as above
            lambda asked: asked.state == "waiting" and asked.kind == "shortage"
        )
        shortages += [
            (asked.branch_id, asked.order_line_id, asked.origin_move_id, 0.0)
            for asked in waiting
            if (asked.order_line_id.id, asked.origin_move_id.id) not in known
        ]
        return self.env["supply.request"]._raise_shortages(shortages)


def _less_asked(lanes, steps):
    """``lanes`` asked for ``steps`` less, the first one first."""
    for lane in lanes:
        part = min(lane.asked, steps)
        steps -= part
        yield replace(lane, asked=lane.asked - part)


class SaleOrderLine(models.Model):
    """Order lines that supervisors were asked for."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    supply_line_ids = fields.One2many(
        comodel_name="supply.request.line",
        inverse_name="order_line_id",
        string="Supply Request Lines",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    def _supply_answered(self, move):
        """What was answered of this line's shortage, in the product's unit.

        :param move: the waiting transfer it is about, if any
        """
        # sudo: whoever confirms, the answers count
        answered = self.sudo().supply_line_ids.filtered(
            lambda asked: (
                asked.kind == "shortage"
                and asked.origin_move_id == move
                and asked.state not in ("waiting", "cancelled")
            )
        )
        return sum(asked._covers_shortage() for asked in answered)

    def write(self, vals):
        """What is ordered less or more of is asked of the supervisors anew."""
        result = super().write(vals)
        if "product_uom_qty" in vals and self.env["sales.branch"]._ladder():
            orders = self.order_id.filtered(lambda order: order.state == "sale")
            orders._ask_supervisors()
        return result


class SupplyRequestLine(models.Model):
    """An answer is a rung of the ladder of the order line it is about."""

    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._follow_with_ladders()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not ANSWER_FIELDS.isdisjoint(vals):
            self._follow_with_ladders()
        return result

    def action_answer(self):
        with ladder_batch(self.env):
            return super().action_answer()

    def change_answer(self, values):
        with ladder_batch(self.env):
            return super().change_answer(values)

    def _follow_with_ladders(self):
        """Put the ladders of these order lines right; nothing where there are none."""
        if not self.env["sales.branch"]._ladder():
            return
        # sudo: who answers need not read the order
        lines = self.sudo().order_line_id
        if lines:
            with ladder_batch(self.env) as batch:
                batch.add(lines)

    def _rungs_of(self, line):
        """What it says about ``line``, without what a stock move says already."""
        if self.state == "cancelled":
            return []
        place = Place(self.department_id.kind, False, self.id)
        asked = line._to_steps(self.asked_qty)
        if self.state == "waiting":
            return [] if self.origin_move_id else [Rung(place, "requested", asked)]
        granted = line._to_steps(self.granted_qty if self.verdict in GRANTING else 0.0)
        open_steps = granted - line._to_steps(self.arrived_qty)
        rungs = []
        if open_steps > 0 and self.state != "done":
            state = "approved" if self.verdict == "granted" else "partial"
            rungs.append(Rung(place, state, open_steps, self._promised_moment()))
        if asked > granted:
            rungs.append(Rung(place, "rejected", asked - granted))
        return rungs

    def _promised_moment(self):
        """The end of the promised day where the goods are promised for."""
        if not self.promised_date:
            return None
        return instant(self.promised_date, HOURS - 1, self.branch_id.tz)
