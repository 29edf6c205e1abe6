from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ShowroomReturn(models.TransientModel):
    """What comes back of a loan, and how; what does not."""

    _name = "showroom.return"
    _description = "Take Samples Back"

    loan_id = fields.Many2one(
        comodel_name="showroom.loan", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="loan_id.partner_id", string="Customer")
    line_ids = fields.One2many(
        comodel_name="showroom.return.line", inverse_name="return_id", string="Samples"
    )
    reason = fields.Char(
        string="What Happened", help="Kept on samples that do not come back."
    )

    @api.model
    def default_get(self, fields_list):
        """All that is out, back as it went."""
        values = super().default_get(fields_list)
        loan = self.env["showroom.loan"].browse(values.get("loan_id"))
        if "line_ids" in fields_list:
            values["line_ids"] = [
                Command.create(
                    {
                        "loan_line_id": line.id,
                        "outcome": "back",
                        "condition": line.condition_out,
                    }
                )
                for line in loan.line_ids
                if line.state == "out"
            ]
        return values

    def action_confirm(self):
        """Do all of it, or nothing.

        :raise UserError: for what came back already, is on the list twice, or belongs
            to another loan
        """
        self.ensure_one()
        rows = self.line_ids.filtered(lambda row: row.outcome != "keep")
        self._check_rows(rows)
        by_outcome = rows.grouped("outcome")
        none = self.env["showroom.return.line"]
        back = by_outcome.get("back", none)
        self.loan_id._take_back({row.loan_line_id: row.condition for row in back})
        charged = by_outcome.get("charge", none).loan_line_id
        lost = by_outcome.get("lost", none).loan_line_id | charged
        self.loan_id._lose(lost, self.reason or self.env._("Not returned"))
        if charged:
            self.loan_id._charge(charged)
        return {"type": "ir.actions.act_window_close"}

    def _check_rows(self, rows):
        if not rows:
            raise UserError(self.env._("Say of one sample at least what became of it."))
        if len(rows.loan_line_id) != len(rows):
            raise UserError(
                self.env._(
                    "A sample comes back once. Remove the second line of the same one."
                )
            )
        if any(row.outcome == "back" and not row.condition for row in rows):
            raise UserError(
                self.env._("Say of every sample that is back how it looks now.")
            )


class ShowroomReturnLine(models.TransientModel):
    """What became of one sample."""

    _name = "showroom.return.line"
    _description = "Sample That Comes Back"

    return_id = fields.Many2one(
        comodel_name="showroom.return", required=True, ondelete="cascade"
    )
    loan_line_id = fields.Many2one(
        comodel_name="showroom.loan.line", required=True, ondelete="cascade"
    )
    sample_id = fields.Many2one(related="loan_line_id.sample_id")
    outcome = fields.Selection(
        string="What Became of It",
        selection=[
            ("back", "Back"),
            ("keep", "Still with the customer"),
            ("lost", "Lost"),
            ("charge", "Lost, to charge"),
        ],
        required=True,
        default="back",
    )
    condition = fields.Selection(
        selection=lambda self: self.env["showroom.loan.line"]._conditions(),
        help="How it looks now. What is unfit is marked for replacement.",
    )
