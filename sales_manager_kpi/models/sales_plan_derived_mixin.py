from odoo import api, models
from odoo.exceptions import UserError


class SalesPlanDerivedMixin(models.AbstractModel):
    """Stored fields that follow from others are never taken from a caller.

    The ORM lets a client write a stored computed field, and then measures a plan by
    what the client said instead of by the plan's month and company.
    """

    _name = "sales.plan.derived.mixin"
    _description = "Plan Fields That Follow From Others"

    @api.model
    def load(self, fields, data):
        """Import; what is wrong is said of the row that it is wrong in.

        Odoo says it of the first row too, when all rows together were refused.
        """
        result = super().load(fields, data)
        messages = result.get("messages") or []
        texts = [message.get("message") for message in messages]
        if texts and texts[0] in texts[1:]:
            result["messages"] = messages[1:]
        return result

    def _derived_names(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.compute and field.readonly
        }

    def _undefaulted_names(self):
        """What a caller's context gives no default for."""
        return self._derived_names()

    def _check_derived(self, names):
        """Raise where one of ``names`` is a field that follows from others."""
        given = sorted(self._derived_names().intersection(names))
        if given:
            labels = self.fields_get(given, ["string"])
            raise UserError(
                self.env._(
                    "These fields follow from the rest of the plan, leave them out: "
                    "%(fields)s",
                    fields=", ".join(labels[name]["string"] for name in given),
                )
            )

    def _without_derived_defaults(self):
        """The context's defaults do not reach these fields either."""
        names = {f"default_{name}" for name in self._undefaulted_names()}
        context = {k: v for k, v in self.env.context.items() if k not in names}
        return self.with_context(context)  # pylint: disable=context-overridden
