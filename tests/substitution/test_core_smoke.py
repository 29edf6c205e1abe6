from odoo.tests import tagged

from ..common import SalesManagementCommon


@tagged("standard", "post_install", "-at_install")
class TestSmoke(SalesManagementCommon):
    def test_flow(self):
        other = self.make_user("manager_c", "sales_manager_kpi.group_manager")
        order = self.make_order(confirm=False)
        self.assertEqual(order.user_id, self.manager_a)
        theirs = order.with_user(other)
        self.assertFalse(theirs.search([("id", "=", order.id)]))
        row = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": other.id})
        )
        self.assertEqual(row.branch_id, self.branch)
        row.action_appoint()
        self.assertEqual(row.state, "active")
        self.assertTrue(theirs.search([("id", "=", order.id)]))
        self.open_form(theirs)
        theirs.write({"note": "x"})
        theirs.action_confirm()
        row.action_revoke()
        self.env.invalidate_all()
        self.assertFalse(theirs.search([("id", "=", order.id)]))
