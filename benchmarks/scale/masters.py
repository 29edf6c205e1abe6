"""Staged structure, products, customers and who owned each customer when."""

WAREHOUSE_COLUMNS = (
    "wh_id int, stock_loc int, out_type int, in_type int, out_prefix text,"
    " in_prefix text, out_seq int, in_seq int, rule_id int"
)


def make(bulk):
    """Write products and customers; stage what documents need of them."""
    _stage_structure(bulk)
    _products(bulk)
    _stage_customers(bulk)
    _stage_owners(bulk)
    _customers(bulk)


def _stage_structure(bulk):
    structure = bulk.structure
    branch_columns = f"i int, team_id int, state_id int, {WAREHOUSE_COLUMNS}"
    bulk.stage_records("s_branch", branch_columns, structure["branches"])
    warehouses = [*structure["branches"], structure["central"]]
    bulk.stage_records("s_warehouse", WAREHOUSE_COLUMNS, warehouses)
    bulk.stage_records("s_manager", "i int, user_id int, b int", structure["managers"])
    bulk.stage(
        "s_rate",
        "SELECT name AS d, rate, lead(name, 1, DATE '2100-01-01')"
        " OVER (ORDER BY name) AS d2 FROM res_currency_rate"
        f" WHERE currency_id = {structure['euro']}",
    )


def _products(bulk):
    template = bulk.number_from("product_template", "product_template")
    product = bulk.number_from("product_product", "product_product")
    value = bulk.number_from("product_value", "product_value")
    categories = bulk.structure["categories"]
    price = "2 + 38 * pg_temp.rnd(i, 1) ^ 2"
    bulk.stage(
        "s_product",
        f"""SELECT i, {template} + i AS template_id, {product} + i AS product_id,
          round(({price})::numeric, 2) AS price,
          round((({price}) * (0.55 + 0.25 * pg_temp.rnd(i, 2)))::numeric, 2) AS cost,
          (ARRAY{categories})[1 + i % {len(categories)}] AS category_id,
          'F' || pg_temp.pad(i, 5) AS code, 'Fabric ' || pg_temp.pad(i, 5) AS name
        FROM generate_series(0, {bulk.parameters.products} - 1) i""",
        "i",
        "product_id",
    )
    source = "s_product s"
    bulk.copy(
        "product_template",
        {
            "id": "s.template_id",
            "name": "jsonb_build_object('en_US', s.name)",
            "default_code": "s.code",
            "list_price": "s.price",
            "categ_id": "s.category_id",
        },
        source,
    )
    bulk.copy(
        "product_product",
        {
            "id": "s.product_id",
            "product_tmpl_id": "s.template_id",
            "default_code": "s.code",
            "standard_price": _per_company(bulk, "s.cost"),
        },
        source,
    )
    bulk.copy(
        "product_value",
        {
            "id": f"{value} + s.i",
            "product_id": "s.product_id",
            "value": "s.cost",
            "date": f"{bulk.start}::timestamp - interval '1 day'",
        },
        source,
    )
    bulk.loader.link(
        "product_taxes_rel",
        "prod_id, tax_id",
        f"SELECT template_id, {bulk.structure['tax']} FROM s_product",
    )


def _per_company(bulk, expression):
    """The jsonb of a company-dependent field."""
    return f"jsonb_build_object('{bulk.structure['company']}', {expression})"


def _stage_customers(bulk):
    """A manager, a first day, terms and a currency per customer.

    35 % are there from the start. The first managers have more customers than the
    last ones.
    """
    first = bulk.number_from("res_partner", "res_partner")
    parameters, terms = bulk.parameters, bulk.structure["terms"]
    bulk.stage(
        "s_customer",
        f"""SELECT z.i, {first} + z.i AS partner_id, m.i AS mi, m.user_id, m.b,
          branch.team_id, branch.wh_id, branch.state_id,
          CASE WHEN pg_temp.rnd(z.i, 11) < 0.35 THEN 0
            ELSE floor({parameters.days} * pg_temp.rnd(z.i, 12))::int END AS join_day,
          (ARRAY{[days for days, _id in terms]})[k] AS term_days,
          (ARRAY{[term for _days, term in terms]})[k] AS term_id,
          pg_temp.rnd(z.i, 14) < {parameters.euro_share} AS is_euro,
          'Customer ' || pg_temp.pad(z.i, 6) AS name
        FROM (
          SELECT i::int, 1 + floor({len(terms)} * pg_temp.rnd(i, 13))::int AS k,
            floor({parameters.managers} * pg_temp.rnd(i, 10) ^ 1.15)::int AS mi
          FROM generate_series(0, {parameters.customers} - 1) i
        ) z
        JOIN s_manager m ON m.i = z.mi JOIN s_branch branch ON branch.i = m.b""",
        "i",
    )


def _stage_owners(bulk):
    """Dated owners: some customers came from a colleague of the same branch."""
    parameters = bulk.parameters
    handed_over = f"pg_temp.rnd(c.i, 15) < {parameters.handover_share}"
    changed = f"floor({parameters.days} * (0.1 + 0.8 * pg_temp.rnd(c.i, 16)))::int"
    bulk.stage(
        "s_owner",
        f"""WITH handed AS (
          SELECT c.*, {bulk.start} + greatest({changed}, c.join_day) AS day,
            old.user_id AS old_user_id
          FROM s_customer c JOIN s_manager old
            ON old.i = (c.mi + {parameters.branches}) % {parameters.managers}
          WHERE {handed_over} AND old.b = c.b AND old.i <> c.mi
        )
        SELECT c.i, c.user_id, coalesce(h.day, DATE '1900-01-01') AS date_from,
          DATE '2100-01-01' AS date_to
        FROM s_customer c LEFT JOIN handed h ON h.i = c.i
        UNION ALL
        SELECT i, old_user_id, DATE '1900-01-01', day FROM handed""",
        "i, date_from",
    )


def _customers(bulk):
    euro_list = _per_company(bulk, str(bulk.structure["pricelist_euro"]))
    bulk.copy(
        "res_partner",
        {
            "id": "s.partner_id",
            "commercial_partner_id": "s.partner_id",
            "name": "s.name",
            "complete_name": "s.name",
            "commercial_company_name": "s.name",
            "user_id": "s.user_id",
            "state_id": "s.state_id",
            "city": "'City ' || (s.i % 300)",
            "street": "(s.i % 997) || ' Market st'",
            "customer_rank": "1",
            "ref": "'C' || pg_temp.pad(s.i, 6)",
            "email": "'c' || s.i || '@customers.example'",
            "email_normalized": "'c' || s.i || '@customers.example'",
            "property_payment_term_id": _per_company(bulk, "s.term_id"),
            "specific_property_product_pricelist": (
                f"CASE WHEN s.is_euro THEN {euro_list} END"
            ),
            "create_date": f"{bulk.start} + s.join_day * interval '1 day'",
        },
        "s_customer s",
    )
