from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..engine.hold_days import calendar_end, hold_end
from ..engine.instants import instant


class SalesBranch(models.Model):
    """The locations of a branch that lie outside every warehouse, made when needed.

    What lies there must be nobody's free stock: below a root without warehouse no
    report, route or reordering rule of a warehouse finds it.
    """

    # The area of supply has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    hold_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Location of Holds",
        copy=False,
        readonly=True,
        check_company=True,
        help="Where goods are reserved to for customers. Made with the first hold.",
    )

    @api.constrains("hold_location_id")
    def _check_hold_location(self):
        for branch in self:
            # sudo: the kind of a location, whoever sets the branch up
            location = branch.sudo().hold_location_id
            if location and (location.usage != "internal" or location.warehouse_id):
                raise ValidationError(
                    self.env._(
                        "Goods are held in an internal location outside every "
                        "warehouse; %s is not one.",
                        location.display_name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _hold_locations(self):
        """Ids of the locations of holds; cached, and empty until the first hold."""
        # sudo: which locations are of holds, whoever moves goods
        branches = self.sudo().with_context(active_test=False)
        found = branches.search([("hold_location_id", "!=", False)])
        return frozenset(found.hold_location_id.ids)

    def _hold_location(self):
        """The location of this branch's holds, made where there is none; as sudo."""
        self.ensure_one()
        branch = self.sudo()  # sudo: whoever holds goods first makes the location
        if not branch.hold_location_id:
            branch.hold_location_id = branch._make_location(
                self.env._("Holds %s", branch.code)
            )
            self.env.registry.clear_cache()
        return branch.hold_location_id

    def _make_location(self, name, **values):
        """An internal location below the root of the company; in sudo."""
        root = self._root_location(self.company_id)
        return root.create(
            {
                "name": name,
                "usage": "internal",
                "location_id": root.id,
                "company_id": self.company_id.id,
                "replenish_location": False,
                **values,
            }
        )

    @api.model
    def _root_location(self, company):
        """The view location without warehouse below which branches keep theirs."""
        company = company.sudo()  # sudo: made once, whoever needs it first
        if not company.sales_manager_kpi_location_id:
            company.sales_manager_kpi_location_id = (
                # sudo: see above
                self.env["stock.location"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Branches"),
                        "usage": "view",
                        "location_id": False,
                        "company_id": company.id,
                    }
                )
            )
        return company.sales_manager_kpi_location_id

    def _hold_end(self, now=None, days=None):
        """The end of the working day until which goods are held, as naive UTC.

        :param now: the moment from which days are counted, now if none
        :param days: working days after that of ``now``; those of the company if None
        """
        self.ensure_one()
        branch = self.sudo()  # sudo: hours and time zone of the branch
        now = now or fields.Datetime.now()
        if days is None:
            days = branch.company_id.sales_manager_kpi_hold_days
        horizon = now + timedelta(days=3 * days + 30)
        clock = self.env["service.gap.time"]._clocks(
            branch.company_id, branch, now - timedelta(days=1), horizon
        )[branch.id]
        # a branch whose calendar has no hours counts days as they come
        return hold_end(clock, now, days) or calendar_end(
            branch._local_date(now), days, branch.tz
        )

    def _end_of_work(self, day):
        """The end of work on ``day``, as naive UTC; of the next one where none works.

        :raise UserError: where it is over already
        """
        self.ensure_one()
        branch = self.sudo()  # sudo: hours and time zone of the branch
        start = instant(day, 0, branch.tz)
        clock = self.env["service.gap.time"]._clocks(
            branch.company_id, branch, start, start + timedelta(days=30)
        )[branch.id]
        end = clock.end_of_day(day) or calendar_end(day, 0, branch.tz)
        if end <= fields.Datetime.now():
            raise UserError(self.env._("This working day is over. Choose a later day."))
        return end
