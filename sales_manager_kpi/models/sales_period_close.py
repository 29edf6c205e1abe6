from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .res_company import PLAN_BASIS
from .sales_plan_states import VALID_STATES

COMMERCIAL = "sales_manager_kpi.group_commercial_director"
ADMIN = "sales_manager_kpi.group_admin"


class SalesPeriod(models.Model):
    """Closing a month: open, closing, closed; each step once, however often asked.

    The rows are frozen and the month is marked in one transaction: a server that dies
    leaves it open, or closing with everything kept. What follows goes on from there,
    at the next click or by the cron.
    """

    _inherit = "sales.period"  # pylint: disable=consider-merging-classes-inherited
    # Written by the steps alone.
    _step_fields = frozenset(
        {
            "state",
            "close_uid",
            "close_started_on",
            "closed_on",
            "close_hash",
            "frozen_bases",
            "frozen_count",
            "frozen_new_customers",
            "compared_on",
        }
    )

    close_uid = fields.Many2one(
        comodel_name="res.users",
        string="Closed By",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    close_started_on = fields.Datetime(
        string="Frozen On", readonly=True, copy=False, help="As of when the rows are."
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    close_hash = fields.Char(
        string="Seal",
        readonly=True,
        copy=False,
        help="A hash over the frozen rows. The same rows give the same one.",
    )
    frozen_bases = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )
    frozen_count = fields.Integer(string="Frozen Rows", readonly=True, copy=False)
    compared_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the documents were compared with the frozen rows last.",
    )
    decision_ids = fields.One2many(
        comodel_name="sales.period.decision",
        inverse_name="period_id",
        string="Closed and Reopened",
        readonly=True,
        groups="sales_manager_kpi.group_branch_director",
    )
    is_managed = fields.Boolean(
        compute="_compute_is_managed",
        help="Months before the first managed one are history and are never closed.",
    )

    @api.depends("date_from", "company_id.sales_manager_kpi_first_managed_month")
    def _compute_is_managed(self):
        for period in self:
            # sudo: from which month on a company closes is no secret
            first = period.company_id.sudo().sales_manager_kpi_first_managed_month
            period.is_managed = bool(
                first and period.date_from and period.date_from >= first
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        closed = self.filtered(lambda period: period.state != "open")
        if closed:
            raise UserError(
                self.env._(
                    "%s is closed and stays. Reopen it first.", closed[:1].display_name
                )
            )

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def action_close(self):
        """Close the month, or go on where closing it was interrupted.

        Closing a closed month changes nothing.

        :raise AccessError: for who is not commercial director or administrator
        :raise UserError: where something must be put right first, or somebody else is
            closing the month at this moment
        """
        self.ensure_one()
        self.check_access("read")
        self._check_closer(COMMERCIAL)
        self._close()
        return True

    def _check_closer(self, group):
        if not (self.env.su or self.env.user.has_group(group)):
            raise AccessError(
                self.env._("Only a commercial director closes a month.")
                if group == COMMERCIAL
                else self.env._(
                    "Only an administrator reopens a month or closes it in spite of "
                    "open points."
                )
            )

    def _close_anyway(self, reason):
        """Close in spite of open points, for a reason that stays with the month."""
        self.ensure_one()
        self.check_access("read")
        self._check_closer(ADMIN)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the month is closed all the same."))
        self._close(reason)

    def _close(self, reason=None):
        """Freeze the month if that is not done yet, and do what follows.

        :param reason: why open points do not hinder
        """
        self._take_closing_turn()
        if self.state == "open":
            self._check_closable(reason)
            self._begin_closing(reason)
            self._keep_progress()
            self._take_closing_turn()
        if self.state == "closing":
            self._finish_closing()

    def _take_closing_turn(self):
        """
        :raise UserError: where another transaction is at it
        """
        [[is_ours]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('sales_period'), %s)",
                self.id,
            )
        )
        if not is_ours:
            raise UserError(
                self.env._(
                    "Somebody else is closing or reopening %s right now. "
                    "Look again in a minute.",
                    self.display_name,
                )
            )

    def _begin_closing(self, reason=None):
        """Freeze: all or nothing, in this transaction."""
        # sudo: rows are written by the system; who may close was checked
        Line = self.env["sales.fact.line"].sudo()
        Line._book_late(self.company_id)  # settled in this month, which is open yet
        self.sudo()._before_freeze()  # sudo: as above
        self._step(
            {
                "state": "closing",
                "close_uid": self.env.uid,
                "close_started_on": fields.Datetime.now(),
            }
        )
        # of two closers whose snapshots know no difference, the second fails here and
        # is served again by Odoo
        self.flush_recordset()
        bases = self._bases_to_freeze()
        count = Line._freeze(self, bases)
        self._step(
            {
                "frozen_bases": ",".join(bases),
                "frozen_count": count,
                "frozen_new_customers": self._freeze_new_customers(bases),
                "close_hash": Line._seal(self),
            }
        )
        self._write_down("begin", reason)

    def _finish_closing(self):
        """What follows from the frozen rows; asked again, it goes on."""
        # sudo: the closing of a month is the system's, whoever began it
        self.sudo()._after_close()
        self._step({"state": "closed", "closed_on": fields.Datetime.now()})
        self._write_down("close")

    def _before_freeze(self):
        """What other areas compute of an open month for the last time; in sudo."""
        self.ensure_one()

    def _after_close(self):
        """What other areas do with a month whose rows have just been frozen.

        Called while the month is being closed, in sudo; again where it did not come to
        an end, so what is done already must be left alone.
        """
        self.ensure_one()

    def _bases_to_freeze(self):
        """Bases in use in this month, in the order they are declared in."""
        self.ensure_one()
        # sudo: of everybody's plans
        plans = self.env["sales.plan"].sudo()
        rows = plans._read_group(
            [("period_id", "=", self.id), ("state", "in", VALID_STATES)], ["basis"]
        )
        # sudo: what fills the plans of a company is no secret
        company = self.company_id.sudo()
        used = {
            "invoice",
            company.sales_manager_kpi_plan_basis,
            *(basis for (basis,) in rows),
        }
        return [basis for basis, _label in PLAN_BASIS if basis in used]

    def _keep_progress(self):
        """Commit, so that what was done is not done again after an interruption."""
        if not modules.module.current_test:
            self.env["ir.cron"]._commit_progress()

    def _write_down(self, step, reason=None):
        # sudo: decisions are written by the system alone
        self.env["sales.period.decision"].sudo().create(
            {
                "period_id": self.id,
                "step": step,
                "user_id": self.env.uid,
                "reason": reason,
                "close_hash": self.close_hash,
                "frozen_count": self.frozen_count,
            }
        )

    # ------------------------------------------------------------------
    # Reopening
    # ------------------------------------------------------------------

    def _reopen(self, reason):
        """Make the month live again.

        :raise UserError: without a reason, or where something hinders
        """
        self.ensure_one()
        self.check_access("read")
        self._check_closer(ADMIN)
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the month is reopened."))
        self._take_closing_turn()
        if self.state == "open":
            return
        blockers = self._reopen_blockers()
        if blockers:
            raise UserError("\n".join(blockers))
        self._write_down("reopen", reason)
        self._step(
            {
                "state": "open",
                "close_uid": False,
                "close_started_on": False,
                "closed_on": False,
                "close_hash": False,
                "frozen_bases": False,
                "frozen_count": 0,
                "frozen_new_customers": False,
                "compared_on": False,
            }
        )
        self.flush_recordset()
        # sudo: rows are taken away by the system alone
        self.env["sales.fact.line"].sudo()._unfreeze(self)

    def _reopen_blockers(self):
        """Why the month cannot be reopened: messages, none if it can."""
        self.ensure_one()
        # sudo: a later month hinders whoever asks
        later = self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", ">", self.date_from),
                ("state", "!=", "open"),
            ],
            order="date_from desc",
            limit=1,
        )
        if not later:
            return []
        return [
            self.env._("Months are reopened from the last: begin with %s.", later.name)
        ]

    # ------------------------------------------------------------------
    # Months beside this one
    # ------------------------------------------------------------------

    @api.model
    def _closed_months(self, company):
        """Months of ``company`` whose rows are frozen, oldest first."""
        return self.search(
            [("company_id", "=", company.id), ("state", "!=", "open")],
            order="date_from",
        )

    @api.model
    def _first_open(self, company):
        """The first managed month of ``company`` whose rows are not frozen.

        :return: the month, made if there is none; empty where no month is managed
        """
        # sudo: the same for whoever asks
        Period = self.sudo()
        closed = Period._closed_months(company)[-1:]
        if closed:
            first = closed.date_from + relativedelta(months=1)
        else:
            # sudo: from which month on a company closes is no secret
            first = company.sudo().sales_manager_kpi_first_managed_month
        return Period._for_date(company, first) if first else Period

    @api.model
    def _months_between(self, company, first, last):
        """Months of ``company`` that begin from ``first`` to ``last``, made if needed.

        :param first: the first day of a month
        """
        months = [first]
        while months[-1] + relativedelta(months=1) <= last:
            months.append(months[-1] + relativedelta(months=1))
        return self._for_months(company, months) if first <= last else self.browse()

    # ------------------------------------------------------------------
    # Where the facts of a month are
    # ------------------------------------------------------------------

    def _facts_source(self, basis="invoice"):
        """Model and domain of the month's facts: frozen once closed, else live.

        A basis that was not in use when the month was closed is live all the same.

        :return: ``(model, domain)``; both models have the same fields, and the domain
            leaves out neither whom they count for nor whether they do
        """
        self.ensure_one()
        if self._is_frozen(basis):
            return self.env["sales.fact.line"], [
                ("period_id", "=", self.id),
                ("kind", "=", "frozen"),
                ("basis", "=", basis),
            ]
        return self.env["sales.fact.report"], [
            ("company_id", "=", self.company_id.id),
            ("basis", "=", basis),
            ("date", ">=", fields.Date.to_string(self.date_from)),
            ("date", "<=", fields.Date.to_string(self.date_to)),
        ]

    def _is_frozen(self, basis="invoice"):
        return self.state != "open" and basis in (self.frozen_bases or "").split(",")

    # ------------------------------------------------------------------
    # Every hour, every night
    # ------------------------------------------------------------------

    @api.model
    def _cron_go_on(self):
        """Go on with the months whose closing was interrupted."""
        periods = self.search([("state", "=", "closing")], order="date_from")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(periods))
        for period in periods:
            period._close()
            if not Cron._commit_progress(1):
                break

    @api.model
    def _cron_book_late(self):
        """Compare the closed months with their documents, company by company."""
        rows = self._read_group([("state", "!=", "open")], ["company_id"])
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(rows))
        for (company,) in rows:
            self.env["sales.fact.line"]._book_late(company)
            if not Cron._commit_progress(1):
                break
