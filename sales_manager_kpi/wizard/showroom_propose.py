from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.showroom import cut_all


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
            "context": {"dialog_size": "extra-large"},
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
        branch, Quant = self.branch_id.sudo(), self.env["stock.quant"].sudo()
        pieces = defaultdict(list)
        rows = Quant._read_group(
            [
                ("product_id", "in", product_ids),
                ("location_id", "child_of", branch.warehouse_id.lot_stock_id.ids),
                ("package_id", "=", False),
                ("owner_id", "=", False),
            ],
            ["product_id", "location_id", "lot_id"],
            ["quantity:sum", "reserved_quantity:sum"],
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
        self._lock_branch()
        self._refuse_asked_meanwhile(chosen)
        by_choice = chosen.grouped("choice")
        none = chosen.browse()
        samples = by_choice.get("make", none)._make_here()
        by_choice.get("out", none)._take_out()
        requests = self._ask(by_choice.get("ask", none))
        self.line_ids.unlink()  # confirmed once
        return self._result(requests, samples)

    def _lock_branch(self):
        """Two proposals for one showroom must not both ask for the same.

        A lock alone would let the second go on with what it saw before; touching the
        row makes PostgreSQL refuse it, and Odoo try it again.
        """
        self.env.execute_query(
            SQL(
                "UPDATE sales_branch SET id = id WHERE id = %s RETURNING id",
                self.branch_id.id,
            )
        )

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
