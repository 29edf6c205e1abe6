from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.customer_keys import name_key, phone_key, place_key

NAMED = 3  # so many are named in the warning


class ResPartner(models.Model):
    """Whether a customer that is being entered exists already, and whom to ask.

    By e-mail, phone, or name and place; the VAT number is core's own check. Merging is
    core's wizard.
    """

    # The customer base has files of its own.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    customer_name_key = fields.Char(
        compute="_compute_customer_keys",
        store=True,
        precompute=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    customer_phone_key = fields.Char(
        compute="_compute_customer_keys",
        store=True,
        precompute=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    customer_email_key = fields.Char(
        compute="_compute_customer_keys",
        store=True,
        precompute=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    customer_duplicate_note = fields.Char(
        string="May Exist Already",
        compute="_compute_customer_duplicate_note",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends("name", "phone", "email", "parent_id")
    def _compute_customer_keys(self):
        """Of commercial entities; people of a customer may share what they like."""
        for partner in self:
            whole = not partner.parent_id
            partner.customer_name_key = whole and name_key(partner.name)
            partner.customer_phone_key = whole and phone_key(partner.phone)
            email = (partner.email or "").strip().casefold()
            partner.customer_email_key = whole and "@" in email and email

    @api.depends("name", "phone", "email", "zip", "city", "parent_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_customer_duplicate_note(self):
        """As far as the user may know the other; else that there is one, and whose."""
        self.customer_duplicate_note = False
        if not self.env["sales.branch"]._exist(self.env.company):
            return
        for partner, others in self._customer_duplicates().items():
            partner.customer_duplicate_note = " ".join(
                partner._duplicate_words(other, reasons)
                for other, reasons in others[:NAMED]
            )

    # ------------------------------------------------------------------
    # Finding
    # ------------------------------------------------------------------

    def _customer_duplicates(self):
        """``{partner: [(other in sudo, {reason, ...}), ...]}``, in two queries."""
        keys = {
            name: [key for key in self.mapped(name) if key]
            for name in (
                "customer_email_key",
                "customer_phone_key",
                "customer_name_key",
            )
        }
        domain = Domain.OR(
            Domain(name, "in", values) for name, values in keys.items() if values
        )
        if not any(keys.values()):
            return {}
        # sudo: that a customer exists is told to whoever enters it once more; who it
        # is only to those who may read it
        others = self.sudo().search(
            domain
            & Domain("parent_id", "=", False)
            & Domain("id", "not in", self.env["res.company"].sudo()._own_partner_ids())
        )
        return {
            partner: found
            for partner in self
            if (found := partner._duplicates_among(others))
        }

    def _duplicates_among(self, others):
        self.ensure_one()
        me, company = self._origin or self, self.company_id or self.env.company
        if self.parent_id:
            return []
        return [
            (other, reasons)
            for other in others
            if other.id != me.id
            and (not other.company_id or other.company_id == company)
            and (reasons := self._same_as(other))
        ]

    def _same_as(self, other):
        """What the two have in common that one customer has."""
        reasons = set()
        if self.customer_email_key and self.customer_email_key == (
            other.customer_email_key
        ):
            reasons.add("email")
        if self.customer_phone_key and self.customer_phone_key == (
            other.customer_phone_key
        ):
            reasons.add("phone")
        if self.customer_name_key and self.customer_name_key == other.customer_name_key:
            zips, cities = (
                (place_key(self[name]), place_key(other[name]))
                for name in ("zip", "city")
            )
            if any(mine and mine == theirs for mine, theirs in (zips, cities)):
                reasons.add("name")
        return reasons

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _duplicate_words(self, other, reasons):
        """What ``self.env.user`` may know of ``other``, which is in sudo."""
        same = self._reason_words(reasons)
        known = other.sudo(False).with_user(self.env.user)
        ask = self._whom_to_ask(other)
        if known.has_access("read"):
            return self.env._(
                "%(customer)s exists with the same %(same)s. Owner: %(owner)s.",
                customer=other.display_name,
                same=same,
                owner=other.user_id.name or self.env._("nobody"),
            )
        return self.env._(
            "A customer with the same %(same)s exists. Ask %(person)s.",
            same=same,
            person=ask or self.env._("your director"),
        )

    @api.model
    def _reason_words(self, reasons):
        names = {
            "email": self.env._("e-mail"),
            "phone": self.env._("phone"),
            "name": self.env._("name and place"),
        }
        return ", ".join(names[reason] for reason in sorted(reasons))

    def _whom_to_ask(self, other):
        """Name of the owner, else of the director of the branch."""
        branch = self.env["sales.branch"]._of_user().sudo()  # sudo: a name
        return other.user_id.name or branch.director_id.name

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env["sales.branch"]._exist(self.env.company):
            partners._log_duplicates()
        return partners

    def _log_duplicates(self):
        """A note on each new one that may exist already, however it was entered.

        It is read by others than who entered it, so it names nobody's customer.
        """
        found = self.filtered(lambda p: not p.parent_id)._customer_duplicates()
        bodies = {
            partner.id: self.env._(
                "May exist already: same %(same)s as a customer of %(owner)s.",
                same=self._reason_words(set().union(*(r for __, r in others))),
                owner=", ".join(
                    sorted({other.user_id.name or "-" for other, __ in others})
                ),
            )
            for partner, others in found.items()
        }
        if bodies:
            self.browse(bodies)._message_log_batch(bodies=bodies)


class ResCompany(models.Model):
    """Our own addresses are nobody's customers."""

    # The customer base has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _own_partner_ids(self):
        return self.search([("partner_id", "!=", False)]).partner_id.ids
