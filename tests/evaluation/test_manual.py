import base64
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time

from .test_workflow import WorkflowCommon


class ManualCommon(WorkflowCommon):
    """A criterion that the director of the branch enters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manual = cls.criterion.create(
            {"name": "Showroom", "code": "showroom", "measure": "manual"}
        )
        cls.env["evaluation.scheme"].create(
            {
                "name": "With showroom",
                "company_id": cls.company.id,
                "line_ids": [
                    Command.create({"criterion_id": cls.criterion.id, "weight": 60}),
                    Command.create({"criterion_id": cls.manual.id, "weight": 40}),
                ],
            }
        )
        cls.Value = cls.env["evaluation.manual.value"]

    def vals(self, user=None, **values):
        return {
            "criterion_id": self.manual.id,
            "user_id": (user or self.manager_a).id,
            "period_id": self.period.id,
            "value": 0.9,
            "note": "Checked on the 28th",
            **values,
        }

    def enter(self, user, **values):
        return self.rpc(user, self.Value, "create", self.vals(**values))

    def may_enter(self, user=None):
        return self.may(self.Value, "create", self.vals(user))

    def rpc(self, user, records, method, *args):
        if method == "create":
            records.env.invalidate_all()
            return records.with_user(user).create(*args).with_env(self.env)
        return super().rpc(user, records, method, *args)

    def line(self):
        return self.card.line_ids.filtered(lambda row: row.criterion_id == self.manual)


class TestManual(ManualCommon):
    def test_until_entered_no_base(self):
        self.compute()
        self.assertEqual(self.line().value_display, "n/a")
        self.assertEqual(self.card.score, 70)
        self.enter(self.director)
        self.assertEqual((self.line().value, self.line().score), (0.9, 90))
        self.assertEqual(self.card.score, 78, "60 × 70 + 40 × 90")

    def test_who_enters(self):
        heads = {"director", "commercial", "kpi_admin"}
        self.assertEqual(self.may_enter(), heads)
        self.assertEqual(
            self.may_enter(self.manager_b),
            {"other_director", "commercial", "kpi_admin"},
        )
        self.manual.reviewer_role = "commercial"
        self.assertEqual(self.may_enter(), {"commercial", "kpi_admin"})
        self.manual.write({"reviewer_role": "user", "reviewer_id": self.manager_b.id})
        self.assertEqual(self.may_enter(), {"manager_b"})
        self.assertEqual(
            self.may_enter(self.manager_b),
            {"commercial", "kpi_admin"},
            "never about oneself",
        )

    def test_who_is_told_to_ask(self):
        with self.assertRaisesRegex(AccessError, "ask director"):
            self.enter(self.other_director)

    def test_who_reads(self):
        value = self.enter(self.director)
        self.assertEqual(
            self.may(value, "read", ["value"]),
            {"manager_a", "director", "commercial", "kpi_admin"},
        )
        self.manual.write({"reviewer_role": "user", "reviewer_id": self.manager_b.id})
        self.assertIn("manager_b", self.may(value, "read", ["value"]))

    def test_nobody_changes(self):
        value = self.enter(self.director)
        self.assertFalse(self.may(value, "write", {"value": 1}))
        self.assertFalse(self.may(value, "unlink"))
        with self.assertRaisesRegex(UserError, "stays as evidence"):
            value.sudo().unlink()
        with self.assertRaisesRegex(UserError, "last one counts"):
            self.rpc(self.director, value, "write", {"value": 1})

    def test_the_last_one_counts(self):
        first = self.enter(self.director)
        self.enter(self.commercial, value=0.5, note="Two racks were empty")
        self.assertEqual(self.line().score, 50)
        self.assertEqual(first.value, 0.9, "the old one stays")
        evidence = self.line().evidence_ids
        self.assertEqual(evidence.count, 1)

    def test_author_and_branch_are_not_typed(self):
        value = self.enter(
            self.director,
            reviewer_id=self.commercial.id,
            branch_id=self.other_branch.id,
            entered_on="2020-01-01 00:00:00",
        )
        self.assertEqual(value.reviewer_id, self.director)
        self.assertEqual(value.branch_id, self.branch)
        self.assertGreater(value.entered_on.date(), self.period.date_to)

    def test_evidence_is_asked_for(self):
        with self.assertRaisesRegex(UserError, "note"):
            self.enter(self.director, note=" ")
        self.manual.needs_attachment = True
        with self.assertRaisesRegex(UserError, "Attach the document"):
            self.enter(self.director)
        attachment = self.upload(self.director)
        value = self.enter(
            self.director, note=False, attachment_ids=[Command.link(attachment.id)]
        )
        self.assertEqual(
            (attachment.res_model, attachment.res_id), (value._name, value.id)
        )
        attachment.invalidate_recordset()
        self.assertTrue(
            attachment.with_user(self.manager_a).raw, "the manager reads it"
        )
        with self.assertRaises(AccessError):
            attachment.with_user(self.manager_b).read(["raw"])
        with self.assertRaises(AccessError):
            attachment.with_user(self.director).unlink()

    def upload(self, user, **values):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": "check.txt",
                    "datas": base64.b64encode(b"All racks full"),
                    "res_model": "evaluation.manual.value",
                    **values,
                }
            )
        )

    def test_somebody_elses_document(self):
        """Linking a document by its number gives no way to read it."""
        secret = self.upload(self.other_director)
        with self.assertRaises(AccessError):
            self.enter(self.director, attachment_ids=[Command.link(secret.id)])

    def test_bad_input(self):
        with self.assertRaisesRegex(UserError, "measured from documents"):
            self.enter(self.director, criterion_id=self.criterion.id)
        with self.assertRaisesRegex(UserError, "in no branch"):
            self.enter(self.commercial, user_id=self.plain.id)
        self.start()
        self.rpc(self.director, self.card, "action_agree")
        with self.assertRaisesRegex(UserError, "is agreed"):
            self.enter(self.director)

    def test_reviewer_is_named(self):
        with self.assertRaisesRegex(ValidationError, "Name the person"):
            self.manual.reviewer_role = "user"
        with self.assertRaisesRegex(ValidationError, "no role"):
            self.manual.write({"reviewer_role": "user", "reviewer_id": self.plain.id})

    def test_two_companies(self):
        """A figure of another company is neither seen nor counted."""
        other = self.setup_other_company()["company"]
        period = self.env["sales.period"]._for_date(other, self.today)
        self.assertFalse(self.manual._manual_values(period, self.manager_a))
        value = self.enter(self.director)
        theirs = self.make_user("elsewhere", "sales_manager_kpi.group_admin", other)
        with self.assertRaises(AccessError):
            value.with_user(theirs).read(["value"])

    def test_form_opens(self):
        value = self.enter(self.director)
        for user in (self.manager_a, self.director, self.commercial, self.admin):
            self.open_form(value.with_user(user))


class TestMonthEnd(ManualCommon):
    """What happens by itself when a month has ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(f"{cls.period.date_to + timedelta(days=2)} 03:00:00"):
            cls.compute()

    def activities(self, record):
        return self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def end_month(self):
        self.Scorecard._end_month(self.period)
        self.env.flush_all()

    def test_reviewers_are_reminded(self):
        self.end_month()
        reminders = self.activities(self.manual)
        self.assertEqual(reminders.user_id, self.director | self.other_director)
        mine = reminders.filtered(lambda a: a.user_id == self.director)
        self.assertIn("manager_a", mine.note)
        self.assertNotIn("manager_b", mine.note)
        self.end_month()
        self.assertEqual(self.activities(self.manual), reminders, "asked once")
        self.enter(self.director)
        self.assertEqual(self.activities(self.manual).user_id, self.other_director)

    def test_heads_are_asked_once(self):
        self.end_month()
        self.assertEqual(self.card.state, "head")
        self.assertEqual(self.card.mail_due, "month")
        self.assertEqual(self.card.activity_ids.user_id, self.director)
        activity = self.card.activity_ids
        self.end_month()
        self.assertEqual(self.card.activity_ids, activity)

    def test_managers_first(self):
        self.company.sales_manager_kpi_self_assessment = True
        self.end_month()
        self.assertEqual(self.card.state, "self")
        self.assertEqual(self.card.activity_ids.user_id, self.manager_a)

    def test_days_of_grace(self):
        Run = self.env["evaluation.run"]
        start = self.period.date_to
        for days, found in ((3, False), (4, True)):
            with freeze_time(f"{start + timedelta(days=days)} 12:00:00"):
                self.assertEqual(self.period in Run._ended_periods(), found)

    def test_not_before_it_is_computed_whole(self):
        """A scorecard computed in the month itself lacks its last days."""
        self.card.sudo().computed_on = f"{self.period.date_to} 20:00:00"
        self.end_month()
        self.assertEqual(self.card.state, "computed")

    def test_mail_once_with_the_paper(self):
        self.end_month()
        cards = self.card | self.other_card
        with self.mock_mails() as mails:
            self.send()
            self.send()
        sent = mails()
        self.assertEqual(len(sent), 2)
        self.assertEqual(
            sent.recipient_ids | sent.partner_ids,
            (self.manager_a | self.manager_b).partner_id,
        )
        self.assertTrue(all(mail.attachment_ids for mail in sent))
        self.assertEqual(cards.mapped("mail_due"), [False, False])

    def test_mail_in_the_managers_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.manager_a.lang = "nl_NL"
        template = self.env.ref("sales_manager_kpi.mail_template_scorecard_agreed")
        template.with_context(lang="nl_NL").subject = "Afgesproken"
        self.start()
        self.rpc(self.director, self.card, "action_agree")
        with self.mock_mails() as mails:
            self.send()
        self.assertEqual(mails().mapped("subject"), ["Afgesproken"])

    def mock_mails(self):
        return _Mails(self.env)

    def send(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "sales_manager_kpi.ir_cron_scorecard_mail"
            ).method_direct_trigger()


class _Mails:
    """Mails made inside the block, also those that sending would delete."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        return lambda: self.env["mail.mail"].search([("id", ">", self.last)])

    def __exit__(self, *_exception):
        return False


class TestPaper(ManualCommon):
    def render(self, user, lang=None):
        report = self.env["ir.actions.report"].with_user(user)
        if lang:
            report = report.with_context(lang=lang)
        html, _kind = report._render_qweb_html(
            "sales_manager_kpi.report_evaluation_scorecard", self.card.ids
        )
        return html.decode()

    def test_what_it_says(self):
        self.enter(self.director)
        self.start()
        criterion = self.card.line_ids[0].criterion_id
        scores = {criterion.id: (80, "Half of it was hers")}
        self.rpc(self.director, self.card, "assess", scores, "Well done")
        self.rpc(self.director, self.card, "action_agree")
        html = self.render(self.manager_a)
        for text in ("Showroom", "70.00", "80.00", "Half of it was hers", "Well done"):
            self.assertIn(text, html)
        self.assertIn("84.00", html, "60 × 80 + 40 × 90")

    def test_not_a_colleagues(self):
        with self.assertRaises(AccessError):
            self.render(self.manager_b)

    def test_numbers_of_the_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.assertIn("70,00", self.render(self.manager_a, "nl_NL"))
