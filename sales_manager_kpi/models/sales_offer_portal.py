from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .sales_offer_flow import INTEREST

SHOWN_STATES = ("sent", "won", "expired")


class SalesOffer(models.Model):
    """Offers in the portal: a customer sees those that were sent to their company.

    Offers hold norms that are nobody else's to read; see ``sales.portal.mixin``.
    """

    # The portal has a file of its own.
    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for offer in self:
            offer.access_url = f"/my/offers/{offer.id}"
        return result

    def _get_report_base_filename(self):
        """Name of the printed offer; the portal asks for it."""
        return self.env._("Offer %s", self.name.replace("/", "-"))

    @api.model
    def _portal_own_domain(self, user):
        """What was sent to the company that ``user`` belongs to."""
        own = super()._portal_own_domain(user)
        return [*own, ("state", "in", SHOWN_STATES)]

    def _portal_shown(self):
        return self.filtered(lambda offer: offer.state in SHOWN_STATES)

    def _is_open_to_answer(self):
        return self.state == "sent" and self._is_valid()

    def _portal_interest(self, words=""):
        """The customer is interested: note it, and tell the manager; in sudo.

        Said twice it counts once.

        :param words: what the customer adds
        :raise UserError: for an offer that is over
        """
        self.ensure_one()
        if not self._is_open_to_answer():
            raise UserError(
                self.env._("This offer is over. Ask its manager for a new one.")
            )
        words = (words or "").strip()[:2000]
        if not self.interest_at:
            self.interest_at = fields.Datetime.now()
            self.activity_schedule(
                INTEREST,
                user_id=self.user_id.id,
                date_deadline=self._today(),
                note=self.env._(
                    "%(customer)s is interested in %(offer)s, valid until %(day)s.",
                    customer=self.partner_id.display_name,
                    offer=self.name,
                    day=format_date(self.env, self.validity_date),
                ),
            )
        elif not words:
            return
        self.message_post(
            body=words or self.env._("I am interested in this offer."),
            author_id=self.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def action_preview(self):
        """The page of the customer, as they see it.

        :raise UserError: for what was not sent
        """
        self.ensure_one()
        self.check_access("read")
        self._check_state(*SHOWN_STATES)
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }
