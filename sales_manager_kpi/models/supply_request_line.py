from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

VERDICTS = [
    ("granted", "Granted"),
    ("partial", "Granted in part"),
    ("rejected", "Rejected"),
]
GRANTING = ("granted", "partial")
# What is asked, and what the answer is made of; the rest is the system's.
ASKED = {"request_id", "product_id", "product_uom_qty", "product_uom_id", "note"}
ASKED |= {"sequence", "order_line_id"}
ANSWER = {
    "granted_qty",
    "verdict",
    "reason",
    "promised_date",
    "alternative_product_id",
    "route_id",
}


class SupplyRequestLine(models.Model):
    """A product that is asked for, what is granted of it, and until when.

    The answer is prepared in the line's fields and given by ``action_answer``. All
    quantities are in the product's unit of measure, except the one that was entered.
    """

    _name = "supply.request.line"
    _description = "Supply Request Line"
    _order = "request_id desc, sequence, id"
    _check_company_auto = True

    request_id = fields.Many2one(
        comodel_name="supply.request", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, precompute=True, index=True
    )
    branch_id = fields.Many2one(related="request_id.branch_id", store=True)
    department_id = fields.Many2one(related="request_id.department_id", store=True)
    user_id = fields.Many2one(related="request_id.user_id", store=True)
    supervisor_id = fields.Many2one(related="request_id.supervisor_id", store=True)
    kind = fields.Selection(related="request_id.kind", store=True)
    request_state = fields.Selection(
        related="request_id.state", string="Status of the Request"
    )
    due_at = fields.Datetime(related="request_id.due_at", store=True)
    need_by = fields.Date(related="request_id.need_by", store=True)
    partner_id = fields.Many2one(related="request_id.partner_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    product_uom_qty = fields.Float(
        string="Asked",
        digits="Product Unit",
        required=True,
        default=1.0,
        help="As entered, in the unit beside it.",
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit of the Product")
    asked_qty = fields.Float(
        string="Asked (product unit)",
        digits="Product Unit",
        compute="_compute_asked_qty",
        store=True,
        precompute=True,
    )
    granted_qty = fields.Float(
        string="Granted", digits="Product Unit", copy=False, help="In the product unit."
    )
    verdict = fields.Selection(selection=VERDICTS, string="Answer", copy=False)
    reason = fields.Char(
        copy=False, help="Why not all of it; the one who asked reads this."
    )
    promised_date = fields.Date(string="Promised", copy=False, index="btree_not_null")
    first_promised_date = fields.Date(
        string="First Promised",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="A promise that moves is measured by the first date.",
    )
    alternative_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Offered Instead",
        copy=False,
        check_company=True,
    )
    route_id = fields.Many2one(
        comodel_name="stock.route",
        string="By Route",
        copy=False,
        check_company=True,
        help="How the goods come. Empty: the resupply routes of the branch.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("waiting", "To answer"),
            ("answered", "Answered"),
            ("in_progress", "On the way"),
            ("done", "Done"),
            ("cancelled", "Withdrawn"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    answered_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        help="For whom the person who answered stood in.",
    )
    answered_at = fields.Datetime(string="Answered On", readonly=True, copy=False)
    note = fields.Char(help="Local conditions of this product.")
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
    decision_ids = fields.One2many(
        comodel_name="supply.decision", inverse_name="line_id", readonly=True
    )

    _asked_positive = models.Constraint(
        "CHECK (product_uom_qty > 0)", "Ask for more than zero."
    )
    _granted_not_negative = models.Constraint(
        "CHECK (granted_qty >= 0)", "Grant zero or more."
    )

    # ------------------------------------------------------------------
    # Computed and checked
    # ------------------------------------------------------------------

    @api.depends("product_id", "request_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.request_id.name}: {line.product_id.display_name}"
            )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            if not line.product_uom_id or line._has_foreign_uom():
                line.product_uom_id = line.product_id.uom_id

    def _has_foreign_uom(self):
        uom = self.product_id.uom_id
        return bool(uom) and not self.product_uom_id._has_common_reference(uom)

    @api.depends("product_uom_qty", "product_uom_id", "product_id")
    def _compute_asked_qty(self):
        for line in self:
            if not line.product_uom_id or line._has_foreign_uom():
                line.asked_qty = 0.0
                continue
            line.asked_qty = line.product_uom_id._compute_quantity(
                line.product_uom_qty, line.product_id.uom_id, rounding_method="HALF-UP"
            )

    @api.constrains("product_id", "product_uom_id", "product_uom_qty")
    def _check_product(self):
        for line in self:
            product = line.product_id
            if not product.active:
                raise ValidationError(
                    self.env._(
                        "%(product)s is archived. Ask for another product.",
                        product=product.display_name,
                    )
                )
            if product.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%(product)s is not goods. Ask for goods.",
                        product=product.display_name,
                    )
                )
            if line._has_foreign_uom():
                raise ValidationError(
                    self.env._(
                        "%(product)s is not measured in %(unit)s. Choose a unit that "
                        "converts to %(own)s.",
                        product=product.display_name,
                        unit=line.product_uom_id.name,
                        own=product.uom_id.name,
                    )
                )
            if product.uom_id.compare(line.asked_qty, 0.0) <= 0:
                raise ValidationError(self.env._("Ask for more than zero."))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _asked_fields(self):
        """Names of what is written by who asks, while it is a draft."""
        return ASKED

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self.browse()._refuse_fields(set(vals) - self._asked_fields(), vals)
        lines = super().create(vals_list)
        lines.request_id._check_asking()
        return lines

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        asked = self._asked_fields()
        self._refuse_fields(set(vals) - asked - ANSWER, vals)
        if set(vals) & asked:
            self.request_id._check_asking()
        if set(vals) & ANSWER:
            self._check_preparing()
        result = super().write(vals)
        if "request_id" in vals:
            self.request_id._check_asking()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self.request_id._check_asking()

    def _refuse_fields(self, names, vals):
        """Everything else is written by the system; a new line has it empty."""
        if not self:
            empty = (False, None, "waiting")
            names = {name for name in names if vals[name] not in empty}
        if names:
            raise AccessError(
                self.env._(
                    "%(fields)s of a supply request cannot be written by hand.",
                    fields=", ".join(sorted(names)),
                )
            )

    def _check_preparing(self):
        """An answer is prepared by who may answer, until it is given.

        :raise AccessError: for anybody else
        :raise UserError: where there is nothing to answer
        """
        self.request_id._check_answering()
        for line in self:
            if line.request_id.state not in ("submitted", "in_review"):
                line._refuse_closed()
            if line.state != "waiting":
                line._refuse_answered()

    def _refuse_closed(self):
        request = self.request_id
        labels = dict(request._fields["state"]._description_selection(self.env))
        raise UserError(
            self.env._(
                "%(request)s is not waiting for an answer: it is %(state)s.",
                request=request.name,
                state=labels[request.state].lower(),
            )
        )

    def _refuse_answered(self):
        raise UserError(
            self.env._(
                "%(product)s of %(request)s has been answered by %(user)s already. Use "
                "Change the answer to give another one.",
                product=self.product_id.display_name,
                request=self.request_id.name,
                user=self.sudo().answered_by_id.name,  # sudo: a name
            )
        )

    def _decided(self):
        """What a decision keeps of the line."""
        return {
            "verdict": self.verdict,
            "quantity": self.granted_qty,
            "promised_date": self.promised_date,
        }
