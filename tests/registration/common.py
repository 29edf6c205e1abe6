from odoo.tools import SQL

from ..common import SalesManagementCommon


class RegistrationCommon(SalesManagementCommon):
    """Rules are taken into use one by one; none is in force at first."""

    @classmethod
    def use(cls, code, effect="record", **values):
        """The shipped rule with this check, in force."""
        rule = cls.env.ref(f"sales_manager_kpi.registration_rule_{code}")
        rule.write({"active": True, "effect": effect, **values})
        return rule

    def entered(self, order, moment):
        """Confirm an order that was entered at ``moment`` by the database's clock."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET create_date = %s WHERE id = %s", moment, order.id
            )
        )
        order.invalidate_recordset(["create_date"])
        order.action_confirm()
        return order

    def events(self, order):
        return self.env["registration.event"].search([("order_id", "=", order.id)])
