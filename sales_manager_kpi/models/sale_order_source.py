from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from ..engine.sourcing import Place, Rung, called_off, ladder

OPEN = ("planned", "requested", "approved", "partial", "rejected", "in_transit")
DUE_IN = ("approved", "partial", "in_transit")


class SaleOrderSource(models.Model):
    """Where a part of an order line comes from, and how far it is.

    A projection of what stock did and of what was answered, rewritten whenever either
    changes: the sources of a confirmed line always add up to its quantity, in the
    product's unit. Nobody writes here; stock stays the truth.

    Another area adds its own facts by extending `_held_by_line`, `_answered_by_line`,
    `_place` and `_place_vals`, and takes what is short in `_raise_shortages`.
    """

    _name = "sale.order.source"
    _description = "Source of an Order Line"
    _inherit = ["append.only.mixin"]
    _order = "sequence, id"

    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, index=True, readonly=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch", required=True, index=True, readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        selection=[
            ("branch", "Branch"),
            ("hold", "Held for the customer"),
            ("central", "Supplying warehouse"),
            ("regional", "Regional Policy"),
            ("production", "Production"),
            ("other_branch", "Other branch"),
        ],
        string="Source",
        required=True,
        readonly=True,
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        string="From Warehouse",
        readonly=True,
        help="Where the goods lie, if that is known.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        readonly=True,
        help="In the product's unit of measure.",
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("requested", "Requested"),
            ("approved", "Granted"),
            ("partial", "Granted in part"),
            ("rejected", "Refused"),
            ("in_transit", "In transit"),
            ("arrived", "Arrived"),
            ("delivered", "Delivered"),
            ("cancelled", "Called off"),
        ],
        required=True,
        index=True,
        readonly=True,
        help="Granted: set aside for this order, here or where it comes from.",
    )
    promised_at = fields.Datetime(
        string="Promised For",
        readonly=True,
        index="btree_not_null",
        help="When it is at the branch. Empty as long as nobody answered for it.",
    )
    move_ids = fields.Many2many(
        comodel_name="stock.move",
        relation="sale_order_source_move_rel",
        column1="source_id",
        column2="move_id",
        string="Stock Moves",
        readonly=True,
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A source without quantity is no source."
    )

    @api.depends("state", "promised_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for source in self:
            source.is_late = bool(
                source.state in DUE_IN
                and source.promised_at
                and source.promised_at < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", DUE_IN) & Domain(
            "promised_at", "<", fields.Datetime.now()
        )
        return late if True in value else ~late

    @api.depends("kind", "state")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        for source in self:
            source.display_name = f"{kinds[source.kind]}: {states[source.state]}"

    # ------------------------------------------------------------------
    # Projection
    # ------------------------------------------------------------------

    def _project_batch(self, batch):
        """Project the lines of what was touched; see `supply_ladder_batch`."""
        # sudo: whoever moves goods need not read the order they are for
        lines = self.env["sale.order.line"].sudo().browse(batch.line_ids).exists()
        moves = self.env["stock.move"].sudo().browse(batch.move_ids)  # sudo: as above
        self._project(lines | moves.exists()._ladder_lines())

    def _project(self, lines):
        """Rewrite the sources of ``lines``; queries do not grow with their number."""
        lines = lines.filtered(lambda line: line._has_ladder())
        if not lines:
            return
        # sudo: a projection of stock, in which the user has no hand
        Source = self.sudo()
        known = Source.search_fetch([("order_line_id", "in", lines.ids)])
        by_line = known.grouped("order_line_id")
        lines = lines.sudo()  # sudo: as above
        facts, legs = Source._facts(
            lines.filtered(lambda line: line.state in ("sale", "cancel"))
        )
        Source._store(Source._rungs(lines, facts, by_line), legs, by_line)
        Source._keep_surplus(lines, facts)
        Source._document_transit(legs)

    def _rungs(self, lines, facts, known):
        """``{line: [Rung]}`` of saved order lines."""
        confirmed = lines.filtered(lambda line: line.state == "sale")
        gone = lines.filtered(lambda line: line.state == "cancel")
        rungs = {line: [] for line in lines}
        for line in gone & self._lines_of(known):
            before = [source._rung() for source in known[line]]
            fact = facts[line]
            rungs[line] = called_off(fact.quantity, fact.delivered, fact.branch, before)
        rungs.update(
            (line, ladder(fact))
            for line, fact in self._with_plan(
                {line: facts[line] for line in confirmed}
            ).items()
        )
        return rungs

    def _lines_of(self, known):
        return self.env["sale.order.line"].union(*known)

    def _store(self, rungs, legs, known):
        """Make the rows what the rungs say, touching only what changed.

        A row that is left over becomes the next new one of its line: deleting would
        flush, in the midst of a transfer, all that core computes once at its end.
        """
        changes, vals_list, surplus = [], [], self.browse()
        for line, line_rungs in rungs.items():
            rows = {
                (row._place(), row.state): row for row in known.get(line, self.browse())
            }
            new = []
            for sequence, rung in enumerate(line_rungs):
                vals = self._prepare_source(line, rung, sequence, legs.get(line, {}))
                row = rows.pop((rung.place, rung.state), None)
                if row:
                    changes.append((row, vals))
                else:
                    new.append(vals)
            spare = list(rows.values())
            changes += zip(spare, new, strict=False)
            vals_list += new[len(spare) :]
            surplus = surplus.union(*spare[len(new) :])
        self._write_changes(changes)
        surplus.unlink()
        self._create_first(vals_list)

    def _create_first(self, vals_list):
        """Create these rows, unless somebody else just did for the same line.

        :raise ConcurrencyError: then, upon which Odoo tries the request again
        """
        try:
            self.create(vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _write_changes(self, changes):
        """Write ``[(row, vals)]`` where they differ; links of all rows together."""
        links = []
        for row, vals in changes:
            changed = {
                name: value
                for name, value in vals.items()
                if self._fields[name].convert_to_write(row[name], row) != value
            }
            if "move_ids" in changed:
                links.append((row, changed.pop("move_ids")))
            row.write(changed)
        # a write of each row would be two queries for each
        self._fields["move_ids"].write_batch(links)

    def _prepare_source(self, line, rung, sequence, legs):
        found = legs.get(rung.place._replace(request_id=False))
        moves = found.moves if found else []
        touched = rung.state not in ("planned", "rejected", "cancelled")
        return {
            "order_line_id": line.id,
            "order_id": line.order_id.id,
            "partner_id": line.order_id.partner_id.id,
            "product_id": line.product_id.id,
            "branch_id": line._ladder_branch().id,
            "company_id": line.company_id.id,
            "sequence": sequence,
            "state": rung.state,
            "quantity": line._from_steps(rung.quantity),
            "promised_at": rung.promised or False,
            "move_ids": [Command.set([move.id for move in moves] if touched else [])],
            **self._place_vals(rung.place),
        }

    def _rung(self):
        self.ensure_one()
        steps = self.order_line_id._to_steps(self.quantity)
        return Rung(self._place(), self.state, steps, self.promised_at or None)

    def _place(self):
        """The `Place` of this row; the area of requests adds its own."""
        self.ensure_one()
        return Place(self.kind, self.warehouse_id.id)

    def _place_vals(self, place):
        """The values that `_place` reads back; the area of requests adds its own."""
        return {"kind": place.kind, "warehouse_id": place.warehouse_id}

    # ------------------------------------------------------------------
    # What other areas know
    # ------------------------------------------------------------------

    def _held_by_line(self, lines):
        """``{line id: quantity}`` held for the line: now, or until it was confirmed.

        In the product's unit. Nothing until the area of holds says so.
        """
        return {}

    def _answered_by_line(self, lines):
        """``{line id: [Rung]}`` asked of or answered by supervisors, in steps.

        Only what no stock move carries yet; see `sale.order.line._to_steps`. Nothing
        until the area of requests says so.
        """
        return {}

    def _raise_shortages(self, orders):
        """Ask the supervisors for these sources, that nobody has; see `_shortages`.

        Called whenever an order asks for goods and every night, so it must do nothing
        twice.

        :param orders: whose shortages these are, all of them
        """
        return None
