from datetime import timedelta

from odoo import fields, models


class RegistrationLag(models.Model):
    """How long it took to register, for every document a norm was held against.

    In working hours of the branch: an order since the customer asked, an invoice since
    the goods left. What is late is an event too.
    """

    _name = "registration.lag"
    _description = "Time Taken to Register"
    _inherit = ["append.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _substitution_owner = "credited_user_id"
    _order = "day desc, id desc"
    _rec_name = "document_name"

    rule_id = fields.Many2one(
        comodel_name="registration.rule", required=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[("order", "Order"), ("invoice", "Invoice")], required=True
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", index=True)
    credited_user_id = fields.Many2one(comodel_name="res.users", string="Manager")
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
    day = fields.Date(required=True)
    hours = fields.Float(aggregator="avg")
    norm_hours = fields.Float(string="Norm", aggregator="avg")
    is_in_time = fields.Boolean(string="In Time")

    _credited_day_idx = models.Index("(credited_user_id, day)")

    def _hours(self, spans):
        """Working hours of ``{key: (company, branch, start, stop)}``; a few queries.

        Without a branch there are no hours to count by, and no key.
        """
        spans = {key: span for key, span in spans.items() if span[1]}
        clocks = {}
        for company in {span[0] for span in spans.values()}:
            own = [span for span in spans.values() if span[0] == company]
            branches = self.env["sales.branch"].union(*(span[1] for span in own))
            clocks |= self.env["service.gap.time"]._clocks(
                company,
                branches,
                min(span[2] for span in own) - timedelta(days=1),
                max(span[3] for span in own) + timedelta(days=1),
            )
        return {
            key: clocks[branch.id].hours(start, stop)
            for key, (__, branch, start, stop) in spans.items()
        }
