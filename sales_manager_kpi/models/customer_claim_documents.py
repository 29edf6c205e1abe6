from odoo import api, models
from odoo.exceptions import ValidationError


class CustomerClaim(models.Model):
    """What a claim is about: documents of the customer who claims, and of nobody else.

    Who is asked follows from them: the manager who got the credit is the one who may
    be responsible, whoever owns the customer today.
    """

    # Documents have a file of their own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    @api.depends("order_id", "move_id", "picking_id")
    def _compute_responsible_user_id(self):
        for claim in self:
            if claim.state in ("new", "review"):
                document = claim._credited_document()
                claim.responsible_user_id = (
                    document.credited_user_id if document else False
                )

    def _credited_document(self):
        """The order, else the invoice, whose credit says who was in charge; or None."""
        order = self.order_id or self.picking_id.sale_id
        return order or self.move_id or None

    @api.depends("order_id", "move_id", "picking_id", "partner_id")
    def _compute_people(self):
        """Who handles it, and the branch; both stay once they are known."""
        for claim in self:
            claim.user_id = claim.user_id or claim._manager()
        self._compute_branches()
        for claim in self.filtered(lambda claim: not claim.user_id):
            claim.user_id = claim.branch_id.director_id

    def _manager(self):
        """Of the customer now, else of the order."""
        owner = self.commercial_partner_id.user_id or self.partner_id.user_id
        document = self._credited_document()
        if owner or not document:
            return owner
        return document.credited_user_id or document.user_id

    def _compute_branches(self):
        Branch = self.env["sales.branch"]
        for company, claims in self.grouped("company_id").items():
            if not company or not Branch._exist(company):
                continue
            today = Branch._company_local_date(company)
            homes = Branch._branch_by_user(claims.user_id, company, today)
            for claim in claims:
                document = claim._credited_document()
                claim.branch_id = (
                    (document and document.credited_branch_id)
                    or claim.branch_id
                    or homes.get(claim.user_id.id)
                )

    # ------------------------------------------------------------------
    # Of the customer who claims
    # ------------------------------------------------------------------

    def _check_documents(self):
        """
        :raise ValidationError: for a document of another customer, or another order
        """
        claims = self.sudo()  # sudo: whose documents they are, whoever claims
        for claim in claims:
            for document in claim._foreign_documents():
                raise ValidationError(
                    self.env._(
                        "%(document)s is not of %(customer)s. Choose a document of the "
                        "customer who claims.",
                        document=document.display_name,
                        customer=claim.partner_id.display_name,
                    )
                )
            claim._check_order()
        claims._check_lots()

    def _foreign_documents(self):
        """The documents of another customer; a company counts with its contacts."""
        picking = self.picking_id
        order, owner = picking.sale_id, self.commercial_partner_id
        documents = [
            (self.order_id, self.order_id.partner_id.commercial_partner_id),
            (self.move_id, self.move_id.commercial_partner_id),
            (picking, (order or picking).partner_id.commercial_partner_id),
        ]
        return [row for row, customer in documents if row and customer != owner]

    def _check_order(self):
        lines, order = self.order_line_ids, self.order_id
        other = lines.order_id - order
        delivered = self.picking_id.sale_id
        if other or (delivered and order and delivered != order):
            raise ValidationError(
                self.env._(
                    "Lines and deliveries of a claim are of its order. Choose those of "
                    "%(order)s, or open another claim.",
                    order=order.name or self.env._("the order"),
                )
            )

    def _check_lots(self):
        """A lot went to the customer, else it is another one's; in one query."""
        claims = self.filtered("lot_id")
        if not claims:
            return
        rows = self.env["stock.move.line"]._read_group(
            [
                ("lot_id", "in", claims.lot_id.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
            ],
            ["lot_id", "picking_id"],
        )
        sent = {
            (lot, (picking.sale_id or picking).partner_id.commercial_partner_id)
            for lot, picking in rows
        }
        for claim in claims:
            if (claim.lot_id, claim.commercial_partner_id) not in sent:
                raise ValidationError(
                    self.env._(
                        "Lot %(lot)s was never delivered to %(customer)s. Choose a lot "
                        "of one of its deliveries.",
                        lot=claim.lot_id.name,
                        customer=claim.partner_id.display_name,
                    )
                )
