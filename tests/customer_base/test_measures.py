from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from .common import BaseSalesCommon

CODES = (
    "customers_new",
    "customers_lost",
    "customers_won_back",
    "contact_cadence",
    "customer_data_complete",
)


@freeze_time("2026-04-10 10:00:00")
class TestMeasures(BaseSalesCommon):
    """Five measures, each of them again from its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.criteria = {
            code: cls.env.ref(f"sales_manager_kpi.evaluation_criterion_{code}")
            for code in CODES
        }
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))
        cls.env["customer.assignment"].search(
            [("partner_id", "=", cls.customer.id)]
        ).sudo().date_from = "2020-01-01"

    def measured(self, code, user):
        """Figures of ``user``, after recomputing them from what they may open."""
        criterion, users = self.criteria[code], self.manager_a | self.manager_b
        found = criterion._measure(self.period, users)[user.id]
        evidence = criterion._evidences(self.period, users)[user.id]
        records = {
            kind: self.env[model].with_user(user).search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        self.assertAlmostEqual(criterion._numerator(records["numerator"]), found[0])
        if "denominator" in records:
            self.assertEqual(len(records["denominator"]), found[1] or 0)
        self.assertEqual(criterion._evidences(self.period, user)[user.id], evidence)
        return found[:3]

    def own(self, name, owner=None, since="2020-01-01"):
        """A customer owned since long."""
        customer = self.make_customer(name, owner or self.manager_a)
        self.env["customer.assignment"].search(
            [("partner_id", "=", customer.id)]
        ).sudo().date_from = since
        return customer

    def test_came_and_went(self):
        """By the day it happened, for whose customer it was on that day."""
        self.make_invoice(self.own("New"), 100, "2026-03-05")
        gone = self.own("Gone")
        self.make_invoice(gone, 100, "2025-03-20")
        late = self.own("Bought in time")
        self.make_invoice(late, 100, "2025-03-20")
        self.make_invoice(late, 100, "2026-03-19")
        back = self.own("Back")
        self.make_invoice(back, 100, "2025-01-10")
        self.make_invoice(back, 50, "2026-03-30")
        self.make_invoice(self.own("Lost in April"), 100, "2025-04-05")
        self.assertEqual(self.measured("customers_new", self.manager_a), (1, None, 1))
        self.assertEqual(self.measured("customers_lost", self.manager_a), (1, None, 1))
        self.assertEqual(
            self.measured("customers_won_back", self.manager_a), (1, None, 1)
        )
        # handed over afterwards: it was lost under the first
        self.env["customer.assignment"]._assign(
            {gone.id: self.manager_b.id}, self.company, date(2026, 3, 25), "handover"
        )
        self.assertEqual(self.measured("customers_lost", self.manager_a), (1, None, 1))
        self.assertEqual(self.measured("customers_lost", self.manager_b), (0, None, 0))

    def test_without_customers_no_base(self):
        for code in CODES:
            with self.subTest(code=code):
                found = self.measured(code, self.manager_b)
                self.assertEqual(found[2], None)

    def test_what_changes_later_in_a_month_that_is_over(self):
        """A later purchase does not undo that a customer was lost in March."""
        gone = self.own("Gone")
        self.make_invoice(gone, 100, "2025-03-20")
        self.assertEqual(self.measured("customers_lost", self.manager_a)[0], 1)
        self.make_invoice(gone, 100, "2026-04-09")
        self.assertEqual(self.measured("customers_lost", self.manager_a)[0], 1)

    def test_cadence(self):
        """In time, late and still open; early ones in the month they were due."""
        with freeze_time("2026-03-02 10:00:00"):
            customers = [self.own(f"Customer {n}") for n in range(4)]
            for customer in customers:
                self.put_in_class(customer)
            self.night()
        # all due on 16 March
        with freeze_time("2026-03-10 10:00:00"):
            self.log(customers[0])
        with freeze_time("2026-03-20 10:00:00"):
            self.log(customers[1])
        # the second due of customer 0 was on 24 March, of customer 1 on 3 April
        self.assertEqual(self.measured("contact_cadence", self.manager_a), (1, 5, 0.2))
        with freeze_time("2026-04-09 10:00:00"):
            for customer in customers:
                self.log(customer)
        self.assertEqual(self.measured("contact_cadence", self.manager_a), (1, 5, 0.2))
        self.period = self.env["sales.period"]._for_date(self.company, date(2026, 4, 1))
        # three overdue ones were made in April, and that of 3 April too late
        self.assertEqual(self.measured("contact_cadence", self.manager_a), (0, 4, 0.0))

    def test_data(self):
        """Weighted over the customers of the manager."""
        self.night()
        filled, asked, share = self.measured("customer_data_complete", self.manager_a)
        self.assertAlmostEqual(share, filled / asked)
        self.customer.street = "Oudegracht 1"
        more = self.measured("customer_data_complete", self.manager_a)
        self.assertEqual(more[:2], (filled + 1, asked))

    def test_queries_do_not_grow(self):
        """With one customer that was lost and with ten."""
        counts = []
        for number in (1, 10):
            for n in range(number):
                self.make_invoice(self.own(f"{number}.{n}"), 100, "2025-03-20")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            for code in CODES:
                self.criteria[code]._measure(
                    self.period, self.manager_a | self.manager_b
                )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], counts)
