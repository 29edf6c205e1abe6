"""From the list price down to what is left in the pocket, step by step."""


def steps(figures, payment_percent=0.0, bonus=None, labels=None):
    """The steps of a line's price, per unit, each with the price after it.

    :param figures: `engine.concession.LineFigures`
    :param payment_percent: for paying early, of the final price
    :param bonus: expected bonus per unit; None where nobody can say
    :param labels: ``{code: who or what}``
    :return: list of ``{"code", "label", "amount", "price"}``; the amounts add up to the
        last price, steps of nothing are left out
    """
    labels = labels or {}
    quantity = figures.quantity or 1.0
    net, norm = figures.net_price, figures.norm_price
    changes = [
        ("norm", norm - figures.list_price),
        ("manual", net - norm),
        ("order", -figures.order_part / quantity),
        ("promotion", -figures.promo_part / quantity),
    ]
    price = figures.list_price
    rows = [_row("list", labels, price, price)]
    for code, amount in changes:
        if amount:
            price += amount
            rows.append(_row(code, labels, amount, price))
    rows.append(_row("net", labels, 0.0, price))
    for code, amount in (
        ("payment", -price * payment_percent / 100),
        ("bonus", -(bonus or 0.0)),
    ):
        if amount:
            price += amount
            rows.append(_row(code, labels, amount, price))
    rows.append(_row("pocket", labels, 0.0, price))
    return rows


def _row(code, labels, amount, price):
    return {
        "code": code,
        "label": labels.get(code, ""),
        "amount": round(amount, 6),
        "price": round(price, 6),
    }
