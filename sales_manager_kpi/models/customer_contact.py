from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

KINDS = [
    ("activity", "Activity"),
    ("meeting", "Meeting"),
    ("call", "Call"),
    ("visit", "Visit"),
    ("order", "Order"),
    ("loan", "Loan of samples"),
    ("claim", "Claim"),
]


class CustomerContact(models.Model):
    """Somebody of ours and a customer really spoke, or dealt: a row, for good.

    Other areas write theirs with `_log`. Mail that is sent by itself is no contact.
    """

    _name = "customer.contact"
    _description = "Contact with a Customer"
    _inherit = ["append.only.mixin"]
    _order = "at desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact Person",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    figure_id = fields.Many2one(
        comodel_name="customer.figure", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        index="btree_not_null",
        help="Empty where nobody of ours took part, as in an order of the web shop.",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        help="The owner for whom a deputy spoke to the customer.",
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    res_model = fields.Char(
        string="Origin Model", readonly=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        string="Origin",
        model_field="res_model",
        readonly=True,
        export_string_translation=False,
    )
    source_key = fields.Char(
        readonly=True,
        export_string_translation=False,
        help="What happened, as 'model,id': it is noted once.",
    )
    note = fields.Char(readonly=True)

    _source_uniq = models.UniqueIndex(
        "(source_key, partner_id, company_id) WHERE source_key IS NOT NULL",
        "This contact has been noted already.",
    )

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._(
                "Contacts with customers stay as they were noted. Log another contact "
                "with a note that puts it right."
            )
        )

    def action_open_origin(self):
        """Open the document that the contact was about.

        :raise UserError: where there is none, or it is gone
        """
        self.ensure_one()
        origin = self.res_model and self.env[self.res_model].browse(self.res_id)
        if not origin or not origin.exists():
            raise UserError(self.env._("There is no document behind this contact."))
        return origin._get_records_action()

    # ------------------------------------------------------------------
    # Written by what really happened
    # ------------------------------------------------------------------

    @api.model
    def _log(self, vals_list):
        """Note contacts and let the cadence begin anew.

        Nothing is noted in companies without branches. Some queries for all of them.

        :param vals_list: ``partner_id`` (any contact of the customer), ``company_id``,
            ``kind``, ``at``, and what else is known; with ``source_key`` it is noted
            once
        :return: the new rows
        """
        Branch, Company = self.env["sales.branch"], self.env["res.company"]
        vals_list = [
            vals
            for vals in vals_list
            if Branch._exist(Company.browse(vals["company_id"]))
        ]
        if not vals_list:
            return self.browse()
        # sudo: whoever deals with a customer leaves a trace, and nobody writes one
        return self.sudo()._log_all(vals_list)

    @api.model
    def _log_all(self, vals_list):
        partners = self.env["res.partner"].browse(v["partner_id"] for v in vals_list)
        for vals, partner in zip(vals_list, partners, strict=True):
            customer = partner.commercial_partner_id
            if partner != customer:
                vals.setdefault("contact_id", partner.id)
            vals["partner_id"] = customer.id
        figures = self.env["customer.figure"]
        for company_id in {vals["company_id"] for vals in vals_list}:
            company = self.env["res.company"].browse(company_id)
            figures |= figures._with_people(partners.commercial_partner_id, company)
        by_key = {(f.partner_id.id, f.company_id.id): f for f in figures}
        for vals in vals_list:
            figure = by_key[vals["partner_id"], vals["company_id"]]
            vals["figure_id"] = figure.id
            vals.setdefault("acting_for_id", self._acting_for(figure, vals))
        rows = self.create(self._not_noted(vals_list))
        rows.figure_id._renew_contacts()
        return rows

    @api.model
    def _acting_for(self, figure, vals):
        """Id of the owner for whom the user spoke, where it is not the owner."""
        user = self.env["res.users"].browse(vals.get("user_id"))
        if not user or user == figure.user_id:
            return False
        acting = self.env["sales.substitution"]._acting("orders", user)
        principals = acting.get(figure.company_id.id, ())
        return figure.user_id.id if figure.user_id.id in principals else False

    @api.model
    def _not_noted(self, vals_list):
        """Those of what is not noted yet, each once; in one query."""
        keys = [vals["source_key"] for vals in vals_list if vals.get("source_key")]
        seen = set()
        if keys:
            rows = self.search_fetch(
                [("source_key", "in", keys)], ["source_key", "partner_id", "company_id"]
            )
            seen = {(r.source_key, r.partner_id.id, r.company_id.id) for r in rows}
        todo = []
        for vals in vals_list:
            key = vals.get("source_key"), vals["partner_id"], vals["company_id"]
            if key not in seen:
                todo.append(vals)
            if key[0]:
                seen.add(key)
        return todo


class CustomerFigure(models.Model):
    """Figures that a contact needs at once."""

    # Contacts have a file of their own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _with_people(self, partners, company):
        """The figures of these customers, new ones with owner and class; in sudo."""
        figures = self._ensure(partners, company)
        new = figures.filtered(lambda figure: not figure.refreshed_on)
        if new:
            new._renew_people(company)
        return figures
