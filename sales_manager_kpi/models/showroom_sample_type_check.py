from odoo import fields, models


class ShowroomSampleType(models.Model):
    # The area of checks has files of its own.
    _inherit = "showroom.sample.type"  # pylint: disable=consider-merging-classes-inherited

    check_photo = fields.Boolean(
        string="Photo of What Fails",
        help="A check cannot be finished without a photo of samples in condition C or "
        "D.",
    )
