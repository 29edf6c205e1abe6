from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("price", "Price"),
    ("product", "New product"),
    ("promotion", "Promotion"),
    ("opening", "Opening or closing"),
    ("exhibition", "Exhibition"),
    ("rumour", "Rumour"),
    ("other", "Other"),
]
SOURCES = [
    ("customer", "Visit of a customer"),
    ("call", "Call or mail"),
    ("exhibition", "Exhibition"),
    ("internet", "Internet"),
    ("press", "Press or catalogue"),
    ("supplier", "Supplier"),
    ("shop", "Their shop"),
    ("other", "Other"),
]
RELIABILITY = [("sure", "Seen myself"), ("likely", "Likely"), ("rumour", "Hearsay")]


class MarketNote(models.Model):
    """What somebody learned of the market: who, what, at which price, from where.

    All managers of the company read it; who wrote it keeps it, and so do directors.
    """

    _name = "market.note"
    _description = "Market Note"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.export.logged.mixin"]
    _order = "noted_on desc, id desc"
    _mail_post_access = "read"
    _rec_names_search = ["subject", "competitor_id.name", "product_id.name"]
    _check_company_auto = True

    subject = fields.Char(required=True, tracking=True, help="In one line.")
    text = fields.Text(string="What Was Learned")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Noted By",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Where who noted it worked on that day.",
    )
    noted_on = fields.Date(
        string="Day",
        required=True,
        copy=False,
        index=True,
        default=lambda self: self._default_noted_on(),
        help="Of what was seen or heard; a price is converted at the rate of this day.",
    )
    kind = fields.Selection(selection=KINDS, required=True, default="price")
    source = fields.Selection(selection=SOURCES, required=True, default="customer")
    reliability = fields.Selection(
        selection=RELIABILITY, required=True, default="likely"
    )
    competitor_id = fields.Many2one(
        comodel_name="market.competitor",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Our Product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The product of ours that theirs competes with.",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Our Range",
        compute="_compute_categ_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    their_product = fields.Char(help="As they call it.")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Learned From",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    visit_id = fields.Many2one(
        comodel_name="branch.visit",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    tag_ids = fields.Many2many(comodel_name="market.tag", string="Tags")
    quantity_terms = fields.Char(
        string="For Which Quantity", help="For example from 5 rolls, prepaid."
    )
    photo_ids = fields.One2many(
        comodel_name="market.note.photo", inverse_name="note_id", string="Photos"
    )
    photo_count = fields.Integer(compute="_compute_photo_count")

    @api.model
    def _default_noted_on(self):
        return self.env["sales.branch"]._company_local_date(self.env.company)

    @api.depends("subject", "competitor_id")
    def _compute_display_name(self):
        for note in self:
            parts = (note.competitor_id.name, note.subject)
            note.display_name = ": ".join(part for part in parts if part)

    @api.depends("product_id")
    def _compute_categ_id(self):
        for note in self:
            note.categ_id = note.product_id.categ_id or note.categ_id

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        counts = dict(
            self.env["market.note.photo"]._read_group(
                [("note_id", "in", self.ids)], ["note_id"], ["__count"]
            )
        )
        for note in self:
            note.photo_count = counts.get(note._origin, 0)

    @api.constrains("noted_on")
    def _check_noted_on(self):
        for note in self:
            today = self.env["sales.branch"]._company_local_date(note.company_id)
            # whoever writes from farther east may have begun the next day
            if note.noted_on > fields.Date.add(today, days=1):
                raise ValidationError(
                    self.env._("Nobody learns something tomorrow. Choose another day.")
                )

    @api.constrains("subject")
    def _check_subject(self):
        if any(not (note.subject or "").strip() for note in self):
            raise ValidationError(self.env._("Say in one line what was learned."))

    @api.model_create_multi
    def create(self, vals_list):
        notes = super().create(vals_list)
        # of the notes, since a context gives values too
        if not self.env.su and notes.user_id - self.env.user:
            raise UserError(self.env._("Market notes are written in one's own name."))
        notes._check_visit()
        notes._stamp_branch()
        return notes

    def write(self, vals):
        if not self.env.su and not {"user_id", "branch_id"}.isdisjoint(vals):
            raise UserError(self.env._("Who noted it, and where, stays as it is."))
        result = super().write(vals)
        if "visit_id" in vals:
            self._check_visit()
        return result

    def _check_visit(self):
        """Whose visit it is decides whether it may be named.

        :raise AccessError: for a visit that the user may not read
        """
        # sudo: which visits they are; whether they may be read is asked as the user
        visits = self.sudo().visit_id
        if visits:
            visits.with_env(self.env).check_access("read")

    def _stamp_branch(self):
        """Where the writers work; one query for each company and day."""
        Branch = self.env["sales.branch"]
        grouped = self.grouped(lambda note: (note.company_id, note.noted_on))
        for (company, day), notes in grouped.items():
            by_user = Branch._branch_by_user(notes.user_id, company, day)
            for note in notes.sudo():  # sudo: stamped by the system alone
                note.branch_id = by_user.get(note.user_id.id, Branch)
