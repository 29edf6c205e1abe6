from odoo import models
from odoo.tools import plaintext2html

from .sale_order_discount_gate import CHECKED, Checked, checked_of

WARNED = "discount_warned"


class SaleOrder(models.Model):
    """Norms that only warn: what is recorded, and who is named on the order.

    Nothing is stopped at any door. Who sends, confirms or changes what is outside the
    norms is named in the order's messages, with what they were warned of.
    """

    # The area of discounts has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        entering = self.browse()
        if vals.get("state") == "sale":
            entering = self.filtered(lambda order: order.state != "sale")
        result = super().write(vals)
        checked = checked_of(self.env)
        written = entering.filtered(
            lambda order: not (checked and order.id in checked.passed)
        )
        if written:
            # no confirmation, which records by itself: the state was written
            written.with_context(**{CHECKED: Checked()})._trace_prices("confirm")
        return result

    def _trace_prices(self, event, request=None):
        result = super()._trace_prices(event, request)
        for order in self:
            if order._is_warned_of():
                order._note_warning(event)
        return result

    def _is_warned_of(self):
        """Whether a policy that warns holds; cached where none of the company does."""
        policies = self.env["discount.policy"]._policies(self.company_id)
        if not any(policy.mode == "warn" for policy in policies):
            return False
        policy = self._discount_policy()
        return bool(policy) and policy.mode == "warn"

    def _note_warning(self, event):
        judgement = self._judge_once()
        if judgement.verdict.within or self._is_discount_granted(judgement):
            return
        words = plaintext2html(self._warning_words(judgement))
        if event == "post_edit":
            self._note_warning_later(words)
        else:
            # sudo: also the portal's customer leaves the note
            self.sudo()._message_log(body=words)

    def _note_warning_later(self, words):
        """At the end of the call: lines are changed one by one, and told of once."""
        data = self.env.cr.precommit.data
        if WARNED not in data:
            data[WARNED] = {}
            self.env.cr.precommit.add(self._write_warnings)
        data[WARNED][self.id] = words

    def _write_warnings(self):
        bodies = self.env.cr.precommit.data.pop(WARNED, {})
        orders = self.browse(bodies).exists()
        # sudo: see _note_warning
        orders.sudo()._message_log_batch(
            bodies={id_: bodies[id_] for id_ in orders.ids}
        )

    def _warning_words(self, judgement):
        """Who was warned of what; of portal and jobs, whose norms they were."""
        acting = self.env.user
        reasons = "\n".join(self._finding_words(judgement.verdict.findings))
        if not self.env.su and not acting.share:
            return self.env._(
                "%(user)s was warned and went on; outside the norms:\n%(reasons)s",
                user=acting.name,
                reasons=reasons,
            )
        return self.env._(
            "Outside the norms of %(user)s, and nobody was there to be warned:\n"
            "%(reasons)s",
            user=self._judged_users().name,
            reasons=reasons,
        )
