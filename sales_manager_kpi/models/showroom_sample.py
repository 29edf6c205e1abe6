from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What is there to be seen, and what is past.
SHOWN = ("on_display",)
GONE = ("withdrawn", "lost", "consumed", "sold")
# Typed by whoever keeps the showroom, what it shows until it is made; the rest is
# written by steps, so that goods follow.
WHAT = {"branch_id", "product_id", "sample_type_id"}
KEPT = {"place", "condition", "image", "replace_by", "note", "barcode", "dye_lot"}


class ShowroomSample(models.Model):
    """A sample in a showroom: a card, a swatch or a cut, or a piece of stock.

    Its state changes by steps (see ``showroom_sample_flow``), which move real goods
    (see ``showroom_sample_goods``): what is cut off leaves stock with its cost, and a
    piece lies in the showroom's location, outside every warehouse.
    """

    _name = "showroom.sample"
    _description = "Sample"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "steps.only.mixin",
        "showroom.kept.mixin",
    ]
    _number_field = "barcode"
    _order = "branch_id, product_id, id"
    _rec_names_search = ["barcode", "product_id"]
    _mail_post_access = "read"
    _check_company_auto = True

    barcode = fields.Char(
        required=True,
        copy=False,
        index="trigram",
        default="/",
        help="On the label of the sample. Given by the system unless one is typed.",
    )
    branch_id = fields.Many2one(tracking=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id", store=True)
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="sample_type_id.kind")
    is_stock_tracked = fields.Boolean(related="sample_type_id.is_stock_tracked")
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "To make"),
            ("on_display", "On display"),
            ("on_loan", "On loan"),
            ("to_replace", "To replace"),
            ("withdrawn", "Withdrawn"),
            ("lost", "Lost"),
            ("consumed", "Used up"),
            ("sold", "Sold"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    replace_reason = fields.Selection(
        selection=[
            ("worn", "Worn"),
            ("damaged", "Damaged"),
            ("aged", "Too old"),
            ("discontinued", "Not sold any more"),
            ("other", "Another reason"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    product_qty = fields.Float(
        string="Quantity",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Goods in the sample, in the unit of the product.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Roll",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    dye_lot = fields.Char(help="The bath of the dye: colours differ between them.")
    place = fields.Char(tracking=True, help="Where it hangs: stand, hanger, shelf.")
    condition = fields.Selection(
        selection=[("a", "A: as new"), ("b", "B: good"), ("c", "C: worn")]
        + [("d", "D: unfit")],
        required=True,
        default="a",
        tracking=True,
    )
    image = fields.Image(string="Photo", max_width=1920, max_height=1920)
    received_on = fields.Date(copy=False, readonly=True)
    last_check_on = fields.Date(
        string="Checked On", copy=False, readonly=True, help="When it was last seen."
    )
    replace_by = fields.Date(
        compute="_compute_replace_by",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    is_stale = fields.Boolean(
        string="Stale",
        compute="_compute_is_stale",
        search="_search_is_stale",
        help="On display past the day it was to be replaced by, worn or unfit, or not "
        "looked at for too long.",
    )
    origin_move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Move That Made It",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="stock.group_stock_user",
    )
    cost = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="currency_id",
        groups="sales_manager_kpi.group_cost",
        help="What its goods had cost, of samples that were cut off.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    made_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    end_reason = fields.Char(readonly=True, copy=False)
    note = fields.Text()

    _barcode_uniq = models.UniqueIndex(
        "(company_id, barcode)",
        "Another sample has this barcode already. Print a new label, or look that "
        "sample up.",
    )
    _shown_idx = models.Index(
        "(branch_id, product_id, sample_type_id) "
        "WHERE state IN ('on_display', 'on_loan', 'to_replace')"
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("barcode", "product_id", "sample_type_id")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = (
                f"{sample.barcode} {sample.product_id.display_name} "
                f"({sample.sample_type_id.name})"
            )

    @api.depends("received_on", "sample_type_id")
    def _compute_replace_by(self):
        for sample in self:
            days = sample.sample_type_id.life_days
            sample.replace_by = (
                fields.Date.add(sample.received_on, days=days)
                if days and sample.received_on
                else False
            )

    @api.depends("state", "condition", "replace_by", "last_check_on", "received_on")
    def _compute_is_stale(self):
        stale = self.browse(self._search(self._stale_domain()))
        for sample in self:
            sample.is_stale = sample._origin in stale

    @api.model
    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        stale = fields.Domain(self._stale_domain())
        return fields.Domain.OR(stale if asked else ~stale for asked in value)

    @api.model
    def _stale_domain(self):
        """On display, and too old, too worn, or not looked at for too long."""
        today = fields.Date.context_today(self)
        Type = self.env["showroom.sample.type"].with_context(active_test=False)
        unseen = []
        for kind in Type.search_fetch([("check_every_days", ">", 0)]):
            day = fields.Date.subtract(today, days=kind.check_every_days)
            seen = fields.Domain("last_check_on", "<", day) | (
                fields.Domain("last_check_on", "=", False)
                & fields.Domain("received_on", "<", day)
            )
            unseen.append(fields.Domain("sample_type_id", "=", kind.id) & seen)
        return fields.Domain("state", "in", SHOWN) & fields.Domain.OR(
            [
                fields.Domain("replace_by", "<", today),
                fields.Domain("condition", "in", ("c", "d")),
                *unseen,
            ]
        )

    @api.constrains("product_id", "sample_type_id")
    def _check_product(self):
        for sample in self:
            if sample.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%s cannot be shown: it is no goods. Choose a product that is.",
                        sample.product_id.display_name,
                    )
                )
            sample.sample_type_id._goods_for(sample.product_id)

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and not WHAT.isdisjoint(vals):
            self._check_not_made()
        return super().write(vals)

    def _check_not_made(self):
        """
        :raise UserError: for a sample whose goods were taken already
        """
        for sample in self:
            if sample.state != "draft":
                raise UserError(
                    self.env._(
                        "%s has been made already. Take it out and make another one.",
                        sample.display_name,
                    )
                )

    @api.model
    def _typed_fields(self):
        return KEPT | WHAT

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        if any(sample.state != "draft" for sample in self):
            raise ValidationError(
                self.env._("Samples that were made are kept. Withdraw them instead.")
            )

    # ------------------------------------------------------------------
    # Found
    # ------------------------------------------------------------------

    @api.model
    def _present(self, branches):
        """How many samples count as there, in one query.

        On display, or on loan and not overdue where the type counts it.

        :return: ``{(branch id, product id, type id): count}``
        """
        rows = (
            # sudo: a figure of the showroom, for whoever may read its norm
            self.sudo()._read_group(
                self._present_domain() & fields.Domain("branch_id", "in", branches.ids),
                ["branch_id", "product_id", "sample_type_id"],
                ["__count"],
            )
        )
        return {
            (branch.id, product.id, kind.id): count
            for branch, product, kind, count in rows
        }

    @api.model
    def _present_domain(self):
        """Samples that count as there. Loans say which of theirs do."""
        return fields.Domain("state", "in", SHOWN)
