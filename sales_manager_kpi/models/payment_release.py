from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class PaymentRelease(models.Model):
    """Somebody let an order, or a customer, pass the payment limit, and says why.

    Rows are only ever added, and stop counting by themselves.
    """

    _name = "payment.release"
    _description = "Release from the Payment Limit"
    _inherit = ["append.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "id desc"
    _rec_name = "partner_id"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: all orders and goods of the customer.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Manager", index="btree_not_null"
    )
    problem = fields.Char(help="What the limit said then.")
    reason = fields.Char(required=True)
    until_at = fields.Datetime(string="Until", required=True)
    released_by_id = fields.Many2one(comodel_name="res.users", required=True)
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    create_date = fields.Datetime(string="Released", readonly=True)
    is_valid = fields.Boolean(
        string="Counts Now", compute="_compute_is_valid", search="_search_is_valid"
    )

    @api.depends("until_at")
    def _compute_is_valid(self):
        now = fields.Datetime.now()
        for release in self:
            release.is_valid = bool(release.until_at) and release.until_at > now

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = Domain("until_at", ">", fields.Datetime.now())
        chosen = set(value)
        if chosen >= {True, False}:
            return Domain.TRUE
        return valid if True in chosen else ~valid

    @api.model
    def _released(self, company, customers, orders):
        """What is released now, in one query.

        :return: ``(ids of commercial partners, ids of orders)``
        """
        # sudo: a release counts whoever confirms or ships
        rows = self.sudo().search_fetch(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", customers.ids)
            & Domain("until_at", ">", fields.Datetime.now())
            & Domain("order_id", "in", [False, *orders.ids]),
            ["partner_id", "order_id"],
        )
        whole = rows.filtered(lambda row: not row.order_id)
        return set(whole.partner_id.ids), set(rows.order_id.ids)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Releases are given by the button, and stay as they are.")
        )


class SaleOrder(models.Model):
    """Orders that somebody lets pass: never their own manager."""

    _name = "sale.order"
    _inherit = ["sale.order", "sales.own.matter.mixin"]

    payment_release_ids = fields.One2many(
        comodel_name="payment.release",
        inverse_name="order_id",
        string="Releases",
        copy=False,
        readonly=True,
        groups="sales_manager_kpi.group_manager",
    )

    def _own_people(self):
        """Whose order it is: nobody of these lets it pass."""
        order = self.sudo()  # sudo: only who they are
        owner = order.partner_id.commercial_partner_id.user_id
        return (order.user_id | order.credited_user_id | owner).sudo(False)

    def _may_release(self):
        """Whether the current user may let this order pass the payment limit."""
        self.ensure_one()
        user = self.env.user
        if self._is_own_matter(user):
            return False
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return self.company_id in user.company_ids
        branch = self._release_branch()
        return bool(branch) and branch._is_directed_by(user)

    def _release_branch(self):
        """The branch whose director may let the order pass."""
        order = self.sudo()  # sudo: the branch of the manager
        manager = order.user_id or order.partner_id.commercial_partner_id.user_id
        today = self.env["sales.branch"]._company_local_date(order.company_id)
        found = self.env["sales.branch"]._branch_by_user(
            manager, order.company_id, today
        )
        return order.credited_branch_id or found.get(
            manager.id, self.env["sales.branch"]
        )

    @api.private
    def release_payment(self, reason, until, whole_customer=False):
        """Let this order (or all of its customer) pass the payment limit until then.

        :param until: naive UTC
        :raise AccessError: for whoever may not, the order's own manager above all
        :raise UserError: without a reason, or for a moment that is over
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_release():
            raise AccessError(
                self.env._(
                    "Order %s is let pass by the director of its branch or a "
                    "commercial director, and never by its own manager or who stands "
                    "in for them.",
                    self.name,
                )
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the order is let pass."))
        if not until or until <= fields.Datetime.now():
            raise UserError(self.env._("Choose until when: a moment that is to come."))
        order = self.sudo()  # sudo: rows are written by the system, the right was asked
        return (
            order.env["payment.release"]
            .create(self._prepare_release(reason, until, whole_customer))
            .sudo(False)
        )

    def _prepare_release(self, reason, until, whole_customer):
        branch = self._release_branch()
        owner = self.user_id or self.partner_id.commercial_partner_id.user_id
        return {
            "order_id": False if whole_customer else self.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "company_id": self.company_id.id,
            "branch_id": branch.id,
            "user_id": owner.id,
            "problem": self._payment_words()[1],
            "reason": reason,
            "until_at": until,
            "released_by_id": self.env.uid,
            "acting_for_id": branch._stands_in_for(self.env.user).id
            if branch
            else False,
        }

    def action_release_payment(self):
        """Ask until when, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release"),
            "res_model": "payment.release.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }
