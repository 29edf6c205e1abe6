from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date, format_datetime

from ..engine.concession import Judgement, Verdict
from ..engine.offers import allowed_percent, bonus_of, percent_below
from .sales_offer_line import ASKED

# What a trace keeps of a line beside what everybody may read.
SECRET = ("cost", "margin_percent", "order_id", "order_line_id")
MANAGER = "sales_manager_kpi.group_manager"


class SalesOffer(models.Model):
    """Prices, norms, bonus and goods of an offer, all lines at once.

    An order that exists in memory only is priced by core, judged by the norms, and
    asked where its goods are, exactly as a quotation would be.
    """

    # Figures have a file of their own.
    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    figures = fields.Json(
        compute="_compute_figures", export_string_translation=False, groups=MANAGER
    )
    shown = fields.Json(
        readonly=True,
        copy=False,
        export_string_translation=False,
        groups=MANAGER,
        help="The figures as they were when it was sent.",
    )
    snapshot_at = fields.Datetime(
        string="As Of",
        compute="_compute_findings",
        help="The moment of which prices and availability are told.",
    )
    is_within = fields.Boolean(
        string="Within Own Authority", compute="_compute_findings"
    )
    findings = fields.Text(
        string="Needs Approval", compute="_compute_findings", groups=MANAGER
    )
    has_bonus = fields.Boolean(compute="_compute_findings")
    bonus_words = fields.Text(string="Bonus Prospects", compute="_compute_findings")
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", compute="_compute_amounts", store=True
    )
    amount_company = fields.Monetary(
        string="Amount in Company Currency",
        compute="_compute_amounts",
        store=True,
        currency_field="company_currency_id",
        help="Untaxed, at the rate of when it was last changed or sent.",
    )

    @api.depends(
        *("state", "shown", "partner_id", "pricelist_id", "payment_term_id"),
        *("company_id", "user_id", "branch_id"),
        *(f"line_ids.{name}" for name in ASKED),
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_figures(self):
        for offer in self:
            kept = offer.state != "draft"
            offer.figures = (offer.shown if kept else offer._live_figures()) or {}

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_findings(self):
        for offer in self:
            figures = offer.figures or {}
            offer.is_within = figures.get("within", True)
            offer.findings = "\n".join(figures.get("findings", ())) or False
            offer.snapshot_at = figures.get("at") or False
            rows = figures.get("lines", {}).values()
            offer.has_bonus = any(row.get("bonus") for row in rows)
            offer.bonus_words = figures.get("bonus_words") or False

    @api.depends("figures", "currency_id", "company_id")
    def _compute_amounts(self):
        today = fields.Date.context_today(self)
        for offer in self:
            rows = (offer.figures or {}).get("lines", {}).values()
            amount = sum(row["price_subtotal"] for row in rows)
            offer.amount_untaxed = amount
            company = offer.company_id
            offer.amount_company = offer.currency_id._convert(
                amount, company.currency_id, company, offer.sent_on or today
            )

    # ------------------------------------------------------------------
    # The order that this would be
    # ------------------------------------------------------------------

    def _order_in_memory(self):
        """The order that this would be, priced by core; never written.

        Its lines come in the order of `line_ids`. The rules of the price list are read
        once for all of them, where core reads them for each.
        """
        self.ensure_one()
        order = (
            self.env["sale.order"]
            .with_company(self.company_id)
            .new(self._prepare_priced_order())
        )
        moment = order.date_order or fields.Datetime.now()
        rules = self.env["product.pricelist.item"]
        pricelist, products = order.pricelist_id, order.order_line.product_id
        if pricelist and products:
            rules = rules.search_fetch(
                pricelist._get_applicable_rules_domain(products, moment)
            )
        for line in order.order_line:
            line.pricelist_item_id = line._norm_rule(rules)
        return order

    def _prepare_priced_order(self):
        return {
            "partner_id": self.partner_id._origin.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "pricelist_id": self.pricelist_id.id,
            "payment_term_id": self.payment_term_id.id,
            "order_line": [
                Command.create(line._prepare_priced_line())
                for line in self._priced_lines()
            ],
        }

    def _priced_lines(self):
        return self.line_ids.filtered("product_id")

    # ------------------------------------------------------------------
    # Figures of this moment
    # ------------------------------------------------------------------

    def _live_figures(self):
        """What is shown of this offer now, as plain values; all lines at once.

        :return: dict of ``at``, ``within``, ``findings``, ``bonus_words`` and
            ``lines``: ``{id as text: figures}`` in the units of the lines and the
            currency of the offer; never a cost or a margin
        """
        if not self.partner_id or not self._priced_lines():
            return {}
        order = self._order_in_memory()
        policy = order._discount_policy()
        judgement = self._judged(order, policy)
        # what is kept is what a trace of the order would keep
        traces = {
            trace["order_line_id"]: trace
            for trace in order._prepare_traces(
                None, judgement, self.env["discount.request"]
            )
        }
        free = order._free_prices(policy, judgement.figures) if policy else {}
        goods = self._goods_figures(order)
        bought = self._bought_before(self._priced_lines().product_id)
        found = judgement.verdict.by_line()
        lines = {}
        for line, sold in zip(self._priced_lines(), order.order_line, strict=True):
            key = sold._figures_key()
            lines[str(line.id)] = {
                **line._price_figures(sold, traces.get(key, {}), free.get(key)),
                **line._last_figures(bought.get(line.product_id._origin.id)),
                **goods.get(sold, {}),
                "needs_approval": key in found,
            }
        return {
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "pricelist": order.pricelist_id.display_name or "",
            "norm": order._norm_pricelist().display_name or "",
            "policy": self._policy_words(policy),
            "within": judgement.verdict.within,
            "findings": order._finding_words(judgement.verdict.findings),
            "bonus_words": self._prospects(order),
            "lines": lines,
        }

    def _judged(self, order, policy):
        """What the norms say, by the lowest authority of who owns and who acts."""
        if policy:
            return order._discount_judgement(policy)
        # sudo: figures hold costs, which are not shown
        figures = order.sudo()._concession_figures()
        return Judgement(figures, Verdict(), None, None)

    def _policy_words(self, policy):
        # sudo: the name of the norms that were asked
        policies = self.env["discount.policy"].sudo()
        return policies.browse(policy.id).display_name if policy else ""

    def _prospects(self, order):
        """What is still to come to the next tier of the customer's bonus, in words."""
        customer = order._bonus_customer()
        if not customer:
            return ""
        lang = self.partner_id.lang or self.env.lang  # the customer reads it
        periods = self.env["trade.bonus.period"].with_context(lang=lang)
        hints = periods._hints(customer, self.company_id)
        return hints.get(customer.id) or ""

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def _goods_figures(self, order):
        """``{order line: where its goods are}``, by what orders are told, at once.

        Nothing of managers without a branch, of services, and of what is delivered
        past the branch.
        """
        branch = self.branch_id
        lines = order.order_line.filtered(lambda line: line._is_supplied())
        if not branch or not lines:
            return {}
        # sudo: the warehouses of a branch, whoever sells from it
        figures = lines._figures_of_order(order, branch.sudo())
        return {line: line._offered_goods(row) for line, row in figures.items()}

    def _availability_words(self, row):
        """Where the goods of a line are, in words for the customer; "" for no goods."""
        if "free_qty" not in row:
            return ""
        # sudo: the names of places
        branch = self.sudo().branch_id
        unit = row.get("unit") or ""
        parts = []
        if row["free_qty"]:
            parts.append((branch.name, row["free_qty"]))
        if row["central_qty"]:
            parts.append((self.env._("Centre"), row["central_qty"]))
        words = [f"{name}: {_number(qty)} {unit}" for name, qty in parts]
        words += [
            self.env._(
                "%(day)s: %(quantity)s %(unit)s coming",
                day=format_date(self.env, day),
                quantity=_number(quantity),
                unit=unit,
            )
            for day, quantity in row.get("arrivals", ())[:3]
        ]
        if not words:
            words.append(self.env._("On request"))
        return "; ".join(words)

    def _explained(self, row):
        """The steps of a price as words, a line each."""
        order = self.env["sale.order"].new({"currency_id": self.currency_id.id})
        if not row.get("steps"):
            return False
        return "\n".join(
            f"{step['name']}: {step['price']}"
            for step in order._step_words(row["steps"])
        )

    def _snapshot_words(self):
        """The moment of the figures, in the reader's time zone."""
        return self.snapshot_at and format_datetime(
            self.env, self.snapshot_at, dt_format="short"
        )


class SalesOfferLine(models.Model):
    """What is told of a line, from what core and the norms say of it."""

    # Figures have a file of their own.
    _inherit = "sales.offer.line"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_priced_line(self):
        values = {
            "product_id": self.product_id._origin.id,
            "product_uom_id": self.product_uom_id._origin.id,
            "product_uom_qty": self.quantity,
            # nothing is booked, and core would look for it line by line
            "analytic_distribution": False,
        }
        if self.typed_price:
            values |= {"price_unit": self.typed_price, "discount": 0.0}
        return values

    def _price_figures(self, sold, trace, lowest):
        """Prices of the order line ``sold``, and how they came about.

        :param trace: what a price trace of it would keep
        :param lowest: the lowest price without approval; None where nothing limits
        """
        kept = {name: trace[name] for name in trace if name not in SECRET}
        net = sold._net_price()
        list_price = kept.get("list_price", net)
        norm = kept.get("norm_price", net)
        return {
            "list_price": list_price,
            "norm_price": norm,
            "price_unit": net,
            "price_subtotal": sold.price_subtotal,
            "discount": max(0.0, percent_below(net, list_price) or 0.0),
            "free_price": lowest,
            "allowed_percent": allowed_percent(norm, lowest),
            "unpriced": not net and not kept.get("rule_id"),
            "bonus": bonus_of(kept.get("steps") or []),
            "rule_id": kept.get("rule_id") or False,
            "rule_label": kept.get("rule_label") or "",
            "steps": kept.get("steps") or [],
            "unit": self.product_uom_id.name,
        }

    def _last_figures(self, row):
        """What the customer last paid, in this unit and currency; see `_bought_before`.

        Not converted where the units are of different kinds: then only the day is told.
        """
        if not row:
            return {}
        offer = self.offer_id
        unit, currency, day = row["uom"], row["currency"], row["date"]
        told = {"last_date": fields.Date.to_string(day)}
        if unit._has_common_reference(self.product_uom_id):
            told["last_qty"] = unit._compute_quantity(
                row["quantity"], self.product_uom_id, round=False
            )
            price = unit._compute_price(row["price"], self.product_uom_id)
            told["last_price"] = currency._convert(
                price, offer.currency_id, offer.company_id, day, round=False
            )
        return told


class SaleOrderLine(models.Model):
    """Where the goods of a line are, as an offer tells it."""

    # The area of offers has files of its own.
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _offered_goods(self, row):
        """Plain values of what `_figures_of_order` found, in the line's unit."""
        promised = row["promised"]
        return {
            "free_qty": row["free"],
            "central_qty": row["central"],
            "coming_qty": row["coming"],
            "promised_on": promised and fields.Date.to_string(promised),
            "arrivals": [
                [fields.Date.to_string(day), self._line_quantity(quantity)]
                for day, quantity in row["arrivals"]
            ],
        }


def _number(quantity):
    return f"{quantity:,.10g}".replace(",", "\u202f")
