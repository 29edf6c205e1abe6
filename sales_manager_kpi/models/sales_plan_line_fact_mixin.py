from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine.categories import path_ids

COUNTED_MEASURES = ("quantity", "new_customers")  # a number, not money
CUSTOMER_DIMENSIONS = ("customer", "customer_group")


class LineFact(NamedTuple):
    """What counted for a line; ``note`` says in words what it leaves out."""

    amount: float = 0.0
    quantity: float = 0.0
    note: str | bool = False


class SalesPlanLineFactMixin(models.AbstractModel):
    """Target against fact: the part of ``sales.plan.line`` that reads what was sold.

    Lines of one kind are read together: one query for each basis, figure and object
    (categories or customers) that the lines ask for, whatever their number.
    """

    _name = "sales.plan.line.fact.mixin"
    _description = "Plan Line against Fact"

    currency_id = fields.Many2one(comodel_name="res.currency")
    last_year_amount = fields.Monetary(
        string="Last Year",
        compute="_compute_last_year",
        help="Fact of the same days of last year, on the plan's basis.",
    )
    last_year_quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_last_year",
        help="Fact of the same days of last year, for quantities and new customers.",
    )
    fact_amount = fields.Monetary(
        string="Fact",
        compute="_compute_fact_amount",
        help="Counted so far, live, on the plan's basis.",
    )
    fact_quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_fact_amount",
        help="Counted so far, live, for quantities and new customers.",
    )
    fact_note = fields.Char(
        string="About the Fact",
        compute="_compute_fact_amount",
        help="What the fact leaves out, and why.",
    )
    has_base = fields.Boolean(compute="_compute_fact_amount")
    fulfilment = fields.Float(
        compute="_compute_fact_amount",
        aggregator=None,
        help="Fact as a share of the target. Without a target there is no base: the "
        "field is blank then, not 0 %.",
    )

    def _fact_depends(self):
        return (
            "dimension",
            "measure",
            "categ_id",
            "partner_id",
            "partner_category_id",
            "uom_id",
            "plan_id.user_id",
            "plan_id.day_from",
            "plan_id.day_to",
            "plan_id.basis",
        )

    @api.depends(lambda self: self._fact_depends())
    @api.depends_context("uid", "su", "lang")
    def _compute_last_year(self):
        facts = self._facts(months_back=12)
        for line in self:
            fact = facts.get(line) or LineFact()
            line.last_year_amount = fact.amount
            line.last_year_quantity = fact.quantity

    @api.depends(
        lambda self: (*self._fact_depends(), "target_amount", "target_quantity")
    )
    @api.depends_context("uid", "su", "lang")
    def _compute_fact_amount(self):
        facts = self._facts()
        shares = self.plan_id._counting_shares()
        for line in self:
            fact = facts.get(line) or LineFact()
            counted = line.measure in COUNTED_MEASURES
            target = line.target_quantity if counted else line.target_amount
            target *= shares.get(line.plan_id, 1.0)
            value = fact.quantity if counted else fact.amount
            line.fact_amount = fact.amount
            line.fact_quantity = fact.quantity
            line.fact_note = fact.note
            line.has_base = target > 0 and line._may_read_fact()
            line.fulfilment = value / target if line.has_base else 0.0

    # ------------------------------------------------------------------
    # What counted
    # ------------------------------------------------------------------

    def _may_read_fact(self):
        """Margins are as secret as costs; every other figure of a plan is not."""
        return (
            self.measure != "margin"
            or self.env.su
            or self.env.user.has_group("sales_manager_kpi.group_cost")
        )

    def _facts(self, months_back=0):
        """``{line: LineFact}``; lines without facts may be left out.

        :param int months_back: 12 for the same days of the year before
        """
        result, kinds = {}, defaultdict(self.browse)
        shown = self.plan_id._shown()
        for line in self.filtered(lambda line: line.plan_id in shown):
            if not line._may_read_fact():
                note = self.env._("Only who may see costs sees the margin.")
                result[line] = LineFact(note=note)
            elif line.measure == "new_customers":
                kinds["new_customers",] |= line
            else:
                kinds[line._fact_kind()] |= line
        members = self._members_by_group()
        for kind, lines in kinds.items():
            if kind[0] == "new_customers":
                result.update(lines._new_customer_facts(members, months_back))
            else:
                result.update(lines._sum_facts(*kind, members, months_back))
        return result

    def _fact_kind(self):
        """What must be read for this line: basis, figure, and of whom or what."""
        collected = self.measure == "collected"
        return (
            "payment" if collected else self.plan_id.basis,
            "amount" if collected else self.measure,
            "partner_id" if self.dimension in CUSTOMER_DIMENSIONS else "categ_id",
        )

    def _sum_facts(self, basis, measure, axis, members, months_back):
        """Facts of lines of one kind."""
        groupby = (axis, "uom_id") if measure == "quantity" else (axis,)
        only = None
        if axis == "partner_id":
            partner_ids = set().union(*(line._partner_ids(members) for line in self))
            only = [("partner_id", "in", sorted(partner_ids))]
        rows_by_plan = self.plan_id._fact_rows(
            basis, groupby, measure, only, months_back
        )
        result = {}
        for line in self:
            rows = [
                row
                for row in rows_by_plan.get(line.plan_id, ())
                if line._holds(row[0], members)
            ]
            if measure == "quantity":
                result[line] = line._in_unit(rows)
            else:
                result[line] = LineFact(amount=sum(row[-1] or 0.0 for row in rows))
        return result

    def _holds(self, record, members):
        """Whether a fact of this category or customer counts for the line."""
        if self.dimension == "total":
            return True
        if self.dimension == "category":
            return self.categ_id._origin.id in path_ids(record.parent_path)
        return record.id in self._partner_ids(members)

    def _in_unit(self, rows):
        """Quantities in the line's unit; what has no conversion is named, not lost."""
        quantity, left_out = 0.0, defaultdict(float)
        for __, uom, value in rows:
            if uom and self.uom_id and uom._has_common_reference(self.uom_id):
                quantity += uom._compute_quantity(value, self.uom_id, round=False)
            elif value:
                left_out[uom] += value
        if not left_out:
            return LineFact(quantity=quantity)
        note = self.env._(
            "Left out, as it cannot be counted in %(unit)s: %(quantities)s.",
            unit=self.uom_id.display_name or "–",
            quantities=", ".join(
                f"{formatLang(self.env, value, digits=2)} {uom.display_name or ''}"
                for uom, value in left_out.items()
            ),
        )
        return LineFact(quantity=quantity, note=note)

    def _new_customer_facts(self, members, months_back):
        """How many customers bought for the first time, or again after long silence."""
        Fact = self.env["sales.fact.report"]
        groups = defaultdict(self.browse)
        for line in self:
            plan = line.plan_id
            if plan.user_id and plan.day_from:
                days = plan._days_back(months_back)
                groups[plan.company_id, plan.basis, days] |= line
        result = {}
        for (company, basis, days), lines in groups.items():
            # sudo: like every fact, the number is the same for whoever reads it
            found = Fact.sudo()._new_customers(
                company, *days, basis=basis, users=lines.plan_id.user_id
            )
            for line in lines:
                partner_ids = found.get(line.plan_id.user_id.id, {}).keys()
                if line.dimension == "customer_group":
                    partner_ids &= line._partner_ids(members)
                result[line] = LineFact(quantity=len(partner_ids))
        return result

    # ------------------------------------------------------------------
    # Whose facts
    # ------------------------------------------------------------------

    def _partner_ids(self, members):
        """The customers, as companies, that a customer line speaks of."""
        if self.dimension == "customer_group":
            return members.get(self.partner_category_id._origin.id, frozenset())
        # sudo: the id of a company, also where the reader sees its contact only
        return {self.partner_id.sudo().commercial_partner_id._origin.id}

    def _members_by_group(self):
        """``{customer group id: ids of its companies}``, groups below included."""
        groups = self.partner_category_id._origin
        if not groups:
            return {}
        # sudo: whom a tag is on must not depend on the reader, as the figure does not
        Category = self.env["res.partner.category"].sudo()
        Category = Category.with_context(active_test=False)
        held = Category.search_fetch([("id", "child_of", groups.ids)], ["parent_path"])
        # sudo: as above
        rows = self.env["res.partner"].sudo().with_context(active_test=False)
        rows = rows._read_group(
            [("category_id", "in", held.ids)], ["category_id", "commercial_partner_id"]
        )
        members = defaultdict(set)
        for category, partner in rows:
            for category_id in path_ids(category.parent_path):
                members[category_id].add(partner.id)
        return members
