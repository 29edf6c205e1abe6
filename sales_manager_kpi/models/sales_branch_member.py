from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class SalesBranchMember(models.Model):
    """Who worked in which branch, and when."""

    _name = "sales.branch.member"
    _description = "Branch Member"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="branch_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(help="The last day in this branch; empty while it lasts.")

    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A membership cannot end before it begins. Correct its dates.",
    )
    _user_dates_idx = models.Index("(user_id, company_id, date_from)")

    @api.depends("user_id", "branch_id", "date_from")
    def _compute_display_name(self):
        for member in self:
            member.display_name = f"{member.user_id.name} · {member.branch_id.name}"

    @api.constrains("user_id", "company_id", "date_from", "date_to")
    def _check_overlap(self):
        """Nobody works in two branches of a company at once."""
        # sudo: a clash with a branch the writer does not see is a clash all the same
        others = (
            self.env["sales.branch.member"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.user_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )
        for member in self:
            for other in others:
                if other.id != member.id and member._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(user)s already belongs to branch %(branch)s from "
                            "%(start)s. End that membership first.",
                            user=member.user_id.name,
                            branch=other.branch_id.display_name,
                            start=other.date_from,
                        )
                    )

    @api.constrains("user_id", "branch_id")
    def _check_user_company(self):
        for member in self:
            # sudo: reading which companies a colleague may enter
            if member.company_id not in member.user_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot join branch %(branch)s without access to "
                        "company %(company)s. Give the access first.",
                        user=member.user_id.name,
                        branch=member.branch_id.display_name,
                        company=member.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        user_ids = {vals.get("user_id") for vals in vals_list}
        branch_ids = {vals.get("branch_id") for vals in vals_list}
        self._lock_users(user_ids)
        with self._plans_following(user_ids, branch_ids):
            members = super().create(vals_list)
        members._ensure_resources()
        return members

    def write(self, vals):
        user_ids = {*self.user_id.ids, vals.get("user_id")}
        self._lock_users(user_ids)
        branch_ids = {*self.branch_id.ids, vals.get("branch_id")}
        with self._plans_following(user_ids, branch_ids):
            result = super().write(vals)
        if vals.get("user_id") or vals.get("branch_id"):
            self._ensure_resources()
        return result

    def unlink(self):
        with self._plans_following(self.user_id.ids, self.branch_id.ids):
            return super().unlink()

    def _plans_following(self, user_ids, branch_ids):
        users = self.env["res.users"].browse(sorted(i for i in user_ids if i))
        branches = self.env["sales.branch"].browse(sorted(i for i in branch_ids if i))
        return self.env["sales.plan"]._following_moves(users, branches.company_id)

    def _lock_users(self, user_ids):
        """Two people adding the same member must not both pass the overlap check.

        A lock alone would let the second go on with what it saw before; touching the
        row makes PostgreSQL refuse it, and Odoo try it again.
        """
        self.env.execute_query(
            SQL(
                "UPDATE res_users SET id = id WHERE id = ANY(%s) RETURNING id",
                [user_id for user_id in user_ids if user_id],
            )
        )

    def _covers(self, day):
        """Whether this membership holds on ``day``."""
        return (
            bool(self.date_from)
            and self.date_from <= day
            and (not self.date_to or day <= self.date_to)
        )

    def _overlaps(self, other):
        return (
            self.user_id == other.user_id
            and self.company_id == other.company_id
            and (not other.date_to or self.date_from <= other.date_to)
            and (not self.date_to or other.date_from <= self.date_to)
        )

    def _ensure_resources(self):
        """Give every member a resource, so that calendars and absences are Odoo's own.

        HR makes the same records for its employees; an existing one is left alone.
        """
        # sudo: resources are a technical record of the user, which nobody without
        # HR rights could create; name, user, company and calendar only
        Resource = self.env["resource.resource"].sudo()
        known = {
            (resource.user_id.id, resource.company_id.id)
            for resource in Resource.with_context(active_test=False).search(
                [("user_id", "in", self.user_id.ids)]
            )
        }
        vals_list = []
        for member in self:
            key = (member.user_id.id, member.company_id.id)
            if key not in known:
                known.add(key)
                vals_list.append(member._prepare_resource_vals())
        Resource.create(vals_list)

    def _prepare_resource_vals(self):
        branch = self.branch_id
        calendar = branch.resource_calendar_id or branch.company_id.resource_calendar_id
        return {
            "name": self.user_id.name,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
            "resource_type": "user",
            "calendar_id": calendar.id,
            "tz": branch.tz,
        }
