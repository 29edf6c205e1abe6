from odoo import models
from odoo.exceptions import AccessError, UserError

PAY = "sales_manager_kpi.group_pay"


class BonusPrivateMixin(models.AbstractModel):
    """Documents of pay: for the person, and for who approves pay in the company.

    Whoever follows such a document without being one of these is told nothing.
    """

    _name = "bonus.private.mixin"
    _inherit = [
        "sales.own.matter.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Documents of Pay"

    def _own_people(self):
        return self.user_id

    def _may_know(self, user):
        """Whether ``user`` may read this document."""
        self.ensure_one()
        return user == self.user_id or (
            user.has_group(PAY) and self.company_id in user.company_ids
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not self:
            return recipients
        # sudo: whether a follower may know is for the document to say
        document = self.sudo()
        users = document.env["res.users"].browse(
            [row["uid"] for row in recipients if row.get("uid")]
        )
        known = {user.id for user in users if document._may_know(user)}
        return [row for row in recipients if row.get("uid") in known]

    def _message_create(self, values_list):
        """Whom a message names reads it: of these, those who may read the document."""
        kept = []
        for values in values_list:
            if values.get("partner_ids") and values.get("model") == self._name:
                document = self.browse(values.get("res_id"))
                names = document._knowing(values["partner_ids"])
                values = {**values, "partner_ids": names}
            kept.append(values)
        return super()._message_create(kept)

    def _message_update_content(self, message, **kwargs):
        if kwargs.get("partner_ids"):
            kwargs["partner_ids"] = self._knowing(kwargs["partner_ids"])
        return super()._message_update_content(message, **kwargs)

    def _knowing(self, partner_ids):
        """Ids of those of ``partner_ids`` that may know every one of these."""
        # sudo: whether somebody may know is for the document to say
        documents = self.sudo()
        partners = documents.env["res.partner"].browse(partner_ids)
        return partners.filtered(
            lambda partner: any(
                all(document._may_know(user) for document in documents)
                for user in partner.user_ids
            )
        ).ids

    def _check_approver(self):
        """
        :raise AccessError: for who does not approve pay, and for the own matter
        """
        self.check_access("read")
        if self.env.su:
            return
        user = self.env.user
        if not user.has_group(PAY):
            raise AccessError(self.env._("This is for those who approve pay."))
        for document in self:
            if document._is_own_matter(user):
                raise AccessError(
                    self.env._(
                        "%(document)s: nobody decides their own pay, nor that of whom "
                        "they stand in for. Ask another approver of pay.",
                        document=document.display_name,
                    )
                )

    def _approvers(self):
        """``{document: those who may decide about it}``."""
        # sudo: whom to ask, whoever asks
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(PAY).id),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                ]
            )
        )
        return {
            document: users.filtered(
                lambda user, one=document: (
                    one.company_id in user.company_ids and not one._is_own_matter(user)
                )
            ).sudo(False)
            for document in self.sudo()  # sudo: as above
        }

    def _said(self, words):
        """
        :raise UserError: without a reason
        """
        words = (words or "").strip()
        if not words:
            raise UserError(self.env._("Say why, in a few words."))
        return words
