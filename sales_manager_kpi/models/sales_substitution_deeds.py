from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

SALES_MOVES = ("out_invoice", "out_refund", "out_receipt")


class SalesSubstitutionDeeds(models.AbstractModel):
    """The part of ``sales.substitution`` that finds what was done in its period.

    Found by owner, moment and author: quotations, invoices and messages the deputy
    made, and every confirmation and payment of the principal's documents. All in one
    query per source, for any number of substitutions.
    """

    _name = "sales.substitution.deeds"
    _description = "What Was Done While Standing In"

    deed_ids = fields.One2many(
        comodel_name="sales.handover.deed",
        inverse_name="substitution_id",
        string="What Was Done",
        readonly=True,
    )
    deed_count = fields.Integer(string="Done", compute="_compute_deed_count")

    @api.depends("deed_ids")
    def _compute_deed_count(self):
        for substitution in self:
            substitution.deed_count = len(substitution.deed_ids)

    def _keep_deeds(self):
        """Keep what was done; once."""
        substitutions = self.sudo()  # sudo: the report is the system's
        vals_list = [
            vals for method in substitutions._deed_sources() for vals in method()
        ]
        listed = {
            (item.substitution_id.id, item.res_model, item.res_id)
            for item in substitutions.item_ids
        }
        for vals in vals_list:
            key = (vals["substitution_id"], vals["res_model"], vals["res_id"])
            vals["is_on_list"] = key in listed
        substitutions.deed_ids.unlink()
        # sudo: the report is the system's
        self.env["sales.handover.deed"].sudo().create(vals_list)

    def _deed_sources(self):
        """Methods that give values of ``sales.handover.deed``; areas add theirs."""
        return [
            self._deeds_quotations,
            self._deeds_confirmed,
            self._deeds_invoices,
            self._deeds_payments,
            self._deeds_messages,
        ]

    def _was_then(self, moment):
        return bool(moment) and self.start_at <= moment < self.stop_at

    def _deed_pairs(self, model, domain, scope, owner, when, author=None):
        """``[(substitution, record)]`` of ``model`` in its period, in one query.

        :param str owner: path to the principal
        :param str when: the field with the moment
        :param str author: the field with the deputy; whoever it was if not given
        """
        lists = self._handover_in_scope(scope)
        each = Domain.OR(
            Domain(owner, "=", one.principal_id.id)
            & Domain("company_id", "=", one.company_id.id)
            & Domain(when, ">=", one.start_at)
            & Domain(when, "<", one.stop_at)
            & (Domain(author, "=", one.deputy_id.id) if author else Domain.TRUE)
            for one in lists
        )
        # sudo: the report is of what was done, whoever ended the substitution
        records = self.env[model].sudo().search(Domain(domain) & each)
        index = lists._handover_index()
        return [
            (one, record)
            for record in records
            for one in index.get(
                (record.company_id.id, record.mapped(owner).id), self.browse()
            )
            if one._was_then(record[when])
            and (not author or record[author] == one.deputy_id)
        ]

    def _deed_vals(self, kind, record, partner, done_at, **vals):
        return {
            "substitution_id": self.id,
            "kind": kind,
            "res_model": record._name,
            "res_id": record.id,
            "name": record.display_name,
            "partner_id": partner.id,
            "done_at": done_at,
            **vals,
        }

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _deeds_quotations(self):
        pairs = self._deed_pairs(
            "sale.order", [], "orders", "user_id", "create_date", "create_uid"
        )
        return [
            one._deed_order_vals("quotation", order, order.create_date)
            for one, order in pairs
        ]

    def _deeds_confirmed(self):
        """Confirmed in the period, not by the principal: also what customers signed."""
        pairs = self._deed_pairs(
            "sale.order", [], "orders", "user_id", "first_confirmation_date"
        )
        pairs = [
            (one, order)
            for one, order in pairs
            if order.confirmed_by_id != one.principal_id
        ]
        return [
            one._deed_order_vals("confirmed", order, order.first_confirmation_date)
            for one, order in pairs
        ]

    def _deed_order_vals(self, kind, order, done_at):
        amount = order.amount_untaxed / (order.currency_rate or 1.0)
        return self._deed_vals(
            kind,
            order,
            order.partner_id,
            done_at,
            amount=self.company_id.currency_id.round(amount),
            amount_document=order.amount_untaxed,
            currency_id=order.currency_id.id,
        )

    def _deeds_invoices(self):
        pairs = self._deed_pairs(
            "account.move",
            [("move_type", "in", SALES_MOVES), ("state", "=", "posted")],
            "invoices",
            "invoice_user_id",
            "create_date",
            "create_uid",
        )
        return [
            one._deed_vals(
                "invoice",
                move,
                move.partner_id,
                move.create_date,
                amount=move.amount_untaxed_signed,
                amount_document=move.amount_untaxed_in_currency_signed,
                currency_id=move.currency_id.id,
            )
            for one, move in pairs
        ]

    def _deeds_payments(self):
        """Payments that reached the principal's invoices, whoever booked them."""
        pairs = self._deed_pairs(
            "account.partial.reconcile",
            [
                (
                    "debit_move_id.move_id.move_type",
                    "in",
                    ("out_invoice", "out_receipt"),
                ),
                "|",
                ("credit_move_id.move_id.origin_payment_id", "!=", False),
                ("credit_move_id.move_id.statement_line_id", "!=", False),
            ],
            "invoices",
            "debit_move_id.move_id.invoice_user_id",
            "create_date",
        )
        return [one._deed_payment_vals(partial) for one, partial in pairs]

    def _deed_payment_vals(self, partial):
        move = partial.debit_move_id.move_id
        return self._deed_vals(
            "payment",
            move,
            move.partner_id,
            partial.create_date,
            name=f"{move.name} · {partial.credit_move_id.move_id.name}",
            amount=partial.amount,
            amount_document=partial.debit_amount_currency,
            currency_id=partial.debit_currency_id.id,
        )

    def _deeds_messages(self):
        """What the deputy wrote and ticked off on the principal's documents."""
        ways = self._handover_activity_models()
        written = defaultdict(list)
        for message in self._deed_messages(list(ways)):
            written[message.model].append(message)
        vals_list = []
        for model, messages in written.items():
            by_document = defaultdict(list)
            for message in messages:
                by_document[message.res_id].append(message)
            domain = [("id", "in", list(by_document))]
            for one, document in self._handover_pairs(model, domain, *ways[model]):
                vals_list += one._deed_message_vals(document, by_document[document.id])
        return vals_list

    def _deed_messages(self, models_):
        each = Domain.OR(
            Domain("author_id", "=", one.deputy_id.partner_id.id)
            & Domain("date", ">=", one.start_at)
            & Domain("date", "<", one.stop_at)
            for one in self
        )
        people = Domain("message_type", "in", ("comment", "email", "email_outgoing"))
        done = Domain("mail_activity_type_id", "!=", False)
        return self.env["mail.message"].search(
            Domain("model", "in", models_) & each & (people | done)
        )

    def _deed_message_vals(self, document, messages):
        partner = document if document._name == "res.partner" else document.partner_id
        kinds = defaultdict(list)
        for message in messages:
            if message.author_id == self.deputy_id.partner_id and self._was_then(
                message.date
            ):
                kind = "activity" if message.mail_activity_type_id else "message"
                kinds[kind].append(message.date)
        return [
            self._deed_vals(kind, document, partner, max(moments), times=len(moments))
            for kind, moments in kinds.items()
        ]
