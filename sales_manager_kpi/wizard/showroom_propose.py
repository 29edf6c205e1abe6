from collections import Counter, defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.showroom import cut_all
from .showroom_make import MOST

REPLACEABLE = ("on_display", "to_replace", "lost")


class ShowroomPropose(models.TransientModel):
    """What one showroom lacks, and what to do about it: make, ask for, or take out."""

    _name = "showroom.propose"
    _description = "Replace and Complete Samples"
    _inherit = ["showroom.kept.mixin"]

    branch_id = fields.Many2one(
        comodel_name="sales.branch", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="branch_id.company_id")
    request_id = fields.Many2one(
        comodel_name="supply.request",
        string="Ask With",
        readonly=True,
        ondelete="cascade",
        help="What is to be asked for comes into this request.",
    )
    need_by = fields.Date(string="Needed By")
    note = fields.Char(help="What the department should know.")
    line_ids = fields.One2many(
        comodel_name="showroom.propose.line", inverse_name="wizard_id"
    )

    # ------------------------------------------------------------------
    # Proposed
    # ------------------------------------------------------------------

    @api.model
    def _open_for(self, branch, samples=None, keys=None, request=None):
        """Open the proposal; see ``sales.branch._showroom_needs``.

        :param request: a draft that gets the lines to ask for; else new ones are made
        :raise AccessError: for who does not work in ``branch``
        :raise UserError: where nothing lacks that was not asked for already
        """
        wizard = self.create(
            {"branch_id": branch.id, "request_id": request.id if request else False}
        )
        wizard._check_keeping()
        needs = branch._showroom_needs(samples, keys)
        if not needs:
            raise UserError(
                self.env._(
                    "Nothing to ask for or to make: %s shows what it must, or what "
                    "lacks is on its way.",
                    branch.display_name,
                )
            )
        wizard._propose(needs)
        return {
            "name": self.env._("Replace and complete samples"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _propose(self, needs):
        """A line for each need: made here as far as the branch has the goods."""
        asked, drafts = self.branch_id._showroom_coming()
        pieces = self._free_of_branch([product.id for product, *__ in needs])
        lines = []
        for product, kind, old, count in needs:
            key = self.branch_id.id, product.id, kind.id
            free = sum(pieces[product.id])
            choice = self._choose(product, kind, count, pieces)
            lines.append(
                {
                    "wizard_id": self.id,
                    "product_id": product.id,
                    "sample_type_id": kind.id,
                    "sample_count": count or len(old),
                    "sample_ids": [Command.set(old.ids)],
                    "is_sold": bool(count),
                    "coming_count": asked[key] + drafts[key],
                    "free_qty": free,
                    "choice": choice,
                }
            )
        self.env["showroom.propose.line"].create(lines)

    def _free_of_branch(self, product_ids):
        """``{product id: [free of each roll or place]}`` in the branch, in one query.

        Goods in packages or of other owners are not cut.
        """
        # sudo: stock is for all to know; see `_free_pieces`
        branch = self.branch_id.sudo()
        pieces = defaultdict(list)
        rows = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(  # sudo: as above
                [
                    ("product_id", "in", product_ids),
                    ("location_id", "child_of", branch.warehouse_id.lot_stock_id.ids),
                    ("package_id", "=", False),
                    ("owner_id", "=", False),
                ],
                ["product_id", "location_id", "lot_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        for product, __, lot, quantity, reserved in rows:
            free = quantity - reserved
            tracked = product.tracking != "none"
            if product.uom_id.compare(free, 0.0) > 0 and (lot or not tracked):
                pieces[product.id].append(free)
        return pieces

    def _choose(self, product, kind, count, pieces):
        """The choice proposed; what is made here is taken out of ``pieces``."""
        if not count:
            return "out"
        if not kind.cut_qty:
            return "ask"
        left = cut_all(
            count,
            kind._goods_for(product),
            pieces[product.id],
            product.uom_id.rounding,
        )
        if left is None:
            return "ask"
        pieces[product.id] = left
        return "make"

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Do what is chosen for each line: all of it, or nothing.

        :return: an action that opens the requests made, else the samples
        :raise AccessError: for who does not work in the branch
        :raise UserError: where nothing is chosen, or a colleague was faster
        """
        self.ensure_one()
        self._check_keeping()
        chosen = self.line_ids.filtered(lambda line: line.choice != "later")
        if not chosen:
            raise UserError(self.env._("Choose what to do about at least one line."))
        chosen._check_lines()
        self._refuse_asked_meanwhile(chosen)
        by_choice = chosen.grouped("choice")
        none = chosen.browse()
        samples = by_choice.get("make", none)._make_here()
        by_choice.get("out", none)._take_out()
        requests = self._ask(by_choice.get("ask", none))
        self.line_ids.unlink()  # confirmed once
        return self._result(requests, samples)

    def _refuse_asked_meanwhile(self, lines):
        """
        :raise UserError: where more is coming than when the proposal was opened
        """
        asked, drafts = self.branch_id._showroom_coming()
        replaced = self.branch_id._showroom_replaced()
        for line in lines:
            key = self.branch_id.id, line.product_id.id, line.sample_type_id.id
            if asked[key] + drafts[key] > line.coming_count or (
                line.sample_ids & replaced
            ):
                raise UserError(
                    self.env._(
                        "Somebody asked for %(product)s, or made it, meanwhile. Close "
                        "this and open the proposal again.",
                        product=line.product_id.display_name,
                    )
                )

    def _ask(self, lines):
        """Put ``lines`` into the request, or into a draft for each department."""
        if not lines:
            return self.env["supply.request"]
        if self.request_id:
            self._check_request()
            self.request_id.write({"line_ids": lines._commands()})
            return self.request_id
        departments = self.env["supply.department"]._answering_for(
            self.branch_id, lines.mapped(lambda line: line._wanted())
        )
        return self.env["supply.request"].create(
            [
                self._prepare_request(department, own)
                for department, own in lines.grouped(
                    lambda line: departments[line._wanted()]
                ).items()
            ]
        )

    def _check_request(self):
        """
        :raise UserError: for a request of another branch, or one for an order
        """
        request = self.request_id
        if request.branch_id != self.branch_id or request.kind == "shortage":
            raise UserError(
                self.env._(
                    "%(request)s is not for the showroom of %(branch)s.",
                    request=request.name,
                    branch=self.branch_id.display_name,
                )
            )
        request._check_state("draft")

    def _prepare_request(self, department, lines):
        return {
            "kind": "sample",
            "company_id": self.company_id.id,
            "branch_id": self.branch_id.id,
            "department_id": department.id,
            "need_by": self.need_by,
            "note": self.note,
            "line_ids": lines._commands(),
        }

    def _result(self, requests, samples):
        if not requests and not samples:
            return {"type": "ir.actions.act_window_close"}
        records, name = (
            (requests, "supply_request_action")
            if requests
            else (samples, "showroom_sample_action")
        )
        action = self.env["ir.actions.actions"]._for_xml_id(f"sales_manager_kpi.{name}")
        action |= {"domain": [("id", "in", records.ids)], "context": {}}
        if len(requests) == 1:
            action |= {"views": [(False, "form")], "res_id": requests.id}
        return action


class ShowroomProposeLine(models.TransientModel):
    """A product and sample type of the proposal."""

    _name = "showroom.propose.line"
    _description = "Samples to Replace or to Add"
    _order = "choice, id"

    wizard_id = fields.Many2one(
        comodel_name="showroom.propose", required=True, ondelete="cascade"
    )
    branch_id = fields.Many2one(related="wizard_id.branch_id")
    company_id = fields.Many2one(related="wizard_id.company_id")
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, readonly=True
    )
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type", required=True, readonly=True
    )
    sample_ids = fields.Many2many(
        comodel_name="showroom.sample", string="Replaces", readonly=True
    )
    why = fields.Char(compute="_compute_why")
    sample_count = fields.Integer(string="Samples", required=True)
    need_qty = fields.Float(
        string="Takes", digits="Product Unit", compute="_compute_need_qty"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    free_qty = fields.Float(
        string="Free Here",
        digits="Product Unit",
        readonly=True,
        help="In the stock of the branch, in whatever rolls.",
    )
    is_sold = fields.Boolean(readonly=True)
    coming_count = fields.Integer(readonly=True)
    choice = fields.Selection(
        selection=[
            ("make", "Make it here"),
            ("ask", "Ask for goods"),
            ("out", "Take out"),
            ("later", "Not now"),
        ],
        string="What to Do",
        required=True,
        default="later",
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Roll",
        domain="[('product_id', '=', product_id)]",
        help="To make it here from. Empty: the smallest that is long enough.",
    )
    tracking = fields.Selection(related="product_id.tracking")
    successor_id = fields.Many2one(
        comodel_name="product.product",
        domain="[('sale_ok', '=', True), ('type', '=', 'consu'), "
        "('company_id', 'in', (False, company_id))]",
        help="What is shown instead of a product that is not sold any more.",
    )

    @api.depends("sample_ids", "sample_count", "is_sold")
    def _compute_why(self):
        Sample = self.env["showroom.sample"]
        labels = dict(Sample._fields["replace_reason"]._description_selection(self.env))
        for line in self:
            reasons = Counter(
                labels.get(sample.replace_reason)
                or (
                    self.env._("Lost")
                    if sample.state == "lost"
                    else self.env._("On display")
                )
                for sample in line.sample_ids
            )
            missing = line.sample_count - len(line.sample_ids)
            if line.is_sold and missing > 0:
                reasons[self.env._("Missing")] = missing
            line.why = ", ".join(f"{n} × {words}" for words, n in reasons.items())

    @api.depends("product_id", "successor_id", "sample_type_id", "sample_count")
    def _compute_need_qty(self):
        for line in self:
            product, kind = line._wanted(), line.sample_type_id
            line.need_qty = (
                product.uom_id.round(line.sample_count * kind._goods_for(product))
                if product and kind
                else 0.0
            )

    def _wanted(self):
        """The product that is shown from now on."""
        return self.successor_id or self.product_id

    def _check_lines(self):
        """
        :raise ValidationError: for counts out of bounds, samples of others, and
            samples of what is not sold
        """
        for line in self:
            if not 1 <= line.sample_count <= MOST:
                raise ValidationError(
                    self.env._("Make or ask for 1 to %s samples of a product.", MOST)
                )
            samples = line.sample_ids
            if samples.branch_id - line.branch_id or any(
                sample.state not in REPLACEABLE for sample in samples
            ):
                raise ValidationError(
                    self.env._(
                        "Samples that are gone, or of another branch, cannot be "
                        "replaced here. Open the proposal again."
                    )
                )
            if line.choice in ("make", "ask") and not line._wanted()._is_shown_still():
                raise ValidationError(
                    self.env._(
                        "%s is not sold any more. Choose what is shown instead, or "
                        "take the samples out.",
                        line._wanted().display_name,
                    )
                )

    def _commands(self):
        """What is asked for, as lines of a supply request."""
        return [
            Command.create(
                {
                    "product_id": line._wanted().id,
                    "product_uom_id": line._wanted().uom_id.id,
                    "product_uom_qty": line.need_qty or line.sample_count,
                    "sample_type_id": line.sample_type_id.id,
                    "sample_count": line.sample_count,
                    "showroom_sample_ids": [Command.set(line.sample_ids.ids)],
                    "note": line.why,
                }
            )
            for line in self
        ]

    def _make_here(self):
        """Make the samples out of the branch's stock.

        :raise UserError: where goods lack
        """
        made = Sample = self.env["showroom.sample"]
        for line in self:
            drafts = Sample._draft_replacing(
                {
                    "branch_id": line.branch_id.id,
                    "product_id": line._wanted().id,
                    "sample_type_id": line.sample_type_id.id,
                },
                line.sample_count,
                line.sample_ids,
            )
            drafts._make(line.branch_id._stock_of_showroom(), line.lot_id)
            made |= drafts
        return made

    def _take_out(self):
        """Pieces go back into stock, what was cut off is thrown away."""
        for is_sold, lines in self.grouped("is_sold").items():
            reason = self.env._("Taken out") if is_sold else self.env._("Not sold")
            samples = lines.sample_ids.filtered(lambda sample: sample.state != "lost")
            pieces = samples.filtered("is_stock_tracked")
            pieces._end("stock", reason)
            (samples - pieces)._end("scrap", reason)
