from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class SalesSubstitutedMixin(models.AbstractModel):
    """Records of a principal that the deputy works with.

    Access is a record rule of its own on ``is_acted_for``: core's rules stay, and the
    query stays as fast, since the condition becomes ``owner IN (…)``.
    """

    _name = "sales.substituted.mixin"
    _description = "Records a Deputy Works With"
    # The area of substitution, and the ways to the owner and the company.
    _substitution_scope = None
    _substitution_owner = "user_id"
    _substitution_company = "company_id"
    # The way to the owner of the customer, where the record has one.
    _substitution_customer_owner = None
    # The same way, where a new record belongs to whom the customer belongs.
    _substitution_follows = None

    is_acted_for = fields.Boolean(
        string="Of Those I Stand In For",
        compute="_compute_is_acted_for",
        search="_search_is_acted_for",
        export_string_translation=False,
    )

    # By user: without it a third user would inherit the deputy's answer. By no field:
    # what a kept answer depends on most, the clock, is no field either, so every
    # access drops it (see _check_access), and changing an owner costs nothing more.
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_acted_for(self):
        principals = self._principals()
        for record in self:
            record.is_acted_for = bool(principals.get(record))

    @api.model
    def _substitution_roads(self):
        """``[(area, way to the owner, way to the company or None)]``."""
        return [
            (
                self._substitution_scope,
                self._substitution_owner,
                self._substitution_company,
            )
        ]

    def _principals(self, roads=None):
        """For whom the current user acts on these records now.

        :param roads: ways to an owner (see `_substitution_roads`), if not the usual
        :return: ``{record: res.users}`` of those that have somebody
        """
        result = {}
        for scope, owner, company in roads or self._substitution_roads():
            acting = self.env["sales.substitution"]._acting(scope)
            if not acting:
                continue
            # sudo: the owner of a record decides whether it may be read at all
            for record, secret in zip(self, self.sudo(), strict=True):
                companies = secret.mapped(company).ids if company else ()
                companies = companies or self.env.companies.ids
                theirs = {i for c in companies for i in acting.get(c, ())}
                owners = secret.mapped(owner)._origin.filtered(
                    lambda user, theirs=theirs: user.id in theirs
                )
                if owners:
                    result[record] = result.get(record, owners) | owners.sudo(False)
        return result

    def _acted_for(self):
        """Whom the current user acts for on this record: one ``res.users`` or none."""
        self.ensure_one()
        return self._principals().get(self, self.env["res.users"])[:1]

    def _deputies_of(self, users):
        """Who stands in now for those of ``users`` that own this record."""
        self.ensure_one()
        Substitution = self.env["sales.substitution"]
        deputies = users.browse()
        if not users or not Substitution._deputies():
            return deputies
        now = fields.Datetime.now()
        for scope, owner, company in self._substitution_roads():
            # sudo: who is told about a record, whoever writes on it
            secret = self.sudo()
            owners = secret.mapped(owner) & users.sudo()  # sudo: as above
            companies = (company and secret.mapped(company)) or self.env.companies
            for one in companies if owners else ():
                found = Substitution._in_force(owners, one, now, scope)
                deputies |= users.union(*(row.deputy_id for row in found.values()))
        return deputies.sudo()  # sudo: their addresses, to be told

    @api.model
    def _search_is_acted_for(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(
            Domain(owner, "in", list(principals))
            & self._substitution_company_domain(company, company_id)
            for scope, owner, company in self._substitution_roads()
            for company_id, principals in self.env["sales.substitution"]
            ._acting(scope)
            .items()
        )

    @api.model
    def _substitution_company_domain(self, path, company_id):
        """Records of the company; those of none where the user works in it now."""
        here = company_id in self.env.companies.ids
        if not path:
            return Domain(here)
        return Domain(path, "in", [company_id, False] if here else [company_id])

    def _check_access(self, operation):
        Substitution = self.env["sales.substitution"]
        if not self.env.su and Substitution._own_rows(self.env.user):
            Substitution._forget_answers()
        return super()._check_access(operation)

    # ------------------------------------------------------------------
    # What is the principal's stays theirs
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._give_to_principals(records._for_principals())
        return records

    def write(self, vals):
        before = self._guarded_owners()
        followed = self._for_principals()
        result = super().write(vals)
        if before:
            self._check_owners_stay(before)
        now = self._for_principals()
        self._give_to_principals(
            {record: now[record] for record in now if record not in followed}
        )
        return result

    def _for_principals(self):
        """``{record: principal}`` of records for customers of principals."""
        if not self._substitution_follows or self.env.su:
            return {}
        road = (
            self._substitution_scope,
            self._substitution_follows,
            self._substitution_company,
        )
        return self._principals([road])

    def _give_to_principals(self, principals):
        """What a deputy makes in the own name for a principal's customer is not theirs.

        Else the principal would not find it after the absence, nor would the report of
        what was done, and it would be taken over by another door.
        """
        owner = self._substitution_owner
        for record, principal in principals.items():
            if record[owner] != self.env.user:
                continue
            # sudo: the owner is set for the deputy, who may not choose another one;
            # nobody is told, since the principal is away
            theirs = record.sudo().with_context(mail_auto_subscribe_no_notify=True)
            theirs.write({owner: principal[:1].id})
            theirs._message_log(
                body=self.env._(
                    "A customer of %(principal)s, for whom %(deputy)s stands in: this "
                    "belongs to %(principal)s.",
                    principal=principal[:1].name,
                    deputy=self.env.user.name,
                )
            )

    def _guarded_owners(self):
        """Owners that a deputy must not change: ``{record: (owner, customer's)}``."""
        if self.env.su or not self.env["sales.substitution"]._acting():
            return {}
        if self.env.user.has_group("sales_manager_kpi.group_commercial_director"):
            return {}
        return {record: record._owners_now() for record in self._principals()}

    def _owners_now(self):
        # sudo: compared, not shown
        record, customer_path = self.sudo(), self._substitution_customer_owner
        owner = record.mapped(self._substitution_owner)
        customer = record.mapped(customer_path) if customer_path else owner.browse()
        return owner, customer

    def _check_owners_stay(self, before):
        """Whoever stands in does not take over: that would rewrite credit and pay.

        Looked at afterwards, since an owner changes through many doors: the field,
        another customer, another order, another parent.
        """
        for record, (owner, customer) in before.items():
            new_owner, new_customer = record._owners_now()
            moved = new_customer not in (customer, owner, owner.browse())
            if new_owner != owner or moved:
                record._refuse_taking_over(owner)

    def _refuse_taking_over(self, owner):
        raise AccessError(
            self.env._(
                "You stand in for %(principal)s: %(record)s stays theirs. "
                "Lasting moves are made by a handover.",
                principal=owner[:1].name,
                record=self.sudo().display_name,  # sudo: may be out of reach by now
            )
        )
