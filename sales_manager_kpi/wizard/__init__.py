from . import base_partner_merge
from . import sales_credit_wizard
from . import sales_setup
from . import sales_plan_reason
from . import sales_plan_history_mixin
from . import sales_plan_season_mixin
from . import sales_plan_proposal
from . import sales_plan_proposal_line
