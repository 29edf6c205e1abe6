from odoo import api, fields, models
from odoo.exceptions import ValidationError

KIND_ORDER = ["region", "district", "sector"]


class SalesTerritory(models.Model):
    """A part of the market: a region, a district in it, or a sector (industry)."""

    _name = "sales.territory"
    _description = "Sales Territory"
    _parent_name = "parent_id"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("region", "Region"),
            ("district", "District"),
            ("sector", "Sector"),
        ],
        required=True,
        default="region",
    )
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        comodel_name="sales.territory",
        string="Part Of",
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="sales.territory", inverse_name="parent_id", string="Parts"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: every company sells by this territory.",
    )
    country_ids = fields.Many2many(comodel_name="res.country")
    state_ids = fields.Many2many(comodel_name="res.country.state", string="States")
    zip_from = fields.Char(
        string="ZIP From", help="First postal code, compared as text without spaces."
    )
    zip_to = fields.Char(
        string="ZIP To",
        help="Last postal code, also its longer forms (75 holds 75999).",
    )
    industry_ids = fields.Many2many(
        comodel_name="res.partner.industry", string="Industries"
    )

    _zip_pair = models.Constraint(
        "CHECK ((zip_from IS NULL) = (zip_to IS NULL))",
        "Give the first and the last postal code of the range, or neither.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            parent = territory.parent_id.complete_name
            territory.complete_name = (
                f"{parent} / {territory.name}" if parent else territory.name
            )

    @api.constrains("parent_id", "kind")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A territory cannot be a part of itself. Choose another.")
            )
        for territory in self.filtered("parent_id"):
            level = KIND_ORDER.index(territory.kind)
            if KIND_ORDER.index(territory.parent_id.kind) > level:
                raise ValidationError(
                    self.env._(
                        "%(child)s cannot be a part of %(parent)s: regions hold "
                        "districts, districts hold sectors.",
                        child=territory.name,
                        parent=territory.parent_id.name,
                    )
                )

    @api.constrains("zip_from", "zip_to")
    def _check_zip_range(self):
        for territory in self.filtered("zip_from"):
            if _plain(territory.zip_from) > _plain(territory.zip_to):
                raise ValidationError(
                    self.env._(
                        "The postal codes of %(territory)s run backwards: "
                        "%(start)s comes after %(end)s. Swap them.",
                        territory=territory.name,
                        start=territory.zip_from,
                        end=territory.zip_to,
                    )
                )

    def _matches(self, partner):
        """Whether the rules of this territory hold for ``partner``'s address.

        A territory without rules matches nobody: it only groups its parts.
        """
        self.ensure_one()
        checks = []
        if self.country_ids:
            checks.append(partner.country_id in self.country_ids)
        if self.state_ids:
            checks.append(partner.state_id in self.state_ids)
        if self.industry_ids:
            checks.append(partner.industry_id in self.industry_ids)
        if self.zip_from:
            checks.append(self._holds_zip(partner.zip))
        return bool(checks) and all(checks)

    def _holds_zip(self, code):
        code = _plain(code)
        last = _plain(self.zip_to)
        return bool(code) and (
            _plain(self.zip_from) <= code and code[: len(last)] <= last
        )

    def _specificity(self):
        """How narrow the rules are: the narrowest matching territory wins.

        Deeper parts win from the whole, then a postal range from a state, a state from
        a country; an industry adds to each.
        """
        return (
            self.parent_path.count("/"),
            bool(self.zip_from),
            bool(self.state_ids),
            bool(self.country_ids),
            bool(self.industry_ids),
            -self.id,
        )

    @api.model
    def _territory_by_partner(self, partners, company):
        """The territory of each partner by the rules.

        :return: ``{partner id: sales.territory record, perhaps empty}``
        """
        # sudo: the rules of the market are read for whoever saves an address
        territories = (
            self.sudo()
            .search([("company_id", "in", [False, company.id])])
            .sorted(lambda t: t._specificity(), reverse=True)
        )
        # sudo: the address alone decides, whatever the reader may see of the customer
        return {
            partner.id: next(
                (t for t in territories if t._matches(partner)), territories.browse()
            )
            for partner in partners.sudo()
        }

    def action_apply(self):
        """Match all owned customers of the company to the territories again.

        Customers whose territory was set by hand keep it. Changes count from today.
        """
        self.check_access("write")
        Assignment = self.env["customer.assignment"]
        count = Assignment._rematch_territories(self.env.company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s customers changed territory.", count=count
                ),
            },
        }


def _plain(code):
    return (code or "").replace(" ", "").replace("-", "").upper()
