from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.scoring import ratio


class SalesObjectionAnswer(models.Model):
    """An answer to an objection, and how often it helped."""

    _name = "sales.objection.answer"
    _description = "Answer to an Objection"
    _order = "objection_id, sequence, id"
    _rec_name = "text"

    objection_id = fields.Many2one(
        comodel_name="sales.objection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="objection_id.company_id", store=True)
    text = fields.Char(string="Answer", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    proposed_by_id = fields.Many2one(
        comodel_name="res.users",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    use_count = fields.Integer(string="Tried", compute="_compute_success")
    overcome_count = fields.Integer(string="Helped", compute="_compute_success")
    success_rate = fields.Float(
        compute="_compute_success",
        help="How often the objection was overcome per use, 0 to 1; meaningless "
        "without uses.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_success(self):
        counts = self._counts()
        for answer in self:
            tried, helped = counts.get(answer.id, (0, 0))
            answer.use_count, answer.overcome_count = tried, helped
            answer.success_rate = ratio(helped, tried) or 0.0

    def _counts(self):
        """``{answer id: (tried, helped)}`` of those that were tried, in one query."""
        # sudo: how often it helped is told to everybody, not where and to whom
        rows = (
            self.env["sales.objection.use"]
            .sudo()
            ._read_group(
                [
                    ("answer_id", "in", self.ids),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["answer_id", "outcome"],
                ["__count"],
            )
        )
        counts = {}
        for answer, outcome, count in rows:
            tried, helped = counts.get(answer.id, (0, 0))
            won = count if outcome == "overcome" else 0
            counts[answer.id] = tried + count, helped + won
        return counts

    def _was_tried(self):
        """Whether one was tried, in whatever company the user works now."""
        # sudo: whether it was tried at all, by whomever
        uses = self.env["sales.objection.use"].sudo()
        return bool(uses.search_count([("answer_id", "in", self.ids)], limit=1))

    def _success_rates(self):
        """``{answer id: share of uses that helped, or None without uses}``."""
        counts = self._counts()
        rates = {}
        for answer in self:
            tried, helped = counts.get(answer.id, (0, 0))
            rates[answer.id] = ratio(helped, tried)
        return rates

    @api.depends("text", "use_count", "success_rate")
    @api.depends_context("with_success", "lang")
    def _compute_display_name(self):
        told = self.env.context.get("with_success")
        for answer in self:
            answer.display_name = (
                self.env._(
                    "%(answer)s (helped %(helped)s of %(tried)s times)",
                    answer=answer.text,
                    helped=answer.overcome_count,
                    tried=answer.use_count,
                )
                if told and answer.use_count
                else answer.text
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{**vals, "proposed_by_id": self.env.uid} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            vals = {key: one for key, one in vals.items() if key != "proposed_by_id"}
            if not {"text", "objection_id"}.isdisjoint(vals) and self._was_tried():
                raise UserError(
                    self.env._(
                        "An answer that was tried stays as it was said. Archive it, "
                        "and add another one."
                    )
                )
        return super().write(vals)
