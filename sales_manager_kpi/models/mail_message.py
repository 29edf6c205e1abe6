from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.mail.tools.discuss import Store


class MailMessage(models.Model):
    _inherit = "mail.message"

    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="Written For",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="For whom, where whoever wrote stood in for the owner of the document.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Stamp what a deputy writes on a principal's record; nobody else stamps."""
        for vals in vals_list:
            vals["acting_for_id"] = False
        if self.env["sales.substitution"]._acting():
            self._stamp_acting(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if "acting_for_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("For whom a message was written is kept by the system.")
            )
        return super().write(vals)

    def _stamp_acting(self, vals_list):
        mixin = self.env.registry["sales.substituted.mixin"]
        by_model = {}
        for vals in vals_list:
            model = vals.get("model")
            if (
                vals.get("res_id")
                and model in self.env.registry
                and issubclass(self.env.registry[model], mixin)
            ):
                by_model.setdefault(model, []).append(vals)
        for model, some in by_model.items():
            records = self.env[model].browse({vals["res_id"] for vals in some})
            principals = {r.id: p for r, p in records._principals().items()}
            for vals in some:
                principal = principals.get(vals["res_id"])
                if principal and self._is_word_of(vals, principal):
                    vals["acting_for_id"] = principal[:1].id

    def _is_word_of(self, vals, principal):
        """Whether the deputy writes, under the own name or the principal's.

        Odoo sends a quotation in the name of its salesperson, whoever presses the
        button.
        """
        author = vals.get("author_id")
        people = self.env.user.partner_id | principal.partner_id
        return not author or author in people.ids

    def _to_store_defaults(self, target):
        return [
            *super()._to_store_defaults(target),
            Store.Attr(
                "actingFor",
                value=lambda message: message._acting_for_text(),
                predicate=lambda message: target.is_internal(self.env),
            ),
        ]

    def _acting_for_text(self):
        # sudo: two names, shown beside the author's
        message = self.sudo()
        principal = message.acting_for_id
        if not principal:
            return False
        if message.author_id == principal.partner_id:
            return self.env._(
                "by %(deputy)s for %(principal)s",
                deputy=message.create_uid.name,
                principal=principal.name,
            )
        return self.env._("for %(principal)s", principal=principal.name)
