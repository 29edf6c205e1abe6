from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError

from .common import RegistrationCommon


class TestDispute(RegistrationCommon):
    def ask(self, event, user, step, reason="Because"):
        wizard = (
            self.env["registration.dispute"]
            .with_user(user)
            .create({"event_id": event.id, "step": step, "reason": reason})
        )
        return wizard.action_confirm()

    def test_flow(self):
        """The manager says why, the director decides, nobody the own matter."""
        self.use("reference", severity="major")
        event = self.events(self.make_order())
        self.assertTrue(event.counts)
        with self.assertRaises(UserError):
            self.ask(event, self.director, "accepted")
        for user in (self.manager_b, self.other_director):
            with self.assertRaises(AccessError):
                self.ask(event, user, "dispute")
        with self.assertRaises(AccessError):  # it is not counted for them
            self.ask(event, self.director, "dispute")
        self.ask(event, self.manager_a, "dispute", "They have none")
        self.assertEqual(
            (event.dispute_state, event.disputed_by_id), ("open", self.manager_a)
        )
        self.assertTrue(event.counts, "until it is decided")
        with self.assertRaises(UserError):
            self.ask(event, self.manager_a, "dispute")
        for user in (self.manager_a, self.other_director):
            with self.assertRaises(AccessError):
                self.ask(event, user, "accepted")
        self.ask(event, self.director, "accepted", "True")
        self.assertEqual((event.dispute_state, event.counts), ("accepted", False))
        self.assertEqual(event.decided_by_id, self.director)
        with self.assertRaises(UserError):
            self.ask(event, self.commercial, "refused")

    def test_own_matter(self):
        """A director with customers of their own asks another."""
        self.use("reference", severity="major")
        customer = self.make_customer("D", self.director)
        order = self.make_order(customer, user_id=self.director.id)
        event = self.events(order)
        event.sudo().write(
            {"credited_user_id": self.director.id, "branch_id": self.branch.id}
        )
        self.ask(event, self.director, "dispute")
        with self.assertRaises(AccessError):
            self.ask(event, self.director, "accepted")
        self.ask(event, self.commercial, "refused")
        self.assertTrue(event.counts)


class TestMeasures(RegistrationCommon):
    """Each measure again from its evidence."""

    def measured(self, code):
        criterion = self.env.ref(
            f"sales_manager_kpi.evaluation_criterion_registration_{code}"
        )
        period = self.env["sales.period"]._for_date(self.company, date(2026, 3, 1))
        users = self.manager_a | self.manager_b
        found = criterion._measure(period, users)[self.manager_a.id]
        evidence = criterion._evidences(period, users)[self.manager_a.id]
        records = {
            kind: self.env[model].search(literal_eval(repr(domain)))
            for kind, (model, domain) in evidence.items()
        }
        self.assertAlmostEqual(criterion._numerator(records["numerator"]), found[0])
        self.assertEqual(len(records["denominator"]), found[1] or 0)
        return found[:3]

    def test_first_time_right(self):
        with freeze_time("2026-03-10 10:00:00"):
            self.make_order()
            self.assertEqual(self.measured("first_time_right"), (0, None, None))
            self.use("reference", severity="major")
            wrong = self.make_order()
            self.make_order(client_order_ref="PO 1")
            self.make_order(self.make_customer("B", self.manager_b))
            self.assertEqual(self.measured("first_time_right"), (1, 2, 0.5))
            event = self.events(wrong)
            event.sudo().dispute_state = "accepted"
            self.assertEqual(self.measured("first_time_right"), (2, 2, 1))
        with freeze_time("2026-04-10 10:00:00"):
            self.make_order()
            self.assertEqual(self.measured("first_time_right"), (2, 2, 1))

    def test_in_time(self):
        with freeze_time("2026-03-10 10:00:00"):
            self.assertEqual(self.measured("in_time"), (0, None, None))
            self.use("request_lag", norm_hours=4)
            for asked in ("2026-03-10 09:00:00", "2026-03-05 09:00:00", False):
                order = self.make_order(confirm=False, requested_at=asked)
                self.entered(order, "2026-03-10 10:00:00")
            self.assertEqual(self.measured("in_time"), (1, 2, 0.5))
