from odoo import fields
from odoo.fields import Command

from ..common import OrganisationCommon, SalesManagementCommon
from ..kept import kept

STEPS = (
    ("Circle", "hand", None),
    ("Offer", "quotation", None),
    ("Dialogue", "call", "Circle"),
    ("Meeting", "meeting", "Dialogue"),
    ("Samples", "loan", "Meeting"),
    ("Order", "order", "Dialogue"),
    ("Contract", "contract", "Order"),
    ("Communication", "call", "Contract"),
)


class PlaybookWorld:
    """An active playbook of eight steps, and a lead of manager A."""

    @classmethod
    def _make_playbook(cls):
        cls.playbook = cls.make_playbook("Test steps", STEPS)
        cls.steps = {step.name: step for step in cls.playbook.step_ids}
        cls.stages = cls.env["crm.stage"].search([("is_won", "=", False)])
        cls.steps["Dialogue"].stage_id = cls.stages[1]
        cls.check = cls.env["sales.playbook.check"].create(
            {
                "step_id": cls.steps["Circle"].id,
                "name": "Who decides",
                "is_required": True,
            }
        )
        cls.lead = cls.make_lead("Lead A", cls.manager_a, partner_id=cls.customer.id)

    @classmethod
    def make_playbook(cls, name, rows, **values):
        playbook = cls.env["sales.playbook"].create(
            {
                "name": name,
                "active": False,
                "company_id": cls.company.id,
                "step_ids": [
                    Command.create({"name": row[0], "proof": row[1], "sequence": n})
                    for n, row in enumerate(rows)
                ],
                **values,
            }
        )
        by_name = {step.name: step for step in playbook.step_ids}
        for step_name, __, before in rows:
            if before:
                by_name[step_name].prerequisite_ids = by_name[before]
        playbook.active = True
        return playbook

    @classmethod
    def make_lead(cls, name, user=None, **values):
        lead = cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "user_id": user.id if user else False,
                "company_id": cls.company.id,
                "team_id": False,
                **values,
            }
        )
        return cls.made_now(lead)

    @classmethod
    def made_now(cls, leads):
        """The transaction has a clock of its own: leads are made when it is stopped."""
        cls.env.flush_all()
        now = fields.Datetime.now()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id IN %s",
            (now, now, tuple(leads.ids)),
        )
        leads.invalidate_recordset(["create_date", "date_open"])
        return leads

    @classmethod
    def say(cls, kind="call", customer=None, user=None, **values):
        return cls.env["customer.contact"]._log(
            [
                {
                    "partner_id": (customer or cls.customer).id,
                    "company_id": cls.company.id,
                    "user_id": (user or cls.manager_a).id,
                    "kind": kind,
                    "at": fields.Datetime.now(),
                    **values,
                }
            ]
        )

    @classmethod
    def tick(cls, lead, name, user=None, note="Done so", at=None):
        wizard = (
            cls.env["sales.playbook.tick"]
            .with_user(user or cls.manager_a)
            .create(
                {
                    "lead_id": lead.id,
                    "step_id": cls.steps[name].id,
                    "note": note,
                    **({"at": at} if at else {}),
                }
            )
        )
        return wizard.action_confirm()

    def done(self, lead=None):
        """Names of the steps that are done."""
        lead = lead or self.lead
        lead.invalidate_recordset()
        return [mark.step_id.name for mark in lead.playbook_mark_ids.sorted("id")]


@kept
class PlaybookCommon(PlaybookWorld, OrganisationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_playbook()


@kept
class PlaybookSalesCommon(PlaybookWorld, SalesManagementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_playbook()
