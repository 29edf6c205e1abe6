from odoo import api, models, tools


def forget(env):
    """Clear what the registry keeps, now and for who reads until we commit."""
    env.registry.clear_cache()
    env.cr.postcommit.add(env.registry.clear_cache)


class AccountPaymentTerm(models.Model):
    """What paying early or late costs; kept, since every order under norms asks."""

    _inherit = "account.payment.term"

    @tools.ormcache("self.id", "today")
    def _discount_figures(self, today):
        """``(per cent for paying early, days until the last due date)``.

        :param today: a date; months are as long as core counts them from there
        """
        term = self.sudo()  # sudo: figures are compared with a limit, and not shown
        due = [line._get_due_date(today) for line in term.line_ids]
        percent = term.discount_percentage if term.early_discount else 0.0
        return percent, max(((day - today).days for day in due), default=0)

    def write(self, vals):
        result = super().write(vals)
        if not {"early_discount", "discount_percentage", "line_ids"}.isdisjoint(vals):
            forget(self.env)
        return result


class AccountPaymentTermLine(models.Model):
    """A change of a due date changes what is kept of its term."""

    _inherit = "account.payment.term.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        forget(self.env)
        return lines

    def write(self, vals):
        result = super().write(vals)
        forget(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result


class AccountTax(models.Model):
    """Whether prices contain taxes at all; where not, no frame of prices differs."""

    _inherit = "account.tax"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    @tools.ormcache("company.id")
    def _any_included(self, company):
        """Whether any tax of ``company``, archived ones too, is part of prices."""
        taxes = self.sudo().with_context(active_test=False)  # sudo: a fact, no record
        domain = taxes._check_company_domain(company)
        return bool(
            taxes.search_count([*domain, ("price_include", "=", True)], limit=1)
        )

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        forget(self.env)
        return taxes

    def write(self, vals):
        result = super().write(vals)
        if not {"price_include_override", "price_include", "company_id"}.isdisjoint(
            vals
        ):
            forget(self.env)
        return result


class ResCompany(models.Model):
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _get_main_company(self):
        """As core, which asks the database each time whether it still exists.

        Every price of a product is in its currency. Core clears what the registry keeps
        with a company that comes, goes or is archived, and with its external id.
        """
        # sudo: as core
        return self.browse(self._main_company_id()).sudo()

    @api.model
    @tools.ormcache()
    def _main_company_id(self):
        # pylint: disable=super-method-mismatch
        return super()._get_main_company().id

    def write(self, vals):
        result = super().write(vals)
        if "account_price_include" in vals:
            forget(self.env)
        return result
