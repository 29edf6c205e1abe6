from odoo import Command
from odoo.tests import new_test_user

from ..common import OrganisationCommon

ADDON = "sales_manager_kpi"
# Who works with Odoo's own documents, without any of our groups.
GROUPS = (
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
    "account.group_account_manager",
)


class TestCoreReads(OrganisationCommon):
    def test_all_fields_of_core_models(self):
        """Who may read a document reads all its fields, as an export does.

        Many records at once are searched with the reader's rights: a field of ours to
        a model that only our groups read must name them, or the document cannot be
        read at all.
        """
        user = new_test_user(self.env, login="core", groups=",".join(GROUPS))
        unreadable = [
            str(field)
            for model in self.env.registry.values()
            if ADDON != model._original_module and not model._transient
            for field in model._fields.values()
            if ADDON in field._modules
            and field.type in ("one2many", "many2many")
            and self.env[model._name].with_user(user).has_access("read")
            and self.env[model._name].with_user(user)._has_field_access(field, "read")
            and not self.env[field.comodel_name].with_user(user).has_access("read")
        ]
        self.assertEqual(unreadable, [])

    def test_documents_when_all_is_in_use(self):
        """Our computed fields too, with branches, departments, norms and programmes."""
        user = new_test_user(self.env, login="core", groups=",".join(GROUPS))
        self.env["supply.department"].create(
            {
                "name": "Regional",
                "company_id": self.company.id,
                "supervisor_id": self.supervisor.id,
                "tz": "UTC",
            }
        )
        product = self.env["product.product"].create(
            {"name": "Cloth", "type": "consu", "is_storable": True}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        order.action_confirm()
        program = self.env["loyalty.program"].create({"name": "Summer"})
        for records in (
            order,
            order.order_line,
            order.picking_ids,
            order.picking_ids.move_ids,
            self.customer,
            product,
            product.product_tmpl_id,
            program,
            self.company,
            self.env["stock.warehouse"].search([], limit=1),
        ):
            self.env.invalidate_all()
            with self.subTest(model=records._name):
                documents = records.with_user(user)
                own = [
                    name
                    for name in documents.fields_get(attributes=["type"])
                    if ADDON in records._fields[name]._modules
                ]
                [values] = documents.read(own)
                self.assertEqual(values["id"], records.id)
