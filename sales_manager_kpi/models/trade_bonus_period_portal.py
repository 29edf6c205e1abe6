from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from .trade_bonus_statement import STATED

INTERNAL = "base.group_user"
# What the rule of portal users says too: one suspended says so, one closed stays.
PUBLISHED = ("active", "suspended", "closed")
REPORT = "sales_manager_kpi.trade_bonus_statement_report"


class TradeBonusPeriod(models.Model):
    """Periods in the portal: a customer sees those of their published agreements.

    The key that opens a page without a user is of a period, thus of one customer; an
    agreement may have several. Figures are told by statements alone, since those that
    nobody approved yet are not.
    """

    # The area of trade bonuses has files of its own.
    _name = "trade.bonus.period"
    _inherit = ["trade.bonus.period", "portal.mixin"]  # pylint: disable=consider-merging-classes-inherited

    _mail_post_access = "read"  # whoever may write to the customer about it

    base = fields.Float(groups=INTERNAL)
    baseline = fields.Float(groups=INTERNAL)
    entitlement = fields.Monetary(groups=INTERNAL)
    earned = fields.Monetary(groups=INTERNAL)
    clawback = fields.Monetary(groups=INTERNAL)
    carried = fields.Monetary(groups=INTERNAL)
    payable = fields.Monetary(groups=INTERNAL)
    postponed = fields.Monetary(groups=INTERNAL)
    guard_failed = fields.Text(groups=INTERNAL)
    calculated_by_id = fields.Many2one(groups=INTERNAL)
    calculated_at = fields.Datetime(groups=INTERNAL)
    approved_by_id = fields.Many2one(groups=INTERNAL)
    approved_at = fields.Datetime(groups=INTERNAL)
    live_base = fields.Float(groups=INTERNAL)
    live_rate = fields.Char(groups=INTERNAL)
    gap = fields.Float(groups=INTERNAL)
    progress = fields.Float(groups=INTERNAL)
    expected = fields.Monetary(groups=INTERNAL)
    guard_now = fields.Text(groups=INTERNAL)
    calculation = fields.Char(groups=INTERNAL)
    base_line_ids = fields.One2many(groups=INTERNAL)
    settlement_line_ids = fields.One2many(groups=INTERNAL)

    @api.depends("agreement_id")
    def _compute_access_url(self):
        result = super()._compute_access_url()
        for period in self:
            period.access_url = f"/my/trade-bonuses/{period.agreement_id.id}"
        return result

    def _get_report_base_filename(self):
        """Name of the printed statement; the portal asks for it."""
        agreement = self.agreement_id
        return self.env._("Bonus statement %(name)s", name=agreement.display_name)

    def _is_published(self):
        """Whether the customer finds it in the portal."""
        agreement = self.sudo().agreement_id  # sudo: whoever asks, only yes or no
        return agreement.state in PUBLISHED and agreement.portal_visible

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """No button to a page that is not there."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if self and not self._is_published():
            for name, _belongs, options in groups:
                if name in ("portal_customer", "portal"):
                    options["has_button_access"] = False
        return groups

    # ------------------------------------------------------------------
    # Statements
    # ------------------------------------------------------------------

    def _statement_groups(self):
        """All periods of the same agreements and customers.

        :return: ``{(agreement, partner): periods}``
        """
        wanted = dict.fromkeys((row.agreement_id, row.partner_id) for row in self)
        rows = self.search(
            [
                ("agreement_id", "in", self.agreement_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ]
        ).sorted(lambda row: (row.term_id.sequence, row.term_id.id, row.date_from))
        groups = rows.grouped(lambda row: (row.agreement_id, row.partner_id))
        return {key: groups[key] for key in wanted}

    def _statements(self):
        """See `trade.bonus.statement`; in the language of the context.

        :raise AccessError: for periods the user does not see
        """
        self.check_access("read")
        return self.env["trade.bonus.statement"]._statements(self)

    def _of_each_customer(self):
        """One period for every agreement and customer: that of today, or the last."""
        today = fields.Date.context_today(self)
        found = self.browse()
        groups = self.grouped(lambda row: (row.agreement_id, row.partner_id))
        for rows in groups.values():
            begun = rows.filtered(lambda row: row.date_from <= today) or rows
            found += begun.sorted("date_from")[-1]
        return found

    def action_print_statement(self):
        """The statements of these customers as one PDF.

        :raise UserError: for agreements that were never in force
        """
        self.check_access("read")
        periods = self._of_each_customer()
        self.env["trade.bonus.statement"]._check_stated(periods.agreement_id)
        return self.env.ref(REPORT).report_action(periods)

    def action_send_statement(self):
        """Write to these customers, each with a statement of their own.

        :raise UserError: for agreements that were never in force
        """
        self.check_access("read")
        periods = self._of_each_customer()
        self.env["trade.bonus.statement"]._check_stated(periods.agreement_id)
        template = self.env.ref(
            "sales_manager_kpi.mail_template_trade_bonus_statement",
            raise_if_not_found=False,
        )
        return {
            "name": self.env._("Send by mail"),
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": periods.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": (
                    "comment" if len(periods) == 1 else "mass_mail"
                ),
                "default_email_layout_xmlid": (
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                "email_notification_allow_footer": True,
                "force_email": len(periods) == 1,
                "hide_mail_template_management_options": True,
            },
        }

    def action_preview_statement(self):
        """The page of the customer, as they see it.

        :raise UserError: where it is not shown to the customer
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_published():
            raise UserError(
                self.env._("Say on the agreement that it is shown to the customer.")
            )
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    # ------------------------------------------------------------------
    # For the portal
    # ------------------------------------------------------------------

    @api.model
    def _portal_own(self):
        """Published periods of the company that the user belongs to, in sudo."""
        if not self.has_access("read"):
            return self.browse()
        customer = self.env.user.partner_id.commercial_partner_id
        own = self.search([("partner_id", "=", customer.id)])
        # sudo: found with the user's own rights; agreements are closed to customers
        return own.sudo().filtered(lambda row: row._is_published())

    @api.model
    def _portal_find(self, agreement_id, access_token=None):
        """A period of the agreement that the user, or the key they have, opens.

        :return: a period in sudo, empty where there is none for them
        """
        own = self._portal_own()
        found = own.filtered(lambda row: row.agreement_id.id == agreement_id)
        if not found and access_token:
            # sudo: whoever has the key of a period sees its statement
            keyed = self.sudo().search(
                [("agreement_id", "=", agreement_id), ("access_token", "!=", False)]
            )
            found = keyed.filtered(
                lambda row: (
                    row._is_published() and consteq(row.access_token, access_token)
                )
            )
        return found._of_each_customer()[:1]


class TradeBonusAgreement(models.Model):
    """Statements of an agreement, one for each of its customers."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.agreement"  # pylint: disable=consider-merging-classes-inherited

    has_statement = fields.Boolean(
        compute="_compute_has_statement", export_string_translation=False
    )

    @api.depends("state")
    def _compute_has_statement(self):
        for agreement in self:
            agreement.has_statement = agreement.state in STATED

    def action_print_statement(self):
        """See `trade.bonus.period`."""
        self.env["trade.bonus.statement"]._check_stated(self)
        return self.period_ids.action_print_statement()

    def action_send_statement(self):
        """See `trade.bonus.period`."""
        self.env["trade.bonus.statement"]._check_stated(self)
        return self.period_ids.action_send_statement()
