"""What is wrong with the norms of a policy before anybody is bound by them.

On plain values. A norm *covers* another when it holds wherever that one holds.
"""

from dataclasses import dataclass, field, fields

from .concession import Limits
from .norms import limits_of

LIMITS = tuple(f.name for f in fields(Limits) if f.name != "source")
LEAST = {"margin_percent", "floor_price"}  # the higher, the tighter
ORDER_LIMITS = (
    "order_percent",
    "amount",
    "payment_percent",
    "payment_days",
    "pricelist",
    "purse",
    "bonus_percent",
    "bonus_amount",
    "bonus_months",
)


@dataclass(frozen=True)
class Catalogue:
    """What a norm's conditions imply for each other.

    :param paths: ``{category id: ids of it and all above it}``
    :param categories: ``{template id: category id}``
    :param tags: ``{template id: tag ids}``
    """

    paths: dict = field(default_factory=dict)
    categories: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)

    def is_below(self, category_id, other_id):
        """Whether a category is ``other_id`` or below it."""
        return other_id in self.paths.get(category_id, (category_id,))


@dataclass(frozen=True)
class Flaw:
    """One thing to reconsider: at which norm, because of which other one.

    `empty`: limits nothing. `never`: its conditions exclude each other.
    `ignored`: a limit of whole orders on a norm for products, which nobody looks at.
    `shadowed`: other norms always speak before it. `contradicts`: same conditions,
    another limit. `weaker`: a higher role may less than a lower one.
    `unlimited`: no norm at all holds for managers.
    """

    code: str
    norm_id: int = 0
    other_id: int = 0
    limit: str = ""


def flaws(norms, resolution, roles, catalogue=None):
    """Everything to reconsider in ``norms``.

    :param roles: names of roles, from the lowest authority to the highest
    :return: list of `Flaw`, in the order of the norms
    """
    catalogue = catalogue or Catalogue()
    ranked = sorted(norms, key=lambda n: (-n.specificity, n.sequence, n.id))
    found = []
    if not any(norm.role == roles[0] and not norm.user_id for norm in norms):
        found.append(Flaw("unlimited"))
    for position, norm in enumerate(ranked):
        said = _said(norm)
        if not said:
            found.append(Flaw("empty", norm.id))
            continue
        if _is_impossible(norm, catalogue):
            found.append(Flaw("never", norm.id))
            continue
        if not norm.is_for_orders:
            ignored = [name for name in ORDER_LIMITS if name in said]
            found += [Flaw("ignored", norm.id, limit=name) for name in ignored]
        found += _against_others(norm, ranked, position, resolution, catalogue)
        found += _weaker(norm, norms, resolution, roles, catalogue)
    return found


def covers(norm, other, catalogue):
    """Whether ``norm`` holds for everybody and everything ``other`` holds for."""
    return (
        norm.role == other.role
        and norm.user_id in (0, other.user_id)
        and _covers_scope(norm, other, catalogue)
    )


def _covers_scope(norm, other, catalogue):
    return (
        norm.is_for(other.branch_id, other.partner_id, other.class_id)
        and norm.template_id in (0, other.template_id)
        and _covers_category(norm.category_id, other, catalogue)
        and (
            norm.tag_id in (0, other.tag_id)
            or norm.tag_id in catalogue.tags.get(other.template_id, ())
        )
    )


def _covers_category(category_id, other, catalogue):
    if not category_id:
        return True
    own = (other.category_id, catalogue.categories.get(other.template_id, 0))
    return any(name and catalogue.is_below(name, category_id) for name in own)


def _is_impossible(norm, catalogue):
    """Whether a product is asked for that is not in the category asked for."""
    category = catalogue.categories.get(norm.template_id)
    if category and norm.category_id:
        return not catalogue.is_below(category, norm.category_id)
    return False


def _said(norm):
    return {
        name: value
        for name in LIMITS
        if (value := getattr(norm.limits, name)) is not None
    }


def _against_others(norm, ranked, position, resolution, catalogue):
    """Whether others always speak before this norm, or speak against it."""
    above = [m for m in ranked if m is not norm and covers(m, norm, catalogue)]
    said, by = _said(norm), None
    for name, value in said.items():
        by = _speaker(name, value, above, ranked, position, resolution)
        if not by:
            break
    if not by:
        return []
    twins = [m for m in ranked[:position] if m in above and covers(norm, m, catalogue)]
    for twin in twins:
        for name, value in said.items():
            if getattr(twin.limits, name) not in (None, value):
                return [Flaw("contradicts", norm.id, twin.id, name)]
    return [Flaw("shadowed", norm.id, by.id)]


def _speaker(name, value, above, ranked, position, resolution):
    """The norm whose limit counts wherever this one's would; None without one."""
    before = ranked[:position]
    for other in above:
        limit = getattr(other.limits, name)
        if limit is None:
            continue
        if resolution != "strictest":
            if other in before:
                return other
        elif _is_tighter(name, limit, value) or (limit == value and other in before):
            return other
    return None


def _weaker(norm, norms, resolution, roles, catalogue):
    """Higher roles that may less than this norm's role, where it holds."""
    found = []
    own = _limits_where(norm, norms, norm.role, norm.user_id, resolution, catalogue)
    for role in roles[roles.index(norm.role) + 1 :]:
        higher = _limits_where(norm, norms, role, 0, resolution, catalogue)
        for name in _said(norm):
            limit, more = getattr(own, name), getattr(higher, name)
            if more is not None and _is_tighter(name, more, limit):
                found.append(Flaw("weaker", norm.id, higher.source or 0, name))
    return found


def _limits_where(norm, norms, role, user_id, resolution, catalogue):
    """The limits of a role wherever ``norm`` holds, by norms that hold there all."""
    holding = [
        m for m in norms if m.is_of(role, user_id) and _covers_scope(m, norm, catalogue)
    ]
    return limits_of(holding, resolution)


def _is_tighter(name, one, other):
    return one > other if name in LEAST else one < other
