"""One confirmation moves a line's goods many times; its ladder is put right once.

`ladder_batch` begins what belongs together; whatever touches goods or lines within it
says so, and when the outermost ends, the ladders of those lines are projected anew.
"""

from contextlib import contextmanager

KEY = "sales_manager_kpi.supply_ladder"


class LadderBatch:
    """Ids of what was touched."""

    def __init__(self):
        self.line_ids = set()
        self.move_ids = set()

    def add(self, lines):
        self.line_ids.update(lines.ids)

    def add_moves(self, moves):
        self.move_ids.update(moves.ids)


@contextmanager
def ladder_batch(env):
    """Collect what is touched; project at the end of the outermost.

    Kept with the cursor, not in the context: a context would leak to whoever gets the
    records back.
    """
    outer = env.cr.cache.get(KEY)
    if outer is not None:
        yield outer
        return
    batch = env.cr.cache[KEY] = LadderBatch()
    try:
        yield batch
    finally:
        env.cr.cache.pop(KEY, None)
    if batch.line_ids or batch.move_ids:
        env["sale.order.source"]._project_batch(batch)
