"""The counter of two branches, what customers need, and what others ask for it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from .calendar import last_working_day, working_day

WEEKS = 8  # of visits before the end
NORMS = {"UTR": 10, "GNT": 15}  # minutes that visitors may wait
# branch: who serves there, by turns
COUNTERS = {"UTR": ("anna", "bram"), "GNT": ("elke",)}
HOURS = (9, 13, 16)
# customer (one of who serves: None; nobody we know: a name), wish, product code,
# minutes of waiting, minutes of serving, what comes of it
VISITS = (
    (None, "Sheers for a hotel lobby, six windows", "SH-101", 4, 22, "quotation"),
    (
        "Marit Jonker",
        "Velvet for a sofa, wants to see colours",
        "VE-402",
        7,
        12,
        "lead",
    ),
    (None, "Fetches a swatch book", "", 2, 3, "looking"),
    (
        None,
        "Blackout for a cinema room; to be kept until Friday",
        "BO-301",
        12,
        18,
        "hold",
    ),
    ("Somebody with a pram", "Asked for tassels", "TR-803", 17, 0, "left"),
    (None, "Takes velvet along to show the client", "VE-401", 5, 9, "loan"),
    ("Studio Noord", "New studio, looks for linings", "LI-701", 9, 14, "lead"),
    (None, "Pays an invoice at the counter", "", 3, 4, "other"),
    (None, "More of the wool serge of last month", "DC-201", 6, 15, "quotation"),
    ("A couple from Houten", "Looked at the outdoor range", "OD-601", 11, 6, "looking"),
)
# customer, manager, product code or range, qualities, quantity, first, last month
NEEDS = (
    ("Meubelatelier Van Dam", "anna", "VE-401", "100,000 rubs", 60, "", ""),
    ("Meubelatelier Van Dam", "anna", "Bouclés and weaves", "Washable", 0, "9", "12"),
    ("Hotel Domstad", "anna", "BO-302", "Flame retardant", 240, "11", "2"),
    ("Gordijnhuis De Vries", "anna", "SH-101", "300 cm wide", 180, "3", "6"),
    ("Koninklijke Stoelenfabriek Tiel", "bram", "BW-503", "Contract", 200, "", ""),
    ("Meubelen Vandevelde", "elke", "VE-402", "Colours of the season", 90, "8", "11"),
    ("Gordijnen Lievens", "elke", "Outdoor", "Fast to light", 0, "2", "5"),
)
SUPPOSED = ("Projectstoffering Gooi", "Zorggroep Eemland")  # from history, for Anna
COMPETITORS = (("Haarlem Weavers", "NL", "Velvets"), ("Textil Rhein", "DE", "Sheers"))
# days before the end, login, competitor, product code, price per metre, kind, subject,
# customer it came from, how sure
NOTES = (
    (
        150,
        "anna",
        0,
        "VE-402",
        44.0,
        "price",
        "Cotton velvet at list",
        "Hotel Domstad",
        "sure",
    ),
    (
        118,
        "elke",
        1,
        "SH-101",
        14.2,
        "price",
        "Voile a little cheaper",
        "Meubelen Vandevelde",
        "likely",
    ),
    (92, "bram", 0, "VE-402", 41.0, "price", "Velvet lowered", "", "likely"),
    (
        75,
        "anna",
        1,
        "",
        0,
        "product",
        "Sheers of recycled yarn, eight colours",
        "",
        "sure",
    ),
    (
        61,
        "elke",
        0,
        "VE-401",
        79.0,
        "promotion",
        "Mohair in the autumn offer",
        "Meubelen Vandevelde",
        "sure",
    ),
    (
        40,
        "anna",
        1,
        "SH-101",
        13.6,
        "price",
        "Voile from five rolls",
        "Gordijnhuis De Vries",
        "sure",
    ),
    (26, "bram", 0, "", 0, "opening", "They open a showroom in Breda", "", "rumour"),
    (
        15,
        "anna",
        0,
        "VE-402",
        39.5,
        "price",
        "Velvet again, prepaid",
        "Hotel Domstad",
        "likely",
    ),
    (
        5,
        "elke",
        1,
        "SH-103",
        16.9,
        "price",
        "Recycled sheer, by the roll",
        "Gordijnen Lievens",
        "sure",
    ),
)

LONG = 20  # minutes, after which somebody is served in the present
TODAY = (
    ("UTR", "anna", 24, "Sanne Kok", "Curtains for a houseboat, eleven small windows"),
    ("UTR", "bram", 14, "Mr Achterberg", "Returns a swatch book, wants the velvet"),
    ("UTR", "anna", 3, "", "Asks for the price of rails"),
    ("GNT", "elke", 6, "Lien Peeters", "Outdoor canvas for a terrace"),
)


class Counter:
    """Visitors come in, managers serve, and write down what they learn."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """Three visits a week in either branch, needs and market notes before."""
        begun = self.world.last - timedelta(days=7 * WEEKS)
        if begun > self.world.first:
            self.agenda.note(begun, 7, self.set_norms)
        monday = begun - timedelta(days=begun.weekday())
        for number in range(3 * WEEKS + 3):
            day = monday + timedelta(days=7 * (number // 3) + 2 * (number % 3))
            for turn, code in enumerate(COUNTERS):
                if working_day(day) <= self.world.last and day > self.world.first:
                    tale = VISITS[(number + 3 * turn) % len(VISITS)]
                    hour = HOURS[(number + turn) % len(HOURS)]
                    self.agenda.note(day, hour, self.visit, (code, number, tale))
                    self.agenda.note(day, 20, self.pass_an_evening)
        self.agenda.note(last_working_day(self.world.last), 20, self.pass_an_evening)
        day = self.world.last - timedelta(days=45)
        if day > self.world.first:
            self.agenda.note(day, 16, self.write_needs)
        notes = [note for note in NOTES if self._day(note[0]) > self.world.first]
        if notes:
            self.agenda.note(self._day(notes[0][0]), 7, self.name_competitors)
        for note in notes:
            self.agenda.note(self._day(note[0]), 17, self.learn, note)

    def _day(self, before):
        return self.world.last - timedelta(days=before)

    def set_norms(self, *__):
        """The administrator says how long visitors may wait."""
        for code, minutes in NORMS.items():
            branch = self.world.as_user(self.world.branches[code], "admin")
            branch.counter_waiting_norm = minutes

    # Visits ----------------------------------------------------------------------

    def visit(self, day, tales):
        """Somebody comes in, waits, is served and goes."""
        for code, number, tale in tales:
            servers = COUNTERS[code]
            login = servers[number % len(servers)]
            visit = self._come(code, login, number, tale)
            start, (waits, served, outcome) = self.world.env.cr.now(), tale[3:]
            self._later(start, waits)
            if outcome == "left":
                visit.action_left()
                continue
            visit.action_serve()
            self._later(start, waits + served)
            self._serve(visit, outcome)

    def pass_an_evening(self, *__):
        """What visitors did not come back for is held no more, as the job does it."""
        due = self.world.env["stock.hold"]._live(
            ("order_id.branch_visit_id", "!=", False),
            ("until_at", "<=", fields.Datetime.now()),
        )
        due._expire()

    def _later(self, start, minutes):
        moment = start + timedelta(minutes=minutes)
        self.agenda.clock.move(moment.date(), moment.hour, moment.minute)

    def _come(self, code, login, number, tale):
        who, wish, product = tale[:3]
        values = {"branch_id": self.world.branches[code].id, "wish": wish}
        if who:
            values |= {"visitor_name": who, "phone": f"+31 6 555 01{number:02}"}
        else:
            values["partner_id"] = self._customer_of(login, number).id
        if product:
            values["product_ids"] = [Command.set(self._product(product).ids)]
        return self.world.acting(login)["branch.visit"].create(values)

    def _customer_of(self, login, number):
        user = self.world.users[login]
        mine = [c for c in self.world.customers.values() if c.user_id == user]
        return mine[number % len(mine)]

    def _product(self, code):
        return self.world.products[code]

    def _serve(self, visit, outcome):
        """One step to what comes of it; where it cannot be, they only looked round."""
        if outcome in ("quotation", "lead", "hold", "loan"):
            try:
                with visit.env.cr.savepoint():
                    self._step(visit, outcome)
            except UserError:
                outcome = "looking"  # sold out, or nothing of it on display
        action = visit.action_done()
        if action is not True:
            reason = "Paid in cash" if outcome == "other" else False
            outcome = outcome if outcome == "other" else "looking"
            visit.env["branch.visit.end"].create(
                {"visit_id": visit.id, "outcome": outcome, "reason": reason}
            ).action_confirm()

    def _step(self, visit, outcome):
        action = getattr(visit, f"action_{outcome}")()
        if outcome in ("hold", "loan"):
            wizards = visit.env[action["res_model"]]
            wizards.with_context(**action["context"]).create({}).action_confirm()

    # Needs and the market --------------------------------------------------------

    def write_needs(self, *__):
        """Managers write down what their best customers need, some from history."""
        for name, login, thing, quality, quantity, first, last in NEEDS:
            if name in self.world.customers:
                self.world.acting(login)["customer.need"].create(
                    {
                        "partner_id": self.world.customers[name].id,
                        "quality": quality,
                        "quantity": quantity,
                        "season_from": first or False,
                        "season_to": last or False,
                        **self._thing(thing),
                    }
                )
        names = [name for name in SUPPOSED if name in self.world.customers]
        partners = self.world.env["res.partner"].browse(
            self.world.customers[name].id for name in names
        )
        self.world.as_user(partners, "anna").env["customer.need"]._propose(
            self.world.as_user(partners, "anna")
        )

    def _thing(self, thing):
        if thing in self.world.products:
            return {"product_id": self.world.products[thing].id}
        return {"categ_id": self._range(thing).id}

    def _range(self, name):
        return self.world.env["product.category"].search([("name", "=", name)], limit=1)

    def name_competitors(self, *__):
        """The commercial director names who else sells fabrics."""
        env = self.world.acting("carla")
        for name, country, part in COMPETITORS:
            env["market.competitor"].create(
                {
                    "name": name,
                    "country_id": env.ref(f"base.{country.lower()}").id,
                    "company_id": self.world.company.id,
                    "categ_ids": [Command.set(self._range(part).ids)],
                }
            )

    def learn(self, __, notes):
        """A manager writes down what was seen or heard."""
        for __, login, place, code, price, kind, subject, customer, sure in notes:
            env = self.world.acting(login)
            name = COMPETITORS[place][0]
            competitor = env["market.competitor"].search([("name", "=", name)])
            values = {
                "subject": subject,
                "kind": kind,
                "competitor_id": competitor.id,
                "source": "customer" if customer else "internet",
                "reliability": sure,
            }
            if customer in self.world.customers:
                values["partner_id"] = self.world.customers[customer].id
            if code:
                values["product_id"] = self.world.products[code].id
                values["price"] = price
            else:
                values["categ_id"] = self._range(COMPETITORS[place][2]).id
            env["market.note"].create(values)


def today(world):
    """In the real present: in Utrecht somebody is served and two wait, one in Gent."""
    now = fields.Datetime.now()
    for code, login, minutes, who, wish in TODAY:
        env = world.acting(login)
        visit = env["branch.visit"].create(
            {
                "branch_id": world.branches[code].id,
                "visitor_name": who,
                "wish": wish,
                "arrived_at": now - timedelta(minutes=minutes),
            }
        )
        if minutes > LONG:
            visit.action_serve()
    world.env.flush_all()
