from odoo import Command

from ..evaluation.common import EvaluationCommon
from ..kept import kept

PAY = "base.group_user,sales_manager_kpi.group_pay"


@kept
class PayCommon(EvaluationCommon):
    """The running month of the common company, and somebody who approves pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paymaster = cls.make_user("paymaster", PAY)
        cls.Run = cls.env["bonus.run"]
        # one person is enough here; two have a test of their own
        cls.company.sales_manager_kpi_scheme_four_eyes = False

    @classmethod
    def make_scheme(cls, *components, activate=True, **values):
        """A scheme of ``components``, dicts of which kind and code may be left out."""
        scheme = (
            cls.env["bonus.scheme"]
            .with_user(cls.paymaster)
            .create(
                {
                    "name": "Managers",
                    "code": "managers",
                    "company_id": cls.company.id,
                    "date_from": cls.period.date_from,
                    "component_ids": [
                        Command.create(cls.component_vals(place, **component))
                        for place, component in enumerate(components)
                    ],
                    **values,
                }
            )
        )
        if activate:
            scheme.action_activate()
        return scheme

    @classmethod
    def component_vals(cls, place=0, tiers=(), decays=(), **values):
        pays = values.get("tier_pays", "rate")
        return {
            "sequence": place,
            "code": values.get("kind", "own_deals"),
            "name": values.get("kind", "own_deals").replace("_", " ").capitalize(),
            "tier_ids": [
                Command.create({"start": start, pays: value}) for start, value in tiers
            ],
            "decay_ids": [
                Command.create({"days_late": days, "kept_percent": kept})
                for days, kept in decays
            ],
            **values,
        }

    @classmethod
    def pay(cls, users=None, **values):
        """``{user: {code: amount}}`` of the running month."""
        cls.env.flush_all()
        results = cls.Run._compute(cls.period, users, **values)
        return {
            cls.env["res.users"].browse(user_id): {
                line["code"]: float(line["amount"]) for line in result.lines
            }
            for user_id, result in results.items()
        }

    @classmethod
    def result(cls, user):
        cls.env.flush_all()
        return cls.Run._compute(cls.period, user).get(user.id)
