from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

KINDS = ("char", "text", "html", "selection", "date", "many2one", "many2many")


class CustomerDataRule(models.Model):
    """What must be known about a customer, and how much it weighs."""

    _name = "customer.data.rule"
    _description = "Required Customer Data"
    _inherit = ["sales.cached.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="What is missing, in words of a manager."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Leave empty to ask for it in all companies.",
    )
    kind = fields.Selection(
        selection=[
            ("field", "A field is filled"),
            ("contact", "There is a contact person"),
            ("delivery", "There is a delivery address"),
            ("owner", "There is an owner"),
        ],
        required=True,
        default="field",
    )
    field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        ondelete="cascade",
        domain="[('model', '=', 'res.partner'), ('store', '=', True), "
        "('ttype', 'in', ('char', 'text', 'html', 'selection', 'date', 'many2one', "
        "'many2many'))]",
    )
    class_ids = fields.Many2many(
        comodel_name="customer.class",
        string="Customer Classes",
        check_company=True,
        help="Asked of customers of these classes; empty: of all customers.",
    )
    applies_to = fields.Selection(
        selection=[("all", "All"), ("company", "Companies"), ("person", "Persons")],
        required=True,
        default="all",
    )
    eu_only = fields.Boolean(
        string="Only in the European Union",
        help="Asked of customers whose country is in the European Union.",
    )
    weight = fields.Float(required=True, default=1.0)

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "The weight of what must be known is above zero."
    )
    _field_given = models.Constraint(
        "CHECK (kind != 'field' OR field_id IS NOT NULL)",
        "Choose the field that must be filled.",
    )

    @api.constrains("field_id")
    def _check_field(self):
        for rule in self:
            field = rule.field_id.sudo()  # sudo: the definition of a field, no data
            if field and (
                field.model != "res.partner"
                or not field.store
                or field.ttype not in KINDS
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s cannot be asked for. Choose a stored field of the "
                        "customer that holds text, a choice, a date or a record.",
                        field=field.field_description,
                    )
                )

    @api.model
    def _of_company(self, company):
        """Rules in force in ``company``."""
        # sudo: how complete a customer is does not depend on who asks
        return self.sudo().search([("company_id", "in", [False, company.id])])

    def _is_asked_of(self, partner, class_id):
        """Whether this is asked of ``partner``, of that class today."""
        self.ensure_one()
        if self.class_ids and class_id not in self.class_ids.ids:
            return False
        if self.eu_only and "EU" not in (partner.country_id.country_group_codes or ()):
            return False
        person = "company" if partner.is_company else "person"
        return self.applies_to in ("all", person)

    # ------------------------------------------------------------------
    # Which fields matter
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _asked_fields(self):
        """Names of the partner fields that some rule asks for; cached."""
        # sudo: names of fields
        rules = self.sudo().search([("active", "=", True)])
        names = set(rules.field_id.mapped("name"))
        return frozenset(names | {"is_company", "country_id"} if rules else ())
