"""From the customer's wish to the goods: holds, orders that lack some, and requests."""

import math
from datetime import timedelta

from odoo.fields import Command

from .book import BOOK
from .calendar import last_working_day, month_start, working_day
from .catalogue import CARTON, PRODUCTS, ROLL, by_metre, stocked

ADMIN, CLERK = "admin", "noor"
# name: kind, supervisor
DEPARTMENTS = {
    "Regional Policy": ("regional", "sven"),
    "Production": ("production", "petra"),
}
HEAD = "carla"
MODES = {"UTR": "automatic", "GNT": "automatic", "HAM": "approval"}
SEEN = 75  # days before the end: a stocking of which is known what was sold
SENT, CAME = 3, 7  # days from an answer to leaving Leiden, and to the branch
MORE = 12  # metres or pieces that an order lacks
HELD = 12  # metres that are held of a quotation
LATE = "Sold out; the mill in Tilburg weaves again."
NO = "Discontinued: the yarn is not made any more."


class Supply:
    """Managers hold and order, departments answer; the setup is of the last day.

    Before that day the branches are supplied as ever, and nothing of it changes.
    """

    def __init__(self, world, agenda, warehouse):
        self.world, self.agenda, self.warehouse = world, agenda, warehouse
        self.day = last_working_day(world.last)
        self.used = set()  # goods that the story of the last day was about

    def note(self):
        """What is asked before, and the last day from four o'clock on."""
        seen = working_day(self.world.last - timedelta(days=SEEN))
        self.agenda.note(self._begin(seen), 7, self.found)
        if month_start(seen, -1) > self.world.first:
            self.agenda.note(seen, 9, self.stock_branch)
        self.agenda.note(self.day - timedelta(days=5), 11, self.ask_samples)
        for hour, act in (
            (16, self.set_up),
            (17, self.hold),
            (18, self.sell),
            (19, self.answer),
            (20, self.ask_stocking),
        ):
            self.agenda.note(self.day, hour, act)

    def _begin(self, day):
        return max(day - timedelta(days=7), working_day(self.world.first))

    # Who answers, and how goods come -----------------------------------------------

    def found(self, *__):
        """An administrator writes the departments down."""
        self.world.acting(ADMIN)["supply.department"].create(
            [
                {
                    "name": name,
                    "kind": kind,
                    "company_id": self.world.company.id,
                    "supervisor_id": self.world.users[login].id,
                    "escalation_user_id": self.world.users[HEAD].id,
                    "resource_calendar_id": self.world.company.resource_calendar_id.id,
                    "tz": self.world.users[login].tz,
                }
                for name, (kind, login) in DEPARTMENTS.items()
            ]
        )

    def set_up(self, *__):
        """An administrator lets the branches be supplied from Leiden."""
        lines = [
            Command.create({"branch_id": self.world.branches[code].id, "mode": mode})
            for code, mode in MODES.items()
        ]
        setups = self.world.acting(ADMIN)["supply.setup"]
        setups.create({"line_ids": lines}).action_apply()

    # Goods held for customers ----------------------------------------------------

    def hold(self, day, __):
        """One hold ends tomorrow, one is extended, one released, one ordered."""
        self._hold("anna", until=working_day(day + timedelta(days=1)))
        for hold in self._hold("jonas"):
            hold.action_extend()
        if holds := self._hold("elke"):
            action = holds.action_release()
            wizards = holds.env["stock.hold.release"].with_context(**action["context"])
            reason = "The customer chose another colour."
            wizards.create({"reason": reason}).action_confirm()
        self._agree(self._hold("anna", index=1).order_id)

    def _hold(self, login, index=0, until=None):
        """Hold the goods of a new quotation; none where the branch has too little."""
        code = self._code_of(login)
        goods = self._most(code)
        if not goods:
            return self.world.acting(login)["stock.hold"]
        order = self._quote(login, index, [(goods, HELD)])
        action = order.action_hold_goods()
        asks = order.env["stock.hold.ask"].with_context(**action["context"])
        ask = asks.create({"until_on": until} if until else {})
        ask.action_confirm()
        return order.stock_hold_ids

    # Orders that lack goods -------------------------------------------------------

    def sell(self, day, __):
        """Each manager sells more than branch and centre have; one what Leiden has."""
        for login in ("anna", "elke", "jonas"):
            self._sell_short(login)
        order = self._sell_from_centre("anna")
        self.world.clock.move(day, 18, 30)  # later than it was ordered
        self._send(order.order_line.move_ids)

    def _sell_short(self, login):
        """More than the branch and Leiden have of what is scarce."""
        code = self._code_of(login)
        scarce = min(self._open_goods(), key=lambda g: (self._free_for(code, g), g))
        self.used.add(scarce)
        quantity = math.floor(self._free_for(code, scarce)) + MORE
        self._order(login, 2, [(scarce, quantity)])

    def _sell_from_centre(self, login):
        """More than the branch has, and Leiden has it."""
        code = self._code_of(login)
        possible = [
            goods
            for goods in self._open_goods()
            if self._free(self.world.central, goods) >= MORE
        ]
        if not possible:
            return self.world.env["sale.order"]
        home = self.world.branches[code].warehouse_id
        goods = min(possible, key=lambda g: (self._free(home, g), g))
        self.used.add(goods)
        quantity = math.floor(self._free(home, goods)) + MORE
        return self._order(login, 3, [(goods, quantity)])

    def _order(self, login, index, goods):
        return self._agree(self._quote(login, index, goods))

    def _agree(self, orders):
        """The customer agrees, and wants the goods in two weeks."""
        orders.commitment_date = self.world.env.cr.now() + timedelta(days=14)
        orders.action_confirm()
        return orders

    def _quote(self, login, index, goods):
        """A quotation for one of the manager's customers, from their branch."""
        names = [
            customer.name
            for customer in BOOK
            if customer.owner == login and customer.name in self.world.customers
        ]
        partner = self.world.customers[names[index % len(names)]]
        branch = self.world.branches[self._code_of(login)]
        order = self.world.acting(login)["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": self.world.company.id,
                "warehouse_id": branch.warehouse_id.id,
                "team_id": branch.team_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.world.products[code].id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for code, quantity in goods
                ],
            }
        )
        order.action_quotation_sent()
        return order

    # Answers ----------------------------------------------------------------------

    def answer(self, day, __):
        """Sven grants Elke a part, refuses Jonas; Anna's request waits for him."""
        for request in self._requests("elke", "shortage"):
            # Leiden orders by receipts: nothing of the company buys by itself
            request.line_ids.route_id = self.world.central.reception_route_id
            self._answer(request, day, lambda line: 0.5, reason=LATE)
        for request in self._requests("jonas", "shortage"):
            self._answer(request, day, lambda line: 0, reason=NO)

    def _requests(self, login, kind):
        """What a manager asks for and waits for an answer about, as Sven sees it."""
        return self.world.acting("sven")["supply.request"].search(
            [
                ("user_id", "=", self.world.users[login].id),
                ("kind", "=", kind),
                ("state", "=", "submitted"),
            ]
        )

    def _answer(self, request, day, part_of, reason=False):
        """Grant a part of each line, in whole units; promise it in a week."""
        for line in request.line_ids:
            part = part_of(line)
            line.write(self._prepare_answer(line, day, part, reason))
        request.line_ids.action_answer()

    def _prepare_answer(self, line, day, part, reason):
        if part >= 1:
            verdict, granted, reason = "granted", line.asked_qty, False
        else:
            granted = math.floor(line.asked_qty * part)
            verdict = "partial" if granted else "rejected"
        promised = granted and working_day(day + timedelta(days=CAME))
        return {
            "verdict": verdict,
            "granted_qty": granted,
            "promised_date": promised or False,
            "reason": reason,
        }

    # The stock of a branch --------------------------------------------------------

    def ask_samples(self, *__):
        """Anna asks Production for samples; Petra has not found time yet."""
        env = self.world.acting("anna")
        departments = env["supply.department"].search([("kind", "=", "production")])
        env["supply.request"].create(
            {
                "kind": "sample",
                "branch_id": self.world.branches["UTR"].id,
                "department_id": departments[:1].id,
                "note": "The showroom wants the new reds before the fair.",
                "line_ids": [
                    Command.create(
                        {
                            "product_id": self.world.products[code].id,
                            "product_uom_qty": 2,
                        }
                    )
                    for code in ("VE-401", "VE-402")
                ],
            }
        ).action_submit()

    def stock_branch(self, day, __):
        """A stocking that has come, and whose accuracy is known by now."""
        request = self._suggest("elke", "Open days of the architects in two weeks.")
        if not request:
            return
        request.action_submit()
        self.world.as_user(request, "greet").action_approve()
        goods = {
            line.product_id.default_code: _in_packs(line) for line in request.line_ids
        }
        self.warehouse.receive(day, [goods])
        self._answer(self.world.as_user(request, "sven"), day, lambda line: 1)
        self.agenda.note(day + timedelta(days=SENT), 10, self.send, request)
        self.agenda.note(day + timedelta(days=CAME), 9, self.arrive, request)

    def ask_stocking(self, day, __):
        """Elke's is answered by what Leiden has; Jonas' waits for Heike."""
        self.world.env["supply.request"]._cron_score()  # as every night
        request = self._suggest("elke", "Two hotels refurnish before Easter.")
        if request:
            request.action_submit()
            self.world.as_user(request, "greet").action_approve()
            self._answer(
                self.world.as_user(request, "sven"), day, self._part_there, LATE
            )
        if request := self._suggest("jonas", "The trade fair brings visitors."):
            request.action_submit()

    def _part_there(self, line):
        """How much of what a line asks for Leiden has free."""
        free = self._free(self.world.central, line.product_id.default_code)
        return max(free, 0) / line.asked_qty

    def _suggest(self, login, note):
        """A request with the lines that demand suggests; none where it has none."""
        branch = self.world.branches[self._code_of(login)]
        request = self.world.acting(login)["supply.request"].create(
            {"kind": "stocking", "branch_id": branch.id, "note": note}
        )
        found = request._suggestions().values()
        if not any(values["suggested_qty"] > 0 for values in found):
            request.unlink()
            return request.browse()
        request.action_suggest()
        return request

    def send(self, __, requests):
        """Leiden sends what was granted."""
        for request in requests:
            self._send(self._moves(request))

    def arrive(self, __, requests):
        """The branch puts it away."""
        for request in requests:
            self.warehouse.arrive(None, [[self._moves(request).picking_id]])

    def _moves(self, request):
        moves = request.with_env(self.world.env).line_ids.move_ids
        return moves.filtered(lambda move: move.state not in ("done", "cancel"))

    def _send(self, moves):
        """Do the transfers among ``moves`` and before them that leave Leiden."""
        moves = moves.with_env(self.world.env)
        moves |= moves.browse(moves._rollup_move_origs())
        leaving = moves.filtered(
            lambda move: (
                move.location_id == self.world.central.lot_stock_id
                and move.state not in ("done", "cancel")
            )
        )
        self.warehouse.arrive(None, [[leaving.picking_id]])

    # What there is ----------------------------------------------------------------

    def _code_of(self, login):
        return next(
            code
            for code, branch in self.world.branches.items()
            if self.world.users[login].property_warehouse_id == branch.warehouse_id
        )

    def _open_goods(self):
        """Codes of goods that the last day has not been about."""
        return [code for code in PRODUCTS if stocked(code) and code not in self.used]

    def _free(self, warehouse, code):
        product = self.world.products[code]
        place = warehouse.lot_stock_id
        return product.with_context(location=place.id).free_qty

    def _free_for(self, branch, code):
        """What a branch and Leiden have free together."""
        home = self.world.branches[branch].warehouse_id
        return self._free(home, code) + self._free(self.world.central, code)

    def _most(self, branch):
        """The fabric that the branch has most of, if enough to hold some."""
        home = self.world.branches[branch].warehouse_id
        fabrics = [code for code in self._open_goods() if by_metre(code)]
        code = max(fabrics, key=lambda code: (self._free(home, code), code))
        self.used.add(code)
        return code if self._free(home, code) >= HELD else None


def _in_packs(line):
    """What to buy for a line, in whole rolls or cartons."""
    pack = ROLL if by_metre(line.product_id.default_code) else CARTON
    return math.ceil(line.asked_qty / pack) * pack
