from odoo.tests import HttpCase

from .common import BaseCommon


class TestCustomerBaseTour(BaseCommon, HttpCase):
    def test_spoken_to_and_filled_in(self):
        """From the list to the contact that was made, and the missing phone."""
        self.put_in_class(self.customer)
        self.night()
        self.start_tour("/odoo/customer-base", "sales_customer_base", login="manager_a")
        contact = self.figure().contact_ids
        self.assertEqual(contact.note, "Wants the new velvet")
        self.assertEqual((contact.user_id, contact.kind), (self.manager_a, "call"))
        self.assertNotIn("Phone", self.figure().missing_words)
