from datetime import date, datetime

from freezegun import freeze_time

from ..common import SalesManagementCommon
from .common import GapWorld


class TestDocuments(GapWorld, SalesManagementCommon):
    """Promised goods, and continuity of service in March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("stock.group_stock_manager")
        cls._make_gap_world()
        cls.deputy = cls.make_user("deputy", "sales_manager_kpi.group_manager")
        cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.other_branch.id,
                "user_id": cls.deputy.id,
                "date_from": "2020-01-01",
            }
        )
        cls.second = cls.make_customer("Second", cls.manager_a)
        cls.second.customer_assignment_ids.date_from = "2026-03-16"
        cls.sleeping = cls.make_customer("Sleeping", cls.manager_a)
        cls.sleeping.customer_assignment_ids.date_from = "2020-01-01"
        cls.make_invoice(cls.customer, date="2025-06-10")
        cls.make_invoice(cls.second, date="2026-02-28")
        cls.make_invoice(cls.sleeping, date="2025-02-20")
        cls.make_invoice(cls.sleeping, date="2026-03-02")
        cls.period = cls.env["sales.period"]._for_date(cls.company, date(2026, 3, 1))
        cls.continuity = cls.env.ref(
            "sales_manager_kpi.evaluation_criterion_continuity"
        )
        cls.number = cls.env.ref("sales_manager_kpi.evaluation_criterion_service_gaps")
        cls.goods = cls.env["product.product"].create(
            {"name": "Linen", "is_storable": True, "list_price": 10}
        )
        cls.visit = cls.goods.create({"name": "Visit", "type": "service"})

    def measure(self, criterion=None, moment="2026-04-10 10:00:00", users=None):
        users = users or self.manager_a
        with freeze_time(moment):
            return (criterion or self.continuity)._measure(self.period, users)

    # ------------------------------------------------------------------
    # Promised deliveries
    # ------------------------------------------------------------------

    def promise(self, moment):
        order = self.make_order(confirm=False)
        order.order_line.product_id = self.goods
        order.commitment_date = moment
        order.action_confirm()
        self.assertTrue(order.picking_ids)
        return order

    def deliver(self, order, moment):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        picking.move_ids.date = moment
        self.env.flush_all()

    def test_promised_goods(self):
        order = self.promise("2026-03-10 09:00:00")
        self.assertFalse(self.sweep("2026-03-11 07:59:00"))
        gap = self.sweep("2026-03-11 10:00:00")
        self.assertEqual((gap.kind, gap.res_id), ("shipment", order.id))
        self.assertEqual(gap.due_at, datetime(2026, 3, 10, 16))
        self.assertEqual((gap.note, gap.swept_hours), (order.name, 2))
        self.deliver(order, "2026-03-12 09:00:00")
        gap = self.sweep("2026-03-20 10:00:00")
        self.assertEqual((gap.state, gap.swept_hours), ("closed", 8 + 1))
        self.assertEqual(gap.closed_at, datetime(2026, 3, 12, 9))

    def test_delivered_in_time_or_owing_no_goods(self):
        self.deliver(self.promise("2026-03-10 09:00:00"), "2026-03-10 15:00:00")
        service = self.make_order(confirm=False, commitment_date="2026-03-10 09:00:00")
        service.order_line.product_id = self.visit
        service.action_confirm()
        self.assertFalse(service.picking_ids)
        self.promise("2026-03-27 09:00:00")
        self.assertFalse(self.sweep("2026-03-20 10:00:00"))

    def test_late_run_knows_late_delivery(self):
        self.deliver(self.promise("2026-03-10 09:00:00"), "2026-03-12 09:00:00")
        gap = self.sweep("2026-04-20 10:00:00")
        self.assertEqual((gap.state, gap.swept_hours), ("closed", 9))

    def test_cancelled_and_promised_again(self):
        order = self.promise("2026-03-10 09:00:00")
        cancelled = self.promise("2026-03-10 09:00:00")
        self.assertEqual(len(self.sweep("2026-03-11 10:00:00")), 2)
        with freeze_time("2026-03-11 11:00:00"):
            cancelled.with_context(disable_cancel_warning=True).action_cancel()
            order.commitment_date = "2026-03-17 09:00:00"
        self.assertEqual(
            self.sweep("2026-03-12 10:00:00").mapped("state"), ["closed", "closed"]
        )
        gaps = self.sweep("2026-03-18 10:00:00")
        self.assertEqual(gaps.mapped("state"), ["closed", "closed", "open"])

    # ------------------------------------------------------------------
    # The measure
    # ------------------------------------------------------------------

    def test_active_customer_days(self):
        """22 working days of one customer, 12 of the one who came on the 16th."""
        self.assertEqual(self.measure()[self.manager_a.id], (0, 34, 0, 0))
        running = self.measure(moment="2026-03-17 10:00:00")[self.manager_a.id]
        self.assertEqual(running, (0, 12 + 2, 0, 0))
        self.assertEqual(
            self.measure(users=self.manager_b)[self.manager_b.id], (0, None, None, 0)
        )

    def test_a_customer_on_a_day_counts_once(self):
        self.hear(self.customer, "2026-03-09 08:00:00")  # 10, 11 and 12 March
        self.answer(self.customer, "2026-03-12 09:00:00")
        self.make_activity(self.customer, "2026-03-11")  # 12 and 13 March
        activity = self.make_activity(self.second, "2026-03-30")  # the 31st
        self.make_activity(self.sleeping, "2026-03-02")  # no active customer
        self.sweep("2026-03-13 15:00:00")
        self.env["mail.activity"].search(
            [("res_model", "=", "res.partner"), ("id", "!=", activity.id)]
        ).unlink()
        self.sweep("2026-03-13 15:30:00")
        self.sweep("2026-04-10 10:00:00")
        numerator, total, value, rows = self.measure()[self.manager_a.id]
        self.assertEqual((numerator, total, rows), (4 + 1, 34, 5 + 1))
        self.assertAlmostEqual(value, 5 / 34, 6)
        self.assertEqual(self.measure(self.number)[self.manager_a.id], (4, None, 4, 4))
        self.check_evidence()
        gap = self.Gap.search([("kind", "=", "answer")])
        gap.with_user(self.director)._excuse("Snow")
        self.assertEqual(self.measure()[self.manager_a.id][0], 2 + 1)
        self.assertEqual(self.measure(self.number)[self.manager_a.id][0], 3)
        self.check_evidence()

    def check_evidence(self):
        for criterion in (self.continuity, self.number):
            figures = self.measure(criterion)[self.manager_a.id]
            with freeze_time("2026-04-10 10:00:00"):
                evidence = criterion._evidences(self.period, self.manager_a)
            model, domain = evidence[self.manager_a.id]["numerator"]
            rows = self.env[model].with_user(self.manager_a).search(domain)
            self.assertEqual(len(rows), figures[3])
            self.assertEqual(criterion._numerator(rows), figures[0])

    def test_uncovered_absence_touches_everybody(self):
        self.make_absence(self.manager_a, "2026-03-16 08:00:00", "2026-03-17 16:00:00")
        gap = self.sweep("2026-04-10 10:00:00")
        self.assertEqual(gap.partner_count, 2, "not the sleeping one")
        self.assertEqual(self.measure()[self.manager_a.id][:2], (4, 34))

    def test_a_deputy_answers_for_the_days_they_stand_in(self):
        self.make_substitution(self.manager_a, self.deputy, "2026-03-09", "2026-03-13")
        self.make_activity(self.customer, "2026-03-10")
        self.sweep("2026-03-12 10:00:00")
        self.env["mail.activity"].search([("res_model", "=", "res.partner")]).unlink()
        self.sweep("2026-03-12 11:00:00")
        measured = self.measure(users=self.manager_a | self.deputy)
        self.assertEqual(measured[self.manager_a.id][:2], (0, 34 - 5))
        self.assertEqual(measured[self.deputy.id][:2], (2, 5))

    def test_queries_do_not_grow_with_managers(self):
        few = self.count(self.manager_a | self.manager_b)
        users = self.env["res.users"]
        for i in range(4):
            user = self.make_user(f"more_{i}", "sales_manager_kpi.group_manager")
            self.env["sales.branch.member"].create(
                {
                    "branch_id": self.branch.id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                }
            )
            self.make_customer(f"Customer {i}", user)
            users |= user
        many = self.count(users | self.manager_a | self.manager_b)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 26)

    def count(self, users):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.measure(users=users)
        return self.env.cr.sql_log_count - before
