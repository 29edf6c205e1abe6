import json
from datetime import timedelta

from odoo import fields

from ..common import MANAGER
from ..control.common import ControlCommon
from ..customer_base.common import CustomerBaseWorld
from ..kept import kept


@kept
class MyDayCommon(CustomerBaseWorld, ControlCommon):
    """A manager whose day holds something of most kinds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_base()
        cls.put_in_class(cls.customer)
        cls.rival = cls.make_customer("Rival", cls.manager_b)
        cls.today = cls.branch._local_today()
        cls.deputy = cls.make_user("deputy", MANAGER)
        cls.env["sales.branch.member"].create(
            {
                "branch_id": cls.branch.id,
                "user_id": cls.deputy.id,
                "date_from": "2020-01-01",
            }
        )

    # ------------------------------------------------------------------ world

    @classmethod
    def make_due(cls, customer=None, days=0):
        """A contact that is due, or was so many days ago."""
        if not cls.figure(customer):
            cls.night()
        day = fields.Date.subtract(cls.today, days=days)
        figure = cls.figure(customer)
        figure.next_contact_on = day
        cls.env["customer.contact.due"].sudo().search(
            [("figure_id", "=", figure.id), ("ended_on", "=", False)]
        ).write({"due_on": day, "asked_from": fields.Date.subtract(day, days=10)})
        cls.env.flush_all()
        return figure

    @classmethod
    def make_activity(cls, record=None, user=None, days=0, **values):
        return (record or cls.customer).activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=fields.Date.add(cls.today, days=days),
            user_id=(user or cls.manager_a).id,
            **{"summary": "Ask for the hotel", **values},
        )

    @classmethod
    def make_meeting(cls, start, minutes=60, user=None, **values):
        user = user or cls.manager_a
        return (
            cls.env["calendar.event"]
            .with_user(user)
            .create(
                {
                    "name": "Visit",
                    "start": start,
                    "stop": start + timedelta(minutes=minutes),
                    "partner_ids": [fields.Command.set(user.partner_id.ids)],
                    **values,
                }
            )
        )

    @classmethod
    def stand_in(cls, deputy=None, principal=None, **values):
        row = (
            cls.env["sales.substitution"]
            .with_user(cls.director)
            .create(
                {
                    "principal_id": (principal or cls.manager_a).id,
                    "deputy_id": (deputy or cls.deputy).id,
                    "date_from": cls.today,
                    "date_to": fields.Date.add(cls.today, days=3),
                    **values,
                }
            )
        )
        row.action_appoint()
        return row

    # --------------------------------------------------------------- what is asked

    def day_of(self, user, companies=None):
        companies = companies or self.company
        return (
            self.env["sales.my.day"]
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids)
        )

    def items(self, user=None, source=None, day=None, companies=None):
        """Items of a user, as the client gets them."""
        data = self.day_of(user or self.manager_a, companies).get_data(day)
        json.dumps(data)
        return [i for i in data["items"] if not source or i["source"] == source]

    def act(self, action, item, user=None, on=None, **values):
        """As the client does with an item of the day ``on``; of today if none."""
        return self.day_of(user or self.manager_a).act(
            action, item["source"], item["res_id"], values, on
        )
