from freezegun import freeze_time

from .common import BaseSalesCommon


@freeze_time("2026-03-16 10:00:00")
class TestDocuments(BaseSalesCommon):
    """Orders are contacts; what they cost is counted."""

    def contacts(self, customer=None):
        return self.env["customer.contact"].search(
            [("partner_id", "=", (customer or self.customer).id)], order="id"
        )

    def test_an_order_is_a_contact_once(self):
        """Confirmed by a manager, cancelled and confirmed again: one row."""
        person = self.env["res.partner"].create(
            {"name": "Ms Buyer", "parent_id": self.customer.id}
        )
        order = self.make_order(person, confirm=False, user_id=self.manager_a.id)
        self.assertFalse(self.contacts())
        order.with_user(self.manager_a).action_confirm()
        self.assertRecordValues(
            self.contacts(),
            [
                {
                    "kind": "order",
                    "user_id": self.manager_a.id,
                    "contact_id": person.id,
                    "res_model": "sale.order",
                    "res_id": order.id,
                }
            ],
        )
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(len(self.contacts()), 1)
        self.assertEqual(self.contacts().action_open_origin()["res_id"], order.id)

    def test_an_order_of_the_portal(self):
        """The customer did it: the salesperson is who is noted."""
        order = self.make_order(confirm=False, user_id=self.manager_a.id)
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo().action_confirm()
        self.assertEqual(self.contacts().user_id, self.manager_a)

    def test_order_resets_the_clock(self):
        self.put_in_class(self.customer)
        self.night()
        before = self.figure().next_contact_on
        with freeze_time("2026-03-18 10:00:00"):
            self.make_order()
        self.assertGreater(self.figure().next_contact_on, before)

    def confirm_cost(self, number):
        """Queries of confirming so many orders at once, without and with the hook."""
        customers = [
            self.make_customer(f"C{number}.{n}", self.manager_a) for n in range(number)
        ]
        orders = self.env["sale.order"].union(
            *(self.make_order(customer, confirm=False) for customer in customers)
        )
        for customer in customers:
            self.put_in_class(customer)
        self.night()
        self.env.flush_all()
        values = [order._prepare_contact() for order in orders]
        before = self.env.cr.sql_log_count
        self.env["customer.contact"]._log(values)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_what_it_costs(self):
        """A constant number of queries, for one order and for twelve."""
        self.confirm_cost(1)  # warms the caches
        one, many = self.confirm_cost(1), self.confirm_cost(12)
        self.assertLessEqual(many, one + 2, (one, many))
        self.assertLessEqual(one, 20)

    def test_inert_without_branches(self):
        """No row, and no query more."""
        company = self.setup_other_company()["company"]
        partner = self.env["res.partner"].create({"name": "There"})
        vals = {
            "partner_id": partner.id,
            "company_id": company.id,
            "kind": "order",
            "at": "2026-03-16 10:00:00",
        }
        self.env["customer.contact"]._log([dict(vals)])
        before = self.env.cr.sql_log_count
        self.assertFalse(self.env["customer.contact"]._log([dict(vals)]))
        self.assertEqual(self.env.cr.sql_log_count, before)
