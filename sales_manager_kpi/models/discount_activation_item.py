from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 100
AT_ONCE = 200
OPEN_STATES = ("draft", "sent")


class DiscountActivationItem(models.Model):
    """What a policy found when it was activated: one open quotation, or a price list.

    A quotation that was there before the policy stays free of it as long as nobody
    changes what its price depends on; `fingerprint` tells. Rows are written by the
    system only.
    """

    _name = "discount.activation.item"
    _description = "Found at Activation of a Policy"
    _order = "policy_id desc, kind, id"
    _rec_name = "partner_id"

    policy_id = fields.Many2one(
        comodel_name="discount.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="policy_id.company_id", store=True, precompute=True
    )
    kind = fields.Selection(
        selection=[("quotation", "Open quotation"), ("pricelist", "Price list")],
        required=True,
    )
    state = fields.Selection(
        string="Found",
        selection=[
            ("to_check", "To be checked"),
            ("within", "Within the norms"),
            ("outside", "Outside the norms"),
        ],
        required=True,
        default="to_check",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Salesperson")
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    fingerprint = fields.Char(export_string_translation=False)
    findings = fields.Text(string="Outside the Norm")
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist", help="What the customer has."
    )
    class_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist", help="What the customer's class has."
    )

    _order_policy_uniq = models.UniqueIndex(
        "(order_id, policy_id) WHERE order_id IS NOT NULL"
    )
    _to_check_idx = models.Index("(policy_id) WHERE state = 'to_check'")

    def action_open(self):
        """Open the quotation, or the customer whose price list it is."""
        self.ensure_one()
        record = self.order_id or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Listing
    # ------------------------------------------------------------------

    @api.model
    def _list_for(self, policy):
        """List what is there as ``policy`` is activated; see `_check`.

        Only names of contents are kept at once, so that thousands of quotations are
        listed in a few queries; they are judged in batches.
        """
        rows = self.sudo()  # sudo: the policy binds also what its activator cannot see
        rows._list_quotations(policy)
        rows._list_pricelists(policy)
        todo = rows.search(
            [("policy_id", "=", policy.id), ("state", "=", "to_check")],
            limit=AT_ONCE + 1,
        )
        if len(todo) <= AT_ONCE:
            todo._check()
        else:
            cron = self.env.ref("sales_manager_kpi.ir_cron_discount_activation")
            cron._trigger()

    def _list_quotations(self, policy):
        Order = self.env["sale.order"].sudo()  # sudo: see _list_for
        domain = Domain("company_id", "=", policy.company_id.id)
        orders = Order.search(domain & Domain("state", "in", OPEN_STATES))
        self.create(
            [
                {
                    "policy_id": policy.id,
                    "kind": "quotation",
                    "order_id": order.id,
                    "partner_id": order.partner_id.commercial_partner_id.id,
                    "user_id": order.user_id.id,
                    "fingerprint": order._discount_fingerprint(),
                }
                for order in orders
            ]
        )

    def _list_pricelists(self, policy):
        """Customers with a price list of their own that is not their class's."""
        day = self.env["sales.branch"]._company_local_date(policy.company_id)
        members = self.env["customer.class.member"].sudo()  # sudo: see _list_for
        members = members.search(
            [
                ("company_id", "=", policy.company_id.id),
                ("class_id.pricelist_id", "!=", False),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        ).with_company(policy.company_id)
        other = members.filtered(
            lambda row: (
                row.partner_id.specific_property_product_pricelist
                and row.partner_id.specific_property_product_pricelist
                != row.class_id.pricelist_id
            )
        )
        self.create([row._prepare_activation_item(policy) for row in other])

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _check(self):
        """Judge these quotations by the policy, as they are now.

        With as many queries as one of them: see `sale.order._in_batch`.
        """
        for policy, rows in self.grouped("policy_id").items():
            plain = policy._plain()
            orders = {order.id: order for order in rows.order_id._in_batch()}
            for row in rows:
                row._check_by(plain, orders[row.order_id.id])

    def _check_by(self, plain, order):
        branch = order._discount_branch()
        values = {"branch_id": branch.id, "state": "within"}
        if not plain.branch_ids or branch.id in plain.branch_ids:
            verdict = order._discount_judgement(plain).verdict
            if not verdict.within:
                words = order._finding_words(verdict.findings)
                values.update(state="outside", findings="\n".join(words))
        self.write(values)

    @api.model
    def _cron_check(self):
        """Judge what activations left, a batch at a time; goes on where it stopped."""
        Cron = self.env["ir.cron"]
        domain = [("state", "=", "to_check")]
        Cron._commit_progress(remaining=self.search_count(domain))
        while batch := self.search(domain, limit=BATCH, order="id"):
            batch._check()
            if not Cron._commit_progress(len(batch)):
                break

    @api.model
    def _forget_old(self):
        """Rows of policies retired a year ago; nothing asks for them any more."""
        limit = fields.Datetime.now() - timedelta(days=365)
        self.search(
            [("policy_id.state", "=", "retired"), ("create_date", "<", limit)]
        ).unlink()

    @api.autovacuum
    def _gc_old(self):
        self._forget_old()


class CustomerClassMember(models.Model):
    _inherit = "customer.class.member"

    def _prepare_activation_item(self, policy):
        partner = self.partner_id
        return {
            "policy_id": policy.id,
            "kind": "pricelist",
            "state": "outside",
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "pricelist_id": partner.specific_property_product_pricelist.id,
            "class_pricelist_id": self.class_id.pricelist_id.id,
        }


class DiscountPolicy(models.Model):
    _inherit = "discount.policy"  # pylint: disable=consider-merging-classes-inherited

    activation_item_ids = fields.One2many(
        comodel_name="discount.activation.item", inverse_name="policy_id"
    )
    outside_count = fields.Integer(compute="_compute_outside_count")

    @api.depends("activation_item_ids.state")
    def _compute_outside_count(self):
        groups = self.env["discount.activation.item"]._read_group(
            [("policy_id", "in", self.ids), ("state", "=", "outside")],
            ["policy_id"],
            ["__count"],
        )
        counts = {policy.id: count for policy, count in groups}
        for policy in self:
            policy.outside_count = counts.get(policy.id, 0)

    def action_open_activation_items(self):
        """Open what was outside the norms when this policy was activated."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.discount_activation_item_action"
        )
        return {**action, "domain": [("policy_id", "=", self.id)]}

    def _after_activated(self):
        result = super()._after_activated()
        for policy in self:
            self.env["discount.activation.item"]._list_for(policy)
        return result
