from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_round

from .supply_request_line import GRANTING

SAMPLES = {"sample_type_id", "sample_count", "showroom_sample_ids"}
HANG_ACTIVITY = "sales_manager_kpi.mail_activity_type_showroom_hang"


class SupplyRequestLine(models.Model):
    """Samples that are asked for, followed until they hang in the showroom.

    In a request of whatever kind: what makes a line one of samples is its sample
    type. When its goods have come, samples to make are there for whoever keeps the
    showroom.
    """

    # The area of the showroom has files of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The goods are for samples of this type.",
    )
    sample_count = fields.Integer(string="Number of Samples")
    showroom_sample_ids = fields.Many2many(
        comodel_name="showroom.sample",
        relation="supply_request_line_showroom_sample_rel",
        column1="line_id",
        column2="sample_id",
        string="Replaces",
        copy=False,
        help="Samples that go when the new ones hang.",
    )
    made_sample_ids = fields.One2many(
        comodel_name="showroom.sample",
        inverse_name="supply_line_id",
        string="New Samples",
        readonly=True,
    )
    takes_goods = fields.Boolean(
        compute="_compute_takes_goods",
        store=True,
        precompute=True,
        default=True,
        export_string_translation=False,
    )
    showroom_state = fields.Selection(
        selection=[
            ("asked", "Asked for"),
            ("arrived", "Arrived, to hang"),
            ("hung", "On display"),
        ],
        string="In the Showroom",
        compute="_compute_showroom_state",
        store=True,
        index="btree_not_null",
    )

    _samples_not_negative = models.Constraint(
        "CHECK (sample_count >= 0)", "Ask for zero or more samples."
    )

    # ------------------------------------------------------------------
    # Computed and checked
    # ------------------------------------------------------------------

    # Not on ``cut_qty``: what was asked for goes the way it began.
    @api.depends("sample_type_id")
    def _compute_takes_goods(self):
        for line in self:
            kind = line.sample_type_id
            line.takes_goods = not kind or bool(kind.cut_qty)

    @api.depends("sample_type_id", "state", "verdict", "made_sample_ids.state")
    def _compute_showroom_state(self):
        for line in self:
            line.showroom_state = line._find_showroom_state()

    def _find_showroom_state(self):
        if not self.sample_type_id or self.state == "cancelled":
            return False
        if self.verdict == "rejected" and self.state != "waiting":
            return False
        if self.state != "done":
            return "asked"
        states = self.made_sample_ids.mapped("state")
        return "hung" if states and "draft" not in states else "arrived"

    def _one_sample(self):
        """What one sample takes, in the product unit; 1 where it takes nothing."""
        return self.sample_type_id._goods_for(self.product_id) or 1.0

    def _goods_of_samples(self):
        """The quantity to ask for: samples are cut, and rounded, one by one."""
        return self.product_id.uom_id.round(self.sample_count * self._one_sample())

    def _samples_of(self, quantity):
        """How many samples ``quantity`` is enough for, at most those asked for."""
        enough = float_round(quantity / self._one_sample(), precision_digits=6)
        return min(self.sample_count, int(enough))

    def _coming_count(self):
        """How many samples are to come of this line."""
        granted = self.verdict in GRANTING and self.state != "waiting"
        return self._samples_of(self.granted_qty) if granted else self.sample_count

    @api.onchange("sample_type_id", "sample_count", "product_id")
    def _onchange_samples(self):
        if self.sample_type_id and self.product_id:
            self.sample_count = self.sample_count or 1
            self.product_uom_id = self.product_id.uom_id
            self.product_uom_qty = self._goods_of_samples()

    @api.constrains(
        "sample_type_id",
        "sample_count",
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "showroom_sample_ids",
    )
    def _check_samples(self):
        for line in self.filtered("sample_type_id"):
            if line.sample_count < 1:
                raise ValidationError(
                    self.env._("Say how many samples are asked for: 1 or more.")
                )
            if line.uom_id.compare(line.asked_qty, line._goods_of_samples()) < 0:
                raise ValidationError(
                    self.env._(
                        "%(count)s samples (%(type)s) of %(product)s take %(quantity)s "
                        "%(unit)s. Ask for that, or for fewer samples.",
                        count=line.sample_count,
                        type=line.sample_type_id.name,
                        product=line.product_id.display_name,
                        quantity=f"{line._goods_of_samples():g}",
                        unit=line.uom_id.name,
                    )
                )
            if line.showroom_sample_ids.branch_id - line.branch_id:
                raise ValidationError(
                    self.env._(
                        "Samples of another branch cannot be replaced by a request of "
                        "%s.",
                        line.branch_id.display_name,
                    )
                )

    @api.model
    def _asked_fields(self):
        return super()._asked_fields() | SAMPLES

    # ------------------------------------------------------------------
    # What takes no goods of ours is not moved
    # ------------------------------------------------------------------

    def _run_one(self, quantity):
        """Cards of suppliers are on their way as soon as they are granted."""
        if self.takes_goods:
            return super()._run_one(quantity)
        ordered = self.ordered_qty + quantity
        self.write({"state": "in_progress", "ordered_qty": ordered, "error": False})
        self.request_id._decide("run", lines=self, quantity=quantity)
        return None

    def _is_ordered_outside(self):
        return self.takes_goods and super()._is_ordered_outside()

    def _prepare_arrival(self, kept):
        """Samples are not sold: they are no stocking to be scored."""
        values = super()._prepare_arrival(kept)
        if self.sample_type_id:
            values.pop("score_due_on", None)
        return values

    def _answer_words(self):
        if self.takes_goods:
            return super()._answer_words()
        labels = dict(self._fields["verdict"]._description_selection(self.env))
        return self.env._(
            "%(count)s %(type)s of %(product)s: %(verdict)s, promised %(date)s",
            count=self._coming_count(),
            type=self.sample_type_id.name,
            product=self.product_id.display_name,
            verdict=labels[self.verdict].lower(),
            date=self.promised_date or "-",
        )

    def action_received(self):
        """Say that what takes no goods of ours has come, such as cards of a supplier.

        :raise AccessError: for who neither asked nor keeps the showroom
        :raise UserError: where nothing of that kind is on its way
        """
        self.check_access("read")
        for line in self:
            line._check_receiving()
        for line in self.sudo():  # sudo: arriving is written by the system
            kept = line.uom_id.compare(line.granted_qty, 0.0) > 0
            line.write({"arrived_qty": line.granted_qty, **line._prepare_arrival(kept)})
            line._tell_arrived()
        self.request_id._settle()
        return True

    def _check_receiving(self):
        branch = self.branch_id
        keeps = branch.is_kept or branch._showroom_keeper() == self.env.user
        if not keeps and not self.request_id._may_ask():
            raise AccessError(
                self.env._("Who asked, or keeps the showroom, says that it has come.")
            )
        if self.takes_goods or self.state != "in_progress":
            raise UserError(
                self.env._(
                    "%(line)s is followed by its transfers, or is not on its way.",
                    line=self.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Arrived, and hung
    # ------------------------------------------------------------------

    def _tell_arrived(self):
        """Samples wait to be made, and whoever keeps the showroom learns it."""
        told = super()._tell_arrived() if self.takes_goods else self._tell_received()
        if self.sample_type_id:
            self._tell_keeper(self._draft_samples())
        return told

    def _tell_received(self):
        request = self.request_id
        request._decide("arrive", lines=self, quantity=self.arrived_qty)
        request._tell(
            request.user_id,
            self.env._(
                "%(count)s %(type)s of %(product)s have arrived.",
                count=self._samples_of(self.arrived_qty),
                type=self.sample_type_id.name,
                product=self.product_id.display_name,
            ),
        )

    def _draft_samples(self):
        """Samples to make of what arrived, each in the place of one it replaces."""
        # sudo: made by the system, whoever moves the goods
        Sample = self.env["showroom.sample"].sudo()
        return Sample._draft_replacing(
            {
                "branch_id": self.branch_id.id,
                "product_id": self.product_id.id,
                "sample_type_id": self.sample_type_id.id,
                "supply_line_id": self.id,
            },
            self._samples_of(self.arrived_qty),
            self.showroom_sample_ids,
        )

    def _tell_keeper(self, drafts):
        keeper = self.branch_id._showroom_keeper() or self.user_id
        drafts[:1].activity_schedule(
            HANG_ACTIVITY,
            user_id=keeper.id,
            note=self.env._(
                "%(count)s %(type)s of %(product)s can be made and hung: %(request)s.",
                count=len(drafts),
                type=self.sample_type_id.name,
                product=self.product_id.display_name,
                request=self.request_id.name,
            ),
        )

    def action_hang(self):
        """Make the samples of what arrived, hang them, and take out what they replace.

        :return: an action that opens the new samples
        :raise AccessError: for who does not work in the branch
        :raise UserError: where nothing has arrived, or it is gone again
        """
        self.check_access("read")
        samples = self.env["showroom.sample"]
        for line in self:
            samples |= line._hang()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_sample_action"
        )
        return {**action, "domain": [("id", "in", samples.ids)], "context": {}}

    def _hang(self):
        if self.showroom_state != "arrived":
            raise UserError(
                self.env._(
                    "Nothing of %s waits to be hung: it has not arrived, or hangs "
                    "already.",
                    self.display_name,
                )
            )
        drafts = self.made_sample_ids.filtered(lambda sample: sample.state == "draft")
        # whoever deleted what waited to be made asks for it again
        drafts = drafts or self.sudo()._draft_samples().sudo(False)  # sudo: see there
        if not drafts:
            raise UserError(
                self.env._(
                    "What arrived of %(product)s is not enough for one %(type)s.",
                    product=self.product_id.display_name,
                    type=self.sample_type_id.name,
                )
            )
        stock = self.branch_id._stock_of_showroom()
        drafts._make(stock, self._arrived_roll(stock, len(drafts)))
        return drafts

    def _arrived_roll(self, stock, count):
        """The roll that arrived, if it was one and is long enough; else none."""
        moves = self.sudo().move_ids  # sudo: which roll came, whoever hangs it
        lot = moves.filtered(lambda move: move.state == "done").move_line_ids.lot_id
        need = count * self._one_sample()
        if len(lot) == 1 and any(
            roll == lot and self.uom_id.compare(free, need) >= 0
            for (__, roll, *___), free in self.product_id._free_pieces(stock)
        ):
            return lot
        return None


class SupplyRequest(models.Model):
    """Samples ride along in requests of the branch."""

    # The area of the showroom has files of its own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    def _stocking_lines(self):
        """Goods to sell: what samples take is no demand."""
        return super()._stocking_lines().filtered(lambda line: not line.sample_type_id)

    def action_add_samples(self):
        """Open the proposal of samples; what is to be asked for comes into this one.

        :raise UserError: once it was submitted, or for what an order lacks
        """
        self.ensure_one()
        self._check_asking()
        self._check_state("draft")
        if self.kind == "shortage":
            raise UserError(
                self.env._("Samples ride along with stocking, not with an order.")
            )
        return self.env["showroom.propose"]._open_for(self.branch_id, request=self)
