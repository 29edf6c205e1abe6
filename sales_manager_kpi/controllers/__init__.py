from . import trade_bonus_portal
