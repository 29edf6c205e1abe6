import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .discount_request import GRANTED

CHECKED = "discount_checked"
# What a person changes on a confirmed order that its price depends on.
PRICE_FIELDS = {
    "price_unit",
    "discount",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
    "reward_id",
    "coupon_id",
    "points_cost",
}


class Checked:
    """What the gate found in one call; no client can send one.

    :param passed: ids of orders it let through
    :param judged: ``{(order id, fingerprint): Judgement}``
    :param rules: ``{(order id, product ids): price list rules behind the norm}``
    """

    def __init__(self):
        self.passed = set()
        self.judged = {}
        self.rules = {}


def checked_of(env):
    """The gate's memory of this call, if there is one."""
    checked = env.context.get(CHECKED)
    return checked if isinstance(checked, Checked) else None


class SaleOrder(models.Model):
    """The gate: no order leaves the norms without somebody's recorded yes."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    discount_request_ids = fields.One2many(
        comodel_name="discount.request",
        inverse_name="order_id",
        copy=False,
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )

    discount_request_count = fields.Integer(compute="_compute_discount_request_count")

    @api.depends("discount_request_ids")
    def _compute_discount_request_count(self):
        for order in self:
            # sudo: only how many there are
            order.discount_request_count = len(order.sudo().discount_request_ids)

    def action_open_discount_requests(self):
        """Open what was asked about this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.discount_request_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def action_confirm(self):
        """Confirm as usual; one order that needs approval opens the request instead.

        :return: as core, or the action that asks for approval
        """
        if not any(order._discount_policy() for order in self):
            return super().action_confirm()
        self._fetch_products()
        orders = self.with_context(**{CHECKED: Checked()})
        if len(self) == 1 and not self.env.su and orders._asks_discount():
            return self.action_ask_discount()
        return super(SaleOrder, orders).action_confirm()

    def _asks_discount(self):
        """Whether this order needs a yes that somebody may give."""
        policy = self._discount_policy()
        if policy.mode != "ask" or self.state not in ("draft", "sent"):
            return False
        judgement = self._judge_once()
        return bool(
            judgement.covering_role
            and not judgement.verdict.within
            and not self._is_discount_granted(judgement)
        )

    def _judge_once(self):
        """The judgement of this call, made again only where the order has changed.

        Loyalty recomputes rewards within the confirmation, after the first look.
        """
        checked = checked_of(self.env)
        if not checked:
            return self._discount_judgement()
        key = self.id, self._discount_fingerprint()
        if key not in checked.judged:
            checked.judged[key] = self._discount_judgement()
        return checked.judged[key]

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message() or self._discount_error()
        checked = checked_of(self.env)
        if not message and checked:
            checked.passed.add(self.id)
        return message

    @api.constrains("state")
    def _check_discount_on_state(self):
        """Writing the state directly is no way around the gate."""
        checked = checked_of(self.env)
        for order in self:
            if order.state == "sale" and not (checked and order.id in checked.passed):
                order.with_context(**{CHECKED: Checked()})._check_discount()

    def _check_discount(self):
        """Raise where the order needs a yes that nobody gave."""
        message = self._discount_error()
        if message:
            raise UserError(message)

    def _discount_error(self):
        """Why the order may not be confirmed, in words; False where it may."""
        policy = self._discount_policy()
        if not policy or policy.mode not in ("ask", "block"):
            return False
        judgement = self._judge_once()
        if judgement.verdict.within or self._is_discount_granted(judgement):
            return False
        return self._discount_message(policy, judgement)

    def _is_discount_granted(self, judgement):
        """Whether somebody with authority has said yes to this or to worse."""
        return bool(self._granting_request(judgement))

    def _granting_request(self, judgement):
        """The yes that this order needs; none where it stays within the norms."""
        if judgement.verdict.within:
            return self.env["discount.request"]
        return self._valid_approvals().filtered(
            lambda request: (
                request._covers(self, judgement)
                and self._is_under_norms(request, judgement)
            )
        )[:1]

    def _is_under_norms(self, request, judgement):
        """Whether an approval counts by the norms of today, or was used before them.

        What was confirmed with it stands, until it is confirmed again.
        """
        used = request.state == "consumed" and self.state == "sale"
        if used and not checked_of(self.env):
            return True
        return request._holds_for(self, judgement)

    def _valid_approvals(self):
        """What was said yes to of this order and may still be used."""
        now = fields.Datetime.now()
        # sudo: the yes holds whoever confirms
        return self.sudo().discount_request_ids.filtered(
            lambda request: (
                request.state in (*GRANTED, "consumed") and request.valid_until > now
            )
        )

    def _action_confirm(self):
        result = super()._action_confirm()
        outside = self.filtered(
            lambda o: o._discount_policy() and not o._judge_once().verdict.within
        )
        # sudo: a yes is used by whoever confirms; what stays within needs none
        used = outside.sudo().discount_request_ids.filtered(
            lambda request: request.state in GRANTED
        )
        if used:
            used._decide("consume")
            used._set_state("consumed")
        return result

    def action_ask_discount(self):
        """Open the wizard that asks for approval of this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for approval"),
            "res_model": "discount.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _discount_fingerprint(self):
        """A short name of what this order asks: another order has another."""
        values = [
            self.company_id.id,
            self.partner_id.commercial_partner_id.id,
            self.pricelist_id.id,
            self.currency_id.id,
            self.payment_term_id.id,
            [
                (
                    line.product_id.id,
                    line.product_uom_id.id,
                    round(line.product_uom_qty, 6),
                    round(line.price_unit, 6),
                    round(line.discount, 4),
                    sorted(line.tax_ids.ids),
                    line.reward_id.id,
                )
                for line in self.order_line
                if not line.display_type and not line.is_downpayment
            ],
        ]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()

    # ------------------------------------------------------------------
    # Other doors: sending, the portal, payments
    # ------------------------------------------------------------------

    def action_quotation_send(self):
        self._check_discount_before_sending()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        orders = self
        if any(order._discount_policy() for order in self):
            # judged once, and traced by the same rules
            orders = self.with_context(**{CHECKED: Checked()})
        orders._check_discount_before_sending()
        return super(SaleOrder, orders).action_quotation_sent()

    def _check_discount_before_sending(self):
        """No offer leaves the house that nobody may keep."""
        for order in self:
            if order.state in ("draft", "sent"):
                order._check_discount()

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._discount_error()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._discount_error()


class SaleOrderLine(models.Model):
    """Confirmed orders stay within what was allowed when a person changes them."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_discount_after_edit()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not PRICE_FIELDS.isdisjoint(vals):
            self._check_discount_after_edit()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.order_line._check_discount_after_edit()
        return result

    def _check_discount_after_edit(self):
        """Computations of core and of jobs are no edits."""
        if self.env.su or self.env.context.get("sale_write_from_compute"):
            return
        for order in self.order_id:
            if order.state == "sale" and not checked_of(self.env):
                order._check_discount()
