"""Who works at Lakenhal Textiles, and where."""

from datetime import datetime, timedelta

from odoo.fields import Command

from .calendar import month_start, working_day

ADDON = "sales_manager_kpi"
MANAGER = f"{ADDON}.group_manager"
DIRECTOR = f"{ADDON}.group_branch_director"
BACK_OFFICE = (
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "stock.group_stock_user",
)
# login: name, function, time zone, groups, months before the end of the story
PEOPLE = {
    "carla": (
        "Carla Visser",
        "Commercial director",
        "Europe/Amsterdam",
        (f"{ADDON}.group_commercial_director", f"{ADDON}.group_cost"),
        None,
    ),
    "dirk": (
        "Dirk van Leeuwen",
        "Director Utrecht",
        "Europe/Amsterdam",
        (DIRECTOR,),
        None,
    ),
    "greet": ("Greet Maes", "Director Gent", "Europe/Brussels", (DIRECTOR,), None),
    "heike": ("Heike Vogel", "Director Hamburg", "Europe/Berlin", (DIRECTOR,), None),
    "anna": ("Anna de Wit", "Manager Utrecht", "Europe/Amsterdam", (MANAGER,), None),
    "bram": ("Bram Hoekstra", "Manager Utrecht", "Europe/Amsterdam", (MANAGER,), None),
    "elke": ("Elke Claes", "Manager Gent", "Europe/Brussels", (MANAGER,), None),
    "jonas": ("Jonas Brandt", "Manager Hamburg", "Europe/Berlin", (MANAGER,), None),
    "finn": ("Finn Petersen", "Manager Hamburg", "Europe/Berlin", (MANAGER,), 8),
    "sven": (
        "Sven Bakker",
        "Regional Policy",
        "Europe/Amsterdam",
        (f"{ADDON}.group_supply_supervisor", "stock.group_stock_user"),
        None,
    ),
    "petra": (
        "Petra Smit",
        "Production",
        "Europe/Amsterdam",
        (f"{ADDON}.group_supply_supervisor", "stock.group_stock_user"),
        None,
    ),
    "noor": ("Noor Janssen", "Back office", "Europe/Amsterdam", BACK_OFFICE, None),
    "hilde": (
        "Hilde Mulder",
        "Payroll",
        "Europe/Amsterdam",
        (f"{ADDON}.group_pay",),
        None,
    ),
}
# Who changed branch in the month before the running one, where to, on which day of it.
MOVED = ("finn", "UTR", 16)
ADMIN_GROUPS = (
    f"{ADDON}.group_cost",
    f"{ADDON}.group_pay",
    f"{ADDON}.group_supply_supervisor",
    "account.group_account_manager",
    "stock.group_stock_manager",
)
# What the plans of a branch are measured by, where not by invoices as elsewhere.
BASIS = {"GNT": "delivery"}
# code: name, country, time zone, director, members, street, zip
BRANCHES = {
    "UTR": (
        ("Utrecht", "NL", "Europe/Amsterdam", "dirk"),
        ("anna", "bram"),
        ("Vredenburg 40", "3511 BD"),
    ),
    "GNT": (
        ("Gent", "BE", "Europe/Brussels", "greet"),
        ("elke",),
        ("Kouter 12", "9000"),
    ),
    "HAM": (
        ("Hamburg", "DE", "Europe/Berlin", "heike"),
        ("jonas", "finn"),
        ("Großer Burstah 25", "20457"),
    ),
}
# region: branch code, districts (name, country, first ZIP, last ZIP)
REGIONS = {
    "Netherlands": (
        "UTR",
        (
            ("Randstad", "NL", "1000", "3999"),
            ("South Netherlands", "NL", "4000", "6499"),
            ("North and East Netherlands", "NL", "6500", "9999"),
        ),
    ),
    "Flanders": (
        "GNT",
        (
            ("Brussels and Brabant", "BE", "1000", "1999"),
            ("Antwerp", "BE", "2000", "3999"),
            ("East and West Flanders", "BE", "8000", "9999"),
        ),
    ),
    "North Germany": (
        "HAM",
        (
            ("Hamburg and coast", "DE", "17", "25"),
            ("Bremen and Hannover", "DE", "26", "38"),
            ("Berlin", "DE", "10", "16"),
        ),
    ),
    "Overseas": ("UTR", ()),
}
HOLIDAYS = ((1, 1, "New Year"), (12, 25, "Christmas Day"), (12, 26, "Second Christmas"))


def joined(world, login):
    """First working day of somebody within the story, None for the old hands."""
    months = PEOPLE[login][4]
    day = months is not None and month_start(world.last, -months)
    return day if day and day > world.first else None


def moving_day(world):
    """The day on which somebody changes branch; None in a story of one month."""
    day = month_start(world.last, -1) + timedelta(days=MOVED[2] - 1)
    return working_day(day) if day > world.first else None


def hire(world, logins):
    """Make users with exactly the rights of their role; the password is the login."""
    group_ids = world.env.ref
    vals_list = [
        {
            "name": PEOPLE[login][0],
            "login": login,
            "password": login,
            "email": f"{login}@lakenhal.example",
            "function": PEOPLE[login][1],
            "tz": PEOPLE[login][2],
            "lang": "en_US",
            "notification_type": "inbox",
            "company_id": world.company.id,
            "company_ids": [Command.set(world.company.ids)],
            "group_ids": [
                Command.set([group_ids(xmlid).id for xmlid in _groups(login)])
            ],
        }
        for login in logins
    ]
    Users = world.env["res.users"].with_context(no_reset_password=True)
    for user in Users.create(vals_list):
        world.users[user.login] = user.with_env(world.env)


def _groups(login):
    return ("base.group_user", *PEOPLE[login][3])


def equip_admin(world):
    """The administrator sees every screen of every role."""
    admin = world.env.ref("base.user_admin")
    admin.write(
        {
            "tz": "Europe/Amsterdam",
            "company_ids": [Command.link(world.company.id)],
            "company_id": world.company.id,
            "group_ids": [Command.link(world.env.ref(x).id) for x in ADMIN_GROUPS],
        }
    )
    world.users["admin"] = admin


def open_branches(world):
    """Central warehouse, and in every branch warehouse, team, calendar and region."""
    world.central = _central_warehouse(world)
    regions = _draw_map(world)
    calendars = _make_calendars(world)
    for code, (place, members, address) in BRANCHES.items():
        name, __, tz, director = place
        branch = world.env["sales.branch"].create(
            {
                "code": code,
                "name": name,
                "company_id": world.company.id,
                "tz": tz,
                "director_id": world.users[director].id,
                "warehouse_id": _branch_warehouse(world, code, place, address).id,
                "supplying_warehouse_id": world.central.id,
                "team_id": _sales_team(world, code).id,
                "resource_calendar_id": calendars[code].id,
                "region_id": regions[code].id,
            }
        )
        world.branches[code] = branch
        for login in members:
            if joined(world, login) is None:
                join_branch(world, login, code, month_start(world.first, -36))


def join_branch(world, login, code, day):
    """A dated membership, and the branch's warehouse as the user's own."""
    branch, user = world.branches[code], world.users[login]
    world.env["sales.branch.member"].create(
        {"branch_id": branch.id, "user_id": user.id, "date_from": day}
    )
    _work_from(world, user, code)


def move_branch(world, login, code, day):
    """The membership ends, another begins; the agreed plan follows by itself."""
    user = world.users[login]
    Member = world.acting("admin")["sales.branch.member"]
    member = Member.search(
        [("user_id", "=", user.id), ("company_id", "=", world.company.id)]
    )
    member.date_to = day - timedelta(days=1)
    Member.create(
        {"branch_id": world.branches[code].id, "user_id": user.id, "date_from": day}
    )
    user.function = f"Manager {world.branches[code].name}"
    _work_from(world, user, code)


def _work_from(world, user, code):
    branch = world.branches[code]
    user.property_warehouse_id = branch.warehouse_id
    world.env["crm.team.member"].create(
        {"crm_team_id": branch.team_id.id, "user_id": user.id}
    )


def branch_of(login):
    """Code of the branch where a manager begins, and whose goods are sold."""
    return next(code for code, row in BRANCHES.items() if login in row[1])


def post_letters(world):
    """The mails of the story were sent in their time; nothing goes out today."""
    mails = world.env["mail.mail"].search([("state", "=", "outgoing")])
    mails.mail_message_id.notification_ids.filtered(
        lambda notice: notice.notification_type == "email"
    ).notification_status = "sent"
    mails.state = "sent"


def take_leave(world, login, first, days):
    """An absence in Odoo's own calendar."""
    resource = world.env["resource.resource"].search(
        [
            ("user_id", "=", world.users[login].id),
            ("company_id", "=", world.company.id),
        ]
    )
    world.env["resource.calendar.leaves"].create(
        {
            "name": f"Holiday {world.users[login].name}",
            "resource_id": resource.id,
            "calendar_id": resource.calendar_id.id,
            "company_id": world.company.id,
            "date_from": datetime(first.year, first.month, first.day, 5),
            "date_to": datetime(first.year, first.month, first.day, 18)
            + timedelta(days=days - 1),
        }
    )


def _central_warehouse(world):
    warehouse = world.env["stock.warehouse"].search(
        [("company_id", "=", world.company.id)], limit=1
    )
    warehouse.write({"name": "Central warehouse Leiden", "code": "CEN"})
    return warehouse


def _branch_warehouse(world, code, place, address):
    name, country, __, __director = place
    partner = world.env["res.partner"].create(
        {
            "name": f"Lakenhal Textiles {name}",
            "parent_id": world.company.partner_id.id,
            "type": "delivery",
            "street": address[0],
            "zip": address[1],
            "city": name,
            "country_id": world.env.ref(f"base.{country.lower()}").id,
        }
    )
    return world.env["stock.warehouse"].create(
        {
            "name": f"Warehouse {name}",
            "code": code,
            "company_id": world.company.id,
            "partner_id": partner.id,
            "resupply_wh_ids": [Command.link(world.central.id)],
        }
    )


def _sales_team(world, code):
    name, __, __tz, director = BRANCHES[code][0]
    return world.env["crm.team"].create(
        {
            "name": f"Sales {name}",
            "company_id": world.company.id,
            "user_id": world.users[director].id,
        }
    )


def _draw_map(world):
    Territory = world.env["sales.territory"]
    regions = {}
    for name, (code, districts) in REGIONS.items():
        region = Territory.create({"name": name, "kind": "region"})
        regions.setdefault(code, region)
        Territory.create(
            [
                {
                    "name": district,
                    "kind": "district",
                    "parent_id": region.id,
                    "country_ids": [world.env.ref(f"base.{country.lower()}").id],
                    "zip_from": first,
                    "zip_to": last,
                }
                for district, country, first, last in districts
            ]
        )
        if not districts:
            countries = world.env.ref("base.uk") | world.env.ref("base.us")
            region.country_ids = countries
    return regions


def _make_calendars(world):
    """One per branch; in Gent Friday ends at three."""
    standard = world.company.resource_calendar_id
    calendars = {}
    for code, ((name, __, tz, __director), *__rest) in BRANCHES.items():
        calendars[code] = standard.copy({"name": f"{name} office hours", "tz": tz})
        _keep_holidays(world, calendars[code])
    friday = calendars["GNT"].attendance_ids.filtered(
        lambda hours: hours.dayofweek == "4" and hours.day_period == "afternoon"
    )
    friday.hour_to = 15
    return calendars


def _keep_holidays(world, calendar):
    years = range(world.first.year, world.last.year + 2)
    world.env["resource.calendar.leaves"].create(
        [
            {
                "name": name,
                "calendar_id": calendar.id,
                "company_id": world.company.id,
                "date_from": datetime(year, month, day) - timedelta(hours=1),
                "date_to": datetime(year, month, day, 22, 59),
            }
            for year in years
            for month, day, name in HOLIDAYS
        ]
    )
