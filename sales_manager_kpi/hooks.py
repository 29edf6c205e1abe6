ENRICHMENT_CRON = "crm_iap_enrich.ir_cron_lead_enrichment"
ENRICHMENT_PARAMETER = "sales_manager_kpi.enrichment_cron"


def post_init_hook(env):
    """Bring years of documents in: owners, credit and cost of what is already there."""
    _switch_off_enrichment(env)
    env["customer.assignment"]._rebuild()
    env["sales.credit.fill"]._fill()
    env["sales.credit.fill"]._fill_cost()


def uninstall_hook(env):
    """Leave Odoo as it was: what we own goes with our tables and columns."""
    _switch_on_enrichment(env)
    env["sales.substitution"].search([])._take_back_away()
    env["stock.hold"]._give_all_back()
    env["showroom.sample"]._give_all_back()
    env["supply.setting.change"]._put_all_back()


def _switch_off_enrichment(env):
    """CRM, when it comes along with us, must not start buying data about leads."""
    if "crm" not in env.registry.updated_modules:
        return
    cron = env.ref(ENRICHMENT_CRON, raise_if_not_found=False)
    if cron and cron.active:
        cron.active = False
        env["ir.config_parameter"].set_param(ENRICHMENT_PARAMETER, str(cron.id))


def _switch_on_enrichment(env):
    Parameter = env["ir.config_parameter"]
    cron_id = Parameter.get_param(ENRICHMENT_PARAMETER)
    if cron_id:
        env["ir.cron"].browse(int(cron_id)).exists().active = True
        Parameter.set_param(ENRICHMENT_PARAMETER, False)
