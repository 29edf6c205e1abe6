import doctest
import re
from base64 import b64decode
from unittest import TestCase

from reportlab.graphics.barcode import code128

from odoo.addons.sales_manager_kpi.engine import codes, showroom


def bars(uri):
    """``[(x, y, width)]`` of the black bars of a picture, and its width in modules."""
    picture = b64decode(uri.partition(",")[2]).decode()
    found = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", picture)
    width = int(re.search(r'viewBox="0 0 (\d+)', picture).group(1))
    return [tuple(map(int, bar)) for bar in found], width


class TestCodes(TestCase):
    def test_doctests(self):
        for module in (codes, showroom):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_a_barcode_reads_back(self):
        """Its symbols are the text, with the right check digit, between blank ends."""
        found, width = bars(codes.barcode_uri("SM000154"))
        edges = [at for x, __, w in found for at in (x, x + w)]
        self.assertEqual((edges[0], width - edges[-1]), (codes.QUIET, codes.QUIET))
        runs = [after - before for before, after in zip(edges, edges[1:], strict=False)]
        symbols = [tuple(runs[at : at + 6]) for at in range(0, len(runs) - 7, 6)]
        values = {
            tuple(ord(run.lower()) - 96 for run in pattern): value
            for value, pattern in code128._patterns.items()
            if isinstance(value, int) and len(pattern) == 6
        }
        *data, check = (values[symbol] for symbol in symbols)
        total = data[0] + sum(at * value for at, value in enumerate(data))
        self.assertEqual(total % 103, check)

    def test_a_qr_code_has_its_three_corners(self):
        found, width = bars(codes.qr_uri("https://example.com/showroom/x?product=7"))
        self.assertEqual((width - 17) % 4, 0)
        dark = {(x, y) for x, y, __ in found}
        for left, top in ((0, 0), (width - 7, 0), (0, width - 7)):
            ring = {(left + at, top) for at in range(7)}
            core = {(left + 3, top + 3), (left + 2, top + 4)}
            self.assertLessEqual(ring | core, dark)
            self.assertFalse(dark & {(left + 1, top + at) for at in range(1, 6)})
