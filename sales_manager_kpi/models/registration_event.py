from odoo import api, fields, models

from .registration_rule import STANDING

DISPUTES = [
    ("open", "Disputed"),
    ("accepted", "Dispute accepted"),
    ("refused", "Dispute refused"),
]


class RegistrationEvent(models.Model):
    """What a rule found, once: it stays as it was written.

    Only two things are added to a row: when it was put right, and what came of a
    dispute. One that was accepted counts no more, and is kept.
    """

    _name = "registration.event"
    _description = "Registration Event"
    _inherit = ["append.only.mixin", "sales.own.matter.mixin"]
    _inherit += ["sales.substituted.mixin"]
    _substitution_scope = "orders"
    _substitution_owner = "credited_user_id"
    _order = "at desc, id desc"
    _rec_name = "document_name"

    rule_id = fields.Many2one(
        comodel_name="registration.rule",
        required=True,
        index=True,
        ondelete="restrict",
    )
    check_code = fields.Selection(related="rule_id.check_code", store=True)
    moment = fields.Selection(related="rule_id.moment", store=True)
    severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        required=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    res_model = fields.Char(string="Document Model", required=True)
    res_id = fields.Many2oneReference(
        string="Document Number", model_field="res_model", required=True
    )
    document_name = fields.Char(string="Document", required=True)
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Registered By", required=True
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    credited_user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", index="btree_not_null"
    )
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    day = fields.Date(required=True, help="The day in the company.")
    note = fields.Char(string="What Was Wrong")
    fixed_at = fields.Datetime(string="Put Right On")
    dispute_state = fields.Selection(selection=DISPUTES, string="Dispute")
    disputed_by_id = fields.Many2one(comodel_name="res.users")
    disputed_at = fields.Datetime()
    dispute_reason = fields.Char(string="Why It Is Disputed")
    decided_by_id = fields.Many2one(comodel_name="res.users")
    decided_at = fields.Datetime()
    decision_note = fields.Char(string="Why It Was Decided So")
    counts = fields.Boolean(
        compute="_compute_counts",
        store=True,
        help="For what is first time right: minor ones and accepted disputes do not.",
    )

    _counted_idx = models.Index("(order_id) WHERE counts")

    @api.depends("severity", "dispute_state")
    def _compute_counts(self):
        for event in self:
            event.counts = (
                event.severity != "minor" and event.dispute_state != "accepted"
            )

    def action_open_document(self):
        """Open what the event is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    @api.model
    def _record(self, findings):
        """Add rows, none twice for what is not put right yet.

        :param findings: ``[(order, rule, words, extra values)]``; in one query each for
            what is there and for what is added
        """
        if not findings:
            return
        order_ids = [order.id for order, *__ in findings]
        # sudo: written by the system, whoever registers
        events = self.sudo()
        known = {
            (event.order_id.id, event.rule_id.id)
            for event in events.search_fetch(
                [("order_id", "in", order_ids), ("fixed_at", "=", False)],
                ["order_id", "rule_id"],
            )
        }
        orders = self.env["sale.order"].browse(order_ids)
        principals = orders._principals()
        events.create(
            [
                {
                    **self._prepare(order, rule, words, extra),
                    "acting_for_id": principals[order][:1].id
                    if order in principals
                    else False,
                }
                for order, rule, words, extra in findings
                if rule.check_code not in STANDING or (order.id, rule.id) not in known
            ]
        )

    @api.model
    def _prepare(self, order, rule, words, extra):
        order = order.sudo()  # sudo: as above
        Branch = self.env["sales.branch"]
        return {
            "rule_id": rule.id,
            "severity": rule.severity,
            "company_id": order.company_id.id,
            "branch_id": order.credited_branch_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "res_model": "sale.order",
            "res_id": order.id,
            "document_name": order.name,
            "order_id": order.id,
            "user_id": self.env.uid,
            "credited_user_id": (order.credited_user_id or order.user_id).id,
            "day": Branch._company_local_date(order.company_id),
            "note": words,
            **extra,
        }

    @api.model
    def _cron_fix(self):
        """Every night: what was put right since; one look by each rule."""
        now = fields.Datetime.now()
        # what is missing in a document, not what was done to it
        open_events = self.search(
            [
                ("fixed_at", "=", False),
                ("check_code", "in", sorted(STANDING)),
                ("order_id", "!=", False),
            ]
        )
        for rule, events in open_events.grouped("rule_id").items():
            orders = events.order_id
            wrong = rule._found(orders)
            events.filtered(
                lambda event, wrong=wrong: event.order_id not in wrong
            ).write({"fixed_at": now})
