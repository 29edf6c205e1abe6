"""The showrooms: what they must show, samples cut from real rolls, and how they age."""

from datetime import timedelta

from odoo.exceptions import UserError

from .book import BOOK
from .calendar import month_start, working_day
from .catalogue import CATEGORIES, PRODUCTS, ROLL, by_metre

COMMERCIAL, ADMIN = "carla", "admin"
# branch: who keeps its showroom
KEEPERS = {"UTR": "anna", "GNT": "elke", "HAM": "jonas"}
# category, sample type, samples, weight, why
NORMS = (
    ("Curtain fabrics", "swatch", 1, 1, "Every curtain fabric can be felt."),
    ("Upholstery fabrics", "swatch", 1, 1, "Every upholstery fabric can be felt."),
    ("Velvets", "cut", 1, 3, "Velvet sells by its fall: a metre hangs."),
    ("Rails", "piece", 1, 2, "Rails are tried by hand."),
    ("Linings", "card", 1, 0.5, "The cards of the mill."),
)
# What one branch shows less of: category, sample type, why
EXCEPTIONS = {"GNT": ("Outdoor", "swatch", "No outdoor range in Gent.")}
# who lends, days before the end, days until it comes back
LOANS = (
    ("anna", 75, 6),
    ("elke", 30, None),
    ("anna", 6, None),
    ("jonas", 4, None),
)
# who gives away a metre, of what, days before the end
GIFTS = (("anna", "LI-701", 40), ("jonas", "LI-702", 20))
CHECKED = 28  # days between two rounds
BROUGHT = 6  # metres of a fabric that each branch gets for its samples
OPENED = 9  # months before the end: swatches live a year, all of them made then
WORN = ("VE-402", "BW-501", "SH-101")  # what visitors handle most


class Showroom:
    """Directors say what is shown, managers make samples, and time wears them."""

    def __init__(self, world, agenda, warehouse):
        self.world, self.agenda, self.warehouse = world, agenda, warehouse

    def note(self):
        """Filled months ago, looked after since, and kept every week."""
        opened = max(
            month_start(self.world.last, -OPENED),
            self.world.first + timedelta(days=3),
        )
        opened = working_day(opened)
        self.agenda.note(opened, 6, self.order_goods)
        self.agenda.note(opened + timedelta(days=1), 6, self.bring_goods)
        self.agenda.note(opened + timedelta(days=3), 11, self.set_norms)
        for number, code in enumerate(KEEPERS):
            day = opened + timedelta(days=4 + 2 * number)
            self.agenda.note(day, 14, self.make_samples, code)
        day = opened + timedelta(days=14)
        while day <= self.world.last:
            self.agenda.note(day, 20, self.pass_a_week)
            day += timedelta(days=7)
        self._note_checks(opened)
        self._note_loans(opened)
        wear = self.world.last - timedelta(days=50)
        if wear > opened + timedelta(days=30):
            self.agenda.note(wear, 15, self.wear)
            self.agenda.note(wear + timedelta(days=9), 15, self.replace)

    def _note_checks(self, opened):
        """A round every four weeks, in Gent one that is overdue now."""
        for number, code in enumerate(KEEPERS):
            day = opened + timedelta(days=30 + number)
            while day <= self.world.last - timedelta(days=35 if code == "GNT" else 0):
                self.agenda.note(day, 16, self.check, code)
                day += timedelta(days=CHECKED)

    def _note_loans(self, opened):
        """One that came back, one that is late, one that is with the customer now."""
        for login, before, back in LOANS:
            day = working_day(self.world.last - timedelta(days=before))
            if day > opened + timedelta(days=14):
                self.agenda.note(day, 15, self.lend, login)
                if back:
                    self.agenda.note(day + timedelta(days=back), 15, self.take, login)
        for login, code, before in GIFTS:
            day = working_day(self.world.last - timedelta(days=before))
            if day > opened + timedelta(days=14):
                self.agenda.note(day, 16, self.give, (login, code))

    # Goods for samples ----------------------------------------------------------

    def order_goods(self, day, __):
        """One more roll of each fabric, and a carton of rails, come to Leiden."""
        goods = {code: ROLL if by_metre(code) else 4 for code in self._shown()}
        self.warehouse.receive(day, [goods])

    def bring_goods(self, day, __):
        """Each branch gets some of it."""
        goods = {code: BROUGHT if by_metre(code) else 1 for code in self._shown()}
        for branch in KEEPERS:
            supply = (branch, goods, delivery := [])
            self.warehouse.dispatch(day, [supply])
            self.warehouse.arrive(day, [delivery])

    def _shown(self):
        """Codes of the goods that samples are made of."""
        parts = {name for name, *__ in NORMS}
        parts |= {part for name in parts for part in CATEGORIES.get(name, ())}
        return [code for code, row in PRODUCTS.items() if row[1] in parts]

    # What is shown ----------------------------------------------------------------

    def set_norms(self, *__):
        """The commercial director says what every showroom shows."""
        admin = self.world.acting(ADMIN)
        for code, login in KEEPERS.items():
            branch = self.world.branches[code].with_env(admin)
            branch.write(
                {
                    "has_showroom": True,
                    "showroom_user_id": self.world.users[login].id,
                    "showroom_check_every_days": CHECKED,
                }
            )
        norms = [
            self._prepare_norm(name, kind, reason, min_qty=count, weight=weight)
            for name, kind, count, weight, reason in NORMS
        ]
        norms += [
            self._prepare_norm(
                name, kind, reason, min_qty=0, branch_id=self.world.branches[code].id
            )
            for code, (name, kind, reason) in EXCEPTIONS.items()
        ]
        self.world.acting(COMMERCIAL)["showroom.norm"].create(norms)

    def _prepare_norm(self, category, kind, reason, **values):
        return {
            "company_id": self.world.company.id,
            "categ_id": self._category(category).id,
            "sample_type_id": self._type(kind).id,
            "reason": reason,
            **values,
        }

    def _category(self, name):
        return self.world.env["product.category"].search([("name", "=", name)], limit=1)

    def _type(self, kind):
        return self.world.env.ref(f"sales_manager_kpi.showroom_sample_type_{kind}")

    def make_samples(self, __, codes):
        """A manager makes what the norms ask for, out of the branch's own stock."""
        for code in codes:
            env = self.world.acting(KEEPERS[code])
            lines = env["showroom.norm.line"].search(
                [("branch_id", "=", self.world.branches[code].id)]
            )
            for number, line in enumerate(lines):
                if number % 11 != 10:  # there is always something that nobody made
                    self._make(line, place=f"Stand {1 + number // 6}")

    def _make(self, line, **values):
        """Make what a required line lacks; nothing where the branch has no goods."""
        action = line.action_make()
        wizards = line.env["showroom.make"].with_context(**action["context"])
        try:
            with line.env.cr.savepoint():
                wizards.create(values).action_confirm()
        except UserError:
            return  # sold out here: it stays missing

    # Rounds and loans -----------------------------------------------------------

    def check(self, __, codes):
        """The keeper goes round and finds everything, as it has become."""
        for code in codes:
            branch = self.world.branches[code]
            Check = self.world.acting(KEEPERS[code])["showroom.check"]
            planned = Check.search(
                [("branch_id", "=", branch.id), ("state", "=", "planned")], limit=1
            )
            check = planned or Check.create({"branch_id": branch.id})
            check.action_start()
            for line in check.line_ids.filtered(lambda line: line.result == "todo"):
                line.answer({"result": "found"})
            check.finish()

    def lend(self, __, logins):
        """A customer takes two swatches along."""
        for login in logins:
            code = next(code for code, who in KEEPERS.items() if who == login)
            swatches = self._samples(code, login).filtered(
                lambda s: s.state == "on_display" and s.kind == "swatch"
            )
            swatches.env["showroom.lend"].create(
                {
                    "sample_ids": swatches[:2].ids,
                    "partner_id": self._customer_of(login).id,
                }
            ).action_confirm()

    def _customer_of(self, login):
        """The first customer in the book of a manager."""
        names = (customer.name for customer in BOOK if customer.owner == login)
        customers = self.world.customers
        return next(customers[name] for name in names if name in customers)

    def give(self, __, gifts):
        """A customer's seamstress tries a metre of lining at home."""
        for login, code in gifts:
            branch = next(key for key, who in KEEPERS.items() if who == login)
            env = self.world.acting(login)
            gift = env["showroom.giveaway"].create(
                {
                    "branch_id": self.world.branches[branch].id,
                    "partner_id": self._customer_of(login).id,
                    "product_id": self.world.products[code].id,
                    "product_qty": 1.0,
                    "courier": "PostNL",
                }
            )
            try:
                with env.cr.savepoint():
                    gift.action_give()
            except UserError:
                gift.unlink()  # sold out here

    def take(self, __, logins):
        """It comes back, as it went."""
        for login in logins:
            loans = self.world.acting(login)["showroom.loan"].search(
                [("user_id", "=", self.world.users[login].id), ("state", "=", "out")]
            )
            for loan in loans:
                action = loan.action_return()
                wizards = loan.env["showroom.return"]
                wizards.with_context(**action["context"]).create({}).action_confirm()

    # Time passes --------------------------------------------------------------------

    def pass_a_week(self, *__):
        """What the nightly jobs do."""
        self.world.env["showroom.norm.line"]._cron_resolve()
        self.world.env["showroom.sample"]._cron_mark()
        self.world.env["showroom.figure"]._cron_keep()

    def wear(self, *__):
        """Visitors have handled the favourites; one is damaged, one cannot be found."""
        for code, login in KEEPERS.items():
            samples = self._samples(code, login, WORN)
            for sample in samples[:2]:
                sample.condition = "c"
            samples[:1].action_replace()
            if code == "HAM":
                samples[2:]._end("lost", "Not seen since the fair.")

    def replace(self, *__):
        """Utrecht has hung new ones; the others have not found time yet."""
        worn = self._samples("UTR", "anna", WORN).filtered(
            lambda sample: sample.state == "to_replace"
        )
        for sample in worn:
            worn.env["showroom.make"].create(
                {
                    "branch_id": sample.branch_id.id,
                    "product_id": sample.product_id.id,
                    "sample_type_id": sample.sample_type_id.id,
                    "place": sample.place,
                }
            ).action_confirm()
            sample._end("scrap", "Replaced by a new one.")

    def _samples(self, code, login, goods=tuple(PRODUCTS)):
        """Samples of these goods in a branch that are not gone."""
        return self.world.acting(login)["showroom.sample"].search(
            [
                ("branch_id", "=", self.world.branches[code].id),
                ("product_id.default_code", "in", goods),
                ("state", "in", ("on_display", "to_replace")),
            ],
            order="product_id, id",
        )
