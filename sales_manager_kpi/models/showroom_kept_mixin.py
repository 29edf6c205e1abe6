from odoo import fields, models
from odoo.exceptions import AccessError


class ShowroomKeptMixin(models.AbstractModel):
    """Documents of a branch's showroom: who works there keeps them, others read.

    Record rules say the same, on ``branch_id.is_kept``; this says it in words, before
    the system does what a manager may not do by hand.
    """

    _name = "showroom.kept.mixin"
    _description = "Kept by Those Who Work in a Branch"

    company_id = fields.Many2one(
        related="branch_id.company_id", store=True, precompute=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_kept', '=', True)]",
        default=lambda self: self.env["sales.branch"]._of_user(),
    )

    def write(self, vals):
        result = super().write(vals)
        if "branch_id" in vals:
            self.check_access("write")  # not to a branch of somebody else either
        return result

    def _check_keeping(self):
        """Whoever works in the branch, directs it, or acts for either.

        :raise AccessError: for anybody else
        """
        if self.env.su:
            return
        self.check_access("write")
        for branch in self.branch_id:
            if not branch.is_kept:
                raise AccessError(
                    self.env._(
                        "The showroom of %s is kept by those who work there. Ask one "
                        "of them, or its director.",
                        branch.display_name,
                    )
                )
