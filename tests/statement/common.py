from odoo import Command

from odoo.addons.mail.tests.common import MailCase

from ..closing.common import ClosingCommon
from ..kept import kept

PAY = "sales_manager_kpi.group_pay"
USER = "base.group_user"


@kept
class StatementCommon(ClosingCommon, MailCase):
    """January 2026: 2 % of own deals, and two who approve pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payer = cls.make_user("payer", f"{USER},{PAY}")
        # one person is enough here; two have a test of their own
        cls.company.sales_manager_kpi_scheme_four_eyes = False
        cls.payer_2 = cls.make_user("payer_2", f"{USER},{PAY}")
        cls.scheme = (
            cls.env["bonus.scheme"]
            .with_user(cls.payer)
            .create(
                {
                    "name": "Managers",
                    "code": "managers",
                    "company_id": cls.company.id,
                    "date_from": "2026-01-01",
                    "component_ids": [
                        Command.create(
                            {
                                "name": "Own deals",
                                "code": "deals",
                                "kind": "own_deals",
                                "rate_percent": 2.0,
                            }
                        )
                    ],
                }
            )
        )
        cls.scheme.action_activate()
        cls.Statement = cls.env["bonus.statement"].sudo()
        cls.reason = cls.env.ref("sales_manager_kpi.bonus_adjustment_reason_missing")

    @classmethod
    def close_month(cls, period):
        """Close it whatever is open, as an administrator may with a reason."""
        period.sudo()._close("test")
        period.invalidate_recordset()

    @classmethod
    def planned(cls, user, target, period=None):
        """A plan that holds, of a month that is over: nobody approves that by hand."""
        plan = cls.env["sales.plan"].create(
            {
                "user_id": user.id,
                "period_id": (period or cls.january).id,
                "line_ids": [
                    Command.create({"dimension": "total", "target_amount": target})
                ],
            }
        )
        plan._as_system().write({"state": "approved"})
        return plan

    @classmethod
    def statement(cls, user, period=None):
        return cls.Statement.search(
            [
                ("user_id", "=", user.id),
                ("period_id", "=", (period or cls.january).id),
                ("state", "!=", "reversed"),
            ]
        )

    @classmethod
    def sent(cls, user=None, period=None):
        """The statement of the closed month, shown to its person."""
        statement = cls.statement(user or cls.manager_a, period)
        statement.with_user(cls.payer).action_send()
        return statement

    @classmethod
    def locked(cls, user=None, period=None):
        statement = cls.sent(user, period)
        payer = statement.with_user(cls.payer)
        payer.action_approve()
        payer.action_lock()
        return statement

    @classmethod
    def adjustment(cls, amount, user=None, approve=True, **values):
        row = (
            cls.env["bonus.adjustment"]
            .with_user(cls.payer)
            .create(
                {
                    "user_id": (user or cls.manager_a).id,
                    "company_id": cls.company.id,
                    "amount": amount,
                    "reason_id": cls.reason.id,
                    "note": "As agreed",
                    "attachment_ids": [
                        Command.create({"name": "mail.txt", "raw": b"We agreed."})
                    ],
                    **values,
                }
            )
        )
        row.action_request()
        if approve:
            row.with_user(cls.payer_2).action_approve()
        return row

    @classmethod
    def dispute(cls, source, user=None, **values):
        """Opened as the form does: with the defaults of the button."""
        user = user or cls.manager_a
        context = source.with_user(user).action_dispute()["context"]
        return (
            cls.env["evaluation.dispute"]
            .with_user(user)
            .with_context(**context)
            .create({"description": "One deal is missing", **values})
        )
