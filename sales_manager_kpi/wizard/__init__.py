from . import base_partner_merge
from . import sales_credit_wizard
from . import sales_setup
