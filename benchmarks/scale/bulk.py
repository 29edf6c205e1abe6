"""What the bulk writers share: parameters, ids of structure and specimens, loader."""

import json


class Bulk:
    """Context of one generation; areas add their staging tables to the session."""

    def __init__(self, loader, parameters, structure, specimens):
        self.loader = loader
        self.parameters = parameters
        self.structure = structure
        self.specimens = specimens
        self.first = {}
        self.end = f"DATE '{parameters.last_day}'"
        self.start = f"DATE '{parameters.first_day}'"
        self.tax_rate = structure["tax_rate"]

    def number_from(self, key, table):
        """Remember the id after which a table's new rows are numbered."""
        self.first[key] = self.loader.next_id(table)
        return self.first[key]

    def copy(self, table, values, source, specimen=None, label=None):
        """Insert bulk rows like the specimen of that kind."""
        row = self.specimens[specimen or table]
        self.loader.copy(table, row, values, source, label or specimen)

    def stage(self, name, query, *indexes):
        """Keep rows for later areas."""
        self.loader.stage(name, query, *indexes)

    def stage_records(self, name, columns, records):
        """Stage Python records; `columns` is a PostgreSQL column list."""
        self.loader.execute(
            f"CREATE TEMP TABLE {name} AS"
            f" SELECT * FROM json_to_recordset(%s) AS x({columns})",
            (json.dumps(records),),
        )
        self.loader.execute(f"ANALYZE {name}")


def stamps(moment, user=None):
    """Audit columns of a row that was made at that moment."""
    people = {"create_uid": user, "write_uid": user} if user else {}
    return {"create_date": moment, "write_date": moment, **people}
