from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerAssignment(models.Model):
    """Who owned a customer, from when: the dated truth behind the salesperson.

    The rows of a customer in a company form a chain. Each holds until the day before
    the next one begins, so that there can be neither overlap nor gap; a row without
    owner says that nobody had the customer.
    """

    _name = "customer.assignment"
    _inherit = ["sales.dated.chain.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _substitution_owner = "partner_id.user_id"
    _description = "Customer Assignment"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: nobody owned the customer.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    territory_id = fields.Many2one(
        comodel_name="sales.territory",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    source = fields.Selection(
        selection=[
            ("manual", "Salesperson changed"),
            ("import", "Import"),
            ("handover", "Handover"),
            ("territory", "Territory changed"),
            ("rebuilt", "Rebuilt from history"),
        ],
        required=True,
        default="manual",
        readonly=True,
    )
    reason = fields.Char()

    _start_uniq = models.UniqueIndex(
        "(partner_id, company_id, date_from)",
        "The customer already has an owner row that begins on this day. "
        "Change that row instead.",
    )

    @api.depends("partner_id", "user_id", "date_from")
    def _compute_display_name(self):
        for row in self:
            owner = row.user_id.name or self.env._("nobody")
            row.display_name = f"{row.partner_id.display_name} · {owner}"

    @api.constrains("partner_id")
    def _check_commercial_partner(self):
        for row in self:
            customer = row.partner_id.commercial_partner_id
            if row.user_id and row.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Assign the "
                        "customer, its contacts follow.",
                        contact=row.partner_id.display_name,
                        customer=row.partner_id.commercial_partner_id.display_name,
                    )
                )

    def _check_owner_company(self):
        """An administrator's correction names somebody who works in the company.

        Rows that follow a salesperson are not judged: core lets anybody be one.
        """
        for row in self.filtered("user_id"):
            owner = row.user_id.sudo()  # sudo: which companies a colleague may enter
            if row.company_id not in owner.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot own customers of %(company)s without access "
                        "to that company. Choose somebody who has it.",
                        user=owner.name,
                        company=row.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if not self.env.su:
            rows._check_owner_company()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su:
            self._check_owner_company()
        return result

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _owners_at(self, partners, company, date):
        """The row of each customer that holds on ``date``, in one query.

        :return: ``{partner id: customer.assignment record}``, only those who have one
        """
        # sudo: the owner decides credit also for documents typed by somebody else
        rows = self.sudo().search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("date_from", "<=", date),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", date),
            ]
        )
        return {row.partner_id.id: row for row in rows}

    # ------------------------------------------------------------------
    # Writing: the only door besides an administrator's correction
    # ------------------------------------------------------------------

    @api.model
    def _assign(self, owners, company, date, source, reason=None, branch=None):
        """Make ``owners`` hold from ``date`` on, keeping what was before.

        Customers who already have that owner (and branch, where one is given) keep
        their row. A row that begins on the same day is changed in place.

        :param dict owners: ``{partner id: user id or False}``, commercial partners
        :param branch: branch for all, else each owner's own on that day
        :return: the rows made or changed
        """
        partners = self.env["res.partner"].browse(owners)
        current = self._owners_at(partners, company, date)
        branches = self._branches_for(owners, company, date, branch)
        # sudo: ownership follows whoever saves a customer; nobody edits its rows
        changed, vals_list = self.sudo().browse(), []
        for partner, vals in self._prepare_rows(partners, owners, branches, company):
            row = current.get(partner.id)
            if not self._differs(row, vals, branch):
                continue
            vals.update(source=source, reason=reason)
            if row and row.date_from == date:
                row.write(vals)
                changed |= row
            else:
                vals.update(
                    partner_id=partner.id, company_id=company.id, date_from=date
                )
                vals_list.append(vals)
        # sudo: assignments follow the salesperson, whoever may change that one
        return changed | self.sudo().create(vals_list)

    def _differs(self, row, vals, branch):
        if not row:
            return bool(vals["user_id"])
        if row.user_id.id != (vals["user_id"] or False):
            return True
        return bool(branch) and row.branch_id.id != vals["branch_id"]

    def _branches_for(self, owners, company, date, branch):
        if branch:
            return dict.fromkeys(owners.values(), branch)
        users = self.env["res.users"].browse({u for u in owners.values() if u})
        return self.env["sales.branch"]._branch_by_user(users, company, date)

    def _prepare_rows(self, partners, owners, branches, company):
        territories = self._territories_for(partners, company)
        for partner in partners:
            owner_id = owners[partner.id] or False
            branch = branches.get(owner_id)
            yield (
                partner,
                {
                    "user_id": owner_id,
                    "branch_id": branch.id if branch else False,
                    "territory_id": territories[partner.id].id,
                },
            )

    def _territories_for(self, partners, company):
        """By hand where somebody chose one, else by the rules."""
        partners = partners.with_company(company)
        found = self.env["sales.territory"]._territory_by_partner(partners, company)
        # sudo: only the territory is read, of customers whose owner is being kept
        for partner in partners.sudo():
            if partner.sales_territory_id:
                found[partner.id] = partner.sales_territory_id
        return found

    @api.model
    def _rematch_territories(self, company, partners=None):
        """Begin a new row today for customers whose territory is another one now.

        :return: how many customers changed
        """
        domain = [("company_id", "=", company.id), ("date_to", "=", False)]
        if partners is not None:
            domain.append(("partner_id", "in", partners.ids))
        # sudo: an address may be corrected by whoever may write the customer
        rows = self.sudo().search(domain)
        found = self._territories_for(rows.partner_id, company)
        rows = rows.filtered(lambda r: r.territory_id != found[r.partner_id.id])
        today = self.env["sales.branch"]._company_local_date(company)
        vals_list = []
        for row in rows:
            territory = found[row.partner_id.id]
            if row.date_from >= today:
                row.territory_id = territory
                continue
            vals_list.append(
                {
                    "company_id": company.id,
                    "partner_id": row.partner_id.id,
                    "user_id": row.user_id.id,
                    "branch_id": row.branch_id.id,
                    "territory_id": territory.id,
                    "date_from": today,
                    "source": "territory",
                }
            )
        # sudo: the system's rows, which nobody creates by hand
        self.sudo().create(vals_list)
        return len(rows)

    # ------------------------------------------------------------------
    # Credit
    # ------------------------------------------------------------------

    @api.model
    def _resolve(self, company, events):
        """Who gets the credit for events, by ARCHITECTURE §2.5.

        Assignment on the day → salesperson if a member of a branch → nobody. Days are
        cut in the branch's time zone, else the company's.

        :param list events: ``(partner id, salesperson id or False, moment)`` with the
            moment as naive UTC datetime or as a date
        :return: list of ``(user id or False, branch id or False)``, in order
        """
        chains = self._chains(company, {event[0] for event in events})
        found = [self._row_at(chains.get(p, []), company, m) for p, __, m in events]
        users, days = set(), []
        for (_partner_id, salesperson_id, moment), row in zip(
            events, found, strict=True
        ):
            days.append(self._day(moment, row and row.branch_id, company))
            users.add((row and row.user_id.id) or salesperson_id)
        members = self._memberships(company, users - {False, None})
        result = []
        for event, row, day in zip(events, found, days, strict=True):
            result.append(self._credit_of(event, row, day, members))
        return result

    def _credit_of(self, event, row, day, members):
        owner_id = row.user_id.id if row else False
        if owner_id:
            # Where the owner works on the day; a mover's customers keep their rows.
            branch_id = members.get(owner_id, _nowhere)(day) or row.branch_id.id
            return owner_id, branch_id
        branch_id = members.get(event[1], _nowhere)(day)
        return (event[1], branch_id) if branch_id else (False, False)

    def _chains(self, company, partner_ids):
        # sudo: see _owners_at
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", list(partner_ids)),
                ("company_id", "=", company.id),
            ],
            ["partner_id", "user_id", "branch_id", "date_from"],
            order="date_from desc",
        )
        return rows.grouped(lambda row: row.partner_id.id)

    def _row_at(self, chain, company, moment):
        for row in chain:
            if row.date_from <= self._day(moment, row.branch_id, company):
                return row
        return None

    def _day(self, moment, branch, company):
        if not hasattr(moment, "hour"):
            return moment
        if branch:
            return branch._local_date(moment)
        return self.env["sales.branch"]._company_local_date(company, moment)

    def _memberships(self, company, user_ids):
        """``{user id: function(day) → branch id or False}`` in one query, if any."""
        if not user_ids or not self.env["sales.branch"]._exist(company):
            return {}
        # sudo: see sales.branch._branch_by_user
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(
                [("user_id", "in", list(user_ids)), ("company_id", "=", company.id)],
                ["user_id", "branch_id", "date_from", "date_to"],
            )
        )
        return {
            user.id: (
                lambda day, rows=rows: next(
                    (row.branch_id.id for row in rows if row._covers(day)), False
                )
            )
            for user, rows in members.grouped("user_id").items()
        }


def _nowhere(_day):
    return False
