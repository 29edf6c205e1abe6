import uuid

from odoo import Command, api, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

SUPPLY = "sales_manager_kpi.group_supply_supervisor"


@tagged("standard", "post_install", "-at_install")
class TestTwoSupervisors(TransactionCase):
    """Two transactions that really commit; everything made here is removed again."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        self.made = []
        self.addCleanup(self._remove_world)
        self._make_world()

    def _env(self, cr, user=None):
        context = {"tracking_disable": True, "mail_activity_quick_update": True}
        return api.Environment(cr, user or api.SUPERUSER_ID, context)

    def _create(self, model, values):
        record = self._env(self.cr_0)[model].create(values)
        self.made.append((model, record.id))
        return record

    def _make_world(self):
        mark, env = uuid.uuid4().hex[:5], self._env(self.cr_0)
        self.people = [
            new_test_user(env, f"{mark}{number}", groups=SUPPLY) for number in (1, 2)
        ]
        for user in self.people:
            self.made += [("res.partner", user.partner_id.id), ("res.users", user.id)]
        warehouse = self._create("stock.warehouse", {"name": mark, "code": mark})
        branch = self._create(
            "sales.branch",
            {"code": mark, "name": mark, "tz": "UTC", "warehouse_id": warehouse.id},
        )
        product = self._create(
            "product.product", {"name": mark, "type": "consu", "is_storable": True}
        )
        department = self._create(
            "supply.department",
            {
                "name": mark,
                "tz": "UTC",
                "supervisor_id": self.people[0].id,
                "escalation_user_id": self.people[1].id,
                "branch_ids": [Command.set(branch.ids)],
            },
        )
        request = self._create(
            "supply.request",
            {
                "kind": "sample",
                "branch_id": branch.id,
                "department_id": department.id,
                "line_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": 5})
                ],
            },
        )
        request.action_submit()
        self.line_id = request.line_ids.id
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        self.cr_0.execute(
            "DELETE FROM supply_request WHERE id IN %s",
            (tuple(i for model, i in self.made if model == "supply.request") or (0,),),
        )
        env = self._env(self.cr_0)
        warehouses = env["stock.warehouse"].browse(
            i for model, i in self.made if model == "stock.warehouse"
        )
        self.cr_0.execute(
            "UPDATE sales_branch SET warehouse_id = NULL WHERE warehouse_id IN %s",
            (tuple(warehouses.ids) or (0,),),
        )
        for model, record_id in reversed(self.made):
            record = env[model].browse(record_id).exists()
            if model == "stock.warehouse":
                record.action_archive()
            elif model != "supply.request":
                record.unlink()
        self.cr_0.commit()

    def _line(self, cr, number):
        user = self.people[number]
        return self._env(cr, user.id)["supply.request.line"].browse(self.line_id)

    def _answer(self, line):
        line.write({"verdict": "rejected", "reason": "Sold out"})
        line.action_answer()

    def test_the_second_hears_of_the_first(self):
        first, second = self._line(self.cr_1, 0), self._line(self.cr_2, 1)
        self._answer(first)
        # both looked at the same moment: the second waits for nobody
        self.assertEqual(second.state, "waiting")
        with self.assertRaisesRegex(UserError, "right now"):
            second._lock_to_answer()
        self.cr_2.rollback()
        self.cr_1.commit()
        second.env.invalidate_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "answered by|not waiting"),
        ):
            second.action_answer()
        self.assertEqual(second.answered_by_id, self.people[0].with_env(second.env))
        answers = second.decision_ids.filtered(lambda d: d.decision == "answer")
        self.assertEqual(len(answers), 1)
        self.assertTrue(fields.Datetime.now() >= second.answered_at)
