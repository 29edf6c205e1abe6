from odoo import api, fields, models

from ..engine.categories import path_ids
from ..engine.trade_bonus import HUNDRED, exact, marginal_rate
from .read_once import read_once, reading_once, remember

EXPECTED = "expected_bonuses"
BEGUN = "begun_bonuses"


class SaleOrder(models.Model):
    """What an order will probably earn its customer, and how far the next tier is.

    Without an active agreement of the customer nothing is asked of the database.
    """

    # The area of trade bonuses has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    trade_bonus_hint = fields.Text(
        string="To the Next Bonus Tier",
        compute="_compute_trade_bonus_hint",
        groups="sales_manager_kpi.group_manager",
    )

    @api.depends("partner_id", "company_id", "state")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_trade_bonus_hint(self):
        self.trade_bonus_hint = False
        standing = self.filtered(lambda order: order.state != "cancel")
        for company, orders in standing.grouped("company_id").items():
            orders = orders.filtered(lambda order: order._bonus_customer())
            customers = orders.partner_id.commercial_partner_id
            if not customers:
                continue
            hints = self.env["trade.bonus.period"]._hints(customers, company)
            for order in orders:
                order.trade_bonus_hint = hints.get(order._bonus_customer().id)

    def _bonus_customer(self):
        """The commercial entity, where it has an active agreement; empty otherwise."""
        nobody = self.env["res.partner"]
        company = self.company_id
        if not company:
            return nobody
        active = self.env["trade.bonus.agreement"]._active_customers(company)
        if not active:
            return nobody
        customer = self.partner_id.commercial_partner_id._origin
        return customer if customer.id in active else nobody

    # ------------------------------------------------------------------
    # Expected bonus
    # ------------------------------------------------------------------

    def _prepare_traces(self, event, judgement, request):
        order = self
        if self._bonus_customer():
            order = reading_once(self)
            # the traces are prepared as superuser, and ask line by line
            remember(
                order.sudo().env,  # sudo: where they will look for it
                (EXPECTED, self.id),
                order._expected_bonuses(judgement),
            )
        return super(SaleOrder, order)._prepare_traces(event, judgement, request)

    def _step_sources(self, event, judgement, request):
        sources = super()._step_sources(event, judgement, request)
        customer = self._bonus_customer()
        if customer:
            # sudo: the name of what was agreed, on a trace that few may read
            running = self.sudo()._begun_bonuses()._running()
            sources["bonus"] = [
                {"label": agreement.display_name} for agreement in running.agreement_id
            ]
        return sources

    def _expected_bonus(self, line):
        """Of all terms that count ``line``, each at the tier where it stands now.

        Per unit of the line, in the order's currency and in the tax frame of the
        line's price, not rounded; None where no agreement counts the line.
        """
        if not self._bonus_customer():
            return super()._expected_bonus(line)
        bonuses = read_once(
            self.env,
            (EXPECTED, self.id),
            lambda: self._expected_bonuses(self._judge_once()),
        )
        return bonuses.get(line.id)

    def _expected_bonuses(self, judgement):
        """``{line id: bonus per unit}`` of all lines at once; see `_expected_bonus`."""
        order = self.sudo()  # sudo: what was promised is counted, whoever quotes
        begun = order._begun_bonuses()
        running = begun._running()
        if not running:
            return {}
        positions = begun._positions()
        marked = order._bonus_marks(running.term_id, judgement)
        bonuses = {}
        for period in running:
            for key, bonus in order._earned_by(
                period, positions[period.id], judgement.figures.lines, marked
            ).items():
                bonuses[key] = bonuses.get(key, 0.0) + bonus
        return bonuses

    def _begun_bonuses(self):
        """The periods that have begun for the customer; once for all traces."""
        return read_once(
            self.env,
            (BEGUN, self.id),
            lambda: self.env["trade.bonus.period"]._begun(
                self._bonus_customer(), self.company_id
            ),
        )

    def _earned_by(self, period, standing, figures, marked):
        """``{line id: bonus per unit}`` of the lines that ``period`` counts."""
        term, (position, baseline) = period.term_id, standing
        lines = {line.id: line for line in self.order_line}
        counted = [
            row
            for row in figures
            if row.key not in marked[term]
            and row.quantity
            and term._counts_line(lines[row.key])
        ]
        if not counted:
            return {}
        if term.basis == "order" and self.state == "sale":
            # it counts itself by now; what it earns is told as on the quotation
            position -= self._base_of(term, [(lines[r.key], r) for r in counted])
        rate = marginal_rate(term._tariff(), position, baseline)
        return {
            row.key: term._unit_bonus(lines[row.key], row, float(rate))
            for row in counted
        }

    def _base_of(self, term, rows):
        """What ``(line, figures)`` add to the base of ``term``, as decimal."""
        if term.method == "per_unit":
            units = sum(term._units(line) * row.quantity for line, row in rows)
            return exact(float(units))
        amount = sum(
            term._counted_price(line, row) * row.quantity * row.untaxed_rate
            for line, row in rows
        )
        amount = self.currency_id._convert(
            *(amount, term.currency_id, self.company_id, self._discount_day()),
            round=False,
        )
        return exact(float(amount))

    def _bonus_marks(self, terms, judgement):
        """``{term: ids of lines}`` that were rewarded already, or sold too low."""
        promoted, below = set(), set()
        if any(terms.mapped("exclude_promo")):
            promoted = self._promoted_line_ids()
        if any(terms.mapped("exclude_below_norm")):
            below = self._below_norm_line_ids(judgement)
        return {
            term: (promoted if term.exclude_promo else set())
            | (below if term.exclude_below_norm else set())
            for term in terms
        }

    def _promoted_line_ids(self):
        """As the bonus counts it; without a reward nothing is asked."""
        if not self.order_line.reward_id:
            return set()
        self.env.flush_all()
        Marks = self.env["trade.bonus.base.query"]
        return Marks._promoted_lines_of(self)

    def _below_norm_line_ids(self, judgement):
        """Lines that gave something away beyond the manager's own authority."""
        found, lines = judgement.verdict.by_line(), {x.id: x for x in self.order_line}
        whole_found = any(row.key is None for row in judgement.verdict.findings)
        return {
            row.key
            for row in judgement.figures.lines
            if (whole_found or row.key in found)
            and any(
                kind != "promotion"
                for kind, _amount in lines[row.key]._conceded(row, judgement.figures)
            )
        }


class TradeBonusTerm(models.Model):
    """What a term makes of a line of an order."""

    # The area of trade bonuses has files of its own.
    _inherit = "trade.bonus.term"  # pylint: disable=consider-merging-classes-inherited

    def _counts_line(self, line):
        """Whether the product of ``line`` is one that this term rewards."""
        product = line.product_id
        above = path_ids(product.categ_id.parent_path)
        if not self._scope().counts(product.product_tmpl_id.id, above):
            return False
        return self.method != "per_unit" or line.product_uom_id._has_common_reference(
            self.uom_id
        )

    def _units(self, line):
        """Units of the term in one unit of ``line``."""
        return line.product_uom_id._compute_quantity(1.0, self.uom_id, round=False)

    def _counted_price(self, line, figures):
        """The price of ``line`` that counts, as the base counts it."""
        if not self.net_of_discounts:
            return line.price_unit
        return figures.final_price - figures.promo_part / figures.quantity

    def _unit_bonus(self, line, figures, rate):
        """Bonus per unit of ``line`` at ``rate``, in its currency and tax frame."""
        if self.method != "per_unit":
            return self._counted_price(line, figures) * rate / float(HUNDRED)
        order = line.order_id
        money = self.currency_id._convert(
            *(rate, order.currency_id, order.company_id, order._discount_day()),
            round=False,
        )
        return money * self._units(line) / (figures.untaxed_rate or 1.0)
