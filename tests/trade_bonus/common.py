from odoo import Command

from ..common import OrganisationWorld

TIERS = ((5000, 2), (20000, 4))


class TradeBonusWorld(OrganisationWorld):
    """Agreements and norms of the world of ``cls.company``."""

    @classmethod
    def _make_world(cls):
        super()._make_world()
        cls.bonus_product = cls.env["product.product"].create(
            {"name": "Bonus", "type": "service", "taxes_id": [Command.clear()]}
        )

    @classmethod
    def prepare_term(cls, *tiers, **values):
        return {
            "name": "Volume",
            "method": "whole",
            "tier_ids": [
                Command.create({"start": start, "rate": rate})
                for start, rate in tiers or TIERS
            ],
            **values,
        }

    @classmethod
    def make_agreement(cls, *terms, user=None, partners=None, **values):
        """A draft of ``user``, the manager of the customer, for 2026."""
        user = user or cls.manager_a
        return (
            cls.env["trade.bonus.agreement"]
            .with_user(user)
            .create(
                {
                    "name": "Bonus 2026",
                    "company_id": cls.company.id,
                    "currency_id": cls.company.currency_id.id,
                    "partner_ids": [Command.set((partners or cls.customer).ids)],
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "product_id": cls.bonus_product.id,
                    "contract": b"Y29udHJhY3Q=",
                    "contract_name": "contract.pdf",
                    "term_ids": [
                        Command.create(term) for term in terms or [cls.prepare_term()]
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def make_active(cls, *terms, **values):
        """The same in force, submitted and approved by two people."""
        agreement = cls.make_agreement(*terms, **values)
        agreement.action_submit()
        if agreement.state == "to_approve":
            agreement.with_user(cls.commercial).action_approve()
        return agreement

    @classmethod
    def make_norms(cls, *lines):
        """An active policy of these bonus norms, ``(role, values)``."""
        policy = cls.env["discount.policy"].create(
            {
                "name": "Norms",
                "company_id": cls.company.id,
                "date_from": "2020-01-01",
                "line_ids": [
                    Command.create(
                        {
                            "role": role,
                            "limit_line": False,
                            "limit_bonus": True,
                            **values,
                        }
                    )
                    for role, values in lines
                ],
            }
        )
        policy.with_user(cls.commercial).action_submit()
        policy.with_user(cls.admin).action_activate()
        return policy
