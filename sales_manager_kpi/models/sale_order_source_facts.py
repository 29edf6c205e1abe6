from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models

from ..engine.sourcing import Facts, Lane, Place

READ = (
    *("product_id", "product_uom", "product_uom_qty", "quantity", "state", "date"),
    *("location_id", "location_dest_id", "location_final_id", "move_orig_ids"),
    *(
        "sale_line_id",
        "rule_id",
        "warehouse_id",
        "to_refund",
        "origin_returned_move_id",
    ),
)


def _is_away(location):
    """Whether goods there are out of the company's hands, on the customer's side."""
    return location.usage == "customer" or (
        location.usage == "transit" and not location.company_id
    )


@dataclass
class Legs:
    """What the legs from one place add up to, in steps of the product's unit."""

    shipped: int = 0
    to_ship: int = 0
    reserved: int = 0
    arrived: int = 0
    due: int = 0
    promised: object = None
    moves: list = field(default_factory=list)

    @property
    def transit(self):
        return max(0, self.shipped - self.arrived)

    @property
    def undocumented(self):
        """What is on its way without a document that would receive it."""
        return max(0, self.transit - self.due)

    def lane(self, place):
        reserved = min(self.reserved, self.to_ship)
        return Lane(
            place,
            arrived=self.arrived,
            transit=self.transit,
            reserved=reserved,
            asked=self.to_ship - reserved,
            promised=self.promised,
        )


class SaleOrderSource(models.Model):
    """Reads from stock what happened to the goods of order lines.

    Legs are told by the warehouses they leave and reach, never by their operation
    type: a warehouse in two or three steps moves goods inside itself.
    """

    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    def _facts(self, lines):
        """``({line: Facts}, {line: {Place: Legs}})`` of lines that were confirmed.

        The legs of the branch itself are the moves to the customer.
        """
        chains = self._chains(lines)
        held = self._held_by_line(lines)
        answered = self._answered_by_line(lines)
        facts, legs_by_line = {}, {}
        for line in lines:
            out, inward = self._split_chain(line, chains[line])
            lanes = self._legs(line, inward)
            delivered, closed, secured, promised = self._delivery(line, out)
            place = line._ladder_branch()._place_of(line.warehouse_id)
            facts[line] = Facts(
                branch=place,
                quantity=line._ladder_steps(),
                delivered=delivered,
                closed=closed,
                secured=secured,
                held=line._to_steps(held.get(line.id, 0.0)),
                promised=promised,
                lanes=tuple(found.lane(where) for where, found in lanes.items()),
                answers=tuple(answered.get(line.id, ())),
            )
            own = Legs(moves=list(out))
            hold = place._replace(kind="hold")
            legs_by_line[line] = {**lanes, place: own, hold: own}
        return facts, legs_by_line

    def _chains(self, lines):
        """``{line: moves}``: those of the line, and those they come from."""
        Move = self.env["stock.move"]
        own = lines.move_ids
        own.fetch(READ)
        own._rollup_move_origs_fetch()
        chains = {}
        for line in lines:
            chain = Move.browse(line.move_ids._rollup_move_origs())
            chains[line] = chain.filtered(
                lambda move, line=line: (
                    move.state != "cancel"
                    and move.product_id == line.product_id
                    and move.sale_line_id in (line, line.browse())
                )
            )
        return chains

    def _split_chain(self, line, chain):
        """``(moves towards the customer and back, moves towards the branch)``."""
        home = line.warehouse_id
        final = chain.filtered(
            lambda move: (
                _is_away(move.location_id)
                or _is_away(move.location_final_id or move.location_dest_id)
                # what was picked and laid back
                or (
                    move.origin_returned_move_id
                    and move.location_id.warehouse_id == home
                )
            )
        )
        return final, chain - final

    def _delivery(self, line, out):
        """``(delivered, closed, secured, promised)`` of the moves to the customer.

        As core counts them, without its query per location.
        """
        home, stock = line.warehouse_id, line.warehouse_id.lot_stock_id
        shipped, returned, pulled, laid_back = [], [], [], []
        for move in out:
            if _is_away(move.location_id):
                returned += [move] if move.to_refund else []
                continue
            if _is_away(move.location_dest_id):
                again = move.origin_returned_move_id and not move.to_refund
                shipped += [] if again else [move]
            if move.location_id._child_of(stock) or (
                move.location_id.warehouse_id != home
            ):
                pulled.append(move)
            elif move.origin_returned_move_id and move.location_dest_id._child_of(
                stock
            ):
                laid_back.append(move)
        gross = self._done(line, shipped)
        asked = [move for move in pulled if move.state != "done"]
        picked = self._done(line, pulled) - self._done(line, laid_back) - gross
        picked = max(0, picked)
        delivered = gross - self._done(line, returned)
        waiting = picked + self._demand(line, asked)
        open_dates = [move.date for move in out if move.state != "done"]
        return (
            delivered,
            max(0, line._ladder_steps() - max(0, delivered) - waiting),
            picked + self._reserved(line, asked),
            max(open_dates, default=None),
        )

    def _legs(self, line, moves):
        """``{Place: Legs}`` of the moves that bring goods to the line's branch."""
        branch = line._ladder_branch()
        home = line.warehouse_id
        legs = defaultdict(Legs)
        for move in moves:
            source = move.location_id.warehouse_id
            target = move.location_dest_id.warehouse_id
            if source == target:
                if source and source != home:
                    found = legs[branch._place_of(source)]
                    found.reserved += self._reserved(line, move)
                    found.moves.append(move)
                continue
            if source and source != home:
                self._add_leaving(line, move, legs[branch._place_of(source)])
            if target == home:
                place = self._origin_place(branch, move, moves)
                self._add_arriving(line, move, legs[place])
            elif target and not source:
                # back where it came from
                legs[branch._place_of(target)].shipped -= self._done(line, move)
        return {place: found for place, found in legs.items() if found.moves}

    def _add_leaving(self, line, move, legs):
        legs.moves.append(move)
        legs.shipped += self._done(line, move)
        if move.state != "done":
            legs.to_ship += self._demand(line, move)
            legs.reserved += self._reserved(line, move)

    def _add_arriving(self, line, move, legs):
        if move not in legs.moves:
            legs.moves.append(move)
        legs.arrived += self._done(line, move)
        if move.location_id.usage not in ("internal", "transit"):
            # from a vendor or from production: nothing leaves a warehouse before
            legs.shipped += self._done(line, move)
            legs.to_ship += self._demand(line, move) if move.state != "done" else 0
        if move.state != "done":
            legs.due += self._demand(line, move)
            legs.promised = max(legs.promised or move.date, move.date)

    def _origin_place(self, branch, move, moves):
        """Whence a move to the branch brings goods, by the chain behind it."""
        usage = move.location_id.usage
        if usage == "production":
            return Place("production")
        if usage == "supplier":
            return Place("regional")
        home = branch.sudo().warehouse_id  # sudo: see sales.branch._resupply_routes
        for origin in moves.browse(move._rollup_move_origs()):
            warehouse = origin.location_id.warehouse_id
            if warehouse and warehouse != home:
                return branch._place_of(warehouse)
        return branch._place_of(branch.sudo().supplying_warehouse_id)  # sudo: above

    # ------------------------------------------------------------------
    # Quantities in steps
    # ------------------------------------------------------------------

    def _done(self, line, moves):
        return sum(
            line._to_steps(move.quantity, move.product_uom)
            for move in moves
            if move.state == "done"
        )

    def _demand(self, line, moves):
        return sum(
            line._to_steps(move.product_uom_qty, move.product_uom) for move in moves
        )

    def _reserved(self, line, moves):
        return sum(
            line._to_steps(move.quantity, move.product_uom)
            for move in moves
            if move.state not in ("done", "cancel")
        )
