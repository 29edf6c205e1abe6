import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get


class SalesBranch(models.Model):
    _name = "sales.branch"
    _description = "Branch"
    _inherit = ["mail.thread", "sales.substituted.mixin"]
    _substitution_scope = "direction"
    _substitution_owner = "director_id"
    _order = "sequence, code, id"
    _check_company_auto = True
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(required=True, help="Short and unique within the company.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    region_id = fields.Many2one(
        comodel_name="sales.territory",
        domain="[('kind', '=', 'region'), ('company_id', 'in', [False, company_id])]",
        check_company=True,
        help="The region this branch sells in.",
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        check_company=True,
        help="The warehouse that ships this branch's orders.",
    )
    supplying_warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        check_company=True,
        help="The central warehouse that supplies this branch.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        check_company=True,
    )
    director_id = fields.Many2one(
        comodel_name="res.users",
        string="Branch Director",
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Approves plans and hands over customers here. "
        "One person may direct several branches.",
    )
    resource_calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working Calendar",
        check_company=True,
        default=lambda self: self.env.company.resource_calendar_id,
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self._default_tz(),
        help="Moments are cut into days and months in this time zone.",
    )
    member_ids = fields.One2many(
        comodel_name="sales.branch.member",
        inverse_name="branch_id",
        string="Members",
    )
    member_count = fields.Integer(compute="_compute_member_count")
    note = fields.Html()

    _code_uniq = models.UniqueIndex(
        "(company_id, code)",
        "Another branch of this company already has this code. Choose another code.",
    )

    def _default_tz(self):
        return self.env.company.partner_id.tz or self.env.user.tz or "UTC"

    @api.depends("code", "name")
    def _compute_display_name(self):
        for branch in self:
            branch.display_name = f"[{branch.code}] {branch.name}"

    @api.depends("member_ids.date_from", "member_ids.date_to")
    def _compute_member_count(self):
        for branch in self:
            today = branch._local_today()
            branch.member_count = len(
                branch.member_ids.filtered(lambda m, day=today: m._covers(day))
            )

    @api.constrains("warehouse_id", "supplying_warehouse_id")
    def _check_supplying_warehouse(self):
        for branch in self:
            if branch.warehouse_id and (
                branch.warehouse_id == branch.supplying_warehouse_id
            ):
                raise ValidationError(
                    self.env._(
                        "Branch %(branch)s cannot be supplied by its own warehouse. "
                        "Choose the central warehouse, or leave the field empty.",
                        branch=branch.display_name,
                    )
                )

    @api.constrains("director_id", "company_id")
    def _check_director_company(self):
        for branch in self:
            director = branch.director_id
            # sudo: reading which companies a colleague may enter
            if director and branch.company_id not in director.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot direct branch %(branch)s without access to "
                        "company %(company)s. Give the access first.",
                        user=director.name,
                        branch=branch.display_name,
                        company=branch.company_id.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for branch, vals in zip(self, vals_list, strict=True):
            vals["code"] = self.env._("%s (copy)", branch.code)
            vals["name"] = self.env._("%s (copy)", branch.name)
        return vals_list

    def action_open_members(self):
        """Open the dated members of this branch."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_branch_member_action"
        )
        action["domain"] = [("branch_id", "=", self.id)]
        action["context"] = {"default_branch_id": self.id}
        return action

    def _is_directed_by(self, user):
        """Whether ``user`` directs this branch, or stands in for who does, now."""
        self.ensure_one()
        director = self.sudo().director_id  # sudo: who directs a branch is no secret
        decides_as = self.env["sales.substitution"]._decides_as
        return bool(decides_as(director, self.company_id, user))

    def _stands_in_for(self, user):
        """The director for whom ``user`` decides here, if it is not ``user``; or none.

        :rtype: res.users
        """
        self.ensure_one()
        acting = self.env["sales.substitution"]._acting("direction", user)
        director = self.sudo().director_id.sudo(False)  # sudo: see _is_directed_by
        if director == user or director.id not in acting.get(self.company_id.id, ()):
            return director.browse()
        return director

    def _directors_now(self):
        """``{branch: its director, or who stands in}`` of branches of one company."""
        branches = self.sudo()  # sudo: who directs a branch is no secret
        rows = self.env["sales.substitution"]._in_force(
            branches.director_id,
            branches.company_id,
            fields.Datetime.now(),
            "direction",
        )
        return {
            branch: (
                rows[branch.director_id.id].deputy_id
                if branch.director_id.id in rows
                else branch.director_id
            ).sudo(False)
            for branch in branches
        }

    @api.model
    def _of_user(self):
        """The branch the current user works in today, in the current company, or none.

        :rtype: sales.branch
        """
        company, user = self.env.company, self.env.user
        today = self._company_local_date(company)
        found = self._branch_by_user(user, company, today)
        return found.get(user.id, self.browse())

    def _local_today(self):
        """The date it is now in this branch's time zone."""
        self.ensure_one()
        zone = pytz.timezone(self.tz or "UTC")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    def _local_date(self, moment):
        """The day of ``moment`` (naive UTC) in this branch's time zone."""
        self.ensure_one()
        zone = pytz.timezone(self.tz or "UTC")
        return pytz.utc.localize(moment).astimezone(zone).date()

    @api.model
    @tools.ormcache("company.id")
    def _exist(self, company):
        """Whether the company has branches at all; cached, for the inert case."""
        # sudo: only the fact that there is one
        return bool(
            self.sudo()
            .with_context(active_test=False)
            .search_count([("company_id", "=", company.id)], limit=1)
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "company_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    def _company_local_date(self, company, moment=None):
        """The day of ``moment`` (naive UTC, now if none) in the company's time zone."""
        moment = moment or fields.Datetime.now()
        zone = pytz.timezone(self._company_tz(company))
        return pytz.utc.localize(moment).astimezone(zone).date()

    @api.model
    @tools.ormcache("company.id")
    def _company_tz(self, company):
        """The company's time zone; cached, since every screen asks what day it is."""
        # sudo: only the company's own time zone is read
        return company.sudo().partner_id.tz or "UTC"

    @api.model
    def _branches_now(self, documents):
        """``{document: branch in which its user works today}``, one query a company.

        :param documents: of any model with ``user_id`` and ``company_id``
        """
        found = {}
        for company, some in documents.grouped("company_id").items():
            today = self._company_local_date(company)
            by_user = self._branch_by_user(some.user_id, company, today)
            found |= {one: by_user.get(one.user_id.id, self.browse()) for one in some}
        return found

    @api.model
    def _branch_by_user(self, users, company, date):
        """Branches of ``users`` in ``company`` on ``date``, in one query.

        :return: ``{user id: sales.branch record}``, without users of no branch
        """
        # sudo: which branch a colleague belongs to decides credit for documents of
        # anybody; only ids of the asked users and company are looked up
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "=", company.id),
                    ("date_from", "<=", date),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", date),
                ],
                ["user_id", "branch_id"],
            )
        )
        return {member.user_id.id: member.branch_id.sudo(False) for member in members}
