from datetime import date, timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.sales_manager_kpi.demo import generate, people, showroom, supply
from odoo.addons.sales_manager_kpi.demo.calendar import month_start
from odoo.addons.sales_manager_kpi.demo.classes import turn_of_norms

MONTHS, ORDERS = 2, 12
ROLES = {
    "anna": "sales_manager_kpi.group_manager",
    "dirk": "sales_manager_kpi.group_branch_director",
    "carla": "sales_manager_kpi.group_commercial_director",
    "sven": "sales_manager_kpi.group_supply_supervisor",
    "petra": "sales_manager_kpi.group_supply_supervisor",
    "admin": "sales_manager_kpi.group_admin",
}
FINGERPRINT = """
SELECT customer.name, manager.login, doc.amount_total, doc.state, doc.date_order,
       doc.invoice_status
  FROM sale_order AS doc
  JOIN res_partner AS customer ON customer.id = doc.partner_id
  LEFT JOIN res_users AS manager ON manager.id = doc.credited_user_id
 UNION ALL
SELECT customer.name, manager.login, doc.amount_total, doc.payment_state, doc.date, NULL
  FROM account_move AS doc
  JOIN res_partner AS customer ON customer.id = doc.partner_id
  LEFT JOIN res_users AS manager ON manager.id = doc.credited_user_id
 ORDER BY 1, 5, 3, 4
"""


def _standing_still():
    """A class of dates on which today stays today."""
    day = date.today()

    class StandingStill(date):
        @classmethod
        def today(cls):
            return day

    return StandingStill


@tagged("standard", "post_install", "-at_install")
class TestGenerate(TransactionCase):
    """A small Lakenhal Textiles, told once for all tests and rolled back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # both are told on one day, also where midnight comes in between
        cls.startClassPatcher(patch.object(generate, "date", _standing_still()))
        savepoint = cls.env.cr.savepoint(flush=False)
        generate.main(cls.env, months=MONTHS, orders=ORDERS)
        cls.first_run = cls.fingerprint()
        cls.env.invalidate_all(flush=False)
        savepoint.rollback()
        cls.env.transaction.reset()
        cls.registry.clear_all_caches()
        cls.world = generate.main(cls.env, months=MONTHS, orders=ORDERS)
        cls.company = cls.world.company

    @classmethod
    def fingerprint(cls):
        cls.env.flush_all()
        cls.env.cr.execute(FINGERPRINT)
        return cls.env.cr.fetchall()

    def orders(self):
        return self.env["sale.order"].search([("company_id", "=", self.company.id)])

    def test_contracts_and_registration(self):
        """Orders by contract, rules in force, and what they found."""
        here = [("company_id", "=", self.company.id)]
        contracts = self.env["sales.contract"].search(here)
        self.assertEqual(set(contracts.mapped("state")), {"active", "draft"})
        self.assertTrue(contracts.duty_ids)
        rules = self.env["registration.rule"].search([])
        self.assertIn("reference", rules.mapped("check_code"))
        self.assertNotIn("block", rules.mapped("effect"))
        self.assertTrue(self.env["registration.event"].search(here))
        self.assertTrue(self.env["registration.lag"].search(here))

    def test_the_same_seed_tells_the_same_story(self):
        self.assertTrue(self.first_run)
        self.assertEqual(self.fingerprint(), self.first_run)

    def test_every_role_has_its_user(self):
        for login, group in ROLES.items():
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(group), login)

    def test_users_have_no_more_than_their_role(self):
        for login in ("anna", "dirk", "sven"):
            user = self.env["res.users"].search([("login", "=", login)])
            for group in ("base.group_system", "account.group_account_manager"):
                self.assertFalse(user.has_group(group), login)
        anna = self.env["res.users"].search([("login", "=", "anna")])
        self.assertFalse(anna.has_group("sales_manager_kpi.group_branch_director"))

    def test_stock_is_never_negative(self):
        quants = self.env["stock.quant"].search(
            [
                ("location_id.usage", "in", ("internal", "transit")),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertTrue(quants)
        self.assertFalse(quants.filtered(lambda quant: quant.quantity < 0))

    def test_fabrics_lie_on_lots(self):
        lines = self.env["stock.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "done"),
                ("product_id.tracking", "=", "lot"),
            ]
        )
        self.assertTrue(lines)
        self.assertFalse(lines.filtered(lambda line: not line.lot_id))

    def test_everything_adds_up(self):
        rows = self.env["sales.reconciliation"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertTrue(rows)
        self.assertGreater(sum(rows.mapped("counted")), 0)
        for row in rows:
            self.assertAlmostEqual(row.difference, 0, places=2)

    def test_dates_are_those_of_the_story(self):
        first, last = self.world.first, self.world.last
        for order in self.orders():
            self.assertGreaterEqual(order.create_date.date(), first)
            self.assertLessEqual(order.date_order.date(), last)
            self.assertLessEqual(order.create_date, order.date_order)
            for message in order.message_ids:
                self.assertEqual(message.date, message.create_date)
                self.assertLessEqual(message.date.date(), last)
            if order.state == "sale":
                self.assertEqual(order.first_confirmation_date, order.date_order)

    def test_deliveries_follow_their_orders(self):
        pickings = self.orders().picking_ids.filtered(lambda p: p.state == "done")
        self.assertTrue(pickings)
        for picking in pickings:
            confirmed = picking.sale_id.date_order
            self.assertGreater(picking.date_done, confirmed)
            self.assertLessEqual(picking.date_done.date(), self.world.last)

    def test_customers_are_owned_since_they_were_created(self):
        for partner in self.world.customers.values():
            row = partner.customer_assignment_ids.sorted("date_from")[:1]
            if partner.user_id:
                self.assertEqual(row.date_from, partner.create_date.date())

    def test_payments_settle_their_invoices(self):
        invoices = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "=", "paid"),
            ]
        )
        for invoice in invoices:
            self.assertEqual(invoice.amount_residual, 0)

    def test_plans_of_the_running_month_run(self):
        plans = self.env["sales.plan"].search(
            [
                ("company_id", "=", self.company.id),
                ("date_from", "=", self.world.last.replace(day=1)),
                ("state", "=", "running"),
            ]
        )
        self.assertIn("anna", plans.user_id.mapped("login"))
        for plan in plans:
            self.assertEqual(plan.approver_id, plan.branch_id.director_id)

    def plans(self, login, month):
        """The valid plans of somebody in a month, by branch."""
        plans = self.env["sales.plan"].search(
            [
                ("company_id", "=", self.company.id),
                ("user_id.login", "=", login),
                ("date_from", "=", month),
                ("state", "in", ("approved", "running")),
            ],
            order="day_from",
        )
        return {plan.branch_id.code: plan for plan in plans}

    def test_a_manager_changed_branch_in_mid_month(self):
        login, code, __ = people.MOVED
        month = month_start(self.world.last, -1)
        plans = self.plans(login, month)
        self.assertEqual(list(plans), [people.branch_of(login), code])
        first, second = plans.values()
        moved = people.moving_day(self.world)
        self.assertEqual((first.day_from, second.day_from), (month, moved))
        self.assertEqual(first.day_to, moved - timedelta(days=1))
        self.assertEqual(second.day_to, first.period_id.date_to)
        agreed = first.previous_id
        self.assertEqual(agreed.state, "superseded")
        self.assertAlmostEqual(
            first.target_amount + second.target_amount, agreed.target_amount
        )
        self.assertIn("divided by working days", str(second.message_ids.mapped("body")))

    def test_the_mover_plans_in_the_new_branch(self):
        login, code, __ = people.MOVED
        plans = self.plans(login, month_start(self.world.last))
        self.assertEqual(list(plans), [code])
        self.assertEqual(plans[code].approver_id, self.world.branches[code].director_id)

    def test_both_directors_read_the_movers_scorecard(self):
        login, code, __ = people.MOVED
        Card = self.env["evaluation.scorecard"]
        card = Card.search(
            [
                ("company_id", "=", self.company.id),
                ("user_id.login", "=", login),
                ("date_from", "=", month_start(self.world.last, -1)),
            ]
        )
        self.assertEqual(card.branch_id.code, people.branch_of(login))
        for branch in (card.branch_id, self.world.branches[code]):
            found = Card.with_user(branch.director_id).search([("id", "=", card.id)])
            self.assertEqual(found, card, branch.code)

    def test_a_branch_plans_by_deliveries(self):
        for code, basis in people.BASIS.items():
            for model in ("sales.plan", "sales.branch.plan"):
                plans = self.env[model].search(
                    [("branch_id", "=", self.world.branches[code].id)]
                )
                self.assertTrue(plans, model)
                self.assertEqual(set(plans.mapped("basis")), {basis}, model)

    def test_people_stood_in(self):
        """A holiday that is over, one that runs, one to come, one in reserve."""
        users = self.world.users
        rows = self.env["sales.substitution"].search(
            [("company_id", "=", self.company.id)], order="date_from"
        )
        by_state = rows.grouped("state")
        self.assertEqual(set(by_state), {"ended", "active", "standby"})
        past, running = by_state["ended"], by_state["active"]
        self.assertEqual(
            (past.principal_id, past.deputy_id), (users["anna"], users["bram"])
        )
        self.assertEqual(running.principal_id, users["bram"])
        absences = self.env["sales.absence"].search(
            [("company_id", "=", self.company.id)]
        )
        kinds = {a.user_id.login: a.cover for a in absences}
        self.assertEqual(kinds["anna"], "covered")
        self.assertEqual(kinds["jonas"], "uncovered")
        asked = self.env["mail.activity"].search([("res_model", "=", "sales.absence")])
        self.assertIn(users["heike"], asked.user_id)
        # what the deputy confirmed stays the principal's
        done = self.orders().filtered(
            lambda o: (
                o.user_id == users["anna"]
                and o.state == "sale"
                and past.start_at <= o.date_order < past.stop_at
            )
        )
        self.assertTrue(done)
        for order in done:
            author = order.message_ids.filtered(
                lambda m: (
                    "sale" in m.tracking_value_ids.mapped("new_value_char")
                    or "Sales Order" in m.tracking_value_ids.mapped("new_value_char")
                )
            ).author_id
            self.assertEqual(author, users["bram"].partner_id)

    def test_customers_waited(self):
        """Answers, calls and deliveries, late or still open; the rest came in time."""
        gaps = self.env["service.gap"].search([("company_id", "=", self.company.id)])
        self.assertLessEqual({"answer", "activity"}, set(gaps.mapped("kind")))
        self.assertLessEqual({"open", "closed"}, set(gaps.mapped("state")))
        asked = self.env["mail.message"].search(
            [
                ("message_type", "=", "email"),
                ("author_id", "in", [p.id for p in self.world.customers.values()]),
            ]
        )
        answers = gaps.filtered(lambda gap: gap.kind == "answer")
        self.assertGreater(len(asked), len(answers))
        for gap in gaps.filtered(lambda gap: gap.kind != "absence"):
            self.assertTrue(self.env[gap.res_model].browse(gap.res_id).exists())
        for gap in gaps.filtered(lambda gap: gap.state == "excused"):
            self.assertNotEqual(gap.excused_by_id, gap.user_id)

    def test_nobody_gets_a_mail_today(self):
        mails = self.env["mail.mail"].search(
            [("state", "in", ("outgoing", "exception"))]
        )
        self.assertFalse(mails)

    def test_customers_are_classed(self):
        """By turnover and payment, as the wizard proposes, and dated."""
        classes = self.env["customer.class"].search(
            [("company_id", "=", self.company.id)]
        )
        members = self.env["customer.class.member"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(classes.mapped("code"), ["A", "B", "C"])
        turn = turn_of_norms(self.world)
        billed = self.env["account.move"].search_count(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("invoice_date", "<", turn),
            ]
        )
        self.assertEqual(bool(members), bool(billed))
        if members:
            self.assertEqual(members.decided_by_id, self.world.users["carla"])
        norms = self.env["discount.policy.line"].search([("class_id", "!=", False)])
        self.assertEqual(set(norms.class_id.mapped("code")), {"A", "C"})

    def test_norms_hold_and_somebody_asks(self):
        policy = self.env["discount.policy"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(policy.state, "active")
        self.assertNotEqual(policy.submitted_by_id, policy.activated_by_id)
        anna = self.world.users["anna"]
        drafts = self.env["sale.order"].search(
            [("user_id", "=", anna.id), ("state", "in", ("draft", "sent"))]
        )
        requests = self.env["discount.request"].search([])
        self.assertLessEqual(bool(drafts), anna in requests.user_id)
        for request in requests.filtered(lambda r: r.state != "pending"):
            self.assertNotIn(request.user_id, request.decision_ids.user_id[1:])
        traces = self.env["sale.price.trace"].search([("event", "=", "confirm")])
        confirmed = self.orders().filtered(
            lambda o: o.state == "sale" and o.date_order.date() > policy.date_from
        )
        self.assertLessEqual(confirmed, traces.order_id)
        # the rest was confirmed on the very day, or called off since
        for order in traces.order_id - confirmed:
            self.assertTrue(
                order.state == "cancel" or order.date_order.date() <= policy.date_from,
                (order.name, order.state, order.date_order),
            )

    def test_goods_are_held_and_asked_for(self):
        """Holds in every state, a branch of each mode, and requests that wait."""
        holds = self.env["stock.hold"].search([("company_id", "=", self.company.id)])
        for hold in holds.filtered(lambda hold: hold.state == "active"):
            self.assertAlmostEqual(hold.held_qty, hold.product_qty)
            self.assertGreater(hold.until_at.date(), self.world.last)
        released = holds.filtered(lambda hold: hold.state == "released")
        self.assertTrue(all(released.mapped("release_reason")))
        modes = {code: row.supply_mode for code, row in self.world.branches.items()}
        self.assertEqual(modes, supply.MODES)
        requests = self.env["supply.request"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertLessEqual({"sample", "shortage"}, set(requests.mapped("kind")))
        self.assertFalse(requests.filtered("error_count"))
        for request in requests:
            self.assertNotIn(request.user_id, request.line_ids.answered_by_id)
        short = requests.filtered(lambda row: row.kind == "shortage")
        verdicts = {row.user_id.login: row.line_ids.mapped("verdict") for row in short}
        self.assertEqual(
            verdicts, {"anna": [False], "elke": ["partial"], "jonas": ["rejected"]}
        )
        sources = self.env["sale.order.source"].search([])
        for line, own in sources.grouped("order_line_id").items():
            self.assertAlmostEqual(sum(own.mapped("quantity")), line.product_uom_qty)

    def test_customers_claimed(self):
        """Claims about real deliveries, judged by who is no party to them."""
        claims = self.env["customer.claim"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertTrue(claims)
        self.assertEqual(
            claims.picking_id.sale_id | claims.move_id.line_ids.sale_line_ids.order_id,
            claims.order_id,
        )
        for decision in claims.decision_ids:
            parties = decision.responsible_user_id | decision.claim_id.opened_by_id
            self.assertNotIn(decision.user_id, parties)
        self.assertTrue(claims.filtered(lambda claim: claim.state == "new"))

    def test_the_customer_base_is_looked_after(self):
        """Figures of everybody, visits that were logged, and a possible duplicate."""
        domain = [("company_id", "=", self.company.id)]
        figures = self.env["customer.figure"].search(domain)
        self.assertGreater(len(figures), 20)
        self.assertTrue(all(figures.mapped("refreshed_on")))
        self.assertIn("a", figures.mapped("abc"))
        self.assertTrue(figures.filtered("last_contact_at"))
        kinds = set(self.env["customer.contact"].search(domain).mapped("kind"))
        self.assertLessEqual({"order", "call", "visit"}, kinds)
        self.assertTrue(self.env["customer.duplicate"].search(domain))

    def test_showrooms_show_most_of_what_they_must(self):
        """Cut from rolls with their cost, nearly complete, and with a history."""
        branches = self.env["sales.branch"].search(
            [("company_id", "=", self.company.id), ("has_showroom", "=", True)]
        )
        self.assertEqual(set(branches.mapped("code")), set(showroom.KEEPERS))
        for branch, figures in branches._showroom_figures().items():
            self.assertTrue(0.5 < figures["completeness"] < 1, (branch, figures))
        samples = self.env["showroom.sample"].search(
            [("company_id", "=", self.company.id)]
        )
        for sample in samples.filtered("product_qty"):
            expected = sample.sample_type_id._goods_for(sample.product_id)
            self.assertEqual(sample.product_qty, expected)
            self.assertTrue(sample.is_stock_tracked or sample.cost > 0)
        pieces = samples.filtered(lambda s: s.is_stock_tracked)
        self.assertTrue(pieces)
        self.assertEqual(set(pieces.mapped("state")), {"on_display"})
        days = self.env["showroom.figure"].search([("branch_id", "in", branches.ids)])
        self.assertGreaterEqual(len(set(days.mapped("date"))), 4)

    def test_money_and_goods_are_under_control(self):
        """Every confirmed order has its row, and late payers wait."""
        mine = [("company_id", "=", self.company.id)]
        confirmed = self.env["sale.order"].search([*mine, ("state", "=", "sale")])
        controls = self.env["sale.order.control"].search(mine)
        self.assertEqual(controls.order_id, confirmed)
        self.assertIn("shipped", controls.mapped("shipment_state"))
        limit = self.env["payment.limit"].search(mine)
        self.assertEqual(limit.mode, "hold")

    def test_time_runs_again_afterwards(self):
        self.assertGreater(date.today(), self.world.last)
        self.assertLess(self.world.last, date.today() + timedelta(days=1))
        note = self.env["res.partner"].create({"name": "Afterwards"})
        # the transaction may have begun before midnight
        self.assertGreater(note.create_date.date(), self.world.last)


@tagged("standard", "post_install", "-at_install")
class TestGenerateCompany(TransactionCase):
    def test_a_used_company_is_left_alone(self):
        main = self.env.ref("base.main_company")
        name = main.name
        self.env["sale.order"].create(
            {"partner_id": self.env["res.partner"].create({"name": "Somebody"}).id}
        )
        with patch.object(generate, "_tell"):
            world = generate.main(self.env, months=1, orders=1)
        self.assertEqual(main.name, name)
        self.assertNotEqual(world.company, main)
