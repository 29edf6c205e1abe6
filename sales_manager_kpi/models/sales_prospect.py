from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from .sales_prospect_list import OPEN_STATES

# Written by steps only.
STEPS = {"state", "lead_id", "duplicate_partner_id", "duplicate_lead_id"}
STEPS |= {"duplicate_prospect_id", "is_checked"}
COMPARED = {"name", "vat", "email", "phone", "zip", "city", "country_id"}
# Follows from the list.
OF_LIST = {"list_id", "partner_id", "company_id", "branch_id"}


class SalesProspect(models.Model):
    """Somebody who may become a customer; a lead is made of it, once."""

    _name = "sales.prospect"
    _description = "Prospect"
    _inherit = ["sales.substituted.mixin"]
    _substitution_scope = "leads"
    _order = "list_id desc, name, id"
    _check_company_auto = True

    list_id = fields.Many2one(
        comodel_name="sales.prospect.list",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    branch_id = fields.Many2one(related="list_id.branch_id", store=True)
    name = fields.Char(required=True)
    vat = fields.Char(string="VAT")
    email = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    zip = fields.Char(string="ZIP")
    city = fields.Char()
    country_id = fields.Many2one(comodel_name="res.country")
    note = fields.Char()
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Known As",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The contact that is known already, without orders or not any more.",
    )
    territory_id = fields.Many2one(
        comodel_name="sales.territory",
        compute="_compute_territory_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="By the rules of the territories.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("new", "To be worked"),
            ("duplicate", "Exists already"),
            ("converted", "Lead"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
    )
    is_checked = fields.Boolean(
        string="Not the Same",
        readonly=True,
        copy=False,
        help="Somebody looked: it is none of those it resembles.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    duplicate_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Same as Customer",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    duplicate_lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Same as Lead",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    duplicate_prospect_id = fields.Many2one(
        comodel_name="sales.prospect",
        string="Same as Prospect",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    _once_on_list = models.UniqueIndex(
        "(list_id, partner_id) WHERE partner_id IS NOT NULL",
        "This contact is on the list already.",
    )

    @api.depends("zip", "country_id", "partner_id", "list_id")
    def _compute_territory_id(self):
        Partner = self.env["res.partner"]
        for company, rows in self.grouped("company_id").items():
            places = [
                row.partner_id
                or Partner.new({"zip": row.zip, "country_id": row.country_id.id})
                for row in rows
            ]
            found = self.env["sales.territory"]._territory_by_partner(
                Partner.concat(*places), company
            )
            for row, partner in zip(rows, places, strict=True):
                row.territory_id = found[partner.id]

    @api.constrains("name", "email", "phone", "vat")
    def _check_name(self):
        for row in self:
            if not (row.name or "").strip():
                raise ValidationError(self.env._("A prospect needs a name."))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_steps(vals_list)
        rows = super().create(vals_list)
        # sudo: what exists already is looked for everywhere, whoever enters it
        rows.sudo()._look_for_duplicates()
        return rows

    def write(self, vals):
        self._refuse_steps([vals])
        if not self.env.su and not OF_LIST.isdisjoint(vals):
            raise AccessError(self.env._("A prospect stays on its list."))
        result = super().write(vals)
        if not COMPARED.isdisjoint(vals):
            # sudo: as in create
            self.sudo().filtered(
                lambda row: row.state in OPEN_STATES
            )._look_for_duplicates()
        return result

    def _refuse_steps(self, vals_list):
        if self.env.su:
            return
        for vals in vals_list:
            given = {name for name in STEPS & vals.keys() if vals[name]}
            if given - {"state"} or vals.get("state", "new") != "new":
                raise AccessError(self.env._("Use the buttons to work with prospects."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_converted(self):
        if any(row.lead_id for row in self):
            raise UserError(self.env._("A lead came of this prospect: it stays."))

    @api.model
    def _take_turns(self, companies):
        """Let whoever enters or converts prospects at the same time begin again.

        The second one waits, is told by the database that the row has changed, and
        Odoo repeats the request: then it sees what the first one made.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET sales_manager_kpi_prospect_turn ="
                " COALESCE(sales_manager_kpi_prospect_turn, 0) + 1"
                " WHERE id IN %s",
                tuple(companies.ids),
            )
        )
        companies.invalidate_recordset(["sales_manager_kpi_prospect_turn"], flush=False)

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def action_convert(self):
        """Make a lead of each that is to be worked, once.

        What turns out to exist already becomes a duplicate, and no lead.

        :raise UserError: where there is nothing to convert
        """
        self.check_access("write")
        rows = self.filtered(lambda row: row.state == "new")
        if not rows:
            raise UserError(
                self.env._("Choose prospects that are to be worked and have a manager.")
            )
        if any(not row.user_id for row in rows):
            raise UserError(
                self.env._("Give these prospects a manager first: distribute them.")
            )
        # sudo: leads of colleagues are made for them, and looked for everywhere
        made = rows.sudo()._convert()
        return self.env["sales.prospect.list"]._told(
            self.env._(
                "%(made)s leads made, %(same)s existed already.",
                made=len(made),
                same=len(rows) - len(made),
            )
        )

    def _convert(self):
        """In sudo; returns the leads."""
        self._look_for_duplicates()
        rows = self.filtered(lambda row: row.state == "new")
        leads = self.env["crm.lead"].create([row._prepare_lead() for row in rows])
        for row, lead in zip(rows, leads, strict=True):
            row.write({"state": "converted", "lead_id": lead.id})
        return leads

    def _prepare_lead(self):
        return {
            "name": self.name,
            "type": "opportunity",
            "partner_id": self.partner_id.id,
            "partner_name": self.name,
            "email_from": self.email,
            "phone": self.phone,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "country_id": self.country_id.id,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
            "campaign_id": self.list_id.campaign_id.id,
            "source_id": self.list_id.source_id.id,
            "description": self.note,
        }

    def action_not_the_same(self):
        """It was looked at, and is none of those it resembles."""
        self.check_access("write")
        # sudo: a step of who may work with it
        self.sudo().filtered(lambda row: row.state == "duplicate").write(
            {"state": "new", "is_checked": True}
        )
        return True

    def action_drop(self):
        """Nothing comes of these."""
        self.check_access("write")
        # sudo: a step of who may work with it
        rows = self.sudo()
        rows.filtered(lambda row: row.state in OPEN_STATES).state = "dropped"
        # who was the same as one of these may be worked instead
        twins = rows.search(
            [("duplicate_prospect_id", "in", rows.ids), ("state", "=", "duplicate")]
        )
        twins._look_for_duplicates()
        return True

    def action_open_lead(self):
        """Open the lead that came of it, or the one it is the same as."""
        self.ensure_one()
        lead = self.lead_id or self.duplicate_lead_id
        if not lead:
            raise UserError(self.env._("There is no lead of this prospect yet."))
        return lead._get_records_action()

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def _distribute(self):
        """By owner of the contact, else those who work in the territory; in sudo.

        Managers of a territory are who owns customers in it, else the members of the
        branches of its region. Whoever has the fewest prospects gets the next.
        """
        for company, rows in self.grouped("company_id").items():
            managers = self._managers_by_territory(company, rows.territory_id)
            users = self.env["res.users"].union(*managers.values())
            load = self._load(company, users)
            given = defaultdict(self.browse)
            for row in rows.sorted("id"):
                owner = row.partner_id.with_company(company).user_id
                some = owner or managers.get(row.territory_id.id, users.browse())
                if some:
                    user = min(some, key=lambda one: (load[one.id], one.id))
                    load[user.id] += 1
                    given[user.id] |= row
            for user_id, some in given.items():
                some.user_id = user_id

    @api.model
    def _load(self, company, users):
        rows = self._read_group(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("state", "in", OPEN_STATES),
            ],
            ["user_id"],
            ["__count"],
        )
        load = defaultdict(int)
        load.update({user.id: count for user, count in rows})
        return load

    @api.model
    def _managers_by_territory(self, company, territories):
        """``{territory id: users}``, in two queries."""
        today = self.env["sales.branch"]._company_local_date(company)
        holds = [
            ("company_id", "=", company.id),
            ("date_from", "<=", today),
            "|",
            ("date_to", "=", False),
            ("date_to", ">=", today),
        ]
        rows = self.env["customer.assignment"]._read_group(
            [*holds, ("territory_id", "in", territories.ids), ("user_id", "!=", False)],
            ["territory_id"],
            ["user_id:recordset"],
        )
        found = {territory.id: users.filtered("active") for territory, users in rows}
        members = self.env["sales.branch.member"].search(
            [*holds, ("branch_id.region_id", "!=", False)]
        )
        for territory in territories:
            if not found.get(territory.id):
                path = {int(one) for one in territory.parent_path.split("/") if one}
                found[territory.id] = members.filtered(
                    lambda m, path=path: m.branch_id.region_id.id in path
                ).user_id.filtered("active")
        return found
