from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """What reaches the owner of a record reaches who stands in for them as well.

        As a recipient of this message: a follower would go on after the period.
        """
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        deputies = self._deputies_to_notify(recipients)
        if not deputies:
            return recipients
        author = (msg_vals or {}).get("author_id") or message.author_id.id
        known = {data["id"] for data in recipients}
        partner_ids = set(deputies.partner_id.ids) - known - {author}
        found = self.env["mail.followers"]._get_recipient_data(
            self.browse(), "user_notification", False, list(partner_ids)
        )
        return recipients + [data for data in found[0].values() if data["active"]]

    def _deputies_to_notify(self, recipients):
        """Who stands in now for those of ``recipients`` that own this record."""
        nobody = self.env["res.users"]
        if len(self) != 1 or not isinstance(
            self, self.env.registry["sales.substituted.mixin"]
        ):
            return nobody
        user_ids = [data["uid"] for data in recipients if data.get("uid")]
        return self._deputies_of(nobody.browse(user_ids))
