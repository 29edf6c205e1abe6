import collections, traceback
from unittest.mock import patch
from odoo.sql_db import Cursor
from .test_nightly import TestBudget as B


class TestProbe(B):
    test_thirty_lines = test_quotation = test_inert = None

    def test_queries_do_not_grow_with_lines(self):
        self.set_up()
        products = self.products(10)
        self.category.route_ids = self.branch._resupply_routes()
        orders = [self.many(products) for _ in range(2)]
        orders[0].action_confirm()
        for what in ("project", "confirm"):
            self.env.flush_all()
            self.env.invalidate_all()
            seen = collections.Counter()
            orig = Cursor.execute

            def execute(cr, query, *a, **k):
                stack = [f"{f.filename.rsplit('/',1)[-1]}:{f.lineno}:{f.name}" for f in traceback.extract_stack(limit=60) if "sales_manager_kpi" in f.filename]
                q = getattr(query, "code", query)
                seen[(" < ".join(stack[-4:]), q[:90].replace("\n", " "))] += 1
                return orig(cr, query, *a, **k)
            with patch.object(Cursor, "execute", execute):
                if what == "project":
                    self.env["sale.order.source"]._project(orders[0].order_line)
                else:
                    orders[1].action_confirm()
                self.env.flush_all()
            print("=====", what, sum(seen.values()))
            for (s, q), n in seen.most_common(45 if what == "project" else 400):
                if what == "project" or ("supply" in s or "source" in s):
                    print(n, "|", s, "|", q)
