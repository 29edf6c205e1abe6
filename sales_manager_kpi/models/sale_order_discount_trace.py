from odoo import models

from ..engine.waterfall import steps


class SaleOrder(models.Model):
    """Keeps why prices were what they were, and what was given away with them."""

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "sent":
            self._trace_prices("quote")
        return result

    def _action_confirm(self):
        result = super()._action_confirm()
        self._trace_prices("confirm")
        return result

    def _action_cancel(self):
        # before core deletes reward lines
        self._take_concessions_back()
        return super()._action_cancel()

    def _trace_prices(self, event, request=None):
        """Keep the prices of these orders, and on confirmation the concessions.

        Only where a policy is active: without one nobody asks for norms.
        """
        traces, concessions = [], []
        for order in self:
            policy = order._discount_policy()
            if not policy:
                continue
            judgement = order._judge_once()
            granting = request or order._granting_request(judgement)
            traces += order._prepare_traces(event, judgement, granting)
            if event in ("confirm", "post_edit"):
                concessions += order._prepare_concessions(judgement, granting)
        # sudo: written by the system, whoever confirms
        self.env["sale.price.trace"].sudo().create(traces)
        # sudo: written by the system, whoever confirms
        self.env["discount.concession"].sudo().create(concessions)

    # ------------------------------------------------------------------
    # Traces
    # ------------------------------------------------------------------

    def _prepare_traces(self, event, judgement, request):
        """Values of a trace per governed line.

        :param event: None while somebody only reads
        """
        order = self.sudo()  # sudo: the trace keeps the cost, which few may read
        moment = order._norm_moment()
        lines = {line.id: line for line in order.order_line}
        rules = order._norm_rules(order.order_line.product_id, moment)
        acting_for = self.user_id if self.is_acted_for else self.env["res.users"]
        common = {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "event": event,
            "user_id": self.env.uid,
            "acting_for_id": acting_for.id,
            "currency_id": order.currency_id.id,
            "rate": order.currency_rate or 1.0,
            "request_id": request.id,
        }
        sources = order._step_sources(event, judgement, request)
        return [
            {
                **common,
                **order._prepare_trace(
                    lines[figures.key], figures, rules, judgement.figures, sources
                ),
            }
            for figures in judgement.figures.lines
        ]

    def _prepare_trace(self, line, figures, rules, whole, sources):
        rule = line._norm_rule(rules)
        label = line._rule_label(rule)
        rows = steps(
            figures,
            payment_percent=whole.payment_percent,
            bonus=self._expected_bonus(line),
            sources={**sources, "norm": [self._rule_source(rule, label)]},
        )
        return {
            "order_line_id": line.id,
            "product_id": line.product_id.id,
            "quantity": figures.quantity,
            "product_uom_id": line.product_uom_id.id,
            "list_price": figures.list_price,
            "norm_price": figures.norm_price,
            "net_price": figures.net_price,
            "final_price": figures.final_price,
            "pocket_price": rows[-1]["price"],
            "rule_id": rule.id,
            "rule_label": label,
            "manual_percent": figures.manual_percent or 0.0,
            "cost": figures.unit_cost or 0.0,
            "margin_percent": figures.margin_percent or 0.0,
            "steps": rows,
        }

    def _expected_bonus(self, line):
        """The bonus per unit that ``line`` will probably earn the customer.

        None until trade bonuses say it.
        """
        return None

    # ------------------------------------------------------------------
    # Concessions
    # ------------------------------------------------------------------

    def _prepare_concessions(self, judgement, request):
        lines = {line.id: line for line in self.order_line}
        found = judgement.verdict.by_line()
        whole_found = any(f.key is None for f in judgement.verdict.findings)
        answer = request.decision_ids.filtered(
            lambda row: row.decision in ("approve", "counter")
        )[-1:]
        branch = self.credited_branch_id or self._discount_branch()
        vals_list = []
        for figures in judgement.figures.lines:
            line = lines[figures.key]
            common = {
                **line._prepare_concession(branch),
                "within_norm": not whole_found and figures.key not in found,
                "approver_id": answer.user_id.id,
                "request_id": request.id,
            }
            norm = line._company_amount(figures.norm_amount, figures)
            for kind, amount in line._conceded(figures, judgement.figures):
                vals_list.append(
                    {**common, "kind": kind, "amount": amount, "norm_amount": norm}
                )
                norm = 0.0
        return vals_list

    def _take_concessions_back(self):
        """What was given away with a cancelled order was not given away.

        Also where the policy that it was recorded under holds no more.
        """
        # sudo: written by the system, whoever cancels
        rows = self.env["discount.concession"].sudo()
        rows = rows.search([("order_id", "in", self.ids)])
        for order, own in rows.grouped("order_id").items():
            own._take_back(order._discount_day())

    def _discount_day(self):
        """Today where the order's branch is."""
        return self.env["sales.branch"]._company_local_date(self.company_id)


class SaleOrderLine(models.Model):
    """What a line gives away, by kind, and in company currency."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _check_discount_after_edit(self):
        result = super()._check_discount_after_edit()
        if not self.env.su and not self.env.context.get("sale_write_from_compute"):
            orders = self.order_id.filtered(lambda order: order.state == "sale")
            orders._take_concessions_back()
            orders._trace_prices("post_edit")
        return result

    def _rule_label(self, rule):
        """The price list and what its rule says, in words."""
        if not rule:
            return self.env._("Sales price")
        return f"{rule.pricelist_id.name}: {rule.price or rule.display_name}"

    def _company_amount(self, amount, figures):
        """``amount`` of the line's price frame, untaxed in company currency."""
        company = self.company_id.currency_id
        rate = self.order_id.currency_rate or 1.0
        return company.round(amount * figures.untaxed_rate / rate)

    def _conceded(self, figures, whole):
        """``(kind, amount)`` of what the line gives away, in company currency."""
        amounts = {
            **self._conceded_by_hand(figures),
            "order": figures.order_part,
            "promotion": figures.promo_part,
            "payment": figures.final_price
            * figures.quantity
            * (whole.payment_percent / 100),
        }
        rounded = {
            kind: self._company_amount(amount, figures)
            for kind, amount in amounts.items()
        }
        currency = self.company_id.currency_id
        return [(k, v) for k, v in rounded.items() if not currency.is_zero(v)]

    def _conceded_by_hand(self, figures):
        """What a person took off this line: by the price, the discount, the list.

        Nothing, where it is sold above the norm: one customer's surcharge must not
        hide what another was given.
        """
        total = figures.line_amount
        if total * figures.norm_amount < 0:
            return {}
        if figures.is_gift:
            return {"gift": total}
        if self.order_id.pricelist_id != self.order_id._norm_pricelist():
            return {"pricelist": total}
        typed = self.technical_price_unit - self.price_unit
        price = typed * (1 - (self.discount or 0.0) / 100) * figures.quantity
        if self.currency_id.is_zero(price) or not total:
            return {"line": total}
        return {"price": price, "line": total - price}

    def _prepare_concession(self, branch):
        order = self.order_id
        return {
            # first, so that amounts are rounded without reading it back
            "currency_id": order.company_id.currency_id.id,
            "date": order._discount_day(),
            "company_id": order.company_id.id,
            "order_id": order.id,
            "order_line_id": self.id,
            "user_id": order.user_id.id,
            "acting_user_id": self.env.uid,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "branch_id": branch.id,
            "product_id": self.product_id.id,
            "categ_id": self.product_id.categ_id.id,
        }
