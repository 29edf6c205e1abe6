from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ..engine import pay_terms as terms
from ..engine.trade_bonus import HUNDRED, ZERO, exact
from .bonus_run_whole import FACTS
from .read_once import read_once

FROZEN = "sales.fact.line"


class BonusRunFacts(models.AbstractModel):
    """Turnover as components count it: filters, discounts and what is not paid yet."""

    _name = "bonus.run.facts"
    _inherit = ["bonus.run.whole"]
    _description = "Pay Run: Turnover"

    # ------------------------------------------------------------------
    # Which facts
    # ------------------------------------------------------------------

    @api.model
    def _conditions(self, period, component):
        """Domain, literals only, of the facts a component counts, whosever they are."""
        conditions = []
        if component.categ_ids or component.product_ids:
            chosen = Domain(
                "categ_id", "in", self._below(component.categ_ids)
            ) | Domain("product_id.product_tmpl_id", "in", component.product_ids.ids)
            conditions += list(chosen)
        if component.exclude_categ_ids:
            conditions += [
                "!",
                ("categ_id", "in", self._below(component.exclude_categ_ids)),
            ]
        if component.class_ids:
            conditions.append(("partner_id", "in", self._in_classes(period, component)))
        if component.new_customer_months:
            conditions.append(("partner_id", "in", self._new_since(period, component)))
        if component.program_ids:
            conditions.append(("order_id", "in", self._orders_of(period, component)))
        return conditions

    @api.model
    def _below(self, categories):
        """Ids of categories and of all below them, as the tree stands now."""
        Category = self.env["product.category"]
        return sorted(Category.search([("id", "child_of", categories.ids)]).ids)

    @api.model
    def _in_classes(self, period, component):
        rows = self.env["customer.class.member"].search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("class_id", "in", component.class_ids.ids),
                ("date_from", "<=", period.date_to),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", period.date_to),
            ],
            ["partner_id"],
        )
        return sorted(rows.partner_id.ids)

    @api.model
    def _new_since(self, period, component):
        start = period.date_from - relativedelta(
            months=component.new_customer_months - 1
        )
        found = self._new_ones(period, component.basis, start)
        return sorted({partner for own in found.values() for partner in own})

    @api.model
    def _new_ones(self, period, basis, start):
        """``{user id: {partner id: day}}`` of new customers since ``start``.

        By the documents as they stand: what a closed month paid otherwise is settled.
        """
        return read_once(
            self.env,
            ("pay_new", period.id, basis, start),
            lambda: self.env[FACTS]._new_customers(
                period.company_id, start, period.date_to, basis, live=True
            ),
        )

    @api.model
    def _orders_of(self, period, component):
        uses = self.env["promotion.use"].search_fetch(
            [
                ("company_id", "=", period.company_id.id),
                ("program_id", "in", component.program_ids.ids),
                ("date", "<=", period.date_to),
                *("|", ("state", "=", "confirmed")),
                # taken back later: that month had it, and paid for it
                ("taken_back_on", ">", period.date_to),
            ],
            ["order_id"],
        )
        return sorted(uses.order_id.ids)

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    @api.model
    def _collect_live(self, period, component, users, known):
        """What documents do not say for good: whose customers are new, who directs."""
        if component.kind == "new_customers":
            found = self._new_ones(period, component.basis, period.date_from)
            known.newcomers[component.id] = found
            if component.amount or component.tier_axis == "count":
                known.bases[component.id] = self._counts(period, component, found)
        elif component.kind == "team_override":
            branches = self.env["sales.branch"].search_fetch(
                [
                    ("company_id", "=", period.company_id.id),
                    ("director_id", "in", users.ids),
                ],
                ["director_id"],
            )
            known.teams[component.id] = {
                branch.id: branch.director_id.id for branch in branches
            }

    @api.model
    def _collect_turnover(self, period, component, users, known):
        returned = known.settlements.returned_moves(component)
        if component.kind == "new_customers":
            self._collect_new_customers(period, component, users, known, returned)
        elif component.kind == "team_override":
            self._collect_team(period, component, users, known, returned)
        else:
            self._collect_own(period, component, users, known, returned)
        if returned:
            self._collect_returned(period, component, users, known)

    @api.model
    def _collect_own(self, period, component, users, known, returned):
        conditions = known.conditions[component.id]
        rows = self._turnover(period, component, conditions, users, without=returned)
        waiting = self._waiting(period, component, rows, known)
        parts = known.parts[component.id]
        for user_id, move_id, discount, amount in rows:
            move = move_id if move_id in waiting else None
            parts.setdefault(user_id, []).append(terms.Part(amount, discount, move))

    @api.model
    def _turnover(
        self, period, component, conditions, users, extra=(), without=frozenset()
    ):
        """``[(user id, move id, discount in per cent, amount)]``, decimals.

        As few rows as the component needs: by line only where discounts are asked, by
        invoice only where something is held.

        :param extra: further names to group by, put before the amount
        :param without: ids of documents that are left out
        """
        if self._is_again():
            extra = (*extra, "move_id")
        groupby, measures = self._granularity(component, extra)
        figures = self._figures(
            period, component, conditions, users, groupby, measures, without
        )
        if groupby == ("user_id", "move_id") and len(measures) == 1:
            return [(*key, None, exact(amount)) for key, amount in figures.items()]
        rows = {}
        for key, figure in figures.items():
            amount, discount = figure, None
            if len(measures) > 1:
                amount, given = figure
                amount = exact(amount)
                discount = discount_of(amount, exact(given))
                if component.max_discount and discount > exact(component.max_discount):
                    continue
            named = dict(zip(groupby, key, strict=True))
            group = (
                named["user_id"],
                named.get("move_id"),
                *((named["branch_id"],) if "branch_id" in extra else ()),
                discount,
            )
            rows[group] = rows.get(group, ZERO) + exact(amount)
        return [(*group, amount) for group, amount in rows.items()]

    @api.model
    def _figures(
        self, period, component, conditions, users, groupby, measures, without
    ):
        """Facts of the month by keys that are tuples, read or known already."""
        whole = self._known_whole(period, component.basis)
        if (
            whole
            and not conditions
            and users is not None
            and whole.covers(users.ids, groupby, measures)
            and not (without and "move_id" not in groupby)
        ):
            asked = set(users.ids)
            place = groupby.index("move_id") if without else 0
            return {
                key: figure
                for key, figure in whole.figures.items()
                if key[0] in asked and not (without and key[place] in without)
            }
        if without and self._is_again():
            figures = self._read_figures(
                period, component.basis, conditions, users, groupby, measures
            )
            place = groupby.index("move_id")
            return {
                key: figure
                for key, figure in figures.items()
                if key[place] not in without
            }
        if without:
            conditions = [*conditions, ("move_id", "not in", sorted(without))]
        return self._read_figures(
            period, component.basis, conditions, users, groupby, measures
        )

    @api.model
    def _waiting(self, period, component, rows, known):
        """Ids of the invoices of ``rows`` that are not paid by the end of the month."""
        if not component.hold_percent:
            return set()
        if component.id in known.waiting:
            return known.waiting[component.id]
        moves = {move_id for _user, move_id, *_rest in rows if move_id}
        return self._unpaid(moves, period.date_to)

    @api.model
    def _collect_team(self, period, component, users, known, returned):
        """What the others sold in the branches that somebody directs."""
        director = known.teams[component.id]
        if not director:
            return
        rows = self._turnover(
            period,
            component,
            known.conditions[component.id] + [("branch_id", "in", sorted(director))],
            None,
            extra=("branch_id",),
            without=returned,
        )
        waiting = self._waiting(period, component, rows, known)
        parts = known.parts[component.id]
        for user_id, move_id, branch_id, discount, amount in rows:
            head = director[branch_id]
            if user_id != head:
                move = move_id if move_id in waiting else None
                parts.setdefault(head, []).append(terms.Part(amount, discount, move))

    @api.model
    def _collect_new_customers(self, period, component, users, known, returned):
        """Turnover with the new customers of the month, of the one whose they are."""
        found = known.newcomers[component.id]
        owners = {partner: user_id for user_id, own in found.items() for partner in own}
        if not owners:
            return
        conditions = known.conditions[component.id]
        conditions = [*conditions, ("partner_id", "in", sorted(owners))]
        groupby = ("user_id", "partner_id")
        if returned and self._is_again():
            groupby += ("move_id",)
        elif returned:
            conditions.append(("move_id", "not in", sorted(returned)))
        figures = self._read_figures(
            period, component.basis, conditions, users, groupby, ("amount",)
        )
        parts = known.parts[component.id]
        for (user_id, partner_id, *move), amount in figures.items():
            if owners[partner_id] == user_id and not returned.intersection(move):
                parts.setdefault(user_id, []).append(
                    terms.Part(exact(amount), None, None)
                )

    @api.model
    def _counts(self, period, component, found):
        """``{user id: number of new customers}``, of the classes asked for."""
        classes = (
            set(self._in_classes(period, component)) if component.class_ids else None
        )
        return {
            user_id: exact(
                float(sum(classes is None or partner in classes for partner in own))
            )
            for user_id, own in found.items()
        }

    # ------------------------------------------------------------------
    # The documents behind a line
    # ------------------------------------------------------------------

    @api.model
    def _evidence(self, period, component, subject, known):
        """``(model, domain)``, literals only, of the facts behind a line."""
        if component.id not in known.conditions:
            return None, None
        domain = [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", component.basis),
            ("status", "=", "counted"),
            ("date", ">=", period.date_from.isoformat()),
            ("date", "<=", period.date_to.isoformat()),
        ]
        if component.kind == "team_override":
            domain += [
                ("branch_id", "in", known.directed(component, subject.user_id)),
                ("user_id", "!=", subject.user_id),
            ]
        else:
            domain.append(("user_id", "=", subject.user_id))
        if component.kind == "new_customers":
            found = known.newcomers[component.id]
            own = sorted(found.get(subject.user_id, ()))
            domain.append(("partner_id", "in", own))
        apart = known.settlements.taken_apart(component, subject.user_id)
        if apart:
            domain.append(("move_id", "not in", apart))
        domain += known.conditions[component.id]
        return self._kept_facts(period, component, domain)

    @api.model
    def _kept_facts(self, period, component, domain):
        """Where the facts of a month are to be found: frozen ones in a closed month."""
        if period._is_frozen(component.basis):
            return FROZEN, [*domain, ("kind", "=", "frozen")]
        return FACTS, domain


def discount_of(amount, given):
    """What was given away of the value before, in per cent; 0 without a value."""
    value = amount + given
    return given * HUNDRED / value if value else ZERO
