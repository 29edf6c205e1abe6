"""Leads, and the tracked changes of salesperson that owners are rebuilt from."""

from .bulk import stamps


def make(bulk):
    """Write leads and the messages of all changes of salesperson."""
    _leads(bulk)
    _partner_changes(bulk)
    _order_changes(bulk)


def _leads(bulk):
    parameters, structure = bulk.parameters, bulk.structure
    first = bulk.number_from("crm_lead", "crm_lead")
    won = next(stage for stage, is_won in structure["stages"] if is_won)
    opened = [stage for stage, is_won in structure["stages"] if not is_won]
    bulk.stage(
        "s_lead",
        f"""SELECT z.*, won_status = 'won' AS is_won, won_status = 'lost' AS is_lost,
          CASE won_status WHEN 'won' THEN 100 WHEN 'lost' THEN 0
            ELSE 20 + 40 * r_stage END AS probability
        FROM (
          SELECT g.i::int AS i, {first} + g.i::int AS id, c.user_id, c.team_id,
            c.partner_id, pg_temp.rnd(g.i, 72) AS r_status,
            pg_temp.rnd(g.i, 74) AS r_stage, ({bulk.start}
              + floor({parameters.days} * pg_temp.rnd(g.i, 70))::int)::timestamp AS ts,
            round((200 + 20000 * pg_temp.rnd(g.i, 71) ^ 2)::numeric, 2) AS revenue,
            CASE WHEN pg_temp.rnd(g.i, 72) < 0.3 THEN 'won'
              WHEN pg_temp.rnd(g.i, 72) > 0.75 THEN 'lost' ELSE 'pending' END
              AS won_status
          FROM generate_series(0, {parameters.leads} - 1) g(i) JOIN s_customer c
            ON c.i = floor({parameters.customers} * pg_temp.rnd(g.i, 73))::int
        ) z""",
    )
    bulk.copy(
        "crm_lead",
        {
            "id": "s.id",
            "name": "'Opportunity ' || s.i",
            "user_id": "s.user_id",
            "team_id": "s.team_id",
            "partner_id": "CASE WHEN s.r_status < 0.6 THEN s.partner_id END",
            "partner_name": "'Prospect ' || s.i",
            "contact_name": "'Contact ' || s.i",
            "email_from": "'p' || s.i || '@prospects.example'",
            "email_normalized": "'p' || s.i || '@prospects.example'",
            "email_domain_criterion": None,
            "phone": None,
            "phone_sanitized": None,
            "stage_id": f"CASE WHEN s.is_won THEN {won} ELSE (ARRAY{opened})"
            f"[1 + floor({len(opened)} * s.r_stage)::int] END",
            "probability": "s.probability",
            "automated_probability": "s.probability",
            "won_status": "s.won_status",
            "active": "NOT s.is_lost",
            "lost_reason_id": f"CASE WHEN s.is_lost THEN {structure['lost_reason']}"
            " END",
            "expected_revenue": "s.revenue",
            "prorated_revenue": "round(s.revenue * s.probability::numeric / 100, 2)",
            "date_open": "s.ts",
            "date_closed": "CASE WHEN s.won_status <> 'pending'"
            " THEN s.ts + interval '20 days' END",
            "date_last_stage_update": "s.ts",
            "day_open": "0",
            "day_close": "CASE WHEN s.won_status <> 'pending' THEN 20 END",
            "date_deadline": "s.ts::date + 30",
            **stamps("s.ts", "s.user_id"),
        },
        "s_lead s",
    )


def _partner_changes(bulk):
    """A message per customer that came from a colleague."""
    bulk.stage(
        "s_partner_change",
        """SELECT row_number() OVER (ORDER BY new.date_from, new.i)::int AS k,
          c.partner_id AS res_id, new.date_from::timestamp + interval '9 hours' AS ts,
          old.user_id AS old_id, new.user_id AS new_id
        FROM s_owner new JOIN s_owner old ON old.i = new.i
          AND old.date_to = new.date_from JOIN s_customer c ON c.i = new.i""",
        "k",
    )
    _messages(bulk, "partner")


def _order_changes(bulk):
    """A message per order that was given to a colleague on its own day."""
    bulk.stage(
        "s_order_change",
        """SELECT row_number() OVER (ORDER BY i)::int AS k, id AS res_id,
          ts + interval '20 minutes' AS ts, owner_id AS old_id, user_id AS new_id
        FROM s_order WHERE user_id <> owner_id""",
        "k",
    )
    _messages(bulk, "order")


def _messages(bulk, kind):
    """The message and the tracking value that Odoo writes for each change."""
    message = bulk.number_from(f"{kind}_message", "mail_message")
    tracking = bulk.number_from(f"{kind}_tracking", "mail_tracking_value")
    named = (
        f"s_{kind}_change s JOIN res_users ou ON ou.id = s.old_id"
        " JOIN res_partner op ON op.id = ou.partner_id"
        " JOIN res_users nu ON nu.id = s.new_id"
        " JOIN res_partner np ON np.id = nu.partner_id"
    )
    bulk.copy(
        "mail_message",
        {
            "id": f"{message} + s.k",
            "res_id": "s.res_id",
            "date": "s.ts",
            "message_id": f"'<scale-{kind}-' || s.k || '@scale.example>'",
            "parent_id": None,
            **stamps("s.ts"),
        },
        f"s_{kind}_change s",
        f"{kind}_message",
    )
    bulk.copy(
        "mail_tracking_value",
        {
            "id": f"{tracking} + s.k",
            "mail_message_id": f"{message} + s.k",
            "old_value_integer": "s.old_id",
            "new_value_integer": "s.new_id",
            "old_value_char": "op.name",
            "new_value_char": "np.name",
            **stamps("s.ts"),
        },
        named,
        f"{kind}_tracking",
    )
