from collections import defaultdict

from odoo import api, fields, models

from ..engine.showroom import closest

KEPT = ("min_qty", "weight", "norm_id")


class ShowroomNormLine(models.Model):
    """What a branch must show of a product: the norms, resolved.

    A projection, made anew by ``_resolve`` whenever norms change and every night, so
    that completeness is one indexed query. Products that are archived or not sold any
    more are in no norm.
    """

    _name = "showroom.norm.line"
    _description = "Required Sample"
    _order = "branch_id, product_id, sample_type_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        readonly=True,
        ondelete="cascade",
        check_company=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    categ_id = fields.Many2one(related="product_id.categ_id")
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    norm_id = fields.Many2one(
        comodel_name="showroom.norm",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    min_qty = fields.Integer(string="Required", readonly=True)
    weight = fields.Float(readonly=True, digits=(16, 2), aggregator="sum")
    present_qty = fields.Integer(
        string="There",
        compute="_compute_present_qty",
        help="Samples on display, and those on loan where the type counts them.",
    )
    missing_qty = fields.Integer(
        string="Missing",
        compute="_compute_present_qty",
        search="_search_missing_qty",
    )

    _place_uniq = models.UniqueIndex("(branch_id, product_id, sample_type_id)")

    def _compute_present_qty(self):
        present = self.env["showroom.sample"]._present(self.branch_id)
        for line in self:
            key = line.branch_id.id, line.product_id.id, line.sample_type_id.id
            line.present_qty = present.get(key, 0)
            line.missing_qty = max(0, line.min_qty - line.present_qty)

    @api.model
    def _search_missing_qty(self, operator, value):
        """Lines that lack something: only ``> 0`` and its opposite are asked."""
        if (operator, value) not in ((">", 0), ("<=", 0)):
            return NotImplemented
        missing = self.search([("min_qty", ">", 0)]).filtered("missing_qty")
        return [("id", "in" if operator == ">" else "not in", missing.ids)]

    @api.depends("product_id", "sample_type_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.product_id.display_name}: {line.sample_type_id.name}"
            )

    def action_make(self):
        """Open the making of what is missing of this product."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_make_action"
        )
        action["context"] = {
            "default_branch_id": self.branch_id.id,
            "default_product_id": self.product_id.id,
            "default_sample_type_id": self.sample_type_id.id,
            "default_count": max(1, self.missing_qty),
        }
        return action

    # ------------------------------------------------------------------
    # Resolving
    # ------------------------------------------------------------------

    @api.model
    def _cron_resolve(self):
        """Every night: norms begin and end, products come and go."""
        # sudo: a job
        companies = self.env["res.company"].sudo()
        for model in (self.env["showroom.norm"], self):
            # sudo: as above
            for [company] in model.sudo()._read_group([], ["company_id"]):
                companies |= company
        for company in companies:
            self._resolve(company)

    @api.model
    def _resolve(self, company, types=None):
        """Make the lines of ``company`` anew, and change only what differs.

        :param types: only of these sample types; of all if None
        """
        Lines = self.sudo()  # sudo: a projection of the norms, whoever changes them
        due = Lines._due(company, types)
        domain = [("company_id", "=", company.id)]
        if types is not None:
            domain.append(("sample_type_id", "in", types.ids))
        found = {
            (line.branch_id.id, line.product_id.id, line.sample_type_id.id): line
            for line in Lines.search_fetch(domain, ["branch_id", "product_id", *KEPT])
        }
        Lines.union(*(found[key] for key in found.keys() - due.keys())).unlink()
        Lines.create(
            [
                Lines._prepare(company, key, due[key])
                for key in sorted(due.keys() - found.keys())
            ]
        )
        changed = defaultdict(Lines.browse)
        for key in due.keys() & found.keys():
            line, norm = found[key], due[key]
            if any(line[name] != norm[name] for name in KEPT[:2]) or (
                line.norm_id != norm
            ):
                changed[norm] |= line
        for norm, lines in changed.items():
            lines.write(
                {"min_qty": norm.min_qty, "weight": norm.weight, "norm_id": norm.id}
            )

    @api.model
    def _prepare(self, company, key, norm):
        branch_id, product_id, type_id = key
        return {
            "company_id": company.id,
            "branch_id": branch_id,
            "product_id": product_id,
            "sample_type_id": type_id,
            "norm_id": norm.id,
            "min_qty": norm.min_qty,
            "weight": norm.weight,
        }

    @api.model
    def _due(self, company, types):
        """The norm that holds: ``{(branch id, product id, type id): showroom.norm}``.

        Exceptions that ask for no sample are left out.
        """
        norms = self._norms_in_force(company, types)
        branches = self._showrooms(company)
        if not norms or not branches:
            return {}
        candidates = defaultdict(list)
        for norm, products in self._products_of(norms, company).items():
            ranked = (norm._rank(), norm.id, norm)
            products = norm.sample_type_id._fitting(products)
            for branch in (norm.branch_id or branches) & branches:
                for product in products:
                    key = branch.id, product.id, norm.sample_type_id.id
                    candidates[key].append(ranked)
        held = {key: closest(rows) for key, rows in candidates.items()}
        return {key: norm for key, norm in held.items() if norm.min_qty > 0}

    @api.model
    def _norms_in_force(self, company, types):
        today = self.env["sales.branch"]._company_local_date(company)
        domain = [
            ("company_id", "=", company.id),
            ("sample_type_id.active", "=", True),
            "|",
            ("date_from", "=", False),
            ("date_from", "<=", today),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", today),
        ]
        if types is not None:
            domain.append(("sample_type_id", "in", types.ids))
        return self.env["showroom.norm"].search(domain)

    @api.model
    def _showrooms(self, company):
        """The branches of ``company`` that have a showroom."""
        return self.env["sales.branch"].search(
            [("company_id", "=", company.id), ("has_showroom", "=", True)]
        )

    @api.model
    def _products_of(self, norms, company):
        """``{norm: products}`` of those that are sold, in one query.

        :param norms: of one company
        """
        below = self.env["product.category"].search(
            [("id", "child_of", norms.categ_id.ids)]
        )
        products = self.env["product.product"].search_fetch(
            [
                ("sale_ok", "=", True),
                ("company_id", "in", (False, company.id)),
                "|",
                "|",
                ("id", "in", norms.product_id.ids),
                ("product_tmpl_id", "in", norms.product_tmpl_id.ids),
                ("categ_id", "in", below.ids),
            ],
            ["product_tmpl_id", "categ_id", "uom_id"],
        )
        of_template = products.grouped("product_tmpl_id")
        of_category = defaultdict(products.browse)
        for category, some in products.grouped("categ_id").items():
            for above in (category.parent_path or "").split("/")[:-1]:
                of_category[int(above)] |= some
        none = products.browse()
        return {
            norm: (norm.product_id & products)
            or of_template.get(norm.product_tmpl_id, none)
            or of_category[norm.categ_id.id]
            for norm in norms
        }
