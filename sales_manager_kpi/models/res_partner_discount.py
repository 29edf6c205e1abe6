from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

# What a customer pays, and when: whoever changes it gives a discount.
TERM_FIELDS = (
    "property_product_pricelist",
    "specific_property_product_pricelist",
    "property_payment_term_id",
)


class ResPartner(models.Model):
    """The class of a customer, and who may change its prices and terms."""

    # The area of discounts has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    customer_class_member_ids = fields.One2many(
        comodel_name="customer.class.member",
        inverse_name="partner_id",
        string="Class History",
        copy=False,
        groups="sales_manager_kpi.group_manager",
    )
    customer_class_id = fields.Many2one(
        comodel_name="customer.class",
        compute="_compute_customer_class_id",
        search="_search_customer_class_id",
        groups="sales_manager_kpi.group_manager",
        help="Of the customer in this company today; its contacts follow it.",
    )

    # ------------------------------------------------------------------
    # Class
    # ------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_customer_class_id(self):
        classes = self._classes_today()
        nothing = self.env["customer.class"]
        for partner in self:
            customer = partner.commercial_partner_id._origin
            partner.customer_class_id = classes.get(customer.id, nothing)

    def action_open_customer_class(self):
        """Open the class the customer is of today."""
        return self.customer_class_id.get_formview_action()

    def _search_customer_class_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        own = Domain("company_id", "=", self.env.company.id) & self._class_holds()
        if operator != "in":
            return self._of_members(own & Domain("class_id", operator, value))
        chosen = [id_ for id_ in value if id_]
        found = self._of_members(own & Domain("class_id", "in", chosen))
        if len(chosen) == len(value):
            return found
        return found | ~self._of_members(own & Domain("class_id", "!=", False))

    @api.model
    def _of_members(self, domain):
        return Domain("commercial_partner_id.customer_class_member_ids", "any!", domain)

    @api.model
    def _class_holds(self):
        day = self.env["sales.branch"]._company_local_date(self.env.company)
        return self.env["customer.class.member"]._holding_on(day)

    def _classes_today(self):
        company = self.env.company
        day = self.env["sales.branch"]._company_local_date(company)
        return self.env["customer.class.member"]._classes_at(self, company, day)

    def _field_to_sql(self, alias, field_expr, query=None):
        """The class of today has no column, and is grouped and sorted by all the same.

        Nothing of it is stored, so that it is never yesterday's.
        """
        if field_expr != "customer_class_id" or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._join_class(alias, query)

    def _join_class(self, alias, query):
        """The column of the class of today; at most one row is joined to ``query``."""
        member = query.make_alias(alias, "class_of_today")
        fields_ = self.env["customer.class.member"]._fields
        column = {
            name: SQL.identifier(member, name, to_flush=fields_[name])
            for name in ("partner_id", "company_id", "class_id", "date_from", "date_to")
        }
        company = self.env.company
        condition = SQL(
            "%(partner_id)s = %(customer)s AND %(company_id)s = %(company)s"
            " AND %(date_from)s <= %(day)s"
            " AND (%(date_to)s IS NULL OR %(date_to)s >= %(day)s)",
            **column,
            customer=self._field_to_sql(alias, "commercial_partner_id", query),
            company=company.id,
            day=self.env["sales.branch"]._company_local_date(company),
        )
        query.add_join("LEFT JOIN", member, "customer_class_member", condition)
        return column["class_id"]

    def _class_pricelists(self):
        """``{partner: price list}`` of those whose class today has one in use."""
        lists = self.env["customer.class"]._pricelists(self.env.company.id)
        if not lists:
            return {}
        classes = self._classes_today()
        Pricelist = self.env["product.pricelist"]
        found = {}
        for partner in self:
            own = classes.get(partner.commercial_partner_id._origin.id)
            pricelist = Pricelist.browse(own and lists.get(own.id))
            # as core does with a customer's own list that is archived
            pricelist = pricelist._get_partner_pricelist_multi_filter_hook()
            if pricelist:
                found[partner] = pricelist
        return found

    def _own_pricelist(self):
        own = self.specific_property_product_pricelist
        return own._get_partner_pricelist_multi_filter_hook()

    def _inverse_product_pricelist(self):
        """Core keeps what differs from the country's list; here, from the class's."""
        chosen = {partner: partner.property_product_pricelist for partner in self}
        result = super()._inverse_product_pricelist()
        for partner, of_class in self._class_pricelists().items():
            if chosen[partner]:
                own = chosen[partner] if chosen[partner] != of_class else False
                partner.specific_property_product_pricelist = own
        return result

    # ------------------------------------------------------------------
    # Guard of prices and terms
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        given = {name for vals in vals_list for name in vals if name in TERM_FIELDS}
        if given and self._terms_are_guarded():
            for partner in partners:
                partner._check_terms_of_new(given)
        return partners

    def write(self, vals):
        names = [name for name in TERM_FIELDS if name in vals]
        if not names or not self._company_norms():
            return super().write(vals)
        changed = self._changed_terms(vals, names)
        if changed and self._terms_are_guarded():
            self._refuse_terms(next(iter(changed)))
        before = {partner: partner._terms_in_words(names) for partner in changed}
        result = super().write(vals)
        for partner, words in before.items():
            partner._log_terms(words, partner._terms_in_words(names))
        return result

    @api.model
    def _company_norms(self):
        """Whether norms are in force in this company; nothing is asked without."""
        company = self.env.company
        policies = self.env["discount.policy"]._policies(company)
        if not policies:
            return False
        day = self.env["sales.branch"]._company_local_date(company)
        return any(p.holds_on(day) and p.mode in ("ask", "block") for p in policies)

    @api.model
    def _terms_are_guarded(self):
        """Whether norms are in force and this person may not set terms."""
        if self.env.su or not self._company_norms():
            return False
        return self.env.user._discount_role() == "manager"

    def _changed_terms(self, vals, names):
        """Those whose terms would change; contacts that follow their customer not."""
        found = self.browse()
        for partner in self:
            customer = partner.commercial_partner_id
            for name in names:
                new = vals[name] or False
                follows = partner != customer and new == customer[name].id
                if new != partner[name].id and not follows:
                    found |= partner
        return found

    def _check_terms_of_new(self, names):
        """A new customer has the usual terms, a contact those of its customer."""
        customer = self.commercial_partner_id
        for name in names - {"property_product_pricelist"}:
            usual = self._fields[name].get_company_dependent_fallback(self)
            if customer != self:
                usual |= customer[name]
            if self[name] and self[name] not in usual:
                self._refuse_terms(self)

    @api.model
    def _refuse_terms(self, partner):
        raise AccessError(
            self.env._(
                "The price list and the payment terms of %(customer)s are part of the "
                "discount norms. Ask a director to change them, or ask for approval of "
                "one order.",
                customer=partner.display_name,
            )
        )

    def _terms_in_words(self, names):
        """``{field: value}`` as people read it.

        Core writes the list of the screen through the customer's own one.
        """
        return {
            self._fields[name]._description_string(self.env): self[name].display_name
            for name in names
            if name != "property_product_pricelist"
        }

    def _log_terms(self, before, after):
        lines = [
            self.env._(
                "%(field)s: %(old)s → %(new)s",
                field=name,
                old=old or "-",
                new=after[name] or "-",
            )
            for name, old in before.items()
            if after[name] != old
        ]
        if lines:
            self._message_log(body="\n".join(lines))
