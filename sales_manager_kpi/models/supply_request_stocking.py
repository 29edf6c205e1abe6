from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..engine.stocking import Stock, accuracy, daily, season_factor, suggested
from .supply_stocking import months


class SupplyRequest(models.Model):
    """Stocking a branch: what to ask for, with the figures it rests on."""

    # Stocking has a file of its own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    history_weeks = fields.Integer(
        string="History (weeks)",
        compute="_compute_stocking_days",
        store=True,
        readonly=False,
        precompute=True,
        help="What was sold in these weeks is the demand.",
    )
    lead_days = fields.Integer(
        string="Lead Time (working days)",
        compute="_compute_stocking_days",
        store=True,
        readonly=False,
        precompute=True,
    )
    cover_days = fields.Integer(
        string="Cover (working days)",
        compute="_compute_stocking_days",
        store=True,
        readonly=False,
        precompute=True,
        help="How long the goods should last once they have come.",
    )

    _stocking_days_range = models.Constraint(
        "CHECK (history_weeks BETWEEN 1 AND 104 AND lead_days >= 0 "
        "AND cover_days >= 0)",
        "History is 1 to 104 weeks; lead time and cover are zero or more days.",
    )

    @api.depends("branch_id")
    def _compute_stocking_days(self):
        for request in self:
            branch = request.branch_id
            request.history_weeks = branch.supply_history_weeks or 8
            request.lead_days = branch.supply_lead_days
            request.cover_days = branch.supply_cover_days

    def action_suggest(self):
        """Fill in what the branch should ask for, and the figures behind it.

        Lines that are there keep what was entered and get the figures; products that
        should be asked for are added.

        :raise UserError: where there is nothing to look at, or nothing to ask for
        """
        self.ensure_one()
        self._check_asking()
        # sudo: whether the branch has a warehouse, nothing else
        warehouse = self.branch_id.sudo().warehouse_id
        if self.kind != "stocking" or not warehouse:
            raise UserError(
                self.env._(
                    "Suggestions are for stocking a branch that has a warehouse."
                )
            )
        evidence = self._suggestions()
        own = {line.product_id.id: line for line in self._stocking_lines()}
        commands = []
        for product_id, values in evidence.items():
            if product_id in own:
                commands.append(Command.update(own[product_id].id, values))
            elif values["suggested_qty"] > 0:
                commands.append(Command.create(_new_line(product_id, values)))
        if not commands:
            raise UserError(
                self.env._(
                    "Nothing to ask for: stock and what comes in cover %(days)s "
                    "working days of what %(branch)s sells.",
                    days=self.lead_days + self.cover_days,
                    branch=self.branch_id.display_name,
                )
            )
        # sudo: figures are the system's to write
        self.sudo().write({"line_ids": commands})
        return True

    def _stocking_lines(self):
        """The lines that ask for goods to sell."""
        return self.line_ids

    def _suggestions(self):
        """``{product id: evidence of a line}`` of all the branch sells or lacks."""
        Stocking = self.env["supply.stocking"]
        branch, today = self.branch_id, self.branch_id._local_today()
        since, until, history, ahead = Stocking._days(
            branch, today, self.history_weeks, self.lead_days, self.cover_days
        )
        figures = Stocking._figures(branch, since, until)
        asked = self._stocking_lines().product_id.ids
        if set(asked) - set(figures["ids"]):
            figures = Stocking._figures(
                branch, since, until, sorted(set(asked) | set(figures["ids"]))
            )
        products = self.env["product.product"].browse(figures["ids"])
        seasons = Stocking._seasons(self.company_id, products)
        # sudo: the warehouse of the branch
        multiples = Stocking._multiples(products, branch.sudo().warehouse_id)
        spans = months(history), months(ahead)
        return {
            product.id: self._prepare_evidence(
                product,
                figures,
                len(history),
                season_factor(seasons.get(product.id), *spans),
                multiples.get(product.id, 0.0),
            )
            for product in products
        }

    def _prepare_evidence(self, product, figures, days, factor, multiple):
        of = {
            name: values.get(product.id, 0.0)
            for name, values in figures.items()
            if name != "ids"
        }
        stock = Stock(of["sold"], days, of["unmet"], of["free"], of["in_transit"])
        return {
            "sold_qty": of["sold"],
            "daily_qty": daily(of["sold"], days),
            "history_days": days,
            "unmet_qty": of["unmet"],
            "on_hand_qty": of["on_hand"],
            "free_qty": of["free"],
            "held_qty": of["held"],
            "in_transit_qty": of["in_transit"],
            "open_qty": of["open"],
            "lead_days": self.lead_days,
            "cover_days": self.cover_days,
            "season_factor": factor,
            "multiple_qty": multiple,
            "suggested_qty": product.uom_id.round(
                suggested(stock, self.lead_days, self.cover_days, factor, multiple),
                rounding_method="UP",
            ),
            "suggested_at": fields.Datetime.now(),
        }

    # ------------------------------------------------------------------
    # Looking back
    # ------------------------------------------------------------------

    @api.model
    def _cron_score(self):
        """Score stocking whose cover is over: sold within it per granted."""
        today = fields.Date.today()
        lines = self.env["supply.request.line"].search(
            [
                ("kind", "=", "stocking"),
                ("state", "=", "done"),
                ("scored_on", "=", False),
                ("score_due_on", "<", today),
                ("granted_qty", ">", 0),
            ],
            limit=1000,
        )
        lines._score()


class SupplyRequestLine(models.Model):
    """The figures a line of stocking rests on, as they were, and what came of it."""

    # Stocking has a file of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    suggested_at = fields.Datetime(string="Suggested On", readonly=True, copy=False)
    suggested_qty = fields.Float(
        string="Suggested", digits="Product Unit", readonly=True, copy=False
    )
    sold_qty = fields.Float(
        string="Sold",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Delivered by the branch's warehouse less returns, in the history.",
    )
    history_days = fields.Integer(
        string="Working Days of History", readonly=True, copy=False, aggregator=False
    )
    daily_qty = fields.Float(
        string="Sold a Day", digits=(16, 4), readonly=True, copy=False
    )
    unmet_qty = fields.Float(
        string="Unmet Demand",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Asked for by orders of the branch, and not granted.",
    )
    on_hand_qty = fields.Float(
        string="On Hand", digits="Product Unit", readonly=True, copy=False
    )
    free_qty = fields.Float(
        string="Free",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="On hand and not reserved.",
    )
    held_qty = fields.Float(
        string="Held",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Held for customers; not free either.",
    )
    in_transit_qty = fields.Float(
        string="Coming In", digits="Product Unit", readonly=True, copy=False
    )
    open_qty = fields.Float(
        string="Open Orders", digits="Product Unit", readonly=True, copy=False
    )
    lead_days = fields.Integer(
        string="Lead Time", readonly=True, copy=False, aggregator=False
    )
    cover_days = fields.Integer(
        string="Cover", readonly=True, copy=False, aggregator=False
    )
    season_factor = fields.Float(
        string="Season",
        digits=(6, 3),
        default=1.0,
        readonly=True,
        copy=False,
        aggregator=False,
        help="How much more goes in the months to cover than in those of the history.",
    )
    multiple_qty = fields.Float(
        string="Roll or Pack",
        digits="Product Unit",
        readonly=True,
        copy=False,
        aggregator=False,
    )
    score_due_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    scored_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    sold_in_cover_qty = fields.Float(
        string="Sold within Cover", digits="Product Unit", readonly=True, copy=False
    )
    accuracy = fields.Float(
        digits=(6, 4),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Sold within the cover per granted, at most 1.",
    )

    def _prepare_arrival(self, kept):
        values = super()._prepare_arrival(kept)
        if self.kind == "stocking":
            values["score_due_on"] = self._score_day(values["arrived_at"])
        return values

    def _score_day(self, moment):
        """The last working day of the cover that begins at ``moment``."""
        branch, cover = self.branch_id, self.request_id.cover_days
        day = branch._local_date(moment)
        ahead = self.env["supply.stocking"]._days(branch, day, 1, 0, cover)[3]
        return ahead[-1] if ahead else day + timedelta(days=cover)

    def _score(self):
        """What was sold from arriving to the end of the cover, in one query."""
        sold = self._sold_since_arrival()
        today = fields.Date.today()
        for line in self:
            quantity = sold.get(line.id, 0.0)
            line.write(
                {
                    "sold_in_cover_qty": quantity,
                    "accuracy": accuracy(quantity, line.granted_qty) or 0.0,
                    "scored_on": today,
                }
            )

    def _sold_since_arrival(self):
        """``{line id: delivered to customers less returns}`` of each line's branch.

        The windows differ by line, which the ORM cannot group by.
        """
        if not self:
            return {}
        self.flush_recordset()
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id,
                       SUM(CASE WHEN dest.usage = 'customer' THEN 1 ELSE -1 END
                           * done.quantity_product_uom)
                  FROM supply_request_line line
                  JOIN sales_branch branch ON branch.id = line.branch_id
                  JOIN stock_warehouse warehouse ON warehouse.id = branch.warehouse_id
                  JOIN stock_location inside
                    ON inside.id = warehouse.view_location_id
                  JOIN stock_move_line done
                    ON done.product_id = line.product_id
                   AND done.company_id = line.company_id
                   AND done.state = 'done'
                   AND done.date >= line.arrived_at
                   AND done.date < (
                       (line.score_due_on + 1)::timestamp
                       AT TIME ZONE branch.tz AT TIME ZONE 'UTC')
                  JOIN stock_location source ON source.id = done.location_id
                  JOIN stock_location dest ON dest.id = done.location_dest_id
                 WHERE line.id IN %(ids)s
                   AND ((dest.usage = 'customer'
                         AND source.parent_path LIKE inside.parent_path || '%%')
                     OR (source.usage = 'customer'
                         AND dest.parent_path LIKE inside.parent_path || '%%'))
                 GROUP BY line.id
                """,
                ids=tuple(self.ids),
            )
        )
        return dict(rows)


def _new_line(product_id, values):
    return {
        **values,
        "product_id": product_id,
        "product_uom_qty": values["suggested_qty"],
    }
