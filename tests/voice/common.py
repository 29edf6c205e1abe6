from datetime import timedelta

from ..common import OrganisationCommon
from ..kept import kept


class VoiceWorld:
    """What is proposed, decided and asked for."""

    @classmethod
    def propose(cls, user=None, submit=True, **values):
        proposal = (
            cls.env["sales.proposal"]
            .with_user(user or cls.manager_a)
            .create(
                {
                    "subject": "Rolls by number",
                    "description": "Faster to find",
                    **values,
                }
            )
        )
        if submit:
            proposal.action_submit()
        return proposal

    @classmethod
    def give(cls, head=None, user=None, **values):
        return (
            cls.env["sales.assignment"]
            .with_user(head or cls.director)
            .create(
                {
                    "subject": "Call lost customers",
                    "user_id": (user or cls.manager_a).id,
                    **values,
                }
            )
        )

    @classmethod
    def write_decision(cls, user=None, show=True, **values):
        decision = (
            cls.env["sales.draft.decision"]
            .with_user(user or cls.director)
            .create(
                {
                    "name": "Opening hours",
                    "body": "<p>We open at eight.</p>",
                    "branch_ids": cls.branch.ids,
                    "comment_until": cls.today,
                    **values,
                }
            )
        )
        if show:
            decision.action_open()
        return decision

    def answer(self, user, step, note=None, **documents):
        """Answer as the dialog of a button does."""
        [(name, record)] = documents.items()
        return (
            self.env["sales.voice.answer"]
            .with_user(user)
            .create({name: record.id, "step": step, "note": note})
            .action_confirm()
        )

    @classmethod
    def appoint(cls, principal, deputy, director, **values):
        """``deputy`` stands in for ``principal`` from now."""
        row = (
            cls.env["sales.substitution"]
            .with_user(director)
            .create(
                {
                    "principal_id": principal.id,
                    "deputy_id": deputy.id,
                    "date_from": cls.today,
                    "date_to": cls.today + timedelta(days=30),
                    **values,
                }
            )
        )
        row.action_appoint()
        return row


@kept
class VoiceCommon(VoiceWorld, OrganisationCommon):
    """Utrecht with a and c under the director, Hamburg with b under another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_c = cls.make_user("manager_c", "sales_manager_kpi.group_manager")
        cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.branch.id,
                "user_id": cls.manager_c.id,
                "date_from": "2020-01-01",
            }
        )
        cls.payer = cls.make_user("payer", "sales_manager_kpi.group_pay")
        cls.today = cls.env["sales.branch"]._company_local_date(cls.company)
        cls.period = cls.env["sales.period"]._for_date(cls.company, cls.today)
