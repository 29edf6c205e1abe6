from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerClassMember(models.Model):
    """Which class a customer belonged to, from when: a chain, like its owners.

    Each row holds until the day before the next one begins; a row without class says
    that the customer had none.
    """

    _name = "customer.class.member"
    _description = "Class of a Customer"
    _inherit = ["sales.dated.chain.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    class_id = fields.Many2one(
        comodel_name="customer.class",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: of no class from this day on.",
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        default=lambda self: self.env.user,
        help="Who put the customer in this class.",
    )
    reason = fields.Char()
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_branch_id",
        search="_search_branch_id",
        help="Which has the customer today. Its director decides about the class.",
    )

    _start_uniq = models.UniqueIndex(
        "(partner_id, company_id, date_from)",
        "The customer already has a class from this day on. Change that row instead.",
    )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._signed(vals) for vals in vals_list])
        rows._forget_prices()
        return rows

    def write(self, vals):
        result = super().write(self._signed(vals))
        if not {"partner_id", "company_id"}.isdisjoint(vals):
            self.check_access("write")  # of the customer it is of now, too
        self._forget_prices()
        return result

    @api.model
    def _signed(self, vals):
        """``vals`` in the name of who decides: nobody decides in another's name."""
        return vals if self.env.su else {**vals, "decided_by_id": self.env.uid}

    def unlink(self):
        result = super().unlink()
        self._forget_prices()
        return result

    @api.model
    def _forget_prices(self):
        """Another class may mean another price list."""
        self.env["res.partner"].invalidate_model(
            ["property_product_pricelist", "customer_class_id"]
        )

    @api.depends("partner_id", "class_id", "date_from")
    def _compute_display_name(self):
        for row in self:
            name = row.class_id.code or self.env._("no class")
            row.display_name = f"{row.partner_id.display_name} · {name}"

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for row in self:
            if row.partner_id != row.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Class the "
                        "customer, its contacts follow.",
                        contact=row.partner_id.display_name,
                        customer=row.partner_id.commercial_partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Whose customer it is
    # ------------------------------------------------------------------

    @api.depends("partner_id", "company_id")
    def _compute_branch_id(self):
        self.branch_id = False
        for company, rows in self.grouped("company_id").items():
            owners = self.env["customer.assignment"]._owners_at(
                rows.partner_id,
                company,
                self.env["sales.branch"]._company_local_date(company),
            )
            for row in rows:
                owner = owners.get(row.partner_id.id)
                row.branch_id = owner and owner.branch_id.sudo(False)

    @api.model
    def _search_branch_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        if operator != "in":
            return self._of_branches(Domain("branch_id", operator, value))
        chosen = [id_ for id_ in value if id_]
        found = self._of_branches(Domain("branch_id", "in", chosen))
        if len(chosen) == len(value):
            return found
        return found | ~self._of_branches(Domain("branch_id", "!=", False))

    @api.model
    def _of_branches(self, domain):
        """Rows whose customer, in the company of the row, has such an owner today."""
        Branch = self.env["sales.branch"]
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(
                "partner_id.customer_assignment_ids",
                "any!",
                Domain("company_id", "=", company.id)
                & self._holding_on(Branch._company_local_date(company))
                & domain,
            )
            for company in self.env.companies
        )

    @api.model
    def _holding_on(self, day):
        """Rows of a chain that hold on ``day``."""
        return Domain("date_from", "<=", day) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        )

    @api.model
    def _classes_at(self, partners, company, date):
        """The class of each customer on ``date``, in one query.

        :return: ``{commercial partner id: customer.class}``, without those of no class
        """
        # sudo: the class decides what a price may be, whoever asks
        rows = self.sudo().search_fetch(
            Domain("partner_id", "in", partners.commercial_partner_id.ids)
            & Domain("company_id", "=", company.id)
            & Domain("class_id", "!=", False)
            & self._holding_on(date),
            ["partner_id", "class_id"],
        )
        return {row.partner_id.id: row.class_id.sudo(False) for row in rows}
