from odoo import api, fields, models
from odoo.exceptions import UserError

from .showroom_sample_flow import ENDABLE
from .showroom_supply_line import HANG_ACTIVITY


class ShowroomSample(models.Model):
    """Samples that take the place of others, and those they replace."""

    # Replacing has a file of its own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    supply_line_id = fields.Many2one(
        comodel_name="supply.request.line",
        string="Asked With",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of a supply request that brought its goods.",
    )
    asked_line_ids = fields.Many2many(
        comodel_name="supply.request.line",
        relation="supply_request_line_showroom_sample_rel",
        column1="sample_id",
        column2="line_id",
        string="Replacement Asked With",
        readonly=True,
        copy=False,
    )
    replaced_by_id = fields.Many2one(
        comodel_name="showroom.sample",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    replaces_ids = fields.One2many(
        comodel_name="showroom.sample",
        inverse_name="replaced_by_id",
        string="In Place Of",
        readonly=True,
    )

    @api.model
    def _draft_replacing(self, values, count, replaced):
        """``count`` samples to make, the first of them in the places of ``replaced``.

        :param dict values: of the new samples
        """
        places = replaced.mapped("place")[:count] + [False] * (count - len(replaced))
        drafts = self.create([{"place": place, **values} for place in places])
        # sudo: what replaces a sample is written by the system
        for draft, old in zip(drafts, replaced.sudo(), strict=False):
            old.replaced_by_id = draft
        return drafts

    def _make(self, location, lot=None):
        """Whatever they replace goes when they hang."""
        result = super()._make(location, lot)
        old = self.replaces_ids.filtered(lambda sample: sample.state in ENDABLE)
        old._end("scrap", self.env._("Replaced"))
        self.sudo().activity_unlink([HANG_ACTIVITY])  # sudo: as in asking for it
        return result

    def _showroom_key(self):
        return self.branch_id.id, self.product_id.id, self.sample_type_id.id

    def action_propose(self):
        """Open the proposal to replace these samples.

        :raise UserError: for samples of several branches, or that are gone
        """
        self._check_state("on_display", "to_replace", "lost")
        if len(self.branch_id) != 1:
            raise UserError(self.env._("Replace samples of one branch at a time."))
        return self.env["showroom.propose"]._open_for(self.branch_id, samples=self)
