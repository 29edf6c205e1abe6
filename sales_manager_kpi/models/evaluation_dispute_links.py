from odoo import api, fields, models


class BonusStatement(models.Model):
    # What disputes add has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    dispute_ids = fields.One2many(
        comodel_name="evaluation.dispute",
        inverse_name="statement_id",
        string="Disputes",
        readonly=True,
    )
    dispute_count = fields.Integer(compute="_compute_dispute_count")

    @api.depends("dispute_ids")
    def _compute_dispute_count(self):
        for statement in self:
            statement.dispute_count = len(statement.dispute_ids)


class EvaluationScorecard(models.Model):
    # What disputes add has a file of its own.
    _inherit = "evaluation.scorecard"  # pylint: disable=consider-merging-classes-inherited

    dispute_ids = fields.One2many(
        comodel_name="evaluation.dispute",
        inverse_name="scorecard_id",
        string="Disputes",
        readonly=True,
    )
    dispute_count = fields.Integer(compute="_compute_dispute_count")
    can_dispute = fields.Boolean(compute="_compute_can_dispute")

    @api.depends("dispute_ids")
    def _compute_dispute_count(self):
        for card in self:
            card.dispute_count = len(card.dispute_ids)

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_dispute(self):
        for card in self:
            card.can_dispute = card.user_id == self.env.user

    def action_dispute(self):
        """Open a dispute of this scorecard, as for a deal that is missing."""
        return self._ask_dispute()

    def _ask_dispute(self, line=None):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.evaluation_dispute_action_open"
        )
        action["context"] = {
            "default_scorecard_id": self.id,
            "default_scorecard_line_id": line.id if line else False,
            "default_kind": "evidence" if line else "missing_deal",
        }
        return action

    def action_open_disputes(self):
        """Open the disputes of this scorecard."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disputes"),
            "res_model": "evaluation.dispute",
            "domain": [("scorecard_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }


class EvaluationScorecardLine(models.Model):
    _inherit = "evaluation.scorecard.line"

    can_dispute = fields.Boolean(related="scorecard_id.can_dispute")

    def action_dispute(self):
        """Open a dispute of this criterion, to be told what is wrong."""
        self.ensure_one()
        return self.scorecard_id._ask_dispute(self)
