from ast import literal_eval
from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command

from .common import SupplyCommon

CODES = ("answers", "promises", "accuracy")


class TestMeasures(SupplyCommon):
    """The measures of supply, and each of them again from its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_supply_{code}")
            for code in CODES
        }
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))

    def make(self, due, in_time, promised=None, kept=False, accuracy=None, **values):
        """A request of March, answered and looked back at."""
        day = date(2026, 3, due)
        line = {
            "product_id": self.cloth.id,
            "product_uom_qty": 10,
            "granted_qty": 10 if promised else 0,
            "verdict": "granted" if promised else "rejected",
            "state": "done",
            "first_promised_date": promised and date(2026, 3, promised),
            "is_promise_kept": kept,
            "scored_on": day if accuracy is not None else False,
            "accuracy": accuracy or 0.0,
        }
        return self.env["supply.request"].create(
            {
                "kind": "stocking",
                "branch_id": self.branch.id,
                "department_id": self.regional.id,
                "user_id": self.manager_a.id,
                "supervisor_id": self.supervisor.id,
                "state": "done",
                "due_date": day,
                "answered_at": datetime(2026, 3, due, 9) if in_time is not None else 0,
                "is_answered_in_time": bool(in_time),
                "line_ids": [Command.create(line)],
                **values,
            }
        )

    def measured(self, code, user):
        criterion = self.criteria[code]
        users = self.supervisor | self.manager_a | self.manager_b
        found = criterion._measure(self.period, users)[user.id]
        evidence = criterion._evidences(self.period, users)[user.id]
        records = {
            kind: self.env[model].search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        numerator = criterion._numerator(records["numerator"])
        self.assertAlmostEqual(numerator, found[0])
        self.assertEqual(len(records["denominator"]), found[1] or 0)
        self.assertEqual(len(records["numerator"]), found[3])
        return found[:3]

    def test_measures(self):
        with freeze_time("2026-03-20 10:00:00"):
            for code in CODES:
                for user in (self.supervisor, self.manager_a):
                    self.assertEqual(self.measured(code, user), (0, None, None))
            self.make(3, True, promised=10, kept=True, accuracy=0.5)
            self.make(4, False, promised=11, kept=False, accuracy=1.0)
            self.make(5, True)
            self.make(10, None, state="submitted")  # late, and not answered
            self.make(25, None, state="submitted", promised=26)  # not due yet
            self.make(6, None, state="cancelled")
            elsewhere = self.make(7, True, promised=12, kept=True, accuracy=1.0)
            elsewhere.due_date += relativedelta(months=1)
            elsewhere.line_ids.write(
                {"first_promised_date": "2026-04-12", "scored_on": "2026-04-12"}
            )
            self.assertEqual(self.measured("answers", self.supervisor), (2, 4, 0.5))
            self.assertEqual(self.measured("promises", self.supervisor), (1, 2, 0.5))
            self.assertEqual(self.measured("accuracy", self.manager_a), (1.5, 2, 0.75))
            for code in CODES:
                self.assertEqual(self.measured(code, self.manager_b), (0, None, None))

    def test_a_promise_that_moved_is_not_kept(self):
        self.stock(self.cloth, self.central, 50)
        line = self.answer(self.make_request((self.cloth, 5)).line_ids)
        line.change_answer({"promised_date": self.tomorrow + relativedelta(days=30)})
        moves = line.sudo().move_ids
        self.carry_out(moves.filtered(lambda m: m.location_id.usage == "internal"))
        with freeze_time(self.tomorrow + relativedelta(days=20)):
            self.carry_out(moves.filtered(lambda m: m.location_id.usage == "transit"))
        self.assertEqual(line.state, "done")
        self.assertFalse(line.is_promise_kept)

    def test_the_denominator_and_a_supervisor_who_was_replaced(self):
        with freeze_time("2026-03-20 10:00:00"):
            request = self.make(3, True, promised=10, kept=True)
            self.regional.supervisor_id = self.head
            self.assertEqual(self.measured("answers", self.supervisor), (1, 1, 1.0))
            seen = self.env["supply.request"].with_user(self.supervisor).search([])
            self.assertEqual(seen, request, "evidence stays open to its owner")
