"""The story is played: day by day, by the people whose work it is."""

from datetime import timedelta

from odoo.fields import Command

from . import people
from .absences import Absences
from .agenda import Agenda
from .bonuses import Bonuses
from .book import BOOK, HANDED_OVER
from .calendar import last_working_day, month_start, weekday_after, working_day
from .catalogue import PRODUCTS, PROMO_CODE, stocked
from .claims import Claims
from .classes import Classes
from .contracts import Contracts
from .control import Control
from .counter import Counter
from .customer_base import CustomerBase
from .discounts import Discounts
from .evaluation import Evaluation
from .my_day import MyDay
from .offers import Offers
from .office import Office
from .pay import Pay
from .people import PEOPLE, joined
from .plans import Plans
from .playbook import Playbook
from .registration import Registration
from .season import Season
from .service import Service
from .showroom import Showroom
from .story import Plot
from .supply import Supply
from .voice import Voice
from .warehouse import Warehouse

QUOTE, CONFIRM, SHIP, TAKE_BACK, BILL, COLLECT = 8, 10, 12, 13, 14, 15
CLERK = "noor"


class History:
    """Plays a plot with the people and goods of a world."""

    def __init__(self, world, plot, acquire):
        self.world, self.plot, self.acquire = world, plot, acquire
        self.agenda = Agenda(world.clock, world.last)
        self.warehouse, self.office = Warehouse(world), Office(world)
        self.absences = Absences(world, self.agenda, plot)
        self.service = Service(world, self.agenda, plot, self.absences, self.seller_of)
        self.discounts = Discounts(world, self.agenda)
        self.claims = Claims(world, self.agenda)

    def play(self):
        """Everything from the first to the last day."""
        self._note_people()
        self._note_customers()
        self._note_supplies()
        Plans(self.world, self.agenda).note()
        Evaluation(self.world, self.agenda).note()
        Season(self.world, self.agenda).note()
        Classes(self.world, self.agenda).note()
        self.absences.note()
        self.service.note()
        self.discounts.note()
        Bonuses(self.world, self.agenda).note()
        Supply(self.world, self.agenda, self.warehouse).note()
        Showroom(self.world, self.agenda, self.warehouse).note()
        CustomerBase(self.world, self.agenda).note()
        Control(self.world, self.agenda).note()
        self.claims.note()
        Contracts(self.world, self.agenda).note()
        Registration(self.world, self.agenda, self.plot).note()
        Pay(self.world, self.agenda).note()
        Voice(self.world, self.agenda).note()
        Counter(self.world, self.agenda).note()
        Playbook(self.world, self.agenda).note()
        Offers(self.world, self.agenda).note()
        MyDay(self.world, self.agenda).note()
        for order in self.plot.orders:
            self.agenda.note(order.quoted, QUOTE, self.quote, order)
        self.agenda.note(self.world.last - timedelta(days=13), 9, self.write_credit)
        self.agenda.play(self.world.first - timedelta(days=14))

    # Notes ---------------------------------------------------------------------------

    def _note_people(self):
        for login in PEOPLE:
            if day := joined(self.world, login):
                self.agenda.note(day, 6, self.welcome, login)
        if day := people.moving_day(self.world):
            self.agenda.note(day, 7, self.move, people.MOVED)
        if day := self.plot.handover_day():
            self.agenda.note(day, 16, self.hand_over)

    def _note_customers(self):
        for customer in BOOK:
            if customer.since and self.plot.since(customer) <= self.world.last:
                day = self.plot.since(customer)
                self.agenda.note(day, 7, self.meet, customer)

    def _note_supplies(self):
        receipts = self.plot.receipts()
        for day, branches in self.plot.transfers().items():
            came = working_day(day - timedelta(days=8))
            self.agenda.note(came, 6, self.warehouse.receive, receipts[day])
            for branch, goods in branches.items():
                supply = (branch, goods, delivery := [])
                sent = working_day(day - timedelta(days=4))
                self.agenda.note(sent, 6, self.warehouse.dispatch, supply)
                self.agenda.note(day, 5, self.warehouse.arrive, delivery)

    # People ----------------------------------------------------------------

    def welcome(self, day, logins):
        """Somebody new joins a branch."""
        people.hire(self.world, logins)
        for login in logins:
            people.join_branch(self.world, login, people.branch_of(login), day)

    def move(self, day, moves):
        """Somebody goes on in another branch, with the same customers."""
        for login, code, __ in moves:
            people.move_branch(self.world, login, code, day)

    def meet(self, __, customers):
        """New customers are written down."""
        self.acquire(customers)

    def hand_over(self, day, __):
        """Heike gives some of Jonas' customers to Finn."""
        env = self.world.acting("heike")
        handover = env["customer.handover"].create(
            {
                "from_user_id": self.world.users["jonas"].id,
                "to_user_id": self.world.users["finn"].id,
                "company_id": self.world.company.id,
                "date_from": day,
                "reason": "Finn takes over Lower Saxony, Bremen and Lübeck",
                "line_ids": [
                    Command.create({"partner_id": self.world.customers[name].id})
                    for name in HANDED_OVER
                ],
            }
        )
        handover.action_start()
        self.agenda.note(working_day(day), 17, self.accept, handover)

    def accept(self, __, handovers):
        """Finn reads what he takes over."""
        for handover in handovers:
            self.world.as_user(handover, "finn").action_accept_handover()

    # Orders ----------------------------------------------------------------

    def seller(self, order, day):
        """Login of who looks after the customer on that day."""
        return self.seller_of(order.customer, day)

    def seller_of(self, customer, day):
        """Login of who looks after ``customer`` on that day."""
        if self.plot.handed_over(customer, day - timedelta(days=1)):
            return "finn"
        return self.absences.deputy(customer.owner or CLERK, day)

    def _by_seller(self, day, hour, orders):
        groups = {}
        for order in sorted(orders, key=lambda order: order.minute):
            groups.setdefault(self.seller(order, day), []).append(order)
        for login, batch in groups.items():
            self.world.clock.move(day, hour, batch[0].minute)
            yield login, batch

    def quote(self, day, orders):
        """The managers write quotations and send them."""
        for login, batch in self._by_seller(day, QUOTE, orders):
            env = self.world.acting(login)
            records = env["sale.order"].create([self._prepare(o) for o in batch])
            for order, record in zip(batch, records, strict=True):
                order.records["order"] = record
                self._follow_quotation(order, record)
                self.discounts.bargain(order, record, day)

    def _prepare(self, order):
        branch = self.world.branches[order.branch]
        return {
            "partner_id": self.world.customers[order.customer.name].id,
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
                for code, quantity in order.lines
            ],
        }

    def _follow_quotation(self, order, record):
        if order.kind == "global discount":
            self._discount(record)
        elif order.kind == "reward":
            self._reward(record)
        if order.number % 3:
            record.action_quotation_sent()
        if order.confirmed:
            self.agenda.note(order.confirmed, CONFIRM, self.confirm, order)
        elif order.quoted < self.world.last - timedelta(days=45):
            lost = order.quoted + timedelta(days=30)
            self.agenda.note(lost, CONFIRM, self.lose, order)

    def _discount(self, record):
        record.env["sale.order.discount"].create(
            {
                "sale_order_id": record.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.05,
            }
        ).action_apply_discount()

    def _reward(self, record):
        rewards = record._try_apply_code(PROMO_CODE)
        if "error" in rewards:
            raise AssertionError(rewards["error"])
        for coupon, reward in rewards.items():
            record._apply_program_reward(reward, coupon)

    def confirm(self, day, orders):
        """Customers agree; whoever looks after them by now confirms."""
        for login, batch in self._by_seller(day, CONFIRM, orders):
            env = self.world.acting(login)
            ids = [order.records["order"].id for order in batch]
            records = env["sale.order"].browse(ids)
            for order, record in zip(batch, records, strict=True):
                self.service.promise(order, record)
                self.discounts.settle(record)
            records.action_confirm()
            for order in batch:
                self._follow_order(order, day)

    def _follow_order(self, order, day):
        if order.kind == "split":
            self._split(order)
        if order.kind == "down payment":
            self.agenda.note(day, BILL, self.ask_down_payment, order)
        if order.shipped:
            self.agenda.note(order.shipped, SHIP, self.ship, order)

    def lose(self, day, orders):
        """Quotations that nobody answered are cancelled."""
        for login, batch in self._by_seller(day, CONFIRM, orders):
            ids = [order.records["order"].id for order in batch]
            self.world.acting(login)["sale.order"].browse(ids)._action_cancel()

    def _split(self, order):
        env = self.world.acting("dirk")
        shares = (("anna", 60), ("bram", 40))
        env["sales.credit.wizard"].create(
            {
                "order_id": order.records["order"].id,
                "reason": "Bram brought the contact and measured on site",
                "line_ids": [
                    Command.create(
                        {"user_id": self.world.users[login].id, "share": part}
                    )
                    for login, part in shares
                ],
            }
        ).action_apply()

    # Goods and money -------------------------------------------------------

    def ship(self, day, orders):
        """Goods leave; services are done by then."""
        partly = [order for order in orders if order.kind == "backorder"]
        whole = [order for order in orders if order not in partly]
        self.warehouse.ship(self._records(whole))
        for order in partly:
            if order.records.get("partly"):
                self.warehouse.ship(self._records([order]))
                continue
            order.records["partly"] = True
            self.warehouse.ship(self._records([order]), part=0.5)
            if order.rest_shipped:
                self.agenda.note(order.rest_shipped, SHIP, self.ship, order)
        for line in self._records(orders).order_line:
            code = line.product_id.default_code
            if code in PRODUCTS and not stocked(code) and not line.qty_delivered:
                line.qty_delivered = line.product_uom_qty
        for order in orders:
            if order.returned:
                self.agenda.note(order.returned, TAKE_BACK, self.take_back, order)
        self._expect_bill(day, orders)

    def take_back(self, day, orders):
        """Some goods come back, and are credited with the next bills."""
        for order in orders:
            self.warehouse.take_back(self._records([order]))
        self._expect_bill(day, orders)

    def _expect_bill(self, day, orders):
        friday = weekday_after(day - timedelta(days=1), 4)
        month_end = last_working_day(month_start(day, 1) - timedelta(days=1))
        bill_day = min(friday, month_end) if day <= month_end else friday
        for order in orders:
            self.agenda.note(bill_day, BILL, self.bill, order)

    def bill(self, day, orders):
        """The invoices of Friday and of the last day of the month."""
        unique = sorted(set(map(id, orders)))
        batch = [order for order in orders if id(order) in unique]
        invoices = self.office.bill(self._records(batch))
        by_order = {order.records["order"].id: order for order in batch}
        for invoice in invoices:
            order = by_order[invoice.line_ids.sale_line_ids.order_id[:1].id]
            self._expect_payment(order, invoice)
            if order.kind == "complaint" and not order.records.get("credited"):
                order.records["credited"] = invoice
                self.claims.complain(order, invoice, day)
                self.agenda.note(
                    day + timedelta(days=12), BILL, self.settle_complaint, order
                )

    def ask_down_payment(self, __, orders):
        """Large work begins when a part of it is paid."""
        for order in orders:
            invoices = self.office.ask_down_payment(self._records([order]))
            self._expect_payment(order, invoices)

    def _expect_payment(self, order, invoice):
        if day := self.office.pay_day(invoice, order.customer.pays):
            tuesday = weekday_after(day - timedelta(days=1), 1)
            tuesday = max(tuesday, weekday_after(invoice.invoice_date, 1))
            self.agenda.note(tuesday, COLLECT, self.collect, invoice)

    def collect(self, __, invoices):
        """What the bank statement of Tuesday brings."""
        self.office.collect(invoices[0].union(*invoices))

    def settle_complaint(self, __, orders):
        """Faults in the weave: a fifth of the price is given back."""
        for order in orders:
            reason = "Weaving faults, a fifth credited"
            self.office.credit_part(order.records["credited"], 0.2, reason)

    def write_credit(self, *__):
        """A gesture that no order explains."""
        partner = self.world.customers["Hotel Domstad"]
        self.office.credit_by_hand(partner, 180, "Courtesy for late deliveries")

    def _records(self, orders):
        ids = [order.records["order"].id for order in orders]
        return self.world.acting(CLERK)["sale.order"].browse(ids)


def tell(world, orders, acquire):
    """Write the plot of about ``orders`` orders and play it."""
    plot = Plot(world.first, world.last, orders, world.seed)
    old = [customer for customer in BOOK if not customer.since]
    for number in range(6):
        world.clock.move(working_day(month_start(world.first, number - 9)), 9)
        acquire(old[number::6])
    history = History(world, plot, acquire)
    history.play()
    return plot
