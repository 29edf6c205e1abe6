from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .showroom_check import CLOSED

# What whoever checks says of a line; the rest is written by the system.
ANSWERS = {"result", "condition", "photo", "note", "is_lost"}
WORN = ("c", "d")


class ShowroomCheckLine(models.Model):
    """One sample to be looked at, or a product of which samples lack.

    What the norm asked for when the check began is on its lines, so that the figures
    of the check can be made again from them alone.
    """

    _name = "showroom.check.line"
    _description = "Line of a Showroom Check"
    _inherit = ["showroom.kept.mixin"]
    _order = "check_id desc, place, product_id, id"
    _check_company_auto = True

    check_id = fields.Many2one(
        comodel_name="showroom.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    # Stored: whoever answers while another one finishes meets them on this row.
    state = fields.Selection(related="check_id.state", store=True, precompute=True)
    branch_id = fields.Many2one(
        related="check_id.branch_id", store=True, precompute=True, default=None
    )
    company_id = fields.Many2one(
        related="check_id.company_id", store=True, precompute=True, index=True
    )
    done_on = fields.Date(related="check_id.done_on", store=True)
    sample_id = fields.Many2one(
        comodel_name="showroom.sample",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    place = fields.Char(readonly=True, help="Where it should hang.")
    expected_qty = fields.Integer(
        string="Expected",
        readonly=True,
        help="1 for a sample; else how many samples the norm lacked.",
    )
    min_qty = fields.Integer(string="Norm", readonly=True, aggregator=None)
    weight = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    was_to_replace = fields.Boolean(
        readonly=True, help="It was waiting for its replacement when the check began."
    )
    result = fields.Selection(
        selection=[
            ("todo", "Not looked at yet"),
            ("found", "Found"),
            ("missing", "Missing"),
            ("on_loan", "On loan"),
        ],
        required=True,
        default="todo",
        index=True,
    )
    condition = fields.Selection(
        selection=[("a", "A: as new"), ("b", "B: good"), ("c", "C: worn")]
        + [("d", "D: unfit")],
    )
    photo = fields.Image(max_width=1920, max_height=1920)
    note = fields.Char()
    is_lost = fields.Boolean(
        string="Lost", help="It will not be found: the sample is taken out as lost."
    )
    is_again = fields.Boolean(
        string="Found Again",
        readonly=True,
        help="It was thought to be lost.",
    )
    is_failed = fields.Boolean(
        string="Failed",
        compute="_compute_is_failed",
        store=True,
        help="Missing, worn or unfit.",
    )
    is_stale = fields.Boolean(
        string="Stale",
        readonly=True,
        help="It was seen, and had been too old, too worn or unseen for too long.",
    )
    present_qty = fields.Integer(
        string="Counts",
        compute="_compute_present_qty",
        store=True,
        help="1 where the sample counts for the norm.",
    )
    checked_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    checked_at = fields.Datetime(string="Looked At", readonly=True)

    _sample_uniq = models.UniqueIndex(
        "(check_id, sample_id) WHERE sample_id IS NOT NULL",
        "This sample is in the check already.",
    )
    _stale_idx = models.Index("(check_id) WHERE is_stale IS TRUE")

    @api.depends("result", "condition")
    def _compute_is_failed(self):
        for line in self:
            line.is_failed = line.result == "missing" or (
                line.result == "found" and line.condition in WORN
            )

    @api.depends("result", "condition")
    def _compute_present_qty(self):
        for line in self:
            line.present_qty = int(
                line.result == "on_loan"
                or (
                    line.result == "found"
                    and line.condition not in WORN
                    and not line.was_to_replace
                )
            )

    @api.depends("product_id", "sample_type_id", "sample_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.sample_id.display_name or (
                f"{line.product_id.display_name}: {line.sample_type_id.name}"
            )

    # ------------------------------------------------------------------
    # Answered one by one
    # ------------------------------------------------------------------

    def answer(self, values, since=None):
        """Say what became of this sample, in one short call.

        :param dict values: of ``result`` (found, missing or todo), ``condition``,
            ``photo`` (base64), ``note``, ``is_lost``; a condition alone means found
        :param since: what the last answer gave under that name
        :return: what the screen is to change, see ``showroom.check._changes``
        :raise AccessError: for who does not work in the branch
        :raise UserError: where the check is over, or the line is no sample to look at
        """
        self.ensure_one()
        self._check_keeping()
        if {"condition", "photo"} & values.keys() and self.result == "todo":
            values = {"result": "found", **values}
        self.write(values)
        return self.check_id._changes(since)

    def _shown(self):
        """The line as the screen shows it; images only by whether there are any."""
        sample = self.sample_id
        return {
            "id": self.id,
            "sample_id": sample.id,
            "barcode": sample.barcode or "",
            "product": self.product_id.display_name,
            "product_id": self.product_id.id,
            "type": self.sample_type_id.name,
            "place": self.place or "",
            "expected": self.expected_qty,
            "result": self.result,
            "condition": self.condition or "",
            "note": self.note or "",
            "is_lost": self.is_lost,
            "is_again": self.is_again,
            "was_to_replace": self.was_to_replace,
            "wants_photo": self.sample_type_id.check_photo,
            "has_photo": bool(self.photo),
            "has_image": bool(sample.image),
            "by": self.checked_by_id.name or "",
        }

    def write(self, vals):
        if not self.env.su:
            self._check_answers(vals)
            found = vals.get("result", "missing") != "missing"
            vals = {
                **({"is_lost": False} if found else {}),
                **vals,
                "checked_by_id": self.env.uid,
                "checked_at": fields.Datetime.now(),
            }
        return super().write(vals)

    def _check_answers(self, vals):
        """
        :raise AccessError: for fields that nobody types
        :raise UserError: for lines that cannot be answered
        """
        if not vals.keys() <= ANSWERS:
            raise AccessError(
                self.env._(
                    "%(fields)s of a check cannot be written.",
                    fields=", ".join(sorted(vals.keys() - ANSWERS)),
                )
            )
        for check in self.check_id:
            check._check_state("in_progress")
        if vals.get("result", "found") not in ("found", "missing", "todo"):
            raise ValidationError(self.env._("A sample is found, or missing."))
        for line in self:
            if not line.sample_id or line.result == "on_loan":
                raise UserError(
                    self.env._(
                        "%s is not in the showroom: there is nothing to look at.",
                        line.display_name,
                    )
                )
            if vals.get("is_lost") and vals.get("result", line.result) != "missing":
                raise UserError(
                    self.env._(
                        "%s was not said to be missing: it cannot be lost.",
                        line.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        if any(line.state in CLOSED for line in self) and not self.env.su:
            raise UserError(
                self.env._("Lines of a check that is over stay as they are.")
            )
