"""The norms of discounts, in force since the last evening, and a first request."""

from odoo import Command

NORMS = (
    {"role": "manager", "max_line_percent": 10, "gift": "forbidden"},
    {"role": "manager", "class": "A", "max_line_percent": 12},
    {"role": "manager", "class": "C", "max_line_percent": 5},
    {"role": "branch_director", "max_line_percent": 20},
    {
        "role": "commercial_director",
        "max_line_percent": 35,
        "limit_margin": True,
        "min_margin_percent": 5,
    },
)
ASKED = 15  # per cent off by hand, more than a manager may give


def introduce(world):
    """Carla writes the norms and an administrator lets them hold."""
    policy = world.acting("carla")["discount.policy"].create(
        {
            "name": "Discounts",
            "company_id": world.company.id,
            "date_from": world.last.replace(day=1),
            "line_ids": [Command.create(vals) for vals in _prepare_norms(world)],
        }
    )
    policy.action_submit()
    world.acting("admin")["discount.policy"].browse(policy.id).action_activate()
    ask(world, "anna")


def _prepare_norms(world):
    """The norms of everybody, and those of the classes there are."""
    classes = {row.code: row.id for row in world.env["customer.class"].search([])}
    for norm in NORMS:
        vals = {name: norm[name] for name in norm if name != "class"}
        if code := norm.get("class"):
            if code not in classes:
                continue
            vals["class_id"] = classes[code]
        yield vals


def ask(world, login):
    """A manager wants to go below the norm on a quotation of theirs."""
    env = world.acting(login)
    order = env["sale.order"].search(
        [("user_id", "=", env.uid), ("state", "in", ("draft", "sent"))], limit=1
    )
    line = order.order_line.filtered(lambda line: line._is_governed())[:1]
    if not line:
        return
    line.discount = 100 - (100 - line.discount) * (1 - ASKED / 100)
    env["discount.ask"].create(
        {
            "order_id": order.id,
            "reason_id": env.ref("sales_manager_kpi.discount_reason_volume").id,
            "note": "Takes three rolls at once.",
        }
    ).action_ask()
