from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.playbook import looped


class SalesPlaybookStep(models.Model):
    """A step of a playbook, and what proves that it is done."""

    _name = "sales.playbook.step"
    _description = "Step of a Playbook"
    _inherit = ["sales.cached.mixin"]
    _order = "sequence, id"

    playbook_id = fields.Many2one(
        comodel_name="sales.playbook", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="playbook_id.company_id", store=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        translate=True, help="What the manager does in this step, and how."
    )
    stage_id = fields.Many2one(
        comodel_name="crm.stage",
        string="Moves to Stage",
        ondelete="set null",
        help="The opportunity moves to this stage when the step is done: never back, "
        "and not once it is won or lost.",
    )
    proof = fields.Selection(
        selection=[
            ("hand", "By hand"),
            ("call", "Call"),
            ("meeting", "Meeting or visit"),
            ("loan", "Loan of samples"),
            ("quotation", "Quotation sent"),
            ("order", "Order confirmed"),
            ("contract", "Contract in force"),
        ],
        required=True,
        default="hand",
        help="What ticks the step by itself when it happens.",
    )
    by_hand = fields.Boolean(
        string="May Be Ticked by Hand",
        default=True,
        help="With a note, where the proof is not in Odoo.",
    )
    prerequisite_ids = fields.Many2many(
        comodel_name="sales.playbook.step",
        relation="sales_playbook_step_before_rel",
        column1="step_id",
        column2="before_id",
        string="Comes After",
        domain="[('playbook_id', '=', playbook_id), ('id', '!=', id)]",
        copy=False,
        help="These steps must be done first.",
    )
    expected_days = fields.Integer(
        string="Working Days",
        help="Working days that the step takes at most, once it can come; 0 for any.",
    )
    check_ids = fields.One2many(
        comodel_name="sales.playbook.check",
        inverse_name="step_id",
        string="Checklist",
        copy=True,
    )

    _expected_days_range = models.Constraint(
        "CHECK (expected_days BETWEEN 0 AND 1000)",
        "A step takes 0 to 1000 working days.",
    )

    @api.constrains("prerequisite_ids", "playbook_id")
    def _check_prerequisites(self):
        for playbook in self.playbook_id:
            steps = playbook.with_context(active_test=False).step_ids
            if steps.prerequisite_ids - steps:
                raise ValidationError(
                    self.env._("A step waits for steps of its own playbook only.")
                )
            loop = looped({step.id: step.prerequisite_ids.ids for step in steps})
            if loop:
                raise ValidationError(
                    self.env._(
                        "These steps wait for each other: %(steps)s. Change what one "
                        "of them comes after.",
                        steps=", ".join(steps.browse(loop).mapped("name")),
                    )
                )

    @api.constrains("active")
    def _check_playbook_has_steps(self):
        self.playbook_id._check_has_steps()

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def unlink(self):
        playbooks = self.playbook_id
        result = super().unlink()
        playbooks.invalidate_recordset(["step_ids"])
        playbooks.exists()._check_has_steps()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_marked(self):
        # sudo: marks of others count as well
        rows = (
            self.env["sales.playbook.mark"]
            .sudo()
            ._read_group([("step_id", "in", self.ids)], ["step_id"])
        )
        if rows:
            raise UserError(
                self.env._(
                    "%(step)s was done on leads, and stays in their history. Archive "
                    "it instead.",
                    step=rows[0][0].name,
                )
            )

    # ------------------------------------------------------------------
    # What proves a step
    # ------------------------------------------------------------------

    @api.model
    def _proof_kinds(self):
        """``{kind: (name of the method that finds proofs, whether they last)}``.

        An area adds a kind in one file: a ``selection_add`` on ``proof``, an entry
        here, the method, and a call of ``crm.lead._follow_playbooks`` where it
        happens. The method takes leads in sudo and gives ``{lead id: [Proof, …]}``,
        in some queries for all of them. What lasts (a document) proves a step whenever
        it comes; the rest only once it could.
        """
        return {
            "call": ("_proofs_call", False),
            "meeting": ("_proofs_meeting", False),
            "loan": ("_proofs_loan", True),
            "quotation": ("_proofs_quotation", True),
            "order": ("_proofs_order", True),
            "contract": ("_proofs_contract", True),
        }
