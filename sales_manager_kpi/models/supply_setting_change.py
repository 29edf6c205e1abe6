from odoo import Command, fields, models


class SupplySettingChange(models.Model):
    """What the resupply setup changed in Odoo's own settings, to be put back.

    Values are kept as JSON: of a many-to-many the ids added, of anything else the
    value; ``old_value`` None says that the record was made by the setup.
    """

    _name = "supply.setting.change"
    _description = "Setting Changed by the Resupply Setup"
    _inherit = ["append.only.mixin"]
    _order = "id desc"

    branch_id = fields.Many2one(
        comodel_name="sales.branch", index=True, ondelete="set null", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="What", required=True, readonly=True)
    field_name = fields.Char(string="Field", required=True, readonly=True)
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    old_words = fields.Char(string="Was", readonly=True)
    new_words = fields.Char(string="Is Now", readonly=True)
    changed_by_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True
    )
    state = fields.Selection(
        selection=[
            ("set", "In force"),
            ("put_back", "Put back"),
            ("left", "Left: changed since"),
        ],
        required=True,
        default="set",
        readonly=True,
    )
    put_back_at = fields.Datetime(readonly=True)
    put_back_by_id = fields.Many2one(comodel_name="res.users", readonly=True)

    def _put_back(self):
        """Put back what is in force, the last first; leave what others changed."""
        in_force = self.filtered(lambda change: change.state == "set")
        for change in in_force.sorted("id", reverse=True):
            change.write(
                {
                    "state": "put_back" if change._put_one_back() else "left",
                    "put_back_at": fields.Datetime.now(),
                    "put_back_by_id": self.env.uid,
                }
            )

    def _put_one_back(self):
        """Whether the setting was still as we set it, and is now as it was."""
        record = self.env[self.res_model].browse(self.res_id).exists()
        field = record._fields.get(self.field_name) if record else None
        if field is None:
            return False
        if field.type in ("many2many", "one2many"):
            return self._take_out(record)
        if field.convert_to_read(record[self.field_name], record) != self.new_value:
            return False
        if self._is_used_by_others(record):
            return False
        record[self.field_name] = self.old_value or False
        return True

    def _is_used_by_others(self, record):
        """A transit location stays as long as goods of anybody pass through it."""
        if record._name != "stock.location":
            return False
        through = [
            "|",
            ("location_src_id", "=", record.id),
            ("location_dest_id", "=", record.id),
        ]
        return bool(self.env["stock.rule"].search_count(through, limit=1)) or bool(
            self.env["stock.quant"].search_count(
                [("location_id", "=", record.id)], limit=1
            )
        )

    def _take_out(self, record):
        """Take out of a many-to-many what we put in and is still there."""
        known = self.with_context(active_test=False).env[self.res_model]
        current = known.browse(record.id)[self.field_name]
        ours = current.filtered(lambda value: value.id in self.new_value)
        if ours:
            record.write(
                {self.field_name: [Command.unlink(value.id) for value in ours]}
            )
        return bool(ours)

    def _put_all_back(self):
        """At uninstall: every setting that is still ours, of every company."""
        self.search([("state", "=", "set")])._put_back()
