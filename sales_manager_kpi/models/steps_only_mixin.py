from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError

MAIL = ("activity_", "message_")


class StepsOnlyMixin(models.AbstractModel):
    """Documents that change by steps: what may be typed is named, the rest is not.

    Readonly in a view binds no import and no remote call, so the server refuses what
    only a button writes. Steps go on as the system.
    """

    _name = "steps.only.mixin"
    _description = "Documents That Change by Steps"
    # What a new one gets the next number of its sequence in, named as the model is.
    _number_field = None

    @api.model
    def default_get(self, fields_list):
        """Defaults as usual; a context cannot give what only steps decide."""
        typed = self._typed_fields()
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key[8:] in typed
        }
        clean = self.with_env(self.env(context=context))
        return super(StepsOnlyMixin, clean).default_get(fields_list)

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._refuse_untyped(vals_list)  # a copy calls it on its origin
        number = self._number_field
        return super().create(
            [
                {**vals, number: self._next_number(vals)}
                if number and vals.get(number, "/") == "/"
                else vals
                for vals in vals_list
            ]
        )

    @api.model
    def _next_number(self, vals):
        """The next number in the company of the new document or of its branch."""
        # sudo: whoever writes a document down draws a number
        branch = self.env["sales.branch"].sudo().browse(vals.get("branch_id"))
        company = vals.get("company_id") or branch.company_id.id or self.env.company.id
        # sudo: as above
        sequence = self.env["ir.sequence"].sudo().with_company(company)
        return sequence.next_by_code(self._name) or "/"

    def write(self, vals):
        self._refuse_untyped([vals])
        return super().write(vals)

    @api.model
    def _typed_fields(self):
        """Names of the fields that people fill in."""
        raise NotImplementedError

    def _refuse_untyped(self, vals_list):
        """
        :raise AccessError: for what only a step may write
        """
        if self.env.su:
            return
        typed = self._typed_fields()
        given = {
            name
            for vals in vals_list
            for name, value in vals.items()
            if name not in typed
            and not name.startswith(MAIL)
            and not self._is_harmless(name, value)
        }
        if given:
            raise AccessError(
                self.env._(
                    "%(document)s: use the buttons, %(fields)s cannot be written.",
                    document=self.env["ir.model"]._get(self._name).name,
                    fields=", ".join(sorted(given)),
                )
            )

    def _begin(self, *states):
        """One step at a time: whoever comes second finds it done.

        :raise UserError: for one that is in none of these states
        """
        self.ensure_one()
        self.check_access("read")
        try:
            # sudo: who may is checked by the step; not all have the right to write
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is at this just now. Reload and try again.")
            ) from error
        self.invalidate_recordset(["state"])
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(document)s is: %(state)s. Nothing is left to do here.",
                    document=self.display_name,
                    state=labels[self.state].lower(),
                )
            )

    def _check_state(self, *states):
        """
        :raise UserError: for one that is in none of these states
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for document in self:
            if document.state not in states:
                words = self.env._(
                    "%(document)s: %(state)s. This can be done only while it is: "
                    "%(wanted)s.",
                    document=document.display_name,
                    state=labels[document.state].lower(),
                    wanted=", ".join(labels[state].lower() for state in states),
                )
                advice = self._advice_when_over()
                raise UserError(f"{words} {advice}" if advice else words)

    def _advice_when_over(self):
        """What to do instead, where a document has gone too far; may be empty."""
        return ""

    def _is_harmless(self, name, value):
        """What a form or a copy sends along without deciding anything."""
        if self:
            return False
        return (name == "user_id" and value == self.env.uid) or (
            name in ("name", "state") and value in ("/", "draft", False)
        )
