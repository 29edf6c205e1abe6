from datetime import datetime, timedelta

from freezegun import freeze_time

from ..common import OrganisationCommon


class GapWorld:
    """Nine to five, Monday to Friday, in Amsterdam; gaps count from January 2026."""

    @classmethod
    def _make_gap_world(cls):
        cls.env.user.tz = "UTC"
        calendar = (
            cls.env["resource.calendar"]
            .sudo()
            .create(
                {
                    "name": "Nine to five",
                    "company_id": cls.company.id,
                    "tz": "Europe/Amsterdam",
                    "attendance_ids": [
                        (
                            0,
                            0,
                            {"name": d, "dayofweek": d, "hour_from": 9, "hour_to": 17},
                        )
                        for d in "01234"
                    ],
                }
            )
        )
        cls.calendar = calendar
        (cls.branch | cls.other_branch).resource_calendar_id = calendar
        cls.company.sales_manager_kpi_gaps_from = "2026-01-01"
        cls.customer.customer_assignment_ids.date_from = "2020-01-01"
        cls.Gap = cls.env["service.gap"].sudo()
        cls.Sweep = cls.env["service.gap.sweep"].sudo()

    @classmethod
    def sweep(cls, moment):
        """Let the job run at ``moment`` (UTC), and give all gaps of the company."""
        with freeze_time(moment):
            list(cls.Sweep._sweep(cls.company))
            cls.env.flush_all()
        return cls.Gap.search([("company_id", "=", cls.company.id)], order="id")

    @classmethod
    def make_activity(cls, record, day, user=None):
        return cls.env["mail.activity"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": cls.env.ref("mail.mail_activity_data_todo").id,
                "summary": "Call back",
                "date_deadline": day,
                "user_id": (user or cls.manager_a).id,
            }
        )

    @classmethod
    def hear(cls, record, moment, author=None, **values):
        """A message on ``record``, of its customer unless said otherwise."""
        partner = author or record.commercial_partner_id
        message = record.message_post(
            body="Where is it?",
            author_id=partner.id,
            message_type=values.pop("message_type", "email"),
            subtype_xmlid=values.pop("subtype_xmlid", "mail.mt_comment"),
            **values,
        )
        message.date = moment
        return message

    @classmethod
    def answer(cls, record, moment, user=None, **values):
        author = (user or cls.manager_a).partner_id
        return cls.hear(record, moment, author, message_type="comment", **values)

    @classmethod
    def make_absence(cls, user, start, stop):
        Resource = cls.env["resource.resource"].sudo()
        resource = Resource.search([("user_id", "=", user.id)])
        return resource.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "resource_id": resource.id,
                "calendar_id": False,
                "company_id": cls.company.id,
                "date_from": start,
                "date_to": stop,
            }
        )

    @classmethod
    def make_substitution(cls, principal, deputy, first, last, **values):
        with freeze_time(datetime.fromisoformat(first) - timedelta(days=1)):
            row = (
                cls.env["sales.substitution"]
                .with_user(cls.director)
                .create(
                    {
                        "principal_id": principal.id,
                        "deputy_id": deputy.id,
                        "date_from": first,
                        "date_to": last,
                        **values,
                    }
                )
            )
            row.action_appoint()
        return row.sudo()


class GapCommon(GapWorld, OrganisationCommon):
    """Service gaps without accounting: quick, for what needs no documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_gap_world()
