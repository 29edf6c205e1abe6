from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from ..engine.sourcing import Place


class SalesBranch(models.Model):
    """Branches whose goods come down the ladder: own stock, centre, supervisors."""

    # The area of supply has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    supply_mode = fields.Selection(
        selection=[
            ("automatic", "Automatic transfers"),
            ("approval", "Only on approval"),
        ],
        string="Resupply",
        copy=False,
        readonly=True,
        tracking=True,
        help="How goods come that the branch has not got: Odoo's rules ask the "
        "supplying warehouse by themselves, or nothing moves before somebody asks. "
        "Empty: no sourcing ladder. Set by the resupply setup.",
    )
    supply_change_ids = fields.One2many(
        comodel_name="supply.setting.change",
        inverse_name="branch_id",
        string="Settings Changed",
    )

    @api.constrains("supply_mode", "warehouse_id", "supplying_warehouse_id", "active")
    def _check_supply_warehouses(self):
        for branch in self:
            if branch.supply_mode:
                problem = branch._supply_problem(branch.supplying_warehouse_id)
            else:
                problem = branch._ladder_branch(branch.warehouse_id) and (
                    branch._shared_warehouse_problem()
                )
            if problem:
                raise ValidationError(problem)

    def _supply_problem(self, supplier):
        """Why this branch cannot be supplied by ``supplier``, in words; or False."""
        self.ensure_one()
        words = {"branch": self.display_name}
        if not self.warehouse_id:
            return self.env._(
                "Branch %(branch)s has no warehouse. Give it one first.", **words
            )
        if not supplier:
            return self.env._(
                "Choose the warehouse that supplies branch %(branch)s.", **words
            )
        if supplier == self.warehouse_id:
            return self.env._(
                "Warehouse %(warehouse)s cannot supply itself. Choose another one for "
                "branch %(branch)s.",
                warehouse=supplier.name,
                **words,
            )
        if (self.warehouse_id | supplier).company_id != self.company_id:
            return self.env._(
                "The warehouses of branch %(branch)s belong to another company. Choose "
                "warehouses of %(company)s.",
                company=self.company_id.name,
                **words,
            )
        return self._shared_warehouse_problem()

    def _why_no_setup(self):
        """Why the resupply setup does not propose this branch, in words."""
        self.ensure_one()
        if self.supply_mode:
            return self.env._(
                "is set up already, supplied from %s.",
                self.supplying_warehouse_id.name,
            )
        if not self.warehouse_id:
            return self.env._("has no warehouse. Give it one on the branch.")
        if not self.supplying_warehouse_id:
            return self.env._("no supplying warehouse is chosen. Add it to choose one.")
        return self.env._("can be set up. Add it to the list.")

    def _shared_warehouse_problem(self):
        # sudo: whether another branch ships from here, whoever may read it
        other = self.sudo().search(
            [("warehouse_id", "=", self.warehouse_id.id), ("id", "!=", self.id)],
            limit=1,
        )
        return other and self.env._(
            "Branches %(branch)s and %(other)s share warehouse %(warehouse)s, so its "
            "orders belong to neither. Give each a warehouse of its own.",
            branch=self.display_name,
            other=other.display_name,
            warehouse=self.warehouse_id.name,
        )

    # ------------------------------------------------------------------
    # Who is set up
    # ------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _ladder(self):
        """``{warehouse id: (branch id, mode, stock location id)}`` of those set up.

        Kept in memory: where no branch is set up, nothing is asked of the database.
        """
        # sudo: which warehouse works in which way, for whoever sells from it
        branches = self.sudo().search([("supply_mode", "!=", False)])
        return {
            branch.warehouse_id.id: (
                branch.id,
                branch.supply_mode,
                branch.warehouse_id.lot_stock_id.id,
            )
            for branch in branches
        }

    @api.model
    def _ladder_branch(self, warehouse):
        """The branch set up for the ladder that ships from ``warehouse``, or none."""
        found = self._ladder().get(warehouse.id)
        return self.browse(found and found[0])

    def _resupply_routes(self):
        """The routes by which this branch's warehouse is supplied, central first.

        Whoever asks for goods for the branch passes them as ``route_ids``: without,
        the rule of vendor receipts meets the need, silently.
        """
        self.ensure_one()
        # sudo: routes are settings; which ones there are decides whence goods come
        routes = self.sudo().warehouse_id.resupply_route_ids.filtered("active")
        central = self.sudo().supplying_warehouse_id  # sudo: as above
        return routes.sorted(
            lambda route: (route.supplier_wh_id != central, route.sequence, route.id)
        )

    def _supply_places(self):
        """``[(Place, warehouse)]`` that supply this branch: centre, other branches."""
        self.ensure_one()
        suppliers = self._resupply_routes().supplier_wh_id
        return [(self._place_of(warehouse), warehouse) for warehouse in suppliers]

    def _place_of(self, warehouse):
        """What a warehouse is to this branch, as `engine.sourcing.Place`."""
        own = self.sudo()  # sudo: see _resupply_routes
        if warehouse == own.warehouse_id:
            return Place("branch", warehouse.id)
        kind = "central" if warehouse == own.supplying_warehouse_id else "other_branch"
        return Place(kind, warehouse.id)

    # ------------------------------------------------------------------
    # Set up by the wizard only
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("supply_mode") for vals in vals_list):
            raise self._set_up_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if "supply_mode" in vals and not self.env.su:
            raise self._set_up_by_hand()
        self._check_set_up_stays(vals)
        result = super().write(vals)
        if vals.keys() & {"supply_mode", "warehouse_id", "active"}:
            self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        """A copy does not ship from a warehouse that a ladder belongs to."""
        vals_list = super().copy_data(default=default)
        for branch, vals in zip(self, vals_list, strict=True):
            if branch.supply_mode:
                vals["warehouse_id"] = (default or {}).get("warehouse_id", False)
        return vals_list

    def _set_up_by_hand(self):
        return AccessError(
            self.env._("How goods come is set by the resupply setup, not by hand.")
        )

    def _check_set_up_stays(self, vals):
        """Settings were changed for these warehouses; they are put back first."""
        if vals.get("supply_mode", True) is False:
            return
        for name in ("warehouse_id", "supplying_warehouse_id"):
            if name in vals and any(
                branch.supply_mode and branch[name].id != vals[name] for branch in self
            ):
                raise ValidationError(
                    self.env._(
                        "Resupply is set up for these warehouses. Undo the setup of "
                        "the branch first, then choose others."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_set_up(self):
        if any(branch.supply_mode for branch in self):
            raise ValidationError(
                self.env._("Undo the resupply setup of the branch before deleting it.")
            )

    def action_undo_supply_setup(self):
        """Put back what the resupply setup changed, where it is still as we set it.

        :raise AccessError: for others than administrators
        """
        self.check_access("write")
        self._undo_supply_setup()
        return True

    def _undo_supply_setup(self):
        # sudo: settings of warehouses that an administrator of sales management need
        # not be allowed to change; only what the setup itself changed is put back
        branches = self.sudo()
        branches.supply_change_ids._put_back()
        branches.filtered("supply_mode").write({"supply_mode": False})
        branches._forget_ladders()

    def _forget_ladders(self):
        """Ladders of orders still open are kept no longer; what was delivered stays."""
        self.env["sale.order.source"].search(
            [
                ("branch_id", "in", self.ids),
                ("state", "not in", ("delivered", "cancelled")),
            ]
        ).unlink()
