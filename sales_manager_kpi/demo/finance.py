"""The company's books: chart, taxes, currencies with moving rates, payment terms."""

from datetime import timedelta

from odoo.fields import Command

from .calendar import month_start

# Units of the currency per euro at the start of the story, and the steps per month.
RATES = {
    "GBP": (0.862, (0.004, -0.006, 0.002, 0.005, -0.003, -0.004)),
    "USD": (1.084, (-0.011, 0.014, 0.009, -0.006, 0.012, -0.008)),
}
TERMS = {"14 days": 14, "30 days": 30, "60 days": 60}
USER_FEATURES = (
    "product.group_product_pricelist",
    "product.group_product_variant",
    "uom.group_uom",
    "sale.group_discount_per_so_line",
    "stock.group_production_lot",
    "stock.group_stock_multi_locations",
    "stock.group_stock_multi_warehouses",
    "stock.group_adv_location",
    "stock.group_lot_on_delivery_slip",
)


def found_company(env):
    """Lakenhal Textiles: the database's own company where it is still unused."""
    company = env.ref("base.main_company")
    # sudo: the generator runs as the superuser anyway
    used = env["account.move"].sudo().search_count([], limit=1)
    used = used or env["sale.order"].sudo().search_count([], limit=1)
    if used:
        company = env["res.company"].create({"name": "Lakenhal Textiles"})
        env["account.chart.template"].try_loading("generic_coa", company, False)
    company.write(
        {
            "name": "Lakenhal Textiles",
            "street": "Oude Singel 32",
            "zip": "2312 RA",
            "city": "Leiden",
            "country_id": env.ref("base.nl").id,
            "currency_id": env.ref("base.EUR").id,
            "email": "info@lakenhal.example",
            "phone": "+31 71 555 01 00",
        }
    )
    company.partner_id.tz = "Europe/Amsterdam"
    company.resource_calendar_id.tz = "Europe/Amsterdam"
    return company


def switch_on_features(env):
    """What the settings' check boxes do: every user gets the feature's group."""
    user = env.ref("base.group_user")
    groups = [env.ref(xmlid) for xmlid in USER_FEATURES]
    user.implied_ids = [Command.link(group.id) for group in groups]


def open_books(world):
    """Taxes, bank and payment terms of a Dutch wholesaler.

    :return: ``{days: payment term}``
    """
    company = world.company
    company.account_fiscal_country_id = world.env.ref("base.nl")
    domestic = _set_taxes(world)
    company.account_sale_tax_id = domestic
    _set_rates(world)
    _pay_into_bank(world)
    return {
        days: world.env["account.payment.term"].create(
            {
                "name": name,
                "company_id": company.id,
                "line_ids": [
                    Command.clear(),
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": days}
                    ),
                ],
            }
        )
        for name, days in TERMS.items()
    }


def _set_taxes(world):
    """21 % at home, nothing across the border."""
    Tax, company = world.env["account.tax"], world.company
    old = Tax.search([("company_id", "=", company.id)])
    group = world.env["account.tax.group"].create(
        {
            "name": "VAT",
            "company_id": company.id,
            "country_id": world.env.ref("base.nl").id,
        }
    )
    vals = {
        "company_id": company.id,
        "country_id": world.env.ref("base.nl").id,
        "tax_group_id": group.id,
        "type_tax_use": "sale",
    }
    domestic = Tax.create({**vals, "name": "21%", "amount": 21})
    abroad = world.env["account.fiscal.position"].create(
        {"name": "Outside the Netherlands", "company_id": company.id}
    )
    Tax.create(
        {
            **vals,
            "name": "0% abroad",
            "amount": 0,
            "fiscal_position_ids": [Command.set(abroad.ids)],
            "original_tax_ids": [Command.set(domestic.ids)],
        }
    )
    old.active = False
    return domestic


def foreign_position(world):
    """The fiscal position of customers outside the Netherlands."""
    return world.env["account.fiscal.position"].search(
        [
            ("company_id", "=", world.company.id),
            ("name", "=", "Outside the Netherlands"),
        ]
    )


def _set_rates(world):
    """A rate at the beginning of every month."""
    vals_list = []
    for code, (rate, steps) in RATES.items():
        currency = world.env.ref(f"base.{code}")
        currency.active = True
        day, number = month_start(world.first, -2), 0
        while day <= world.last + timedelta(days=1):
            vals_list.append(
                {
                    "currency_id": currency.id,
                    "company_id": world.company.id,
                    "name": day,
                    "rate": rate,
                }
            )
            rate = round(rate + steps[number % len(steps)], 4)
            day, number = month_start(day, 1), number + 1
    world.env["res.currency.rate"].create(vals_list)


def _pay_into_bank(world):
    """Payments are booked in the bank at once, so that invoices are truly settled."""
    bank = bank_journal(world)
    bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
    bank.outbound_payment_method_line_ids.payment_account_id = bank.default_account_id


def bank_journal(world):
    """Where customers pay."""
    return world.env["account.journal"].search(
        [("company_id", "=", world.company.id), ("type", "=", "bank")], limit=1
    )
