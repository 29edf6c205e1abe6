from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ShowroomSample(models.Model):
    """Samples that are with a customer."""

    # Loans have files of their own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    current_loan_id = fields.Many2one(
        comodel_name="showroom.loan",
        string="With a Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The loan it is out on now.",
    )
    loan_line_ids = fields.One2many(
        comodel_name="showroom.loan.line",
        inverse_name="sample_id",
        string="Loans",
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    loan_count = fields.Integer(
        string="Times Lent",
        compute="_compute_loan_count",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends("loan_line_ids")
    def _compute_loan_count(self):
        counts = dict(
            self.env["showroom.loan.line"]._read_group(
                [("sample_id", "in", self.ids), ("state", "!=", "draft")],
                ["sample_id"],
                ["__count"],
            )
        )
        for sample in self:
            sample.loan_count = counts.get(sample, 0)

    @api.model
    def _present_domain(self):
        """Also what is with a customer, not overdue, of types that count it."""
        today = fields.Date.context_today(self)
        lent = (
            Domain("state", "=", "on_loan")
            & Domain("sample_type_id.loan_counts", "=", True)
            & Domain("current_loan_id.due_on", ">=", today)
        )
        return Domain(super()._present_domain()) | lent

    def action_lend(self):
        """Open the choice of the customer, for samples of one branch.

        :raise UserError: for samples that are not on display, or of several branches
        """
        self._check_keeping()
        self._check_state("on_display")
        if len(self.branch_id) != 1:
            raise UserError(self.env._("Lend samples of one branch at a time."))
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_lend_action"
        )
        action["context"] = {"default_sample_ids": self.ids}
        return action

    def action_open_loans(self):
        """Open the loans this sample was out on."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_loan_action"
        )
        action["domain"] = [("line_ids.sample_id", "=", self.id)]
        action["context"] = {}
        return action

    def _lock_to_lend(self):
        """Nobody else lends these samples, or takes them back, until we are done.

        :raise UserError: where somebody does just now
        """
        self.env.flush_all()
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(
                self.env._(
                    "Somebody is lending these samples or taking them back right now. "
                    "Reload the page in a moment."
                )
            )
        self.invalidate_recordset(["state", "current_loan_id"])

    def _come_back(self, condition, words):
        """Shown again as it came back, or to be replaced where it is unfit; in sudo.

        :param condition: its grade
        :param words: what for, kept as the origin of a move
        """
        branch = self.branch_id
        self._give_piece_back(branch._showroom_location("showroom"), words)
        self.write(
            {
                "state": "on_display",
                "current_loan_id": False,
                "condition": condition,
                "last_check_on": branch._local_today(),
            }
        )
        if condition == "d":
            self._mark_to_replace("damaged")

    def _close(self, state, reason):
        """A sample that is given up is not with a customer any more; in sudo."""
        result = super()._close(state, reason)
        out = self.current_loan_id.line_ids.filtered(
            lambda line: line.sample_id == self and line.state == "out"
        )
        self.current_loan_id = False
        out._settle("lost")
        return result
