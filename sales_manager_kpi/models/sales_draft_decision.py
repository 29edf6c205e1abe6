import hashlib
import json
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TYPED = {"name", "body", "attachment_ids", "branch_ids", "audience", "comment_until"}
CLOSING = {"final_text", "outcome"}  # typed while it is open
PICTURE = re.compile(r"/web/(?:image|content)/(\d+)")


class SalesDraftDecision(models.Model):
    """What management means to decide, shown to managers for acquaintance and comment.

    The text of an open one cannot change: whoever signs, signs the text whose hash is
    kept with the signature. Another text is another version, and is read again.
    """

    _name = "sales.draft.decision"
    _description = "Draft Decision"
    _inherit = ["sales.voice.mixin", "sales.attached.mixin"]
    _order = "id desc"
    _answer_field = "draft_decision_id"
    _check_company_auto = True

    name = fields.Char(string="Title", required=True)
    body = fields.Html(string="Text", required=True, sanitize=True)
    attachment_ids = fields.Many2many(
        relation="sales_draft_decision_attachment_rel",
        column1="decision_id",
        column2="attachment_id",
    )
    branch_ids = fields.Many2many(
        comodel_name="sales.branch",
        relation="sales_draft_decision_branch_rel",
        column1="decision_id",
        column2="branch_id",
        string="Branches",
        check_company=True,
        help="For whom it is. Empty: all branches of the company.",
    )
    audience = fields.Selection(
        selection=[
            ("everybody", "Managers and directors"),
            ("managers", "Managers"),
            ("directors", "Directors"),
        ],
        string="Roles",
        required=True,
        default="everybody",
    )
    comment_until = fields.Date(
        required=True, help="By this day it is to be read and commented on."
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "In preparation"),
            ("open", "To read"),
            ("settled", "Settled"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    version = fields.Integer(readonly=True, copy=False, aggregator=None)
    text_hash = fields.Char(
        string="Fingerprint of the Text",
        readonly=True,
        copy=False,
        help="SHA-256 of title, text and documents of the version that is shown.",
    )
    opened_at = fields.Datetime(string="Opened On", readonly=True, copy=False)
    final_text = fields.Html(
        string="Final Decision", copy=False, help="As it was decided in the end."
    )
    outcome = fields.Text(
        string="What Was Done with the Comments",
        copy=False,
    )
    closed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    withdraw_reason = fields.Text(
        string="Why It Was Withdrawn", readonly=True, copy=False
    )
    shown_version_id = fields.Many2one(
        comodel_name="sales.draft.decision.version",
        compute="_compute_shown_version_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
        help="Whose readers read it now: none while the next version is written.",
    )
    can_write = fields.Boolean(compute="_compute_can_write")

    @api.depends("text_hash", "version", "version_ids")
    def _compute_shown_version_id(self):
        for decision in self:
            decision.shown_version_id = decision.version_ids.filtered(
                lambda row, now=decision: now.text_hash and row.version == now.version
            )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_can_write(self):
        for decision in self:
            decision.can_write = not decision.id or decision._may_write(self.env.user)

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _own_people(self):
        return self.user_id

    def _may_write(self, user):
        """Its author, or a commercial director of the company."""
        self.ensure_one()
        return user == self.user_id or self._is_commercial_of(user, self.company_id)

    def _check_writer(self):
        """
        :raise AccessError: for whose draft decision it is not
        """
        for decision in self:
            if not decision._may_write(self.env.user):
                raise AccessError(
                    self.env._(
                        "%s is not yours. Its author or a commercial director does "
                        "this.",
                        decision.display_name,
                    )
                )

    def _check_branches(self):
        """A director decides for the branches they direct, above for all.

        :raise AccessError: for other branches, and for all of the company
        """
        user = self.env.user
        for decision in self:
            if self.env.su or self._is_commercial_of(user, decision.company_id):
                continue
            branches = decision.branch_ids
            if not branches or not all(one._is_directed_by(user) for one in branches):
                raise AccessError(
                    self.env._(
                        "Choose the branches that you direct; the commercial director "
                        "decides for the others."
                    )
                )

    # ------------------------------------------------------------------
    # Writing it
    # ------------------------------------------------------------------

    @api.model
    def _typed_fields(self):
        return TYPED | CLOSING

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions._check_branches()
        return decisions

    def write(self, vals):
        if not self.env.su:
            self._check_typing(vals)
        result = super().write(vals)
        if "branch_ids" in vals:
            self._check_branches()
        return result

    def _check_typing(self, vals):
        typed, closing = not TYPED.isdisjoint(vals), not CLOSING.isdisjoint(vals)
        if not typed and not closing:
            return
        self._check_writer()
        for decision in self:
            if typed and decision.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was shown: its text stays. Make a new version, which is "
                        "read and signed again.",
                        decision.display_name,
                    )
                )
            if closing and decision.state != "open":
                raise UserError(
                    self.env._(
                        "The final decision is written while %s is open.",
                        decision.display_name,
                    )
                )

    def _kept_files(self):
        """Its documents while it is shown, and the pictures in texts that were."""
        kept = super()._kept_files()
        shown = self.version_ids.mapped("body")
        ids = {int(one) for body in shown for one in PICTURE.findall(str(body or ""))}
        return kept | kept.browse(ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown(self):
        if any(decision.version for decision in self):
            raise UserError(
                self.env._("What was shown once is kept. Withdraw it instead.")
            )

    # ------------------------------------------------------------------
    # The fingerprint
    # ------------------------------------------------------------------

    def _text_parts(self):
        """What is signed, in a form that is the same for the same text.

        :return: ``(title, text, ["name checksum", …])``
        """
        self.ensure_one()
        # sudo: files as they are, whoever asks
        files = sorted(
            f"{one.name} {one.checksum or ''}" for one in self.attachment_ids.sudo()
        )
        return self.name, str(self.body or ""), files

    def _fingerprint(self):
        return hashlib.sha256(
            json.dumps(self._text_parts(), ensure_ascii=False).encode()
        ).hexdigest()
