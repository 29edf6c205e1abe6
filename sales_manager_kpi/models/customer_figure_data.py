from odoo import api, models
from odoo.tools import SQL


class CustomerFigure(models.Model):
    """How much of a customer is known, and what is missing."""

    # What is known has a file of its own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _renew_data(self):
        """Look again at what is filled; in sudo, some queries for all figures."""
        missing = {}
        for company, figures in self.grouped("company_id").items():
            rules = self.env["customer.data.rule"]._of_company(company)
            partners = figures.partner_id.with_company(company)
            children = figures._children_by_kind()
            for figure, partner in zip(figures, partners, strict=True):
                own = children.get(partner.id, ())
                asked = figure._asked(rules, partner)
                missing[figure] = figure._lacking(asked, partner, own)
                figure._keep_weights(asked, missing[figure])
        self._keep_missing(missing)

    def _asked(self, rules, partner):
        """Those of ``rules`` that are asked of this customer."""
        class_id = self.class_id.id
        return rules.filtered(lambda rule: rule._is_asked_of(partner, class_id))

    def _lacking(self, rules, partner, kinds):
        """Those of ``rules`` for which the customer has nothing.

        :param kinds: what addresses it has, of "contact" and "delivery"
        """
        return rules.filtered(lambda rule: not self._is_filled(rule, partner, kinds))

    def _is_filled(self, rule, partner, kinds):
        """Whether the customer has what ``rule`` asks for."""
        if rule.kind == "owner":
            return bool(self.user_id)
        if rule.kind != "field":
            return rule.kind in kinds
        return bool(partner[rule.field_id.name])

    def _children_by_kind(self):
        """``{partner id: {"contact", "delivery"}}`` of what they have, in one query.

        A person is a contact person itself.
        """
        rows = self.env["res.partner"]._read_group(
            [
                ("commercial_partner_id", "in", self.partner_id.ids),
                ("parent_id", "!=", False),
                ("type", "in", ("contact", "delivery")),
            ],
            ["commercial_partner_id"],
            ["type:array_agg"],
        )
        found = {partner.id: set(kinds) for partner, kinds in rows}
        for partner in self.partner_id.filtered(lambda p: not p.is_company):
            found.setdefault(partner.id, set()).add("contact")
        return found

    def _keep_weights(self, asked, lacks):
        self.ensure_one()
        whole = sum(asked.mapped("weight"))
        filled = whole - sum(lacks.mapped("weight"))
        self.write(
            {
                "asked_weight": whole,
                "filled_weight": filled,
                "completeness": filled / whole if whole else 0.0,
                "is_incomplete": bool(lacks),
            }
        )

    def _keep_missing(self, missing):
        """Two queries for all figures; the ORM would take two for each."""
        rows = [
            (figure.id, rule.id) for figure, rules in missing.items() for rule in rules
        ]
        self.flush_recordset()
        table = SQL.identifier("customer_figure_missing_rel")
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE figure_id = ANY(%s)", table, self.ids)
        )
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (figure_id, rule_id)"
                    " SELECT * FROM unnest(%s::integer[], %s::integer[])",
                    table,
                    [figure_id for figure_id, _rule_id in rows],
                    [rule_id for _figure_id, rule_id in rows],
                )
            )
        self.invalidate_recordset(["missing_rule_ids", "missing_words"], flush=False)

    @api.model
    def _follow_partners(self, partners):
        """What is known of these customers changed; in sudo."""
        figures = self.search([("partner_id", "in", partners.ids)])
        if figures:
            figures._renew_data()
