from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare, float_round

from ..models.sales_credit import WHOLE


class SalesCreditWizard(models.TransientModel):
    """Decide who gets the credit of one order or invoice, all shares at once."""

    _name = "sales.credit.wizard"
    _description = "Set Credit"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("order_id", "move_id")

    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_company_id"
    )
    line_ids = fields.One2many(
        comodel_name="sales.credit.wizard.line",
        inverse_name="wizard_id",
        string="Shares",
    )
    total = fields.Float(compute="_compute_total", digits=(5, 2))
    reason = fields.Char(required=True)

    @api.depends("order_id", "move_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = (wizard.order_id or wizard.move_id).company_id

    @api.depends("line_ids.share")
    def _compute_total(self):
        for wizard in self:
            wizard.total = sum(wizard.line_ids.mapped("share"))

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        document = self.env["sale.order"].browse(values.get("order_id")) or self.env[
            "account.move"
        ].browse(values.get("move_id"))
        if document and "line_ids" in fields_list:
            values["line_ids"] = [
                fields.Command.create({"user_id": user.id, "share": share_bp / 100})
                for user, _branch, share_bp in document._credit_shares()
            ]
        return values

    def action_apply(self):
        """Replace the credit of the document by these shares.

        :raise AccessError: for whoever may not decide about this document
        :raise ValidationError: unless the shares are of different managers and add up
            to 100 %
        """
        self.ensure_one()
        document = self.order_id or self.move_id
        self._check_decider(document)
        self._check_shares()
        branches = self._branches(document)
        self._replace(document, branches)
        # sudo: a director reads the document and writes only this note, as its author
        document.sudo().message_post(
            body=self._describe(), subtype_xmlid="mail.mt_note"
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_decider(self, document):
        if not document:
            raise UserError(self.env._("The document is gone. Close this window."))
        document.check_access("read")
        user = self.env.user
        if self.env["sales.substitution"]._selves() & self.line_ids.user_id:
            raise AccessError(
                self.env._(
                    "Nobody gives credit to themselves. Ask another director to do it."
                )
            )
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return
        decides = self.env["sales.substitution"]._decides_as(
            self._directors(document), document.company_id
        )
        if not decides or not user.has_group("sales_manager_kpi.group_branch_director"):
            raise AccessError(
                self.env._(
                    "The director of the branch that has the credit decides who "
                    "shares it."
                )
            )

    def _directors(self, document):
        # sudo: only to learn who decides
        document = document.sudo()
        branches = document.credited_branch_id | document.sales_credit_ids.branch_id
        if not branches:
            owner = self.env["customer.assignment"]._owners_at(
                document.partner_id.commercial_partner_id,
                document.company_id,
                fields.Date.context_today(self),
            )
            for row in owner.values():
                branches |= row.branch_id
        # Shares of several branches are for who stands above their directors.
        directors = branches.director_id
        return directors if len(directors) == 1 else directors.browse()

    def _check_shares(self):
        if not self.line_ids:
            raise ValidationError(self.env._("Name at least one manager."))
        if len(self.line_ids.user_id) < len(self.line_ids):
            raise ValidationError(self.env._("Name every manager only once."))
        if float_compare(self.total, 100, precision_digits=2):
            raise ValidationError(
                self.env._(
                    "The shares add up to %(total)s %%. Make them 100 %%.",
                    total=f"{self.total:g}",
                )
            )

    def _branches(self, document):
        """The branch of each manager when the document counted (or today)."""
        moment = (
            (self.order_id.first_confirmation_date or fields.Datetime.now())
            if self.order_id
            else (self.move_id.invoice_date or self.move_id.date)
        )
        day = moment.date() if hasattr(moment, "hour") else moment
        if self.order_id:
            day = self.env["sales.branch"]._company_local_date(
                document.company_id, moment
            )
        branches = self.env["sales.branch"]._branch_by_user(
            self.line_ids.user_id, document.company_id, day
        )
        for line in self.line_ids:
            if line.user_id.id not in branches:
                raise ValidationError(
                    self.env._(
                        "%(user)s belonged to no branch on %(day)s. Correct the "
                        "branch membership first.",
                        user=line.user_id.name,
                        day=day,
                    )
                )
        return branches

    def _replace(self, document, branches):
        # sudo: shares are written by this decision only; who may take it was checked
        document = document.sudo()
        document.sales_credit_ids.unlink()
        first = self.line_ids[0].user_id
        kind = "single"
        if len(self.line_ids) > 1:
            kind = "shared"
            field = "order_id" if self.order_id else "move_id"
            # sudo: see above
            self.env["sales.credit"].sudo().create(
                [
                    {
                        field: document.id,
                        "user_id": line.user_id.id,
                        "branch_id": branches[line.user_id.id].id,
                        "share_bp": int(float_round(line.share * WHOLE / 100, 0)),
                        "sequence": sequence,
                        "reason": self.reason,
                    }
                    for sequence, line in enumerate(self.line_ids)
                ]
            )
        document._store_credit({document.id: (first.id, branches[first.id].id, kind)})

    def _describe(self):
        shares = ", ".join(
            f"{line.user_id.name} {line.share:g} %" for line in self.line_ids
        )
        return self.env._(
            "Credit set to %(shares)s: %(reason)s", shares=shares, reason=self.reason
        )


class SalesCreditWizardLine(models.TransientModel):
    _name = "sales.credit.wizard.line"
    _description = "Set Credit: Share"

    wizard_id = fields.Many2one(
        comodel_name="sales.credit.wizard", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        domain="[('share', '=', False)]",
    )
    share = fields.Float(string="Share (%)", required=True, digits=(5, 2), default=100)
