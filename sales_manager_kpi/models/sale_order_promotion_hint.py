from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.promotions import APPROVED, Taken


class SaleOrder(models.Model):
    """Suggests programmes that the quotation may have, and changes nothing by itself.

    Without an approved programme nothing is asked of the database.
    """

    # The area of promotions has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    promotion_hint = fields.Text(
        string="Promotions to Suggest",
        compute="_compute_promotion_hint",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends(
        *("amount_untaxed", "state", "partner_id", "user_id", "pricelist_id"),
        "order_line.reward_id",
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_promotion_hint(self):
        governed = self.env["loyalty.program"]._governed()
        approved = [p.id for p in governed.values() if p.state == APPROVED]
        for order in self:
            saved = order._origin
            hint = False
            if approved and saved and saved.state in ("draft", "sent"):
                hint = saved._promotion_hint(approved)
            order.promotion_hint = hint

    def _promotion_hint(self, approved):
        """A line for each programme the order may have, or has nearly reached."""
        programs = self._programs_to_suggest(approved)
        lines = []
        for program, status in self._program_check_compute_points(programs).items():
            rewards = program.reward_ids
            if "error" in status:
                lines.append(f"{program.name}: {status['error']}")
            elif status["points"][0] >= min(rewards.mapped("required_points")):
                words = ", ".join(rewards.mapped("description"))
                lines.append(
                    self.env._(
                        "%(program)s: %(rewards)s. Press “Reward” to put it on.",
                        program=program.name,
                        rewards=words,
                    )
                )
        return "\n".join(lines) or False

    def _programs_to_suggest(self, approved):
        """Automatic ones for this order that it has not, and that have money left."""
        domain = Domain(self._get_program_domain()) & Domain(
            [
                ("id", "in", approved),
                ("trigger", "=", "auto"),
                ("applies_on", "!=", "future"),
                ("reward_ids", "!=", False),
            ]
        )
        governed = self.env["loyalty.program"]._governed()
        had = self._promotion_lines()
        groups = {governed[program.id].group_id for program in had} - {0}
        programs = self.env["loyalty.program"].search(domain)
        programs = programs.filtered(
            lambda p: p not in had and governed[p.id].group_id not in groups
        )
        counted = programs.sudo()._are_counted()  # sudo: only what is left is asked
        taken = self._promotions_taken(counted)
        return programs.filtered(
            lambda p: (
                p not in counted
                or p.sudo()._has_left(taken.get(p.id, Taken()))  # sudo: see above
            )
        )


class LoyaltyProgram(models.Model):
    # The area of promotions has files of its own.
    _inherit = "loyalty.program"  # pylint: disable=consider-merging-classes-inherited

    def _has_left(self, taken):
        """Whether anything is left for a customer; a step of the currency is."""
        step = self.currency_id.rounding or 0.01
        return self._refusal(taken, step, None) is None
