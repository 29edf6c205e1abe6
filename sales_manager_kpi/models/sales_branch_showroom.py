from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.showroom import Completeness

PLACES = {
    "showroom": "showroom_location_id",
    "loan": "loan_location_id",
    "sample": "sample_location_id",
}


class SalesBranch(models.Model):
    """The showroom of a branch: where its samples lie, and how complete it is.

    Its locations lie outside every warehouse, so that no report, route or reordering
    rule takes what is shown for free stock.
    """

    # The area of the showroom has files of its own.
    _inherit = "sales.branch"  # pylint: disable=consider-merging-classes-inherited

    has_showroom = fields.Boolean(
        string="Showroom",
        tracking=True,
        help="The branch shows samples; the norms of all branches are for it too.",
    )
    showroom_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Showroom Keeper",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets the tasks of the showroom. Empty: the director.",
    )
    showroom_location_id = fields.Many2one(
        comodel_name="stock.location", copy=False, readonly=True, check_company=True
    )
    loan_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Location of Loans",
        copy=False,
        readonly=True,
        check_company=True,
    )
    sample_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Sample Consumption",
        copy=False,
        readonly=True,
        check_company=True,
    )
    is_kept = fields.Boolean(
        string="I Work Here",
        compute="_compute_is_kept",
        search="_search_is_kept",
        export_string_translation=False,
    )
    showroom_completeness = fields.Float(
        string="Completeness", compute="_compute_showroom", digits=(16, 4)
    )
    showroom_weighted = fields.Float(
        string="Weighted Completeness", compute="_compute_showroom", digits=(16, 4)
    )
    showroom_due = fields.Integer(string="Required", compute="_compute_showroom")
    showroom_missing = fields.Integer(
        string="Lines Missing", compute="_compute_showroom"
    )
    showroom_shown = fields.Integer(string="Shown", compute="_compute_showroom")
    showroom_stale = fields.Integer(string="Stale", compute="_compute_showroom")
    showroom_to_replace = fields.Integer(
        string="To Replace", compute="_compute_showroom"
    )

    # ------------------------------------------------------------------
    # Who works here
    # ------------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_kept(self):
        kept = self._kept_ids()
        for branch in self:
            branch.is_kept = branch._origin.id in kept

    @api.model
    def _search_is_kept(self, operator, value):
        if operator != "in":
            return NotImplemented
        kept = Domain("id", "in", list(self._kept_ids()))
        return Domain.OR(kept if asked else ~kept for asked in value)

    @api.model
    def _kept_ids(self):
        """Ids of the branches whose showroom the current user keeps now.

        Those the user works in, keeps or directs, those of whoever the user acts for,
        and all of the user's companies for a commercial director.
        """
        companies = self.env.companies
        # sudo: where people work, to tell what they may do
        Branches = self.sudo().with_context(active_test=False)
        own = [("company_id", "in", companies.ids)]
        if self.env.user.has_group("sales_manager_kpi.group_commercial_director"):
            return set(Branches.search(own).ids)
        kept = set()
        acting = self.env["sales.substitution"]._acting()
        for company in companies:
            people = self.env.user | self.env.user.browse(acting.get(company.id, ()))
            today = self._company_local_date(company)
            kept |= {
                branch.id
                for branch in self._branch_by_user(people, company, today).values()
            }
            kept |= set(
                Branches.search(
                    [
                        ("company_id", "=", company.id),
                        "|",
                        ("director_id", "in", people.ids),
                        ("showroom_user_id", "in", people.ids),
                    ]
                ).ids
            )
        return kept

    def _showroom_keeper(self):
        """Who gets the tasks of the showroom: a ``res.users`` or none."""
        self.ensure_one()
        branch = self.sudo()  # sudo: who keeps a showroom is no secret
        return (branch.showroom_user_id or branch.director_id).sudo(False)

    # ------------------------------------------------------------------
    # Where samples lie
    # ------------------------------------------------------------------

    def _showroom_location(self, place):
        """A location of the showroom, made where there is none; as sudo.

        :param place: ``showroom``, ``loan`` or ``sample``, where what was cut off goes
        """
        self.ensure_one()
        branch = self.sudo()  # sudo: whoever shows something first makes the location
        name = PLACES[place]
        if not branch[name]:
            words, values = branch._prepare_place(place)
            branch[name] = branch._make_location(words, **values)
        return branch[name]

    def _prepare_place(self, place):
        """``(name, further values)`` of a location."""
        words = {
            "showroom": self.env._("Showroom %s", self.code),
            "loan": self.env._("On loan %s", self.code),
            "sample": self.env._("Samples used %s", self.code),
        }
        return words[place], (
            {
                "usage": "inventory",
                # without an account the cost of samples is in no entry
                "valuation_account_id": (
                    self.company_id.sales_manager_kpi_sample_account_id.id
                ),
            }
            if place == "sample"
            else {}
        )

    def _stock_of_showroom(self):
        """Where the goods of samples come from: the stock of the branch; as sudo.

        :raise UserError: for a branch without a warehouse
        """
        self.ensure_one()
        stock = self.sudo().warehouse_id.lot_stock_id  # sudo: a place, to take from
        if not stock:
            raise UserError(
                self.env._(
                    "%s has no warehouse to take goods from. Set one on the branch.",
                    self.display_name,
                )
            )
        return stock

    def write(self, vals):
        result = super().write(vals)
        if not {"has_showroom", "active", "company_id"}.isdisjoint(vals):
            for company in self.company_id:
                self.env["showroom.norm.line"]._resolve(company)
        return result

    # ------------------------------------------------------------------
    # Opened from the board
    # ------------------------------------------------------------------

    def action_open_showroom(self):
        """Open the samples of this branch."""
        return self._open_showroom("showroom_sample_action", {"search_default_here": 1})

    def action_open_showroom_missing(self):
        """Open what the norms ask for and is not there."""
        return self._open_showroom(
            "showroom_norm_line_action", {"search_default_missing": 1}
        )

    def action_open_showroom_to_replace(self):
        """Open the samples that are to be replaced."""
        return self._open_showroom(
            "showroom_sample_action", {"search_default_to_replace": 1}
        )

    def action_open_showroom_stale(self):
        """Open the samples that are too old, too worn, or not looked at."""
        return self._open_showroom(
            "showroom_sample_action", {"search_default_stale": 1}
        )

    def _open_showroom(self, name, context):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(f"sales_manager_kpi.{name}")
        action["domain"] = [("branch_id", "=", self.id)]
        action["context"] = {**context, "default_branch_id": self.id}
        return action

    # ------------------------------------------------------------------
    # How complete it is
    # ------------------------------------------------------------------

    def _compute_showroom(self):
        figures = self._showroom_figures()
        for branch in self:
            for name, value in figures[branch.id].items():
                branch[f"showroom_{name}"] = value or 0

    def _showroom_figures(self):
        """How the showrooms of these branches stand now, in five queries at most.

        :return: ``{branch id: {completeness, weighted (0 to 1, or None), due, missing
            (lines of the norm), shown, stale, to_replace (samples)}}``
        """
        sums = self._showroom_completeness_sums()
        Sample = self.env["showroom.sample"].sudo()  # sudo: figures of the showroom
        states = defaultdict(dict)
        for branch, state, count in Sample._read_group(
            [
                ("branch_id", "in", self.ids),
                ("state", "in", ("on_display", "to_replace")),
            ],
            ["branch_id", "state"],
            ["__count"],
        ):
            states[branch.id][state] = count
        stale = dict(
            Sample._read_group(
                Sample._stale_domain() & Domain("branch_id", "in", self.ids),
                ["branch_id"],
                ["__count"],
            )
        )
        return {
            branch.id: {
                "completeness": sums[branch.id].share,
                "weighted": sums[branch.id].weighted,
                "due": sums[branch.id].due,
                "missing": sums[branch.id].due - sums[branch.id].satisfied,
                "shown": states[branch.id].get("on_display", 0),
                "stale": stale.get(branch, 0),
                "to_replace": states[branch.id].get("to_replace", 0),
            }
            for branch in self
        }

    def _showroom_completeness_sums(self):
        """``{branch id: engine.showroom.Completeness}`` of now, in one query.

        Lines of the norm against samples that are there: two tables side by side,
        which the ORM joins only row by row.
        """
        Sample = self.env["showroom.sample"].sudo()  # sudo: figures of the showroom
        Sample.flush_model()
        self.env["showroom.norm.line"].flush_model()
        there = Sample._search(
            Sample._present_domain() & Domain("branch_id", "in", self.ids)
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.branch_id,
                       COUNT(*),
                       SUM(line.weight),
                       COUNT(*) FILTER (WHERE there.number >= line.min_qty),
                       SUM(line.weight) FILTER (WHERE there.number >= line.min_qty)
                  FROM showroom_norm_line line
             LEFT JOIN (
                       SELECT showroom_sample.branch_id,
                              showroom_sample.product_id,
                              showroom_sample.sample_type_id,
                              COUNT(*) AS number
                         FROM %s
                        WHERE %s
                     GROUP BY 1, 2, 3
                       ) there USING (branch_id, product_id, sample_type_id)
                 WHERE line.branch_id = ANY(%s)
                   AND line.min_qty > 0
              GROUP BY line.branch_id
                """,
                there.from_clause,
                there.where_clause,
                self.ids,
            )
        )
        return defaultdict(
            Completeness, {branch: Completeness(*sums) for branch, *sums in rows}
        )
