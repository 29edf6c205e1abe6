from contextlib import contextmanager
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.pay_month import month_salary
from .bonus_statement import FIXED

FIGURES = {"user_id", "company_id", "date_from", "date_to", "amount"}


class BonusSalary(models.Model):
    """What somebody is paid a month whatever they sell, from a day on.

    A row holds until the next one begins, or until its own last day. Narrower than all
    else of pay: the person and those who approve pay read it, what changed in it as
    well, and no statement keeps a copy.
    """

    _name = "bonus.salary"
    _description = "Salary"
    _inherit = ["bonus.private.mixin", "sales.export.logged.mixin"]
    _order = "user_id, date_from desc, id desc"
    _check_company_auto = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        tracking=True,
    )
    date_to = fields.Date(
        string="Last Day",
        tracking=True,
        help="Of somebody who leaves. Empty: until the next salary begins.",
    )
    amount = fields.Monetary(
        string="Per Month",
        required=True,
        aggregator=None,
        tracking=True,
        help="Of a whole month, in company currency; a part of a month by calendar "
        "days.",
    )
    note = fields.Char()

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "A salary is 0 or more."
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A salary ends after it begins. Correct its dates.",
    )

    @api.depends("user_id", "date_from")
    def _compute_display_name(self):
        for salary in self:
            salary.display_name = f"{salary.user_id.name} · {salary.date_from or ''}"

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        users = self.env["res.users"].browse(
            {vals["user_id"] for vals in vals_list if vals.get("user_id")}
        )
        with self._locked_months_kept(users):
            salaries = super().create(vals_list)
            salaries._check_not_own()
        return salaries

    def write(self, vals):
        if FIGURES.isdisjoint(vals):
            return super().write(vals)
        self._check_not_own()
        users = self.user_id | self.env["res.users"].browse(vals.get("user_id") or [])
        with self._locked_months_kept(users):
            result = super().write(vals)
            self._check_not_own()
        self.check_access("write")  # also of the company it was moved to
        return result

    def unlink(self):
        self._check_not_own()
        with self._locked_months_kept(self.user_id):
            return super().unlink()

    def _check_not_own(self):
        """
        :raise AccessError: for the own salary, and of whom one stands in for
        """
        if self.env.su:
            return
        for salary in self:
            if salary._is_own_matter(self.env.user):
                raise AccessError(
                    self.env._(
                        "Nobody sets their own salary, nor that of whom they stand in "
                        "for. Ask another approver of pay."
                    )
                )

    @contextmanager
    def _locked_months_kept(self, users):
        """
        :raise UserError: where the salary of a month would change that is approved
        """
        # sudo: a statement the writer does not see is locked all the same
        statements = (
            self.env["bonus.statement"]
            .sudo()
            .search([("user_id", "in", users.ids), ("state", "in", FIXED)])
        )
        before = self.sudo()._of_statements(statements)  # sudo: as above
        yield
        # sudo: as above
        after = self.sudo()._of_statements(statements)
        for statement in statements:
            if before[statement.id] != after[statement.id]:
                raise UserError(
                    self.env._(
                        "%(statement)s was approved with another salary. Begin the new "
                        "one in a later month, or take the statement back.",
                        statement=statement.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _of_statements(self, statements):
        """``{statement id: salary of its month}``, in one query; None where none is.

        With the rights of who reads.
        """
        self.env.flush_all()
        rows = {}
        if statements:
            found = self.search(
                [
                    ("user_id", "in", statements.user_id.ids),
                    ("company_id", "in", statements.company_id.ids),
                    ("state", "=", "approved"),
                ]
            )
            for salary in found:
                key = salary.user_id.id, salary.company_id.id
                rows.setdefault(key, []).append(
                    (salary.date_from, salary.date_to, Decimal(str(salary.amount)))
                )
        return {
            statement.id: statement._month_salary(
                rows.get((statement.user_id.id, statement.company_id.id))
            )
            for statement in statements
        }


class BonusStatement(models.Model):
    """A statement shows the salary of its month to who may read it."""

    # The salary has a file of its own.
    _inherit = "bonus.statement"  # pylint: disable=consider-merging-classes-inherited

    salary = fields.Monetary(
        compute="_compute_salary",
        compute_sudo=False,
        help="Of the month, from the salaries; it is not kept on the statement.",
    )
    has_salary = fields.Boolean(compute="_compute_salary", compute_sudo=False)
    payable_with_salary = fields.Monetary(
        string="To Pay with Salary", compute="_compute_salary", compute_sudo=False
    )

    @api.depends("user_id", "company_id", "period_id", "payable")
    @api.depends_context("uid")
    def _compute_salary(self):
        Salary = self.env["bonus.salary"]
        readable = Salary.has_access("read")
        amounts = Salary._of_statements(self) if readable else {}
        for statement in self:
            amount = amounts.get(statement.id)
            statement.has_salary = amount is not None
            statement.salary = float(amount or 0)
            statement.payable_with_salary = float(amount or 0) + statement.payable

    def _month_salary(self, rows):
        if not rows:
            return None
        step = Decimal(str(self.currency_id.rounding))
        return month_salary(rows, self.date_from, self.period_id.date_to, step)
