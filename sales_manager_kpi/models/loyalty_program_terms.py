from odoo import api, models


class LoyaltyRule(models.Model):
    """Rules of a programme that was submitted are what was approved."""

    _inherit = "loyalty.rule"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        if not self.env.su:
            rules.program_id._check_open()
        return rules

    def write(self, vals):
        if not self.env.su and not _follows_program(self, vals):
            self.program_id._check_open()
        result = super().write(vals)
        if "program_id" in vals and not self.env.su:
            self.program_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if not self.env.su:
            self.program_id._check_open()


class LoyaltyReward(models.Model):
    """Rewards of a programme that was submitted are what was approved.

    Core makes and renames a product for each reward. Who drafts a programme need not
    be somebody who makes products.
    """

    _inherit = "loyalty.reward"

    @api.model_create_multi
    def create(self, vals_list):
        rewards = super().create(vals_list)
        if not self.env.su:
            rewards.program_id._check_open()
        return rewards

    def write(self, vals):
        if not self.env.su and not _follows_program(self, vals):
            self.program_id._check_open()
        rewards = self
        if not self.env.su and any(self.program_id.mapped("is_governed")):
            self.check_access("write")
            rewards = self.sudo()  # sudo: core renames the product of the reward
        result = super(LoyaltyReward, rewards).write(vals)
        if "program_id" in vals and not self.env.su:
            self.check_access("write")
            self.program_id._check_open()
        return result

    def unlink(self):
        if not self.env.su:
            self.program_id._check_open()
        return super().unlink()

    def _create_missing_discount_line_products(self):
        rewards = self
        if any(self.program_id.mapped("is_governed")):
            rewards = self.sudo()  # sudo: the product of a reward has no price
        return super(LoyaltyReward, rewards)._create_missing_discount_line_products()


def _follows_program(terms, vals):
    """Whether only the programme's being archived, or not, is passed on to them."""
    return vals.keys() == {"active"} and all(
        term.program_id.active == vals["active"] for term in terms
    )
