from datetime import timedelta

from odoo import fields, models

NEEDED = ("street", "city", "country_id")


class SaleOrder(models.Model):
    """The named checks: what is wrong with which of these orders, set-based.

    Each takes the rule and gives ``{order: words}`` of those that do not meet it.
    """

    # Checks have a file of their own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _registration_lacking(self, name, words):
        return {order: words for order in self if not order[name]}

    def _registration_check_contract(self, rule):
        return self._registration_lacking(
            "sales_contract_id", self.env._("No frame contract holds.")
        )

    def _registration_check_terms(self, rule):
        return self._registration_lacking(
            "payment_term_id", self.env._("Payment terms are missing.")
        )

    def _registration_check_commitment_date(self, rule):
        return self._registration_lacking(
            "commitment_date", self.env._("No delivery date is promised.")
        )

    def _registration_check_reference(self, rule):
        return self._registration_lacking(
            "client_order_ref", self.env._("The customer's reference is missing.")
        )

    def _registration_check_address(self, rule):
        return {
            order: self.env._(
                "The delivery address lacks: %s.", ", ".join(order._address_lacks())
            )
            for order in self
            if order._address_lacks()
        }

    def _address_lacks(self):
        """Names of the fields that the delivery address lacks."""
        address = self.partner_shipping_id
        names = [name for name in NEEDED if not address[name]]
        if address.country_id.zip_required and not address.zip:
            names.append("zip")
        return [address._fields[name]._description_string(self.env) for name in names]

    def _registration_check_price(self, rule):
        """By the norms of discounts, as they judge the order."""
        return {
            order: self.env._("Prices are outside the norms, and nobody approved.")
            for order in self
            if order._discount_policy()
            and order._verdict_of(order._judge_once()) == "outside"
        }

    def _registration_check_domain(self, rule):
        wrong = self - self.filtered_domain(rule._order_domain("must_domain"))
        return dict.fromkeys(wrong, rule.name)

    def _registration_check_documents(self, rule):
        wanted = {
            document: document._wanted_of(self)
            for document in self.env["registration.document"].search([])
        }
        files = self.env["ir.attachment"].search_fetch(
            [("res_model", "=", "sale.order"), ("res_id", "in", self.ids)],
            ["res_id", "name"],
        )
        names = {
            res_id: [file.name.lower() for file in some]
            for res_id, some in files.grouped("res_id").items()
        }
        lacking = {}
        for document, orders in wanted.items():
            word = document.keyword.lower()
            for order in orders:
                if not any(word in name for name in names.get(order.id, ())):
                    lacking.setdefault(order, []).append(document.name)
        return {
            order: self.env._("Not attached: %s.", ", ".join(some))
            for order, some in lacking.items()
        }

    def _registration_check_request_lag(self, rule):
        return {
            order: self.env._(
                "Entered %(hours).1f working hours after the customer asked.",
                hours=hours,
            )
            for order, hours in self._request_hours().items()
            if hours > rule.norm_hours
        }

    def _registration_check_delivery_lag(self, rule):
        """Nothing by the order: the invoice measures it when it is posted."""
        return {}

    def _request_hours(self):
        """``{order: working hours between request and entry}`` where both are known."""
        return self.env["registration.lag"]._hours(
            {
                order: (
                    order.company_id,
                    order._registration_branch(),
                    order.requested_at,
                    order.create_date or fields.Datetime.now(),
                )
                for order in self
                if order.requested_at
            }
        )

    def _registration_branch(self):
        return self.credited_branch_id or self.supply_branch_id

    def _registration_check_recreated(self, rule):
        """Same customer, same goods, and a confirmed order of these days cancelled."""
        since = fields.Datetime.now() - timedelta(days=rule.days)
        gone = self.search_fetch(
            [
                ("state", "=", "cancel"),
                ("first_confirmation_date", ">=", since),
                ("partner_id", "child_of", self.partner_id.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["name", "partner_id", "company_id", "order_line"],
        )
        by_goods = {order._goods_key(): order for order in gone - self}
        return {
            order: self.env._(
                "%s of the same customer and goods was cancelled shortly before.",
                by_goods[order._goods_key()].name,
            )
            for order in self
            if order._goods_key() in by_goods
        }

    def _goods_key(self):
        goods = self.order_line.filtered(lambda line: not line.display_type).product_id
        customer = self.partner_id.commercial_partner_id
        return self.company_id, customer, frozenset(goods.ids)
