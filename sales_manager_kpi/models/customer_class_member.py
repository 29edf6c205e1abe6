from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    _start_uniq = models.UniqueIndex(
        "(partner_id, company_id, date_from)",
        "The customer already has a class from this day on. Change that row instead.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._forget_prices()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self._forget_prices()
        return result

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

    @api.model
    def _classes_at(self, partners, company, date):
        """The class of each customer on ``date``, in one query.

        :return: ``{commercial partner id: customer.class}``, without those of no class
        """
        # sudo: the class decides what a price may be, whoever asks
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("class_id", "!=", False),
                ("date_from", "<=", date),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date),
            ],
            ["partner_id", "class_id"],
        )
        return {row.partner_id.id: row.class_id.sudo(False) for row in rows}
