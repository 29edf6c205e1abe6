"""What two entries of one customer have in common, on plain values: no ORM."""

import re
import unicodedata

# Legal forms say nothing about who it is.
FORMS = frozenset(
    "ab ag as bv bvba cv cvba eurl gmbh inc kg ltd llc mbh nv oy plc sa sarl sas se "
    "sl spa sprl srl vof".split()
)
# Countries whose numbers are written with two letters in front.
VAT_PREFIXES = frozenset(
    "AT BE BG CH CY CZ DE DK EE EL ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT "
    "RO SE SI SK XI".split()
)
SAME_PREFIX = {"GR": "EL", "XI": "GB"}
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


def vat_key(vat, country=None):
    """``(prefix or None, number)`` of a VAT number as it was typed; None for none.

    Without a prefix of its own it is one of ``country`` (its code), where it is known.

    >>> vat_key("be 0477.472.701"), vat_key("0477-472-701", "BE")
    (('BE', '0477472701'), ('BE', '0477472701'))
    >>> vat_key("A58818501"), vat_key("GR 094259216"), vat_key(" - ") is None
    ((None, 'A58818501'), ('EL', '094259216'), True)
    """
    plain = re.sub(r"[^A-Z0-9]", "", (vat or "").upper())
    prefix, number = plain[:2], plain[2:]
    if prefix not in VAT_PREFIXES or not number:
        prefix, number = (country or "").upper(), plain
        prefix = prefix if prefix in VAT_PREFIXES else None
    return (SAME_PREFIX.get(prefix, prefix), number) if number else None


def same_vat(one, other):
    """Whether two keys are of one number: an unknown country is any.

    >>> same_vat(("BE", "1"), (None, "1")), same_vat(("BE", "1"), ("NL", "1"))
    (True, False)
    >>> same_vat(None, None)
    False
    """
    if not one or not other or one[1] != other[1]:
        return False
    return None in (one[0], other[0]) or one[0] == other[0]


def vat_forms(key):
    """What a column holds of such a number, without anything but letters and digits.

    >>> sorted(vat_forms(("EL", "094259216")))
    ['094259216', 'EL094259216', 'GR094259216']
    """
    prefix, number = key
    same = {one for one in VAT_PREFIXES if SAME_PREFIX.get(one, one) == prefix}
    return {number, *(one + number for one in (same if prefix else VAT_PREFIXES))}
