from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.showroom import CATEGORY, TEMPLATE, VARIANT, rank

TARGETS = ("product_id", "product_tmpl_id", "categ_id")
# What a norm's lines follow from.
RESOLVED = {"branch_id", "sample_type_id", "min_qty", "weight", "date_from", "date_to"}
RESOLVED |= {"active", "company_id", *TARGETS}


class ShowroomNorm(models.Model):
    """What a showroom must show: so many samples of a type, of a range of goods.

    The closest to the product holds, see ``engine.showroom``; ``showroom.norm.line``
    keeps what that comes to for each branch and product.
    """

    _name = "showroom.norm"
    _description = "Showroom Norm"
    _inherit = ["mail.thread"]
    _order = "branch_id, sample_type_id, id"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        index=True,
        check_company=True,
        tracking=True,
        help="Empty: all branches with a showroom.",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Category",
        index="btree_not_null",
        ondelete="cascade",
        tracking=True,
        help="All its products, and those of the categories below it.",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        tracking=True,
        help="All its variants.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Variant",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        tracking=True,
    )
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
    )
    min_qty = fields.Integer(
        string="Samples",
        default=1,
        required=True,
        tracking=True,
        help="How many of each product must be there. 0: none has to, as an exception "
        "to a wider norm.",
    )
    weight = fields.Float(
        default=1.0,
        required=True,
        digits=(16, 2),
        tracking=True,
        help="What a product counts for in the weighted completeness.",
    )
    date_from = fields.Date(string="From", tracking=True)
    date_to = fields.Date(string="Until", tracking=True)
    reason = fields.Char(help="Why: a collection, an agreement with the supplier.")
    line_ids = fields.One2many(
        comodel_name="showroom.norm.line", inverse_name="norm_id", readonly=True
    )
    line_count = fields.Integer(string="Products", compute="_compute_line_count")

    _one_target = models.Constraint(
        "CHECK (num_nonnulls(product_id, product_tmpl_id, categ_id) = 1)",
        "A norm is for exactly one of category, product or variant. Choose one and "
        "empty the others.",
    )
    _min_not_negative = models.Constraint(
        "CHECK (min_qty >= 0 AND weight >= 0)",
        "The samples and the weight of a norm are 0 or more.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A norm ends on or after the day it begins.",
    )
    _target_uniq = models.UniqueIndex(
        "(company_id, COALESCE(branch_id, 0), COALESCE(product_id, 0), "
        "COALESCE(product_tmpl_id, 0), COALESCE(categ_id, 0), sample_type_id, "
        "COALESCE(date_from, '1900-01-01'::date)) WHERE active",
        "There is a norm for this already, from the same day. Change that one.",
    )

    @api.depends("branch_id", *TARGETS, "sample_type_id", "min_qty")
    def _compute_display_name(self):
        for norm in self:
            branch = norm.branch_id.name or self.env._("all branches")
            target = norm._target().display_name
            norm.display_name = (
                f"{norm.min_qty} × {norm.sample_type_id.name}: {target} ({branch})"
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["showroom.norm.line"]._read_group(
                [("norm_id", "in", self.ids)], ["norm_id"], ["__count"]
            )
        )
        for norm in self:
            norm.line_count = counts.get(norm, 0)

    @api.constrains("product_id", "sample_type_id")
    def _check_unit(self):
        for norm in self:
            if norm.product_id or norm.product_tmpl_id:
                norm.sample_type_id._goods_for(norm.product_id or norm.product_tmpl_id)

    @api.constrains("sample_type_id", "company_id")
    def _check_type_company(self):
        for norm in self:
            company = norm.sample_type_id.company_id
            if company and company != norm.company_id:
                raise ValidationError(
                    self.env._(
                        "Sample type %(type)s belongs to %(company)s. Choose a type of "
                        "the company of the norm.",
                        type=norm.sample_type_id.name,
                        company=company.name,
                    )
                )

    # ------------------------------------------------------------------
    # Resolved at every change
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        norms = super().create(vals_list)
        norms._resolve_types(norms._concerned())
        return norms

    def write(self, vals):
        before = self._concerned()
        result = super().write(vals)
        if "branch_id" in vals:
            self.check_access("write")  # not to a branch of somebody else either
        if not RESOLVED.isdisjoint(vals):
            self._resolve_types(before | self._concerned())
        return result

    def unlink(self):
        before = self._concerned()
        result = super().unlink()
        self._resolve_types(before)
        return result

    def _concerned(self):
        """The companies and types these norms are of: ``{(company id, type id)}``."""
        return {(norm.company_id.id, norm.sample_type_id.id) for norm in self}

    @api.model
    def _resolve_types(self, concerned):
        """Resolve again the norms of these companies and types."""
        companies = self.env["res.company"].browse(
            {company for company, __ in concerned}
        )
        types = self.env["showroom.sample.type"].browse(
            {kind for __, kind in concerned}
        )
        for company in companies:
            self.env["showroom.norm.line"]._resolve(company, types)

    # ------------------------------------------------------------------
    # What a norm is for
    # ------------------------------------------------------------------

    def _target(self):
        """The variant, product or category it is for."""
        self.ensure_one()
        return self.product_id or self.product_tmpl_id or self.categ_id

    def _rank(self):
        """How close it is to what it is for, see ``engine.showroom.rank``."""
        self.ensure_one()
        has_branch = bool(self.branch_id)
        if self.product_id:
            return rank(VARIANT, 0, has_branch)
        if self.product_tmpl_id:
            return rank(TEMPLATE, 0, has_branch)
        return rank(CATEGORY, self.categ_id.parent_path.count("/"), has_branch)

    def action_open_lines(self):
        """Open what the norm comes to, branch by branch."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_norm_line_action"
        )
        action["domain"] = [("norm_id", "=", self.id)]
        return action
