"""Records that Odoo itself makes: company, branches, users, rates, categories."""

import math

from odoo.fields import Command

QUIET = {
    "no_reset_password": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
    "mail_notrack": True,
}
WITH_PASSWORD = 3  # managers who can log in, with their login as password


def make(env, parameters):
    """Make everything that is not bulk; return the ids that the bulk refers to."""
    env = env(context={**env.context, **QUIET})
    company = _company(env)
    currencies = _currencies(env, parameters, company)
    branches, central = _branches(env, parameters, company)
    managers = _users(env, parameters, company, branches)
    return {
        "company": company.id,
        **currencies,
        "branches": branches,
        "central": central,
        "managers": managers,
        "categories": _categories(env, parameters),
        "terms": _terms(env),
        "intercompany_partner": _sister_company(env, company),
        "tax": company.account_sale_tax_id.id,
        "tax_rate": company.account_sale_tax_id.amount / 100.0,
        "stages": _stages(env),
        "lost_reason": env["crm.lost.reason"].search([], limit=1).id,
        "order_sequence": _order_sequence(env).id,
        "user_fields": {
            model: env["ir.model.fields"]._get(model, "user_id").id
            for model in ("res.partner", "sale.order")
        },
    }


def _company(env):
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    # Document totals are then exactly the sum of their lines.
    company.tax_calculation_rounding_method = "round_per_line"
    return company


def _currencies(env, parameters, company):
    """A second currency with a rate per month, and a pricelist in each."""
    euro = env.ref("base.EUR")
    euro.active = True
    Rate = env["res.currency.rate"]
    Rate.search([("currency_id", "=", euro.id)]).unlink()
    last = parameters.last_day
    months = range((last.year - 3) * 12, (last.year + 1) * 12 + 1)
    Rate.create([_rate(euro, company, month) for month in months])
    internal = env.ref("base.group_user")
    internal._apply_group(env.ref("product.group_product_pricelist"))
    internal._apply_group(env.ref("uom.group_uom"))
    # The company's own list comes first: a lone list would become everybody's.
    own = _pricelist(env, "Default", company.currency_id, 1)
    return {
        "currency": company.currency_id.id,
        "euro": euro.id,
        "pricelist": own.id,
        "pricelist_euro": _pricelist(env, "Export EUR", euro, 99).id,
    }


def _rate(currency, company, month):
    """A rate that moves slowly and is the same on every run."""
    year, index = divmod(month, 12)
    return {
        "currency_id": currency.id,
        "company_id": company.id,
        "name": f"{year:04d}-{index + 1:02d}-01",
        "rate": round(0.90 + 0.05 * math.sin(0.7 * (month + 1)), 4),
    }


def _pricelist(env, name, currency, sequence):
    domain = [("currency_id", "=", currency.id)]
    return env["product.pricelist"].search(domain, limit=1) or env[
        "product.pricelist"
    ].create({"name": name, "currency_id": currency.id, "sequence": sequence})


def _branches(env, parameters, company):
    """Per branch a warehouse, a sales team and a state; and the central warehouse."""
    states = env["res.country.state"].search(
        [("country_id", "=", env.ref("base.us").id)], order="code"
    )
    domain = [("company_id", "=", company.id)]
    central = env["stock.warehouse"].search(domain, limit=1, order="id")
    central.name = "Central warehouse"
    branches = []
    for index in range(parameters.branches):
        number = f"{index + 1:02d}"
        warehouse = env["stock.warehouse"].create(
            {"name": f"Branch {number}", "code": f"B{number}"}
        )
        team = env["crm.team"].create(
            {"name": f"Branch {number} sales", "company_id": company.id}
        )
        state = states[index % len(states)]
        place = {"i": index, "team_id": team.id, "state_id": state.id}
        branches.append({**place, **_warehouse(warehouse)})
    return branches, _warehouse(central)


def _warehouse(warehouse):
    """What deliveries and returns of a warehouse are numbered and placed by."""
    outgoing, incoming = warehouse.out_type_id, warehouse.in_type_id
    return {
        "wh_id": warehouse.id,
        "stock_loc": warehouse.lot_stock_id.id,
        "out_type": outgoing.id,
        "in_type": incoming.id,
        "out_prefix": outgoing.sequence_id.prefix,
        "in_prefix": incoming.sequence_id.prefix,
        "out_seq": outgoing.sequence_id.id,
        "in_seq": incoming.sequence_id.id,
        "rule_id": warehouse.delivery_route_id.rule_ids[:1].id or None,
    }


def _users(env, parameters, company, branches):
    """Managers, one director per branch and a commercial director."""
    internal = env.ref("base.group_user")
    salesman = internal | env.ref("sales_team.group_sale_salesman")
    all_leads = internal | env.ref("sales_team.group_sale_salesman_all_leads")
    head = internal | env.ref("sales_team.group_sale_manager")
    User = env["res.users"]
    managers = User.create(
        [
            _user(company, f"Manager {i + 1:03d}", f"mgr{i + 1:03d}", salesman)
            for i in range(parameters.managers)
        ]
    )
    directors = User.create(
        [
            _user(company, f"Director {i + 1:02d}", f"dir{i + 1:02d}", all_leads)
            for i in range(len(branches))
        ]
    )
    chief = User.create(_user(company, "Commercial director", "comdir", head))
    for user in managers[:WITH_PASSWORD] | directors[:1] | chief:
        user.password = user.login
    _team_members(env, managers, directors, branches)
    places = enumerate(managers)
    return [{"i": i, "user_id": u.id, "b": i % len(branches)} for i, u in places]


def _user(company, name, login, groups):
    return {
        "name": name,
        "login": login,
        "email": f"{login}@scale.example",
        "group_ids": [Command.set(groups.ids)],
        "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "tz": "UTC",
    }


def _team_members(env, managers, directors, branches):
    places = [*enumerate(managers), *enumerate(directors)]
    env["crm.team.member"].create(
        [
            {"user_id": user.id, "crm_team_id": branches[i % len(branches)]["team_id"]}
            for i, user in places
        ]
    )
    for director, branch in zip(directors, branches, strict=True):
        env["crm.team"].browse(branch["team_id"]).user_id = director.id


def _categories(env, parameters):
    goods = env["product.category"].search(
        [("parent_id", "=", False), ("name", "=", "Goods")], limit=1
    )
    values = [
        {"name": f"Fabric group {i + 1:02d}", "parent_id": goods.id}
        for i in range(parameters.categories)
    ]
    return env["product.category"].create(values).ids


def _terms(env):
    """Days and ids of the payment terms that customers have."""
    ids = {term.name: term.id for term in env["account.payment.term"].search([])}
    names = {0: "Immediate Payment", 15: "15 Days", 30: "30 Days", 45: "45 Days"}
    return [[days, ids[name]] for days, name in names.items()]


def _sister_company(env, company):
    """Partner of another company of the group, a customer as well."""
    values = {"name": "Sister company", "currency_id": company.currency_id.id}
    return env["res.company"].create(values).partner_id.id


def _stages(env):
    stages = env["crm.stage"].search([], order="sequence, id")
    return [[stage.id, bool(stage.is_won)] for stage in stages]


def _order_sequence(env):
    return env["ir.sequence"].search([("code", "=", "sale.order")], limit=1)
