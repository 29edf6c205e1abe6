from odoo import fields

from ..common import OrganisationCommon, SalesManagementCommon
from ..kept import kept


class CustomerBaseWorld:
    """Classes with a cadence, and what the nightly job leaves behind."""

    @classmethod
    def _make_base(cls):
        cls.a_class = cls.env["customer.class"].create(
            {
                "code": "A",
                "name": "Large",
                "company_id": cls.company.id,
                "contact_every_days": 10,
            }
        )

    @classmethod
    def put_in_class(cls, customer, day="2024-01-01", customer_class=None):
        return cls.env["customer.class.member"].create(
            {
                "partner_id": customer.id,
                "company_id": cls.company.id,
                "class_id": (customer_class or cls.a_class).id,
                "date_from": day,
            }
        )

    @classmethod
    def night(cls):
        """What the nightly job does, without committing."""
        cls.env["customer.figure"]._refresh_company(cls.company)
        cls.env.flush_all()

    @classmethod
    def figure(cls, customer=None, company=None):
        return (
            cls.env["customer.figure"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", (customer or cls.customer).id),
                    ("company_id", "=", (company or cls.company).id),
                ]
            )
        )

    @classmethod
    def log(cls, customer=None, kind="call", at=None, user=None, **values):
        return cls.env["customer.contact"]._log(
            [
                {
                    "partner_id": (customer or cls.customer).id,
                    "company_id": cls.company.id,
                    "user_id": (user or cls.manager_a).id,
                    "kind": kind,
                    "at": at or fields.Datetime.now(),
                    **values,
                }
            ]
        )


@kept
class BaseCommon(CustomerBaseWorld, OrganisationCommon):
    """The customer base without documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_base()


@kept
class BaseSalesCommon(CustomerBaseWorld, SalesManagementCommon):
    """The customer base with orders and invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_base()
