import re
from unittest.mock import patch
from odoo import fields
from odoo.sql_db import Cursor
from .test_budget import TestMyDayBudget as Base

class TestScratch(Base):
    test_queries = None

    def test_dump(self):
        period = self.env["sales.period"]._for_date(self.company, self.today)
        plan = (
            self.env["sales.plan"]
            .with_user(self.manager_a)
            .create(
                {
                    "period_id": period.id,
                    "line_ids": [
                        fields.Command.create(
                            {"dimension": "total", "target_amount": 1000}
                        )
                    ],
                }
            )
        )
        plan.action_submit()
        plan.with_user(self.director).action_approve()
        out = open("/tmp/day_dump.txt", "w")
        MyDay = self.day_of(self.manager_a)
        import traceback
        orig = Cursor.execute
        log = []
        def execute(cr, query, params=None, **kw):
            st = [f for f in traceback.extract_stack() if "sales_manager_kpi" in f.filename or "/base/models" in f.filename]
            log.append((str(getattr(query, "code", query)), " < ".join(f"{f.filename.split('/')[-1]}:{f.lineno}:{f.name}" for f in reversed(st[-9:]))))
            return orig(cr, query, params, **kw)
        for cold in (False, True):
            for _warm in range(3):
                for m in ("get_data", "get_month", "get_evening"):
                    getattr(MyDay, m)()
            self.env.flush_all()
            if cold:
                self.env.registry.clear_all_caches()
            total = 0
            for m in ("get_data", "get_month", "get_evening"):
                self.env.invalidate_all()
                log.clear()
                before = self.env.cr.sql_log_count
                with patch.object(Cursor, "execute", execute):
                    r = getattr(MyDay, m)()
                n = self.env.cr.sql_log_count - before
                total += n
                print("cold" if cold else "warm", m, n, len(log), file=out)
                for q, st in log:
                    print("   ", re.sub(r"\s+", " ", q)[:110], "||", re.sub(r"\s+"," ",q)[re.sub(r"\s+"," ",q).find(" FROM "):][:150], "\n          @", st, file=out)
            print("TOTAL", "cold" if cold else "warm", total, file=out)
        out.close()
