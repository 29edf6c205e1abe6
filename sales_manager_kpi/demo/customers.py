"""The customers: who they are, whose they are, how much and how well they pay."""

from odoo.fields import Command

from .book import BOOK
from .catalogue import print_pricelists
from .finance import foreign_position

CONTACTS = (
    "Sanne",
    "Daan",
    "Lotte",
    "Wout",
    "Marieke",
    "Kaat",
    "Stijn",
    "Lena",
    "Paul",
)
SURNAMES = (
    "Mulder",
    "Bos",
    "Wouters",
    "Jacobs",
    "Schmidt",
    "Hansen",
    "Dekker",
    "Smets",
)
TERM_DAYS = {"A": 60, "B": 30, "C": 14}


def country_branch(customer):
    """Code of the branch that serves a customer of nobody, or anybody's."""
    return {"BE": "GNT", "DE": "HAM"}.get(customer.country, "UTR")


def prepare_book(world, terms):
    """What all customers need before the first one is written down.

    :return: function that makes the customers it is given
    """
    pricelists = print_pricelists(world)
    tags = _make_tags(world)
    abroad = foreign_position(world)
    industries = {
        industry.name: industry
        for industry in world.env["res.partner.industry"].search([])
    }

    def acquire(customers):
        vals_list = [
            {
                **_prepare_customer(world, customer),
                "industry_id": industries[customer.industry].id,
                "category_id": [Command.link(tags[customer.size].id)],
                "property_product_pricelist": pricelists[_list_of(customer)].id,
                "property_payment_term_id": terms[TERM_DAYS[customer.size]].id,
                "property_account_position_id": customer.country != "NL" and abroad.id,
            }
            for customer in customers
        ]
        for partner in world.env["res.partner"].create(vals_list):
            world.customers[partner.name] = partner

    return acquire


def _list_of(customer):
    return customer.size if customer.currency == "EUR" else customer.currency


def _make_tags(world):
    Tag = world.env["res.partner.category"]
    parent = Tag.create({"name": "Customer class"})
    colours = {"A": 10, "B": 3, "C": 8}
    return {
        size: Tag.create({"name": size, "parent_id": parent.id, "color": colour})
        for size, colour in colours.items()
    }


def _prepare_customer(world, customer):
    number = BOOK.index(customer)
    domain = "".join(c for c in customer.name.lower() if c.isascii() and c.isalpha())
    person = f"{CONTACTS[number % 9]} {SURNAMES[number % 8]}"
    country = {"GB": "uk"}.get(customer.country, customer.country.lower())
    owner = world.users.get(customer.owner)
    return {
        "name": customer.name,
        "is_company": True,
        "ref": f"C{1001 + number}",
        "street": customer.street,
        "zip": customer.zip,
        "city": customer.city,
        "country_id": world.env.ref(f"base.{country}").id,
        "email": f"info@{domain}.example",
        "user_id": owner.id if owner else False,
        "tz": owner.tz if owner else "Europe/Amsterdam",
        "child_ids": [
            Command.create(
                {
                    "name": person,
                    "type": "contact",
                    "function": "Purchasing",
                    "email": f"{person.split()[0].lower()}@{domain}.example",
                }
            )
        ],
    }
