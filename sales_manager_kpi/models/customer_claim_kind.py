from odoo import fields, models

AREAS = [
    ("manager", "Manager"),
    ("warehouse", "Warehouse"),
    ("transport", "Transport"),
    ("production", "Production"),
    ("price", "Price or terms"),
    ("customer", "Customer"),
]
# A grave claim weighs as much as three minor ones.
SEVERITIES = [("minor", "Minor"), ("serious", "Serious"), ("grave", "Grave")]
WEIGHTS = {"minor": 1.0, "serious": 2.0, "grave": 3.0}


class CustomerClaimKind(models.Model):
    """What customers claim about, with what is usual for it."""

    _name = "customer.claim.kind"
    _description = "Kind of Claim"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    hours = fields.Float(
        string="To Decide Within (hours)",
        help="Working hours of the branch from opening to the verdict. 0: as the "
        "company does.",
    )
    fault_area = fields.Selection(
        selection=AREAS, help="Where the fault usually lies; the verdict says where."
    )
    severity = fields.Selection(selection=SEVERITIES, required=True, default="minor")

    _hours_range = models.Constraint(
        "CHECK (hours >= 0 AND hours <= 2000)",
        "A claim is decided within 0 to 2000 working hours.",
    )
