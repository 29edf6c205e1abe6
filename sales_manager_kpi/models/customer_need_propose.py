from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.need_season import months_known, supposed

HISTORY = 24  # months that are looked at
ORDERS = 2  # bought less often than so many times it is no need yet


class CustomerNeed(models.Model):
    """Needs are supposed from what customers bought, until they say so themselves."""

    # Proposals have a file of their own.
    _inherit = "customer.need"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _propose(self, partners, back=HISTORY):
        """Write down as needs what these customers bought more than once.

        The quantity is that of a year, or of a season where all of it was bought within
        half a year; of customers who are younger than ``back``, by the months since
        their first purchase. What is written down already, also archived, is left out.
        A constant number of queries.

        :param back: months
        :return: the new needs
        """
        partners = partners.commercial_partner_id
        bought = self._bought(partners, back)
        known = {
            (need.partner_id.id, need.product_id.id)
            for need in self.with_context(active_test=False).search(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "=", self.env.company.id),
                    ("product_id", "!=", False),
                ]
            )
        }
        today = self._season_today()
        vals_list = [
            self._prepare_proposal(partner_id, product_id, facts, today, back)
            for (partner_id, product_id), facts in bought.items()
            if facts["orders"] >= ORDERS and (partner_id, product_id) not in known
        ]
        return self.create(vals_list)

    @api.model
    def _prepare_proposal(self, partner_id, product_id, facts, today, back):
        known = months_known(facts["since"], today, back)
        season, quantity = supposed(facts["months"], known)
        first, last = (str(month) for month in season) if season else (False, False)
        return {
            "partner_id": partner_id,
            "company_id": self.env.company.id,
            "product_id": product_id,
            "quantity": round(quantity, 2),
            "season_from": first,
            "season_to": last,
            "confirmed_on": False,
            "confirmed_by_id": False,
            "is_supposed": True,
        }

    @api.model
    def _bought(self, partners, back):
        """``{(customer id, product id): {"orders": number, "months": {month: qty},
        "since": day of the customer's first purchase of anything}}``.

        In the product's unit, in one query; over orders of whoever sold, since they
        are the customer's history. Only for customers whom the user may see.
        """
        result = defaultdict(lambda: {"orders": 0, "months": {}, "since": None})
        if not partners:
            return result
        partners.check_access("read")
        since = fields.Datetime.subtract(fields.Datetime.now(), months=back)
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        zone = self.env["sales.branch"]._company_tz(self.env.company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT buyer.commercial_partner_id,
                       line.product_id,
                       EXTRACT(MONTH FROM sale.date_order
                               AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::int AS month,
                       SUM(line.product_uom_qty * unit.factor / own.factor),
                       COUNT(DISTINCT sale.id),
                       MIN(known.since)
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id
                  JOIN res_partner buyer ON buyer.id = sale.partner_id
                  JOIN (SELECT person.commercial_partner_id AS customer_id,
                               (MIN(earlier.date_order) AT TIME ZONE 'UTC'
                                AT TIME ZONE %(zone)s)::date AS since
                          FROM sale_order earlier
                          JOIN res_partner person ON person.id = earlier.partner_id
                         WHERE earlier.state = 'sale'
                           AND earlier.company_id = %(company)s
                           AND person.commercial_partner_id IN %(partners)s
                      GROUP BY person.commercial_partner_id) known
                       ON known.customer_id = buyer.commercial_partner_id
                  JOIN product_product variant ON variant.id = line.product_id
                  JOIN product_template goods ON goods.id = variant.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom own ON own.id = goods.uom_id
                 WHERE sale.state = 'sale'
                   AND sale.company_id = %(company)s
                   AND sale.date_order >= %(since)s
                   AND buyer.commercial_partner_id IN %(partners)s
                   AND variant.active AND goods.sale_ok AND goods.type <> 'service'
                   AND line.product_uom_qty > 0
                   AND NOT COALESCE(line.is_downpayment, FALSE)
              GROUP BY buyer.commercial_partner_id, line.product_id, month
              ORDER BY buyer.commercial_partner_id, line.product_id, month
                """,
                zone=zone,
                company=self.env.company.id,
                since=since,
                partners=tuple(partners.ids),
            )
        )
        for partner_id, product_id, month, quantity, orders, first in rows:
            facts = result[partner_id, product_id]
            facts["since"] = first
            facts["orders"] += orders
            facts["months"][month] = facts["months"].get(month, 0.0) + float(quantity)
        return result

    @api.model
    def _action_propose(self, partners, back=HISTORY):
        """Propose, and open what was.

        :raise UserError: where there is nothing new to propose
        """
        needs = self._propose(partners, back)
        if not needs:
            raise UserError(
                self.env._(
                    "There is nothing to propose: nothing was bought at least twice "
                    "that is not written down yet."
                )
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.customer_need_action"
        )
        action["domain"] = [("id", "in", needs.ids)]
        action["context"] = {}
        return action
