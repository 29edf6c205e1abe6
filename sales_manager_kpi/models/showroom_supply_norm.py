from odoo import fields, models
from odoo.exceptions import UserError


class ShowroomNormLine(models.Model):
    """What of a required sample is asked for, or waits to be made."""

    # Replacing has a file of its own.
    _inherit = "showroom.norm.line"  # pylint: disable=consider-merging-classes-inherited

    asked_qty = fields.Integer(string="Asked For", compute="_compute_coming")
    to_make_qty = fields.Integer(
        string="To Make",
        compute="_compute_coming",
        help="Goods have come, or a sample was begun: it can be made.",
    )

    def _compute_coming(self):
        asked, drafts = self.branch_id._showroom_coming()
        for line in self:
            line.asked_qty = asked[line._showroom_key()]
            line.to_make_qty = drafts[line._showroom_key()]

    def _showroom_key(self):
        return self.branch_id.id, self.product_id.id, self.sample_type_id.id

    def action_propose(self):
        """Open the proposal of what these lines lack.

        :raise UserError: for lines of several branches
        """
        if len(self.branch_id) != 1:
            raise UserError(self.env._("Ask for samples of one branch at a time."))
        keys = {line._showroom_key() for line in self}
        return self.env["showroom.propose"]._open_for(self.branch_id, keys=keys)
