"""Rows that the system writes in numbers, kept by one statement however many they are.

Beside the ORM, which inserts a hundred at a time: nothing that hangs on ``create``
runs and nothing is computed first, so this is for models of ours that only the system
writes. What is computed from the rows afterwards is, as after any write.
"""

from odoo.tools import SQL


def insert_at_once(model, vals_list):
    """Insert rows; return their records, in the order of ``vals_list``.

    What is known of their parents' lists of rows is forgotten.

    :param model: in the environment of who writes
    :param vals_list: dicts with the same names, every stored field that has a value;
        money already rounded to its currency
    """
    if not vals_list:
        return model.browse()
    model.env.flush_all()
    fields = [model._fields[name] for name in vals_list[0]]
    written = (model.env.uid, model.env.cr.now())
    names = [field.name for field in fields]
    names += ["create_uid", "create_date", "write_uid", "write_date"]
    rows = model.env.execute_query(
        SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(
                (
                    *(_column(field, vals[field.name], model) for field in fields),
                    *(*written, *written),
                )
                for vals in vals_list
            ),
        )
    )
    for field in fields:
        for inverse in model.pool.field_inverses[field]:
            model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)
    records = model.browse(row_id for (row_id,) in rows)
    given = [field for field in fields if field.compute]
    with model.env.protecting(given, records):
        records.modified([field.name for field in fields], create=True)
    return records


def _column(field, value, model):
    if field.type == "monetary":
        return value or 0.0
    return field.convert_to_column_insert(value, model)
