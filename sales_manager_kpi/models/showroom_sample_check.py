from odoo import fields, models


class ShowroomSample(models.Model):
    """Samples in checks of their showroom."""

    # The area of checks has files of its own.
    _inherit = "showroom.sample"  # pylint: disable=consider-merging-classes-inherited

    replace_reason = fields.Selection(
        selection_add=[("not_found", "Not found")],
        ondelete={"not_found": "set null"},
    )
    check_line_ids = fields.One2many(
        comodel_name="showroom.check.line",
        inverse_name="sample_id",
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )
    check_line_count = fields.Integer(
        string="Checks",
        compute="_compute_check_line_count",
        groups="sales_manager_kpi.group_manager",
    )

    def _compute_check_line_count(self):
        counts = dict(
            self.env["showroom.check.line"]._read_group(
                [("sample_id", "in", self.ids)], ["sample_id"], ["__count"]
            )
        )
        for sample in self:
            sample.check_line_count = counts.get(sample._origin, 0)

    def action_open_checks(self):
        """Open what checks said of this sample."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_check_line_action"
        )
        action["domain"] = [("sample_id", "=", self.id)]
        action["context"] = {}
        return action
