import base64
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formatLang
from odoo.tools.safe_eval import safe_eval

from .sales_plan_line_fact_mixin import COUNTED_MEASURES
from .sales_plan_states import VALID_STATES

_logger = logging.getLogger(__name__)

# A mail that comes later than this says nothing new.
MAIL_DAYS = 7
REPORT = "sales_manager_kpi.sales_plan_report_pdf"
TEMPLATE = "sales_manager_kpi.mail_template_plan_approved"
CRON = "sales_manager_kpi.ir_cron_plan_mail"
COST_GROUP = "sales_manager_kpi.group_cost"


class SalesPlanDocumentMixin(models.AbstractModel):
    """The plan on paper, and the mail that brings it to the manager.

    Printing takes seconds, so approving only notes that a mail is due; a job prints
    and sends, one mail per manager for all that was approved together.
    """

    _name = "sales.plan.document.mixin"
    _description = "Plan on Paper"

    mail_waiting = fields.Boolean(
        string="Mail on Approval Is Due",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )

    def action_print(self):
        """The plans as PDF, in the reader's language."""
        self.check_access("read")
        return self.env.ref(REPORT).report_action(self)

    # ------------------------------------------------------------------
    # Paper
    # ------------------------------------------------------------------

    def _document_lines(self, is_main):
        """Rows of the paper: main lines make the target, the others stand beside it."""
        return [
            {
                "line": line,
                "label": line._label(),
                "last_year": line._paper_words(line._last_year()),
                "proposed": line._paper_words(line._proposed()),
                "target": line._paper_words(line._target()),
                "differs": line._differs(),
            }
            for line in self.line_ids
            if line.is_main == is_main
        ]

    def _document_name(self):
        return self.env._("Plan %(plan)s", plan=self.display_name).replace("/", "-")

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _trigger_approval_mail(self):
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron and self:
            # sudo: whoever approves sets the job going, and may not read jobs
            cron.sudo()._trigger()

    @api.model
    def _cron_mail_approved(self):
        """Mail what was approved to those who have an address; once per approval."""
        waiting = self.search([("mail_waiting", "=", True)], order="id")
        batches = waiting.grouped(lambda plan: (plan.user_id, plan.approved_on))
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(batches))
        for plans in batches.values():
            plans._as_system().write({"mail_waiting": False})
            plans.filtered(lambda plan: plan._is_worth_a_mail())._mail_approved()
            if not Cron._commit_progress(1):
                break

    def _is_worth_a_mail(self):
        return (
            self.state in VALID_STATES
            and self.user_id.active
            and bool(self.user_id.email)
            and self.approved_on >= fields.Datetime.now() - timedelta(days=MAIL_DAYS)
        )

    def _mail_approved(self):
        """One mail for these plans of one manager, with the paper of each.

        What goes wrong with one mail must not keep the others from being sent.
        """
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template or not self:
            return self.env["mail.mail"]
        try:
            with self.env.cr.savepoint():
                mail_id = template.with_context(plan_ids=self.ids).send_mail(
                    self[:1].id, email_values=self[1:]._extra_papers(template)
                )
        except Exception:  # pylint: disable=broad-except
            _logger.warning("No mail for plans %s", self.ids, exc_info=True)
            return self.env["mail.mail"]
        return self.env["mail.mail"].browse(mail_id)

    def _extra_papers(self, template):
        """The template prints its own record; here are the other plans of the mail."""
        lang = self.user_id.lang
        attachments = self.env["ir.attachment"]
        for plan in self.with_context(lang=lang):
            for report in template.report_template_ids.with_context(lang=lang):
                content, kind = report._render_qweb_pdf(report, plan.ids)
                name = safe_eval(report.print_report_name, {"object": plan})
                attachments |= attachments.create(
                    {"name": f"{name}.{kind}", "datas": base64.b64encode(content)}
                )
        return {"attachment_ids": [(4, file.id) for file in attachments]}

    def _mailed_plans(self):
        """The plans that the mail on this one speaks of."""
        return self.browse(self.env.context.get("plan_ids") or self.ids)


class SalesPlanLineDocumentMixin(models.AbstractModel):
    """A plan line on paper."""

    _name = "sales.plan.line.document.mixin"
    _description = "Plan Line on Paper"

    def _last_year(self):
        """What counted last year, as far as whoever gets the paper may know it.

        A paper that a job prints goes to the manager.
        """
        reader = self.plan_id.user_id if self.env.su else self.env.user
        if self.measure == "margin" and not reader.has_group(COST_GROUP):
            return 0.0
        if self.measure in COUNTED_MEASURES:
            return self.last_year_quantity
        return self.last_year_amount

    def _paper_words(self, value):
        if not value:
            return "–"
        if self.measure not in COUNTED_MEASURES:
            return self.currency_id.format(value)
        return (
            f"{formatLang(self.env, value, digits=2)} {self.uom_id.name or ''}".strip()
        )
