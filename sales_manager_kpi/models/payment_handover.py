from odoo import api, fields, models


class SalesHandoverItem(models.Model):
    """Promises to pay and findings on the list of what passes to somebody else."""

    # Control has files of its own.
    _inherit = "sales.handover.item"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(
        selection_add=[
            ("promise", "Promise to pay"),
            ("finding", "Payment finding"),
            ("other",),
        ],
        ondelete={"promise": "cascade", "finding": "cascade"},
    )


class SalesHandoverSources(models.AbstractModel):
    """What customers promised to pay, and payments that nobody explained yet."""

    # Control has files of its own.
    _inherit = "sales.handover.sources"  # pylint: disable=consider-merging-classes-inherited

    def _handover_sources(self):
        return {
            **super()._handover_sources(),
            "promise": self._handover_promises,
            "finding": self._handover_findings,
        }

    def _handover_promises(self):
        return [
            one._handover_vals(
                "promise",
                promise,
                date_due=promise.promised_on,
                status_start=promise._handover_status(one._handover_today()),
                **one._handover_money(promise, promise.made_on),
            )
            for one, promise in self._handover_payments("payment.promise")
        ]

    def _handover_findings(self):
        return [
            one._handover_vals(
                "finding",
                finding,
                status_start=f"finding_{finding.state}",
                **one._handover_money(finding, finding.paid_on),
            )
            for one, finding in self._handover_payments("payment.finding")
        ]

    def _handover_payments(self, model):
        return self._handover_open(
            model,
            [("state", "=", "open")],
            "orders",
            ["user_id"],
            "partner_id.commercial_partner_id",
            "company_id",
        )

    def _handover_money(self, record, day):
        """Of whom how much; in company currency at the rate of ``day``."""
        company = record.company_id
        currency = record.currency_id or company.currency_id
        return {
            "partner_id": record.partner_id.id,
            "amount": currency._convert(
                record.amount, company.currency_id, company, day or fields.Date.today()
            ),
            "amount_document": record.amount,
            "currency_id": currency.id,
        }


class SalesHandoverStatus(models.AbstractModel):
    """How promises and findings stand that were handed over."""

    # Control has files of its own.
    _inherit = "sales.handover.status"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _selection_status(self):
        return [
            *super()._selection_status(),
            ("promise_kept", self.env._("Kept")),
            ("promise_broken", self.env._("Broken")),
            ("promise_withdrawn", self.env._("Withdrawn")),
            ("finding_open", self.env._("To settle")),
            ("finding_settled", self.env._("Settled")),
            ("finding_gone", self.env._("Gone by itself")),
        ]

    @api.model
    def _done_statuses(self):
        return super()._done_statuses() | {
            "promise_kept",
            "promise_broken",
            "promise_withdrawn",
            "finding_settled",
            "finding_gone",
        }

    @api.model
    def _status_methods(self):
        return {
            **super()._status_methods(),
            "promise": self._status_promises,
            "finding": self._status_findings,
        }

    @api.model
    def _status_promises(self, items):
        today = fields.Date.context_today(self)
        return {
            promise.id: (promise._handover_status(today), "")
            for promise in self._documents(items)
        }

    @api.model
    def _status_findings(self, items):
        return {
            finding.id: (f"finding_{finding.state}", "")
            for finding in self._documents(items)
        }


class PaymentPromise(models.Model):
    """How a promise stands, in the words of a handover."""

    # What passes has a file of its own.
    _inherit = "payment.promise"  # pylint: disable=consider-merging-classes-inherited

    def _handover_status(self, today):
        self.ensure_one()
        if self.state != "open":
            return f"promise_{self.state}"
        return "overdue" if self.promised_on < today else "to_pay"
