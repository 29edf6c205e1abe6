"""What two entries of one customer have in common, on plain values: no ORM."""

import re
import unicodedata

# Legal forms say nothing about who it is.
FORMS = frozenset(
    "ab ag as bv bvba cv cvba eurl gmbh inc kg ltd llc mbh nv oy plc sa sarl sas se "
    "sl spa sprl srl vof".split()
)
DIGITS = 9  # of a number, without country and trunk prefix
LEAST_DIGITS = 6


def name_key(name):
    """Letters and digits of a name without accents and legal form; None for none.

    >>> name_key("Café-Décor B.V."), name_key("CAFE DECOR bv"), name_key("  ")
    ('cafedecor', 'cafedecor', None)
    >>> name_key("B.V.")
    'bv'
    """
    plain = unicodedata.normalize("NFKD", (name or "").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", re.sub(r"[.'’]", "", plain))
    kept = [word for word in words if word not in FORMS] or words
    return "".join(kept) or None


def phone_key(phone):
    """The last digits of a number, however it was typed; None for too few.

    >>> phone_key("+31 20 123 45 67"), phone_key("020-1234567")
    ('201234567', '201234567')
    >>> phone_key("ext. 12") is None
    True
    """
    digits = re.sub(r"\D", "", phone or "").lstrip("0")
    return digits[-DIGITS:] if len(digits) >= LEAST_DIGITS else None


def place_key(text):
    """A zip code or city without spaces and case; None for none.

    >>> place_key("3511 ab "), place_key(None)
    ('3511AB', None)
    """
    return re.sub(r"\W", "", text or "").upper() or None
