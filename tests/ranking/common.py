from datetime import timedelta

from odoo import Command, fields

from ..evaluation.common import EvaluationCommon
from ..kept import kept


@kept
class RankingCommon(EvaluationCommon):
    """Utrecht: a (400 of 1000, 200 a year ago), c and d; Hamburg: b (400 of 500)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Ranking = cls.env["sales.ranking"]
        cls.manager_c = cls.make_user("manager_c", "sales_manager_kpi.group_manager")
        cls.manager_d = cls.make_user("manager_d", "sales_manager_kpi.group_manager")
        cls.branch.member_ids = [
            Command.create({"user_id": user.id, "date_from": "2020-01-01"})
            for user in (cls.manager_c, cls.manager_d)
        ]
        cls.third_customer = cls.make_customer("Customer C", cls.manager_c)
        cls.year_ago = fields.Date.subtract(cls.today.replace(day=1), years=1)
        cls.last_month = cls.today.replace(day=1) - timedelta(days=1)
        cls.env["customer.assignment"].search([]).date_from = "2020-01-01"
        cls.make_plan(cls.manager_a, 1000)
        cls.make_plan(cls.manager_b, 500)
        cls.make_invoice(cls.my_customer, 400, cls.today)
        cls.make_invoice(cls.my_customer, 200, cls.year_ago)
        cls.make_invoice(cls.other_customer, 400, cls.today)
        cls.make_invoice(cls.third_customer, 100, cls.today)
        cls.make_invoice(cls.third_customer, 100, cls.year_ago)
        for customer in (cls.my_customer, cls.third_customer):  # none of them is lost
            cls.make_invoice(customer, 1, fields.Date.subtract(cls.today, months=6))
        cls.env.flush_all()

    def rows(self, user, *args, **kwargs):
        data = self.Ranking.with_user(user).get_data(*args, **kwargs)
        return data, self.by_login(data)

    def by_login(self, data):
        User = self.env["res.users"]
        return {User.browse(row["user_id"]).login: row for row in data["rows"]}

    def placed(self, user, **kwargs):
        _data, rows = self.rows(user, **kwargs)
        return {name: (row["place"], row["value"]) for name, row in rows.items()}

    def publish(self, public, scope="branch"):
        self.company.write(
            {
                "sales_manager_kpi_ranking_public": public,
                "sales_manager_kpi_ranking_scope": scope,
            }
        )
