from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

TEMPLATE = "sales_manager_kpi.mail_template_sales_offer"
INTEREST = "sales_manager_kpi.mail_activity_type_offer_interest"
EXPIRED = "sales_manager_kpi.mail_activity_type_offer_expired"
BATCH = 200


class SalesOffer(models.Model):
    """The steps of an offer: sent, then won, lost or expired."""

    # The steps have a file of their own.
    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Sent
    # ------------------------------------------------------------------

    def action_send(self):
        """Send these by e-mail with the PDF attached; once sent they stay as they are.

        One that was sent already is sent again, as it was shown.

        :raise UserError: for what may not be shown, see `_check_showable`, or a
            customer without an e-mail address
        """
        self.check_access("write")
        self._check_state("draft", "sent")
        for offer in self:
            if not offer.partner_id.email:
                raise UserError(
                    self.env._(
                        "%(customer)s has no e-mail address. Enter one, or hand the "
                        "offer over on paper.",
                        customer=offer.partner_id.display_name,
                    )
                )
        self.filtered(lambda offer: offer.state == "draft")._show()
        template = self.env.ref(TEMPLATE)
        for offer in self:
            offer.message_post_with_source(
                template,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                email_layout_xmlid=(
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                attachment_ids=offer._paper().ids,
                partner_ids=offer.partner_id.ids,
            )
        return True

    def action_hand_over(self):
        """Say that these were handed over, on paper or in a talk.

        :raise UserError: for what may not be shown, see `_check_showable`
        """
        self.check_access("write")
        self._check_state("draft")
        self._show()
        return True

    def _paper(self):
        """The PDF as an attachment of the offer."""
        # sudo: how it is printed is the same for everybody; what, was checked
        content, __ = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_pdf("sales_manager_kpi.sales_offer_report", self.ids)
        )
        return self.env["ir.attachment"].create(
            {
                "name": f"{self._get_report_base_filename()}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _show(self):
        """Check these, keep what is shown of them, and note the contact."""
        self._check_showable()
        now = fields.Datetime.now()
        for offer in self:
            # sudo: a step of who may write the offer
            offer.sudo().write(
                {
                    "shown": offer.figures,
                    "state": "sent",
                    "sent_at": now,
                    "sent_on": offer._today(),
                    "credited_user_id": offer.user_id.id,
                }
            )
        self._note_contacts()

    def _today(self):
        """Today where the branch is, or the company."""
        branch = self.branch_id.sudo()  # sudo: its time zone
        if branch:
            return branch._local_date(fields.Datetime.now())
        return self.env["sales.branch"]._company_local_date(self.company_id)

    # ------------------------------------------------------------------
    # What may be shown
    # ------------------------------------------------------------------

    def _check_showable(self):
        """
        :raise UserError: for what cannot be offered, or not by whom it is: an archived
            customer, no products, products that are not for sale or without a price,
            a last day that is over, a currency without a rate, prices beyond the
            authority of the manager
        """
        for offer in self:
            offer._refuse(offer._problem())

    def _refuse(self, problem):
        if problem:
            raise UserError(
                self.env._("%(offer)s: %(problem)s", offer=self.name, problem=problem)
            )

    def _problem(self):
        """Why this may not be shown, in words; None where it may.

        What was shown already was checked then.
        """
        self.ensure_one()
        if self.state != "draft":
            return None
        if not self.partner_id.active:
            return self._archived_customer_words()
        if not self.line_ids:
            return self.env._("There is nothing on it. Add products first.")
        if self.validity_date < self._today():
            return self.env._(
                "It is valid until %(day)s, which is over. Choose a later day.",
                day=format_date(self.env, self.validity_date),
            )
        if not self._has_rate():
            return self.env._(
                "There is no rate of %s. Enter one, or choose another price list.",
                self.currency_id.name,
            )
        return self._unsold_words() or self._price_words()

    def _unsold_words(self):
        gone = self.line_ids.product_id.filtered(
            lambda product: not product.active or not product.sale_ok
        )
        if gone:
            return self.env._(
                "%s: archived or not for sale. Take it off the offer.",
                ", ".join(gone.mapped("display_name")),
            )
        return None

    def _price_words(self):
        figures = self.figures or {}
        known = figures.get("lines", {})
        unpriced = self.line_ids.filtered(
            lambda line: known.get(str(line.id), {}).get("unpriced", True)
        )
        if unpriced:
            return self.env._(
                "%s: there is no price. Enter a sales price or a rule of the price "
                "list, or take it off the offer.",
                ", ".join(unpriced.product_id.mapped("display_name")),
            )
        if not figures.get("within", True):
            return self.env._(
                "it is beyond the authority of its manager and needs approval on a "
                "quotation:\n%s",
                "\n".join(figures.get("findings", ())),
            )
        return None

    # ------------------------------------------------------------------
    # Decided
    # ------------------------------------------------------------------

    def action_lose(self):
        """Say that the customer does not want it, with the reason written in it.

        :raise UserError: without a reason, or for one that was never sent
        """
        self.check_access("write")
        self._check_state("sent", "expired")
        for offer in self:
            if not offer.lost_reason_id:
                raise UserError(
                    self.env._(
                        "Say why %s was lost: choose the reason first.", offer.name
                    )
                )
        self._decide("lost")
        return True

    def _decide(self, state):
        """Decide these as of today; reminders about them are over."""
        offers = self.sudo()  # sudo: a step of who may take it, or of an order
        for offer in offers:
            offer.write({"state": state, "decided_on": offer._today()})
        offers.activity_unlink([INTEREST, EXPIRED])

    def _win(self):
        """A quotation of these was confirmed; in sudo."""
        shown = self.filtered(lambda offer: offer.state in ("sent", "lost", "expired"))
        shown._decide("won")

    def _lose_order(self):
        """An order of these was cancelled: without another one none is won; in sudo."""
        for offer in self.filtered(lambda offer: offer.state == "won"):
            if "sale" not in offer.order_ids.mapped("state"):
                offer.write({"state": "sent", "decided_on": False})

    @api.model
    def _cron_expire(self):
        """What nobody decided expires the day after its last day, where its branch is.

        In batches; the manager is asked to follow up.
        """
        # the earliest day anywhere on earth
        latest = fields.Date.add(fields.Date.today(), days=1)
        offers = self.with_context(active_test=False).search(
            [("state", "=", "sent"), ("validity_date", "<", latest)],
            order="validity_date, id",
        )
        for number in range(0, len(offers), BATCH):
            batch = offers[number : number + BATCH]
            batch.filtered(lambda row: row.validity_date < row._today())._expire()

    def _expire(self):
        self._decide("expired")
        for offer in self.filtered("active"):
            offer.activity_schedule(
                EXPIRED,
                user_id=offer.user_id.id,
                date_deadline=offer._today(),
                note=self.env._(
                    "Ask %(customer)s what became of it, and say why it was lost or "
                    "offer anew.",
                    customer=offer.partner_id.display_name,
                ),
            )


class SalesSubstitution(models.Model):
    """Deputies see the activities of their principal on offers."""

    # The area of offers has files of its own.
    _inherit = "sales.substitution"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _models_with_activities(self):
        return [*super()._models_with_activities(), ("sales.offer", "orders")]
