from odoo.tools.misc import formatLang


def format_figure(env, figure, unit, currency):
    """A figure of a criterion in its unit, in the reader's language."""
    if unit == "percent":
        return f"{formatLang(env, figure * 100, digits=1)} %"
    if unit == "amount":
        return formatLang(env, figure, currency_obj=currency)
    return formatLang(env, figure, digits=1)
