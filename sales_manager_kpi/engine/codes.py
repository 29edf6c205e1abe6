"""Barcodes and QR codes as vector pictures, sharp at any size; no ORM, no network.

Core draws them as PNG, with a renderer that is not installed everywhere.
"""

from base64 import b64encode

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget

QUIET = 10  # modules left blank before and after a barcode, so that it can be read


def qr_uri(text):
    """A QR code of ``text`` as a ``data:`` address of an SVG, for ``<img>``.

    >>> qr_uri("SM000001")[:26]
    'data:image/svg+xml;base64,'
    """
    code = QrCodeWidget(text).qr
    code.make()
    rows = [[bool(dark) for dark in row] for row in code.modules]
    bars = [
        (column, at, 1, 1)
        for at, row in enumerate(rows)
        for column, dark in enumerate(row)
        if dark
    ]
    return _svg(len(rows), len(rows), bars)


def barcode_uri(text):
    """A Code 128 of ``text``, likewise; None for characters that it cannot show.

    >>> barcode_uri("rôle") is None
    True
    """
    code = Code128(text)
    code.validate()
    if not (text.isascii() and code.valid):  # beyond ASCII are its control codes
        return None
    code.encode()
    code.decompose()
    bars, left = [], QUIET
    for run in code.decomposed:  # a bar in upper case, a gap in lower; A is one module
        width = ord(run.lower()) - ord("a") + 1
        if run.isupper():
            bars.append((left, 0, width, 1))
        left += width
    return _svg(left + QUIET, 1, bars, 'preserveAspectRatio="none" ')


def _svg(width, height, bars, attributes=""):
    """A picture of black ``(x, y, width, height)`` in modules."""
    path = "".join(f"M{x} {y}h{w}v{h}h-{w}z" for x, y, w, h in bars)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'{attributes}shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"
