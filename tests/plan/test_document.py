from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time
from odoo.tools import mute_logger

from .common import PlanCommon

REPORT = "sales_manager_kpi.report_sales_plan"


@freeze_time("2026-03-10 12:00:00")
class TestPlanDocument(PlanCommon):
    """The plan on paper, in the reader's language."""

    def html(self, plan, user, **context):
        self.env.invalidate_all()  # what is in memory is read without asking
        report = self.env["ir.actions.report"].with_user(user).with_context(**context)
        content, __ = report._render_qweb_html(REPORT, plan.ids)
        return content.decode().replace("\xa0", " ")

    def test_paper_says_what_was_agreed(self):
        self.make_fact(self.manager_a, "2025-03-05", 777, self.linen)
        plan = self.make_plan(total=1000, lines=[(self.fabrics, 600)])
        plan.with_user(self.manager_a).write(
            {
                "note": "<p>Two hotels refit</p>",
                "line_ids": [
                    Command.create(
                        {
                            "dimension": "total",
                            "measure": "new_customers",
                            "target_quantity": 3,
                        }
                    )
                ],
            }
        )
        self.submit(plan)
        line = plan.line_ids.filtered("categ_id")
        line.with_user(self.commercial).target_amount = 650
        plan.with_user(self.commercial).approve_plans("The fair is in March")
        self.env.invalidate_all()
        html = self.html(plan, self.manager_a)
        for text in (
            "March 2026",
            "manager_a",
            "Fabrics",
            "777.00",
            "600.00",
            "650.00",
            "Further targets",
            "3.00",
            "The fair is in March",
            "Two hotels refit",
            "Agreed target",
            "Manager, date and signature",
            "commercial",
        ):
            self.assertIn(text, html)
        self.assertIn(self.company.name, html)  # the company's layout

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        plan = self.make_plan()
        html = self.html(plan, self.manager_a, lang="nl_NL")
        self.assertIn('lang="nl-NL"', html)
        self.assertIn("maart 2026", html)
        self.assertIn("March 2026", self.html(plan, self.manager_a, lang="en_US"))

    def test_pdf_and_button(self):
        plan = self.make_plan()
        action = self.rpc(self.manager_a, plan, "action_print")
        self.assertEqual(action["report_name"], REPORT)
        self.assertNotIn("/", plan._document_name())
        with self.allow_pdf_render():
            content, kind = (
                self.env["ir.actions.report"]
                .with_user(self.manager_a)
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf(REPORT, plan.ids)
            )
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))

    def test_nobody_prints_what_they_may_not_read(self):
        plan = self.make_plan()
        for user in (self.manager_b, self.other_director, self.plain):
            with self.refused("", AccessError):
                self.html(plan, user)
            with self.refused("", AccessError):
                self.rpc(user, plan, "action_print")
        for user in (self.director, self.commercial):
            self.assertIn("March 2026", self.html(plan, user))

    def test_a_paper_of_the_system_tells_no_margin_to_the_manager(self):
        self.make_fact(self.manager_a, "2025-03-05", 90, self.linen, margin=31.37)
        plan = self.make_plan(total=1000)
        self.further(plan, self.fabrics, 100, "margin")
        group = self.env.ref("sales_manager_kpi.group_cost")
        group.user_ids = [Command.set(self.commercial.ids)]
        self.assertNotIn("31.37", self.html(plan, self.env.ref("base.user_root")))
        self.assertNotIn("31.37", self.html(plan, self.manager_a))
        self.assertIn("31.37", self.html(plan, self.commercial))


@freeze_time("2026-03-10 12:00:00")
class TestPlanMail(PlanCommon):
    """An approval brings one mail to the manager, with the plan on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_a.email = "a@example.com"
        cls.manager_b.email = "b@example.com"

    def send(self):
        """Run the job; the mails it made."""
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("sales_manager_kpi.ir_cron_plan_mail").method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def test_once_per_approval_with_the_paper(self):
        plan = self.approve(self.make_plan())
        self.assertTrue(plan.mail_waiting)
        mail = self.send()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.manager_a.partner_id)
        self.assertEqual(mail.subject, "Your plan of March 2026 is approved")
        self.assertIn("1,000.00", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn("March 2026", mail.attachment_ids.name)
        self.assertFalse(self.send())
        revision = plan.with_user(self.manager_a).revise("More is coming")
        self.approve(revision.with_env(self.env))
        self.assertEqual(len(self.send()), 1)

    def test_several_approved_together_are_one_mail(self):
        plans = self.make_plan()
        for day in ("2026-04-01", "2026-05-01"):
            plans |= self.make_plan(period=self.month(day))
        plans |= self.make_plan(user=self.manager_b)
        self.submit(plans)
        plans.with_user(self.commercial).action_approve()
        mails = self.send()
        self.assertEqual(len(mails), 2)
        mine = mails.filtered(lambda m: m.recipient_ids == self.manager_a.partner_id)
        self.assertEqual(len(mine.attachment_ids), 3)
        self.assertEqual(
            mine.subject, "Your plan of March 2026, April 2026, May 2026 is approved"
        )

    def test_in_the_language_of_the_manager(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.manager_a.lang = "nl_NL"
        self.approve(self.make_plan())
        mail = self.send()
        self.assertIn("maart 2026", mail.subject)
        paper = mail.attachment_ids.raw.decode()  # tests print HTML
        self.assertIn('lang="nl-NL"', paper)

    def test_no_mail_where_nobody_would_read_it(self):
        self.manager_a.email = False
        plan = self.approve(self.make_plan())
        gone = self.approve(self.make_plan(user=self.manager_b))
        gone.user_id.sudo().active = False
        self.assertFalse(self.send())
        self.assertFalse((plan | gone).filtered("mail_waiting"))

    def test_a_mail_that_comes_too_late_is_not_sent(self):
        plan = self.approve(self.make_plan())
        plan._as_system().write(
            {"approved_on": fields.Datetime.now() - timedelta(days=8)}
        )
        self.assertFalse(self.send())

    def test_what_goes_wrong_with_one_keeps_the_others(self):
        self.approve(self.make_plan())
        self.approve(self.make_plan(user=self.manager_b))
        Plan = type(self.env["sales.plan"])
        origin = Plan._document_name

        def broken(plan):
            if plan.user_id.login == "manager_a":
                raise ValueError("no paper")
            return origin(plan)

        self.patch(Plan, "_document_name", broken)
        with mute_logger(
            "odoo.addons.sales_manager_kpi.models.sales_plan_document_mixin"
        ):
            mail = self.send()
        self.assertEqual(mail.recipient_ids, self.manager_b.partner_id)

    def test_nobody_asks_for_a_mail_by_hand(self):
        plan = self.make_plan()
        with self.refused("Status, version and approval"):
            self.rpc(self.manager_a, plan, "write", {"mail_waiting": True})
