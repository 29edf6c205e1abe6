"""Offer sheets: what customers were shown, and what became of it."""

from datetime import timedelta

from odoo.fields import Command

from .calendar import working_day

# login, customer, days before the end, products, what became of it
TALES = (
    ("anna", "Hotel Domstad", 34, 3, "won"),
    ("anna", "Gordijnhuis De Vries", 30, 2, "lost"),
    ("elke", "Gordijnen Lievens", 26, 3, "expired"),
    ("anna", "Meubelatelier Van Dam", 8, 4, "interested"),
    ("elke", "Gordijnen Lievens", 6, 2, "sent"),
    ("anna", "Zorggroep Eemland", 2, 3, "draft"),
)
VALID = 10  # days


class Offers:
    """Managers offer what the customer bought before, and a little more."""

    def __init__(self, world, agenda):
        self.world, self.agenda = world, agenda

    def note(self):
        """Made and sent on one day, decided some days later."""
        for tale in TALES:
            day = working_day(self.world.last - timedelta(days=tale[2]))
            if day > self.world.first + timedelta(days=30):
                self.agenda.note(day, 15, self.offer, tale)
            if tale[-1] == "expired":
                over = working_day(day + timedelta(days=VALID + 1))
                self.agenda.note(over, 6, self.expire)

    def offer(self, day, tales):
        """One offer for each: of what was bought before, else of the range."""
        for tale in tales:
            login, name, _before, number, fate = tale
            if login not in self.world.users or name not in self.world.customers:
                continue
            env = self.world.acting(login)
            customer = env["res.partner"].browse(self.world.customers[name].id)
            offer = env["sales.offer"].create(
                {
                    "partner_id": customer.id,
                    "company_id": self.world.company.id,
                    "validity_date": day + timedelta(days=VALID),
                    "delivery_terms": "Ex works, loading from 7:00",
                    "opening": "As you asked, with what fits it from our range.",
                }
            )
            self._fill(offer, number)
            if fate != "draft":
                offer.action_hand_over()
                self._decide(offer, fate, day)

    def expire(self, *__):
        """What the nightly job does with offers nobody answered."""
        self.world.env["sales.offer"]._cron_expire()

    def _fill(self, offer, number):
        fill = offer.env["sales.offer.fill"].create(
            {"offer_id": offer.id, "source": "bought"}
        )
        chosen = fill.line_ids[:number]
        (fill.line_ids - chosen).is_chosen = False
        if chosen:
            fill.action_fill()
        if not offer.line_ids:
            goods = offer.env["product.product"].search(
                [("sale_ok", "=", True), ("list_price", ">", 1)], limit=number
            )
            offer.line_ids = [Command.create({"product_id": one.id}) for one in goods]
        for line in offer.line_ids:
            line.quantity = 20

    def _decide(self, offer, fate, day):
        if fate in ("won", "lost"):
            later = working_day(day + timedelta(days=4))
            self.agenda.note(later, 11, self.decide, (offer, fate))
        elif fate == "interested":
            offer.sudo()._portal_interest("Can you send a swatch of the second one?")

    def decide(self, __, items):
        """The customer says yes, and it is ordered; or the price was too high."""
        for offer, fate in items:
            if fate == "lost":
                reason = offer.env.ref("crm.lost_reason_1", raise_if_not_found=False)
                Reason = offer.env["crm.lost.reason"].sudo()
                reason = reason or Reason.search([], limit=1)
                offer.lost_reason_id = reason or Reason.create(
                    {"name": "Too expensive"}
                )
                offer.action_lose()
            else:
                offer.action_make_quotation()
                offer.order_ids.action_confirm()
