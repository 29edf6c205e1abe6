from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

PRESET = 10  # samples to lend, at the most
DOCUMENTS = ("sale.order", "showroom.loan", "crm.lead", "customer.claim")


class BranchVisit(models.Model):
    """What comes of a visit, in one step: a quotation, a hold, a loan, a lead, a claim.

    Made with what Odoo and the other areas have; the document points back here.
    """

    # Documents have a file of their own.
    _inherit = "branch.visit"  # pylint: disable=consider-merging-classes-inherited

    order_ids = fields.One2many(
        comodel_name="sale.order", inverse_name="branch_visit_id", readonly=True
    )
    loan_ids = fields.One2many(
        comodel_name="showroom.loan", inverse_name="branch_visit_id", readonly=True
    )
    lead_ids = fields.One2many(
        comodel_name="crm.lead", inverse_name="branch_visit_id", readonly=True
    )
    claim_ids = fields.One2many(
        comodel_name="customer.claim", inverse_name="branch_visit_id", readonly=True
    )
    order_count = fields.Integer(string="Orders", compute="_compute_document_counts")
    loan_count = fields.Integer(string="Loans", compute="_compute_document_counts")
    lead_count = fields.Integer(string="Leads", compute="_compute_document_counts")
    claim_count = fields.Integer(string="Claims", compute="_compute_document_counts")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_document_counts(self):
        """Of what came of a visit there is no secret among those who serve there."""
        for name, model in (
            ("order_count", "sale.order"),
            ("loan_count", "showroom.loan"),
            ("lead_count", "crm.lead"),
            ("claim_count", "customer.claim"),
        ):
            # sudo: only how many there are
            counts = dict(
                self.env[model]
                .sudo()
                ._read_group(
                    [("branch_visit_id", "in", self.ids)],
                    ["branch_visit_id"],
                    ["__count"],
                )
            )
            counts = {visit.id: count for visit, count in counts.items()}
            for visit in self:
                visit[name] = counts.get(visit.id, 0)

    def _outcome_by_documents(self):
        """What came of the visit as its documents tell; False for none."""
        self.ensure_one()
        # sudo: which documents there are, whoever made them
        visit = self.sudo()
        orders = visit.order_ids.filtered(lambda order: order.state != "cancel")
        held = self.env["stock.hold"].sudo()  # sudo: as above
        if any(order.state == "sale" for order in orders):
            return "order"
        if orders and held.search_count([("order_id", "in", orders.ids)], limit=1):
            return "hold"
        by_kind = (
            ("quotation", orders),
            ("loan", visit.loan_ids.filtered(lambda loan: loan.state != "draft")),
            ("claim", visit.claim_ids),
            ("lead", visit.lead_ids),
        )
        return next((kind for kind, found in by_kind if found), False)

    # ------------------------------------------------------------------
    # In one step
    # ------------------------------------------------------------------

    def action_quotation(self):
        """Open a quotation for the visitor, with the products wished for.

        :raise UserError: for an unknown visitor, or one whom nobody serves
        """
        return self._make_quotation()._get_records_action()

    def action_hold(self):
        """Ask what of the products wished for is held; on the quotation of the visit.

        :raise UserError: without products, for an unknown visitor, or where the branch
            cannot hold goods
        """
        self._check_serving()
        order = self.order_ids.filtered(lambda o: o.state in ("draft", "sent"))[:1]
        if not self.product_ids and not order.order_line:
            raise UserError(self.env._("Say which products first: they are held."))
        return (order or self._make_quotation()).action_hold_goods()

    def action_loan(self):
        """Lend samples of the branch to the visitor: those of the wish are preset.

        :raise UserError: for an unknown visitor, without a wish, or where nothing of it
            is on display
        """
        self._check_serving()
        self._check_customer()
        samples = self._samples_wished()
        if not samples:
            raise UserError(
                self.env._(
                    "No sample of what is wished for is on display here. Choose other "
                    "products or categories, or make a sample first."
                )
            )
        action = samples.action_lend()
        action["context"] = {
            **action["context"],
            "default_partner_id": self.partner_id.id,
            "default_branch_visit_id": self.id,
            "default_note": self.wish,
        }
        return action

    def action_lead(self):
        """Open a lead with what is known of the visitor.

        :raise UserError: for a visitor whom nobody serves, or of whom nothing is known
        """
        self._check_serving()
        known = self.partner_id, self.visitor_name, self.phone, self.email
        if not any(known):
            raise UserError(
                self.env._("Write down the name, phone or e-mail of the visitor first.")
            )
        lead = self.env["crm.lead"].create(self._prepare_lead())
        return lead._get_records_action()

    def action_claim(self):
        """Open an empty claim of the visitor.

        :raise UserError: for an unknown visitor, or one whom nobody serves
        """
        self._check_serving()
        self._check_customer()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.claim",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_subject": self._first_line(),
                "default_description": self.wish,
                "default_company_id": self.company_id.id,
                "default_branch_visit_id": self.id,
            },
        }

    def _make_quotation(self):
        self._check_serving()
        self._check_customer()
        return self.env["sale.order"].create(self._prepare_quotation())

    def _check_serving(self):
        """
        :raise UserError: for a visitor whom nobody serves
        """
        self.ensure_one()
        self._check_keeping()
        self._check_state("served")

    def _check_customer(self):
        """
        :raise UserError: for a visitor whom we do not know
        """
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "Choose the customer first. Of somebody whom we do not know, make "
                    "a lead."
                )
            )

    def _first_line(self):
        lines = (self.wish or "").strip().split("\n")
        return lines[0][:100] or self.env._("Visit of %s", self.display_name)

    def _prepare_quotation(self):
        """Of whoever serves, who goes on with it; the credit is the owner's anyway."""
        values = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "branch_visit_id": self.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1.0})
                for product in self.product_ids
            ],
        }
        if warehouse := self.branch_id.warehouse_id:
            values["warehouse_id"] = warehouse.id
        return values

    def _prepare_lead(self):
        customer = self.partner_id
        return {
            "name": self._first_line(),
            "type": "lead"
            if self.env.user.has_group("crm.group_use_lead")
            else "opportunity",
            "partner_id": customer.id,
            "contact_name": False if customer else self.visitor_name,
            "phone": self.phone or customer.phone,
            "email_from": self.email or customer.email,
            "description": self._lead_words(),
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "team_id": self.branch_id.team_id.id,
            "branch_visit_id": self.id,
        }

    def _lead_words(self):
        """What the visitor wished, with the goods by name."""
        goods = [*self.product_ids, *self.categ_ids]
        words = [self.wish or "", ", ".join(one.display_name for one in goods)]
        return "\n".join(word for word in words if word)

    def _samples_wished(self):
        """Samples on display here of what is wished for, one of each product."""
        wished = Domain("product_id", "in", self.product_ids.ids)
        if self.categ_ids:
            wished |= Domain("product_id.categ_id", "child_of", self.categ_ids.ids)
        domain = Domain("branch_id", "=", self.branch_id.id)
        domain &= Domain("state", "=", "on_display")
        samples = self.env["showroom.sample"].search(domain & wished, order="id")
        firsts = [same[0] for same in samples.grouped("product_id").values()]
        return samples.browse([sample.id for sample in firsts[:PRESET]])

    # ------------------------------------------------------------------
    # What came of it
    # ------------------------------------------------------------------

    def action_open_documents(self):
        """Open the documents of one kind that came of this visit: see the context."""
        self.ensure_one()
        model = self.env.context.get("visit_documents")
        if model not in DOCUMENTS:
            raise UserError(self.env._("There is nothing to open."))
        found = self.env[model].search([("branch_visit_id", "=", self.id)])
        if not found:
            raise UserError(
                self.env._("What came of this visit is for the colleague who made it.")
            )
        return found._get_records_action()

    def action_market_note(self):
        """Write down what the visitor told of the market."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Market note"),
            "res_model": "market.note",
            "views": [(False, "form")],
            "context": {
                "default_visit_id": self.id,
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.company_id.id,
                "default_source": "customer",
            },
        }
