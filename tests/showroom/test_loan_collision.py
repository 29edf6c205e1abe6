import uuid

from psycopg2.errors import SerializationFailure

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MANAGER

MADE = (
    "showroom.loan.line",
    "showroom.loan",
    "showroom.sample",
    "showroom.sample.type",
    "product.product",
    "product.template",
    "sales.branch",
    "res.users",
    "res.partner",
)


@tagged("standard", "post_install", "-at_install")
class TestLoanCollision(TransactionCase):
    """One sample, wanted by two in transactions that really commit."""

    def setUp(self):
        super().setUp()
        self.cursors = [self.registry.cursor() for __ in range(3)]
        self.addCleanup(lambda: [cr.close() for cr in self.cursors])
        self.cr_0, self.cr_1, self.cr_2 = self.cursors
        self.made = {name: [] for name in MADE}
        self.addCleanup(self._remove_world)
        self._make_world()

    def _env(self, cr, user=None):
        context = {"tracking_disable": True}
        return api.Environment(cr, user or api.SUPERUSER_ID, context)

    def _create(self, model, **values):
        record = self._env(self.cr_0)[model].create(values)
        self.made[model].append(record.id)
        return record

    def _make_world(self):
        mark, env = uuid.uuid4().hex[:5], self._env(self.cr_0)
        self.user = new_test_user(env, mark, groups=MANAGER)
        self.made["res.users"].append(self.user.id)
        self.made["res.partner"].append(self.user.partner_id.id)
        member = {"user_id": self.user.id, "date_from": "2020-01-01"}
        branch = self._create(
            "sales.branch",
            code=mark,
            name=mark,
            tz="UTC",
            member_ids=[Command.create(member)],
        )
        product = self._create("product.product", name=mark, type="consu")
        self.made["product.template"].append(product.product_tmpl_id.id)
        kind = self._create("showroom.sample.type", name=mark, kind="card")
        customer = self._create("res.partner", name=mark)
        sample = self._create(
            "showroom.sample",
            branch_id=branch.id,
            product_id=product.id,
            sample_type_id=kind.id,
        )
        sample._put_on_display()
        loans = [
            self._create(
                "showroom.loan",
                branch_id=branch.id,
                partner_id=customer.id,
                user_id=self.user.id,
                line_ids=[Command.create({"sample_id": sample.id})],
            )
            for __ in range(2)
        ]
        self.loan_ids = [loan.id for loan in loans]
        self.made["showroom.loan.line"] = [loan.line_ids.id for loan in loans]
        self.cr_0.commit()

    def _remove_world(self):
        for cr in self.cursors:
            cr.rollback()
        env = self._env(self.cr_0)
        loans = env["showroom.loan"].browse(self.loan_ids)
        loans.line_ids.write({"state": "draft"})
        loans.line_ids.sample_id.write({"state": "draft", "current_loan_id": False})
        loans.write({"state": "draft"})
        for model in MADE:
            env[model].browse(self.made[model]).exists().unlink()
        self.cr_0.commit()

    def _loan(self, cr, number):
        env = self._env(cr, self.user.id)
        return env["showroom.loan"].browse(self.loan_ids[number])

    def test_the_second_hears_of_the_first(self):
        first, second = self._loan(self.cr_1, 0), self._loan(self.cr_2, 1)
        self.assertEqual(second.line_ids.sample_id.state, "on_display")
        first.action_lend()
        with self.assertRaisesRegex(UserError, "right now"):
            second.action_lend()
        self.cr_1.commit()
        # what it read is old by now: Odoo tries such a call again by itself
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            second.action_lend()
        self.cr_2.rollback()
        second.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "on loan"):
            second.action_lend()
        self.assertEqual(second.line_ids.sample_id.current_loan_id.id, first.id)

    def test_taken_back_once(self):
        self._loan(self.cr_0, 0).action_lend()
        self.cr_0.commit()
        first, second = self._loan(self.cr_1, 0), self._loan(self.cr_2, 0)
        self.assertEqual(second.line_ids.state, "out")
        first._take_back({first.line_ids: "b"})
        with self.assertRaisesRegex(UserError, "right now"):
            second._take_back({second.line_ids: "d"})
        self.cr_1.commit()
        self.cr_2.rollback()
        second.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not with the customer any more"):
            second._take_back({second.line_ids: "d"})
        self.assertEqual(second.line_ids.sample_id.condition, "b")

    def test_proposed_by_two(self):
        env = self._env(self.cr_0)
        sample = env["showroom.sample"].browse(self.made["showroom.sample"])
        sample.product_id.sale_ok = False
        sample._mark_to_replace("discontinued")
        self.cr_0.commit()
        first, second = (
            self._env(cr, self.user.id)["sales.branch"].browse(
                self.made["sales.branch"]
            )
            for cr in (self.cr_1, self.cr_2)
        )
        wizards = []
        for branch in (first, second):
            action = branch.action_showroom_propose()
            wizards.append(branch.env[action["res_model"]].browse(action["res_id"]))
        wizards[0].action_confirm()
        self.cr_1.commit()
        with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
            wizards[1].action_confirm()
        self.cr_2.rollback()
        second.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Nothing to ask for"):
            second.action_showroom_propose()
