"""Leads that are worked by the playbook, what was objected, and a few prospects."""

from dataclasses import dataclass
from datetime import timedelta

from odoo.fields import Command

from .calendar import working_day
from .catalogue import PRODUCTS, stocked
from .people import branch_of

ADMIN, DIRECTOR = "admin", "dirk"
BEGUN = 42  # days before the end on which the playbook is activated
OBJECTION = "sales_manager_kpi.sales_objection_"
ANSWER = "sales_manager_kpi.sales_objection_answer_"


@dataclass(frozen=True)
class Tale:
    """One lead; days are counted from its beginning, steps in their order."""

    before: int  # days before the end of the story
    login: str
    name: str
    customer: str = ""  # of the book; else a stranger in ``city``
    city: str = ""
    deeds: tuple = ()  # (days after the beginning, deed, words)


TALES = (
    Tale(
        *(40, "anna", "Curtains for the new wing", "Zorggroep Eemland"),
        deeds=(
            (2, "circle", "Spoke to the buyer and the head of nursing."),
            (4, "quote", ""),
            (6, "plan", "Sixty rooms in two parts, the first before summer."),
            (9, "call", "They need flame retardant lining, in eight weeks."),
            (12, "object", "delivery overcome delivery_1"),
            (13, "objections", "Stock and dates were on the order: settled."),
            (17, "visit", "Showed the linings in the showroom."),
        ),
    ),
    Tale(
        *(36, "jonas", "Rooms of the third floor", "Hotel Alsterblick"),
        deeds=(
            (1, "circle", "The owner decides, the housekeeper chooses."),
            (3, "quote", ""),
            (7, "plan", "Third floor now, second floor next year."),
            (10, "object", "price not price_1"),
            (14, "call", "They compare with the shop around the corner."),
            (16, "object", "price overcome price_2"),
        ),
    ),
    Tale(
        *(30, "elke", "Own collection for spring", "Gordijnen Lievens"),
        deeds=(
            (2, "circle", "The son runs the shop now."),
            (5, "quote", ""),
            (5, "object", "minimum overcome minimum_1"),
        ),
    ),
    Tale(
        *(33, "bram", "Meubelmakerij Achterhoek", "", "Doetinchem"),
        deeds=(
            (3, "circle", "Two brothers; both must agree."),
            (6, "offer", "Sent the price list and the terms by post."),
            (8, "plan", "Upholstery for forty chairs a month."),
            (9, "ring", "They want to see how it wears."),
            (11, "object", "supplier overcome supplier_1"),
        ),
    ),
    Tale(
        *(28, "anna", "Hotel Merwede", "", "Gorinchem"),
        deeds=(
            (6, "circle", "The chain buys in Rotterdam."),
            (10, "object", "time not later_1"),
            (15, "lose", ""),
        ),
    ),
    Tale(*(3, "bram", "Kantoorinrichting Ede", "", "Ede"), deeds=()),
)
# name, e-mail, ZIP, city; the second is a customer already
ROWS = (
    ("Stoffeerderij De Naald", "info@denaald.example", "3512 JE", "Utrecht"),
    ("Stoffeerderij Kuipers B.V.", "", "3511 KS", "Utrecht"),
    ("Jachtbouw Loosdrecht", "inkoop@jachtbouw.example", "1231 XB", "Loosdrecht"),
    ("Zonwering Amersfoort", "info@zonwering.example", "3811 LM", "Amersfoort"),
)


class Playbook:
    """An administrator activates it; managers work, directors find prospects."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.leads = {}

    def note(self):
        """The last six weeks."""
        begun = self.world.last - timedelta(days=BEGUN)
        self.agenda.note(begun, 8, self.activate)
        for tale in TALES:
            day = self.world.last - timedelta(days=tale.before)
            self.agenda.note(day, 9, self.begin, tale)
        found = self.world.last - timedelta(days=12)
        self.agenda.note(found, 14, self.look_for_prospects)

    def activate(self, *__):
        """The eight steps, as they are shipped."""
        env = self.world.acting(ADMIN)
        env.ref("sales_manager_kpi.sales_playbook_eight_steps").active = True

    def begin(self, day, tales):
        """The manager writes down whom there is something to sell to."""
        for tale in tales:
            if tale.login not in self.world.users:
                continue
            if tale.customer and tale.customer not in self.world.customers:
                continue
            env = self.world.acting(tale.login)
            customer = self.world.customers.get(tale.customer)
            self.leads[tale] = env["crm.lead"].create(
                {
                    "name": tale.name,
                    "type": "opportunity",
                    "partner_id": customer.id if customer else False,
                    "partner_name": "" if customer else tale.name,
                    "city": tale.city,
                    "user_id": env.uid,
                    "company_id": self.world.company.id,
                    "team_id": self.world.branches[branch_of(tale.login)].team_id.id,
                    "expected_revenue": 4000 + 500 * len(tale.deeds),
                }
            )
            for after, deed, words in tale.deeds:
                when = working_day(day + timedelta(days=after))
                self.agenda.note(when, 15, self.do, (tale, deed, words))

    def do(self, __, deeds):
        """One deed after the other."""
        for tale, deed, words in deeds:
            lead = self.world.as_user(self.leads[tale], tale.login)
            if lead.playbook_id:
                known = {
                    "quote": self._quote,
                    "call": self._talk,
                    "visit": self._talk,
                    "ring": self._ring,
                    "object": self._object,
                    "lose": self._lose,
                }
                known.get(deed, self._tick)(lead, deed, words)

    def _tick(self, lead, step, words):
        """What must be checked is, and the step is ticked with a note."""
        step = lead.env.ref(f"sales_manager_kpi.sales_playbook_step_{step}")
        for check in step.check_ids.filtered("is_required"):
            lead.action_playbook_check(check.id)
        lead.env["sales.playbook.tick"].create(
            {"lead_id": lead.id, "step_id": step.id, "note": words}
        ).action_confirm()

    def _quote(self, lead, *__):
        """A quotation that is sent ticks the offer."""
        code = next(code for code in PRODUCTS if stocked(code))
        branch = lead.team_id and self.world.env["sales.branch"].search(
            [("team_id", "=", lead.team_id.id)], limit=1
        )
        lead.env["sale.order"].create(
            {
                "partner_id": lead.partner_id.id,
                "opportunity_id": lead.id,
                "company_id": self.world.company.id,
                "warehouse_id": branch.warehouse_id.id,
                "team_id": lead.team_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.world.products[code].id,
                            "product_uom_qty": 30,
                        }
                    )
                ],
            }
        ).action_quotation_sent()

    def _talk(self, lead, kind, words):
        lead.env["customer.contact.log"].create(
            {"partner_id": lead.partner_id.id, "kind": kind, "note": words}
        ).action_log()

    def _ring(self, lead, __, words):
        """Of a stranger: the activity on the lead that is done."""
        lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=lead.env.uid
        ).action_feedback(feedback=words)

    def _object(self, lead, __, words):
        objection, outcome, answer = words.split()
        objection = {"time": "later"}.get(objection, objection)
        lead.env["sales.objection.log"].create(
            {
                "lead_id": lead.id,
                "objection_id": lead.env.ref(OBJECTION + objection).id,
                "answer_id": lead.env.ref(ANSWER + answer).id,
                "outcome": outcome,
            }
        ).action_log()

    def _lose(self, lead, *__):
        lead.action_set_lost()

    def look_for_prospects(self, *__):
        """A director brings addresses from a fair: one of them is a customer."""
        env = self.world.acting(DIRECTOR)
        rows = env["sales.prospect.list"].create(
            {
                "name": "Workshops met at the fair",
                "kind": "rows",
                "source_id": env["utm.source"].sudo().create({"name": "Fair"}).id,
            }
        )
        country = env.ref("base.nl")
        names = ("name", "email", "zip", "city")
        env["sales.prospect"].create(
            [
                {
                    "list_id": rows.id,
                    "country_id": country.id,
                    **dict(zip(names, row, strict=True)),
                }
                for row in ROWS
            ]
        )
        rows.action_distribute()
        given = rows.prospect_ids.filtered(lambda row: row.state == "new")
        given.filtered("user_id")[:1].action_convert()
