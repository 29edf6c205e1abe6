"""The second half of the scale company: the addon in use, after its installation.

Branches with directors and members, a region each, credit to branches, and an approved
plan for every manager in the month that is open.
"""

from odoo.fields import Command, Domain

from benchmarks.scale.parameters import Parameters

GROUPS = {
    "mgr%": "sales_manager_kpi.group_manager",
    "dir%": "sales_manager_kpi.group_branch_director",
    "comdir": "sales_manager_kpi.group_commercial_director",
}
TARGET = 50000.0  # of every manager, in company currency


def activate(env):
    """Put the addon to use; return the open period. Commits."""
    parameters = Parameters()
    company = env["res.company"].browse(1)
    _grant(env)
    branches = _branches(env, company)
    _members(env, company, branches, parameters.first_day)
    env["sales.credit.fill"]._fill()
    period = env["sales.period"]._for_date(company, parameters.last_day)
    _plans(env, company, period)
    env.cr.commit()
    for table in ("sales_plan", "sales_plan_line", "sales_branch_member"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    return period


def users(env, login):
    """Users whose login looks like that, by id."""
    return env["res.users"].search([("login", "=like", login)], order="id")


def _grant(env):
    for login, group in GROUPS.items():
        users(env, login).group_ids = [Command.link(env.ref(group).id)]


def _branches(env, company):
    """A branch and a region per sales team of the generator."""
    domain = [("name", "=like", "Branch __ sales"), ("company_id", "=", company.id)]
    teams = env["crm.team"].search(domain, order="id")
    regions = env["sales.territory"].create(
        [{"name": f"Region {i:02d}", "kind": "region"} for i, _t in enumerate(teams, 1)]
    )
    warehouses = env["stock.warehouse"].search(
        [("code", "=like", "B__"), ("company_id", "=", company.id)], order="id"
    )
    directors = users(env, "dir%")
    places = zip(teams, regions, warehouses, directors, strict=True)
    return env["sales.branch"].create(
        [
            {
                "name": team.name,
                "code": warehouse.code,
                "company_id": company.id,
                "region_id": region.id,
                "team_id": team.id,
                "warehouse_id": warehouse.id,
                "director_id": director.id,
                "tz": "UTC",
            }
            for team, region, warehouse, director in places
        ]
    )


def _members(env, company, branches, first_day):
    """Managers are dealt to the branches in turn, as the generator dealt them."""
    env["sales.branch.member"].create(
        [
            {
                "branch_id": branches[index % len(branches)].id,
                "user_id": user.id,
                "date_from": first_day,
            }
            for index, user in enumerate(users(env, "mgr%"))
        ]
    )


def _plans(env, company, period):
    """An approved plan per manager: a total, and a target for one category."""
    category = env["product.category"].search(
        Domain("name", "=like", "Fabric group %"), order="id", limit=1
    )
    plans = env["sales.plan"].create(
        [
            {
                "user_id": user.id,
                "company_id": company.id,
                "period_id": period.id,
                "basis": "invoice",
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": TARGET}),
                    Command.create(
                        {
                            "dimension": "category",
                            "categ_id": category.id,
                            "target_amount": TARGET / 10,
                        }
                    ),
                ],
            }
            for user in users(env, "mgr%")
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE sales_plan AS p SET state = 'approved', approver_id = b.director_id,"
        " approved_on = now() FROM sales_branch AS b"
        " WHERE b.id = p.branch_id AND p.id = ANY(%s)",
        [plans.ids],
    )
    env.invalidate_all(flush=False)
