from . import sales_credit_wizard
