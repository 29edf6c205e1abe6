"""What Lakenhal Textiles sells: fabrics by the metre, trimmings, hardware, work."""

from odoo.fields import Command

# category: its parts
CATEGORIES = {
    "Curtain fabrics": ("Sheers", "Decorative curtains", "Blackout"),
    "Upholstery fabrics": ("Velvets", "Bouclés and weaves", "Outdoor"),
    "Linings": (),
    "Trimmings": ("Tapes", "Cords and tassels"),
    "Curtain hardware": ("Rails", "Poles"),
    "Workroom services": (),
}
# code: name, category, price, cost, usual quantity, unit ("m": by the metre on rolls)
PRODUCTS = {
    "SH-101": ("Zephyr voile, 300 cm", "Sheers", 14.5, 7.2, 40, "m"),
    "SH-102": ("Wadden linen sheer, 320 cm", "Sheers", 22.0, 11.4, 30, "m"),
    "SH-103": ("Mist recycled sheer, 300 cm", "Sheers", 18.0, 9.9, 30, "m"),
    "DC-201": ("Leiden wool serge, 140 cm", "Decorative curtains", 38.0, 20.5, 24, "m"),
    "DC-202": ("Rapenburg linen, 140 cm", "Decorative curtains", 32.0, 16.0, 24, "m"),
    "DC-203": ("Tulip jacquard, 140 cm", "Decorative curtains", 44.0, 24.0, 18, "m"),
    "DC-204": (
        "Polder plain dim-out, 280 cm",
        "Decorative curtains",
        26.0,
        13.2,
        30,
        "m",
    ),
    "BO-301": ("Nocturne blackout, 280 cm", "Blackout", 24.0, 12.6, 36, "m"),
    "BO-302": ("Nocturne flame retardant, 280 cm", "Blackout", 29.0, 15.8, 40, "m"),
    "VE-401": ("Lakenhal mohair velvet, 140 cm", "Velvets", 86.0, 49.0, 10, "m"),
    "VE-402": ("Canal cotton velvet, 140 cm", "Velvets", 42.0, 22.5, 18, "m"),
    "VE-403": ("Stage velvet flame retardant", "Velvets", 48.0, 27.0, 20, "m"),
    "BW-501": ("Texel bouclé, 140 cm", "Bouclés and weaves", 64.0, 35.0, 14, "m"),
    "BW-502": ("Heath chenille, 140 cm", "Bouclés and weaves", 46.0, 24.5, 16, "m"),
    "BW-503": (
        "Contract weave 100,000 rubs",
        "Bouclés and weaves",
        52.0,
        27.5,
        22,
        "m",
    ),
    "OD-601": ("Scheveningen outdoor canvas", "Outdoor", 36.0, 19.0, 18, "m"),
    "LI-701": ("Cotton sateen lining, 140 cm", "Linings", 7.8, 3.9, 50, "m"),
    "LI-702": ("Bump interlining, 140 cm", "Linings", 9.4, 4.9, 36, "m"),
    "TR-801": ("Wave heading tape, box of 50 m", "Tapes", 68.0, 36.0, 4, "unit"),
    "TR-802": ("Pencil pleat tape, box of 100 m", "Tapes", 54.0, 27.0, 4, "unit"),
    "TR-803": ("Silk tassel tieback, pair", "Cords and tassels", 39.0, 19.5, 8, "unit"),
    "HW-901": ("Contract rail, 6 m", "Rails", 74.0, 41.0, 8, "unit"),
    "HW-902": ("Electric rail, 4 m", "Rails", 385.0, 236.0, 2, "unit"),
    "HW-903": ("Oak pole with rings, 2.4 m", "Poles", 118.0, 64.0, 4, "unit"),
    "WS-950": (
        "Making-up of curtains, per drop",
        "Workroom services",
        42.0,
        26.0,
        10,
        "job",
    ),
    "WS-951": (
        "Flame retardancy certificate",
        "Workroom services",
        65.0,
        12.0,
        1,
        "job",
    ),
}
ROLL = 80  # metres on a full roll
CARTON = 40  # pieces in a carton of what is not sold by the metre
# class: discount on the list, in per cent; larger cuts of velvet for wholesale
PRICELISTS = {"A": 15, "B": 8, "C": 0}
EXPORT = {"GBP": "Export United Kingdom", "USD": "Export United States"}
PROMO_CODE = "LINEN10"
PROMO_BUDGET = 5000


def by_metre(code):
    """Whether a product lies on rolls, each a lot of its own."""
    return PRODUCTS[code][5] == "m"


def stocked(code):
    """Whether a product is kept in stock at all."""
    return PRODUCTS[code][5] != "job"


def stock_shelves(world):
    """Categories, products and their cost."""
    categories = _make_categories(world)
    units = {
        "m": world.env.ref("uom.product_uom_meter"),
        "unit": world.env.ref("uom.product_uom_unit"),
        "job": world.env.ref("uom.product_uom_unit"),
    }
    tax = world.company.account_sale_tax_id
    roll = world.env["uom.uom"].create(
        {
            "name": f"Roll of {ROLL} m",
            "relative_uom_id": units["m"].id,
            "relative_factor": ROLL,
        }
    )
    vals_list = [
        {
            "name": name,
            "default_code": code,
            "categ_id": categories[category].id,
            "list_price": price,
            "standard_price": cost,
            "uom_id": units[unit].id,
            "uom_ids": [Command.link(roll.id)] if unit == "m" else False,
            "type": "consu" if stocked(code) else "service",
            "is_storable": stocked(code),
            "tracking": "lot" if by_metre(code) else "none",
            "invoice_policy": "delivery",
            "taxes_id": [Command.set(tax.ids)],
        }
        for code, (name, category, price, cost, __, unit) in PRODUCTS.items()
    ]
    products = world.env["product.product"].create(vals_list)
    world.products = {product.default_code: product for product in products}
    # Managers may not make it themselves when they first give a discount.
    world.company.sale_discount_product_id = world.env["product.product"].create(
        {
            "name": "Discount",
            "type": "service",
            "invoice_policy": "order",
            "list_price": 0,
            "company_id": world.company.id,
            "categ_id": categories["Workroom services"].id,
            "taxes_id": [Command.clear()],
        }
    )


def _make_categories(world):
    Category = world.env["product.category"]
    found = {}
    for name, parts in CATEGORIES.items():
        found[name] = Category.create({"name": name})
        for part in parts:
            found[part] = Category.create({"name": part, "parent_id": found[name].id})
    return found


def print_pricelists(world):
    """One per customer class, and one per foreign currency.

    :return: ``{class or currency code: pricelist}``
    """
    Pricelist = world.env["product.pricelist"]
    velvets = world.env["product.category"].search([("name", "=", "Velvets")], limit=1)
    lists = {}
    for name, discount in PRICELISTS.items():
        rules = [_percentage(discount)] if discount else []
        if discount:
            rules.append(
                _percentage(discount + 4, categ_id=velvets.id, min_quantity=25)
            )
        lists[name] = Pricelist.create(
            {
                "name": f"Wholesale {name}",
                "currency_id": world.company.currency_id.id,
                "company_id": world.company.id,
                "item_ids": [Command.create(rule) for rule in rules],
            }
        )
    for code, name in EXPORT.items():
        lists[code] = Pricelist.create(
            {
                "name": name,
                "currency_id": world.env.ref(f"base.{code}").id,
                "company_id": world.company.id,
                "item_ids": [Command.create(_percentage(10))],
            }
        )
    return lists


def _percentage(discount, categ_id=None, **values):
    applied = "2_product_category" if categ_id else "3_global"
    return {
        "compute_price": "percentage",
        "percent_price": discount,
        "applied_on": applied,
        "categ_id": categ_id,
        **values,
    }


def launch_promotion(world):
    """Ten per cent off an order by code, within a budget; Carla wants it."""
    program = world.acting("carla")["loyalty.program"].create(
        {
            "name": "Linen weeks",
            "is_governed": True,
            "goal": "Twenty orders of customers who buy only curtains until now",
            "limit_budget": True,
            "budget_amount": PROMO_BUDGET,
            "program_type": "promo_code",
            "company_id": world.company.id,
            "currency_id": world.company.currency_id.id,
            "trigger": "with_code",
            "rule_ids": [
                Command.clear(),
                Command.create({"mode": "with_code", "code": PROMO_CODE}),
            ],
            "reward_ids": [
                Command.clear(),
                Command.create(
                    {
                        "reward_type": "discount",
                        "discount": 10,
                        "discount_mode": "percent",
                        "discount_applicability": "order",
                        "required_points": 1,
                    }
                ),
            ],
        }
    )
    program.action_submit_promotion()
    world.as_user(program, "admin").action_approve_promotion()
    return program
