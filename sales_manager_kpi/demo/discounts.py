"""Norms of discounts since some weeks, what was bargained under them, and requests."""

from odoo import Command

from .calendar import working_day
from .classes import turn_of_norms

NORMS = (
    {
        "role": "manager",
        "max_line_percent": 10,
        "gift": "forbidden",
        "limit_bonus": True,
        "max_bonus_percent": 3,
        "bonus_period": "quarter",
    },
    {"role": "manager", "class": "A", "max_line_percent": 12},
    {"role": "manager", "class": "C", "max_line_percent": 5},
    {
        "role": "branch_director",
        "max_line_percent": 20,
        "limit_bonus": True,
        "max_bonus_percent": 6,
    },
    {
        "role": "commercial_director",
        "max_line_percent": 35,
        "limit_margin": True,
        "min_margin_percent": 5,
    },
)
ASKED = 15  # per cent off by hand, more than a manager may give
# Of every so many quotations, the per cent off the first line; what fits first.
BARGAINS = ((11, 24), (7, 16), (3, 6))
HABIT = ("finn", 9.8)  # who goes to the limit wherever it holds
REFUSED = 4  # of so many requests
REASON = "sales_manager_kpi.discount_reason_volume"


class Discounts:
    """Carla writes the norms; managers bargain since, and ask where they must."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda
        self.day = working_day(turn_of_norms(world))
        self.asked = 0

    def note(self):
        """The norms hold from the day on which customers are classed again."""
        self.agenda.note(self.day, 8, self.introduce)

    def introduce(self, day, __):
        """Carla writes the norms and an administrator lets them hold."""
        policy = self.world.acting("carla")["discount.policy"].create(
            {
                "name": "Discounts",
                "company_id": self.world.company.id,
                "date_from": day,
                "line_ids": [Command.create(vals) for vals in self._prepare_norms()],
            }
        )
        policy.action_submit()
        test = self.world.acting("carla")["discount.backtest"]
        test.create({"policy_id": policy.id, "months": 3}).action_run()
        policies = self.world.acting("admin")["discount.policy"]
        policies.browse(policy.id).action_activate()

    def _prepare_norms(self):
        """The norms of everybody, and those of the classes there are."""
        classes = self.world.env["customer.class"].search([])
        ids = {row.code: row.id for row in classes}
        for norm in NORMS:
            vals = {name: norm[name] for name in norm if name != "class"}
            if "class" in norm:
                vals["class_id"] = ids[norm["class"]]
            yield vals

    def bargain(self, order, record, day):
        """A customer wants something off; beyond the norm, somebody is asked."""
        if day <= self.day or order.kind:
            return
        policy = record._discount_policy()
        login, limit = HABIT
        if record.user_id.login == login:
            lower(record, limit)
            if record._discount_judgement(policy).verdict.within:
                return
            record._recompute_prices()
        percent = next((off for n, off in BARGAINS if not order.number % n), 0)
        lower(record, percent)
        if not record._discount_judgement(policy).verdict.within:
            request = ask_for(record, "The customer has an offer of another house.")
            self.agenda.note(day, 9, self.decide, request)

    def decide(self, __, requests):
        """Whoever is asked first says yes, or now and then no."""
        for request in requests:
            self.asked += 1
            login = request.approver_ids.sorted("id")[:1].login
            own = self.world.as_user(request, login)
            if self.asked % REFUSED:
                own.action_approve()
                continue
            answers = self.world.acting(login)["discount.answer"]
            answers.create(
                {
                    "request_id": request.id,
                    "kind": "reject",
                    "comment": "Not on this fabric: we are sold out until spring.",
                }
            ).action_answer()

    def settle(self, record):
        """What was refused is not given."""
        if record._confirmation_error_message():
            record._recompute_prices()


def lower(record, percent):
    """Take ``percent`` off the first line that norms are about."""
    line = record.order_line.filtered(lambda line: line._is_governed())[:1]
    if line and percent:
        line.discount = 100 - (100 - line.discount) * (1 - percent / 100)


def ask_for(record, note):
    """Ask for approval of a quotation; return the request, for whoever decides."""
    action = (
        record.env["discount.ask"]
        .create(
            {
                "order_id": record.id,
                "reason_id": record.env.ref(REASON).id,
                "note": note,
            }
        )
        .action_ask()
    )
    return record.env["discount.request"].sudo().browse(action["res_id"])


def ask(world, login):
    """A manager wants to go below the norm on a quotation of theirs, and waits."""
    env = world.acting(login)
    orders = env["sale.order"].search(
        [("user_id", "=", env.uid), ("state", "in", ("draft", "sent"))]
    )
    waiting = env["discount.request"].search([("order_id", "in", orders.ids)])
    order = (orders - waiting.order_id)[:1]
    if order:
        order._recompute_prices()
        lower(order, ASKED)
        ask_for(order, "Takes three rolls at once.")
