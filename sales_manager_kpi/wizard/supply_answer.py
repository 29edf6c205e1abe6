from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.supply_request_line import VERDICTS


class SupplyAnswer(models.TransientModel):
    """One answer for many lines, or another answer for lines that were answered."""

    _name = "supply.answer"
    _description = "Answer to Supply Requests"

    line_ids = fields.Many2many(
        comodel_name="supply.request.line",
        string="Lines",
        required=True,
        readonly=True,
        default=lambda self: self._default_lines(),
    )
    is_change = fields.Boolean(compute="_compute_is_change")
    is_single = fields.Boolean(compute="_compute_is_change")
    verdict = fields.Selection(selection=VERDICTS, string="Answer")
    granted_qty = fields.Float(
        string="Granted",
        digits="Product Unit",
        help="In the product unit. For several lines what stands in each of them.",
    )
    promised_date = fields.Date(string="Promised")
    reason = fields.Char(help="Who asked reads this.")
    alternative_product_id = fields.Many2one(
        comodel_name="product.product", string="Offered Instead"
    )
    route_id = fields.Many2one(comodel_name="stock.route", string="By Route")

    @api.model
    def _default_lines(self):
        model, ids = (
            self.env.context.get("active_model"),
            self.env.context.get("active_ids", []),
        )
        lines = self.env["supply.request.line"]
        if model == "supply.request":
            requests = self.env[model].browse(ids)
            return requests.line_ids.filtered(lambda line: line.state == "waiting")
        return lines.browse(ids) if model == lines._name else lines

    @api.depends("line_ids")
    def _compute_is_change(self):
        for wizard in self:
            wizard.is_single = len(wizard.line_ids) == 1
            wizard.is_change = bool(wizard.line_ids) and all(
                line.state != "waiting" for line in wizard.line_ids
            )

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        if len(self.line_ids) == 1:
            line = self.line_ids
            self.verdict = line.verdict or "granted"
            self.granted_qty = line.granted_qty or line.asked_qty
            self.promised_date = line.promised_date or line.need_by
            self.reason = line.reason

    def action_answer(self):
        """Give the answer to all the lines, or change the one they have.

        :raise UserError: where some wait and some were answered
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Nothing is waiting for an answer."))
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")
        if waiting and waiting != self.line_ids:
            raise UserError(
                self.env._(
                    "Some of these lines were answered already. Select lines that "
                    "wait, or lines whose answer changes."
                )
            )
        if waiting:
            for line in waiting:
                line.write(self._prepare_answer(line))
            waiting.action_answer()
        else:
            for line in self.line_ids:
                line.change_answer(self._prepare_answer(line))
        return {"type": "ir.actions.act_window_close"}

    def _prepare_answer(self, line):
        """What was filled in, and the quantity that the answer means for ``line``."""
        values = {
            name: self[name]
            for name in ("verdict", "promised_date", "reason")
            if self[name]
        }
        for name in ("alternative_product_id", "route_id"):
            if self[name]:
                values[name] = self[name].id
        verdict = self.verdict or line.verdict
        if verdict == "granted":
            values["granted_qty"] = line.asked_qty
        elif verdict == "rejected":
            values |= {"granted_qty": 0.0, "promised_date": False}
        elif self.is_single:
            values["granted_qty"] = self.granted_qty
        return values


class SupplyReturn(models.TransientModel):
    """Why a request goes back to who asked."""

    _name = "supply.return"
    _description = "Send a Supply Request Back"

    request_id = fields.Many2one(
        comodel_name="supply.request",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    comment = fields.Char(string="Why", required=True)

    def action_return(self):
        """Send it back with the reason."""
        self.request_id.send_back(self.comment)
        return {"type": "ir.actions.act_window_close"}
