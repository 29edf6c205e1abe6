"""From the list price down to what is left in the pocket, step by step."""


def steps(figures, payment_percent=0.0, bonus=None, sources=None):
    """The steps of a line's price, per unit, each with the price after it.

    :param figures: `engine.concession.LineFigures`
    :param payment_percent: for paying early, of the final price
    :param bonus: expected bonus per unit; None where nobody can say
    :param sources: ``{code: [what or who is behind the step]}``, plain dicts that are
        kept as they are
    :return: list of ``{"code", "sources", "amount", "price"}``; the amounts add up to
        the last price, steps of nothing are left out
    """
    sources = sources or {}
    quantity = figures.quantity or 1.0
    net, norm = figures.net_price, figures.norm_price
    changes = [
        ("norm", norm - figures.list_price),
        ("manual", net - norm),
        ("order", -figures.order_part / quantity),
        ("promotion", -figures.promo_part / quantity),
    ]
    price = figures.list_price
    rows = [_row("list", price, price, sources)]
    rows += _falls(changes, price, sources)
    price = rows[-1]["price"]
    after = [("payment", -price * payment_percent / 100), ("bonus", -(bonus or 0.0))]
    return rows + _below_net(after, price, sources)


def invoiced(rows, change, source=None):
    """The kept steps of a price, and what an invoice made of it.

    What is given for paying early follows the price, as a part of it.

    :param rows: as `steps` made them
    :param change: per unit; below 0 where the invoice asks less than was agreed
    :param source: who invoiced it so, a plain dict
    """
    if not rows:
        return []
    codes = [row["code"] for row in rows]
    place = codes.index("net")
    agreed = rows[place]["price"]
    sources = {row["code"]: sources_of(row) for row in rows}
    sources["invoice"] = [source] if source else []
    above = rows[:place] + _falls([("invoice", change)], agreed, sources)
    price = agreed + change
    part = price / agreed if agreed else 1.0
    after = [
        (row["code"], row["amount"] * (part if row["code"] == "payment" else 1.0))
        for row in rows[place + 1 : -1]
    ]
    return above + _below_net(after, price, sources)


def sources_of(row):
    """What or who is behind a kept step; the oldest were kept with a label only."""
    if "sources" in row:
        return row["sources"]
    return [{"label": row["label"]}] if row.get("label") else []


def _below_net(changes, price, sources):
    """The net price, what comes off it later, and what is left."""
    rows = [_row("net", 0.0, price, sources)]
    rows += _falls(changes, price, sources)
    return [*rows, _row("pocket", 0.0, rows[-1]["price"], sources)]


def _falls(changes, price, sources):
    rows = []
    for code, amount in changes:
        if amount:
            price += amount
            rows.append(_row(code, amount, price, sources))
    return rows


def _row(code, amount, price, sources):
    return {
        "code": code,
        "sources": sources.get(code, []),
        "amount": round(amount, 6),
        "price": round(price, 6),
    }
