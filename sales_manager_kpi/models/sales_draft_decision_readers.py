from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_draft_decision_flow import READ
from .sales_voice_mixin import DIRECTOR


class SalesDraftDecision(models.Model):
    """Who is asked to read a draft decision, and who has read and signed it."""

    # Readers have a file of their own.
    _inherit = "sales.draft.decision"  # pylint: disable=consider-merging-classes-inherited

    addressee_ids = fields.One2many(
        comodel_name="sales.draft.decision.addressee",
        inverse_name="decision_id",
        string="Readers",
        readonly=True,
    )
    reading_ids = fields.One2many(
        comodel_name="sales.draft.decision.reading",
        inverse_name="decision_id",
        string="Signatures and Comments",
        readonly=True,
    )
    asked_count = fields.Integer(string="Asked", compute="_compute_counts")
    unread_count = fields.Integer(string="Have Not Read", compute="_compute_counts")
    can_sign = fields.Boolean(compute="_compute_can_sign")
    has_signed = fields.Boolean(compute="_compute_can_sign")

    @api.depends("addressee_ids.is_signed", "version")
    def _compute_counts(self):
        """Of the version that is shown; for whose the draft decision is."""
        groups = self.env["sales.draft.decision.addressee"]._read_group(
            [("decision_id", "in", self.ids)],
            ["decision_id", "version", "is_signed"],
            ["__count"],
        )
        counts = {
            (decision.id, version, signed): number
            for decision, version, signed, number in groups
        }
        for decision in self:
            key = decision.id, decision.version
            unread = counts.get((*key, False), 0)
            decision.unread_count = unread
            decision.asked_count = unread + counts.get((*key, True), 0)

    @api.depends("addressee_ids.is_signed", "state", "version")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        # sudo: the reader's own row
        mine = (
            self.env["sales.draft.decision.addressee"]
            .sudo()
            .search(
                [
                    ("decision_id", "in", self.ids),
                    ("user_id", "=", self.env.uid),
                ]
            )
        )
        signed = {(row.decision_id.id, row.version): row.is_signed for row in mine}
        for decision in self:
            found = signed.get((decision.id, decision.version))
            decision.can_sign = decision.state == "open" and found is False
            decision.has_signed = bool(found)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _asked(self):
        """Who is asked to read the version that is shown; in sudo."""
        return self.addressee_ids.filtered(
            lambda row: row.version == row.decision_id.version
        )

    def _readers(self):
        """``{user: branch}`` of whom it is for today, its author apart."""
        today = self._today()
        # sudo: who works where, and who directs
        branches = self.branch_ids.sudo() or self.branch_ids.sudo().search(
            [("company_id", "=", self.company_id.id)]
        )
        members = self.env["sales.branch.member"].sudo()  # sudo: as above
        members = members.search(
            [
                ("branch_id", "in", branches.ids),
                ("date_from", "<=", today),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today),
            ]
        )
        readers = {row.user_id: row.branch_id for row in members}
        for branch in branches.filtered("director_id"):
            readers.setdefault(branch.director_id, branch)
        return {
            user: branch
            for user, branch in readers.items()
            if user != self.user_id and self._is_addressed(user, branches)
        }

    def _is_addressed(self, user, branches):
        if not user.active or self.company_id not in user.company_ids:
            return False
        if not user.has_group("sales_manager_kpi.group_manager"):
            return False
        if self.audience == "everybody":
            return True
        directs = user in branches.director_id or user.has_group(DIRECTOR)
        return directs == (self.audience == "directors")

    def _due_on(self):
        """By which day who is asked today reads it.

        By the day that was set, for those of the first day. Who joins later gets as
        many days as these had, and one at least: nobody is late with what they could
        not have read. Once it is settled or withdrawn they need not read it any more.
        """
        today = self._today()
        shown_on = self.env["sales.branch"]._company_local_date(
            self.company_id, self.opened_at
        )
        if today <= shown_on:
            return max(self.comment_until, today)
        return today + max(self.comment_until - shown_on, timedelta(days=1))

    def _address(self):
        """Ask those who are not asked yet; how many are asked in all."""
        self.ensure_one()
        # sudo: asking is the system's
        mine = self.sudo()
        known = mine._asked().user_id
        new = {
            user: branch
            for user, branch in mine._readers().items()
            if user not in known
        }
        due_on = mine._due_on()
        mine.env["sales.draft.decision.addressee"].create(
            [
                {
                    "decision_id": self.id,
                    "version": self.version,
                    "user_id": user.id,
                    "branch_id": branch.id,
                    "due_on": due_on,
                }
                for user, branch in new.items()
            ]
        )
        self._ask_users(READ, [(self, user, due_on) for user in new])
        return len(known) + len(new)

    @api.model
    def _cron_address(self):
        """Every night: who has joined since is asked, too."""
        for decision in self.search([("state", "=", "open")]):
            decision._address()

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def action_sign(self):
        """Open the signature: that it was read, and a comment if there is one."""
        return self._ask_answer("sign")

    def _sign(self, comment, text_hash):
        """Read and sign the version that is shown, or comment on it again.

        For oneself alone: nobody reads for whom they stand in.

        :param text_hash: fingerprint of what the reader has read
        :raise AccessError: for who is not asked to read it
        :raise UserError: where it is not shown, or is not what the reader has read
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "open":
            raise UserError(self.env._("This is not shown to be read any more."))
        # sudo: the reader's own row, and the files as they are
        row = self.sudo()._asked().filtered(lambda one: one.user_id == self.env.user)
        if not row:
            raise AccessError(self.env._("Only who is asked to read this signs it."))
        if text_hash != self.text_hash or self._fingerprint() != self.text_hash:
            raise UserError(
                self.env._(
                    "The text is not the one that was shown. Reload, and read it again."
                )
            )
        comment = (comment or "").strip() or False
        if row.is_signed and not comment:
            raise UserError(self.env._("You have signed this version already."))
        now = fields.Datetime.now()
        # sudo: signatures are written by this step alone
        self.env["sales.draft.decision.reading"].sudo().create(
            {
                "decision_id": self.id,
                "version": self.version,
                "text_hash": self.text_hash,
                "user_id": self.env.uid,
                "is_signature": not row.is_signed,
                "comment": comment,
                "signed_at": now,
            }
        )
        if not row.is_signed:
            row.write(
                {
                    "is_signed": True,
                    "signed_at": now,
                    "is_in_time": self._today() <= row.due_on,
                }
            )
            # sudo: reminding is the system's
            self.sudo().activity_feedback([READ], user_id=self.env.uid)

    def action_open_readers(self):
        """Open who is asked to read the version that is shown."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Readers"),
            "res_model": "sales.draft.decision.addressee",
            "domain": [
                ("decision_id", "=", self.id),
                ("version", "=", self.version),
            ],
            "views": [(False, "list")],
            "context": {"search_default_unread": 1},
        }
