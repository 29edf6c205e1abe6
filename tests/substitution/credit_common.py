from datetime import timedelta

from odoo import fields

from ..common import MANAGER, SalesManagementCommon


class CreditCommon(SalesManagementCommon):
    """Manager A is absent and has a deputy, who works in another branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls.manager_b
        cls.third = cls.make_user("third", MANAGER)

    @classmethod
    def appointed(cls, policy="deputy", start=-1, stop=24, **values):
        """A substitution in force from ``start`` to ``stop``, in hours from now."""
        now = fields.Datetime.now()
        start_at, stop_at = now + timedelta(hours=start), now + timedelta(hours=stop)
        return (
            cls.env["sales.substitution"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "principal_id": cls.manager_a.id,
                    "deputy_id": cls.deputy.id,
                    "date_from": start_at.date(),
                    "date_to": max(stop_at.date(), start_at.date()),
                    "decision": "appointed",
                    "start_at": start_at,
                    "stop_at": stop_at,
                    "credit_policy": policy,
                    "duty_fee_amount": 50 if policy == "duty_fee" else 0,
                    **values,
                }
            )
        )

    @classmethod
    def quotation(cls, **values):
        return cls.make_order(confirm=False, **values)

    @classmethod
    def made_before(cls, document, **delta):
        """``document`` as if it had been created that long ago."""
        document.flush_recordset()
        made = fields.Datetime.now() - timedelta(**delta)
        cls.env.cr.execute(
            f"UPDATE {document._table} SET create_date = %s WHERE id IN %s",
            (made, tuple(document.ids)),
        )
        document.invalidate_recordset(["create_date"])

    def credit_of(self, document):
        """``{user: basis points}`` of a document."""
        return {user: bp for user, _branch, bp in document._credit_shares()}
