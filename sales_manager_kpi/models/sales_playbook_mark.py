from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

COLUMNS = (
    *("lead_id", "step_id", "playbook_id", "company_id", "at", "date", "reached_at"),
    *("days", "user_id", "acting_for_id", "manager_id", "branch_id", "kind"),
    *("res_model", "res_id", "note"),
)


class SalesPlaybookMark(models.Model):
    """A step of a lead is done: when, by whom, and what proves it. For good.

    Days are working days of the manager's branch since the step could come.
    """

    _name = "sales.playbook.mark"
    _description = "Step Done"
    _inherit = ["append.only.mixin"]
    _order = "at desc, id desc"
    _rec_name = "step_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    step_id = fields.Many2one(
        comodel_name="sales.playbook.step",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    playbook_id = fields.Many2one(
        comodel_name="sales.playbook",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    date = fields.Date(
        string="Day",
        required=True,
        readonly=True,
        index=True,
        help="In the time zone of the branch.",
    )
    reached_at = fields.Datetime(
        string="Could Come Since", required=True, readonly=True
    )
    days = fields.Integer(
        string="Working Days",
        readonly=True,
        aggregator="avg",
        help="Working days of the branch from when the step could come.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who did what proves it; empty where nobody of ours took part.",
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        help="The manager of the lead, for whom a deputy did it.",
    )
    manager_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whose lead it was then.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=lambda self: self._kinds(), string="Proof", readonly=True
    )
    res_model = fields.Char(
        string="Proof Model", readonly=True, export_string_translation=False
    )
    res_id = fields.Many2oneReference(
        string="Proof Record",
        model_field="res_model",
        readonly=True,
        export_string_translation=False,
    )
    note = fields.Char(readonly=True)

    _once = models.UniqueIndex("(lead_id, step_id)", "This step is done already.")
    _proof_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.model
    def _kinds(self):
        field = self.env["sales.playbook.step"]._fields["proof"]
        return field._description_selection(self.env)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._(
                "Steps that are done stay done. Tick a step from its lead, with a note."
            )
        )

    def action_open_proof(self):
        """Open what proves the step.

        :raise UserError: where it was ticked by hand, or the record is gone
        """
        self.ensure_one()
        proof = self.res_model and self.env[self.res_model].browse(self.res_id)
        if not proof or not proof.exists():
            raise UserError(self.env._("There is no document behind this step."))
        if proof._name == "mail.message":
            return self.lead_id._get_records_action()
        return proof._get_records_action()

    @api.model
    def _add(self, vals_list):
        """Insert marks in one statement; in sudo.

        Of two that tick one step at once the second finds it done, or begins again
        (the database says so, and Odoo does).

        :param vals_list: dicts with all of `COLUMNS`
        :return: the new rows
        """
        if not vals_list:
            return self.browse()
        self.env.flush_all()
        names = [*COLUMNS, "create_uid", "create_date", "write_uid", "write_date"]
        written = (self.env.uid, self.env.cr.now()) * 2
        columns = [self._fields[name] for name in COLUMNS]
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO sales_playbook_mark (%s) VALUES %s "
                "ON CONFLICT (lead_id, step_id) DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    (
                        *(
                            f.convert_to_column_insert(vals[f.name], self)
                            for f in columns
                        ),
                        *written,
                    )
                    for vals in vals_list
                ),
            )
        )
        self.env["crm.lead"].invalidate_model(
            ["playbook_mark_ids", "playbook_board", "playbook_progress"], flush=False
        )
        return self.browse(row_id for (row_id,) in rows)
