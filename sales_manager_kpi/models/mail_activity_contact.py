from odoo import api, fields, models

from .customer_figure_contact import TODO


class MailActivityType(models.Model):
    """Which activities are contacts with a customer when they are done."""

    _inherit = "mail.activity.type"

    is_customer_contact = fields.Boolean(
        string="Contact with the Customer",
        compute="_compute_is_customer_contact",
        store=True,
        readonly=False,
        help="Done on a customer, an order or an opportunity, it counts for the "
        "contact cadence: calls, meetings, mail written by hand.",
    )

    @api.depends("category")
    def _compute_is_customer_contact(self):
        """Calls, meetings and Odoo's own type for mail, until somebody says else."""
        mail = self.env.ref("mail.mail_activity_data_email", raise_if_not_found=False)
        for kind in self:
            spoken = kind.category in ("phonecall", "meeting")
            kind.is_customer_contact = spoken or kind._origin == mail


class MailActivity(models.Model):
    """A contact that was planned and is done is noted."""

    # The customer base has files of its own.
    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _contact_documents(self):
        """``{model: (way to the customer, to the company)}``; areas add theirs."""
        return {
            "res.partner": ("id", "company_id"),
            "sale.order": ("partner_id", "company_id"),
            "crm.lead": ("partner_id", "company_id"),
        }

    def _action_done(self, feedback=False, attachment_ids=None):
        """By a person: what code does as the system was spoken by nobody."""
        contacts = []
        if not self.env.su and self.env.user._is_internal():
            contacts = self._prepare_contacts(feedback)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if contacts:
            self.env["customer.contact"]._log(contacts)
        return result

    def _prepare_contacts(self, feedback):
        documents = self._contact_documents()
        activities = self.filtered(
            lambda a: (
                a.activity_type_id.is_customer_contact and a.res_model in documents
            )
        )
        contacts = []
        for activity in activities:
            # sudo: whose document it is; only the customer is noted
            record = self.env[activity.res_model].sudo().browse(activity.res_id)
            if record.exists():
                contacts += activity._prepare_contact(record, feedback)
        return contacts

    def _prepare_contact(self, record, feedback):
        """``[values]`` of the contact with the customer of ``record``, if any."""
        path, company_path = self._contact_documents()[self.res_model]
        partner = record if path == "id" else record[path]
        if not partner:
            return []
        kinds = {"phonecall": "call", "meeting": "meeting"}
        event = self.calendar_event_id
        source = event or self
        return [
            {
                "partner_id": partner.id,
                "company_id": (record[company_path] or self.env.company).id,
                "user_id": self.env.uid,
                "kind": kinds.get(self.activity_type_id.category, "activity"),
                "at": fields.Datetime.now(),
                "res_model": self.res_model,
                "res_id": record.id,
                "source_key": f"{source._name},{source.id}",
                "note": feedback or self.summary or False,
            }
        ]

    @api.model
    def _contact_type_used(self):
        """Whether activities of the cadence can exist at all."""
        return bool(self.env["ir.model.data"]._xmlid_to_res_id(TODO))
