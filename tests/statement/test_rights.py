import csv
import io

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import ADMIN
from .common import StatementCommon

PRIVATE = (
    *("bonus.statement", "bonus.statement.line", "bonus.holdback"),
    *("bonus.holdback.release", "bonus.salary", "bonus.adjustment"),
)


@tagged("standard", "post_install", "-at_install")
class TestPayRights(StatementCommon):
    """Who reads what of pay: by record, group, export and name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_document([(cls.cloth, 10000.0)])
        cls.adjustment(5.0)
        cls.env["bonus.salary"].with_user(cls.payer).create(
            {
                "user_id": cls.manager_a.id,
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "amount": 3000.0,
            }
        )
        cls.close_month(cls.january)
        cls.statements = cls.Statement.search([])

    def found(self, model, user):
        return self.env[model].with_user(user).search([])

    def test_evidence_for_who_approves(self):
        """Who pays opens the facts behind a line, frozen or live, of the company."""
        line = self.statement(self.manager_a).line_ids.filtered("fact_model")[:1]
        self.assertTrue(line.base)
        action = line.with_user(self.payer).action_open_evidence()
        Fact = self.env[action["res_model"]].with_user(self.payer)
        rows = Fact.web_search_read(
            action["domain"], {"amount": {}, "partner_id": {"fields": {}}}
        )
        self.assertEqual(sum(row["amount"] for row in rows["records"]), line.base)
        for model in ("sales.fact.line", "sales.fact.report"):
            for view in ("list", "pivot"):
                self.env[model].with_user(self.payer).get_view(view_type=view)
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.payer).search([]).unlink()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.payer.write({"company_ids": [Command.link(other.id)]})
        elsewhere = Fact.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([]))

    def test_without_the_privilege(self):
        """Directors and administrators read nothing of pay, in no way."""
        self.sent()
        sent = self.dispute(self.statement(self.manager_a))
        for user in (self.director, self.commercial, self.admin, self.manager_b):
            user.group_ids |= self.env.ref("base.group_allow_export")
            for model in PRIVATE:
                with self.subTest(user=user.login, model=model):
                    Model = self.env[model].with_user(user)
                    self.assertFalse(Model.search([]))
                    self.assertEqual(Model.search_count([]), 0)
                    self.assertFalse(Model.name_search(""))
                    groups = Model.formatted_read_group([], ["user_id"], ["__count"])
                    self.assertFalse(groups)
                    rows = self.env[model].sudo().search([])
                    if not rows:
                        continue
                    with self.assertRaises(AccessError):
                        rows.with_user(user).read(["user_id"])
                    with self.assertRaises(AccessError):
                        rows.with_user(user).export_data(["user_id"])
            with self.assertRaises(AccessError):
                sent.with_user(user).read(["claimed_amount"])
            with self.assertRaises(AccessError):
                sent.step_ids.with_user(user).read(["note"])
        for user in (self.plain, self.supervisor):
            for model in (*PRIVATE, "bonus.adjustment.reason"):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.found(model, user)

    def test_steps_without_the_privilege(self):
        statement = self.sent()
        for user in (self.director, self.commercial, self.admin, self.manager_b):
            own = statement.with_user(user)
            for step in (
                *("compute", "send", "acknowledge", "approve", "withdraw"),
                *("lock", "pay", "reverse", "dispute", "export_payroll", "verify"),
            ):
                with self.subTest(user=user.login, step=step):
                    with self.assertRaises(AccessError):
                        getattr(own, f"action_{step}")()
        own = statement.with_user(self.manager_a)
        for step in ("compute", "send", "approve", "lock", "pay", "export_payroll"):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(own, f"action_{step}")()

    def test_the_person(self):
        """From the day it is sent on; the salary and the adjustment always."""
        self.assertFalse(self.found("bonus.statement", self.manager_a))
        self.assertFalse(self.found("bonus.statement.line", self.manager_a))
        self.assertEqual(self.found("bonus.salary", self.manager_a).amount, 3000.0)
        self.assertEqual(self.found("bonus.adjustment", self.manager_a).amount, 5.0)
        statement = self.sent()
        own = self.found("bonus.statement", self.manager_a)
        self.assertEqual(own, statement)
        self.assertEqual((own.salary, own.payable_with_salary), (3000.0, 3205.0))
        values = self.open_form(own)
        self.assertEqual(len(values[0]["line_ids"]), 2)
        self.open_form(own.line_ids[0])
        self.open_form(self.found("bonus.adjustment", self.manager_a))
        self.open_form(self.dispute(own.line_ids[0]))
        with self.assertRaises(AccessError):
            own.read(["scheme_id"])
        with self.assertRaises(AccessError):
            own.line_ids.read(["component_id"])

    def test_who_approves_pay(self):
        for user in (self.payer, self.payer_2):
            self.assertEqual(self.found("bonus.statement", user), self.statements)
        statement = self.sent().with_user(self.payer)
        self.open_form(statement)
        self.open_form(self.found("bonus.adjustment", self.payer))
        dispute = self.dispute(self.statement(self.manager_a))
        self.open_form(dispute.with_user(self.payer))
        for model in (*PRIVATE, "evaluation.dispute", "bonus.adjustment.reason"):
            for user in (self.payer, self.manager_a):
                if model != "bonus.adjustment.reason" or user == self.payer:
                    self.env[model].with_user(user).get_views(
                        [(False, "list"), (False, "form"), (False, "search")]
                    )
        for view in ("pivot", "graph"):
            self.env["bonus.statement"].with_user(self.payer).get_views([(False, view)])

    def test_every_export_is_kept(self):
        """Who takes pay along, of whatever kind, leaves a line in the log."""
        self.dispute(self.sent())
        self.payer.group_ids |= self.env.ref("base.group_allow_export")
        Log = self.env["sales.export.log"].sudo()
        for model in (*PRIVATE, "evaluation.dispute", "bonus.analysis"):
            before = Log.search_count([("res_model", "=", model)])
            rows = self.found(model, self.payer)
            rows.export_data(["user_id", "company_id"])
            with self.subTest(model=model):
                log = Log.search([("res_model", "=", model)], order="id")[before:]
                self.assertEqual(log.user_id, self.payer)
                self.assertEqual(log.record_count, len(rows))

    def test_another_company(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self.make_user(
            "stranger", "base.group_user,sales_manager_kpi.group_pay", other
        )
        for model in (*PRIVATE, "evaluation.dispute"):
            with self.subTest(model=model):
                self.assertFalse(self.found(model, stranger))
        with self.assertRaises(AccessError):
            self.statements.with_user(stranger).action_send()

    def test_nothing_moves_to_another_company(self):
        """Neither a salary nor an adjustment, which nobody there has decided about."""
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.manager_a.sudo().company_ids |= other
        salary = self.found("bonus.salary", self.payer)
        with self.assertRaises(AccessError):
            salary.company_id = other
        draft = self.env["bonus.adjustment"].with_user(self.payer)
        draft = draft.create(
            {
                "user_id": self.manager_a.id,
                "amount": 5.0,
                "note": "Agreed",
                "reason_id": self.reason.id,
            }
        )
        with self.assertRaises(AccessError):
            draft.company_id = other

    def test_what_schemes_are_made_of(self):
        """Nobody without the privilege reads it; the own parts stay where they are."""
        for model in (
            *("bonus.scheme", "bonus.component", "bonus.tier", "bonus.decay"),
        ):
            for user in (self.manager_a, self.director, self.commercial, self.admin):
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        self.found(model, user)
        scheme = self.scheme.with_user(self.payer).copy({"code": "kept"})
        scheme.component_ids.write(
            {"tier_ids": [Command.create({"start": 0.0, "rate": 1.0})]}
        )
        other = scheme.copy({"code": "other"})
        with self.assertRaisesRegex(UserError, "stays with it"):
            scheme.component_ids.tier_ids.write({"scheme_id": other.id})

    def test_the_checklist_of_a_month(self):
        """Points are of whoever looked, decisions are written by the system."""
        self.january.with_user(self.commercial).action_check()
        self.february.with_user(self.commercial).action_check()
        self.assertTrue(self.found("sales.period.point", self.commercial))
        self.assertFalse(self.found("sales.period.point", self.admin))
        for model in ("sales.period.point", "sales.period.decision"):
            with self.assertRaises(AccessError):
                self.found(model, self.manager_a)
        decision = self.found("sales.period.decision", self.commercial)[:1]
        self.assertEqual(decision.period_id, self.january)
        with self.assertRaises(AccessError):
            decision.reason = "Otherwise"

    def test_a_form_tells_nothing_of_another_company(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        spec = {"company_id": {}, "date_from": {}, "counted": {}, "ledger": {}}
        values = {"company_id": self.company.id, "date_from": "2026-01-01"}
        Period = self.env["sales.period"]
        names = list(values)
        own = Period.with_user(self.admin).onchange(values, names, spec)["value"]
        self.assertEqual(own["ledger"], 10000.0)
        stranger = self.make_user("stranger_admin", ADMIN, other)
        told = Period.with_user(stranger).onchange(values, names, spec)["value"]
        self.assertFalse(told.get("ledger"))

    def test_closed_months_stay(self):
        with self.assertRaisesRegex(UserError, "is closed"):
            self.january.with_user(self.admin).write(
                {"date_from": "2031-01-01", "date_to": "2031-01-31"}
            )

    def test_approved_keeps_the_month_closed(self):
        self.statements.with_user(self.payer).action_send()
        self.statements.with_user(self.payer).action_approve()
        self.assertTrue(self.january._reopen_blockers())

    # ------------------------------------------------------------------
    # Salary
    # ------------------------------------------------------------------

    def test_own_salary(self):
        """Nobody sets their own, whatever their group."""
        self.manager_a.group_ids |= self.env.ref("sales_manager_kpi.group_pay")
        salary = self.found("bonus.salary", self.manager_a)
        with self.assertRaises(AccessError):
            salary.amount = 9000.0
        with self.assertRaises(AccessError):
            salary.unlink()
        with self.assertRaises(AccessError):
            salary.create(
                {
                    "user_id": self.manager_a.id,
                    "company_id": self.company.id,
                    "date_from": "2026-02-01",
                    "amount": 9000.0,
                }
            )
        with self.assertRaises(AccessError):
            salary.with_user(self.manager_b).read(["amount"])

    def test_salary_of_a_locked_month_stays(self):
        self.locked()
        salary = self.found("bonus.salary", self.payer)
        with self.assertRaises(UserError):
            salary.amount = 3100.0
        with self.assertRaises(UserError):
            salary.unlink()
        values = {"user_id": self.manager_a.id, "company_id": self.company.id}
        with self.assertRaises(UserError):
            salary.create({**values, "date_from": "2026-01-16", "amount": 3100.0})
        salary.create({**values, "date_from": "2026-02-16", "amount": 3280.0})
        self.Statement._compute_period(self.february)
        february = self.statement(self.manager_a, self.february)
        # 15 days of 28 at 3,000 and 13 at 3,280
        self.assertEqual(february.with_user(self.payer).salary, 3130.0)

    # ------------------------------------------------------------------
    # Mail and files
    # ------------------------------------------------------------------

    def test_mail_goes_to_the_person_alone(self):
        statement = self.sent()
        statement.sudo().message_subscribe(
            partner_ids=(self.director | self.payer_2).partner_id.ids
        )
        with self.mock_mail_gateway():
            statement._send_mails()
        self.assertFalse(statement.is_mail_due)
        mails = self._new_mails
        self.assertEqual(mails.recipient_ids, self.manager_a.partner_id)
        self.assertNotIn("205", mails.body_html)
        self.assertTrue(mails.attachment_ids)
        message = statement.with_user(self.payer).message_post(
            body="See line 1",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.commercial.partner_id.ids,
        )
        told = message.sudo().notified_partner_ids
        self.assertFalse(told & (self.director | self.commercial).partner_id)
        self.assertIn(self.payer_2.partner_id, told)

    def test_paper_in_the_language_of_the_person(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        self.manager_a.lang = "nl_NL"
        statement = self.sent()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.payer)
            ._render_qweb_html(
                "sales_manager_kpi.report_bonus_statement", statement.ids
            )
        )
        self.assertIn("200,00", html.decode())
        self.assertNotIn("200.00", html.decode())
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.director)._render_qweb_html(
                "sales_manager_kpi.report_bonus_statement", statement.ids
            )

    def test_payroll(self):
        statement = self.sent()
        payer = statement.with_user(self.payer)
        with self.assertRaises(UserError):
            payer.action_export_payroll()
        payer.action_approve()
        self.manager_a.sudo().name = "=1+1"
        Log = self.env["sales.export.log"].sudo()
        before = Log.search_count([])
        [row] = csv.DictReader(io.StringIO(payer._payroll_csv()))
        self.assertEqual(
            (row["name"], row["month"], row["payable"], row["salary"]),
            ("'=1+1", "2026-01", "205.00", "3000.00"),
        )
        log = Log.search([], limit=1, order="id desc")
        self.assertEqual(Log.search_count([]), before + 1)
        self.assertEqual((log.user_id, log.record_count), (self.payer, 1))
        with self.assertRaises(AccessError):
            statement.with_user(self.admin)._payroll_csv()
        self.assertIn(str(statement.id), payer.action_export_payroll()["url"])
