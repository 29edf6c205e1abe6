from odoo import models
from odoo.tools import format_date

from ..engine.free_price import free_price
from ..engine.waterfall import sources_of
from .discount_policy_line import ROLE_NAMES


class SaleOrderLine(models.Model):
    """Explains the price of a line step by step."""

    # The area of discounts has files of its own.
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def get_discount_steps(self):
        """From the list price down to the pocket, for who may read these lines.

        Of confirmed orders as it was kept then; of quotations as it is now.

        :return: ``{line id: dict}`` of ``steps``, ``request`` and either ``kept`` (the
            day) or ``free`` (the lowest price that needs no approval, in words)
        :raise AccessError: for who may not read the lines
        """
        self.check_access("read")
        kept = self.filtered(lambda line: line.order_id.state == "sale")
        result = kept._kept_steps()
        for order, lines in (self - kept).grouped("order_id").items():
            result.update(order._steps_now(lines))
        return result

    def _kept_steps(self):
        """What was kept of each line last, never computed again; in one query."""
        # sudo: the price of a line that the reader reads, without its cost
        traces = self.env["sale.price.trace"].sudo()
        traces = traces.search(
            [
                ("order_line_id", "in", self.ids),
                ("event", "in", ("confirm", "post_edit", "invoice")),
            ],
            order="id",
        )
        return {
            trace.order_line_id.id: {
                "steps": trace.order_id._step_words(trace.steps or []),
                "request": trace.request_id.name or "",
                "invoice": trace.move_id.name or "",
                "kept": format_date(self.env, trace.create_date),
                "free": "",
            }
            for trace in traces.filtered(lambda row: row._still_holds())
        }


class SaleOrder(models.Model):
    """Explains prices: those kept for confirmed orders, those of today for others."""

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _steps_now(self, lines):
        policy = self._discount_policy()
        if not policy:
            return {}
        judgement = self._judge_once()
        granting = self._granting_request(judgement)
        traces = self._prepare_traces(None, judgement, granting)
        free = self._free_prices(policy, judgement.figures)
        return {
            trace["order_line_id"]: {
                "steps": self._step_words(trace["steps"]),
                "request": granting.name or "",
                "invoice": "",
                "kept": "",
                "free": self._free_words(free.get(trace["order_line_id"])),
            }
            for trace in traces
            if trace["order_line_id"] in lines.ids
        }

    def _free_prices(self, policy, figures):
        """``{line id: lowest price}`` within the salesperson's own authority."""
        order = self.sudo()  # sudo: norms and costs are compared, and not shown
        users = self._judged_users().sudo()  # sudo: which role a colleague has
        found = [(user._discount_role(), user.id) for user in users]
        role, user_id = min(found, key=lambda row: ROLE_NAMES.index(row[0]))
        own = [
            norm
            for norm in order._norms_of_customer(policy)
            if norm.is_of(role, user_id)
        ]
        lines = {line._figures_key(): line for line in order.order_line}
        return {
            row.key: free_price(
                row,
                lines[row.key]._limits_by(own, policy.resolution),
                self.currency_id.rounding,
            )
            for row in figures.lines
        }

    def _free_words(self, price):
        if price is None:
            return ""
        return self.env._(
            "%(price)s needs no approval", price=self.currency_id.format(price)
        )

    def _step_words(self, steps):
        """Steps with the words and amounts that a reader sees."""
        names = self._step_names()
        return [
            {
                "code": step["code"],
                "name": names.get(step["code"], step["code"]),
                "sources": [self._source_words(source) for source in sources_of(step)],
                "amount": self.currency_id.format(step["amount"]),
                "price": self.currency_id.format(step["price"]),
                "total": step["code"] in ("list", "net", "pocket"),
            }
            for step in steps
        ]

    def _step_names(self):
        return {
            "list": self.env._("List price"),
            "norm": self.env._("Price list"),
            "manual": self.env._("By hand"),
            "order": self.env._("Whole order"),
            "promotion": self.env._("Promotion"),
            "invoice": self.env._("On the invoice"),
            "net": self.env._("Net price"),
            "payment": self.env._("Early payment"),
            "bonus": self.env._("Expected bonus"),
            "pocket": self.env._("What is left"),
        }
