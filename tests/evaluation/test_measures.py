from ast import literal_eval
from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command

from odoo.addons.sales_manager_kpi.engine.scoring import redistribute

from .common import EvaluationCommon


class TestMeasures(EvaluationCommon):
    """What holds for every measure, those of later areas included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.locate(cls.customer)
        # Owned and buying last year too, which others compare with.
        cls.customer.customer_assignment_ids.date_from = "2020-01-01"
        cls.make_invoice(price=100, date=cls.today - relativedelta(years=1))
        cls.make_invoice(price=100, date=cls.today - relativedelta(months=2))
        cls.make_plan(cls.manager_a, 1000)
        cls.make_plan(cls.manager_b, 500, basis="order")
        cls.order = cls.make_order(price=300)
        cls.invoice_order(cls.order, cls.today)
        cls.make_invoice(price=200, date=cls.today)
        cls.make_order(cls.other_customer, price=250)
        codes = [code for code, _label in cls.criterion._fields["measure"].selection]
        cls.criteria = cls.criterion.browse()
        for code in codes:
            cls.criteria |= cls.criterion.create(
                {"name": code, "code": f"test-{code}", "measure": code}
            )
        weights = redistribute([1] * len(codes))
        cls.env["evaluation.scheme"].create(
            {
                "name": "All measures",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"criterion_id": c.id, "weight": weight / 100})
                    for c, weight in zip(cls.criteria, weights, strict=True)
                ],
            }
        )
        cls.enter_figures()
        cls.enter_gap()
        cls.enter_discounts()
        cls.enter_bonus()
        cls.enter_promotion()
        cls.enter_loan()
        cls.enter_ladder()
        cls.enter_supply()
        cls.enter_showroom_check()
        cls.enter_claim()
        cls.compute()

    @classmethod
    def locate(cls, customer):
        """In a sector and a district, which some measures speak of."""
        customer.industry_id = cls.env["res.partner.industry"].create({"name": "Shops"})
        customer.sales_territory_id = cls.env["sales.territory"].create(
            {"name": "North", "kind": "district"}
        )

    @classmethod
    def enter_figures(cls):
        """What no document has is entered by the commercial director."""
        manual = cls.criteria.filtered(lambda c: c.measure == "manual")
        for user in cls.manager_a | cls.manager_b:
            cls.env["evaluation.manual.value"].with_user(cls.commercial).create(
                {
                    "criterion_id": manual.id,
                    "user_id": user.id,
                    "period_id": cls.period.id,
                    "value": 0.8,
                    "note": "Seen in the showroom",
                }
            )

    @classmethod
    def enter_gap(cls):
        """A customer who waited today, for one of the managers."""
        gap = (
            cls.env["service.gap"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "branch_id": cls.branch.id,
                    "partner_id": cls.customer.id,
                    "user_id": cls.manager_a.id,
                    "kind": "answer",
                    "res_model": "res.partner",
                    "res_id": cls.customer.id,
                    "reference": "mail.message,1",
                    "due_at": datetime.combine(cls.today, time(9)),
                    "date": cls.today,
                }
            )
        )
        gap.day_ids.create(
            {"gap_id": gap.id, "partner_id": cls.customer.id, "date": cls.today}
        )

    @classmethod
    def enter_discounts(cls):
        """An order within the norms, and something invoiced below it."""
        cls.order.sudo().write(
            {"discount_verdict": "within", "discount_verdict_date": cls.today}
        )
        cls.env["discount.concession"].sudo().create(
            {
                "date": cls.today,
                "company_id": cls.company.id,
                "kind": "invoice",
                "amount": 30,
                "order_id": cls.order.id,
                "move_id": cls.order.invoice_ids.id,
                "user_id": cls.manager_a.id,
                "branch_id": cls.branch.id,
            }
        )

    @classmethod
    def enter_bonus(cls):
        """A bonus settled today, of an agreement that nobody closed."""
        agreement = (
            cls.env["trade.bonus.agreement"]
            .sudo()
            .create(
                {
                    "name": "Bonus",
                    "company_id": cls.company.id,
                    "user_id": cls.manager_a.id,
                    "partner_ids": [Command.set(cls.customer.ids)],
                    "date_from": "2020-01-01",
                    "date_to": "2020-12-31",
                    "state": "active",
                    "term_ids": [Command.create({"name": "Volume", "period": "whole"})],
                }
            )
        )
        agreement._make_periods()
        cls.env["trade.bonus.settlement"].sudo().create(
            {
                "name": "Settlement",
                "agreement_id": agreement.id,
                "partner_id": cls.customer.id,
                "date": cls.today,
                "line_ids": [
                    Command.create({"period_id": agreement.period_ids.id, "amount": 7})
                ],
            }
        )

    @classmethod
    def enter_promotion(cls):
        """The order has a reward of a programme that needed approval."""
        program = cls.env["loyalty.program"].create(
            {"name": "Autumn", "program_type": "promotion", "is_governed": True}
        )
        cls.env["promotion.use"].sudo().create(
            {
                "program_id": program.id,
                "order_id": cls.order.id,
                "date": cls.today,
                "company_id": cls.company.id,
                "user_id": cls.manager_a.id,
                "state": "confirmed",
            }
        )

    @classmethod
    def enter_loan(cls):
        """A sample that came back in time, and that the customer ordered of."""
        kind = cls.env["showroom.sample.type"].create({"name": "Card", "kind": "card"})
        sample = (
            cls.env["showroom.sample"]
            .sudo()
            .create(
                {
                    "branch_id": cls.branch.id,
                    "product_id": cls.product.id,
                    "sample_type_id": kind.id,
                    "state": "on_display",
                }
            )
        )
        line = {
            "sample_id": sample.id,
            "user_id": cls.manager_a.id,
            "state": "returned",
            "closed_on": cls.today,
            "is_converted": True,
        }
        cls.env["showroom.loan"].sudo().create(
            {
                "branch_id": cls.branch.id,
                "partner_id": cls.customer.id,
                "user_id": cls.manager_a.id,
                "state": "returned",
                "out_on": cls.today,
                "due_on": cls.today,
                "agreed_due_on": cls.today,
                "line_ids": [Command.create(line)],
            }
        )

    @classmethod
    def enter_ladder(cls):
        """The goods of the order came from the branch, and the customer has them."""
        cls.env["sale.order.source"].sudo().create(
            {
                "order_line_id": cls.order.order_line.id,
                "order_id": cls.order.id,
                "product_id": cls.product.id,
                "branch_id": cls.branch.id,
                "company_id": cls.company.id,
                "kind": "branch",
                "state": "delivered",
                "quantity": 1,
            }
        )

    @classmethod
    def enter_supply(cls):
        """Stock that was asked of a department, came in time and sold in part."""
        yesterday = cls.today - relativedelta(days=1)
        day = max(yesterday, cls.period.date_from)
        supervisor = cls.make_user(
            "supplier", "sales_manager_kpi.group_supply_supervisor"
        )
        department = cls.env["supply.department"].create(
            {
                "name": "Regional",
                "company_id": cls.company.id,
                "supervisor_id": supervisor.id,
            }
        )
        line = {
            "product_id": cls.product.id,
            "product_uom_qty": 10,
            "granted_qty": 10,
            "verdict": "granted",
            "state": "done",
            "first_promised_date": day,
            "is_promise_kept": True,
            "scored_on": cls.today,
            "accuracy": 0.6,
        }
        cls.env["supply.request"].sudo().create(
            {
                "kind": "stocking",
                "company_id": cls.company.id,
                "branch_id": cls.branch.id,
                "department_id": department.id,
                "user_id": cls.manager_a.id,
                "supervisor_id": cls.manager_a.id,
                "state": "done",
                "due_date": cls.today,
                "answered_at": datetime.combine(cls.today, time(9)),
                "is_answered_in_time": True,
                "line_ids": [Command.create(line)],
            }
        )

    @classmethod
    def enter_claim(cls):
        """A claim about a delivery, found justified and at the manager's fault."""
        goods = cls.env["product.product"].create({"name": "Cloth", "type": "consu"})
        line = {"product_id": goods.id, "product_uom_qty": 2, "price_unit": 0}
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "user_id": cls.manager_a.id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids._action_done()
        claim = (
            cls.env["customer.claim"]
            .with_user(cls.manager_a)
            .create(
                {
                    "subject": "Wrong colour",
                    "order_id": order.id,
                    "fault_area": "manager",
                }
            )
        )
        claim.action_review()
        claim.with_user(cls.director)._decide(
            {"verdict": "justified", "note": "Entered another colour."}
        )

    @classmethod
    def enter_showroom_check(cls):
        """A check of the branch's showroom, that saw a worn sample."""
        cls.branch.has_showroom = True
        kind = cls.env["showroom.sample.type"].create({"name": "Card", "kind": "card"})
        goods = cls.env["product.product"].create({"name": "Shown", "type": "consu"})
        cls.env["showroom.norm"].create(
            {
                "product_id": goods.id,
                "sample_type_id": kind.id,
                "branch_id": cls.branch.id,
                "company_id": cls.company.id,
            }
        )
        sample = cls.env["showroom.sample"].create(
            {
                "branch_id": cls.branch.id,
                "product_id": goods.id,
                "sample_type_id": kind.id,
                "condition": "c",
            }
        )
        sample.sudo()._put_on_display()
        check = cls.env["showroom.check"].create({"branch_id": cls.branch.id})
        check.action_start()
        check.scan(sample.barcode)
        check.finish(rest_missing=True)  # the one that came back from its loan

    def test_number_is_recomputable_from_its_evidence(self):
        lines = (self.card_of(self.manager_a) | self.card_of(self.manager_b)).line_ids
        self.assertEqual(lines.criterion_id, self.criteria)
        for line in lines:
            evidence = line.evidence_ids.filtered(lambda e: e.kind == "numerator")
            user = line.scorecard_id.user_id
            with self.subTest(measure=line.criterion_id.code, user=user.login):
                rows = self.env[evidence.res_model].with_user(user)
                rows = rows.search(literal_eval(evidence.domain))
                self.assertEqual(evidence.count, len(rows))
                numerator = line.criterion_id._numerator(rows)
                self.assertAlmostEqual(numerator, line.numerator, 2)
                self.assertAlmostEqual(evidence.amount, line.numerator, 2)
                if line.has_value and line.denominator:
                    self.assertAlmostEqual(
                        line.numerator / line.denominator, line.value, 4
                    )

    def test_one_person_alone_gets_the_same(self):
        for criterion in self.criteria:
            of_all = criterion._evidences(self.period, self.manager_a | self.manager_b)
            of_one = getattr(criterion, f"_evidence_{criterion.measure}")
            for user in self.manager_a | self.manager_b:
                self.assertEqual(
                    of_one(self.period, user), of_all[user.id]["numerator"]
                )

    def test_every_piece_of_evidence_opens_as_the_manager(self):
        """Also where today's salesperson of order and invoice is somebody else."""
        self.order.user_id = self.manager_b
        self.order.invoice_ids.invoice_user_id = self.manager_b
        self.customer.user_id = self.manager_b
        self.env.flush_all()
        self.env.invalidate_all()
        card = self.card_of(self.manager_a).with_user(self.manager_a)
        documents = 0
        for evidence in card.line_ids.evidence_ids:
            action = evidence.action_open()
            rows = self.env[action["res_model"]].with_user(self.manager_a)
            rows = rows.search(action["domain"])
            if evidence.kind == "numerator":  # of others nobody counts the rows
                self.assertEqual(len(rows), evidence.count)
            rows.web_read({name: {} for name in self.shown_fields(rows)})
            documents += self.read_documents(rows)
        self.assertGreaterEqual(documents, 4, "order, invoices and their lines")

    def shown_fields(self, rows, kind="list"):
        arch = rows.get_views([(False, kind)])["views"][kind]["arch"]
        return [name for name in rows._fields if f'name="{name}"' in arch]

    def read_documents(self, rows):
        """Read every order, invoice and line behind ``rows``; how many there were."""
        number = 0
        for name in ("move_id", "move_line_id", "order_id", "order_line_id"):
            if name in rows._fields:
                documents = rows[name]
                documents.read(["display_name"])
                number += len(documents)
        for name in ("move_id", "order_id"):
            if name in rows._fields:
                for document in rows[name]:
                    document.web_read(
                        {name: {} for name in self.shown_fields(document, "form")}
                    )
        return number
