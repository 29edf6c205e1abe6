from . import trade_bonus_portal
from . import showroom_portal
from . import claim_portal
from . import report_download
from . import payroll
from . import offer_portal
