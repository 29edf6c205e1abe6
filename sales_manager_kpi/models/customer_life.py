from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..engine.customer_life import LOST, WON_BACK, course


class CustomerLife(models.AbstractModel):
    """The lives of customers: purchases out of the facts, states out of the engine.

    A purchase is what `sales.new.customers` calls one: a document on the company's
    basis that adds turnover, and was not taken back in full.
    """

    _name = "customer.life"
    _description = "Lives of Customers"

    @api.model
    def _life_courses(self, company, today, partner_ids=None, first=None):
        """What became of each customer until ``today``, in one query.

        :param partner_ids: commercial partners; all when not given
        :param first: look at purchases from this day on only
        :return: ``{partner id: [(state, since), ...]}`` of those who bought
        """
        rules = company._life_rules()
        days = self._purchase_days(company, today, partner_ids, first)
        return {
            partner_id: course(own, today, rules) for partner_id, own in days.items()
        }

    @api.model
    def _life_events(self, company, date_from, date_to):
        """Who was lost and won back from ``date_from`` to ``date_to``, both included.

        Only as far back as it matters is looked at.

        :return: ``{"lost" or "won_back": [(partner id, day), ...]}``
        """
        rules = company._life_rules()
        first = None
        if rules.silence:
            months = max(rules.silence, rules.lost) + 1
            first = date_from - relativedelta(months=months)
        found = defaultdict(list)
        for partner_id, steps in self._life_courses(
            company, date_to, first=first
        ).items():
            for state, day in steps:
                if state in (LOST, WON_BACK) and date_from <= day:
                    found[state].append((partner_id, day))
        return found

    @api.model
    def _purchase_days(self, company, today, partner_ids, first):
        """``{partner id: [day, ...]}`` of purchases, days without repetition."""
        # sudo: what a customer is must not depend on who looks; company and days are
        # given, and whoever shows a figure answers for who may see it
        company = company.sudo()
        basis = company.sales_manager_kpi_plan_basis
        rows = self.env.execute_query(
            self._sql_purchases(company, basis, today, partner_ids, first)
        )
        return dict(rows)

    def _sql_purchases(self, company, basis, today, partner_ids, first) -> SQL:
        ordered = basis in ("order", "delivery")
        document = SQL.identifier("order_id" if ordered else "move_id")
        Fact = self.env["sales.fact.report"]
        return SQL(
            """
            SELECT bought.partner_id, array_agg(DISTINCT bought.day)
              FROM (
                    SELECT fact.partner_id, fact.%(document)s AS document_id,
                           min(fact.date) AS day
                      FROM (%(facts)s) AS fact
                     WHERE fact.company_id = %(company)s
                       AND fact.basis = %(basis)s
                       AND NOT fact.is_excluded
                       AND fact.date <= %(today)s
                       AND fact.moment < %(today)s::date + 2
                       AND %(partners)s
                       AND %(days)s
                  GROUP BY fact.partner_id, fact.%(document)s
                    HAVING sum(fact.amount) > 0
                   ) AS bought
             WHERE %(valid)s
          GROUP BY bought.partner_id
            """,
            document=document,
            facts=self._sql_facts(basis),
            company=company.id,
            basis=basis,
            today=today,
            partners=SQL("TRUE")
            if partner_ids is None
            else SQL("fact.partner_id = ANY(%s)", list(partner_ids)),
            days=SQL("TRUE")
            if not first
            else SQL(
                "fact.date >= %(first)s AND fact.moment >= %(first)s::date - 1",
                first=first,
            ),
            valid=Fact._sql_is_purchase(basis, SQL("bought.document_id")),
        )

    @api.model
    def _sql_facts(self, basis) -> SQL:
        """All facts on a basis, with what is not saved yet."""
        # sudo: see _purchase_days
        reader = self.env["sales.fact.report"].sudo().with_context(fact_bases=[basis])
        for model, names in reader._depends.items():
            self.env[model].flush_model(names)
        return reader._table_query
