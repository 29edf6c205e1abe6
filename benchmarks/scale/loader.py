"""Copies specimen rows in bulk, and draws numbers that depend on the seed alone."""

import time


class Loader:
    """One connection, with the few ways in which bulk rows are written."""

    def __init__(self, connection, seed, verbose=True):
        self.connection = connection
        self.cursor = connection.cursor()
        self.verbose = verbose
        self.touched = []
        self._columns = {}
        self._prepare(seed)

    def _prepare(self, seed):
        """Fast settings, and the functions that draw and format numbers."""
        self.execute(
            "SET work_mem = '256MB';"
            " SET maintenance_work_mem = '512MB'; SET synchronous_commit = off;"
            " SET max_parallel_workers_per_gather = 0; SET timezone = 'UTC';"
            " SET jit = off"
        )
        self.execute(
            "CREATE FUNCTION pg_temp.rnd(i bigint, k int) RETURNS float8 LANGUAGE sql"
            f" IMMUTABLE AS $$ SELECT (hashint8extended(i, {seed}::bigint * 1000 + k)"
            " & 2147483647)::float8 / 2147483648.0 $$"
        )
        self.execute(
            "CREATE FUNCTION pg_temp.pad(n bigint, w int) RETURNS text LANGUAGE sql"
            " IMMUTABLE AS $$ SELECT lpad(n::text, greatest(w, length(n::text)), '0')"
            " $$"
        )

    def ignore_keys(self):
        """Write without foreign key checks (as superuser); verify them at the end."""
        self.execute("SET session_replication_role = replica")

    def execute(self, statement, parameters=None):
        """Run a statement; return the number of rows it touched."""
        self.cursor.execute(statement, parameters)
        return self.cursor.rowcount

    def scalar(self, statement, *parameters):
        """The first value of the first row."""
        self.cursor.execute(statement, parameters)
        return self.cursor.fetchone()[0]

    def rows(self, statement, *parameters):
        """All rows of a query."""
        self.cursor.execute(statement, parameters)
        return self.cursor.fetchall()

    def step(self, label, statement):
        """Run a bulk statement and print what it cost."""
        start = time.monotonic()
        count = self.execute(statement)
        if self.verbose:
            seconds = time.monotonic() - start
            print(f"  {label:<36} {count:>9} rows {seconds:>7.1f} s", flush=True)
        return count

    def stage(self, name, query, *indexes):
        """Keep a query's rows in a temporary table, indexed and analysed."""
        self.step(f"stage {name}", f"CREATE TEMP TABLE {name} AS {query}")
        self.index(name, *indexes)

    def index(self, name, *indexes):
        """Index (uniquely) and analyse a temporary table."""
        for columns in indexes:
            self.execute(f"CREATE UNIQUE INDEX ON {name} ({columns})")
        self.execute(f"ANALYZE {name}")

    def next_id(self, table):
        """An id above all that the table has; rows are numbered from the next on."""
        self.reset_sequence(table)
        return self.scalar(f"SELECT nextval('{table}_id_seq')")

    def reset_sequence(self, table):
        """Let Odoo go on above the rows that were written."""
        self.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")

    def columns(self, table):
        """Names of the columns that can be written."""
        if table not in self._columns:
            found = self.rows(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %s"
                " AND is_generated = 'NEVER' ORDER BY ordinal_position",
                table,
            )
            self._columns[table] = [name for (name,) in found]
        return self._columns[table]

    def copy(self, table, specimen_id, values, source, label=None):
        """Insert one row per source row: the specimen's, with some values replaced.

        `values` maps columns to SQL expressions over `source` (a FROM clause); None
        leaves the column empty.
        """
        unknown = set(values) - set(self.columns(table))
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        specimen = self.scalar(
            f'SELECT to_jsonb(t) FROM "{table}" t WHERE id = %s', specimen_id
        )
        kept = {
            column: f't."{column}"'
            for column, value in specimen.items()
            if value is not None and column not in UNSHARED
        }
        chosen = {**{c: kept[c] for c in self.columns(table) if c in kept}, **values}
        chosen = {column: value for column, value in chosen.items() if value}
        names = ", ".join(f'"{column}"' for column in chosen)
        if table not in self.touched:
            self.touched.append(table)
        return self.step(
            label or table,
            f'INSERT INTO "{table}" ({names}) SELECT {", ".join(chosen.values())}'
            f' FROM (SELECT * FROM "{table}" WHERE id = {specimen_id}) t, {source}',
        )

    def link(self, table, columns, query):
        """Fill a relation table."""
        self.step(table, f"INSERT INTO {table} ({columns}) {query}")


# Columns that belong to one row alone.
UNSHARED = ("access_token", "message_main_attachment_id")
