from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .sales_voice_mixin import COMMERCIAL

GONE = ["lost", "dormant"]


class SalesProspectList(models.Model):
    """Who comes on a list: by the rules of territories, or the figures of customers."""

    # Filling has a file of its own.
    _inherit = "sales.prospect.list"  # pylint: disable=consider-merging-classes-inherited

    def _fillable(self):
        """Which figures of customers the user fills a list from.

        Their own, those of whom they stand in for, and of the branches they direct;
        in their territories, those of customers that these people look after and the
        regions of these branches. Commercial directors: all.

        :return: domain on ``customer.figure``
        :raise AccessError: for territories of others
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user.has_group(COMMERCIAL):
            return Domain.TRUE
        company = self.company_id
        Substitution = self.env["sales.substitution"]
        directing = Substitution._acting("direction", user).get(company.id, ())
        acting = Substitution._acting("leads", user).get(company.id, ())
        # sudo: who directs a branch and who works there is no secret
        branches = (
            self.env["sales.branch"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("director_id", "in", [user.id, *directing]),
                ]
            )
        )
        today = branches._company_local_date(company)
        members = branches.member_ids.filtered(lambda row: row._covers(today))
        people = user.browse({user.id, *acting, *members.user_id.ids})
        territories = self._territories_of(people, branches.region_id, today)
        others = self.territory_ids - territories
        if others:
            raise AccessError(
                self.env._(
                    "%(territories)s: nobody of yours looks after customers there. "
                    "Choose territories of the branches that you direct, or ask the "
                    "commercial director.",
                    territories=", ".join(others.mapped("complete_name")),
                )
            )
        return (
            Domain("user_id", "in", people.ids)
            | Domain("branch_id", "in", branches.ids)
            | Domain("territory_id", "in", territories.ids)
        )

    def _territories_of(self, people, regions, today):
        """The regions, and where these people have customers now; with their parts."""
        # sudo: whose territory it is, whoever reads the customers
        rows = (
            self.env["customer.assignment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("user_id", "in", people.ids),
                    ("territory_id", "!=", False),
                    ("date_from", "<=", today),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", today),
                ],
                ["territory_id"],
            )
        )
        tops = {*regions.ids, *(territory.id for (territory,) in rows)}
        return self.env["sales.territory"].search([("id", "child_of", list(tops))])

    def _fill(self, within=Domain.TRUE):
        """In sudo, in some queries whatever the number of customers.

        :param within: domain on figures of customers that were lost
        """
        self.ensure_one()
        partners = (
            self._strangers()
            if self.kind == "territory"
            else self._gone_customers(within)
        )
        partners -= self._on_lists(partners)
        self.env["sales.prospect"].create(
            [self._prepare_prospect(partner) for partner in partners]
        )
        self.filled_at = fields.Datetime.now()

    def _territories(self):
        Territory = self.env["sales.territory"]
        return Territory.search([("id", "child_of", self.territory_ids.ids)])

    def _strangers(self):
        """Commercial entities of the territories that never bought in the company."""
        territories = self._territories()
        Partner = self.env["res.partner"]
        own = self.env["res.company"]._own_partner_ids()
        candidates = Partner.search(
            Domain("parent_id", "=", False)
            & Domain("id", "not in", own)
            & Domain("partner_share", "=", True)
            & Domain("company_id", "in", [False, self.company_id.id])
            & (Domain("supplier_rank", "=", 0) | Domain("customer_rank", ">", 0))
            & _addresses(territories)
        )
        by_partner = self.env["sales.territory"]._territory_by_partner(
            candidates, self.company_id
        )
        inside = candidates.filtered(lambda p: by_partner[p.id].id in territories.ids)
        return inside - self._buyers(inside)

    def _buyers(self, partners):
        """Those who bought, by their figures or by an order that stands."""
        figures = self.env["customer.figure"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.company_id.id),
                ("life_state", "!=", False),
            ]
        )
        rows = self.env["sale.order"]._read_group(
            [
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
            ],
            ["partner_id"],
        )
        ordering = self.env["res.partner"].union(
            *(partner.commercial_partner_id for (partner,) in rows)
        )
        return figures.partner_id | ordering

    def _gone_customers(self, within):
        """By the state of their figures, the one definition of it."""
        states = GONE if self.with_dormant else ["lost"]
        domain = (
            within
            & Domain("company_id", "=", self.company_id.id)
            & Domain("life_state", "in", states)
        )
        if self.territory_ids:
            domain &= Domain("territory_id", "in", self._territories().ids)
        return self.env["customer.figure"].search(domain).partner_id

    def _on_lists(self, partners):
        """Those that are on a list of the company already, to be worked."""
        rows = self.env["sales.prospect"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", self.company_id.id),
                "|",
                ("state", "in", ("new", "duplicate")),
                ("list_id", "=", self.id),
            ]
        )
        return rows.partner_id

    def _prepare_prospect(self, partner):
        return {
            "list_id": self.id,
            "partner_id": partner.id,
            "name": partner.name,
            "vat": partner.vat,
            "email": partner.email,
            "phone": partner.phone,
            "street": partner.street,
            "zip": partner.zip,
            "city": partner.city,
            "country_id": partner.country_id.id,
            "user_id": partner.with_company(self.company_id).user_id.id,
        }


def _addresses(territories):
    """Who may match at all; the rules themselves are asked afterwards."""
    domains = []
    for territory in territories:
        domain = Domain.TRUE
        if territory.country_ids:
            domain &= Domain("country_id", "in", territory.country_ids.ids)
        if territory.state_ids:
            domain &= Domain("state_id", "in", territory.state_ids.ids)
        if territory.industry_ids:
            domain &= Domain("industry_id", "in", territory.industry_ids.ids)
        if territory.zip_from:
            domain &= Domain("zip", "!=", False)
        if domain is not Domain.TRUE:
            domains.append(domain)
    return Domain.OR(domains)
