from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval

# what a deputy opens: the core action, the owner's field, and the area it needs
OPENED = {
    "customers": ("sales_manager_kpi.sales_customer_action", "user_id", "orders"),
    "quotations": ("sale.action_quotations", "user_id", "orders"),
    "orders": ("sale.action_orders", "user_id", "orders"),
    "invoices": ("account.action_move_out_invoice_type", "invoice_user_id", "invoices"),
    "leads": ("crm.crm_lead_opportunities", "user_id", "leads"),
    "activities": ("mail.mail_activity_action", "user_id", None),
}


class SalesSubstitution(models.Model):
    """What the deputy finds in the top bar, and what absences hear of decisions."""

    _inherit = "sales.substitution"

    @api.model
    def _acting_for(self):
        """For whom the current user acts now, for the top bar; no query if nobody.

        :return: ``[{id, name, until (text), stop (UTC), links: [kind]}]``
        """
        acting = self._acting()
        if not acting:
            return []
        # sudo: what the deputy knows; the deputy may not have chosen its company
        rows = self.sudo().browse(
            sorted({row_id for some in acting.values() for row_id in some.values()})
        )
        return [row._prepare_acting_for() for row in rows.sorted("stop_at")]

    def _prepare_acting_for(self):
        scopes = self._scopes()
        return {
            "id": self.id,
            "name": self.principal_id.name,
            "until": self.env["sales.acting.note.mixin"]._until(self.stop_at),
            "stop": fields.Datetime.to_string(self.stop_at),
            "links": [
                kind
                for kind, (__, __, scope) in OPENED.items()
                if scope is None or scope in scopes
            ],
        }

    @api.readonly
    def action_open_records(self, kind):
        """Open the principal's records of one kind, for the deputy.

        :param kind: a key of ``OPENED``
        :raise UserError: once the substitution is over, or for anybody else
        """
        self.ensure_one()
        if self.state != "active" or self.deputy_id != self.env.user:
            raise UserError(
                self.env._(
                    "You do not act for %s now. Reload the page.",
                    self.principal_id.name,
                )
            )
        if kind not in self._prepare_acting_for()["links"]:
            raise UserError(self.env._("This substitution does not include that."))
        xmlid, owner, __ = OPENED[kind]
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        # nothing of the reader's own: the owner is the principal
        context = {
            key: value
            for key, value in safe_eval(
                action.get("context") or "{}", {"uid": self.env.uid}
            ).items()
            if not key.startswith("search_default_")
        }
        domain = safe_eval(action.get("domain") or "[]", {"uid": self.env.uid})
        if kind == "leads":
            domain = []  # leads and opportunities
        elif kind == "quotations":
            domain.append(("state", "in", ("draft", "sent")))
        elif kind == "orders":
            domain.append(("state", "=", "sale"))
        return {
            **action,
            "name": f"{action['name']} · {self.principal_id.name}",
            "domain": [*domain, (owner, "=", self.principal_id.id)],
            "context": context,
        }

    def action_open_handover(self):
        """Open the substitution itself: its notes and what was handed over."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # A decision about a deputy changes the cover of absences
    # ------------------------------------------------------------------

    def _after_appointed(self):
        self._follow_absences()
        return super()._after_appointed()

    def _after_adopted(self):
        self._follow_absences()
        return super()._after_adopted()

    def _after_revoked(self, running):
        self._follow_absences()
        return super()._after_revoked(running)

    def _move_end(self):
        result = super()._move_end()
        self._follow_absences()
        return result

    def _follow_absences(self):
        # sudo: whose absences, whoever decides
        self.env["sales.absence"]._follow_people(self.sudo().principal_id)
