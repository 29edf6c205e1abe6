from datetime import date

from freezegun import freeze_time

from odoo import Command

from ..common import SalesManagementCommon
from .common import AFTER, BEFORE, DURING, FIRST, LAST, SubstitutionWorld

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}

# model: (what principal and deputy may, what the director may, what everybody may).
# A model of a later area that inherits sales.substituted.mixin needs a row here and a
# ``_make_<model>`` below.
MATRIX = {
    "sale.order": ("rwc", "r", ""),
    "sale.order.line": ("rwcu", "r", ""),
    "sale.report": ("r", "r", ""),
    "account.move": ("r", "r", ""),
    "account.move.line": ("r", "r", ""),
    # Odoo gives it to accounting only; its rule is there for who has both
    "account.invoice.report": ("", "", ""),
    "account.move.send.wizard": ("rwc", "", ""),
    "account.move.send.batch.wizard": ("rwc", "", ""),
    # the director reads the leads of the own people
    "crm.lead": ("rwc", "r", ""),
    "crm.activity.report": ("r", "", ""),
    "customer.assignment": ("r", "r", ""),
    "sales.credit": ("r", "r", ""),
    "trade.bonus.agreement": ("rwc", "rwc", ""),
    # of a branch without members: colleagues would read it
    "stock.hold": ("rw", "rw", ""),
    # everybody asks in their own name
    "supply.request": ("rwcu", "rwcu", "c"),
    # everybody writes one down for whom it concerns; claims are kept
    "customer.claim": ("rwc", "rwc", "c"),
    # kept by the system; why an order is late is theirs to say
    "sale.order.control": ("rw", "rw", ""),
    "sale.order.control.line": ("r", "r", ""),
    "payment.finding": ("r", "r", ""),
    # whoever heard a promise writes it down for themselves
    "payment.promise": ("rwcu", "rwcu", "c"),
    "payment.release": ("r", "r", ""),
    "sales.contract": ("rwcu", "rwcu", ""),
    "registration.event": ("r", "r", ""),
    "registration.lag": ("r", "r", ""),
    "customer.figure": ("r", "r", ""),
    "sales.offer": ("rwcu", "rwcu", ""),
    # given by directors and commercial directors; reported by a step
    "sales.assignment": ("r", "rwc", ""),
    # directors enter them
    "sales.prospect": ("rw", "rwcu", ""),
    "customer.need": ("rwcu", "rwcu", ""),
    # no rule of their own: open to the company, as Odoo has it
    "res.partner": ("rwc", "rwc", "rwc"),
    "sales.branch": ("r", "r", "r"),
}
# Never reachable through a substitution.
CLOSED = (
    "sales.plan",
    "sales.plan.line",
    "sales.plan.negotiation",
    "sales.plan.report",
    "sales.branch.plan",
    "sales.fact.report",
    "sales.not.counted",
    "sales.growth.report",
    "evaluation.scorecard",
    "evaluation.scorecard.line",
    "evaluation.evidence",
    "evaluation.manual.value",
    "evaluation.correction",
)


class TestMatrix(SubstitutionWorld, SalesManagementCommon):
    """Every model × every person × every operation, before, during and after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_deputy()
        cls.rows = {}
        with freeze_time("2026-11-20 10:00:00"):
            cls.order = cls.make_order()
            cls.invoice = cls.invoice_order(cls.order, date(2026, 11, 20))
            cls.lead = cls.env["crm.lead"].create(
                {"name": "Lead", "user_id": cls.principal.id}
            )
            cls.lead.activity_schedule("mail.mail_activity_data_todo").action_feedback()
            for model in MATRIX:
                make = getattr(cls, "_make_" + model.replace(".", "_"))
                cls.rows[model] = make()
            cls._make_closed()
        cls.env.flush_all()
        cls.substitution = cls.make_substitution()

    # one maker per model: (records of the principal, what to create, what to write)

    @classmethod
    def _make_sale_order(cls):
        line = {"product_id": cls.product.id}
        vals = {"partner_id": cls.customer.id, "order_line": [Command.create(line)]}
        return cls.order, vals, {"client_order_ref": "X"}

    @classmethod
    def _make_sale_order_line(cls):
        order = cls.make_order(confirm=False)
        vals = {"order_id": order.id, "product_id": cls.product.id}
        return order.order_line, vals, {"product_uom_qty": 3}

    @classmethod
    def _make_sale_report(cls):
        cls.env.flush_all()
        domain = [("order_reference", "=", f"sale.order,{cls.order.id}")]
        return cls.env["sale.report"].search(domain), {}, {}

    @classmethod
    def _make_account_move(cls):
        vals = {"move_type": "out_invoice", "partner_id": cls.customer.id}
        return cls.invoice, vals, {"ref": "X"}

    @classmethod
    def _make_account_move_line(cls):
        vals = {"move_id": cls.invoice.id, "name": "X", "display_type": "line_note"}
        return cls.invoice.invoice_line_ids, vals, {"name": "X"}

    @classmethod
    def _make_account_invoice_report(cls):
        cls.env.flush_all()
        domain = [("move_id", "=", cls.invoice.id)]
        return cls.env["account.invoice.report"].search(domain), {}, {}

    @classmethod
    def _make_account_move_send_wizard(cls):
        vals = {"move_id": cls.invoice.id}
        return (
            cls.env["account.move.send.wizard"].create(vals),
            vals,
            {"sending_methods": ["manual"]},
        )

    @classmethod
    def _make_account_move_send_batch_wizard(cls):
        vals = {"move_ids": [Command.set(cls.invoice.ids)]}
        wizard = cls.env["account.move.send.batch.wizard"].create(vals)
        return wizard, vals, {"move_ids": [Command.set(cls.invoice.ids)]}

    @classmethod
    def _make_crm_lead(cls):
        vals = {"name": "New", "user_id": cls.principal.id}
        return cls.lead, vals, {"description": "X"}

    @classmethod
    def _make_crm_activity_report(cls):
        cls.env.flush_all()
        found = cls.env["crm.activity.report"].search([("lead_id", "=", cls.lead.id)])
        return found, {}, {}

    @classmethod
    def _make_customer_assignment(cls):
        row = cls.customer.customer_assignment_ids
        vals = {"partner_id": cls.customer.id, "user_id": cls.principal.id}
        return row, vals, {"reason": "X"}

    @classmethod
    def _make_sales_credit(cls):
        order = cls.make_order()
        stranger = cls.make_user("stranger", "sales_manager_kpi.group_manager")
        vals_list = [
            {
                "order_id": order.id,
                "user_id": user.id,
                "branch_id": cls.branch.id,
                "share_bp": 5000,
                "reason": "Together",
            }
            for user in (cls.principal, stranger)
        ]
        rows = cls.env["sales.credit"].sudo().create(vals_list)
        order._store_credit({order.id: (cls.principal.id, cls.branch.id, "shared")})
        return rows, vals_list[0], {"reason": "X"}

    @classmethod
    def _make_trade_bonus_agreement(cls):
        vals = {
            "name": "Bonus",
            "partner_ids": [Command.set(cls.customer.ids)],
            "user_id": cls.principal.id,
            "branch_id": cls.branch.id,
            "company_id": cls.company.id,
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
        }
        return cls.env["trade.bonus.agreement"].create(vals), vals, {"name": "X"}

    @classmethod
    def _make_stock_hold(cls):
        order = cls.make_order(confirm=False)
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        vals = {
            "order_line_id": order.order_line.id,
            "order_id": order.id,
            "partner_id": cls.customer.id,
            "product_id": cls.product.id,
            "product_uom_qty": 1,
            "product_uom_id": cls.product.uom_id.id,
            "product_qty": 1,
            "company_id": cls.company.id,
            "branch_id": cls.make_branch("EMP", "Empty", cls.director, ()).id,
            "warehouse_id": warehouse.id,
            "until_at": "2026-12-31 16:00:00",
            "user_id": cls.principal.id,
        }
        return cls.env["stock.hold"].sudo().create(vals), vals, {"note": "X"}

    @classmethod
    def _make_supply_request(cls):
        vals = {"branch_id": cls.branch.id}
        request = cls.env["supply.request"].with_user(cls.principal).create(vals)
        return request.with_env(cls.env), vals, {"note": "X"}

    @classmethod
    def _make_customer_claim(cls):
        vals = {"subject": "Faded", "partner_id": cls.customer.id}
        claim = cls.env["customer.claim"].with_user(cls.principal).create(vals)
        return claim.with_env(cls.env), vals, {"description": "X"}

    @classmethod
    def _make_sale_order_control(cls):
        cls.env.cr.flush()
        domain = [("order_id", "=", cls.order.id)]
        control = cls.env["sale.order.control"].search(domain)
        return control, {"order_id": cls.order.id}, {"late_note": "X"}

    @classmethod
    def _make_sale_order_control_line(cls):
        lines = cls.env["sale.order.control.line"]
        vals = {
            "order_line_id": cls.order.order_line[0].id,
            "order_id": cls.order.id,
            "company_id": cls.company.id,
            "partner_id": cls.customer.id,
            "product_id": cls.product.id,
            "user_id": cls.principal.id,
            "branch_id": cls.branch.id,
        }
        found = lines.search([("order_id", "=", cls.order.id)])
        return found or lines.sudo().create(vals), vals, {"is_late": True}

    @classmethod
    def _make_payment_finding(cls):
        vals = {
            "kind": "amount",
            "move_id": cls.invoice.id,
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "branch_id": cls.branch.id,
            "user_id": cls.principal.id,
        }
        return cls.env["payment.finding"].sudo().create(vals), vals, {"reason": "X"}

    @classmethod
    def _make_payment_promise(cls):
        vals = {
            "partner_id": cls.customer.id,
            "amount": 10,
            "promised_on": date(2027, 1, 15),
        }
        promises = cls.env["payment.promise"].with_user(cls.principal)
        promise = promises.create({**vals, "order_id": cls.order.id})
        return promise.with_env(cls.env), vals, {"note": "X"}

    @classmethod
    def _make_payment_release(cls):
        vals = {
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "branch_id": cls.branch.id,
            "user_id": cls.principal.id,
            "reason": "Paid by cheque",
            "until_at": "2027-01-15 10:00:00",
            "released_by_id": cls.director.id,
        }
        return cls.env["payment.release"].sudo().create(vals), vals, {"reason": "X"}

    @classmethod
    def _make_sales_contract(cls):
        vals = {
            "partner_id": cls.customer.id,
            "user_id": cls.principal.id,
            "date_to": date(2027, 11, 20),
        }
        contract = cls.env["sales.contract"].with_user(cls.principal).create(vals)
        return contract.with_env(cls.env), vals, {"credit_limit": 5}

    @classmethod
    def _make_sales_offer(cls):
        vals = {
            "partner_id": cls.customer.id,
            "user_id": cls.principal.id,
            "validity_date": date(2027, 1, 15),
        }
        offer = cls.env["sales.offer"].with_user(cls.principal).create(vals)
        return offer.with_env(cls.env), vals, {"internal_note": "X"}

    @classmethod
    def _make_sales_assignment(cls):
        vals = {
            "subject": "Call them",
            "user_id": cls.principal.id,
            "deadline": date(2027, 1, 15),
        }
        head = cls.env["sales.assignment"].with_user(cls.commercial)
        return head.create(vals).with_env(cls.env), vals, {"description": "X"}

    @classmethod
    def _make_sales_prospect(cls):
        places = cls.env["sales.prospect.list"].create(
            {"name": "Fair", "branch_id": cls.branch.id, "kind": "rows"}
        )
        vals = {"list_id": places.id, "name": "Stranger", "user_id": cls.principal.id}
        return cls.env["sales.prospect"].create(vals), vals, {"phone": "1"}

    @classmethod
    def _make_customer_need(cls):
        vals = {
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "product_id": cls.product.id,
        }
        need = cls.env["customer.need"].with_user(cls.principal).create(vals)
        return need.with_env(cls.env), vals, {"quality": "X"}

    @classmethod
    def _make_registration_event(cls):
        vals = {
            "rule_id": cls._registration_rule().id,
            "severity": "major",
            "company_id": cls.company.id,
            "branch_id": cls.branch.id,
            "res_model": "sale.order",
            "res_id": cls.order.id,
            "document_name": cls.order.name,
            "user_id": cls.principal.id,
            "credited_user_id": cls.principal.id,
            "day": date(2026, 11, 20),
        }
        return cls.env["registration.event"].sudo().create(vals), vals, {"note": "X"}

    @classmethod
    def _make_registration_lag(cls):
        vals = {
            "rule_id": cls._registration_rule().id,
            "kind": "order",
            "company_id": cls.company.id,
            "branch_id": cls.branch.id,
            "credited_user_id": cls.principal.id,
            "document_name": cls.order.name,
            "day": date(2026, 11, 20),
        }
        return cls.env["registration.lag"].sudo().create(vals), vals, {"hours": 1}

    @classmethod
    def _registration_rule(cls):
        rules = cls.env["registration.rule"].with_context(active_test=False)
        return rules.search([], limit=1)

    @classmethod
    def _make_customer_figure(cls):
        Figure = cls.env["customer.figure"].sudo()
        figures = Figure._refresh(cls.customer, cls.company)
        # nobody had the customer yet on that day
        figures.write({"user_id": cls.principal.id, "branch_id": cls.branch.id})
        vals = {"partner_id": cls.customer.id, "company_id": cls.company.id}
        return figures.with_env(cls.env), vals, {"turnover": 1}

    @classmethod
    def _make_res_partner(cls):
        vals = {"name": "New", "user_id": cls.principal.id}
        return cls.customer, vals, {"comment": "X"}

    @classmethod
    def _make_sales_branch(cls):
        return cls.branch, {"name": "X", "code": "X"}, {"note": "X"}

    @classmethod
    def _make_closed(cls):
        cls.plan = cls.env["sales.plan"].create(
            {
                "user_id": cls.principal.id,
                "period_id": cls.env["sales.period"]
                ._for_date(cls.company, date(2026, 12, 1))
                .id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": 100})
                ],
            }
        )

    # ------------------------------------------------------------------

    def allowed_operations(self, user, model):
        records, create_vals, write_vals = self.rows[model]
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if self.may(user, operation, records, create_vals, write_vals)
        )

    def assert_may(self, user, model, expected, moment):
        found = self.allowed_operations(user, model)
        self.assertEqual(found, expected, f"{user.login} on {model} at {moment}")

    def test_every_model_has_a_row(self):
        models = self.env.registry.descendants(["sales.substituted.mixin"], "_inherit")
        concrete = {name for name in models if not self.env[name]._abstract}
        self.assertEqual(concrete, set(MATRIX))
        for model, (records, *_vals) in self.rows.items():
            self.assertTrue(records, f"nothing of {model} to try it with")

    def test_deputy_by_the_clock(self):
        for model, (own, __, everybody) in MATRIX.items():
            for moment, expected in (
                (BEFORE, everybody),
                (FIRST, own),
                (LAST, own),
                (AFTER, everybody),
            ):
                with self.subTest(model=model, moment=moment), freeze_time(moment):
                    self.assert_may(self.deputy, model, expected, moment)

    def test_the_others_during_it(self):
        for model, (own, director, everybody) in MATRIX.items():
            for user, expected in (
                (self.principal, own),
                (self.third, everybody),
                (self.director, director),
                (self.other_director, everybody),
                (self.manager_b, everybody),
            ):
                with self.subTest(model=model, user=user.login), freeze_time(DURING):
                    self.assert_may(user, model, expected, DURING)

    def test_plans_scorecards_and_facts_stay_closed(self):
        def count(model):
            model = self.allowed(self.deputy)[model]
            return model.search_count([]) if model.has_access("read") else None

        self.assertFalse(self.may(self.deputy, "read", self.plan))
        with freeze_time(BEFORE):
            before = {model: count(model) for model in CLOSED}
        with freeze_time(DURING):
            during = {model: count(model) for model in CLOSED}
            self.assertFalse(self.may(self.deputy, "read", self.plan))
            self.assertTrue(self.may(self.principal, "read", self.plan))
            mine = self.allowed(self.principal)["sales.fact.report"].search_count([])
            self.assertTrue(mine, "there is something to hide")
        self.assertEqual(during, before)

    def test_rules_reach_exactly_these_models(self):
        rules = self.env["ir.rule"].search([("domain_force", "like", "is_acted_for")])
        direct = rules.filtered(
            lambda r: r.domain_force.replace(" ", "").find("('is_acted_for'") >= 0
        )
        open_models = {"res.partner", "sales.branch"}
        self.assertEqual(
            set(direct.model_id.mapped("model")), set(MATRIX) - open_models
        )
        self.assertFalse(set(rules.model_id.mapped("model")) & set(CLOSED))

    def test_no_sibling_is_forgotten(self):
        """A document opens without its lines, and nobody is told, where one is."""
        salesman = self.env.ref("sales_team.group_sale_salesman")
        rules = self.env["ir.rule"].search([("groups", "in", salesman.ids)])
        personal = rules.filtered(lambda r: "user.id" in r.domain_force)
        covered = rules.filtered(lambda r: "is_acted_for" in r.domain_force)
        self.assertEqual(
            set(personal.model_id.mapped("model")),
            set(covered.model_id.mapped("model")),
        )

    def test_a_third_user_of_the_transaction_learns_nothing(self):
        with freeze_time(DURING):
            for model, (records, *_vals) in self.rows.items():
                if model == "sales.branch":
                    continue
                asked = [
                    self.allowed(user)[model].browse(records.ids)
                    for user in (self.deputy, self.third, self.principal)
                ]
                answers = [some.sudo().mapped("is_acted_for") for some in asked]
                self.assertEqual(
                    answers,
                    [[True] * len(records), [False] * len(records)] + answers[1:2],
                    model,
                )

    def test_computed_and_searched_alike(self):
        for moment in (BEFORE, FIRST, LAST, AFTER):
            with freeze_time(moment):
                for model, (records, *_vals) in self.rows.items():
                    theirs = self.allowed(self.deputy)[model].sudo()
                    found = theirs.search(
                        [("id", "in", records.ids), ("is_acted_for", "=", True)]
                    )
                    not_found = theirs.search(
                        [("id", "in", records.ids), ("is_acted_for", "=", False)]
                    )
                    theirs.browse(records.ids).invalidate_recordset(["is_acted_for"])
                    computed = theirs.browse(records.ids).filtered("is_acted_for")
                    self.assertEqual(found, computed, (model, moment))
                    self.assertEqual(found | not_found, records, (model, moment))

    def test_areas_are_apart(self):
        self.substitution.action_revoke()
        self.env["sales.substitution"].flush_model()
        areas = {
            "scope_orders": {"sale.order", "sale.order.line", "sale.report"}
            | {"customer.assignment", "sales.credit", "trade.bonus.agreement"}
            | {"stock.hold", "supply.request", "customer.claim", "customer.figure"}
            | {"sale.order.control", "sale.order.control.line", "sales.contract"}
            | {"payment.finding", "payment.promise", "payment.release"}
            | {"registration.event", "registration.lag"}
            | {"sales.offer", "sales.assignment", "customer.need"},
            "scope_invoices": {"account.move", "account.move.line"}
            | {"account.move.send.wizard", "account.move.send.batch.wizard"},
            "scope_leads": {"crm.lead", "crm.activity.report", "sales.prospect"},
        }
        for area, models in areas.items():
            off = dict.fromkeys(areas, False)
            row = self.make_substitution(**{**off, area: True})
            with freeze_time(DURING):
                for model in set(MATRIX) - {"res.partner", "sales.branch"}:
                    self.assertEqual(
                        self.may(self.deputy, "read", self.rows[model][0]),
                        model in models,
                        (area, model),
                    )
            with freeze_time(BEFORE):
                row.action_revoke()

    def test_own_customers_only(self):
        group = self.env.ref("sales_manager_kpi.group_own_customers_only")
        self.env.ref("base.group_user").implied_ids |= group
        try:
            for moment, expected in (
                (BEFORE, ""),
                (FIRST, "rwc"),
                (LAST, "rwc"),
                (AFTER, ""),
            ):
                with freeze_time(moment):
                    found = self.allowed_operations(self.deputy, "res.partner")
                    # creating for somebody else means reading what one made
                    self.assertEqual(found, expected, moment)
            with freeze_time(DURING):
                self.assertFalse(self.may(self.third, "read", self.customer))
        finally:
            self.env.ref("base.group_user").implied_ids -= group

    def test_another_company_gives_nothing(self):
        other = (
            self.company_data_2["company"]
            if hasattr(self, "company_data_2")
            else self.env["res.company"].create({"name": "Other"})
        )
        both = self.company | other
        for user in (self.principal, self.deputy):
            user.company_ids |= other
        order = self.env["sale.order"].create(
            {
                "company_id": other.id,
                "partner_id": self.customer.id,
                "user_id": self.principal.id,
            }
        )
        lead = self.env["crm.lead"].create(
            {"name": "There", "user_id": self.principal.id, "company_id": other.id}
        )
        with freeze_time(DURING):
            for document in (order, lead):
                self.assertTrue(
                    self.may(self.principal, "read", document, companies=both)
                )
                self.assertFalse(
                    self.may(self.deputy, "read", document, companies=both)
                )
                self.assertFalse(
                    self.may(self.deputy, "write", document, companies=both)
                )
            self.assertTrue(self.may(self.deputy, "read", self.order, companies=both))
            # of no company: as long as the deputy works in the one of the substitution
            self.lead.company_id = False
            self.assertTrue(self.may(self.deputy, "read", self.lead, companies=both))
            self.assertFalse(self.may(self.deputy, "read", self.lead, companies=other))

    def test_a_record_read_before_closes_on_its_second(self):
        order = self.allowed(self.deputy)["sale.order"].browse(self.order.id)
        with freeze_time(LAST):
            self.assertTrue(order.has_access("write"))
            order.read(["name"])
        with freeze_time(AFTER):
            self.assertFalse(order.has_access("write"))
            self.assertFalse(order.has_access("read"))
            self.assertFalse(order.search([("id", "=", order.id)]))

    def test_the_principal_bounds_the_deputy(self):
        """What the absent one may not do any more, the deputy does not do either."""
        with freeze_time(DURING):
            self.assertTrue(self.may(self.deputy, "read", self.order))
            manager = self.env.ref("sales_manager_kpi.group_manager")
            salesman = self.env.ref("sales_team.group_sale_salesman")
            with self.undone():
                self.principal.group_ids -= manager | salesman
                self.env["sales.substitution"]._forget_running()
                self.assertFalse(self.may(self.deputy, "read", self.order))
        self.env["sales.substitution"]._forget_running()
