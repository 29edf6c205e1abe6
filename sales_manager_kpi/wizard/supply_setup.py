from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class Change(NamedTuple):
    """One setting of Odoo that the setup changes.

    :param value: what is added to a many-to-many, or the new value of another field
    """

    record: Any
    field: str
    value: Any
    old_words: str
    new_words: str


class SupplySetup(models.TransientModel):
    """Lets branches be supplied from the centre, after showing what that changes."""

    _name = "supply.setup"
    _description = "Resupply Setup"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many(
        comodel_name="supply.setup.line",
        inverse_name="setup_id",
        string="Branches",
        default=lambda self: self._default_line_ids(),
    )
    preview = fields.Text(
        string="What Will Change", compute="_compute_preview", readonly=True
    )

    @api.model
    def _default_line_ids(self):
        branches = self.env["sales.branch"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("warehouse_id", "!=", False),
                ("supplying_warehouse_id", "!=", False),
                ("supply_mode", "=", False),
            ]
        )
        return [Command.create({"branch_id": branch.id}) for branch in branches]

    def _compute_display_name(self):
        self.display_name = self.env._("Resupply setup")

    @api.depends(
        "line_ids.branch_id",
        "line_ids.supplying_warehouse_id",
        "line_ids.mode",
        "line_ids.category_ids",
    )
    def _compute_preview(self):
        for setup in self:
            words = [line._preview() for line in setup.line_ids if line.branch_id]
            setup.preview = "\n\n".join(words) or setup._why_nothing()

    def _why_nothing(self):
        """Why no branch is chosen: of each one what keeps it out, in words."""
        branches = self.env["sales.branch"].search(
            [("company_id", "=", self.company_id.id)]
        )
        reasons = [
            f"  • {branch.display_name}: {branch._why_no_setup()}"
            for branch in branches
        ]
        if not reasons:
            reasons = [self.env._("  • There is no branch yet: create one first.")]
        return "\n".join([self.env._("Nothing will change."), *reasons])

    def action_apply(self):
        """Set the branches up; what is changed in Odoo's settings is kept in a log.

        :raise UserError: where a branch cannot be supplied this way
        """
        self.ensure_one()
        self._check_lines()
        self.line_ids._apply()
        return {"type": "ir.actions.act_window_close"}

    def _check_lines(self):
        if not self.line_ids:
            raise UserError(self.env._("Choose at least one branch."))
        branches = self.line_ids.branch_id
        if len(branches) != len(self.line_ids):
            raise UserError(self.env._("Every branch is set up once: drop the double."))
        problems = [problem for line in self.line_ids if (problem := line._problem())]
        if problems:
            raise UserError("\n".join(problems))


class SupplySetupLine(models.TransientModel):
    _name = "supply.setup.line"
    _description = "Branch of a Resupply Setup"

    setup_id = fields.Many2one(
        comodel_name="supply.setup", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id")
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        domain="[('company_id', '=', company_id)]",
    )
    warehouse_id = fields.Many2one(related="branch_id.warehouse_id")
    supplying_warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        string="Supplied From",
        compute="_compute_supplying_warehouse_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    mode = fields.Selection(
        selection=lambda self: (
            self.env["sales.branch"]
            ._fields["supply_mode"]
            ._description_selection(self.env)
        ),
        required=True,
        default="automatic",
        string="Goods Come",
    )
    category_ids = fields.Many2many(
        comodel_name="product.category",
        string="Product Categories",
        help="Replenishment of these categories at the branch uses the same route. "
        "Orders are supplied from there whatever the category.",
    )

    @api.depends("branch_id")
    def _compute_supplying_warehouse_id(self):
        for line in self:
            line.supplying_warehouse_id = line.branch_id.supplying_warehouse_id

    def _problem(self):
        """Why the branch cannot be set up this way, in words; or False."""
        self.ensure_one()
        if self.branch_id.company_id != self.company_id:
            return self.env._(
                "Branch %(branch)s belongs to another company: set it up there.",
                branch=self.branch_id.display_name,
            )
        return self.branch_id._supply_problem(self.supplying_warehouse_id)

    # ------------------------------------------------------------------
    # What changes
    # ------------------------------------------------------------------

    def _preview(self):
        problem = self._problem()
        title = self.branch_id.display_name
        if problem:
            return f"{title}\n  ! {problem}"
        words = [
            f"  • {change.record.display_name}: {change.old_words} → {change.new_words}"
            for change in self._changes()
        ]
        if self.category_ids:
            words += [
                self.env._(
                    "  • %(category)s: gets the route",
                    category=category.display_name,
                )
                for category in self.category_ids
            ]
        return "\n".join([title, *(words or [self.env._("  • nothing to change")])])

    def _changes(self):
        """The `Change` of settings that stand before the route is there."""
        own = self._plain()
        home, central = own.warehouse_id, own.supplying_warehouse_id
        changes = []
        if central not in home.resupply_wh_ids:
            names = ", ".join(home.resupply_wh_ids.mapped("name"))
            changes.append(
                Change(
                    home,
                    "resupply_wh_ids",
                    central,
                    names or self.env._("supplied by nobody"),
                    self.env._("supplied from %(name)s", name=central.name),
                )
            )
        if own.mode == "automatic":
            changes += [self._change_of_rule(rule) for rule in own._delivery_rules()]
        return changes

    def _change_of_rule(self, rule):
        words = dict(rule._fields["procure_method"]._description_selection(self.env))
        return Change(
            rule,
            "procure_method",
            "mts_else_mto",
            words[rule.procure_method],
            words["mts_else_mto"],
        )

    def _delivery_rules(self):
        """Rules that deliver from the branch's stock and ask nobody for more."""
        home = self.warehouse_id
        return home.delivery_route_id.rule_ids.filtered(
            lambda rule: (
                rule.location_src_id == home.lot_stock_id
                and rule.action in ("pull", "pull_push")
                and rule.procure_method == "make_to_stock"
            )
        )

    def _plain(self):
        # sudo: administrators of sales management set warehouses, routes and rules up
        # here without being administrators of the stock; all of it is shown before,
        # logged, and only of branches they administer
        return self.sudo().with_company(self.company_id)

    def _apply(self):
        for line in self._plain():
            line._apply_one()

    def _apply_one(self):
        branch = self.branch_id
        branch.supply_change_ids._put_back()
        branch.write({"supply_mode": False})
        branch.write({"supplying_warehouse_id": self.supplying_warehouse_id.id})
        for change in self._changes():
            self._make(change)
        branch.write({"supply_mode": self.mode})
        route = branch._resupply_routes()[:1]
        for category in self.category_ids:
            if route not in category.route_ids:
                self._make(Change(category, "route_ids", route, "", route.name))

    def _make(self, change):
        """Change one setting, and log it with what Odoo changed along with it."""
        field = change.record._fields[change.field]
        along = self._along(change)
        before = {record: record.active for record in along()}
        if field.type == "many2many":
            self._log(change, None, change.value.ids)
            change.record.write(
                {change.field: [Command.link(value.id) for value in change.value]}
            )
        else:
            self._log(change, change.record[change.field], change.value)
            change.record[change.field] = change.value
        for record in along():
            if record.active and not before.get(record):
                words = self.env._("not in use"), self.env._("in use")
                self._log(Change(record, "active", True, *words), False, True)

    def _along(self, change):
        """What Odoo makes or wakes when a warehouse is supplied by another one."""
        if change.field != "resupply_wh_ids":
            return tuple
        home, central = change.record, change.value
        transit = home.company_id.internal_transit_location_id
        everything = self.with_context(active_test=False).env

        def found():
            routes = everything["stock.route"].search(
                [
                    ("supplied_wh_id", "=", home.id),
                    ("supplier_wh_id", "=", central.id),
                ]
            )
            rules = everything["stock.rule"].search(
                [
                    ("location_src_id", "=", central.lot_stock_id.id),
                    ("location_dest_id", "=", transit.id),
                    ("route_id", "not in", routes.ids),
                ]
            )
            return [*transit, *routes, *rules]

        return found

    def _log(self, change, old, new):
        record = change.record
        field = record._fields[change.field]
        self.env["supply.setting.change"].create(
            {
                "branch_id": self.branch_id.id,
                "company_id": self.company_id.id,
                "res_model": record._name,
                "res_id": record.id,
                "name": record.display_name,
                "field_name": change.field,
                "old_value": old,
                "new_value": new,
                "old_words": change.old_words,
                "new_words": change.new_words or field.string,
                "changed_by_id": self.env.uid,
            }
        )
