from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

PHOTOS = 10
PHOTO_BYTES = 10 * 1024 * 1024
WAITING = 10  # claims about one order that wait: more are written into one of them


class CustomerClaim(models.Model):
    """Claims in the portal: a customer opens them, and sees those of their company.

    What they open goes on as the system, for whom and for which company is checked in
    each method; see ``sales.portal.mixin``.
    """

    # The portal has a file of its own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"
        return result

    def _get_report_base_filename(self):
        """Name of the printed act; the portal asks for it."""
        return self.env._("Claim %s", self.name.replace("/", "-"))

    @api.model
    def _portal_open(self, order, picking, values, photos):
        """Open a claim about ``order``, whose page the customer may see.

        :param order: in sudo
        :param picking: one of its deliveries, or none
        :param dict values: "subject", "description", "kind_id" as the customer typed
        :param photos: ``[(file name, bytes)]``
        :raise UserError: for what is missing, too much, or no photo
        """
        self._check_portal_values(order, picking, values, photos)
        user = self.env.user
        contact = user.partner_id
        if user._is_public() or contact.commercial_partner_id != (
            order.partner_id.commercial_partner_id
        ):
            contact = order.partner_id
        # sudo: customers have no rights on claims; the order was checked
        claim = (
            self.sudo()
            .with_company(order.company_id)
            .create(
                {
                    "subject": values["subject"].strip()[:200],
                    "description": (values.get("description") or "").strip(),
                    "kind_id": self._portal_kind(order, values.get("kind_id")),
                    "source": "portal",
                    "partner_id": contact.id,
                    "order_id": order.id,
                    "picking_id": picking.id,
                    "company_id": order.company_id.id,
                    "opened_by_id": False if user._is_public() else user.id,
                }
            )
        )
        claim._follow_customer()
        claim._notice_opened()
        claim._keep_photos(contact, photos)
        return claim

    def _check_portal_values(self, order, picking, values, photos):
        if not (values.get("subject") or "").strip():
            raise UserError(self.env._("Say what is wrong, in a few words."))
        if order.state != "sale" or (picking and picking.sale_id != order):
            raise UserError(self.env._("Claims are about orders that were confirmed."))
        self._check_photos(photos)
        # sudo: how many there are, none shown
        waiting = self.sudo().search_count(
            [("order_id", "=", order.id), ("state", "in", ("new", "review"))],
            limit=WAITING,
        )
        if waiting >= WAITING:
            raise UserError(
                self.env._(
                    "There are open claims about this order. Write into one of them."
                )
            )

    def _check_photos(self, photos):
        if len(photos) > PHOTOS or any(len(data) > PHOTO_BYTES for __, data in photos):
            raise UserError(
                self.env._(
                    "Send up to %(number)s photos of up to %(size)s MB each.",
                    number=PHOTOS,
                    size=PHOTO_BYTES // 1024 // 1024,
                )
            )
        for name, data in photos:
            kind = guess_mimetype(data)
            if kind == "image/svg+xml" or not (
                kind.startswith("image/") or kind == "application/pdf"
            ):
                raise UserError(
                    self.env._("%s is neither a photo nor a PDF. Leave it out.", name)
                )

    def _portal_kind(self, order, kind_id):
        """The id of the chosen kind, if a claim in this company may be of it."""
        return self._portal_kinds(order).filtered(lambda kind: kind.id == kind_id).id

    @api.model
    def _portal_kinds(self, order):
        """What a customer chooses from; names alone are shown."""
        # sudo: see above
        return (
            self.env["customer.claim.kind"]
            .sudo()
            .search([("company_id", "in", [False, order.company_id.id])])
        )

    def _keep_photos(self, contact, photos):
        """In the chatter, as a message of the customer; in sudo."""
        self.message_post(
            body=self.description or self.subject,
            attachments=photos,
            author_id=contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _photos(self):
        """What is printed with the act: pictures, six at the most."""
        self.ensure_one()
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                (
                    "mimetype",
                    "in",
                    ("image/png", "image/jpeg", "image/gif", "image/webp"),
                ),
            ],
            limit=6,
            order="id",
        )
