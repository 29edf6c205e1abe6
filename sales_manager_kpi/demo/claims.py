"""What customers complained about, who was at fault, and what they got for it."""

from dataclasses import dataclass
from datetime import timedelta

from .calendar import working_day

DELIVERED = 45  # days since the delivery that a claim is about, at the most


@dataclass(frozen=True)
class Tale:
    """One claim from its opening to where it stands; days are counted from opening."""

    before: int  # days before the end of the story
    login: str
    kind: str
    subject: str
    told: str
    verdict: str = ""
    why: str = ""
    area: str = ""  # as judged; as the kind says where empty
    share: float = 1.0
    remedy: str = "none"
    amount: float = 0.0
    decided: int = 3
    given: str = ""  # what the customer got, where no document of Odoo says so
    appeal: str = ""
    again: str = ""  # the verdict after the appeal
    withdrawn: str = ""
    review: bool = True


TALES = (
    Tale(
        *(128, "jonas", "order", "Another colour than agreed"),
        "They chose sand by the sample in the showroom, and got stone.",
        "justified",
        "The order says stone; the note of the visit says sand.",
        remedy="goodwill",
        amount=150,
        given="The next order was delivered free of charge.",
    ),
    Tale(
        *(96, "elke", "damage", "Two rolls came wet"),
        "The carton was soaked; the driver wrote it on the slip.",
        "partly",
        "One of the two could be dried and was sold.",
        remedy="goodwill",
        amount=80,
        given="A discount on the next invoice, agreed by phone.",
    ),
    Tale(
        *(64, "bram", "late", "Came two days late"),
        "The fitters stood in front of bare windows.",
        "not_justified",
        "The date was moved with the customer, see the order.",
        decided=4,
    ),
    Tale(
        *(52, "finn", "order", "Ten metres too many"),
        "They say that they asked for the width of the window, not of the wall.",
        "justified",
        "The drawing in the order has the width of the window.",
        remedy="goodwill",
        amount=120,
        given="We kept the rest for them, at no charge.",
        appeal="The drawing came after the order.",
        again="partly",
    ),
    Tale(
        *(24, "anna", "order", "Lining left out"),
        "The curtains were to be lined, as in the quotation before.",
        "justified",
        "The lining was in the quotation and not in the order.",
        share=0.5,
        remedy="goodwill",
        amount=60,
    ),
    Tale(
        *(17, "jonas", "order", "Wrong street"),
        "Delivered to the shop and not to the building site.",
        "justified",
        "The address was in the customer's mail.",
        remedy="goodwill",
        amount=40,
        appeal="The mail came when the goods had left.",
    ),
    Tale(
        *(11, "elke", "quality", "Shade differs within the roll"),
        "From metre twelve on it is a tone darker.",
    ),
    Tale(
        *(8, "anna", "quantity", "A carton short"),
        "Five cartons on the slip, four in the lorry.",
        withdrawn="The fifth stood behind the door.",
    ),
    Tale(
        *(2, "bram", "price", "Old price list"),
        "The invoice has the price of last season.",
        review=False,
    ),
)
COMPLAINT = Tale(
    *(0, "", "quality", "Weaving faults"),
    "A fault every few metres.",
    "justified",
    "The mill found the loom that did it.",
    area="production",
    remedy="credit",
    decided=5,
)


class Claims:
    """Managers write claims down, directors who are no party to it decide."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.records = {}  # tale: claim

    def note(self):
        """The claims of the last months, and the job that reminds of them."""
        for tale in TALES:
            day = working_day(self.world.last - timedelta(days=tale.before))
            if day > self.world.first:
                self.agenda.note(day, 11, self.open, tale)
                self.agenda.note(day + timedelta(days=4), 7, self.remind)
        self.agenda.note(self.world.last, 7, self.remind)

    def open(self, day, tales):
        """The manager writes down what the customer told, about a delivery."""
        for tale in tales:
            login, picking = tale.login, self._delivered(tale.login, day)
            if not picking and not tale.review:  # the last one, of whoever delivered
                login, picking = self._delivered_by_anybody(day)
            if not picking:
                continue
            values = {"picking_id": picking.id, "claimed_amount": tale.amount}
            self._open(tale, login, values)
            self._follow(tale, day)

    def _delivered_by_anybody(self, day):
        for login in sorted({tale.login for tale in TALES}):
            if login in self.world.users and (picking := self._delivered(login, day)):
                return login, picking
        return None, None

    def _open(self, key, login, values, tale=None):
        tale = tale or key
        env = self.world.acting(login)
        claim = env["customer.claim"].create(
            {
                "subject": tale.subject,
                "description": tale.told,
                "kind_id": self._kind(tale.kind).id,
                **values,
            }
        )
        if tale.review:
            claim.action_review()
        self.records[key] = claim

    def _kind(self, name):
        return self.world.env.ref(f"sales_manager_kpi.customer_claim_kind_{name}")

    def _delivered(self, login, day):
        """The last delivery of the manager's orders that nobody complained about."""
        user = self.world.users[login]
        return self.world.env["stock.picking"].search(
            [
                ("company_id", "=", self.world.company.id),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("sale_id.credited_user_id", "=", user.id),
                ("date_done", ">=", day - timedelta(days=DELIVERED)),
                ("sale_id", "not in", self._claimed().ids),
            ],
            order="date_done desc, id desc",
            limit=1,
        )

    def _claimed(self):
        return self.world.env["customer.claim"].search([]).order_id

    def _follow(self, tale, day):
        if tale.withdrawn:
            self.agenda.note(day + timedelta(days=2), 12, self.withdraw, tale)
        if not tale.verdict:
            return
        decided = working_day(day + timedelta(days=tale.decided))
        self.agenda.note(decided, 15, self.decide, tale)
        if tale.appeal:
            appealed = working_day(decided + timedelta(days=6))
            self.agenda.note(appealed, 10, self.appeal, tale)
            if tale.again:
                self.agenda.note(appealed + timedelta(days=20), 15, self.decide, tale)
        if tale.given:
            self.agenda.note(decided + timedelta(days=35), 16, self.give, tale)

    # A complaint of the plot ---------------------------------------------------------

    def complain(self, order, invoice, day):
        """Faults in the weave, of which the office credits a part later."""
        user = order.records["order"].credited_user_id
        login = next((k for k, one in self.world.users.items() if one == user), "")
        if login and working_day(day + timedelta(days=2)) <= self.world.last:
            row = (order, invoice, login)
            self.agenda.note(day + timedelta(days=2), 11, self.open_complaint, row)

    def open_complaint(self, day, rows):
        """The claim about it names the invoice, so that the credit note settles it."""
        for order, invoice, login in rows:
            values = {
                "order_id": order.records["order"].id,
                "move_id": invoice.id,
                "claimed_amount": round(invoice.amount_untaxed / 5, 2),
            }
            self._open(order.number, login, values, COMPLAINT)
            decided = day + timedelta(days=COMPLAINT.decided)
            self.agenda.note(decided, 15, self.decide_complaint, order.number)

    def decide_complaint(self, __, numbers):
        """A fault of the mill is nobody's in the branch."""
        for number in numbers:
            claim = self.records[number]
            self._judge(
                claim,
                verdict=COMPLAINT.verdict,
                note=COMPLAINT.why,
                fault_area=COMPLAINT.area,
                responsible_user_id=False,
                remedy=COMPLAINT.remedy,
                accepted_amount=claim.claimed_amount,
            )

    # Steps ---------------------------------------------------------------------------

    def decide(self, __, tales):
        """Who may decide does; an appeal goes to somebody else."""
        for tale in tales:
            claim = self.records[tale]
            again = tale.again if claim.state == "appealed" else ""
            verdict = again or tale.verdict
            values = {"fault_area": tale.area} if tale.area else {}
            if verdict != "not_justified":
                values |= {"remedy": tale.remedy, "accepted_amount": tale.amount}
            self._judge(
                claim,
                verdict=verdict,
                note="The drawing left room for doubt." if again else tale.why,
                responsible_share=0.5 if again else tale.share,
                **values,
            )
            if verdict == "not_justified":
                self.world.as_user(claim, tale.login).action_close()

    def _judge(self, claim, **values):
        decider = claim._deciders()[0]
        login = next(k for k, user in self.world.users.items() if user == decider)
        env = self.world.acting(login)
        env["customer.claim.decide"].create(
            {"claim_id": claim.id, **values}
        ).action_confirm()

    def appeal(self, __, tales):
        """The judged manager sees it otherwise."""
        for tale in tales:
            self._step(tale, "appeal", tale.appeal, side="responsible")

    def withdraw(self, __, tales):
        """The customer found what was missing."""
        for tale in tales:
            self._step(tale, "withdraw", tale.withdrawn)

    def give(self, __, tales):
        """The customer got what was promised."""
        for tale in tales:
            self._step(tale, "execute", tale.given)
            self.records[tale].action_close()

    def _step(self, tale, step, reason, **values):
        env = self.world.acting(tale.login)
        env["customer.claim.step"].create(
            {
                "claim_id": self.records[tale].id,
                "step": step,
                "reason": reason,
                **values,
            }
        ).action_confirm()

    def remind(self, *__):
        """What the hourly job does."""
        self.world.env["customer.claim"]._cron_warn()
