from markupsafe import Markup

from odoo import Command, fields, models
from odoo.exceptions import UserError

from .showroom_loan import OPEN


class ShowroomLoan(models.Model):
    """The steps of a loan: lent, back piece by piece, given up, charged.

    Public steps check who takes them and where the loan stands, and go on as the
    system: pieces move to the branch's location of loans and back with their value.
    """

    # The steps have a file of their own.
    _inherit = "showroom.loan"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Lent
    # ------------------------------------------------------------------

    def action_lend(self):
        """Give the samples of these drafts to the customer.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where a sample is not on display, or the day is past
        """
        self._lend()
        return True

    def _lend(self):
        self._check_keeping()
        self._check_state("draft")
        self.line_ids.sample_id._lock_to_lend()
        for loan in self:
            loan._check_lendable()
        for loan in self.sudo():  # sudo: pieces move, for who keeps the showroom
            loan._hand_out()

    def _check_lendable(self):
        if not self.line_ids:
            raise UserError(
                self.env._("Say what is lent: add samples to %s.", self.name)
            )
        if not self.due_on or self.due_on < self.branch_id._local_today():
            raise UserError(
                self.env._("Choose today or a later day on which the loan is due back.")
            )
        self.line_ids.sample_id._check_state("on_display")

    def _hand_out(self):
        """In sudo."""
        samples, today = self.line_ids.sample_id, self.branch_id._local_today()
        place = self.branch_id._showroom_location("loan")
        for line in self.line_ids:
            line.sample_id._give_piece_back(place, self.name)
            line.condition_out = line.sample_id.condition
        samples.write({"state": "on_loan", "current_loan_id": self.id})
        self.line_ids.write({"state": "out", "user_id": self.user_id.id})
        self.write(
            {
                "state": "out",
                "out_at": fields.Datetime.now(),
                "out_on": today,
                "agreed_due_on": self.due_on,
                "acting_for_id": self._stood_in_for().id,
            }
        )

    def _stood_in_for(self):
        """The principal whose customer it is, where a deputy lends; in sudo."""
        owner = self.commercial_partner_id.user_id
        acting = self.env["sales.substitution"]._acting("orders", self.user_id)
        principals = acting.get(self.company_id.id, ())
        return owner if owner.id in principals else owner.browse()

    # ------------------------------------------------------------------
    # Back, or not
    # ------------------------------------------------------------------

    def action_return(self):
        """Open the list of what comes back."""
        self.ensure_one()
        self._check_keeping()
        self._check_state(*OPEN)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_return_action"
        )
        action["context"] = {"default_loan_id": self.id}
        return action

    def _take_back(self, conditions):
        """Show what came back again, or mark it for replacement where it is unfit.

        :param conditions: ``{showroom.loan.line: grade}`` of this loan
        :raise UserError: for what came back already, or belongs to another loan
        """
        lines = self._lock_lines(conditions)
        for line in lines.sudo():  # sudo: pieces move, for who keeps the showroom
            condition = conditions[line]
            line.sample_id._come_back(condition, self.name)
            line.condition_back = condition
        lines.sudo()._settle("returned")  # sudo: as above

    def _lose(self, lines, reason):
        """Give up samples: they are lost, with what a piece was worth.

        :raise UserError: for what came back already, or belongs to another loan
        """
        self._lock_lines(lines)
        lines.sample_id._end("lost", reason)

    def _lock_lines(self, lines):
        """These lines, that nobody else takes back until we are done.

        :raise UserError: where somebody does, or did; or for another loan's lines
        """
        self.ensure_one()
        self._check_keeping()
        lines = self.env["showroom.loan.line"].union(*lines)
        if lines - self.line_ids:
            raise UserError(
                self.env._("Take back what was lent on %s, not on another.", self.name)
            )
        lines.sample_id._lock_to_lend()
        lines.invalidate_recordset(["state"])
        lines._check_out()
        return lines

    # ------------------------------------------------------------------
    # Charged
    # ------------------------------------------------------------------

    def action_charge(self):
        """Make a draft invoice for what did not come back.

        Whoever keeps the showroom asks for it; accounting looks at the draft and posts
        it. The price is the one of the customer's pricelist today.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where nothing is left to charge
        """
        self.ensure_one()
        self._charge(self.line_ids)
        return True

    def _charge(self, lines):
        self._check_keeping()
        due = lines._to_charge()
        if not due:
            raise UserError(
                self.env._(
                    "Nothing of %s is left to charge: say first what does not come "
                    "back. Samples without goods in them, as cards, have no price.",
                    self.name,
                )
            )
        # sudo: a draft, in the name of the showroom; accounting posts it
        secret = self.sudo().with_company(self.company_id)
        invoice = secret.env["account.move"].create(
            secret._prepare_invoice(due.with_env(secret.env))
        )
        charged = due.sudo()  # sudo: as above
        charged.write({"state": "charged", "invoice_id": invoice.id})
        charged.loan_id._follow_lines()
        secret._message_log(
            body=Markup("%s %s") % (self.env._("Charged:"), invoice._get_html_link())
        )
        return invoice.sudo(False)

    def _prepare_invoice(self, lines):
        """Values of the draft; in sudo and in the company of the loan."""
        pricelist = self.partner_id.property_product_pricelist
        currency = pricelist.currency_id or self.company_id.currency_id
        position = self.env["account.fiscal.position"]._get_fiscal_position(
            self.partner_id
        )
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": currency.id,
            "fiscal_position_id": position.id,
            "invoice_user_id": self.user_id.id,
            "invoice_origin": self.name,
            "invoice_line_ids": [
                Command.create(
                    line._prepare_invoice_line(pricelist, currency, position)
                )
                for line in lines
            ],
        }

    def action_open_invoices(self):
        """Open the invoices of what did not come back."""
        self.ensure_one()
        invoices = self.line_ids.invoice_id
        return self._open("account.move", self.env._("Invoices"), invoices.ids)

    # ------------------------------------------------------------------
    # Deposit
    # ------------------------------------------------------------------

    def action_deposit_received(self):
        """Note that the customer left the deposit.

        :raise UserError: where there is none, or it was noted already
        """
        self._check_deposit(received=False)
        self._note_deposit("received")
        return True

    def action_deposit_returned(self):
        """Note that the customer has the deposit back.

        :raise UserError: where it was not received, or was given back already
        """
        self._check_deposit(received=True)
        self._note_deposit("returned")
        return True

    def _check_deposit(self, received):
        self._check_keeping()
        for loan in self:
            if (
                not loan.deposit_amount
                or bool(loan.deposit_received_on) != received
                or loan.deposit_returned_on
            ):
                raise UserError(
                    self.env._(
                        "The deposit of %s is noted first as received, then as given "
                        "back, each once; and only where there is one.",
                        loan.name,
                    )
                )

    def _note_deposit(self, step):
        for loan in self.sudo():  # sudo: who noted it is the system's to write
            loan.write(
                {
                    f"deposit_{step}_on": loan.branch_id._local_today(),
                    f"deposit_{step}_by_id": self.env.uid,
                }
            )

    # ------------------------------------------------------------------
    # What it leads to
    # ------------------------------------------------------------------

    def action_quotation(self):
        """Make a quotation of what was lent, one unit of each, and open it."""
        self.ensure_one()
        order = self.env["sale.order"].create(self._prepare_quotation())
        return self._open("sale.order", self.env._("Quotation"), order.ids)

    def _prepare_quotation(self):
        warehouse = self.branch_id.sudo().warehouse_id  # sudo: where it ships from
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "showroom_loan_id": self.id,
            "origin": self.name,
            **({"warehouse_id": warehouse.id} if warehouse else {}),
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1})
                for product in self.line_ids.product_id
            ],
        }

    def action_open_quotations(self):
        """Open the quotations made from this loan."""
        self.ensure_one()
        orders = self.env["sale.order"].search([("showroom_loan_id", "=", self.id)])
        return self._open("sale.order", self.env._("Quotations"), orders.ids)

    def action_open_orders(self):
        """Look for orders that followed, and open them."""
        self.ensure_one()
        self.line_ids._find_orders()
        orders = self.line_ids.order_ids
        return self._open("sale.order", self.env._("Orders"), orders.ids)

    def _open(self, model, name, ids):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            **(
                {"res_id": ids[0], "views": [(False, "form")]}
                if len(ids) == 1
                else {
                    "domain": [("id", "in", ids)],
                    "views": [(False, "list"), (False, "form")],
                }
            ),
        }


class ShowroomLoanLine(models.Model):
    """What a lost sample costs the customer."""

    # The steps have a file of their own.
    _inherit = "showroom.loan.line"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_invoice_line(self, pricelist, currency, position):
        """What the sample contained, at the customer's price; in sudo."""
        sample, product = self.sample_id, self.product_id
        price = pricelist._get_product_price(
            product, quantity=sample.product_qty, uom=product.uom_id, currency=currency
        )
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        return {
            "product_id": product.id,
            "name": self.env._(
                "%(product)s: sample %(barcode)s of %(loan)s, not returned",
                product=product.display_name,
                barcode=sample.barcode,
                loan=self.loan_id.name,
            ),
            "quantity": sample.product_qty,
            "product_uom_id": product.uom_id.id,
            "price_unit": product._get_tax_included_unit_price_from_price(
                price, taxes, fiscal_position=position
            ),
            "showroom_loan_line_id": self.id,
        }
