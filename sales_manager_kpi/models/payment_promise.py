from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

FOLLOW_UP = "sales_manager_kpi.mail_activity_type_payment_promise"
TYPED = {"partner_id", "order_id", "amount", "currency_id", "promised_on", "note"}
TYPED |= {"company_id", "user_id"}


class PaymentPromise(models.Model):
    """The customer said: so much, on that day. Payments judge it.

    What was promised is not changed afterwards: a new promise is a new row, after the
    old one was withdrawn.
    """

    _name = "payment.promise"
    _description = "Promise to Pay"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherit += ["steps.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "promised_on desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        help="The company of the customer.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('state', '=', 'sale'),"
        " ('partner_id.commercial_partner_id', '=', partner_id)]",
        help="Empty: whatever the customer owes.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        index=True,
        default=lambda self: self.env.user,
        help="Who sees to it that the money comes.",
    )
    acting_for_id = fields.Many2one(comodel_name="res.users", readonly=True)
    branch_id = fields.Many2one(
        comodel_name="sales.branch", readonly=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, tracking=True)
    made_on = fields.Date(string="Promised On", readonly=True)
    promised_on = fields.Date(string="To Be Paid On", required=True, tracking=True)
    note = fields.Char(help="Who promised it, and what was said.")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="open",
        readonly=True,
        index=True,
        tracking=True,
    )
    paid_amount = fields.Monetary(
        string="Paid in Time",
        readonly=True,
        help="Money received from the day of the promise up to the promised day.",
    )
    judged_on = fields.Date(readonly=True)

    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id, COALESCE(order_id, 0)) WHERE state = 'open'",
        "There is an open promise already. Withdraw it before you write another one.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "Write down how much was promised: more than 0."
    )

    @api.model
    def _typed_fields(self):
        return TYPED

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        for promise in promises.sudo():  # sudo: stamps are the system's
            promise.write(promise._prepare_stamp())
        promises._check_day()
        promises._schedule_follow_up()
        return promises

    def write(self, vals):
        if not self.env.su and not (TYPED - {"note", "user_id"}).isdisjoint(vals):
            raise UserError(
                self.env._(
                    "What the customer promised stays as it was said. Withdraw the "
                    "promise and write a new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_judged(self):
        if any(promise.state in ("kept", "broken") for promise in self):
            raise UserError(self.env._("A promise that was judged stays."))

    def _prepare_stamp(self):
        user = self.user_id
        branches = self.env["sales.branch"]._branch_by_user(
            user, self.company_id, self._today()
        )
        branch = branches.get(user.id)
        return {
            "partner_id": self.partner_id.commercial_partner_id.id,
            "made_on": self._today(),
            "acting_for_id": self.sudo(False)._acted_for().id,
            "branch_id": branch.id if branch else False,
        }

    def _today(self):
        return self.env["sales.branch"]._company_local_date(self.company_id)

    def _check_day(self):
        for promise in self:
            if promise.promised_on < promise._today():
                raise ValidationError(
                    self.env._(
                        "%s is over. Write down the day on which the customer pays.",
                        tools.format_date(self.env, promise.promised_on),
                    )
                )

    def _schedule_follow_up(self):
        """The manager looks on the first working day on or after the promised one."""
        for promise in self.filtered("user_id"):
            promise.activity_schedule(
                FOLLOW_UP,
                date_deadline=promise._follow_up_day(),
                user_id=promise.user_id.id,
                note=self.env._(
                    "%(customer)s promised to pay %(amount)s.",
                    customer=promise.partner_id.display_name,
                    amount=tools.format_amount(
                        self.env, promise.amount, promise.currency_id
                    ),
                ),
            )

    def _follow_up_day(self):
        day, last = self.promised_on, self.promised_on + timedelta(days=30)
        days = self.env["sales.working.days"]._of(
            self.user_id, self.company_id, day, last
        )[self.user_id.id]
        worked = [one for one, part in days.present.items() if part and one >= day]
        return min(worked, default=day)

    def action_withdraw(self):
        """The customer takes it back, or says another day."""
        self.check_access("write")
        if any(promise.state != "open" for promise in self):
            raise UserError(self.env._("Only an open promise can be withdrawn."))
        self._close("withdrawn")

    def _close(self, state):
        for promise in self.sudo():  # sudo: steps are the system's
            promise.write({"state": state, "judged_on": promise._today()})
        self.sudo().activity_unlink([FOLLOW_UP])  # sudo: as above
