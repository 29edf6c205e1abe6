from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.customer_keys import name_key, phone_key, same_vat, vat_forms, vat_key


class SalesProspect(models.Model):
    """Which prospects exist already: as customers, open leads or other prospects.

    By the one definition of customers (see ``res.partner._same_as``), and by VAT.
    """

    # Duplicates have a file of their own.
    _inherit = "sales.prospect"  # pylint: disable=consider-merging-classes-inherited

    def _look_for_duplicates(self):
        """Mark what exists already; in sudo, a handful of queries for each company."""
        for company, rows in self.grouped("company_id").items():
            rows._take_turns(company)
            rows.filtered(lambda row: not row.is_checked)._mark_duplicates(company)

    def _mark_duplicates(self, company):
        twins = {row: row._as_partner() for row in self}
        partners = self._same_partners(twins, company)
        leads = self._same_leads(twins, company)
        others = self._same_prospects(twins, company)
        for row in self:
            same = partners.get(row), leads.get(row), others.get(row)
            row.write(
                {
                    "duplicate_partner_id": same[0] and same[0].id,
                    "duplicate_lead_id": same[1] and same[1].id,
                    "duplicate_prospect_id": same[2] and same[2].id,
                    "state": "duplicate" if any(same) else "new",
                }
            )

    def _as_partner(self):
        """A customer with these words, to be compared with others."""
        return self.env["res.partner"].new(
            {
                "name": self.name,
                "email": self.email,
                "phone": self.phone,
                "zip": self.zip,
                "city": self.city,
                "company_id": self.company_id.id,
            }
        )

    def _same_partners(self, twins, company):
        """``{prospect: customer}``; who is known already is none of itself."""
        rows = self.filtered(lambda row: not row.partner_id)
        Partner = self.env["res.partner"]
        some = {twins[row]: row for row in rows}
        found = {}
        duplicates = Partner.concat(*some)._customer_duplicates() if some else {}
        for twin, others in duplicates.items():
            found[some[twin]] = others[0][0]
        return found | rows._same_numbers(company)

    def _same_numbers(self, company):
        """``{prospect: customer}`` of one VAT number, however it was typed."""
        keys = {row: key for row in self if (key := row._vat_key())}
        forms = {form for key in keys.values() for form in vat_forms(key)}
        if not forms:
            return {}
        Partner = self.env["res.partner"]
        Partner.flush_model(["vat"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE vat IS NOT NULL"
                " AND regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g') = ANY(%s)",
                list(forms),
            )
        )
        partners = Partner.search(
            Domain("id", "in", [partner_id for (partner_id,) in rows])
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", [False, company.id]),
            order="id",
        )
        by_number = defaultdict(list)
        for partner in partners:
            key = vat_key(partner.vat, partner.country_id.code)
            by_number[key[1]].append((key, partner))
        return {
            row: same[0]
            for row, key in keys.items()
            if (same := [p for own, p in by_number[key[1]] if same_vat(key, own)])
        }

    def _vat_key(self):
        return vat_key(self.vat, self.country_id.code)

    def _same_leads(self, twins, company):
        """``{prospect: open lead}``, of the same customer or with the same words."""
        leads = self.env["crm.lead"].search_fetch(
            Domain("company_id", "in", [False, company.id])
            & Domain("won_status", "=", "pending"),
            ["partner_id", "partner_name", "name", "email_from", "phone"],
        )
        leads = leads.filtered(lambda lead: lead._playbook_company() == company)
        by_key, by_customer = defaultdict(list), {}
        for lead in leads:
            by_customer[lead.partner_id.commercial_partner_id.id] = lead
            for key in _keys(_lead_name(lead), lead.email_from, lead.phone):
                by_key[key].append(lead)
        found = {}
        for row in self:
            if row.partner_id and row.partner_id.id in by_customer:
                found[row] = by_customer[row.partner_id.id]
                continue
            for key in _keys(row.name, row.email, row.phone):
                same = [
                    lead
                    for lead in by_key.get(key, ())
                    if twins[row]._same_as(self._lead_as_partner(lead))
                ]
                if same:
                    found[row] = same[0]
                    break
        return found

    @api.model
    def _lead_as_partner(self, lead):
        return self.env["res.partner"].new(
            {
                "name": _lead_name(lead),
                "email": lead.email_from,
                "phone": lead.phone,
                "zip": lead.zip,
                "city": lead.city,
            }
        )

    def _same_prospects(self, twins, company):
        """``{prospect: an older one that is still worked}``."""
        others = self.search_fetch(
            [("company_id", "=", company.id), ("state", "in", ("new", "duplicate"))],
            [
                *("name", "email", "phone", "zip", "city"),
                *("vat", "country_id", "partner_id"),
            ],
            order="id",
        )
        by_key = defaultdict(list)
        for other in others:
            for key in _keys(other.name, other.email, other.phone, other._vat_key()):
                by_key[key].append(other)
        found = {}
        for row in self:
            number = row._vat_key()
            for key in _keys(row.name, row.email, row.phone, number):
                same = [
                    other
                    for other in by_key[key]
                    if other.id < row.id
                    and (
                        same_vat(number, other._vat_key())
                        if key[0] == "vat"
                        else twins[row]._same_as(other._as_partner())
                    )
                ]
                if same:
                    found[row] = same[0]
                    break
        return found


def _lead_name(lead):
    return lead.partner_name or lead.partner_id.name or lead.contact_name or lead.name


def _keys(name, email, phone, vat=None):
    """What two entries must share to be compared at all."""
    keys = [("name", name_key(name)), ("phone", phone_key(phone))]
    keys.append(("email", (email or "").strip().casefold()))
    keys.append(("vat", vat and vat[1]))
    return [key for key in keys if key[1]]
