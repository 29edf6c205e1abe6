from odoo import Command
from odoo.tests import tagged

from odoo.addons.sales_manager_kpi.engine.pay_month import canonical

from .common import StatementCommon


@tagged("standard", "post_install", "-at_install")
class TestVerify(StatementCommon):
    """A locked statement comes out the same, whatever became of the world."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        payer = cls.scheme.with_user(cls.payer)
        payer.action_draft()
        cls.program = cls.env["loyalty.program"].create({"name": "Spring"})
        cls.clients = cls.env["customer.class"].create({"name": "A", "code": "A"})
        own = {"kind": "own_deals", "rate_percent": 1.0}
        payer.component_ids = [
            Command.create({"code": code, "name": code, "kind": code, **values})
            for code, values in (
                (
                    "new_customers",
                    {"amount": 50.0, "tier_axis": "amount", "rate_percent": 0.0},
                ),
                ("team_override", {"rate_percent": 1.0}),
                (
                    "programme",
                    {
                        "rate_percent": 3.0,
                        "program_ids": [Command.set(cls.program.ids)],
                    },
                ),
                (
                    "class",
                    {**own, "class_ids": [Command.set(cls.clients.ids)]},
                ),
                ("fabrics", {**own, "categ_ids": [Command.set(cls.fabrics.ids)]}),
                ("held", {**own, "hold_percent": 50.0}),
                ("plan", {"amount": 100.0, "gate_attainment": 90.0}),
            )
        ]
        payer.user_ids = cls.manager_a | cls.manager_b | cls.director
        payer.action_activate()
        cls.member = cls.env["customer.class.member"].create(
            {
                "partner_id": cls.customer.id,
                "class_id": cls.clients.id,
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
            }
        )
        cls.plan = cls.planned(cls.manager_a, 1000.0)
        order = cls.make_sale([(cls.thread, 500.0)])
        cls.sold = order._create_invoices()
        cls.sold.invoice_date = "2026-01-20"
        cls.sold.action_post()
        cls.use = (
            cls.env["promotion.use"]
            .sudo()
            .create(
                {
                    "program_id": cls.program.id,
                    "order_id": order.id,
                    "date": "2026-01-20",
                    "company_id": cls.company.id,
                    "state": "confirmed",
                }
            )
        )
        cls.invoice = cls.make_document([(cls.cloth, 1000.0)])
        cls.make_document([(cls.thread, 70.0)], partner_id=cls.customer_b.id)
        cls.close_month(cls.january)
        cls.people = cls.manager_a | cls.manager_b | cls.director

    def figures(self, statements):
        return {one: canonical(one._kept()) for one in statements}

    def amounts(self, user):
        lines = self.statement(user).line_ids
        return {line.code: line.amount for line in lines}

    def set_target(self, amount):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_plan_line SET target_amount = %s WHERE plan_id = %s",
            [amount, self.plan.id],
        )
        self.env.cr.execute(
            "UPDATE sales_plan SET target_amount = %s WHERE id = %s",
            [amount, self.plan.id],
        )
        self.env.invalidate_all()

    def change_the_world(self):
        self.branch.director_id = self.other_director
        self.make_document([(self.thread, 5.0)], date="2025-12-20")
        self.use._reverse()
        self.member.unlink()
        self.thread.categ_id = self.services
        self.fabrics.parent_id = self.services
        self.set_target(99999.0)
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        register.create({"payment_date": "2026-01-25"})._create_payments()
        self.env["sales.branch.member"].search(
            [("user_id", "=", self.manager_a.id)]
        ).sudo().date_from = "2026-01-20"
        self.env.flush_all()
        self.env.invalidate_all()

    def test_the_world_changes(self):
        self.assertEqual(
            self.amounts(self.manager_a),
            {
                "deals": 30.0,
                "new_customers": 50.0,
                "team_override": 0.0,
                "programme": 15.0,
                "class": 15.0,
                "fabrics": 15.0,
                "held": 15.0,
                "plan": 100.0,
            },
        )
        self.assertEqual(self.amounts(self.director)["team_override"], 15.0)
        statements = self.Statement.browse()
        for user in self.people:
            statements |= self.locked(user)
        self.assertFalse(statements._verify())
        kept = self.figures(statements)
        self.change_the_world()
        # by the documents of today it would be something else, for each of these
        live = self.Statement._run(self.january, self.people)
        for user, codes in (
            (self.manager_a, {"new_customers", "class", "plan"}),
            (self.director, {"team_override"}),
        ):
            now = {line["code"]: float(line["amount"]) for line in live[user.id].lines}
            before = self.amounts(user)
            changed = {code for code in before if before[code] != now.get(code)}
            self.assertLessEqual(codes, changed)
            # a promotion that was taken back afterwards was used all the same
            self.assertNotIn("programme", changed)
        held = {line["code"]: line["held"] for line in live[self.manager_a.id].lines}
        self.assertNotIn(self.invoice.id, dict(held["held"]))
        self.assertFalse(statements._verify())
        self.assertEqual(self.figures(statements), kept)

    def test_evidence_stays(self):
        """The documents behind a line add up to its base afterwards as well."""
        self.change_the_world()
        for user in self.people:
            for line in self.statement(user).line_ids.filtered("fact_model"):
                if line.code == "new_customers":
                    continue
                action = line.action_open_evidence()
                facts = self.env[action["res_model"]].sudo().search(action["domain"])
                with self.subTest(line=line.display_name):
                    self.assertEqual(sum(facts.mapped("amount")), line.base)

    def test_what_was_kept_is_sealed(self):
        statement = self.locked()
        self.env.cr.execute(
            """
            UPDATE bonus_statement
               SET inputs = jsonb_set(inputs, '{plan}', '["1", "1"]')
             WHERE id = %s
            """,
            [statement.id],
        )
        statement.invalidate_recordset()
        self.assertIn("seal", statement._verify()[statement])

    def test_computed_again_while_open(self):
        """What changes before it is decided is taken up, and kept."""
        statement = self.statement(self.manager_a)
        before = statement.inputs
        self.set_target(500.0)
        self.env.invalidate_all()
        self.Statement._compute_period(self.january)
        self.assertNotEqual(statement.inputs, before)
        self.assertEqual(statement.plan_target, 500.0)
        self.assertFalse(self.locked()._verify())
